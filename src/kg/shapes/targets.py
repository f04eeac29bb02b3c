"""Targets: which nodes of a unit are in focus, and of which shapes.

https://www.w3.org/TR/shacl/#targets
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from kg.shapes.graph import ShapesGraph, sh
from kg.shapes.plans import Plan, make_plan
from kg.shapes.rows import Rows
from kg.shapes.unit import NOTHING, TYPE, Properties, Unit
from kg.terms import Term
from kg.vocab import RDFS

SUBCLASS = RDFS.subClassOf
PLANS_KEPT = 4096
"""How many combinations of types are remembered; a graph from elsewhere may have any number."""
Key = tuple[Term | int, ...]
"""The types of a node, followed by the positions of the shapes that target it otherwise."""
Plans = dict[Key, Plan]
Positions = Mapping[Term, Sequence[int]]
"""Positions of shapes in the order of the shapes graph, by what they target."""


Focus = tuple[Term, Properties, Plan]
"""A node in focus, its properties, and what it must keep to."""


class Targets:
    """Finds the focus nodes of some shapes, each given with its rows."""

    def __init__(self, graph: ShapesGraph, shapes: Mapping[Term, Rows]) -> None:
        self._rows = shapes
        self._shapes = list(shapes)
        self._classes = _positions(graph, shapes, "targetClass")
        self._nodes = _positions(graph, shapes, "targetNode")
        self._subjects_of = _positions(graph, shapes, "targetSubjectsOf")
        self._objects_of = _positions(graph, shapes, "targetObjectsOf")
        self._wider = list(graph.subclasses())
        asked = (value for properties in graph.triples.values() for value in properties.get(sh("class"), ()))
        self._asked = {*asked, *self._classes}
        self._narrower = narrower(self._asked, self._wider)
        self._plans: Plans = {}

    def foci(self, unit: Unit) -> Iterator[Focus]:
        """Yield the nodes of a unit that are in focus, then those that are in focus without being in it.

        Tells the unit which classes are narrower than those that the shapes name.
        """
        unit.narrower, plans = self._narrower, self._plans
        pairs = [
            (node, wide)
            for node, properties in unit.index.items()
            if SUBCLASS in properties
            for wide in properties[SUBCLASS]
        ]
        if pairs:
            unit.narrower, plans = narrower(self._asked, [*self._wider, *pairs]), {}
        named = self._named(unit)
        for node, properties in unit.index.items():
            types = properties.get(TYPE, ())
            key = (*types, *named.pop(node)) if node in named else tuple(types)
            plan = plans.get(key) or self._plan(unit, key, plans)
            if plan.shapes:
                yield node, properties, plan
        for node, key in named.items():
            yield node, NOTHING, plans.get(key) or self._plan(unit, key, plans)

    def _plan(self, unit: Unit, key: Key, plans: Plans) -> Plan:
        """Make the plan for nodes of some types that some shapes target otherwise too; keep it in `plans`."""
        found = {position for position in key if isinstance(position, int)}
        for target, positions in self._classes.items():
            if not unit.narrower[target].isdisjoint(key):
                found.update(positions)
        if len(plans) >= PLANS_KEPT:
            plans.clear()
        shapes = [self._shapes[position] for position in sorted(found)]
        plans[key] = plan = make_plan({shape: self._rows[shape] for shape in shapes})
        return plan

    def _named(self, unit: Unit) -> dict[Term, tuple[int, ...]]:
        """Return the nodes that are targets other than by their class, in the order of the unit."""
        named = {node: list(positions) for node, positions in self._nodes.items()}
        for node, positions in self._by_property(unit):
            named.setdefault(node, []).extend(positions)
        return {node: tuple(sorted(set(positions))) for node, positions in named.items()}

    def _by_property(self, unit: Unit) -> Iterator[tuple[Term, Sequence[int]]]:
        """Yield the subjects and the values of the properties that make them targets, perhaps several times."""
        watched = self._subjects_of.keys() | self._objects_of.keys()
        for subject, properties in unit.index.items() if watched else ():
            if watched.isdisjoint(properties):
                continue
            for predicate, values in properties.items():
                if values and predicate in self._subjects_of:
                    yield subject, self._subjects_of[predicate]
                if predicate in self._objects_of:
                    yield from ((value, self._objects_of[predicate]) for value in values)


def narrower(classes: Iterable[Term], pairs: Iterable[tuple[Term, Term]]) -> dict[Term, frozenset[Term]]:
    """Return each class with itself and its sub-classes, of pairs of a class and one that is wider."""
    below: dict[Term, set[Term]] = {}
    for narrow, wide in pairs:
        below.setdefault(wide, set()).add(narrow)
    found = {}
    for each in classes:
        reached = {each}
        waiting = [each]
        while waiting:
            new = below.get(waiting.pop(), set()) - reached
            reached |= new
            waiting.extend(new)
        found[each] = frozenset(reached)
    return found


def _positions(graph: ShapesGraph, shapes: Iterable[Term], name: str) -> dict[Term, list[int]]:
    found: dict[Term, list[int]] = {}
    for position, shape in enumerate(shapes):
        implicit = [shape] if name == "targetClass" and graph.is_class(shape) else []
        for value in dict.fromkeys(chain(graph.objects(shape, sh(name)), implicit)):
            found.setdefault(value, []).append(position)
    return found
