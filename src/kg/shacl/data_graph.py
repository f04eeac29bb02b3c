"""The data graph: nodes that are validated together, such as those of an article, and the types of other nodes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final, cast

from kg.rdf.terms import Iri, Node, Term, by_subject
from kg.rdf.vocab import RDF, RDFS

Properties = dict[Iri, list[Term]]
TYPE: Final = RDF.type
SUBCLASS: Final = RDFS.subClassOf
NOTHING: Final[Properties] = {}
NO_VALUES: Final[list[Term]] = []
Subclasses = Mapping[Term, frozenset[Term]]
"""Each class that the shapes name, with itself and its sub-classes."""


class DataGraph:
    """Nodes by subject.

    `types` are the known types of nodes outside the graph. `stated_subclasses` are the pairs of a class and a
    super-class that the nodes state. `subclasses` are those of the classes that the shapes name, which set them.
    """

    __slots__ = ("_subjects", "index", "stated_subclasses", "subclasses", "types")

    def __init__(self, nodes: Iterable[Node], types: Mapping[Iri, Collection[Iri]]) -> None:
        self.index: dict[Term, Properties] = by_subject(nodes)
        self.stated_subclasses: list[tuple[Term, Term]] = []
        for subject, properties in self.index.items():
            if SUBCLASS in properties:
                self.stated_subclasses.extend((subject, superclass) for superclass in properties[SUBCLASS])
        # Not copied into a dict: a mapping that records its look-ups would record all keys.
        self.types = cast("Mapping[Term, Collection[Term]]", types)  # the keys of a Mapping are invariant
        self.subclasses: Subclasses = {}
        self._subjects: dict[Iri, dict[Term, list[Term]]] = {}

    def properties(self, subject: Term) -> Properties:
        """Return the properties of a term: none for a literal and for a node outside the graph."""
        return self.index.get(subject, NOTHING)

    def is_instance(self, term: Term, classes: frozenset[Term]) -> bool:
        """Tell whether a term has one of some classes, by its own types or by those known of nodes outside."""
        for kind in self.index.get(term, NOTHING).get(TYPE, NO_VALUES):
            if kind in classes:
                return True
        # Not `isdisjoint` or `any`: they cost more than a class or two.
        for kind in self.types.get(term, ()):  # noqa: SIM110
            if kind in classes:
                return True
        return False

    def subjects(self, predicate: Iri) -> dict[Term, list[Term]]:
        """Return the subjects that have a predicate, by its values."""
        found = self._subjects.get(predicate)
        if found is None:
            found = self._subjects[predicate] = {}
            for subject, properties in self.index.items():
                if predicate in properties:
                    values = properties[predicate]
                    for value in values if len(values) < 2 else list(dict.fromkeys(values)):
                        found.setdefault(value, []).append(subject)
        return found
