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

Entry = tuple[Iri, int, int, frozenset[Term], tuple[Test, ...], tuple[Check, ...]]
"""A predicate, how many values it must have and may have, and what these must be or pass.

The fourth is the classes of which each value must have one; where it is empty, any will do.
"""


class Plan(NamedTuple):
    """What a node must keep to: `rows`, in the order of their results. The rest is quick to decide by.

    `tests` and `checks` are for the node itself, `entries` for the values of predicates that it has, and `further`
    for all others.
    """

    shapes: tuple[Term, ...]
    inverted: tuple[Iri, ...]
    """Those of the predicates that shapes follow from value to subject."""
    rows: Sequence[Row]
    tests: Sequence[Test]
    checks: Sequence[Check]
    entries: Sequence[Entry]
    further: Sequence[tuple[Follow, Demand]]


class Planner:
    """Makes the plans of nodes for some shapes, each given with its rows."""

    def __init__(self, shapes: Mapping[Term, Rows], narrower: Narrower, inverted: Collection[Iri]) -> None:
        self.narrower = narrower
        self._shapes = list(shapes.items())
        self._inverted = inverted
        self._entries: dict[tuple[Row, ...], Entry] = {}

    def plan(self, positions: Sequence[int], types: Sequence[Term], predicates: Sequence[Iri]) -> Plan:
        """Return the plan for nodes of some types that have some predicates, and are targets of some shapes.

        Shapes are known by their positions.
        """
        shapes = [self._shapes[position] for position in positions]
        rows = [row for _, some in shapes for row in some]
        itself = joined([row.demand for row in rows if not row.path.text])
        by_predicate: dict[Iri, list[Row]] = {predicate: [] for predicate in predicates}
        further = []
        for row in rows:
            if row.path.predicate in by_predicate and row.minimum <= 1 <= row.maximum:
                by_predicate[row.path.predicate].append(row)
            elif row.path.text and (row.demand.asks_for_values or not _leads_nowhere(row.path.starts, predicates)):
                further.append((row.path.follow, row.demand))
        return Plan(
            tuple(shape for shape, _ in shapes),
            tuple(predicate for predicate in predicates if predicate in self._inverted),
            rows,
            itself.tests,
            [check for check in itself.checks if not self._granted(check, types, predicates)],
            [self._entry(predicate, tuple(some)) for predicate, some in by_predicate.items() if some],
            further,
        )

    def _granted(self, check: Check, types: Sequence[Term], predicates: Sequence[Iri]) -> bool:
        """Tell whether a node passes a check because of its types and predicates."""
        match check:
            case Closed():
                return check.allowed.issuperset(predicates)
            case OfClasses():
                return not check.kinds(self.narrower).isdisjoint(types)
        return False

    def _entry(self, predicate: Iri, rows: tuple[Row, ...]) -> Entry:
        """Return what rows ask of the values of their predicate; many plans share one.

        `predicate` is the very string that nodes have, which is found quicker in them than an equal one.
        """
        if rows not in self._entries:
            asked = joined([row.demand for row in rows])
            first = next((check for check in asked.checks if isinstance(check, OfClasses)), None)
            self._entries[rows] = (
                predicate,
                1 if asked.asks_for_values else 0,
                asked.maximum,
                first.kinds(self.narrower) if first else frozenset(),
                asked.tests,
                tuple(check for check in asked.checks if check is not first),
            )
        return self._entries[rows]


def _leads_nowhere(starts: frozenset[Iri] | None, predicates: Sequence[Iri]) -> bool:
    return starts is not None and starts.isdisjoint(predicates)


def results_at(plan: Plan, unit: Unit, focus: Term) -> list[Result]:
    """Return the results of one focus node, in the order of the plan's rows."""
    found = []
    for row in plan.rows:
        values = row.path.follow(unit, focus)
        if not keep(row.demand, unit, focus, values):
            found.extend(explain(row, unit, focus, values))
    return found


def kept(plan: Plan, unit: Unit, focus: Term, properties: Properties) -> bool:
    """Tell whether a node keeps to its plan; where it does not because a value is missing, it may do after all."""
    for test in plan.tests:
        if not test(focus):
            return False
    for check in plan.checks:
        if check(unit, focus, (focus,)):
            return False
    if not _kept_by_values(plan, unit, focus, properties):
        return False
    for follow, asked in plan.further:  # noqa: SIM110 - a generator costs as much as a row
        if not keep(asked, unit, focus, follow(unit, focus)):
            return False
    return True


def _kept_by_values(plan: Plan, unit: Unit, focus: Term, properties: Properties) -> bool:
    """Tell whether the values of a node's properties keep to its plan.

    This is where the time goes, so that it is `rows.keep` written out. Most properties have one value.
    """
    inside, outside = unit.kinds, unit.types
    for predicate, minimum, maximum, classes, tests, checks in plan.entries:
        values = properties[predicate]
        if len(values) > 1:
            values = list(dict.fromkeys(values))
        if not minimum <= len(values) <= maximum:
            return False
        for value in values:
            for test in tests:
                if not test(value):
                    return False
            if classes and classes.isdisjoint(inside.get(value, ())) and classes.isdisjoint(outside.get(value, ())):
                return False
        for check in checks:
            if check(unit, focus, values):
                return False
    return True
