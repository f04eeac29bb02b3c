"""Compares the words of a date with the date.

Only words that say a date and nothing else are compared: "vrijdag", "nacht van maandag op dinsdag", "5 maart 2020",
but not "begroting 2019" or "na vrijdag". A word that is not known here ends the comparison.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from kg.dates.edtf import Edtf
from kg.dates.edtf import read as read_edtf

_WEEKDAYS = {
    "nl": "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
    "en": "monday tuesday wednesday thursday friday saturday sunday",
    "de": "montag dienstag mittwoch donnerstag freitag samstag|sonnabend sonntag",
    "fr": "lundi mardi mercredi jeudi vendredi samedi dimanche",
}
_MONTHS = {
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "en": "january february march april may june july august september october november december",
    "de": "januar|jänner februar märz april mai juni juli august september oktober november dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
}
# Endings of a weekday: "vrijdagavond", "freitags".
_ENDINGS = {
    "nl": "s ochtend morgen middag avond nacht",
    "en": "s",
    "de": "s abend abends morgen vormittag mittag nachmittag nacht",
    "fr": "",
}
# Words that may be beside a date without changing what it means.
_BESIDE = {
    "nl": "op in van de het 's s en of om jl jongstleden vorige vorig afgelopen laatst week maand jaar deze dit "
    "ochtend morgen middag avond nacht ochtends avonds nachts vroeg laat begin half medio eind zomer lente herfst "
    "voorjaar najaar uur",
    "en": "on in of the and or at last past this week month year morning noon afternoon evening "
    "night early late mid "
    "end beginning summer spring autumn fall",
    "de": "am im in an der die das den des dem vom zum und oder letzten letzte letzter vergangenen "
    "vergangene woche "
    "monat jahr diese dieser diesem morgen mittag nachmittag abend nacht früh anfang mitte ende sommer frühling "
    "herbst",
    "fr": "le la les l en au du de d à et ou dernier dernière passé semaine mois année cette ce matin midi soir "
    "nuit soirée début mi fin été printemps automne",
}
# Not `/`, `-` and `:`, which are in a financial year, a range, a time.
_SIGNS = frozenset(",.;()'’‘“”\"")
_NIGHTS = ("nacht", "night", "nuit")
_TOKEN = re.compile(r"[^\W\d_]+|\d+(?:er|e|de|ste|st|nd|rd|th)?(?![^\W_])|\S")
_MOST_DAYS = 800


class _Calendar(NamedTuple):
    """The words of a language: the number of each weekday and of each month, and words that do no harm."""

    weekdays: dict[str, int]
    months: dict[str, int]
    beside: frozenset[str]


class CalendarDate(NamedTuple):
    """What words say of a date; an empty field says nothing. Monday is weekday 0."""

    weekdays: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    years: frozenset[int]

    def fits(self, day: date) -> bool:
        """Tell whether the words may mean this day."""
        return (
            (not self.weekdays or day.weekday() in self.weekdays)
            and (not self.days or day.day in self.days)
            and (not self.months or day.month in self.months)
            and (not self.years or day.year in self.years)
        )


@lru_cache(maxsize=2048)
def contradicts_words(words: str, edtf: Edtf, language: str) -> bool:
    """Tell whether no day of a date, or of what it probably is, is one that its words may mean."""
    said = calendar_date(words, language)
    if said is None:
        return False
    if _excludes(said, edtf.earliest, edtf.latest):
        return True
    if not edtf.probable:
        return False
    try:
        probable = read_edtf(edtf.probable)
    except ValueError:
        return False
    return _excludes(said, probable.earliest, probable.latest)


def _excludes(said: CalendarDate, earliest: str, latest: str) -> bool:
    """Tell whether no day between two days is one that the words may mean."""
    if not earliest or not latest:
        return False
    first, last = date.fromisoformat(earliest), date.fromisoformat(latest)
    if (last - first).days > _MOST_DAYS:
        return bool(said.years) and not any(first.year <= year <= last.year for year in said.years)
    return not any(said.fits(day) for day in _days(first, last))


def _days(first: date, last: date) -> Iterator[date]:
    for n in range((last - first).days + 1):
        yield first + timedelta(days=n)


def calendar_date(words: str, language: str) -> CalendarDate | None:
    """Return what words say of a date, None if they say nothing or have a word that is not known here."""
    calendar = _calendar(language.partition("-")[0].lower())
    if calendar is None:
        return None
    weekdays: set[int] = set()
    days: set[int] = set()
    months: set[int] = set()
    years: set[int] = set()
    night = False
    for token in _TOKEN.findall(words.lower()):
        night = night or token.endswith(_NIGHTS)
        if token in calendar.weekdays:
            weekdays.add(calendar.weekdays[token])
        elif token in calendar.months:
            months.add(calendar.months[token])
        elif token not in calendar.beside and not _is_number(token, days, years):
            return None
    if not (weekdays or months or years) or (days and not months):
        return None
    said = CalendarDate(frozenset(weekdays), frozenset(days), frozenset(months), frozenset(years))
    return _until_the_next_day(said) if night else said


def _until_the_next_day(said: CalendarDate) -> CalendarDate:
    """Return the date of a night, which ends on the next day."""
    may_end_month = any(day >= 28 for day in said.days)
    return said._replace(
        weekdays=said.weekdays | {(day + 1) % 7 for day in said.weekdays},
        days=said.days | {day + 1 for day in said.days} | ({1} if may_end_month else set()),
        months=said.months | ({month % 12 + 1 for month in said.months} if may_end_month else set()),
    )


def _is_number(token: str, days: set[int], years: set[int]) -> bool:
    """Tell whether a token is the number of a day or a year, and add it."""
    digits = token.rstrip("abcdefghijklmnopqrstuvwxyz")
    if not digits.isdecimal() or not digits.isascii():
        return False
    number = int(digits)
    if len(digits) == 4 and 1000 <= number <= 2999 and digits == token:
        years.add(number)
        return True
    if len(digits) <= 2 and 1 <= number <= 31:
        days.add(number)
        return True
    return False


@lru_cache(maxsize=16)
def _calendar(language: str) -> _Calendar | None:
    if language not in _WEEKDAYS:
        return None
    weekdays = {}
    for number, spellings in enumerate(_WEEKDAYS[language].split()):
        for name in spellings.split("|"):
            weekdays[name] = number
            weekdays |= {name + ending: number for ending in _ENDINGS[language].split()}
    months = {
        name: number
        for number, spellings in enumerate(_MONTHS[language].split(), start=1)
        for name in spellings.split("|")
    }
    return _Calendar(weekdays, months, frozenset(_BESIDE[language].split()) | _SIGNS)
