"""Families: nodes of the same types and predicates, whose plans are made when the first of them is met."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from kg.shapes.plans import Plan, Planner
from kg.shapes.unit import Properties
from kg.terms import Iri, Term

PLANS_KEPT = 1024
"""How many plans are remembered; a graph from elsewhere may have any number of families."""
Positions = Mapping[Term, Sequence[int]]
"""Positions of shapes in the order of the shapes graph, by what they target."""
Kind = tuple[tuple[Term, ...], tuple[Iri, ...], Sequence[int]]
"""The types of a node, its predicates, and the positions of the shapes that name the node itself."""


class Family(NamedTuple):
    """The plans for nodes of one kind, by which of the `watched` predicates have values, and so make targets."""

    watched: tuple[Iri, ...]
    plans: dict[tuple[Iri, ...], Plan]


class Families:
    """The plans of nodes by their kind."""

    def __init__(self, planner: Planner, classes: Positions, subjects_of: Positions) -> None:
        self.narrower = planner.narrower
        self._planner = planner
        self._classes = classes
        self._subjects_of = subjects_of
        self._known: dict[Kind, Family] = {}
        self._plans = 0

    def plan(self, kind: Kind, properties: Properties) -> Plan:
        """Return the plan for a node of a kind."""
        family = self._known.get(kind)
        if family is None:
            watched = tuple(each for each in kind[1] if each in self._subjects_of)
            family = self._known[kind] = Family(watched, {})
        present = tuple([each for each in family.watched if properties[each]]) if family.watched else ()
        plan = family.plans.get(present)
        if plan is None:
            plan = family.plans[present] = self._make_plan(kind, present)
        return plan

    def _make_plan(self, kind: Kind, present: Sequence[Iri]) -> Plan:
        self._plans += 1
        if self._plans > PLANS_KEPT:
            self._known.clear()
            self._plans = 1
        types, predicates, positions = kind
        found = {*positions, *(position for each in present for position in self._subjects_of[each])}
        for target, others in self._classes.items():
            if not self.narrower[target].isdisjoint(types):
                found.update(others)
        return self._planner.plan(sorted(found), types, predicates)
