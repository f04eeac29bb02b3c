"""Nodes with their properties: values that are missing are left out, and a date has all its properties."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kg.model import Dated
from kg.rdf.terms import Iri, Node, Term, date, edtf
from kg.rdf.vocab import KG, QUALIFIERS

Properties = dict[Iri, list[Term]]


def node(subject: Iri, properties: Mapping[Iri, list[Term]]) -> Node:
    """Return a node with the properties that have a value."""
    return Node(subject, {predicate: objects for predicate, objects in properties.items() if objects})


def put(properties: Properties, predicate: Iri, value: Term) -> None:
    """Add a property, if it has a value."""
    if value:
        properties[predicate] = [value]


def put_all(properties: Properties, predicate: Iri, values: Sequence[Term]) -> None:
    """Add a property with all its values, if it has any."""
    if values:
        properties[predicate] = list(values)


# The field that each property of a date comes from, below the field of the date.
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
    """Return a date typed at its precision, nothing for `""`."""
    return [date(value)] if value else []


def put_day(properties: Properties, predicate: Iri, value: str) -> None:
    """Add a date typed at its precision, nothing for `""`."""
    if value:
        properties[predicate] = [date(value)]


def put_date(properties: Properties, predicate: Iri, when: Dated, *, words: bool) -> None:
    """Add a date under a separate property with its bounds; its words only if `words` are published."""
    put_day(properties, predicate, when.edtf.certain)
    put_bounds(properties, when, words=words)


def put_bounds(properties: Properties, when: Dated, *, words: bool) -> None:
    """Add the bounds, EDTF, words and basis that every date has."""
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
    """Return the bounds, EDTF, words and basis that every date has."""
    properties: Properties = {}
    put_bounds(properties, when, words=words)
    return properties


def date_fields(field: tuple[str, ...]) -> dict[Iri, tuple[str, ...]]:
    """Return `DATE_FIELDS` below the field of the date."""
    return {predicate: field + below for predicate, below in DATE_FIELDS.items()}
