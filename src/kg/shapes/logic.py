"""Checks that ask other shapes, or the other properties of a shape.

https://www.w3.org/TR/shacl/#core-components-shape
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import chain

from kg.errors import Severity
from kg.shapes.checks import RIGHT, WHOLE, Check, EachPasses, Faults, OfClasses
from kg.shapes.datatypes import REMEMBERED, Test
from kg.shapes.results import Result
from kg.shapes.rows import Demand, Row, Rows, Rule, explain, keep
from kg.shapes.unit import NOTHING, Unit
from kg.terms import Term

Conforms = Callable[[Unit, Term], bool]
Shapes = Mapping[Term, Rows]
"""The compiled shapes; those of a recursive shape are still missing when its checks are made."""


class Passes:
    """Tells whether a node passes a test, whatever the unit is."""

    __slots__ = ("test",)

    def __init__(self, test: Test) -> None:
        self.test = test

    def __call__(self, _unit: Unit, node: Term) -> bool:
        return bool(self.test(node))


class IsOfClasses:
    """Tells whether a node is of one of some classes."""

    __slots__ = ("check",)

    def __init__(self, check: OfClasses) -> None:
        self.check = check

    def __call__(self, unit: Unit, node: Term) -> bool:
        kinds = self.check.kinds(unit.narrower)
        return not (kinds.isdisjoint(unit.kinds.get(node, ())) and kinds.isdisjoint(unit.types.get(node, ())))


def conforming(rows: Rows) -> Conforms:
    """Return what tells whether a node conforms to a shape that has some rows."""
    if len(rows) == 1:
        return conforming_to_row(rows[0])
    each = [conforming_to_row(row) for row in rows]

    def conforms(unit: Unit, node: Term) -> bool:
        for conforms_to_row in each:  # noqa: SIM110 - a generator costs as much as a row
            if not conforms_to_row(unit, node):
                return False
        return True

    return conforms


def conforming_to_row(row: Row) -> Conforms:
    """Return what tells whether the values of a row are as they must be."""
    asked, follow, tests, predicate = row.demand, row.path.follow, row.demand.tests, row.path.predicate
    if asked.checks or not predicate or not asked.minimum <= 1 <= asked.maximum:
        return lambda unit, node: keep(asked, unit, node, follow(unit, node))

    def conforms(unit: Unit, node: Term) -> bool:
        values = unit.index.get(node, NOTHING).get(predicate, ())
        if len(values) != 1:
            return keep(asked, unit, node, follow(unit, node))
        for test in tests:  # noqa: SIM110 - a generator costs as much as a test
            if not test(values[0]):
                return False
        return True

    return conforms


def conforming_once(shapes: Shapes, shape: Term) -> Conforms:
    """Return what tells whether a node conforms to a shape that refers to itself, or to one that does.

    A node that is being validated against it already conforms to it: SHACL leaves recursion open.
    """

    def conforms(unit: Unit, node: Term) -> bool:
        visit = (shape, node)
        if visit in unit.active:
            return True
        unit.active.add(visit)
        found = all(keep(row.demand, unit, node, row.path.follow(unit, node)) for row in shapes[shape])
        unit.active.discard(visit)
        return found

    return conforms


def conforming_to_leaf(asked: Demand) -> Conforms:
    """Return what tells whether a node conforms to a node shape that refers to no other, as `[sh:class …]`."""
    match asked.checks:
        case ():
            return Passes(all_of(asked.tests))
        case (OfClasses() as check,) if not asked.tests:
            return IsOfClasses(check)
    return lambda unit, node: keep(asked, unit, node, (node,))


def all_of(tests: Sequence[Test]) -> Test:
    """Return the test for what passes each of some tests."""
    return tests[0] if len(tests) == 1 else lru_cache(REMEMBERED)(lambda term: all(test(term) for test in tests))


def any_of(tests: Sequence[Test]) -> Test:
    """Return the test for what passes one of some tests."""
    return tests[0] if len(tests) == 1 else lru_cache(REMEMBERED)(lambda term: any(test(term) for test in tests))


def each_conforms(conforms: Conforms) -> Check:
    """sh:node."""
    match conforms:
        case Passes():
            return EachPasses(conforms.test)
        case IsOfClasses():
            return conforms.check
    return lambda unit, _focus, values: [value for value in values if not conforms(unit, value)]


def none_conforms(conforms: Conforms) -> Check:
    """sh:not."""
    if isinstance(conforms, Passes):
        test = conforms.test
        return EachPasses(lambda term: not test(term))
    return lambda unit, _focus, values: [value for value in values if conforms(unit, value)]


def each_conforms_to_all(shapes: Sequence[Conforms]) -> Check:
    """sh:and."""
    passes = [each.test for each in shapes if isinstance(each, Passes)]
    if len(passes) == len(shapes):
        return EachPasses(all_of(passes))
    return lambda unit, _focus, values: [
        value for value in values if not all(conforms(unit, value) for conforms in shapes)
    ]


def each_conforms_to_some(shapes: Sequence[Conforms]) -> Check:
    """sh:or."""
    passes = [each.test for each in shapes if isinstance(each, Passes)]
    if len(passes) == len(shapes):
        return EachPasses(any_of(passes))
    classes = [each.check.classes for each in shapes if isinstance(each, IsOfClasses)]
    if len(classes) == len(shapes):
        return OfClasses(*chain.from_iterable(classes))

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
                    faults.extend(explain(row, unit, value, row.path.follow(unit, value)))
                unit.active.discard(visit)
        return faults

    return check


def qualified(conforms: Conforms, siblings: Sequence[Conforms], bounds: tuple[int, int]) -> Check:
    """sh:qualifiedValueShape with its counts: how many values conform, to this shape and to no sibling."""
    least, most = bounds
    others_of = each_conforms(conforms)

    def check(unit: Unit, focus: Term, values: Sequence[Term]) -> Faults:
        count = len(values) - len(others_of(unit, focus, values))
        for value in values if siblings else ():
            count -= conforms(unit, value) and any(other(unit, value) for other in siblings)
        return RIGHT if least <= count <= most else WHOLE

    return check


class Closed:
    """sh:closed: a result for each triple with another predicate, which is its path."""

    __slots__ = ("_rule", "_severity", "_shape", "allowed")

    def __init__(self, shape: Term, severity: Severity, rule: Rule, allowed: Iterable[Term]) -> None:
        self._shape, self._severity, self._rule = shape, severity, rule
        self.allowed = frozenset(allowed)

    def __call__(self, unit: Unit, focus: Term, values: Sequence[Term]) -> Faults:
        if len(values) == 1 and unit.properties(values[0]).keys() <= self.allowed:
            return RIGHT
        return [
            Result(focus, predicate, each, self._rule.message, self._severity, self._rule.component, self._shape)
            for value in values
            for predicate, objects in unit.properties(value).items()
            if predicate not in self.allowed
            for each in dict.fromkeys(objects)
        ]
