"""Words that say when, such as "vrijdag" or "late last year", and the days that they may mean in an article.

The range never excludes a possible day: where newspapers differ in what they mean, it has all meanings. It ends
with the last day on which the article may have appeared, since what it reports had been said by then.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

from kg.dates.edtf import Edtf
from kg.text.spans import Span

_FEW = 6
"""How many single days are listed at most: a month has five Fridays."""
_FIRST_YEAR = 1000
"""No newspaper is older, and arithmetic must not go beyond the year 1."""

DayRange = tuple[date, date]
"""The first and the last day."""


class DateWords(NamedTuple):
    """Words that say when: their span, and the days that they may mean in EDTF (`""`: unknown)."""

    at: Span
    edtf: str


class _Meaning(NamedTuple):
    """What words mean: a weekday (-1: none), and how many days, weeks, months or years ago (0: not given)."""

    meaning: str
    weekday: int
    ago: int


def find_date_words(text: str, language: str, published: Edtf | None) -> list[DateWords]:
    """Return the words of a text that say when something happened, in order."""
    tag = language.partition("-")[0].lower()
    return [DateWords(at, _edtf(meant, published)) for at, meant in _found(text, tag) if meant.meaning != "to come"]


def _edtf(meant: _Meaning, published: Edtf | None) -> str:
    """Return the days that words may mean in an article of this date, in EDTF; `""` if the date has no bounds."""
    if not published or not published.earliest or not published.latest:
        return ""
    first, last = date.fromisoformat(published.earliest), date.fromisoformat(published.latest)
    if first.year < _FIRST_YEAR:
        return ""
    span = _MEANINGS[meant.meaning]
    return _written(span(first, meant.ago)[0], min(span(last, meant.ago)[1], last), meant.weekday)


def _found(text: str, tag: str) -> Iterator[tuple[Span, _Meaning]]:
    """Yield the phrases in order; if some overlap, the first one, or the longest that starts there."""
    found: list[tuple[int, int, _Meaning]] = []
    for meaning, pattern in _patterns(tag).items():
        for match in pattern.finditer(text):
            groups = {name.rstrip("0123456789"): value for name, value in match.groupdict().items() if value}
            day = _weekday(tag, groups["day"]) if "day" in groups else -1
            ago = _number(tag, groups["number"]) if "number" in groups else 0
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
    # "Last Friday" is the last one, or the one in last week: up to 13 days ago, as weeks may begin on Sunday.
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


_WEEKDAYS = {
    "nl": "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
    "en": "monday tuesday wednesday thursday friday saturday sunday",
    "fr": "lundi mardi mercredi jeudi vendredi samedi dimanche",
    "de": "montag dienstag mittwoch donnerstag freitag samstag|sonnabend sonntag",
}
# From one on; spellings of the same number are separated by `|`.
_NUMBERS = {
    "nl": "een|één twee drie vier vijf zes zeven acht negen tien elf twaalf",
    "en": "a|an|one two three four five six seven eight nine ten eleven twelve",
    "fr": "un|une deux trois quatre cinq six sept huit neuf dix onze douze",
    "de": "einem|einer zwei drei vier fünf sechs sieben acht neun zehn elf zwölf",
}
# `W` is a weekday, `N` a number. "to come" has phrases about the future and about habits, which do not say when
# something was said: they are matched so that the "vrijdag" in "volgende week vrijdag" is not.
_PATTERNS: dict[str, dict[str, str]] = {
    "nl": {
        "to come": r"(?:komende|volgende|aanstaande|elke|iedere|goede|witte|black) W|"
        r"(?:komende|volgende) week(?: W)?|W (?:over een week|aanstaande)",
        "today": r"vandaag|vanochtend|vanmorgen|vanmiddag|vanavond",
        "night": r"vannacht|afgelopen nacht",
        "yesterday": r"gister(?:en|ochtend|morgen|middag|avond)(?: (?:ochtend|middag|avond))?",
        "day before yesterday": r"eergisteren",
        "weekday": r"W(?:ochtend|morgen|middag|avond|nacht)?",
        "last weekday": r"(?:afgelopen|vorige|voorbije) W(?:ochtend|morgen|middag|avond|nacht)?|vorige week W|W "
        r"vorige week",
        "this week": r"(?:(?:eerder|begin) )?deze week",
        "last week": r"(?:(?:begin|eind) )?vorige week",
        "past week": r"(?:afgelopen|voorbije) week",
        "this month": r"(?:(?:eerder|begin) )?deze maand",
        "last month": r"(?:(?:begin|half|eind) )?vorige maand",
        "past month": r"(?:afgelopen|voorbije) maand",
        "this year": r"(?:eerder )?dit jaar",
        "last year": r"vorig jaar",
        "past year": r"(?:afgelopen|voorbije) jaar",
        "early this year": r"begin dit jaar",
        "early last year": r"begin vorig jaar",
        "late last year": r"eind vorig jaar",
        "days ago": r"N dag(?:en)? geleden",
        "weeks ago": r"N we(?:ek|ken) geleden",
        "months ago": r"N maand(?:en)? geleden",
        "years ago": r"N ja(?:ar|ren) geleden",
    },
    "en": {
        "to come": r"(?:next|coming|every|each|good|black|holy|this coming) W|W next|next week(?: on W)?",
        "today": r"today|this (?:morning|afternoon|evening)|tonight",
        "night": r"last night|overnight",
        "yesterday": r"yesterday(?: (?:morning|afternoon|evening))?",
        "day before yesterday": r"the day before yesterday",
        "weekday": r"W(?: (?:morning|afternoon|evening|night))?",
        "last weekday": r"(?:last|this past|past) W(?: (?:morning|afternoon|evening|night))?|W last week|W last",
        "this week": r"(?:(?:earlier|early) )?this week",
        "last week": r"(?:(?:early|late) )?last week",
        "past week": r"(?:the |this )?past week",
        "this month": r"(?:(?:earlier|early) )?this month",
        "last month": r"(?:(?:early|late) )?last month",
        "past month": r"(?:the |this )?past month",
        "this year": r"(?:earlier )?this year",
        "last year": r"last year",
        "past year": r"(?:the |this )?past year",
        "early this year": r"early this year|at the (?:start|beginning) of (?:this|the) year",
        "early last year": r"early last year|at the (?:start|beginning) of last year",
        "late last year": r"late last year|at the end of last year",
        "days ago": r"N days? ago",
        "weeks ago": r"N weeks? ago",
        "months ago": r"N months? ago",
        "years ago": r"N years? ago",
    },
    "fr": {
        "to come": r"W (?:prochain|saint)|(?:chaque|tous les) Ws?|la semaine prochaine",
        "today": r"aujourd['’]hui|ce matin|cet après-midi|ce soir",
        "night": r"cette nuit|la nuit dernière",
        "yesterday": r"hier(?: (?:matin|midi|après-midi|soir))?",
        "day before yesterday": r"avant-hier",
        "weekday": r"W(?: (?:matin|midi|après-midi|soir))?",
        "last weekday": r"W (?:dernier|passé)|W de la semaine (?:dernière|passée)",
        "this week": r"(?:plus tôt )?cette semaine|en début de semaine",
        "last week": r"(?:(?:au début|à la fin) de )?la semaine (?:dernière|passée)",
        "past week": r"(?:ces |les )?(?:sept|huit) derniers jours",
        "this month": r"(?:plus tôt )?ce mois(?:-ci)?",
        "last month": r"(?:(?:au début|à la fin|fin|début) du|le) mois (?:dernier|passé)",
        "past month": r"(?:ces |les )?trente derniers jours",
        "this year": r"(?:plus tôt )?cette année",
        "last year": r"l['’](?:an (?:dernier|passé)|année (?:dernière|passée))",
        "past year": r"(?:ces |les )?douze derniers mois",
        "early this year": r"(?:en|au|dès le) début (?:d['’]année|de l['’]année|de cette année)",
        "early last year": r"(?:au )?début (?:de )?l['’](?:an (?:dernier|passé)|année (?:dernière|passée))",
        "late last year": r"(?:à la )?fin (?:de )?l['’](?:an (?:dernier|passé)|année (?:dernière|passée))",
        "days ago": r"il y a N jours?",
        "weeks ago": r"il y a N semaines?",
        "months ago": r"il y a N mois",
        "years ago": r"il y a N ans?",
    },
    "de": {
        "to come": r"(?:nächste[nr]?|kommende[nr]?|jede[nr]?) (?:W|woche)",
        "today": r"heute(?: (?:früh|morgen|vormittag|mittag|nachmittag|abend))?",
        "night": r"(?:in der |vergangene |letzte )(?:vergangenen |letzten )?nacht",
        "yesterday": r"gestern(?: (?:früh|morgen|vormittag|mittag|nachmittag|abend))?",
        "day before yesterday": r"vorgestern",
        "weekday": r"W(?:morgen|vormittag|mittag|nachmittag|abend|nacht)?",
        "last weekday": r"(?:letzten|vergangenen|vorigen) W(?:morgen|vormittag|mittag|nachmittag|abend|nacht)?",
        "this week": r"diese[r]? woche|anfang der woche",
        "last week": r"(?:(?:anfang|ende) )?(?:letzte|vergangene|vorige)[nr]? woche",
        "past week": r"(?:den )?letzten sieben tagen?",
        "this month": r"(?:anfang )?diese[nsm] monats?|anfang des monats",
        "last month": r"(?:(?:anfang|ende) )?(?:letzten|vergangenen|vorigen) monats?",
        "past month": r"(?:den )?letzten dreißig tagen?",
        "this year": r"diese[sm] jahr",
        "last year": r"(?:letzte|vergangene|vorige)[sn] jahr(?:es)?|(?:im )?vorjahr",
        "past year": r"(?:den )?letzten zwölf monaten?",
        "early this year": r"(?:anfang|zu beginn) (?:dieses|des) jahres",
        "early last year": r"(?:anfang|zu beginn) (?:des )?(?:letzten|vergangenen|vorigen) jahres",
        "late last year": r"ende (?:des )?(?:letzten|vergangenen|vorigen) jahres",
        "days ago": r"vor N tag(?:en)?",
        "weeks ago": r"vor N wochen?",
        "months ago": r"vor N monat(?:en)?",
        "years ago": r"vor N jahr(?:en)?",
    },
}


@cache
def _patterns(tag: str) -> Mapping[str, re.Pattern[str]]:
    """Return the patterns of a language by their meaning, with groups `day…` and `number…`; none if not known."""
    if tag not in _PATTERNS:
        return {}
    day = "|".join(_WEEKDAYS[tag].split())
    number = "|".join(["[1-9][0-9]?", *_NUMBERS[tag].split()])
    return {meaning: _compiled(written, day, number) for meaning, written in _PATTERNS[tag].items()}


def _weekday(tag: str, written: str) -> int:
    """Return the number of a weekday; Monday is 0."""
    return next(at for at, names in enumerate(_WEEKDAYS[tag].split()) if written.lower() in names.split("|"))


def _number(tag: str, written: str) -> int:
    """Return the value of a number: a word up to twelve, or digits up to 99."""
    if written.isdecimal():
        return int(written)
    return next(at for at, names in enumerate(_NUMBERS[tag].split(), 1) if written.lower() in names.split("|"))


def _compiled(written: str, day: str, number: str) -> re.Pattern[str]:
    """Return a pattern for whole words; each `W` and `N` in it becomes a group of its own."""
    pieces = re.split(r"\b([WN])(?=s?\b|\(|$)", written.replace(" ", r"\s+"))
    for at in range(1, len(pieces), 2):
        kind, choices = ("day", day) if pieces[at] == "W" else ("number", number)
        pieces[at] = f"(?P<{kind}{at}>{choices})"
    return re.compile(rf"(?<!\w)(?:{''.join(pieces)})(?!\w)", re.IGNORECASE)
