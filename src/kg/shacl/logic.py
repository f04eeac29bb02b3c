"""Checks that ask other shapes, or the other properties of a shape.

https://www.w3.org/TR/shacl/#core-components-shape
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain

from kg.errors import Severity
from kg.rdf.terms import Term
from kg.shacl.checks import RIGHT, WHOLE, Check, EachPasses, Faults, OfClasses
from kg.shacl.conforming import Conforms, IsOfClasses, Passes, Shapes, all_of
from kg.shacl.results import Result
from kg.shacl.rows import Rule, explain
from kg.shacl.unit import Properties, Unit
from kg.shacl.value_tests import AnyOf, Not


class EachConforms(Check):
    """sh:node."""

    __slots__ = ("_conforms",)

    def __init__(self, conforms: Conforms) -> None:
        self._conforms = conforms

    def faults(self, unit: Unit, _focus: Term, values: list[Term]) -> Faults:
        return [value for value in values if not self._conforms.holds(unit, value)]

    def keep(self, unit: Unit, _focus: Term, values: list[Term]) -> bool:
        # Fewer calls within calls than `faults`: recursive shapes go as deep as Python lets them.
        for value in values:  # noqa: SIM110 - a generator costs as much as a value
            if not self._conforms.holds(unit, value):
                return False
        return True

    def granted(self, properties: Properties) -> bool:
        return self._conforms.granted(properties)


class NoneConforms(Check):
    """sh:not."""

    __slots__ = ("_conforms",)

    def __init__(self, conforms: Conforms) -> None:
        self._conforms = conforms

    def faults(self, unit: Unit, _focus: Term, values: list[Term]) -> Faults:
        return [value for value in values if self._conforms.holds(unit, value)]

    def granted(self, properties: Properties) -> bool:
        return self._conforms.refused(properties)


class EachConformsToAll(Check):
    """sh:and."""

    __slots__ = ("_shapes",)

    def __init__(self, shapes: Sequence[Conforms]) -> None:
        self._shapes = list(shapes)

    def faults(self, unit: Unit, _focus: Term, values: list[Term]) -> Faults:
        return [value for value in values if not all(shape.holds(unit, value) for shape in self._shapes)]

    def granted(self, properties: Properties) -> bool:
        return all(shape.granted(properties) for shape in self._shapes)


class EachConformsToSome(Check):
    """sh:or."""

    __slots__ = ("_shapes",)

    def __init__(self, shapes: Sequence[Conforms]) -> None:
        self._shapes = list(shapes)

    def faults(self, unit: Unit, _focus: Term, values: list[Term]) -> Faults:
        return [value for value in values if not self._has_one(unit, value)]

    def keep(self, unit: Unit, _focus: Term, values: list[Term]) -> bool:
        for value in values:  # noqa: SIM110 - a generator costs as much as a value
            if not self._has_one(unit, value):
                return False
        return True

    def granted(self, properties: Properties) -> bool:
        return any(shape.granted(properties) for shape in self._shapes)

    def _has_one(self, unit: Unit, value: Term) -> bool:
        for shape in self._shapes:  # noqa: SIM110 - a generator costs as much as a shape
            if shape.holds(unit, value):
                return True
        return False


class EachConformsToOne(Check):
    """sh:xone."""

    __slots__ = ("_shapes",)

    def __init__(self, shapes: Sequence[Conforms]) -> None:
        self._shapes = list(shapes)

    def faults(self, unit: Unit, _focus: Term, values: list[Term]) -> Faults:
        return [value for value in values if sum(shape.holds(unit, value) for shape in self._shapes) != 1]


class Nested(Check):
    """sh:property of a property shape: the results of the inner shape at each value.

    `remembers` tells that a value without results needs no second look; see `ConformsOnceForAll`.
    """

    __slots__ = ("_remembers", "_shape", "_shapes")

    def __init__(self, shapes: Shapes, shape: Term, *, remembers: bool) -> None:
        self._shapes, self._shape, self._remembers = shapes, shape, remembers

    def faults(self, unit: Unit, _focus: Term, values: list[Term]) -> Faults:
        faults: list[Term | Result] = []
        for value in values:
            visit = (self._shape, value)
            if visit not in unit.active:
                before, found = len(unit.active), len(faults)
                unit.enter(visit)
                for row in self._shapes[self._shape]:
                    faults.extend(explain(row, unit, value, row.path.follow(unit, value)))
                unit.depth -= 1
                if len(faults) > found or not self._remembers:
                    unit.retract(before)
        return faults


class Qualified(Check):
    """sh:qualifiedValueShape with its counts: how many values conform, to this shape and to no sibling."""

    __slots__ = ("_conforms", "_least", "_most", "_siblings")

    def __init__(self, conforms: Conforms, siblings: Sequence[Conforms], bounds: tuple[int, int]) -> None:
        self._conforms, self._siblings = conforms, list(siblings)
        self._least, self._most = bounds

    def faults(self, unit: Unit, focus: Term, values: list[Term]) -> Faults:
        return RIGHT if self.keep(unit, focus, values) else WHOLE

    def keep(self, unit: Unit, _focus: Term, values: list[Term]) -> bool:
        count = 0
        for value in values:
            if self._conforms.holds(unit, value) and not (self._siblings and self._has_sibling(unit, value)):
                count += 1
        return self._least <= count <= self._most

    def _has_sibling(self, unit: Unit, value: Term) -> bool:
        return any(sibling.holds(unit, value) for sibling in self._siblings)


class Closed(Check):
    """sh:closed: a result for each triple with another predicate, which is its path."""

    __slots__ = ("_allowed", "_rule", "_severity", "_shape")

    def __init__(self, shape: Term, severity: Severity, rule: Rule, allowed: Iterable[Term]) -> None:
        self._shape, self._severity, self._rule = shape, severity, rule
        self._allowed = frozenset(allowed)

    def faults(self, unit: Unit, focus: Term, values: list[Term]) -> Faults:
        return [
            Result(focus, predicate, each, self._rule.message, self._severity, self._rule.component, self._shape)
            for value in values
            for predicate, objects in unit.properties(value).items()
            if predicate not in self._allowed
            for each in dict.fromkeys(objects)
        ]

    def granted(self, properties: Properties) -> bool:
        return self._allowed.issuperset(properties)


def each_conforms(conforms: Conforms) -> Check:
    """sh:node, as the quickest check that says the same."""
    if isinstance(conforms, Passes):
        return EachPasses(conforms.test)
    return conforms.check if isinstance(conforms, IsOfClasses) else EachConforms(conforms)


def none_conforms(conforms: Conforms) -> Check:
    """sh:not, as the quickest check that says the same."""
    return EachPasses(Not(conforms.test)) if isinstance(conforms, Passes) else NoneConforms(conforms)


def each_conforms_to_all(shapes: Sequence[Conforms]) -> Check:
    """sh:and, as the quickest check that says the same."""
    passes = [each.test for each in shapes if isinstance(each, Passes)]
    return EachPasses(all_of(passes)) if len(passes) == len(shapes) else EachConformsToAll(shapes)


def each_conforms_to_some(shapes: Sequence[Conforms]) -> Check:
    """sh:or, as the quickest check that says the same."""
    passes = [each.test for each in shapes if isinstance(each, Passes)]
    if len(passes) == len(shapes):
        return EachPasses(passes[0] if len(passes) == 1 else AnyOf(passes))
    classes = [each.check.classes for each in shapes if isinstance(each, IsOfClasses)]
    if len(classes) == len(shapes):
        return OfClasses(*chain.from_iterable(classes))
    return EachConformsToSome(shapes)
