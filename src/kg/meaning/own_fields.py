"""A corpus's own fields: checks their declarations in corpus.yaml, and reads their values."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from kg.annotations.classes import CorpusFile
from kg.annotations.own_fields import KINDS, MOST_FIELDS, YES, OwnField, own_fields, taken_names
from kg.errors import Path
from kg.meaning.reporter import Reporter, as_list
from kg.model import NONE, OwnProperty, OwnValues
from kg.rdf.terms import Iri, Term, date, decimal, edtf, is_decimal, plain, typed
from kg.rdf.vocab import WRITTEN_TERMS, XSD

Named = Callable[[str, Path], Iri]
"""Returns the entity of an id, `NONE` for an unknown one, which it reports at the path."""


class OwnFields(NamedTuple):
    """The fields that a corpus declares, by the kind of thing that has them."""

    claims: tuple[OwnField, ...] = ()
    articles: tuple[OwnField, ...] = ()
    entities: tuple[OwnField, ...] = ()


def read_declarations(config: CorpusFile, report: Reporter) -> OwnFields:
    """Return the declared fields in which nothing is wrong."""
    right = [field for field in own_fields(config) if _is_right(field, report)]
    for kind in KINDS:
        names = getattr(config.fields, kind)
        if len(names) > MOST_FIELDS:
            message = f"a corpus may have at most {MOST_FIELDS:,} fields of its own here: delete some"
            report.violation(("fields", kind), "too-many-fields", message, at_key=True)
        for name in names:
            if name in taken_names(kind):
                message = f"`{name}` is a field that kg has: give yours another name"
                report.violation(("fields", kind, name), "taken-field", message, at_key=True)
    return OwnFields(*(tuple(field for field in right if field.kind == kind) for kind in KINDS))


def own_properties(config: CorpusFile, fields: OwnFields, report: Reporter) -> tuple[OwnProperty, ...]:
    """Return each property of the fields once, with its labels: the name of the field if it has none."""
    found: dict[Iri, OwnProperty] = {}
    for field in (field for kind in fields for field in kind):
        entry = getattr(config.fields, field.kind)[field.name]
        path = ("fields", field.kind, field.name)
        labels = report.names(entry.label, (*path, "label")) if entry.label else (plain(field.name),)
        found.setdefault(Iri(f"<{field.property}>"), OwnProperty(Iri(f"<{field.property}>"), labels))
    return tuple(found.values())


def own_values(entry: Any, fields: tuple[OwnField, ...], path: Path, report: Reporter, named: Named) -> OwnValues:
    """Return the properties that somebody wrote in the corpus's own fields of an entry."""
    found: dict[Iri, dict[Term, None]] = {}
    for field in fields:
        for term in _terms(field, getattr(entry, field.attribute, ""), path, report, named):
            # Two fields may have one property.
            found.setdefault(Iri(f"<{field.property}>"), {})[term] = None
    return tuple([(property, tuple(terms)) for property, terms in found.items()])


def _is_right(field: OwnField, report: Reporter) -> bool:
    path = ("fields", field.kind, field.name)
    before = len(report.findings)
    property = report.iri(field.property, (*path, "property"))
    if property in WRITTEN_TERMS:
        message = f"`property` must not be one that kg writes itself, as {field.property} is: use one of your own"
        report.violation((*path, "property"), "own-property", message)
    if field.values and field.type != "text":
        message = "a field with a list of `values` has texts: delete `type`, or `values`"
        report.violation((*path, "type"), "type-of-values", message)
    if len(field.values) == MOST_FIELDS:
        message = f"a field must have fewer than {MOST_FIELDS:,} `values`: delete the list to allow any text"
        report.violation((*path, "values"), "too-many-fields", message, at_key=True)
    report.no_repeats(field.values, (*path, "values"))
    return len(report.findings) == before


def _terms(field: OwnField, written: Any, path: Path, report: Reporter, named: Named) -> Iterator[Term]:
    for n, value in enumerate(as_list(written)):
        at = (*path, field.name, n) if isinstance(written, list) else (*path, field.name)
        term = _term(field, value, at, report, named)
        if term:
            yield term


def _term(field: OwnField, value: str, at: Path, report: Reporter, named: Named) -> Term:
    if field.type == "entity":
        return named(value, at)
    if field.type == "link":
        return report.iri(value, at)
    if field.type == "yes-no":
        return typed("true" if value in YES else "false", XSD.base + "boolean")
    if field.type == "date":
        known = report.edtf(value, at)
        return date(known.text) if known.text and known.text == known.certain else edtf(known.text)
    if field.type == "number":
        number = value.removeprefix("+")
        if is_decimal(number):
            return decimal(number)
        message = (
            f"`{field.name}` must be a number in figures, as 4 or 4.5, of at most 12 digits and 6 after the point, "
            f"not {value!r}: correct it"
        )
        report.violation(at, "no-number", message)
        return NONE
    return plain(value)
