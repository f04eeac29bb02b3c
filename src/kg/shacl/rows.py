"""Rows: what a shape asks of its value nodes, ready to be checked. A compiled shape is a few rows.

Checking goes in two steps: `keep` is quick and tells whether values are as they must be; only where they are not,
`explain` looks again and says how. The values that they are given are distinct.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from sys import maxsize
from typing import NamedTuple

from msgspec import Struct

from kg.errors import Severity
from kg.rdf.terms import Iri, Term
from kg.shacl.checks import Check, EachPasses
from kg.shacl.datatypes import Test
from kg.shacl.paths import Path
from kg.shacl.results import Result
from kg.shacl.unit import Unit

UNBOUNDED = maxsize


class Rule(NamedTuple):
    """What a result says of the constraint that was broken."""

    component: Iri
    message: str


class Demand:
    """What must hold of some values at once, whichever rows ask for it.

    `asks_for_values` tells whether it may be broken where there is no value.
    """

    __slots__ = ("asks_for_values", "checks", "maximum", "minimum", "tests")

    def __init__(
        self, bounds: tuple[int, int], tests: Iterable[Test], checks: Iterable[Check], *, asks_for_values: bool
    ) -> None:
        self.minimum, self.maximum = bounds
        self.tests = list(tests)
        self.checks = list(checks)
        self.asks_for_values = asks_for_values or self.minimum > 0


class Row(Struct, frozen=True, eq=False):
    """The constraints that one shape puts on its value nodes.

    The path of a node shape has no text: its value node is the focus node. `rules` belong to the minimum, the
    maximum, the tests and the checks, in this order. `demand` says the same, to be decided quickly.
    """

    shape: Term
    path: Path
    severity: Severity
    minimum: int
    maximum: int
    tests: tuple[Test, ...]
    checks: tuple[Check, ...]
    rules: tuple[Rule, ...]
    demand: Demand


Rows = tuple[Row, ...]


def demand(
    bounds: tuple[int, int], tests: Iterable[Test], checks: Sequence[Check], *, asks_for_values: bool
) -> Demand:
    """Return what a row demands. A check that only tests each value becomes a test."""
    each = [check.test for check in checks if isinstance(check, EachPasses)]
    together = [check for check in checks if not isinstance(check, EachPasses)]
    return Demand(bounds, [*tests, *each], together, asks_for_values=asks_for_values)


def joined(demands: Sequence[Demand]) -> Demand:
    """Return one demand for several of the same values."""
    return Demand(
        (
            max((each.minimum for each in demands), default=0),
            min((each.maximum for each in demands), default=UNBOUNDED),
        ),
        dict.fromkeys(test for each in demands for test in each.tests),
        dict.fromkeys(check for each in demands for check in each.checks),
        asks_for_values=any(each.asks_for_values for each in demands),
    )


def keep(asked: Demand, unit: Unit, focus: Term, values: list[Term]) -> bool:
    """Tell whether the values are as they must be."""
    count = len(values)
    if count < asked.minimum or count > asked.maximum:
        return False
    return pass_each(asked.tests, values) and keep_together(asked.checks, unit, focus, values)


def pass_each(tests: list[Test], values: list[Term]) -> bool:
    """Tell whether each value passes each test."""
    for test in tests:
        for value in values:
            if not test.passes(value):
                return False
    return True


def keep_together(checks: list[Check], unit: Unit, focus: Term, values: list[Term]) -> bool:
    """Tell whether no check finds anything wrong with the values."""
    for check in checks:  # noqa: SIM110 - a generator costs as much as a check
        if not check.keep(unit, focus, values):
            return False
    return True


def explain(row: Row, unit: Unit, focus: Term, values: list[Term]) -> list[Result]:
    """Return a result for each way in which the values break a row, in the order of its rules."""
    few, many, *rules = row.rules
    found = [
        *([_result(row, few, focus, "")] if len(values) < row.minimum else ()),
        *([_result(row, many, focus, "")] if len(values) > row.maximum else ()),
    ]
    for test, rule in zip(row.tests, rules, strict=False):
        found.extend(_result(row, rule, focus, value) for value in values if not test.passes(value))
    for check, rule in zip(row.checks, rules[len(row.tests) :], strict=True):
        for fault in check.faults(unit, focus, values):
            found.append(fault if isinstance(fault, Result) else _result(row, rule, focus, fault))
    return found


def _result(row: Row, rule: Rule, focus: Term, value: str) -> Result:
    return Result(focus, row.path.text, value, rule.message, row.severity, rule.component, row.shape)
