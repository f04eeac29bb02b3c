"""When something was said, in words that are as certain as it is."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from typing import NamedTuple

from kg.publish.site.quads import Properties
from kg.publish.site.words import Text, best, lexical, say, strings
from kg.rdf.terms import Iri, Term
from kg.rdf.vocab import BASES, KG, QUALIFIERS, SCHEMA

_YEAR, _MONTH, _DAY = 4, 7, 10


class When(NamedTuple):
    """A date for readers.

    `words` say it; `machine` is the value of a `<time>`, `""` where no single date is meant; `source` are the
    article's own words, `why` the reckoning, `basis` a concept; `first` and `last` are the bounds as days, `dot`
    the day, month or year that is meant most probably.
    """

    words: str
    machine: str
    source: Text | None
    why: Text | None
    basis: str
    first: str
    last: str
    dot: str
    edtf: str


def when(properties: Properties, certain: Iri, language: str) -> When:
    """Return the date of a thing whose own date term is `certain`."""
    day = lexical(properties.get(certain, ()))
    until = lexical(properties.get(SCHEMA.endDate, ()))
    first, last = lexical(properties.get(KG.earliest, ())), lexical(properties.get(KG.latest, ()))
    probable, edtf = lexical(properties.get(KG.probably, ())), lexical(properties.get(KG.edtf, ()))
    bases = properties.get(KG.dateBasis, [])
    if probable:
        words = str(say(language, _qualifier(properties), day=in_words(probable, language)))
    elif day and not (until and until != day):
        words, probable = in_words(day, language), day
    else:
        words = _between((first, last), edtf, bases, language)
    return When(
        words=words,
        machine=probable,
        source=best(properties.get(KG.dateWords, ()), language),
        why=best(properties.get(KG.dateWhy, ()), language),
        basis=str(bases[0]) if bases else "",
        first=first,
        last=last,
        dot=probable,
        edtf=edtf,
    )


def in_words(date: str, language: str) -> str:
    """Return `21 February 2020`, `February 2020` or `2020`."""
    if len(date) not in (_MONTH, _DAY):
        return date
    month = f"{strings(language)['months'].split()[int(date[5:7]) - 1]} {date[:4]}"
    return f"{int(date[8:])} {month}" if len(date) == _DAY else month


def _qualifier(properties: Properties) -> str:
    qualifiers = properties.get(KG.dateQualifier, [])
    if QUALIFIERS.approximate in qualifiers:
        return "date-about"
    return "date-probably-about" if QUALIFIERS.both in qualifiers else "date-probably"


def _between(bounds: tuple[str, str], edtf: str, bases: Sequence[Term], language: str) -> str:
    """Return bounds in words, as months or years where they are whole ones."""
    first, last = bounds
    if first and last:
        start, end = _whole(first, last)
        if start == end:
            return in_words(start, language)
        # What was said on an occasion of several days did not last as long as that.
        lasted = "/" in edtf and BASES.occasion not in bases
        key = "date-from-to" if lasted else "date-between"
        return str(say(language, key, first=in_words(start, language), last=in_words(end, language)))
    if last:
        key = "date-published" if BASES.publication in bases else "date-until"
        start, end = _whole(f"{last[:7]}-01", last)
        return str(say(language, key, last=in_words(end, language)))
    if first:
        return str(say(language, "date-since", first=in_words(first, language)))
    return strings(language)["date-unknown"]


def _whole(first: str, last: str) -> tuple[str, str]:
    """Return bounds as years where they begin and end with whole ones, else as months, else as they are."""
    if first[_YEAR:] == "-01-01" and last[_YEAR:] == "-12-31":
        return first[:_YEAR], last[:_YEAR]
    ends = monthrange(int(last[:_YEAR]), int(last[5:7]))[1] == int(last[8:])
    if first[_MONTH:] == "-01" and ends:
        return first[:_MONTH], last[:_MONTH]
    return first, last
