"""The nodes that are validated together, as checks see them: an article's graph and the types of what it names."""

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
Visit = tuple[Term, Term]
"""A shape and a node that it is asked of."""
DEEPEST = 180
"""How many visits may stand in each other: compiled code would go on until its stack is full."""
Narrower = Mapping[Term, frozenset[Term]]
"""Each class that shapes name, with itself and its sub-classes."""


class Unit:
    """Nodes by their subject.

    `types` are those known of nodes outside; `wider` are the pairs that nodes state of a class and one that is
    wider. `active` are the visits of shapes to nodes that are under way, in their order, or have ended well, where
    that is remembered; `refused` are those that have not, `depth` is how many are under way. `subjects` are those
    that have a value, by predicate and value, as far as inverted.
    """

    __slots__ = ("active", "depth", "index", "narrower", "refused", "subjects", "types", "wider")

    def __init__(self, nodes: Iterable[Node], types: Mapping[Iri, Collection[Iri]]) -> None:
        self.index: dict[Term, Properties] = by_subject(nodes)
        self.wider: list[tuple[Term, Term]] = []
        for subject, properties in self.index.items():
            if SUBCLASS in properties:
                self.wider.extend((subject, wider) for wider in properties[SUBCLASS])
        # Not copied into a dict: who watches what is asked for would see all of them asked for.
        self.types = cast("Mapping[Term, Collection[Term]]", types)  # keys of a Mapping do not widen by themselves
        self.narrower: Narrower = {}
        self.subjects: dict[Iri, dict[Term, list[Term]]] = {}
        self.active: dict[Visit, None] = {}
        self.depth = 0
        self.refused: set[Visit] = set()

    def properties(self, subject: Term) -> Properties:
        """Return the properties of a term, none for a literal or what the unit says nothing of."""
        return self.index.get(subject, NOTHING)

    def is_of(self, term: Term, classes: frozenset[Term]) -> bool:
        """Tell whether a term is of one of some classes, by what its node states or by what is known outside."""
        for kind in self.index.get(term, NOTHING).get(TYPE, NO_VALUES):
            if kind in classes:
                return True
        # Not by `isdisjoint`, nor by `any`: they cost more than a class or two.
        for kind in self.types.get(term, ()):  # noqa: SIM110
            if kind in classes:
                return True
        return False

    def invert(self, subject: Term, properties: Properties, predicate: Iri) -> None:
        """Note the subject at the values of a predicate that it has."""
        values, by_value = properties[predicate], self.subjects[predicate]
        for value in values if len(values) < 2 else list(dict.fromkeys(values)):
            by_value.setdefault(value, []).append(subject)

    def enter(self, visit: Visit) -> None:
        """Note that a visit is under way. Raises `RecursionError` where too many stand in each other."""
        if self.depth == DEEPEST:
            raise RecursionError
        self.depth += 1
        self.active[visit] = None

    def retract(self, count: int) -> None:
        """Forget all visits but the first so many: they ended well only if the one that came next does."""
        while len(self.active) > count:
            self.active.popitem()
