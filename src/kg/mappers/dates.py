"""A date in the graph: what is certain under the class's own term, the bounds, the doubted reading, the words."""

from __future__ import annotations

from kg.mappers.properties import Properties, put, put_all
from kg.model import Dated
from kg.rdf.terms import Iri, Term, date, edtf
from kg.rdf.vocab import KG, QUALIFIERS

# The way back from a predicate to what was written, below the field of the date itself.
DATE_FIELDS: dict[Iri, tuple[str, ...]] = {
    KG.earliest: (),
    KG.latest: (),
    KG.probably: (),
    KG.edtf: ("edtf",),
    KG.dateWords: ("words",),
    KG.dateWhy: ("why",),
    KG.dateBasis: (),
    KG.dateQualifier: (),
}


def day(value: str) -> list[Term]:
    """Return a date typed at its precision; of `""` nothing."""
    return [date(value)] if value else []


def put_day(properties: Properties, predicate: Iri, value: str) -> None:
    """Add a date typed at its precision; of `""` nothing."""
    if value:
        properties[predicate] = [date(value)]


def put_date(properties: Properties, predicate: Iri, when: Dated, *, words: bool) -> None:
    """Add the properties of a date known by one term; its words only where `words` are published."""
    put_day(properties, predicate, when.edtf.certain)
    put_bounds(properties, when, words=words)


def put_bounds(properties: Properties, when: Dated, *, words: bool) -> None:
    """Add the properties that every date has, whatever its own term is."""
    known = when.edtf
    put_day(properties, KG.earliest, when.earliest)
    put_day(properties, KG.latest, when.latest)
    put_day(properties, KG.probably, known.probable)
    if known.text:
        properties[KG.edtf] = [edtf(known.text)]
    if words:
        put_all(properties, KG.dateWords, when.words)
    put_all(properties, KG.dateWhy, when.why)
    put(properties, KG.dateBasis, when.basis)
    if known.qualifier:
        properties[KG.dateQualifier] = [QUALIFIERS[known.qualifier]]


def bounds(when: Dated, *, words: bool) -> Properties:
    """Return the properties that every date has."""
    properties: Properties = {}
    put_bounds(properties, when, words=words)
    return properties


def date_fields(field: tuple[str, ...]) -> dict[Iri, tuple[str, ...]]:
    """Return `DATE_FIELDS` below the field that holds the date."""
    return {predicate: field + below for predicate, below in DATE_FIELDS.items()}
