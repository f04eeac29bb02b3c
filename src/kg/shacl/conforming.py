"""What tells whether a node conforms to a shape, for the checks that ask other shapes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping

from kg.rdf.terms import Term
from kg.shacl.checks import OfClasses
from kg.shacl.datatypes import Test
from kg.shacl.rows import Demand, Row, Rows, keep, pass_each
from kg.shacl.unit import NO_VALUES, Properties, Unit
from kg.shacl.value_tests import AllOf

Shapes = Mapping[Term, Rows]
"""The compiled shapes; those of a recursive shape are still missing when its checks are made."""


class Conforms(ABC):
    """Tells whether a node conforms to a shape.

    Of some nodes their predicates tell already: `granted` that they conform, `refused` that they do not.
    """

    __slots__ = ()

    @abstractmethod
    def holds(self, unit: Unit, node: Term) -> bool:
        """Tell whether a node conforms."""

    def granted(self, _properties: Properties) -> bool:
        """Tell whether each node with these predicates conforms; their values may be any."""
        return False

    def refused(self, _properties: Properties) -> bool:
        """Tell whether no node with these predicates conforms; their values may be any."""
        return False


class Passes(Conforms):
    """Tells whether a node passes a test, whatever the unit is."""

    __slots__ = ("test",)

    def __init__(self, test: Test) -> None:
        self.test = test

    def holds(self, _unit: Unit, node: Term) -> bool:
        return self.test.passes(node)


class IsOfClasses(Conforms):
    """Tells whether a node is of one of some classes."""

    __slots__ = ("check",)

    def __init__(self, check: OfClasses) -> None:
        self.check = check

    def holds(self, unit: Unit, node: Term) -> bool:
        return unit.is_of(node, self.check.kinds(unit.narrower))


class KeepsTo(Conforms):
    """Tells whether a node is as a node shape demands that refers to no other."""

    __slots__ = ("_asked",)

    def __init__(self, asked: Demand) -> None:
        self._asked = asked

    def holds(self, unit: Unit, node: Term) -> bool:
        return keep(self._asked, unit, node, [node])


class KeepsToRow(Conforms):
    """Tells whether the values of a row are as they must be."""

    __slots__ = ("_asked", "_path", "_predicate")

    def __init__(self, row: Row) -> None:
        self._asked, self._path = row.demand, row.path
        only_tests = not row.demand.checks and row.demand.minimum <= 1 <= row.demand.maximum
        self._predicate = row.path.predicate if only_tests else None

    def holds(self, unit: Unit, node: Term) -> bool:
        if self._predicate is not None:
            values = unit.properties(node).get(self._predicate, NO_VALUES)
            if len(values) == 1:
                return pass_each(self._asked.tests, values)
        return keep(self._asked, unit, node, self._path.follow(unit, node))

    def granted(self, properties: Properties) -> bool:
        return not self._asked.asks_for_values and self._path.leads_nowhere(properties)

    def refused(self, properties: Properties) -> bool:
        return self._asked.minimum > 0 and self._path.leads_nowhere(properties)


class KeepsToRows(Conforms):
    """Tells whether the values of each of some rows are as they must be."""

    __slots__ = ("_each",)

    def __init__(self, rows: Rows) -> None:
        self._each = [KeepsToRow(row) for row in rows]

    def holds(self, unit: Unit, node: Term) -> bool:
        for each in self._each:  # noqa: SIM110 - a generator costs as much as a row
            if not each.holds(unit, node):
                return False
        return True

    def granted(self, properties: Properties) -> bool:
        return all(each.granted(properties) for each in self._each)

    def refused(self, properties: Properties) -> bool:
        return any(each.refused(properties) for each in self._each)


class ConformsOnce(Conforms):
    """Tells whether a node conforms to a shape that refers to itself, or to one that does.

    A node that is being validated against it already conforms to it: SHACL leaves recursion open.
    """

    __slots__ = ("_shape", "_shapes")

    def __init__(self, shapes: Shapes, shape: Term) -> None:
        self._shapes, self._shape = shapes, shape

    def holds(self, unit: Unit, node: Term) -> bool:
        visit = (self._shape, node)
        if visit in unit.active:
            return True
        unit.enter(visit)
        found = True
        for row in self._shapes[self._shape]:  # no generator: each would be one more call within calls
            if not keep(row.demand, unit, node, row.path.follow(unit, node)):
                found = False
                break
        unit.active.pop(visit, None)
        unit.depth -= 1
        return found


class ConformsOnceForAll(ConformsOnce):
    """The same, remembered, where no shape in a circle asks that a node does not conform.

    Then a node that conforms if others do goes on conforming unless one of these turns out not to, and a node that
    does not conform never will. Without that, nodes that all lead to each other are visited in every order.
    """

    __slots__ = ()

    def holds(self, unit: Unit, node: Term) -> bool:
        visit = (self._shape, node)
        if visit in unit.active:
            return True
        if visit in unit.refused:
            return False
        before, found = len(unit.active), True
        unit.enter(visit)
        for row in self._shapes[self._shape]:
            if not keep(row.demand, unit, node, row.path.follow(unit, node)):
                unit.retract(before)
                unit.refused.add(visit)
                found = False
                break
        unit.depth -= 1
        return found


def conforming(rows: Rows) -> Conforms:
    """Return what tells whether a node conforms to a shape that has some rows."""
    return KeepsToRow(rows[0]) if len(rows) == 1 else KeepsToRows(rows)


def conforming_to_leaf(asked: Demand) -> Conforms:
    """Return what tells whether a node conforms to a node shape that refers to no other, as `[sh:class …]`."""
    match asked.checks:
        case []:
            return Passes(all_of(asked.tests))
        case [OfClasses() as check] if not asked.tests:
            return IsOfClasses(check)
    return KeepsTo(asked)


def all_of(tests: list[Test]) -> Test:
    """Return the test for what passes each of some tests."""
    return tests[0] if len(tests) == 1 else AllOf(tests)
