"""A store that was loaded, read-only: what it says of a thing, in an order that does not depend on the store."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache, partial
from itertools import chain
from pathlib import Path

import pyoxigraph

from kg.mappers.article import ARTICLE_FIELDS, OCCASION_FIELDS, SOURCE_FIELDS, TEXT_FIELDS, WITHDRAWN_FIELDS
from kg.mappers.claim import ANNOTATION_FIELDS, CLAIM_FIELDS, QUOTATION_FIELDS, TARGET_FIELDS
from kg.mappers.dataset import DATASET_FIELDS
from kg.mappers.entity import ANNOTATOR_FIELDS, ENTITY_FIELDS, ROLE_FIELDS
from kg.mappers.review import RATING_FIELDS, REVIEW_FIELDS
from kg.query.store.manifest import read_manifest
from kg.rdf.terms import Iri, Literal, Node, Term, iri_text
from kg.rdf.vocab import RDF, SCHEMA, XSD

# Properties come in the order in which the mappers write them, then by the alphabet.
_ORDER = {
    predicate: number
    for number, predicate in enumerate(
        dict.fromkeys(
            chain(
                *(ARTICLE_FIELDS, CLAIM_FIELDS, QUOTATION_FIELDS, ANNOTATION_FIELDS, TARGET_FIELDS),
                *(WITHDRAWN_FIELDS, OCCASION_FIELDS, SOURCE_FIELDS, ENTITY_FIELDS, ROLE_FIELDS),
                *(ANNOTATOR_FIELDS, TEXT_FIELDS, DATASET_FIELDS, REVIEW_FIELDS, RATING_FIELDS),
            )
        )
    )
}
Properties = dict[Iri, list[Term]]
_INTEGER = f"^^{XSD.integer}"
_REMEMBERED = 8192


class Quads:
    """The statements of a store, `base` being where its own IRIs start."""

    def __init__(self, folder: Path) -> None:
        manifest = read_manifest(folder)
        self.base = manifest.base
        self.triples = manifest.triples
        self._store = pyoxigraph.Store.read_only(str(folder / manifest.folder))
        # A page, its twin in the other language and its data ask for the same things. Not of a method, which would
        # hold what holds it: the store would stay open until somebody looked for circles.
        self.properties = lru_cache(_REMEMBERED)(partial(_properties, self._store))

    def subjects(self, predicate: Iri, value: Iri) -> Iterator[Iri]:
        """Yield the things that have this value, in no order; each once, as one graph describes a thing."""
        for quad in self._store.quads_for_pattern(None, _node(predicate), _node(value), None):
            yield Iri(str(quad.subject))

    def instances(self, kind: Iri) -> Iterator[Iri]:
        """Yield the things of a class, in no order."""
        return self.subjects(RDF.type, kind)

    def has(self, subject: Iri) -> bool:
        """Tell whether anything is said of a thing."""
        return next(self._store.quads_for_pattern(_node(subject), None, None, None), None) is not None

    def graph(self, name: Iri) -> list[Iri]:
        """Return the subjects of a named graph by the alphabet."""
        quads = self._store.quads_for_pattern(None, None, None, _node(name))
        return [Iri(each) for each in sorted({str(quad.subject) for quad in quads})]

    def whole(self, subject: Iri) -> list[Node]:
        """Return a thing and its parts, each after the one that names it."""
        found: dict[Iri, Node] = {}
        reviews = sorted(self.subjects(SCHEMA.itemReviewed, subject), key=lambda each: (len(each), each))
        waiting = [subject, *reviews, Iri(f"{subject[:-1]}#annotation>")]
        while waiting:
            each = waiting.pop(0)
            properties = {} if each in found else self.properties(each)
            if properties:
                found[each] = Node(each, properties)
                parts = (
                    term for terms in properties.values() for term in terms if term.startswith(f"{subject[:-1]}#")
                )
                waiting = [*map(Iri, parts), *waiting]
        return list(found.values())

    def iri(self, path: str) -> Iri:
        """Return the IRI of a path under the base."""
        return Iri(f"<{self.base}{path}>")

    def path(self, iri: str) -> str:
        """Return the path of an IRI of ours; `""` for others."""
        text = iri_text(iri)
        return text.removeprefix(self.base) if text.startswith(self.base) else ""


def _properties(store: pyoxigraph.Store, subject: Iri) -> Properties:
    """Return what is said of a thing, not to be changed; its values by the alphabet."""
    found: dict[Iri, set[Term]] = {}
    for quad in store.quads_for_pattern(_node(subject), None, None, None):
        found.setdefault(Iri(str(quad.predicate)), set()).add(_as_loaded(str(quad.object)))
    return {
        predicate: sorted(found[predicate])
        for predicate in sorted(found, key=lambda each: (_ORDER.get(each, len(_ORDER)), each))
    }


def _as_loaded(term: str) -> Term:
    """Return a term as `kg` has written it: Oxigraph keeps integers of all types as `xsd:integer`."""
    if term.endswith(_INTEGER):
        return Literal(f"{term[: -len(_INTEGER)]}^^{XSD.nonNegativeInteger}")
    return Literal(term)


def _node(iri: Iri) -> pyoxigraph.NamedNode:
    return pyoxigraph.NamedNode(iri[1:-1])
