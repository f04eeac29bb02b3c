"""The nodes that are validated together, as checks see them: an article's graph and the types of what it names."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import cast

from kg.terms import Iri, Node, Term
from kg.vocab import RDF

Properties = Mapping[Iri, Sequence[Term]]
TYPE = RDF.type
NOTHING: Properties = {}
Narrower = Mapping[Term, frozenset[Term]]
"""Each class that shapes name, with itself and its sub-classes."""


class Unit:
    """Nodes by their subject.

    `kinds` are the types that nodes state, `types` those known of nodes outside. `active` are the visits of shapes
    to nodes that are under way. `subjects` are those that have a value, by predicate and value, as far as inverted.
    """

    __slots__ = ("active", "index", "kinds", "narrower", "subjects", "types")

    def __init__(self, nodes: Iterable[Node], types: Mapping[Iri, Collection[Iri]]) -> None:
        nodes = list(nodes)
        self.index: Mapping[Term, Properties] = {node.subject: node.properties for node in nodes}
        if len(self.index) < len(nodes):
            self.index = _joined(nodes)
        self.kinds: Mapping[Term, Sequence[Term]] = {
            subject: properties[TYPE] for subject, properties in self.index.items() if TYPE in properties
        }
        self.types = cast("Mapping[Term, Collection[Term]]", types)  # keys of a Mapping do not widen by themselves
        self.narrower: Narrower = {}
        self.subjects: dict[Iri, dict[Term, list[Term]]] = {}
        self.active: set[tuple[Term, Term]] = set()

    def properties(self, subject: Term) -> Properties:
        """Return the properties of a term, none for a literal or what the unit says nothing of."""
        return self.index.get(subject, NOTHING)

    def invert(self, subject: Term, properties: Properties, predicate: Iri) -> None:
        """Note the subject at the values of a predicate that it has."""
        values, by_value = properties[predicate], self.subjects[predicate]
        for value in values if len(values) < 2 else dict.fromkeys(values):
            by_value.setdefault(value, []).append(subject)

    def terms(self) -> Iterator[Term]:
        """Yield every subject and value, each once."""
        found = dict.fromkeys(self.index)
        for properties in self.index.values():
            for values in properties.values():
                found.update(dict.fromkeys(values))
        yield from found


def _joined(nodes: Iterable[Node]) -> Mapping[Term, Properties]:
    """Join the properties of nodes that share a subject."""
    index: dict[Term, dict[Iri, list[Term]]] = {}
    for subject, properties in nodes:
        joined = index.setdefault(subject, {})
        for predicate, values in properties.items():
            joined[predicate] = [*joined.get(predicate, ()), *values]
    return index
