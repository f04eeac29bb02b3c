"""Constraints on all value nodes of a focus node, the rows that a shape is compiled to, and validation results.

Validation takes two steps: `satisfies` is fast and tells whether value nodes are right; only if they are not,
`results_of_row` looks again and says what is wrong. Both take value nodes without duplicates.
https://www.w3.org/TR/shacl/#core-components
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Sequence
from sys import maxsize
from typing import NamedTuple

from msgspec import Struct

from kg.errors import Severity
from kg.rdf.terms import Iri, Term
from kg.shacl.data_graph import NO_VALUES, DataGraph, Path, Properties, Subclasses
from kg.shacl.datatypes import ValueTest, is_less
from kg.shacl.value_constraints import language_of

UNBOUNDED = maxsize


class Result(NamedTuple):
    """One sh:ValidationResult. `path` is a predicate, or a longer path in SPARQL's syntax; `value` may be empty."""

    focus: Term
    path: str
    value: str
    message: str
    severity: Severity
    component: Iri
    shape: Term


class ComponentMessage(NamedTuple):
    """The constraint of a result: its component and the message."""

    component: Iri
    message: str


Violations = Sequence[Term | Result]
"""What is wrong: the offending value nodes, `""` for the value nodes as a whole, or complete results."""
ALL_VALUES: Violations = (Iri(""),)
NONE: Violations = ()


class Constraint(ABC):
    """A constraint on the value nodes of a focus node."""

    __slots__ = ()

    @abstractmethod
    def violations(self, data: DataGraph, focus: Term, values: list[Term]) -> Violations:
        """Return what is wrong with the value nodes."""

    def satisfied(self, data: DataGraph, focus: Term, values: list[Term]) -> bool:
        """Tell, as fast as possible, whether nothing is wrong."""
        return not self.violations(data, focus, values)

    def statically_satisfied(self, _properties: Properties) -> bool:
        """Tell whether every node with these predicates satisfies the constraint as its own value node."""
        return False


class Requirements:
    """The requirements on certain value nodes, from one or several rows. Constraints that only test are tests here.

    `needs_values` tells whether the lack of a value can violate it.
    """

    __slots__ = ("constraints", "maximum", "minimum", "needs_values", "tests")

    def __init__(
        self,
        bounds: tuple[int, int],
        tests: Iterable[ValueTest],
        constraints: Sequence[Constraint],
        *,
        needs_values: bool,
    ) -> None:
        self.minimum, self.maximum = bounds
        self.tests = [*tests, *(each.test for each in constraints if isinstance(each, EachPasses))]
        self.constraints = [each for each in constraints if not isinstance(each, EachPasses)]
        self.needs_values = needs_values or self.minimum > 0


class ShapeRow(Struct, frozen=True, eq=False):
    """The constraints of one shape on its value nodes; a compiled shape is a few rows.

    The path of a node shape has no text: its value node is the focus node. `messages` are those of the minimum, the
    maximum, the tests and the constraints, in this order. `requirements` are the same constraints, for `satisfies`.
    """

    shape: Term
    path: Path
    severity: Severity
    minimum: int
    maximum: int
    tests: tuple[ValueTest, ...]
    constraints: tuple[Constraint, ...]
    messages: tuple[ComponentMessage, ...]
    requirements: Requirements


Rows = tuple[ShapeRow, ...]


def joined_requirements(several: Sequence[Requirements]) -> Requirements:
    """Return one object for several requirements of the same value nodes."""
    return Requirements(
        (
            max((each.minimum for each in several), default=0),
            min((each.maximum for each in several), default=UNBOUNDED),
        ),
        dict.fromkeys(test for each in several for test in each.tests),
        list(dict.fromkeys(constraint for each in several for constraint in each.constraints)),
        needs_values=any(each.needs_values for each in several),
    )


def satisfies(required: Requirements, data: DataGraph, focus: Term, values: list[Term]) -> bool:
    """Tell whether value nodes satisfy the requirements."""
    count = len(values)
    if count < required.minimum or count > required.maximum:
        return False
    return passes_tests(required.tests, values) and satisfies_each(required.constraints, data, focus, values)


def passes_tests(tests: list[ValueTest], values: list[Term]) -> bool:
    """Tell whether each value passes each test."""
    for test in tests:
        for value in values:
            if not test.passes(value):
                return False
    return True


def satisfies_each(constraints: list[Constraint], data: DataGraph, focus: Term, values: list[Term]) -> bool:
    """Tell whether value nodes satisfy each constraint."""
    for constraint in constraints:  # noqa: SIM110 - a generator costs as much as a constraint
        if not constraint.satisfied(data, focus, values):
            return False
    return True


def results_of_row(row: ShapeRow, data: DataGraph, focus: Term, values: list[Term]) -> list[Result]:
    """Return a result for each violation of a row, in the order of its messages."""
    too_few, too_many, *messages = row.messages
    found = [
        *([_result(row, too_few, focus, "")] if len(values) < row.minimum else ()),
        *([_result(row, too_many, focus, "")] if len(values) > row.maximum else ()),
    ]
    for test, message in zip(row.tests, messages, strict=False):
        found.extend(_result(row, message, focus, value) for value in values if not test.passes(value))
    for constraint, message in zip(row.constraints, messages[len(row.tests) :], strict=True):
        for each in constraint.violations(data, focus, values):
            found.append(each if isinstance(each, Result) else _result(row, message, focus, each))
    return found


def _result(row: ShapeRow, message: ComponentMessage, focus: Term, value: str) -> Result:
    return Result(focus, row.path.text, value, message.message, row.severity, message.component, row.shape)


class HasValue(Constraint):
    """sh:hasValue."""

    __slots__ = ("_wanted",)

    def __init__(self, wanted: Term) -> None:
        self._wanted = wanted

    def violations(self, _data: DataGraph, _focus: Term, values: list[Term]) -> Violations:
        return NONE if self._wanted in values else ALL_VALUES


class UniqueLang(Constraint):
    """sh:uniqueLang: one violation for each language, as the specification has it."""

    __slots__ = ()

    def violations(self, _data: DataGraph, _focus: Term, values: list[Term]) -> Violations:
        languages = Counter(map(language_of, values))
        return [each for language, count in languages.items() if language and count > 1 for each in ALL_VALUES]

    def satisfied(self, _data: DataGraph, _focus: Term, values: list[Term]) -> bool:
        seen: set[str] = set()
        for value in values if len(values) > 1 else NO_VALUES:
            language = language_of(value)
            if language and language in seen:
                return False
            seen.add(language)
        return True


class EachPasses(Constraint):
    """A test that each value must pass."""

    __slots__ = ("test",)

    def __init__(self, test: ValueTest) -> None:
        self.test = test

    def violations(self, _data: DataGraph, _focus: Term, values: list[Term]) -> Violations:
        return [value for value in values if not self.test.passes(value)]


class HasClass(Constraint):
    """sh:class: each value must be an instance of one of some classes or of their sub-classes."""

    __slots__ = ("_closure", "_subclasses", "classes")

    def __init__(self, *classes: Term) -> None:
        self.classes = classes
        self._subclasses: Subclasses = {}
        self._closure: frozenset[Term] = frozenset()

    def violations(self, data: DataGraph, _focus: Term, values: list[Term]) -> Violations:
        closure = self.closure(data.subclasses)
        return [value for value in values if not data.is_instance(value, closure)]

    def closure(self, subclasses: Subclasses) -> frozenset[Term]:
        """Return the classes with their sub-classes, which are almost always the same for the next data graph."""
        if self._subclasses is not subclasses:
            self._closure = frozenset().union(*(subclasses[each] for each in self.classes))
            self._subclasses = subclasses
        return self._closure


class PairConstraint(Constraint):
    """Compares the value nodes with the values of a predicate of the focus node."""

    __slots__ = ("_predicate",)

    def __init__(self, predicate: Iri) -> None:
        self._predicate = predicate

    def others(self, data: DataGraph, focus: Term) -> list[Term]:
        """Return the values of the predicate."""
        return data.properties(focus).get(self._predicate, NO_VALUES)


class Equals(PairConstraint):
    """sh:equals."""

    __slots__ = ()

    def violations(self, data: DataGraph, focus: Term, values: list[Term]) -> Violations:
        others = self.others(data, focus)
        if values == others:
            return NONE
        theirs, ours = dict.fromkeys(others), dict.fromkeys(values)
        return [*(value for value in ours if value not in theirs), *(each for each in theirs if each not in ours)]


class Disjoint(PairConstraint):
    """sh:disjoint."""

    __slots__ = ()

    def violations(self, data: DataGraph, focus: Term, values: list[Term]) -> Violations:
        others = self.others(data, focus)
        return [value for value in values if value in others]


class LessThan(PairConstraint):
    """sh:lessThan and, if `or_equal`, sh:lessThanOrEquals: one violation for each pair."""

    __slots__ = ("_or_equal",)

    def __init__(self, predicate: Iri, *, or_equal: bool) -> None:
        super().__init__(predicate)
        self._or_equal = or_equal

    def violations(self, data: DataGraph, focus: Term, values: list[Term]) -> Violations:
        others = self.others(data, focus)
        found: list[Term | Result] = []
        for other in others if len(others) < 2 else list(dict.fromkeys(others)):
            for value in values:
                if not is_less(value, other, self._or_equal):
                    found.append(value)
        return found


class Closed(Constraint):
    """sh:closed: a result for each triple whose predicate is not allowed; the predicate is its path."""

    __slots__ = ("_allowed", "_message", "_severity", "_shape")

    def __init__(self, shape: Term, severity: Severity, message: ComponentMessage, allowed: Iterable[Term]) -> None:
        self._shape, self._severity, self._message = shape, severity, message
        self._allowed = frozenset(allowed)

    def violations(self, data: DataGraph, focus: Term, values: list[Term]) -> Violations:
        component, message = self._message
        return [
            Result(focus, predicate, each, message, self._severity, component, self._shape)
            for value in values
            for predicate, objects in data.properties(value).items()
            if predicate not in self._allowed
            for each in dict.fromkeys(objects)
        ]

    def statically_satisfied(self, properties: Properties) -> bool:
        return self._allowed.issuperset(properties)
