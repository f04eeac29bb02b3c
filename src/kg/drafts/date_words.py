"""Words that say when, such as "vrijdag" or "late last year", and the days that they may mean in an article.

The range never excludes a possible day: if newspapers use words differently, it covers all their meanings. It ends
with the last day on which the article may have appeared, since everything in it was said by then.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

from kg.dates.edtf import Edtf
from kg.drafts.sentences import language_table
from kg.text.spans import Span

_FEW = 6
"""How many single days are listed at most: a month has five Fridays."""
_YEARS = range(1000, 9990)
"""No newspaper is older, and arithmetic must not go beyond the years 1 and 9999."""

DayRange = tuple[date, date]
"""The first and the last day."""


class DateWords(NamedTuple):
    """Words that say when: their span, and the days that they may mean in EDTF (`""`: unknown).

    `edtf` has the days until the article appeared, `either` also those to come, for words that may mean both.
    """

    at: Span
    edtf: str
    either: str = ""


class _Meaning(NamedTuple):
    """What words mean: a weekday (-1: none), and how many days, weeks, months or years ago (0: absent)."""

    meaning: str
    weekday: int
    ago: int


def find_date_words(text: str, language: str, published: Edtf | None) -> list[DateWords]:
    """Return the words of a text that say when something happened, in order."""
    tag = language.partition("-")[0].lower()
    found = [(at, meant) for at, meant in _found(text, tag) if meant.meaning != "to come"]
    return [
        DateWords(at, _edtf(meant, published), _either(text[at.start : at.end], meant, published))
        for at, meant in found
    ]


def _either(words: str, meant: _Meaning, published: Edtf | None) -> str:
    """Return the days that words may mean if they may be to come; `""` if they may not: "earlier this week"."""
    meaning = _TO_COME.get(meant.meaning)
    return _edtf(meant._replace(meaning=meaning), published) if meaning and len(words.split()) <= 2 else ""


def _edtf(meant: _Meaning, published: Edtf | None) -> str:
    """Return the days that words may mean in an article of this date, in EDTF; `""` if the date has no bounds."""
    if not published or not published.earliest or not published.latest:
        return ""
    first, last = date.fromisoformat(published.earliest), date.fromisoformat(published.latest)
    if first.year not in _YEARS or last.year not in _YEARS:
        return ""
    span = _MEANINGS[meant.meaning]
    end = span(last, meant.ago)[1]
    return _written(
        span(first, meant.ago)[0], end if meant.meaning in _TO_COME.values() else min(end, last), meant.weekday
    )


def _found(text: str, tag: str) -> Iterator[tuple[Span, _Meaning]]:
    """Yield the phrases in order; if some overlap, the first one, or the longest that starts there."""
    found: list[tuple[int, int, _Meaning]] = []
    language = _date_language(tag)
    for meaning, pattern in language.patterns.items():
        for match in pattern.finditer(text):
            groups = {name.rstrip("0123456789"): value for name, value in match.groupdict().items() if value}
            day = language.weekday(groups["day"]) if "day" in groups else -1
            ago = language.number(groups["number"]) if "number" in groups else 0
            found.append((match.start(), -match.end(), _Meaning(meaning, day, ago)))
    reached = 0
    for start, end, meant in sorted(found):
        if start >= reached:
            reached = -end
            yield Span(start, reached), meant


def _written(first: date, last: date, on: int) -> str:
    """Return a range in EDTF: as years or months if it fits; as single days for a few weekdays."""
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
    """Return the first day of the month `back` months before."""
    months = day.year * 12 + day.month - 1 - back
    return date(months // 12, months % 12 + 1, 1)


def _back(least: int, most: int) -> Callable[[date, int], DayRange]:
    """Return a function for the days from `most` to `least` days before."""
    return lambda day, _: (day - timedelta(days=most), day - timedelta(days=least))


def _weeks(day: date) -> tuple[date, date]:
    """Return the days on which the week began, if weeks begin on Monday or on Sunday; the earlier one first."""
    begun = (day - timedelta(days=day.weekday()), day - timedelta(days=(day.weekday() + 1) % 7))
    return min(begun), max(begun)


def _this_week(day: date, _: int) -> DayRange:
    return _weeks(day)[0], day


def _last_week(day: date, _: int) -> DayRange:
    early, late = _weeks(day)
    return early - timedelta(days=7), late - timedelta(days=1)


def _months(least: int, most: int) -> Callable[[date, int], DayRange]:
    """Return a function for the whole months from `most` to `least` months before."""
    return lambda day, _: (_month(day, most), _month_end(_month(day, least)))


def _years(back: int, first: int, last: int) -> Callable[[date, int], DayRange]:
    """Return a function for the months from `first` to `last` of the year `back` years before."""
    return lambda day, _: (date(day.year - back, first, 1), _month_end(date(day.year - back, last, 1)))


def _past_month(day: date, _: int) -> DayRange:
    return min(_month(day, 1), day - timedelta(days=31)), day


# Numbers of days, weeks, months or years are rounded: one more or less may be meant.
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
    # "Friday" is the last one, or today; it is a week ago only if today is a Friday.
    "weekday": _back(0, 7),
    "weekday to come": _back(-7, 7),
    # "Last Friday" is the last one, or the one in last week: up to 13 days ago, as weeks may begin on Sunday.
    "last weekday": _back(1, 13),
    "this week": _this_week,
    "this week to come": lambda day, _: (_weeks(day)[0], _weeks(day)[1] + timedelta(days=6)),
    "this month to come": _months(0, 0),
    "this year to come": _years(0, 1, 12),
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

_TO_COME = {
    "weekday": "weekday to come",
    "this week": "this week to come",
    "this month": "this month to come",
    "this year": "this year to come",
}
"""Words for the past that, in a sentence about the future, may mean days to come."""


class _DateLanguage(NamedTuple):
    """How a language says when: its weekdays and numbers, and a pattern for each meaning.

    Spellings of one weekday or number are separated by `|`. Patterns have groups `day…` and `number…`.
    """

    weekdays: Sequence[str]
    numbers: Sequence[str]
    patterns: Mapping[str, re.Pattern[str]]

    def weekday(self, written: str) -> int:
        """Return the number of a weekday; Monday is 0."""
        return _index(self.weekdays, written)

    def number(self, written: str) -> int:
        """Return the value of a number: a word up to twelve, or digits up to 99."""
        return int(written) if written.isdecimal() else _index(self.numbers, written) + 1


@cache
def _date_language(tag: str) -> _DateLanguage:
    """Return the words and patterns of a language; empty if `languages.toml` has none."""
    found = language_table(tag)
    if not found:
        return _DateLanguage((), (), {})
    day, number = "|".join(found["weekdays"]), "|".join(["[1-9][0-9]?", *found["numbers"]])
    patterns = {meaning: _compiled(pattern, day, number) for meaning, pattern in found["patterns"].items()}
    return _DateLanguage(found["weekdays"], found["numbers"], patterns)


def _index(words: Sequence[str], written: str) -> int:
    return next(at for at, spellings in enumerate(words) if written.lower() in spellings.split("|"))


def _compiled(written: str, day: str, number: str) -> re.Pattern[str]:
    """Return a pattern for whole words; each `W` and `N` in it becomes a separate group."""
    pieces = re.split(r"\b([WN])(?=s?\b|\(|$)", written.replace(" ", r"\s+"))
    for at in range(1, len(pieces), 2):
        kind, choices = ("day", day) if pieces[at] == "W" else ("number", number)
        pieces[at] = f"(?P<{kind}{at}>{choices})"
    return re.compile(rf"(?<!\w)(?:{''.join(pieces)})(?!\w)", re.IGNORECASE)
