"""Words that say when, as "vrijdag" or "late last year", and the days that they may mean in an article.

The range never leaves out a day: where papers differ in what they mean, it has what all of them may mean. It ends
with the last day on which the article may have appeared, since what it tells had been said by then.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

from kg.dates.edtf import Edtf
from kg.drafts.day_words import number, patterns, weekday
from kg.text.spans import Span

_FEW = 6
"""Up to how many single days are written out: a month has five Fridays."""
_FIRST_YEAR = 1000
"""No paper is older, and arithmetic must not go beyond the year 1."""

DayRange = tuple[date, date]
"""A first and a last day."""


class When(NamedTuple):
    """Words that say when: where they stand, and in EDTF what they may mean, `""` where nobody can tell."""

    at: Span
    edtf: str


class _Meant(NamedTuple):
    """What words mean: a weekday (-1: none), and how many days, weeks, months or years ago (0: not said)."""

    meaning: str
    weekday: int
    ago: int


def days(text: str, language: str, published: Edtf | None) -> list[When]:
    """Return the words of a text that say when something was, in order, with what they may mean."""
    tag = language.partition("-")[0].lower()
    return [When(at, edtf(meant, published)) for at, meant in _found(text, tag) if meant.meaning != "to come"]


def edtf(meant: _Meant, published: Edtf | None) -> str:
    """Return in EDTF the days that words may mean in an article of this date, `""` if it has no bounds."""
    if not published or not published.earliest or not published.latest:
        return ""
    first, last = date.fromisoformat(published.earliest), date.fromisoformat(published.latest)
    if first.year < _FIRST_YEAR:
        return ""
    span = _MEANINGS[meant.meaning]
    return _written(span(first, meant.ago)[0], min(span(last, meant.ago)[1], last), meant.weekday)


def _found(text: str, tag: str) -> Iterator[tuple[Span, _Meant]]:
    """Yield the phrases in order, of those that overlap the one that begins first, then the longest."""
    found: list[tuple[int, int, _Meant]] = []
    for meaning, pattern in patterns(tag).items():
        for match in pattern.finditer(text):
            groups = {name.rstrip("0123456789"): value for name, value in match.groupdict().items() if value}
            day = weekday(tag, groups["day"]) if "day" in groups else -1
            ago = number(tag, groups["number"]) if "number" in groups else 0
            found.append((match.start(), -match.end(), _Meant(meaning, day, ago)))
    reached = 0
    for start, end, meant in sorted(found):
        if start >= reached:
            reached = -end
            yield Span(start, reached), meant


def _written(first: date, last: date, on: int) -> str:
    """Return a range in EDTF, as coarse as it is; of weekdays each, if they are few."""
    if on >= 0:
        first += timedelta(days=(on - first.weekday()) % 7)
        last -= timedelta(days=(last.weekday() - on) % 7)
        count = (last - first).days // 7 + 1
        if 1 < count <= _FEW:
            return f"[{','.join(str(first + timedelta(days=7 * n)) for n in range(count))}]"
    if first == last:
        return str(first)
    if first.day == 1 and last == _month_end(last):
        if (first.month, last.month) == (1, 12):
            return _range(f"{first:%Y}", f"{last:%Y}")
        return _range(f"{first:%Y-%m}", f"{last:%Y-%m}")
    return _range(str(first), str(last))


def _range(first: str, last: str) -> str:
    return first if first == last else f"[{first}..{last}]"


def _month_end(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def _month(day: date, back: int) -> date:
    """Return the first day of the month so many months before."""
    months = day.year * 12 + day.month - 1 - back
    return date(months // 12, months % 12 + 1, 1)


def _back(least: int, most: int) -> Callable[[date, int], DayRange]:
    """Return what gives the days from `most` to `least` days before."""
    return lambda day, _: (day - timedelta(days=most), day - timedelta(days=least))


def _weeks(day: date) -> tuple[date, date]:
    """Return the days on which the week began, be it on a Monday or on a Sunday; the earlier first."""
    begun = (day - timedelta(days=day.weekday()), day - timedelta(days=(day.weekday() + 1) % 7))
    return min(begun), max(begun)


def _this_week(day: date, _: int) -> DayRange:
    return _weeks(day)[0], day


def _last_week(day: date, _: int) -> DayRange:
    early, late = _weeks(day)
    return early - timedelta(days=7), late - timedelta(days=1)


def _months(least: int, most: int) -> Callable[[date, int], DayRange]:
    """Return what gives the months from `most` to `least` before, whole."""
    return lambda day, _: (_month(day, most), _month_end(_month(day, least)))


def _years(back: int, first: int, last: int) -> Callable[[date, int], DayRange]:
    """Return what gives the months from the first to the last of a year, so many years before."""
    return lambda day, _: (date(day.year - back, first, 1), _month_end(date(day.year - back, last, 1)))


def _past_month(day: date, _: int) -> DayRange:
    return min(_month(day, 1), day - timedelta(days=31)), day


# A number of days, weeks, months or years ago is a round one: one more or less is meant, too.
def _days_ago(day: date, ago: int) -> DayRange:
    return day - timedelta(days=ago + 1), day - timedelta(days=ago - 1)


def _weeks_ago(day: date, ago: int) -> DayRange:
    return day - timedelta(days=7 * ago + 6), day - timedelta(days=7 * ago - 6)


def _months_ago(day: date, ago: int) -> DayRange:
    return _month(day, ago + 1), _month_end(_month(day, ago - 1))


def _years_ago(day: date, ago: int) -> DayRange:
    return date(day.year - ago - 1, 1, 1), date(day.year - ago + 1, 12, 31)


_MEANINGS: dict[str, Callable[[date, int], DayRange]] = {
    "today": _back(0, 0),
    "night": _back(0, 1),
    "yesterday": _back(1, 1),
    "day before yesterday": _back(2, 2),
    # "Friday" is the last one, or today; a week ago only where today is one.
    "weekday": _back(0, 7),
    # "Last Friday" is the last one, or the one of last week: up to 13 days ago, as weeks begin on different days.
    "last weekday": _back(1, 13),
    "this week": _this_week,
    "last week": _last_week,
    "past week": _back(0, 13),
    "this month": _months(0, 0),
    "last month": _months(1, 1),
    "past month": _past_month,
    "this year": _years(0, 1, 12),
    "last year": _years(1, 1, 12),
    "past year": lambda day, _: (date(day.year - 1, 1, 1), day),
    "early this year": _years(0, 1, 4),
    "early last year": _years(1, 1, 4),
    "late last year": _years(1, 10, 12),
    "days ago": _days_ago,
    "weeks ago": _weeks_ago,
    "months ago": _months_ago,
    "years ago": _years_ago,
}
