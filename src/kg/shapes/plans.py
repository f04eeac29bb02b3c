"""Plans: the rows that a node must keep to, by its types, laid out so that an absent property costs nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from kg.shapes.checks import Check
from kg.shapes.datatypes import Test
from kg.shapes.results import Result
from kg.shapes.rows import Row, Rows, explain, holds
from kg.shapes.unit import Properties, Unit
from kg.terms import Iri, Term

Entry = tuple[int, int, tuple[Test, ...], tuple[Check, ...], int]
"""What `holds` looks at, taken out of a row, and the row's place in its plan."""


class Plan(NamedTuple):
    """The rows for nodes of some types, in the order of their results.

    `by_predicate` has those of one predicate, `others` those that are looked at for every node.
    """

    shapes: tuple[Term, ...]
    rows: Sequence[Row]
    required: frozenset[Iri]
    by_predicate: Mapping[Iri, Sequence[Entry]]
    others: Sequence[int]


def make_plan(shapes: Mapping[Term, Rows]) -> Plan:
    """Lay out the rows of some shapes."""
    rows = [row for each in shapes.values() for row in each]
    by_predicate: dict[Iri, list[Entry]] = {}
    others: list[int] = []
    for place, row in enumerate(rows):
        if row.predicate and not row.asks_for_values:
            entry = (row.minimum, row.maximum, row.tests, row.checks, place)
            by_predicate.setdefault(row.predicate, []).append(entry)
        else:
            others.append(place)
    required = {predicate for predicate, entries in by_predicate.items() if any(entry[0] for entry in entries)}
    return Plan(tuple(shapes), rows, frozenset(required), by_predicate, others)


def results_at(plan: Plan, unit: Unit, focus: Term, properties: Properties) -> list[Result]:
    """Return the results of one focus node, in the order of the plan's rows."""
    broken: dict[int, Sequence[Term]] = {}
    by_predicate = plan.by_predicate
    for predicate, values in properties.items():
        if predicate in by_predicate:
            if len(values) > 1:
                values = list(dict.fromkeys(values))
            for place in _broken(by_predicate[predicate], unit, focus, values):
                broken[place] = values
    if not properties.keys() >= plan.required:
        for predicate in plan.required - properties.keys():
            broken |= {place: () for least, *_, place in plan.by_predicate[predicate] if least}
    for place in plan.others:
        row = plan.rows[place]
        values = row.follow(unit, focus)
        if not holds(row, unit, focus, values):
            broken[place] = values
    if not broken:
        return []
    return [result for place in sorted(broken) for result in explain(plan.rows[place], unit, focus, broken[place])]


def _broken(entries: Sequence[Entry], unit: Unit, focus: Term, values: Sequence[Term]) -> Sequence[int]:
    """Return the places of the rows that the values of one predicate do not keep to.

    This is where the time goes, so that it is `rows.holds` written out.
    """
    broken: list[int] = []
    count = len(values)
    for minimum, maximum, tests, checks, place in entries:
        if not minimum <= count <= maximum:
            broken.append(place)
        for test in tests:
            for value in values:
                if not test(value):
                    broken.append(place)
        for check in checks:
            if check(unit, focus, values):
                broken.append(place)
    return broken
