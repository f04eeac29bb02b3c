"""Findings about RDF documents: which triple each is about, and its line, found in a second pass."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from functools import cached_property
from typing import IO, NamedTuple

from kg.errors import Finding, Place
from kg.findings.results import finding_of, path_of, shown_terms
from kg.formats.rdf_places import ANY, TriplePlaces, WantedTriple, anonymous, find_places
from kg.formats.rdf_reader import ANONYMOUS
from kg.rdf.property_paths import Nodes, edges, predicates
from kg.rdf.terms import Node
from kg.shacl import Result


class RdfDocument(NamedTuple):
    """A document that can be read more than once: its name, its media type, and how it is opened."""

    name: str
    media: str
    open: Callable[[], AbstractContextManager[IO[bytes]]]


def from_rdf_results(results: Iterable[Result], name: str) -> list[Finding]:
    """Return a finding for each result about an RDF document; its detail names the node."""
    return [finding_of(result, Place(name, 0, 0), shown_terms(result)) for result in results]


def with_places(findings: Iterable[Finding], nodes: Iterable[Node], document: RdfDocument) -> list[Finding]:
    """Return the findings with the places of the triples that they are about.

    Nothing is read if no finding is about a node. Where a triple is not found, its place is that of the subject and
    the predicate, else of the subject, else the document.
    """
    findings = list(findings)
    whole = Place(document.name, 0, 0)
    if not any(each.at == whole and each.focus for each in findings):
        return findings
    triples = _FindingTriples(nodes)
    wanted = {each: triples.of(each) for each in findings if each.at == whole and each.focus}
    places = TriplePlaces(wanted.values(), triples.ways)
    with document.open() as stream:
        find_places(places, document.name, stream, document.media)
    return [
        finding._replace(at=places.place(wanted[finding]) or whole) if finding in wanted else finding
        for finding in findings
    ]


class _Way(NamedTuple):
    """How a document leads to an anonymous blank node: as the number-th such value of a subject and a predicate."""

    subject: str
    predicate: str
    number: int


class _FindingTriples:
    """Works out the triples that findings are about. `ways` are the nodes that lead to anonymous blank nodes."""

    def __init__(self, nodes: Iterable[Node]) -> None:
        self.ways: set[str] = set()
        self._nodes: Nodes = {node.subject: node.properties for node in nodes}
        self._names: dict[str, str] = {}

    def of(self, finding: Finding) -> WantedTriple:
        """Return the triple of a finding, with `ANY` for what a document lacks or the finding leaves open."""
        subject, predicate, value = self._triple(finding)
        return WantedTriple(self._name(subject), predicate, self._name(value))

    def _triple(self, finding: Finding) -> WantedTriple:
        path = path_of(finding.path)
        if path and finding.value:
            for edge in edges(path, [finding.focus], self._nodes):
                if edge.end == finding.value:
                    return WantedTriple(edge.subject, edge.predicate, edge.object)
        if finding.focus not in self._nodes:
            return self._mention(finding.focus)
        first = predicates(path)[0] if path else ANY
        value = finding.value if path and finding.value in self._nodes[finding.focus].get(first, ()) else ANY  # type: ignore[call-overload]
        return WantedTriple(finding.focus, first, value)

    def _mention(self, term: str) -> WantedTriple:
        """Return the first triple whose object is a node that is no subject."""
        return self._mentions.get(term, WantedTriple(term))

    @cached_property
    def _mentions(self) -> dict[str, WantedTriple]:
        """The first triple of each object that is no subject."""
        found: dict[str, WantedTriple] = {}
        for subject, properties in self._nodes.items():
            for predicate, values in properties.items():
                for value in values:
                    if value not in self._nodes:
                        found.setdefault(value, WantedTriple(subject, predicate, value))
        return found

    def _name(self, term: str) -> str:
        """Return a term; of an anonymous blank node the name by the way to it."""
        if not term.startswith(ANONYMOUS):
            return term
        way = [term]
        while way[-1] not in self._names and (parent := self._parents.get(way[-1])):
            way.append(parent.subject)
        for each in reversed(way):
            if each.startswith(ANONYMOUS) and each not in self._names:
                subject, predicate, number = self._parents.get(each) or (ANY, ANY, self._roots.get(each, 0))
                self._names[each] = anonymous(self._names.get(subject, subject), predicate, number)
            self.ways.add(self._names.get(each, each))
        return self._names[term]

    @cached_property
    def _parents(self) -> dict[str, _Way]:
        """The way to each anonymous blank node that is an object."""
        found: dict[str, _Way] = {}
        for subject, properties in self._nodes.items():
            for predicate, values in properties.items():
                nameless = [value for value in values if value.startswith(ANONYMOUS)]
                found.update({value: _Way(subject, predicate, number) for number, value in enumerate(nameless)})
        return found

    @cached_property
    def _roots(self) -> dict[str, int]:
        """The number of each anonymous blank node that is no object."""
        nameless = (each for each in self._nodes if each.startswith(ANONYMOUS) and each not in self._parents)
        return {each: number for number, each in enumerate(nameless)}
