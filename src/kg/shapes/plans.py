"""Plans: what nodes of the same types must keep to, laid out so that little is left to look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from kg.shapes.checks import Check, OfClasses
from kg.shapes.datatypes import Test
from kg.shapes.paths import Follow
from kg.shapes.results import Result
from kg.shapes.rows import Demand, Row, Rows, explain, joined, keep
from kg.shapes.unit import Narrower, Properties, Unit
from kg.terms import Iri, Term

Entry = tuple[int, frozenset[Term], tuple[Test, ...], tuple[Check, ...]]
"""How many values a property may have, the classes and tests for each of them, and the checks for all together.

A value must be of one of the classes; where there are none, any will do.
"""


class Plan(NamedTuple):
    """What a node must keep to: `rows`, in the order of their results. The rest is quick to decide by.

    `tests` are for the node itself, `entries` for the values of its properties, some of which are `required`.
    `further` is all else: checks of the node, and values at the end of other paths, each with the predicates of
    which the node must have one for the path to lead anywhere, where that can be told.
    """

    shapes: tuple[Term, ...]
    rows: Sequence[Row]
    tests: Sequence[Test]
    required: frozenset[Iri]
    entries: Mapping[Iri, Entry]
    further: Sequence[tuple[frozenset[Iri] | None, Follow, Demand]]


class Planner:
    """Makes the plans of nodes for some shapes, each given with its rows."""

    def __init__(self, shapes: Mapping[Term, Rows], narrower: Narrower) -> None:
        self.narrower = narrower
        self._shapes = list(shapes.items())

    def plan(self, positions: Sequence[int], types: Sequence[Term]) -> Plan:
        """Return the plan for nodes of some types that are targets of the shapes at some positions."""
        shapes = [self._shapes[position] for position in positions]
        rows = [row for _, some in shapes for row in some]
        by_predicate: dict[Iri, list[Row]] = {}
        further: list[tuple[frozenset[Iri] | None, Follow, Demand]] = []
        for row in rows:
            if row.path.predicate and row.minimum <= 1 <= row.maximum:
                by_predicate.setdefault(row.path.predicate, []).append(row)
            elif left := self._left(row, types):
                starts = None if left.asks_for_values else row.path.starts
                further.append((starts, row.path.follow, left))
        return Plan(
            tuple(shape for shape, _ in shapes),
            rows,
            list(dict.fromkeys(test for row in rows if not row.path.text for test in row.demand.tests)),
            frozenset(
                each for each, some in by_predicate.items() if any(row.demand.asks_for_values for row in some)
            ),
            {predicate: self._entry(some) for predicate, some in by_predicate.items()},
            further,
        )

    def _left(self, row: Row, types: Sequence[Term]) -> Demand | None:
        """Return what a row demands but for tests of the node itself, unless its types grant it."""
        if row.path.text:
            return row.demand
        checks = tuple(
            check
            for check in row.demand.checks
            if not (isinstance(check, OfClasses) and not check.kinds(self.narrower).isdisjoint(types))
        )
        return row.demand._replace(tests=(), checks=checks) if checks else None

    def _entry(self, rows: Sequence[Row]) -> Entry:
        """Return what rows ask of the values of their predicate."""
        asked = joined([row.demand for row in rows])
        first = next((check for check in asked.checks if isinstance(check, OfClasses)), None)
        classes = first.kinds(self.narrower) if first else frozenset()
        return (asked.maximum, classes, asked.tests, tuple(check for check in asked.checks if check is not first))


def results_at(plan: Plan, unit: Unit, focus: Term) -> list[Result]:
    """Return the results of one focus node, in the order of the plan's rows."""
    found = []
    for row in plan.rows:
        values = row.path.follow(unit, focus)
        if not keep(row.demand, unit, focus, values):
            found.extend(explain(row, unit, focus, values))
    return found


def kept(plan: Plan, unit: Unit, focus: Term, properties: Properties) -> bool:
    """Tell whether a node keeps to its plan. One that is told not to may do after all: `results_at` is exact."""
    if not properties.keys() >= plan.required:
        return False
    for test in plan.tests:
        if not test(focus):
            return False
    if not _kept_by_values(plan, unit, focus, properties):
        return False
    for starts, follow, asked in plan.further:
        if starts and starts.isdisjoint(properties):
            continue
        if not keep(asked, unit, focus, follow(unit, focus)):
            return False
    return True


def _kept_by_values(plan: Plan, unit: Unit, focus: Term, properties: Properties) -> bool:
    """Tell whether the values of a node's properties keep to its plan. This is where the time goes."""
    inside, outside, entries = unit.kinds, unit.types, plan.entries
    for predicate, values in properties.items():
        if predicate not in entries:
            continue
        _, classes, tests, checks = entries[predicate]
        if len(values) != 1 and not _may_keep(plan, predicate, values):
            return False
        for value in values:
            for test in tests:
                if not test(value):
                    return False
            if classes and classes.isdisjoint(inside.get(value, ())) and classes.isdisjoint(outside.get(value, ())):
                return False
        if checks and not _kept_together(checks, unit, focus, values):
            return False
    return True


def _may_keep(plan: Plan, predicate: Iri, values: Sequence[Term]) -> bool:
    """Tell whether there are not too many values, nor too few; one that is there twice counts twice."""
    return len(values) <= plan.entries[predicate][0] and (bool(values) or predicate not in plan.required)


def _kept_together(checks: Sequence[Check], unit: Unit, focus: Term, values: Sequence[Term]) -> bool:
    if len(values) > 1:
        values = list(dict.fromkeys(values))
    for check in checks:  # noqa: SIM110 - a generator costs as much as a check
        if check(unit, focus, values):
            return False
    return True
