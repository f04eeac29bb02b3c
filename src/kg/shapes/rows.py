"""Rows: what a shape asks of its value nodes, ready to be checked. A compiled shape is a few rows.

Checking goes in two steps: `holds` is quick and tells whether a row is kept to; only where it is not, `explain`
looks again and says how. The values that they are given are distinct.
"""

from __future__ import annotations

from collections.abc import Sequence
from sys import maxsize
from typing import NamedTuple

from msgspec import Struct

from kg.errors import Severity
from kg.shapes.checks import Check
from kg.shapes.datatypes import Test
from kg.shapes.paths import Follow
from kg.shapes.results import Result
from kg.shapes.unit import Unit
from kg.terms import Iri, Term

UNBOUNDED = maxsize


class Rule(NamedTuple):
    """What a result says of the constraint that was broken."""

    component: Iri
    message: str


class Row(Struct, frozen=True):
    """The constraints that one shape puts on its value nodes.

    `path` is empty for a node shape, whose value node is the focus node; `predicate` is empty unless the path is
    one predicate. `rules` belong to the minimum, the maximum, the tests and the checks, in this order.
    """

    shape: Term
    path: str
    predicate: Iri
    follow: Follow
    severity: Severity
    minimum: int
    maximum: int
    tests: tuple[Test, ...]
    checks: tuple[Check, ...]
    rules: tuple[Rule, ...]
    asks_for_values: bool
    """Whether it may be broken where there is no value."""


Rows = tuple[Row, ...]


def holds(row: Row, unit: Unit, focus: Term, values: Sequence[Term]) -> bool:
    """Tell whether the values keep to a row."""
    if not row.minimum <= len(values) <= row.maximum:
        return False
    for test in row.tests:
        for value in values:
            if not test(value):
                return False
    for check in row.checks:  # noqa: SIM110 - a generator costs as much as a check
        if check(unit, focus, values):
            return False
    return True


def explain(row: Row, unit: Unit, focus: Term, values: Sequence[Term]) -> list[Result]:
    """Return a result for each way in which the values break a row, in the order of its rules."""
    few, many, *rules = row.rules
    found = [
        *([_result(row, few, focus, "")] if len(values) < row.minimum else ()),
        *([_result(row, many, focus, "")] if len(values) > row.maximum else ()),
    ]
    for test, rule in zip(row.tests, rules, strict=False):
        found.extend(_result(row, rule, focus, value) for value in values if not test(value))
    for check, rule in zip(row.checks, rules[len(row.tests) :], strict=True):
        for fault in check(unit, focus, values):
            found.append(fault if isinstance(fault, Result) else _result(row, rule, focus, fault))
    return found


def _result(row: Row, rule: Rule, focus: Term, value: str) -> Result:
    return Result(focus, row.path, value, rule.message, row.severity, rule.component, row.shape)
