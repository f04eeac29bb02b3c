"""Plans: what nodes of the same types and predicates must keep to, laid out so that little is left to look at."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from kg.shapes.checks import Check, OfClasses
from kg.shapes.datatypes import Test
from kg.shapes.logic import Closed
from kg.shapes.paths import Follow
from kg.shapes.results import Result
from kg.shapes.rows import Demand, Row, Rows, explain, joined, keep
from kg.shapes.unit import Narrower, Properties, Unit
from kg.terms import Iri, Term

Entry = tuple[Iri, int, int, frozenset[Term], tuple[Test, ...]]
"""A predicate, how many values it must have and may have, and the classes and tests for each of them.

A value must be of one of the classes; where there are none, any will do.
"""


class Plan(NamedTuple):
    """What a node must keep to: `rows`, in the order of their results. The rest is quick to decide by.

    `tests` are for the node itself, `entries` and `together` for the values of the predicates that it has, each
    value by itself and all at once. `further` is all else: checks of the node, values at the end of other paths.
    """

    shapes: tuple[Term, ...]
    inverted: tuple[Iri, ...]
    """Those of the predicates that shapes follow from value to subject."""
    rows: Sequence[Row]
    tests: Sequence[Test]
    entries: Sequence[Entry]
    together: Sequence[tuple[Iri, Sequence[Check]]]
    further: Sequence[tuple[Follow, Demand]]


class Planner:
    """Makes the plans of nodes for some shapes, each given with its rows."""

    def __init__(self, shapes: Mapping[Term, Rows], narrower: Narrower, inverted: Collection[Iri]) -> None:
        self.narrower = narrower
        self._shapes = list(shapes.items())
        self._inverted = inverted
        self._asked: dict[tuple[Row, ...], tuple[Entry, Sequence[Check]]] = {}

    def plan(self, positions: Sequence[int], types: Sequence[Term], predicates: Sequence[Iri]) -> Plan:
        """Return the plan for nodes of some types that have some predicates, and are targets of some shapes.

        Shapes are known by their positions.
        """
        shapes = [self._shapes[position] for position in positions]
        rows = [row for _, some in shapes for row in some]
        by_predicate: dict[Iri, list[Row]] = {predicate: [] for predicate in predicates}
        further: list[tuple[Follow, Demand]] = []
        for row in rows:
            if row.path.predicate in by_predicate and row.minimum <= 1 <= row.maximum:
                by_predicate[row.path.predicate].append(row)
            elif left := self._left(row, types, predicates):
                further.append((row.path.follow, left))
        asked = [self._values(predicate, tuple(some)) for predicate, some in by_predicate.items() if some]
        return Plan(
            tuple(shape for shape, _ in shapes),
            tuple(predicate for predicate in predicates if predicate in self._inverted),
            rows,
            list(dict.fromkeys(test for row in rows if not row.path.text for test in row.demand.tests)),
            [entry for entry, _ in asked],
            [(entry[0], checks) for entry, checks in asked if checks],
            further,
        )

    def _left(self, row: Row, types: Sequence[Term], predicates: Sequence[Iri]) -> Demand | None:
        """Return what a row demands but for tests of the node itself, unless types and predicates grant it."""
        asked, starts = row.demand, row.path.starts
        if row.path.text:
            return None if starts and starts.isdisjoint(predicates) and not asked.asks_for_values else asked
        checks = tuple(check for check in asked.checks if not self._granted(check, types, predicates))
        return asked._replace(tests=(), checks=checks) if checks else None

    def _granted(self, check: Check, types: Sequence[Term], predicates: Sequence[Iri]) -> bool:
        """Tell whether a node passes a check because of its types and predicates."""
        match check:
            case Closed():
                return check.allowed.issuperset(predicates)
            case OfClasses():
                return not check.kinds(self.narrower).isdisjoint(types)
        return False

    def _values(self, predicate: Iri, rows: tuple[Row, ...]) -> tuple[Entry, Sequence[Check]]:
        """Return what rows ask of the values of their predicate, one by one and together; many plans share it.

        `predicate` is the very string that nodes have, which is found quicker in them than an equal one.
        """
        if rows not in self._asked:
            asked = joined([row.demand for row in rows])
            first = next((check for check in asked.checks if isinstance(check, OfClasses)), None)
            classes = first.kinds(self.narrower) if first else frozenset()
            entry = (predicate, int(asked.asks_for_values), asked.maximum, classes, asked.tests)
            self._asked[rows] = (entry, [check for check in asked.checks if check is not first])
        return self._asked[rows]


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
    for test in plan.tests:
        if not test(focus):
            return False
    if not _kept_by_each(plan, unit, properties):
        return False
    for predicate, checks in plan.together:
        values = properties[predicate]
        if len(values) > 1:
            values = list(dict.fromkeys(values))
        for check in checks:
            if check(unit, focus, values):
                return False
    for follow, asked in plan.further:  # noqa: SIM110 - a generator costs as much as a row
        if not keep(asked, unit, focus, follow(unit, focus)):
            return False
    return True


def _kept_by_each(plan: Plan, unit: Unit, properties: Properties) -> bool:
    """Tell whether each value of a node's properties keeps to its plan; one that is there twice counts twice.

    This is where the time goes.
    """
    inside, outside = unit.kinds, unit.types
    for predicate, minimum, maximum, classes, tests in plan.entries:
        values = properties[predicate]
        if not values:
            if minimum:
                return False
            continue
        if len(values) > maximum:
            return False
        for value in values:
            for test in tests:
                if not test(value):
                    return False
            if classes and classes.isdisjoint(inside.get(value, ())) and classes.isdisjoint(outside.get(value, ())):
                return False
    return True
