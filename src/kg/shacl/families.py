"""Families: nodes of the same types, whose plans are made when the first of them is met.

Within a family the same predicates come again and again, too, and with them what is left of the plan to look at.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from kg.rdf.terms import Iri, Term
from kg.shacl.plans import Layout, Plan, Planner
from kg.shacl.unit import NO_VALUES, TYPE, Properties

PLANS_KEPT = 1024
"""How many plans are remembered; a graph from elsewhere may have any number of combinations of types."""
LAYOUTS_KEPT = 1024
"""How many layouts are remembered: of what has many properties, as claims, every other has one of its own."""
Positions = Mapping[Term, Sequence[int]]
"""Positions of shapes in the order of the shapes graph, by what they target."""
Kind = tuple[tuple[Term, ...], tuple[int, ...], tuple[Iri, ...]]
"""The types of a node, the positions of the shapes that name it, and its properties that make it a target."""
Look = tuple[tuple[Term, ...], tuple[int, ...], tuple[Iri, ...]]
"""The types of a node, the positions of the shapes that name it, and all its predicates in their order."""


class Families:
    """The plans of nodes by their kind, and their layouts; `inverted` are the predicates that paths go back by."""

    def __init__(
        self, planner: Planner, classes: Positions, subjects_of: Positions, inverted: Iterable[Iri]
    ) -> None:
        self.narrower = planner.narrower
        self._planner = planner
        self._classes = classes
        self._subjects_of = subjects_of
        self._inverted = frozenset(inverted)
        self._plans: dict[Kind, Plan] = {}
        self._layouts: dict[Look, Layout] = {}

    def layout(self, positions: tuple[int, ...], properties: Properties) -> Layout:
        """Return the layout of a node that is named by the shapes at some positions."""
        look = (tuple(properties.get(TYPE, NO_VALUES)), positions, tuple(properties))
        found = self._layouts.get(look)
        if found is None:
            if len(self._layouts) >= LAYOUTS_KEPT:
                self._layouts.clear()
            found = self._layouts[look] = self._make_layout(look, properties)
        for predicate in found.watched:
            if not properties[predicate]:
                # An empty list is no triple, and makes no target.
                return self.layout(positions, {each: values for each, values in properties.items() if values})
        return found

    def _make_layout(self, look: Look, properties: Properties) -> Layout:
        types, positions, predicates = look
        watched = [each for each in predicates if each in self._subjects_of]
        kind = (types, positions, tuple(watched))
        plan = self._plans.get(kind) or self._make_plan(kind)
        return Layout(plan, properties, watched, [each for each in predicates if each in self._inverted])

    def _make_plan(self, kind: Kind) -> Plan:
        types, positions, present = kind
        found = {*positions, *(position for each in present for position in self._subjects_of[each])}
        for target, others in self._classes.items():
            if not self.narrower[target].isdisjoint(types):
                found.update(others)
        if len(self._plans) >= PLANS_KEPT:
            self._plans.clear()
        plan = self._plans[kind] = self._planner.plan(sorted(found), types)
        return plan
