"""Targets: which nodes of a unit are in focus, and of which shapes.

https://www.w3.org/TR/shacl/#targets
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain

from kg.rdf.terms import Term
from kg.shacl.families import Families
from kg.shacl.graph import ShapesGraph, sh
from kg.shacl.paths import inverted_predicates
from kg.shacl.plans import Layout, Planner
from kg.shacl.rows import Rows
from kg.shacl.unit import NOTHING, Properties, Unit

Focus = tuple[Term, Properties, Layout]
"""A node in focus, its properties, and what is left to look at of what it must keep to."""


class Targets:
    """Finds the focus nodes of some shapes, each given with its `rows`."""

    def __init__(self, graph: ShapesGraph, shapes: Mapping[Term, Rows]) -> None:
        self.rows = shapes
        self._classes = _positions(graph, shapes, "targetClass")
        self._nodes = _positions(graph, shapes, "targetNode")
        self._subjects_of = _positions(graph, shapes, "targetSubjectsOf")
        self._objects_of = _positions(graph, shapes, "targetObjectsOf")
        self._wider = list(graph.subclasses())
        self._asked = {*graph.values(sh("class")), *self._classes}
        self._inverted = inverted_predicates(graph)
        self._families = self._families_of(self._wider)

    def foci(self, unit: Unit) -> list[Focus]:
        """Return the nodes of a unit that are in focus, then those that are in focus without being in it.

        Tells the unit which classes are narrower than those that the shapes name, and inverts what they will ask.
        """
        found: list[Focus] = []
        families = self._families_of([*self._wider, *unit.wider]) if unit.wider else self._families
        unit.narrower, unit.subjects = families.narrower, {predicate: {} for predicate in self._inverted}
        named = self._named(unit) if self._nodes or self._objects_of else {}
        for node, properties in unit.index.items():
            layout = families.layout(named.pop(node, ()) if named else (), properties)
            if layout.plan.shapes:
                found.append((node, properties, layout))
            for predicate in layout.inverted:
                unit.invert(node, properties, predicate)
        for node, positions in named.items():
            found.append((node, NOTHING, families.layout(positions, NOTHING)))
        return found

    def _families_of(self, wider: Iterable[tuple[Term, Term]]) -> Families:
        planner = Planner(self.rows, narrower(self._asked, wider))
        return Families(planner, self._classes, self._subjects_of, self._inverted)

    def _named(self, unit: Unit) -> dict[Term, tuple[int, ...]]:
        """Return the nodes that are targets by their name or as values, in the order of the unit."""
        named = {node: list(positions) for node, positions in self._nodes.items()}
        for properties in unit.index.values() if self._objects_of else ():
            for predicate, values in properties.items():
                for value in values if predicate in self._objects_of else ():
                    named.setdefault(value, []).extend(self._objects_of[predicate])
        return {node: tuple(sorted(set(positions))) for node, positions in named.items()}


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
