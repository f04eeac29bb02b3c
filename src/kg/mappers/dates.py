"""A date in the graph: what is certain under the class's own term, the bounds, the doubted reading, the words."""

from __future__ import annotations

from kg.model import Dated, present
from kg.terms import Iri, Term, date, edtf
from kg.vocab import KG, QUALIFIERS

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


def dated(predicate: Iri, when: Dated, *, words: bool) -> dict[Iri, list[Term]]:
    """Return the properties of a date known by one term; its words only where `words` are published."""
    return {predicate: day(when.edtf.certain), **bounds(when, words=words)}


def bounds(when: Dated, *, words: bool) -> dict[Iri, list[Term]]:
    """Return the properties that every date has, whatever its own term is."""
    return {
        KG.earliest: day(when.earliest),
        KG.latest: day(when.latest),
        KG.probably: day(when.edtf.probable),
        KG.edtf: [edtf(when.edtf.text)] if when.edtf.text else [],
        KG.dateWords: list(when.words) if words else [],
        KG.dateWhy: list(when.why),
        KG.dateBasis: present(when.basis),
        KG.dateQualifier: [QUALIFIERS[when.edtf.qualifier]] if when.edtf.qualifier else [],
    }


def date_fields(field: tuple[str, ...]) -> dict[Iri, tuple[str, ...]]:
    """Return `DATE_FIELDS` below the field that holds the date."""
    return {predicate: field + below for predicate, below in DATE_FIELDS.items()}
