"""Constraints that refer to other shapes, such as sh:node, sh:or and sh:qualifiedValueShape.

https://www.w3.org/TR/shacl/#core-components-shape
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from itertools import chain

from kg.rdf.terms import Term
from kg.shacl.constraints import (
    ALL_VALUES,
    NONE,
    Constraint,
    EachPasses,
    FailsTest,
    HasClass,
    PassesAll,
    PassesAny,
    Rows,
    ShapeRow,
    Violations,
    passes_tests,
    results_of_row,
    satisfies,
)
from kg.shacl.data_graph import NO_VALUES, DataGraph, Properties
from kg.shacl.datatypes import ValueTest


class Conformance(ABC):
    """Tells whether a node conforms to a shape that another shape refers to."""

    __slots__ = ()

    @abstractmethod
    def conforms(self, data: DataGraph, node: Term) -> bool:
        """Tell whether a node conforms."""

    def statically_conforms(self, _properties: Properties) -> bool:
        """Tell whether every node with these predicates conforms, whatever the predicates' values are."""
        return False

    def statically_violates(self, _properties: Properties) -> bool:
        """Tell whether no node with these predicates conforms, whatever the predicates' values are."""
        return False


class ConformsToTest(Conformance):
    """A shape that only tests the node itself."""

    __slots__ = ("test",)

    def __init__(self, test: ValueTest) -> None:
        self.test = test

    def conforms(self, _data: DataGraph, node: Term) -> bool:
        return self.test.passes(node)


class ConformsToClass(Conformance):
    """A shape that has only sh:class."""

    __slots__ = ("constraint",)

    def __init__(self, constraint: HasClass) -> None:
        self.constraint = constraint

    def conforms(self, data: DataGraph, node: Term) -> bool:
        return data.is_instance(node, self.constraint.closure(data.subclasses))


class ConformsToRow(Conformance):
    """A shape that is compiled to one row."""

    __slots__ = ("_path", "_predicate", "_required")

    def __init__(self, row: ShapeRow) -> None:
        self._required, self._path = row.requirements, row.path
        only_tests = not self._required.constraints and self._required.minimum <= 1 <= self._required.maximum
        self._predicate = row.path.predicate if only_tests else None

    def conforms(self, data: DataGraph, node: Term) -> bool:
        if self._predicate is not None:
            values = data.properties(node).get(self._predicate, NO_VALUES)
            if len(values) == 1:
                return passes_tests(self._required.tests, values)
        return satisfies(self._required, data, node, self._path.follow(data, node))

    def statically_conforms(self, properties: Properties) -> bool:
        return not self._required.needs_values and self._path.has_no_values(properties)

    def statically_violates(self, properties: Properties) -> bool:
        return self._required.minimum > 0 and self._path.has_no_values(properties)


class ConformsToRows(Conformance):
    """A shape that is compiled to several rows."""

    __slots__ = ("_rows",)

    def __init__(self, rows: Rows) -> None:
        self._rows = [ConformsToRow(row) for row in rows]

    def conforms(self, data: DataGraph, node: Term) -> bool:
        for row in self._rows:  # noqa: SIM110 - a generator costs as much as a row
            if not row.conforms(data, node):
                return False
        return True

    def statically_conforms(self, properties: Properties) -> bool:
        return all(row.statically_conforms(properties) for row in self._rows)

    def statically_violates(self, properties: Properties) -> bool:
        return any(row.statically_violates(properties) for row in self._rows)


def conformance_to(rows: Rows) -> Conformance:
    """Return the fastest way to tell conformance to a shape with these rows."""
    if len(rows) != 1:
        return ConformsToRows(rows)
    required = rows[0].requirements
    if not rows[0].path.text:
        if not required.constraints:
            return ConformsToTest(all_of(required.tests))
        if not required.tests and len(required.constraints) == 1 and isinstance(required.constraints[0], HasClass):
            return ConformsToClass(required.constraints[0])
    return ConformsToRow(rows[0])


def all_of(tests: list[ValueTest]) -> ValueTest:
    """Return one test for several."""
    return tests[0] if len(tests) == 1 else PassesAll(tests)


class EachConforms(Constraint):
    """Each value must conform to some of several shapes."""

    __slots__ = ("shapes",)

    def __init__(self, shapes: Sequence[Conformance]) -> None:
        self.shapes = list(shapes)

    def violations(self, data: DataGraph, _focus: Term, values: list[Term]) -> Violations:
        return [value for value in values if not self.conforms(data, value)]

    def satisfied(self, data: DataGraph, _focus: Term, values: list[Term]) -> bool:
        for value in values:  # noqa: SIM110 - a generator costs as much as a value
            if not self.conforms(data, value):
                return False
        return True

    @abstractmethod
    def conforms(self, data: DataGraph, value: Term) -> bool:
        """Tell whether a value conforms to as many of the shapes as it must."""


class EachConformsToAll(EachConforms):
    """sh:node and sh:and."""

    __slots__ = ()

    def conforms(self, data: DataGraph, value: Term) -> bool:
        for shape in self.shapes:  # noqa: SIM110 - a generator costs as much as a shape
            if not shape.conforms(data, value):
                return False
        return True

    def statically_satisfied(self, properties: Properties) -> bool:
        return all(shape.statically_conforms(properties) for shape in self.shapes)


class EachConformsToSome(EachConforms):
    """sh:or."""

    __slots__ = ()

    def conforms(self, data: DataGraph, value: Term) -> bool:
        for shape in self.shapes:  # noqa: SIM110 - a generator costs as much as a shape
            if shape.conforms(data, value):
                return True
        return False

    def statically_satisfied(self, properties: Properties) -> bool:
        return any(shape.statically_conforms(properties) for shape in self.shapes)


class EachConformsToOne(EachConforms):
    """sh:xone."""

    __slots__ = ()

    def conforms(self, data: DataGraph, value: Term) -> bool:
        return sum([shape.conforms(data, value) for shape in self.shapes]) == 1


class EachConformsToNone(EachConforms):
    """sh:not."""

    __slots__ = ()

    def conforms(self, data: DataGraph, value: Term) -> bool:
        for shape in self.shapes:  # noqa: SIM110 - a generator costs as much as a shape
            if shape.conforms(data, value):
                return False
        return True

    def statically_satisfied(self, properties: Properties) -> bool:
        return all(shape.statically_violates(properties) for shape in self.shapes)


class PropertyOfValues(Constraint):
    """sh:property of a property shape: the results of the inner shape at each value node."""

    __slots__ = ("_rows",)

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def violations(self, data: DataGraph, _focus: Term, values: list[Term]) -> Violations:
        return [
            result
            for value in values
            for row in self._rows
            for result in results_of_row(row, data, value, row.path.follow(data, value))
        ]


class Qualified(Constraint):
    """sh:qualifiedValueShape with its counts: how many values conform to the shape and to no sibling shape."""

    __slots__ = ("_bounds", "_shape", "_siblings")

    def __init__(self, shape: Conformance, siblings: Sequence[Conformance], bounds: tuple[int, int]) -> None:
        self._shape, self._siblings, self._bounds = shape, list(siblings), bounds

    def violations(self, data: DataGraph, focus: Term, values: list[Term]) -> Violations:
        return NONE if self.satisfied(data, focus, values) else ALL_VALUES

    def satisfied(self, data: DataGraph, _focus: Term, values: list[Term]) -> bool:
        count = 0
        for value in values:
            if self._shape.conforms(data, value) and not (self._siblings and self._has_sibling(data, value)):
                count += 1
        minimum, maximum = self._bounds
        return minimum <= count <= maximum

    def _has_sibling(self, data: DataGraph, value: Term) -> bool:
        return any(sibling.conforms(data, value) for sibling in self._siblings)


def each_conforms_to_all(shapes: Sequence[Conformance]) -> Constraint:
    """Return sh:and, or sh:node for one shape, as the fastest equivalent constraint."""
    tests = [each.test for each in shapes if isinstance(each, ConformsToTest)]
    if len(tests) == len(shapes):
        return EachPasses(all_of(tests))
    if len(shapes) == 1 and isinstance(shapes[0], ConformsToClass):
        return shapes[0].constraint
    return EachConformsToAll(shapes)


def each_conforms_to_some(shapes: Sequence[Conformance]) -> Constraint:
    """Return sh:or as the fastest equivalent constraint."""
    tests = [each.test for each in shapes if isinstance(each, ConformsToTest)]
    if len(tests) == len(shapes):
        return EachPasses(tests[0] if len(tests) == 1 else PassesAny(tests))
    classes = [each.constraint.classes for each in shapes if isinstance(each, ConformsToClass)]
    if len(classes) == len(shapes):
        return HasClass(*chain.from_iterable(classes))
    return EachConformsToSome(shapes)


def none_conforms(shape: Conformance) -> Constraint:
    """Return sh:not as the fastest equivalent constraint."""
    return EachPasses(FailsTest(shape.test)) if isinstance(shape, ConformsToTest) else EachConformsToNone([shape])
