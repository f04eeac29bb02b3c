"""Checks that ask other shapes, or the other properties of a shape.

https://www.w3.org/TR/shacl/#core-components-shape
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from kg.errors import Severity
from kg.shapes.checks import RIGHT, WHOLE, Check, Faults
from kg.shapes.results import Result
from kg.shapes.rows import Row, Rows, Rule, explain, holds
from kg.shapes.unit import Unit
from kg.terms import Term

Conforms = Callable[[Unit, Term], bool]
Shapes = Mapping[Term, Rows]
"""The compiled shapes; those of a recursive shape are still missing when its checks are made."""


def conforming(shapes: Shapes, shape: Term) -> Conforms:
    """Return what tells whether a node conforms to a shape.

    A node that is being validated against the shape already conforms to it: SHACL leaves recursion open.
    """

    def conforms(unit: Unit, node: Term) -> bool:
        visit = (shape, node)
        if visit in unit.active:
            return True
        unit.active.add(visit)
        found = True
        for row in shapes[shape]:
            if not holds(row, unit, node, row.follow(unit, node)):
                found = False
                break
        unit.active.discard(visit)
        return found

    return conforms


def conforming_to_leaf(row: Row) -> Conforms:
    """Return what tells whether a node conforms to a node shape that refers to no other, as `[sh:class …]`."""
    tests, checks = row.tests, row.checks

    def conforms(unit: Unit, node: Term) -> bool:
        for test in tests:
            if not test(node):
                return False
        for check in checks:  # noqa: SIM110 - a generator costs as much as a check
            if check(unit, node, (node,)):
                return False
        return True

    return conforms


def each_conforms(conforms: Conforms) -> Check:
    """sh:node."""
    return lambda unit, _focus, values: [value for value in values if not conforms(unit, value)]


def none_conforms(conforms: Conforms) -> Check:
    """sh:not."""
    return lambda unit, _focus, values: [value for value in values if conforms(unit, value)]


def each_conforms_to_all(shapes: Sequence[Conforms]) -> Check:
    """sh:and."""
    return lambda unit, _focus, values: [
        value for value in values if not all(conforms(unit, value) for conforms in shapes)
    ]


def each_conforms_to_some(shapes: Sequence[Conforms]) -> Check:
    """sh:or."""

    def check(unit: Unit, _focus: Term, values: Sequence[Term]) -> Faults:
        faults: list[Term | Result] = []
        for value in values:
            for conforms in shapes:
                if conforms(unit, value):
                    break
            else:
                faults.append(value)
        return faults

    return check


def each_conforms_to_one(shapes: Sequence[Conforms]) -> Check:
    """sh:xone."""
    return lambda unit, _focus, values: [
        value for value in values if sum(conforms(unit, value) for conforms in shapes) != 1
    ]


def nested(shapes: Shapes, shape: Term) -> Check:
    """sh:property of a property shape: the results of the inner shape at each value."""

    def check(unit: Unit, _focus: Term, values: Sequence[Term]) -> Faults:
        faults: list[Term | Result] = []
        for value in values:
            visit = (shape, value)
            if visit not in unit.active:
                unit.active.add(visit)
                for row in shapes[shape]:
                    faults.extend(explain(row, unit, value, row.follow(unit, value)))
                unit.active.discard(visit)
        return faults

    return check


def qualified(conforms: Conforms, siblings: Sequence[Conforms], bounds: tuple[int, int]) -> Check:
    """sh:qualifiedValueShape with its counts: how many values conform, to this shape and to no sibling."""
    least, most = bounds

    def check(unit: Unit, _focus: Term, values: Sequence[Term]) -> Faults:
        count = 0
        for value in values:
            if conforms(unit, value) and not (siblings and any(other(unit, value) for other in siblings)):
                count += 1
        return RIGHT if least <= count <= most else WHOLE

    return check


def closed(shape: Term, severity: Severity, rule: Rule, allowed: Collection[Term]) -> Check:
    """sh:closed: a result for each triple with another predicate, which is its path."""
    allowed = frozenset(allowed)

    def check(unit: Unit, focus: Term, values: Sequence[Term]) -> Faults:
        faults: list[Result] = []
        for value in values:
            properties = unit.properties(value)
            if properties.keys() <= allowed:
                continue
            faults.extend(
                Result(focus, predicate, each, rule.message, severity, rule.component, shape)
                for predicate, objects in properties.items()
                if predicate not in allowed
                for each in dict.fromkeys(objects)
            )
        return faults

    return check
