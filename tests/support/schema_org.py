"""What schema.org says of its terms, read from its own file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pyoxigraph

from kg.rdf.terms import XSD, Iri, Node, Term, iri, is_iri, literal_value
from kg.rdf.vocab import RDF, RDFS, SCHEMA
from support import ROOT, SHARED

ONTOLOGY = ROOT / "ontology" / "kg.ttl"
SCHEMA_ORG = "schemaorg/schemaorg-current-http.ttl"
# schema.org's own datatypes for those of our literals.
DATATYPES = {
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString": "Text",
    XSD + "string": "Text",
    XSD + "date": "Date",
    XSD + "dateTime": "DateTime",
    XSD + "integer": "Integer",
    XSD + "decimal": "Number",
    # schema.org takes dates in ISO 8601, which may lack the day or the month, and has no type for those.
    XSD + "gYearMonth": "Date",
    XSD + "gYear": "Date",
}


def term(name: str) -> Iri:
    """Return a term of schema.org, whether `kg` writes it or not."""
    return iri(SCHEMA.base + name)


class Vocabulary:
    """The triples of vocabulary files, by predicate and subject."""

    def __init__(self, files: Iterable[Path]) -> None:
        self.by_predicate: dict[str, dict[str, set[str]]] = {}
        for file in files:
            for each in pyoxigraph.parse(path=file, format=pyoxigraph.RdfFormat.TURTLE):
                values = self.by_predicate.setdefault(str(each.predicate), {})
                values.setdefault(str(each.subject), set()).add(str(each.object))

    def values(self, subject: str, predicate: str) -> set[str]:
        return self.by_predicate.get(predicate, {}).get(subject, set())

    def wider(self, kinds: Iterable[str]) -> set[str]:
        """Return classes with their super-classes."""
        found: set[str] = set()
        waiting = list(kinds)
        while waiting:
            each = waiting.pop()
            if each not in found:
                found.add(each)
                waiting += self.values(each, RDFS.subClassOf)
        return found

    def allows(self, subject_kinds: Iterable[Term], predicate: Term) -> bool:
        """Tell whether a property may stand on a thing of these classes."""
        return not self.wider(subject_kinds).isdisjoint(self.values(predicate, term("domainIncludes")))

    def takes(self, predicate: Term, kinds: Iterable[Term]) -> bool:
        """Tell whether a property may have a value of these classes."""
        return not self.wider(kinds).isdisjoint(self.values(predicate, term("rangeIncludes")))


@cache
def vocabulary() -> Vocabulary:
    """Return schema.org and what our ontology adds to it."""
    return Vocabulary([SHARED / SCHEMA_ORG, ONTOLOGY])


@cache
def ontology() -> Vocabulary:
    """Return our ontology alone."""
    return Vocabulary([ONTOLOGY])


def uses(nodes: Iterable[Node]) -> Iterator[tuple[Node, Iri, Term]]:
    """Yield each use of a property of schema.org."""
    for node in nodes:
        for predicate, values in node.properties.items():
            if predicate.startswith("<" + SCHEMA.base):
                yield from ((node, predicate, value) for value in values)


def kinds(node: Node) -> list[Term]:
    """Return the classes of a node."""
    return node.properties.get(RDF.type, [])


def kinds_of_value(value: Term, described: dict[Term, list[Term]]) -> list[Term]:
    """Return the classes of a thing that is described, the datatype of a literal, URL for any other address."""
    if is_iri(value):
        return described.get(value) or [term("URL")]
    return [term(DATATYPES[literal_value(value).datatype])]
