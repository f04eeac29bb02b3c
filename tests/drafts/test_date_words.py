"""Words that say when: the range has every day that they may mean, and no more than the article's date allows."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.dates.edtf import read
from kg.drafts.date_words import find_date_words

ONE = timedelta(days=1)


def latest(weekday: int, day: date) -> date:
    """Return the last such weekday, be it the day itself."""
    return next(each for each in (day - n * ONE for n in range(7)) if each.weekday() == weekday)


def week(day: date, begins: int) -> list[date]:
    """Return the days of the week of a day; weeks begin on Monday (0) or Sunday (6)."""
    first = latest(begins, day)
    return [first + n * ONE for n in range(7)]


def month(day: date, back: int) -> list[date]:
    """Return the days of the month so many months before."""
    for _ in range(back):
        day = day.replace(day=1) - ONE
    return [day.replace(day=n + 1) for n in range(calendar.monthrange(day.year, day.month)[1])]


def year(day: date, back: int, months: range = range(1, 13)) -> list[date]:
    return [date(day.year - back, n, 15) for n in months]


# What each phrase means on the day of the article, worked out otherwise than by arithmetic on ranges.
MEANT: dict[tuple[str, str, str, str], Callable[[date], list[date]]] = {
    ("vandaag", "today", "aujourd’hui", "heute"): lambda day: [day],
    ("gisteren", "yesterday", "hier", "gestern"): lambda day: [day - ONE],
    ("eergisteren", "the day before yesterday", "avant-hier", "vorgestern"): lambda day: [day - 2 * ONE],
    ("vrijdag", "Friday", "vendredi", "Freitag"): lambda day: [latest(4, day), latest(4, day - ONE)],
    ("zondagavond", "Sunday evening", "dimanche soir", "Sonntagabend"): lambda day: [latest(6, day)],
    ("afgelopen vrijdag", "last Friday", "vendredi dernier", "letzten Freitag"): lambda day: [
        latest(4, day - ONE),
        *(each for begins in (0, 6) for each in week(day - 7 * ONE, begins) if each.weekday() == 4),
    ],
    ("vorige week", "last week", "la semaine dernière", "letzte Woche"): lambda day: [
        *week(day - 7 * ONE, 0),
        *week(day - 7 * ONE, 6),
    ],
    ("deze week", "this week", "cette semaine", "diese Woche"): lambda day: [*week(day, 0), *week(day, 6)],
    ("eerder deze maand", "earlier this month", "ce mois-ci", "Anfang des Monats"): lambda day: month(day, 0),
    ("vorige maand", "last month", "le mois dernier", "letzten Monat"): lambda day: month(day, 1),
    ("dit jaar", "this year", "cette année", "dieses Jahr"): lambda day: year(day, 0),
    ("vorig jaar", "last year", "l'an dernier", "letztes Jahr"): lambda day: year(day, 1),
    ("eind vorig jaar", "late last year", "à la fin de l'année dernière", "Ende letzten Jahres"): lambda day: year(
        day, 1, range(10, 13)
    ),
    ("drie dagen geleden", "three days ago", "il y a trois jours", "vor drei Tagen"): lambda day: [day - 3 * ONE],
    ("2 weken geleden", "2 weeks ago", "il y a 2 semaines", "vor 2 Wochen"): lambda day: [day - 14 * ONE],
    ("vijf maanden geleden", "five months ago", "il y a cinq mois", "vor fünf Monaten"): lambda day: month(day, 5),
    ("tien jaar geleden", "ten years ago", "il y a dix ans", "vor zehn Jahren"): lambda day: year(day, 10),
}


def published(first: date, kind: str) -> tuple[str, list[date]]:
    """Return a date of an article known to the day, month or year, and days on which it may have appeared."""
    if kind == "day":
        return str(first), [first]
    if kind == "month":
        return f"{first:%Y-%m}", month(first, 0)
    return f"{first:%Y}", [first, date(first.year, 1, 1), date(first.year, 12, 31), date(first.year, 2, 28)]


def listed(edtf: str) -> Iterator[str]:
    yield from edtf.strip("[]").split(",") if "," in edtf else ()


@settings(max_examples=300)
@given(
    st.sampled_from(list(MEANT)),
    st.integers(0, 3),
    st.dates(date(1800, 1, 1), date(2100, 12, 31)),
    st.sampled_from(["day", "month", "year"]),
)
def test_the_range_has_every_day_that_may_be_meant(
    phrases: tuple[str, ...], language: int, first: date, kind: str
) -> None:
    edtf, appeared = published(first, kind)
    (when,) = find_date_words(f"x {phrases[language]}.", ("nl", "en", "fr", "de")[language], read(edtf))
    understood, last = read(when.edtf), read(edtf).latest
    meant = {str(day) for each in appeared for day in MEANT[phrases](each)}  # type: ignore[index]
    within = {day for day in meant if day <= last}

    assert when.at == (2, 2 + len(phrases[language]))
    assert {day for day in within if not understood.earliest <= day <= understood.latest} == set()
    assert understood.latest <= last
    assert not list(listed(when.edtf)) or within <= set(listed(when.edtf))


@pytest.mark.parametrize(
    ("text", "published", "meant"),
    [
        ("vrijdag", "2020-02", ["[2020-01-31,2020-02-07,2020-02-14,2020-02-21,2020-02-28]"]),
        ("vrijdag", "2020-02-24", ["2020-02-21"]),
        ("vrijdag", "2020-02-21", ["[2020-02-14,2020-02-21]"]),
        ("vrijdag", "2020", ["[2019-12-27..2020-12-25]"]),
        ("Vorige week vrijdag", "2020-02-24", ["[2020-02-14,2020-02-21]"]),
        ("eind vorig jaar", "2020-02", ["[2019-10..2019-12]"]),
        ("deze maand", "2020-02-21", ["[2020-02-01..2020-02-21]"]),
        ("begin dit jaar, een jaar geleden", "2020-02", ["[2020-01..2020-02]", "[2018-01..2020-02]"]),
        ("gisteren", "2020-02-?21", ["[2020-01-31..2020-02-28]"]),
        ("gisteren", "2020?", [""]),
        ("gisteren", "../2020-02", [""]),
        ("gisteren", "0001-01-01", [""]),
        ("gisteren, volgende week", "9999-12-31", [""]),
        ("Goede Vrijdag, volgende week, elke vrijdag en volgende week vrijdag", "2020-02", []),
        ("vrijdagen, zondagskind en eergisterenochtend", "2020-02", []),
    ],
)
def test_words_that_say_when_mean_what_a_paper_of_that_date_can_mean(
    text: str, published: str, meant: list[str]
) -> None:
    assert [when.edtf for when in find_date_words(text, "nl-BE", read(published))] == meant


def test_a_language_without_a_table_has_no_dates() -> None:
    assert find_date_words("vrijdag Friday vendredi Freitag", "sv", read("2020-02")) == []
