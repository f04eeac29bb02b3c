"""The nodes that are validated together, as checks see them: an article's graph and the types of what it names."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import cast

from kg.terms import Iri, Node, Term
from kg.vocab import RDF

Properties = Mapping[Iri, Sequence[Term]]
TYPE = RDF.type
NOTHING: Properties = {}


class Unit:
    """Nodes by their subject.

    `kinds` are the types that nodes state, `types` those known of nodes outside. `narrower` has, for each class
    that shapes name, itself and its sub-classes. `active` are the visits of shapes to nodes that are under way.
    """

    __slots__ = ("_subjects", "active", "index", "kinds", "narrower", "types")

    def __init__(self, nodes: Iterable[Node], types: Mapping[Iri, Collection[Iri]]) -> None:
        nodes = list(nodes)
        self.index: Mapping[Term, Properties] = {node.subject: node.properties for node in nodes}
        if len(self.index) < len(nodes):
            self.index = _joined(nodes)
        self.kinds: Mapping[Term, Sequence[Term]] = {
            subject: properties[TYPE] for subject, properties in self.index.items() if TYPE in properties
        }
        self.types = cast("Mapping[Term, Collection[Term]]", types)  # keys of a Mapping do not widen by themselves
        self.narrower: Mapping[Term, frozenset[Term]] = {}
        self.active: set[tuple[Term, Term]] = set()
        self._subjects: dict[Iri, dict[Term, list[Term]]] = {}

    def properties(self, subject: Term) -> Properties:
        """Return the properties of a term, none for a literal or what the unit says nothing of."""
        return self.index.get(subject, NOTHING)

    def subjects(self, predicate: Iri, value: Term) -> Sequence[Term]:
        """Return the subjects that have a value."""
        by_value = self._subjects.get(predicate)
        if by_value is None:
            by_value = self._subjects[predicate] = {}
            for subject, properties in self.index.items():
                for each in dict.fromkeys(properties.get(predicate, ())):
                    by_value.setdefault(each, []).append(subject)
        return by_value.get(value, ())

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
