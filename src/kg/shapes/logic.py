"""Checks that ask other shapes, or the other properties of a shape.

https://www.w3.org/TR/shacl/#core-components-shape
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from kg.errors import Severity
from kg.shapes.checks import RIGHT, WHOLE, Check, Faults
from kg.shapes.results import Result
from kg.shapes.rows import Rows, Rule, results_of
from kg.shapes.unit import Unit
from kg.terms import Term

Conforms = Callable[[Unit, Term], bool]
Shapes = Mapping[Term, Rows]
"""The compiled shapes; those of a recursive shape are still missing when its checks are made."""


def conforming(shapes: Shapes, shape: Term) -> Conforms:
    """Return what tells whether a node conforms to a shape."""
    return lambda unit, node: not results_of(shapes, shape, unit, node)


def each_conforms(conforms: Conforms) -> Check:
    """sh:node."""
    return lambda unit, _focus, values: [value for value in values if not conforms(unit, value)]


def none_conforms(conforms: Conforms) -> Check:
    """sh:not."""
    return lambda unit, _focus, values: [value for value in values if conforms(unit, value)]


def each_conforms_to(shapes: Sequence[Conforms], enough: Callable[[int, int], bool]) -> Check:
    """sh:and, sh:or, sh:xone: `enough` tells from how many of how many shapes a value may conform to."""

    def check(unit: Unit, _focus: Term, values: Sequence[Term]) -> Faults:
        return [
            value for value in values if not enough(sum(conforms(unit, value) for conforms in shapes), len(shapes))
        ]

    return check


def nested(shapes: Shapes, shape: Term) -> Check:
    """sh:property of a property shape: the results of the inner shape at each value."""
    return lambda unit, _focus, values: [
        result for value in values for result in results_of(shapes, shape, unit, value)
    ]


def qualified(conforms: Conforms, siblings: Sequence[Conforms], bounds: tuple[int, int]) -> Check:
    """sh:qualifiedValueShape with its counts: how many values conform, to this shape and to no sibling."""
    least, most = bounds

    def check(unit: Unit, _focus: Term, values: Sequence[Term]) -> Faults:
        count = sum(
            conforms(unit, value) and not any(other(unit, value) for other in siblings) for value in set(values)
        )
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
