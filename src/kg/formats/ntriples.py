"""N-Triples and N-Quads: one triple a line, in reading order.

https://www.w3.org/TR/n-triples/#canonical-ntriples
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kg.rdf.terms import Graph, Node


class NTriplesWriter:
    """Writes graphs as canonical N-Triples, without the names of the graphs."""

    between = ""
    tail = ""

    def __init__(self, prefixes: Mapping[str, str], base: str) -> None:
        """Take prefixes and base as every writer does, and ignore them: these formats have full IRIs only."""

    def head(self) -> str:
        """Return nothing: these formats have no head."""
        return ""

    def graph(self, graph: Graph) -> str:
        """Return the lines of one graph."""
        return self.encoded(graph).decode()

    def encoded(self, graph: Graph) -> bytes:
        """Return `graph` in UTF-8."""
        return _lines(graph.nodes, " .\n")


class NQuadsWriter(NTriplesWriter):
    """Writes graphs as canonical N-Quads."""

    def encoded(self, graph: Graph) -> bytes:
        """Return the lines of one graph, its IRI on each, in UTF-8."""
        return _lines(graph.nodes, f" {graph.iri} .\n")


def _lines(nodes: Iterable[Node], end: str) -> bytes:
    # Encoded line by line: one emoji would make a `str` of all lines four times as wide.
    pieces: list[bytes] = []
    for subject, properties in nodes:
        start = subject.encode()
        for predicate, objects in properties.items():
            for term in objects:
                pieces.append(start)
                pieces.append(f" {predicate} {term}{end}".encode())
    return b"".join(pieces)
