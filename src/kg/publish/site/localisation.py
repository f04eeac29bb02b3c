"""Text in the reader's language: interface strings, literals, the ontology's labels and dates."""

from __future__ import annotations

import tomllib
from calendar import monthrange
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

import pyoxigraph
from markupsafe import Markup, escape

from kg.dates.edtf import is_day
from kg.dates.edtf import read as read_edtf
from kg.files.resources import resource_folder
from kg.rdf.term_conversion import from_oxigraph
from kg.rdf.terms import Iri, Term, literal_parts, local_name, natural_number
from kg.rdf.vocab import BASES, KG, PREFIXES, QUALIFIERS, SCHEMA

LANGUAGES = ("nl", "en")
_STRINGS = Path(__file__).parent / "strings"


class LocalText(NamedTuple):
    """Text and its language, `""` if unknown."""

    value: str
    language: str = ""


@cache
def strings(language: str) -> Mapping[str, str]:
    """Return the interface strings of a language by key."""
    with (_STRINGS / f"{language}.toml").open("rb") as file:
        return tomllib.load(file)


@cache
def rules(language: str) -> Mapping[str, str]:
    """Return the messages of kg's own shapes in a language, by the message in English; none for English."""
    file = _STRINGS / f"rules.{language}.toml"
    return tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}


def say(language: str, key: str, /, **values: object) -> Markup:
    """Return an interface string with values filled in, escaped."""
    # Ten times as fast as `Markup.format`, which the strings do not need: they have names in braces only.
    return Markup(strings(language)[key].format(**{name: escape(value) for name, value in values.items()}))


def texts(terms: Iterable[Term]) -> list[LocalText]:
    """Return the texts of literals."""
    return [_text(term) for term in terms if term[0] != "<"]


@lru_cache(maxsize=16_384)  # a claim is in several lists, and its date in more
def _text(literal: str) -> LocalText:
    value, language, _ = literal_parts(literal)
    return LocalText(value, language)


def best(terms: Sequence[Term], *languages: str) -> LocalText | None:
    """Return the text of some literals that is the `nearest`."""
    if len(terms) == 1:
        return _text(terms[0]) if terms[0][0] != "<" else None
    return nearest(texts(terms), *languages)


def nearest(found: Collection[LocalText], *languages: str) -> LocalText | None:
    """Return the text in the first language that has one, else the alphabetically first.

    A text without a language comes after the first language and before the others.
    """
    if len(found) == 1:
        return next(iter(found))
    return min(found, key=lambda text: (_distance(text, languages), text), default=None)


def lexical(terms: Iterable[Term]) -> str:
    """Return the lexical form of the first literal; `""` if there is none."""
    for term in terms:
        if term[0] != "<":
            return _text(term).value
    return ""


def natural(terms: Iterable[Term]) -> int:
    """Return the natural number that the first literal is, such as a position; 0 if it is none."""
    return max(natural_number(lexical(terms)), 0)


def _distance(text: LocalText, languages: Sequence[str]) -> int:
    if not text.language:
        return 1
    spoken = text.language.partition("-")[0]
    near = [2 * n for n, language in enumerate(languages) if language.partition("-")[0] == spoken]
    return near[0] if near else 2 * len(languages)


_RDFS = "http://www.w3.org/2000/01/rdf-schema#"
_SKOS = PREFIXES["skos"]
_OWL = "http://www.w3.org/2002/07/owl#"
_KINDS = {
    f"<{_OWL}Class>": "class",
    f"<{_OWL}ObjectProperty>": "property",
    f"<{_OWL}DatatypeProperty>": "property",
    f"<{_OWL}AnnotationProperty>": "property",
    f"<{_SKOS}Concept>": "concept",
}
_ALIGNED = tuple(f"<{_SKOS}{name}>" for name in ("exactMatch", "closeMatch", "broadMatch", "relatedMatch"))


class TermView(NamedTuple):
    """A term of the ontology; `others` are related terms by relation, such as `sub-of`."""

    iri: Iri
    name: str
    kind: str
    label: LocalText
    definition: LocalText | None
    others: tuple[tuple[str, tuple[str, ...]], ...]


@cache
def _ontology() -> dict[Iri, dict[str, list[Term]]]:
    found: dict[Iri, dict[str, list[Term]]] = {}
    document = (resource_folder("ontology") / "kg.ttl").read_bytes()
    for quad in pyoxigraph.parse(document, format=pyoxigraph.RdfFormat.TURTLE):
        subject, predicate, value = from_oxigraph(quad)
        found.setdefault(subject, {}).setdefault(predicate, []).append(value)
    return found


@cache
def _labels(language: str) -> dict[str, str]:
    """Return the labels of the terms that the ontology defines."""
    found: dict[str, str] = {}
    for iri, properties in _ontology().items():
        names = properties.get(f"<{_SKOS}prefLabel>") or properties.get(f"<{_RDFS}label>") or ()
        if named := best(names, language):
            found[iri] = named.value
    return found


def label(term: str, language: str) -> str:
    """Return the label of a concept or property; its local name if the ontology does not define it."""
    return _labels(language).get(term) or local_name(term)


def prefixed(term: str) -> str:
    """Return a prefixed name such as `kg:answers` for an IRI in a known namespace, else the IRI itself."""
    text = term.strip("<>")
    known = {**PREFIXES, "owl": _OWL}
    found = max(((base, name) for name, base in known.items() if text.startswith(base)), default=None)
    return f"{found[1]}:{text.removeprefix(found[0])}" if found else text


def ontology_terms(language: str) -> Iterator[TermView]:
    """Yield the terms of the ontology in file order."""
    for iri, properties in _ontology().items():
        kind = next((_KINDS[each] for each in properties.get(f"<{PREFIXES['rdf']}type>", ()) if each in _KINDS), "")
        if not kind or not iri.startswith(f"<{KG.base[:-1]}"):
            continue
        definition = best(properties.get(f"<{_SKOS}definition>", properties.get(f"<{_RDFS}comment>", ())), language)
        others = (
            (name, tuple(prefixed(each) for each in properties.get(predicate, ())))
            for name, predicate in (
                ("sub-of", f"<{_RDFS}subPropertyOf>"),
                ("sub-of", f"<{_RDFS}subClassOf>"),
                ("domain", f"<{_RDFS}domain>"),
                ("domain", "<http://schema.org/domainIncludes>"),
                ("range", f"<{_RDFS}range>"),
                ("range", "<http://schema.org/rangeIncludes>"),
                ("inverse", f"<{_OWL}inverseOf>"),
                ("scheme", f"<{_SKOS}inScheme>"),
                *(("aligned", each) for each in _ALIGNED),
            )
        )
        yield TermView(
            iri,
            prefixed(iri),
            kind,
            LocalText(label(iri, language), language),
            definition,
            tuple((name, terms) for name, terms in others if terms),
        )


_YEAR, _MONTH, _DAY = 4, 7, 10


class DateView(NamedTuple):
    """A date in words that are as certain as it is.

    `source` are the article's own words and `why` how the date was determined; `first` and `last` are the bounds as
    days, `probable` is the most probable day, month or year, `""` if no single date is meant.
    """

    words: str
    source: LocalText | None
    why: LocalText | None
    first: str
    last: str
    probable: str


def when(properties: Mapping[Iri, Sequence[Term]], certain: Iri, language: str) -> DateView:
    """Return the date of a resource; `certain` is its property for a date without doubt."""
    return date_facts(properties, certain).view(language)


class DateBounds(NamedTuple):
    """What the words of a date depend on; `qualifier` and `printed` are keys of interface strings.

    `day` is known without doubt, and `until` its end, if it has one; `edtf` is the whole date.
    """

    day: str
    until: str
    first: str
    last: str
    probable: str
    edtf: str
    qualifier: str
    printed: str


class DateFacts(NamedTuple):
    """A date in all languages: its bounds, the article's words, and how it was determined."""

    bounds: DateBounds
    sources: Sequence[LocalText]
    whys: Sequence[LocalText]

    def view(self, language: str) -> DateView:
        """Return the date in words."""
        bounds = self.bounds
        words, probable = _date_in_words(bounds, language)
        source, why = nearest(self.sources, language), nearest(self.whys, language)
        return DateView(words, source, why, bounds.first, bounds.last, probable)


def date_facts(properties: Mapping[Iri, Sequence[Term]], certain: Iri) -> DateFacts:
    """Return the date of a resource in all languages; `certain` is its property for a date without doubt."""
    bases = properties.get(KG.dateBasis, ())
    bounds = DateBounds(
        day=lexical(properties.get(certain, ())),
        until=lexical(properties.get(SCHEMA.endDate, ())),
        first=_day(properties.get(KG.earliest, ())),
        last=_day(properties.get(KG.latest, ())),
        probable=lexical(properties.get(KG.probably, ())),
        edtf=lexical(properties.get(KG.edtf, ())),
        qualifier=_qualifier(properties),
        printed=next((key for basis, key in _PRINTED.items() if basis in bases), ""),
    )
    return DateFacts(bounds, texts(properties.get(KG.dateWords, ())), texts(properties.get(KG.dateWhy, ())))


def _day(terms: Iterable[Term]) -> str:
    """Return the day that the first literal is; `""` if it is none, as in a store that others filled."""
    day = lexical(terms)
    return day if is_day(day) else ""


@lru_cache(maxsize=4096)  # claims have the same days
def _date_in_words(date: DateBounds, language: str) -> tuple[str, str]:
    """Return a date in words, and its most probable day, month or year."""
    if date.probable:
        return str(say(language, date.qualifier, day=in_words(date.probable, language))), date.probable
    if date.day and not (date.until and date.until != date.day):
        return in_words(date.day, language), date.day
    return _between((date.first, date.last), date.edtf, date.printed, language), ""


@lru_cache(maxsize=4096)  # claims have the same days
def in_words(date: str, language: str) -> str:
    """Return `21 February 2020`, `February 2020` or `2020`."""
    if len(date) not in (_MONTH, _DAY) or not is_day(f"{date}-01"[:_DAY]):
        return date
    month = f"{strings(language)['months'].split()[int(date[5:7]) - 1]} {date[:4]}"
    return f"{int(date[8:])} {month}" if len(date) == _DAY else month


def ends_in_words(interval: str, language: str) -> tuple[str, str]:
    """Return the ends of an EDTF interval in words: `""` if unknown, `..` as the second if it has no end."""
    since, _, until = interval.partition("/")
    return ("" if since == ".." else _end(since, language)), (until if until == ".." else _end(until, language))


def _end(written: str, language: str) -> str:
    try:
        date = read_edtf(written)
    except ValueError:  # unknown, or not EDTF in a store that others filled
        return written
    if date.probable:
        return str(say(language, _DOUBTS[date.qualifier], day=in_words(date.probable, language)))
    if date.certain or not date.earliest:
        return in_words(date.certain, language)
    return _between((date.earliest, date.latest), written, "", language)


_DOUBTS = {"uncertain": "date-probably", "approximate": "date-about", "both": "date-probably-about"}


def _qualifier(properties: Mapping[Iri, Sequence[Term]]) -> str:
    qualifiers = properties.get(KG.dateQualifier, ())
    if QUALIFIERS.approximate in qualifiers:
        return "date-about"
    return "date-probably-about" if QUALIFIERS.both in qualifiers else "date-probably"


_PRINTED = {BASES.publication: "date-published", BASES.correction: "date-corrected"}


def _between(bounds: tuple[str, str], edtf: str, printed: str, language: str) -> str:
    """Return bounds in words, as months or years if they are whole ones.

    `printed` is the key of the words for a last day on which something was printed, `""` for others.
    """
    first, last = bounds
    if first and last:
        start, end = _whole(first, last)
        if start == end:
            return in_words(start, language)
        key = "date-from-to" if "/" in edtf else "date-between"
        return str(say(language, key, first=in_words(start, language), last=in_words(end, language)))
    if last:
        start, end = _whole(f"{last[:7]}-01", last)
        return str(say(language, printed or "date-until", last=in_words(end, language)))
    if first:
        return str(say(language, "date-since", first=in_words(first, language)))
    return strings(language)["date-unknown"]


def _whole(first: str, last: str) -> tuple[str, str]:
    """Return bounds as years if they span whole years, else as months if whole months, else as days."""
    if first[_YEAR:] == "-01-01" and last[_YEAR:] == "-12-31":
        return first[:_YEAR], last[:_YEAR]
    ends = monthrange(int(last[:_YEAR]), int(last[5:7]))[1] == int(last[8:])
    if first[_MONTH:] == "-01" and ends:
        return first[:_MONTH], last[:_MONTH]
    return first, last
