"""Plans: what nodes of the same types must keep to, laid out so that little is left to look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kg.rdf.terms import Iri, Term
from kg.shacl.checks import Check, OfClasses
from kg.shacl.datatypes import Test
from kg.shacl.paths import Path
from kg.shacl.results import Result
from kg.shacl.rows import Demand, Row, Rows, explain, joined, keep, keep_together
from kg.shacl.unit import Narrower, Properties, Unit


class Entry:
    """What is asked of the values of a predicate: how many, and of each that it is of one of some classes, if any.

    `tests` are for each value, `checks` for all of them together.
    """

    __slots__ = ("checks", "classes", "maximum", "predicate", "required", "tests")

    def __init__(self, predicate: Iri, asked: Demand, narrower: Narrower) -> None:
        first = next((check for check in asked.checks if isinstance(check, OfClasses)), None)
        self.predicate = predicate
        self.maximum = asked.maximum
        self.required = asked.asks_for_values
        self.classes: frozenset[Term] = first.kinds(narrower) if first else frozenset()
        self.tests: list[Test] = asked.tests
        self.checks: list[Check] = [check for check in asked.checks if check is not first]


class Further:
    """A row whose values are not those of one predicate, and what is left of its demand."""

    __slots__ = ("asked", "path")

    def __init__(self, path: Path, asked: Demand) -> None:
        self.path = path
        self.asked = asked

    def granted(self, properties: Properties) -> bool:
        """Tell whether each node with these predicates keeps to it; their values may be any."""
        if self.path.text:
            return not self.asked.asks_for_values and self.path.leads_nowhere(properties)
        return all(check.granted(properties) for check in self.asked.checks)


class Plan:
    """What a node must keep to: `rows`, in the order of their results. The rest is quick to decide by.

    `tests` are for the node itself, `entries` for the values of its properties, of which so many are `required`.
    `further` is all else: checks of the node, and values at the end of other paths.
    """

    __slots__ = ("entries", "further", "required", "rows", "shapes", "tests")

    def __init__(self, shapes: list[Term], rows: list[Row], entries: list[Entry], further: list[Further]) -> None:
        self.shapes = shapes
        self.rows = rows
        self.tests: list[Test] = list(
            dict.fromkeys(test for row in rows if not row.path.text for test in row.demand.tests)
        )
        self.entries: dict[Iri, Entry] = {entry.predicate: entry for entry in entries}
        self.required = sum(entry.required for entry in entries)
        self.further = further


class Layout:
    """What is left of a plan to look at on a node that has some predicates: what these alone decide is decided.

    On one that is `broken` a required predicate is not there. `watched` are the predicates that make the node a
    target as long as they have a value, `inverted` those by whose values the unit must find the node.
    """

    __slots__ = ("broken", "entries", "further", "inverted", "plan", "watched")

    def __init__(self, plan: Plan, properties: Properties, watched: list[Iri], inverted: list[Iri]) -> None:
        self.plan = plan
        self.entries: list[Entry] = [plan.entries[each] for each in properties if each in plan.entries]
        self.broken = sum([entry.required for entry in self.entries]) < plan.required
        self.further: list[Further] = [each for each in plan.further if not each.granted(properties)]
        self.watched = watched
        self.inverted = inverted


class Planner:
    """Makes the plans of nodes for some shapes, each given with its rows."""

    def __init__(self, shapes: Mapping[Term, Rows], narrower: Narrower) -> None:
        self.narrower = narrower
        self._shapes = list(shapes.items())

    def plan(self, positions: Sequence[int], types: Sequence[Term]) -> Plan:
        """Return the plan for nodes of some types that are targets of the shapes at some positions."""
        shapes = [self._shapes[position] for position in positions]
        rows = [row for _, some in shapes for row in some]
        by_predicate: dict[Iri, list[Demand]] = {}
        further: list[Further] = []
        for row in rows:
            if row.path.predicate and row.minimum <= 1 <= row.maximum:
                by_predicate.setdefault(row.path.predicate, []).append(row.demand)
            elif left := self._left(row, types):
                further.append(Further(row.path, left))
        entries = [Entry(predicate, joined(some), self.narrower) for predicate, some in by_predicate.items()]
        return Plan([shape for shape, _ in shapes], rows, entries, further)

    def _left(self, row: Row, types: Sequence[Term]) -> Demand | None:
        """Return what a row demands but for tests of the node itself, unless its types grant it."""
        asked: Demand = row.demand
        if row.path.text:
            return asked
        checks = [
            check
            for check in asked.checks
            if not (isinstance(check, OfClasses) and not check.kinds(self.narrower).isdisjoint(types))
        ]
        bounds = (asked.minimum, asked.maximum)
        return Demand(bounds, (), checks, asks_for_values=asked.asks_for_values) if checks else None


def results_at(plan: Plan, unit: Unit, focus: Term) -> list[Result]:
    """Return the results of one focus node, in the order of the plan's rows."""
    found = []
    for row in plan.rows:
        values = row.path.follow(unit, focus)
        if not keep(row.demand, unit, focus, values):
            found.extend(explain(row, unit, focus, values))
    return found


def kept(layout: Layout, unit: Unit, focus: Term, properties: Properties) -> bool:
    """Tell whether a node keeps to its plan. One that is told not to may do after all: `results_at` is exact."""
    if layout.broken:
        return False
    for test in layout.plan.tests:
        if not test.passes(focus):
            return False
    if not _kept_by_values(layout.entries, unit, focus, properties):
        return False
    for further in layout.further:  # noqa: SIM110 - a generator costs as much as a check
        if not keep(further.asked, unit, focus, further.path.follow(unit, focus)):
            return False
    return True


def _kept_by_values(entries: list[Entry], unit: Unit, focus: Term, properties: Properties) -> bool:
    """Tell whether the values of a node's properties are as they must be. This is where the time goes."""
    for entry in entries:
        values = properties[entry.predicate]
        # A value that is there twice counts twice.
        if len(values) != 1 and (len(values) > entry.maximum or (entry.required and not values)):
            return False
        for value in values:
            for test in entry.tests:
                if not test.passes(value):
                    return False
            if entry.classes and not unit.is_of(value, entry.classes):
                return False
        if entry.checks and not keep_together(entry.checks, unit, focus, _distinct(values)):
            return False
    return True


def _distinct(values: list[Term]) -> list[Term]:
    if len(values) < 2 or (len(values) == 2 and values[0] != values[1]):
        return values
    return list(dict.fromkeys(values))
