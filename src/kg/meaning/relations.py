"""The relations of a claim to others."""

from __future__ import annotations

import re

from msgspec.structs import astuple

from kg.annotations.classes import NO_RELATIONS, Relations
from kg.errors import Path, Spot
from kg.meaning.reading import Reading
from kg.meaning.remarks import as_list
from kg.model import NONE
from kg.rdf.terms import Iri
from kg.rdf.vocab import KG

_NAMES = Relations.__struct_fields__
_TARGET = re.compile(r"(?:[a-z0-9][a-z0-9_-]*/)*[a-z0-9][a-z0-9_-]*")


def read_relations(id: str, relations: Relations, reading: Reading) -> tuple[tuple[Iri, Iri], ...]:
    """Return each relation of a claim once, with the other claim that it leads to; faulty ones are remarked."""
    if relations is NO_RELATIONS:
        return ()
    found: list[tuple[Iri, Iri]] = []
    for name, targets in zip(_NAMES, astuple(relations), strict=True):
        if not targets:
            continue
        several = isinstance(targets, list)
        for n, target in enumerate(as_list(targets)):
            at = ("claims", id, "relations", name, *((n,) if several else ()))
            iri = _related(id, target, at, reading)
            if iri:
                found.append((KG[name], iri))
    return tuple(dict.fromkeys(found))


def _related(id: str, target: str, path: Path, reading: Reading) -> Iri:
    article, _, claim = target.rpartition("/")
    if not _TARGET.fullmatch(target):
        message = f"a relation must lead to a claim, as c02 or article-id/c02, not {target!r}: correct it"
        reading.remarks.violation(path, "bad-relation", message)
        return NONE
    if article and article != reading.article.id:
        iri = reading.iris.claim(article, claim)
        reading.needs.setdefault(iri, Spot(reading.remarks.file, path, reading.remarks.line))
        return iri
    if claim == id:
        message = "a claim must relate to another claim, not to itself: correct it"
        reading.remarks.violation(path, "relation-to-itself", message)
    elif claim in reading.file.claims:
        return reading.iris.claim(reading.article.id, claim)
    elif claim in reading.file.withdrawn:
        after = reading.file.withdrawn[claim].replaced_by
        advice = f"write `{after}`, which replaced it" if after else "delete the relation"
        message = f"a relation must lead to a claim, and `{claim}` was withdrawn: {advice}"
        reading.remarks.violation(path, "relation-to-withdrawn", message)
    else:
        reading.remarks.reference(claim, reading.file.claims, path, "a claim")
    return NONE
