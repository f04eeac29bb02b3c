"""Families: nodes of the same types, whose plans are made when the first of them is met."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kg.shapes.plans import Plan, Planner
from kg.shapes.unit import Properties
from kg.terms import Iri, Term

PLANS_KEPT = 1024
"""How many plans are remembered; a graph from elsewhere may have any number of combinations of types."""
Positions = Mapping[Term, Sequence[int]]
"""Positions of shapes in the order of the shapes graph, by what they target."""
Kind = tuple[tuple[Term, ...], tuple[int, ...], tuple[Iri, ...]]
"""The types of a node, the positions of the shapes that name it, and its properties that make it a target."""


class Families:
    """The plans of nodes by their kind."""

    def __init__(self, planner: Planner, classes: Positions, subjects_of: Positions) -> None:
        self.narrower = planner.narrower
        self._planner = planner
        self._classes = classes
        self._subjects_of = subjects_of
        self._watched = frozenset(subjects_of)
        self._known: dict[Kind, Plan] = {}

    def plan(self, types: tuple[Term, ...], positions: tuple[int, ...], properties: Properties) -> Plan:
        """Return the plan for a node of some types that is named by the shapes at some positions."""
        present: tuple[Iri, ...] = ()
        if not self._watched.isdisjoint(properties):
            present = tuple([each for each in properties if each in self._watched and properties[each]])
        plan = self._known.get((types, positions, present))
        return plan or self._make_plan(types, positions, present)

    def _make_plan(self, types: tuple[Term, ...], positions: tuple[int, ...], present: tuple[Iri, ...]) -> Plan:
        found = {*positions, *(position for each in present for position in self._subjects_of[each])}
        for target, others in self._classes.items():
            if not self.narrower[target].isdisjoint(types):
                found.update(others)
        if len(self._known) >= PLANS_KEPT:
            self._known.clear()
        plan = self._known[types, positions, present] = self._planner.plan(sorted(found), types)
        return plan
