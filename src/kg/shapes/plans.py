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
"""What is checked, taken out of a row, and the row's place in its plan."""


class Plan(NamedTuple):
    """The rows for nodes of some types, in the order of their results.

    `by_predicate` has those of one predicate, `others` those that are looked at for every node. `required` are the
    predicates whose rows must be looked at even if a node has no such property.
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
    for place, row in enumerate(rows):
        if row.predicate:
            entry = (row.minimum, row.maximum, row.tests, row.checks, place)
            by_predicate.setdefault(row.predicate, []).append(entry)
    return Plan(
        tuple(shapes),
        rows,
        frozenset(row.predicate for row in rows if row.predicate and row.asks_for_values),
        by_predicate,
        [place for place, row in enumerate(rows) if not row.predicate],
    )


def results_at(plan: Plan, unit: Unit, focus: Term, properties: Properties) -> list[Result]:
    """Return the results of one focus node, in the order of the plan's rows."""
    broken = _broken(plan, unit, focus, properties)
    if not properties.keys() >= plan.required:
        for predicate in plan.required - properties.keys():
            broken |= {place: () for *_, place in plan.by_predicate[predicate]}
    for place in plan.others:
        row = plan.rows[place]
        values = row.follow(unit, focus)
        if not holds(row, unit, focus, values):
            broken[place] = values
    if not broken:
        return []
    return [result for place in sorted(broken) for result in explain(plan.rows[place], unit, focus, broken[place])]


def _broken(plan: Plan, unit: Unit, focus: Term, properties: Properties) -> dict[int, Sequence[Term]]:
    """Return the places of the rows that the properties which are there do not keep to, with the values.

    This is where the time goes, so that it is `rows.holds` written out.
    """
    broken: dict[int, Sequence[Term]] = {}
    entries_of = plan.by_predicate.get
    for predicate, values in properties.items():
        if len(values) > 1:
            values = list(dict.fromkeys(values))
        for minimum, maximum, tests, checks, place in entries_of(predicate, ()):
            if not minimum <= len(values) <= maximum:
                broken[place] = values
            for test in tests:
                for value in values:
                    if not test(value):
                        broken[place] = values
            for check in checks:
                if check(unit, focus, values):
                    broken[place] = values
    return broken
