"""Constraints on value nodes, each by itself or all together, the rows of a compiled shape, and validation results.

Validation takes two steps: `satisfies` is fast and tells whether value nodes are right; only if they are not,
`results_of_row` looks again and says what is wrong. Both take value nodes without duplicates.
https://www.w3.org/TR/shacl/#core-components
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from sys import maxsize
from typing import NamedTuple

from msgspec import Struct

from kg.errors import Severity
from kg.rdf.terms import Iri, Term, iri_text, literal_value
from kg.shacl.data_graph import NO_VALUES, DataGraph, Path, Properties, Subclasses
from kg.shacl.datatypes import CachingTest, IsNatural, ValueTest, is_less, is_lower, natural, order_key
from kg.shacl.shapes_graph import sh

UNBOUNDED = maxsize


class Result(NamedTuple):
    """One sh:ValidationResult. `path` is a predicate, or a longer path in SPARQL's syntax; `value` may be empty.

    `named` is the shape, or the nearest shape around it that has an IRI.
    """

    focus: Term
    path: str
    value: str
    message: str
    severity: Severity
    component: Iri
    shape: Term
    named: Term = Iri("")


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
        self.tests: list[ValueTest] = [*tests]
        for each in constraints:
            if isinstance(each, EachPasses):
                self.tests += _fastest(each.test)
        self.constraints = [each for each in constraints if not isinstance(each, EachPasses)]
        self.needs_values = needs_values or self.minimum > 0


def _fastest(test: ValueTest) -> list[ValueTest]:
    """Return one test in parts if they are faster: offsets hardly ever recur, so caching them takes longer."""
    return test.tests if isinstance(test, PassesAll) and isinstance(test.tests[0], IsNatural) else [test]


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

    def satisfied(self, data: DataGraph, focus: Term, values: list[Term]) -> bool:
        for other in self.others(data, focus):
            for value in values:
                if not is_less(value, other, self._or_equal):
                    return False
        return True


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


NODE_KINDS = {
    sh("IRI"): "<",
    sh("BlankNode"): "_",
    sh("Literal"): '"',
    sh("BlankNodeOrIRI"): "_<",
    sh("BlankNodeOrLiteral"): '_"',
    sh("IRIOrLiteral"): '<"',
}
_FLAGS = {"i": re.IGNORECASE, "s": re.DOTALL, "m": re.MULTILINE, "x": re.VERBOSE}


def text_of(term: str) -> str:
    """Return the text of a term as SPARQL's `str` does; `""` for a blank node."""
    if term[0] == '"':
        return literal_value(term).lexical if "\\" in term else term[1 : term.rfind('"')]
    return iri_text(term) if term[0] == "<" else ""


def language_of(term: str) -> str:
    """Return the language tag of a literal in lower case, `""` if it has none."""
    if term[0] != '"' or term[-1] == '"' or term[-1] == ">":
        return ""
    return term[term.rfind('"') + 2 :].lower()


class HasNodeKind(ValueTest):
    """sh:nodeKind. Raises `KeyError` for an unknown node kind."""

    __slots__ = ("_firsts",)

    def __init__(self, kind: Term) -> None:
        self._firsts = NODE_KINDS[Iri(kind)]

    def passes(self, term: str) -> bool:
        return term[0] in self._firsts


class IsOneOf(ValueTest):
    """sh:in."""

    __slots__ = ("_values",)

    def __init__(self, values: Collection[Term]) -> None:
        self._values: frozenset[str] = frozenset(values)

    def passes(self, term: str) -> bool:
        return term in self._values


class MatchesPattern(ValueTest):
    """sh:pattern with sh:flags. Raises `re.error` or `KeyError` for features that Python does not have."""

    __slots__ = ("_search",)

    def __init__(self, pattern: str, flags: str) -> None:
        known = sum(_FLAGS[flag] for flag in set(flags) - {"q"})
        self._search = re.compile(_in_python(pattern, flags), known).search

    def passes(self, term: str) -> bool:
        # Not cached: hashes, names and identifiers hardly ever recur.
        return term[0] != "_" and self._search(text_of(term)) is not None


class HasMinLength(ValueTest):
    """sh:minLength."""

    __slots__ = ("_length",)

    def __init__(self, length: int) -> None:
        self._length = length

    def passes(self, term: str) -> bool:
        if term[0] == '"' and term.rfind('"') > 10 * self._length:
            return True  # An escape (`\U0001F600`) has at most ten characters: no need to read them.
        return term[0] != "_" and len(text_of(term)) >= self._length


class HasMaxLength(ValueTest):
    """sh:maxLength."""

    __slots__ = ("_length",)

    def __init__(self, length: int) -> None:
        self._length = length

    def passes(self, term: str) -> bool:
        return term[0] != "_" and len(text_of(term)) <= self._length


class HasLanguage(ValueTest):
    """sh:languageIn: the basic ranges of RFC 4647."""

    __slots__ = ("_ranges",)

    def __init__(self, ranges: Collection[str]) -> None:
        self._ranges = [each.lower() for each in ranges]

    def passes(self, term: str) -> bool:
        language = language_of(term)
        if not language:
            return False
        return any(each in ("*", language) or language.startswith(each + "-") for each in self._ranges)


class ComparesToLimit(CachingTest):
    """A test against a limit; a value that equals the limit passes if `inclusive`."""

    __slots__ = ("_inclusive", "_limit", "_natural")

    def __init__(self, limit: Term, *, inclusive: bool) -> None:
        super().__init__()
        self._limit = order_key(limit)
        self._inclusive = inclusive
        self._natural = natural(limit)


class IsAtLeast(ComparesToLimit):
    """sh:minInclusive and sh:minExclusive."""

    __slots__ = ()

    def passes(self, term: str) -> bool:
        # Offsets hardly ever recur: reading their digits is faster than the cache.
        return natural(term) > self._natural >= 0 or super().passes(term)

    def compute(self, term: str) -> bool:
        return is_lower(self._limit, order_key(term), self._inclusive)


class IsAtMost(ComparesToLimit):
    """sh:maxInclusive and sh:maxExclusive."""

    __slots__ = ()

    def compute(self, term: str) -> bool:
        return is_lower(order_key(term), self._limit, self._inclusive)


class FailsTest(ValueTest):
    """Passes values that fail another test."""

    __slots__ = ("_test",)

    def __init__(self, test: ValueTest) -> None:
        self._test = test

    def passes(self, term: str) -> bool:
        return not self._test.passes(term)


class PassesAll(CachingTest):
    """Passes values that pass each of several tests."""

    __slots__ = ("tests",)

    def __init__(self, tests: Sequence[ValueTest]) -> None:
        super().__init__()
        self.tests = list(tests)

    def compute(self, term: str) -> bool:
        return all(test.passes(term) for test in self.tests)


class PassesAny(CachingTest):
    """Passes values that pass one of several tests."""

    __slots__ = ("_tests",)

    def __init__(self, tests: Sequence[ValueTest]) -> None:
        super().__init__()
        self._tests = list(tests)

    def compute(self, term: str) -> bool:
        return any(test.passes(term) for test in self._tests)


def _in_python(pattern: str, flags: str) -> str:
    """Translate an XPath expression to Python, where `$` would also match before a final line end."""
    if "q" in flags:
        return re.escape(pattern)
    if "m" in flags:
        return pattern
    parts = re.split(r"(\\.|\[(?:\\.|[^\]\\])+\])", pattern, flags=re.DOTALL)
    return "".join(part if place % 2 else part.replace("$", r"\Z") for place, part in enumerate(parts))
