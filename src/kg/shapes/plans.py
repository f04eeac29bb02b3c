"""Plans: the rows that a node must keep to, by its types, laid out so that an absent property costs nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from kg.shapes.results import Result
from kg.shapes.rows import Row, Rows, explain, holds
from kg.shapes.unit import Properties, Unit
from kg.terms import Iri, Term

Place = tuple[int, Row]
"""A row with its place among the rows of a plan, by which results are ordered."""


class Plan(NamedTuple):
    """The rows for nodes of some types: by predicate, and the `others`, which are looked at for every node."""

    required: frozenset[Iri]
    by_predicate: Mapping[Iri, Sequence[Place]]
    others: Sequence[Place]
    shapes: tuple[Term, ...]


def make_plan(shapes: Mapping[Term, Rows]) -> Plan:
    """Lay out the rows of some shapes."""
    by_predicate: dict[Iri, list[Place]] = {}
    others: list[Place] = []
    required: set[Iri] = set()
    for place in enumerate(row for rows in shapes.values() for row in rows):
        row = place[1]
        if not row.predicate or row.asks_for_values:
            others.append(place)
            continue
        by_predicate.setdefault(row.predicate, []).append(place)
        if row.minimum > 0:
            required.add(row.predicate)
    return Plan(frozenset(required), by_predicate, others, tuple(shapes))


def results_at(plan: Plan, unit: Unit, focus: Term, properties: Properties) -> list[Result]:
    """Return the results of one focus node, in the order of the plan's rows."""
    suspects: list[tuple[Place, Sequence[Term]]] = []
    by_predicate = plan.by_predicate
    for predicate, values in properties.items():
        if predicate in by_predicate:
            for place in by_predicate[predicate]:
                if not holds(place[1], unit, focus, values):
                    suspects.append((place, values))
    if not properties.keys() >= plan.required:
        absent = plan.required - properties.keys()
        suspects.extend((place, ()) for predicate in absent for place in by_predicate[predicate])
    for place in plan.others:
        values = place[1].follow(unit, focus)
        if not holds(place[1], unit, focus, values):
            suspects.append((place, values))
    if not suspects:
        return []
    suspects.sort(key=lambda suspect: suspect[0][0])
    return [result for (_, row), values in suspects for result in explain(row, unit, focus, values)]
