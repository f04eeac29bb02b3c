"""N-Triples and N-Quads: one statement a line, in reading order.

https://www.w3.org/TR/n-triples/#canonical-ntriples
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kg.terms import Graph, Node


class NTriplesWriter:
    """Writes graphs as canonical N-Triples; which graph a triple is in gets lost."""

    between = ""
    tail = ""

    def __init__(self, prefixes: Mapping[str, str], base: str) -> None:
        """Take prefixes and base as every writer does; these formats spell every IRI out."""

    def head(self) -> str:
        """Return nothing: these formats have no head."""
        return ""

    def graph(self, graph: Graph) -> str:
        """Return the lines of one graph."""
        return _lines(graph.nodes, " .\n")


class NQuadsWriter(NTriplesWriter):
    """Writes graphs as canonical N-Quads."""

    def graph(self, graph: Graph) -> str:
        """Return the lines of one graph, its IRI on each."""
        return _lines(graph.nodes, f" {graph.iri} .\n")


def _lines(nodes: Iterable[Node], end: str) -> str:
    return "".join(
        [
            f"{subject} {predicate} {term}{end}"
            for subject, properties in nodes
            for predicate, objects in properties.items()
            for term in objects
        ]
    )
