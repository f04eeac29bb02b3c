"""The constraint components of SHACL Core that test each value node by itself; sh:datatype is in `datatypes`.

https://www.w3.org/TR/shacl/#core-components
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from kg.rdf.terms import Iri, Term, iri_text, literal_value
from kg.shacl.datatypes import CachingTest, ValueTest, is_lower, order_key
from kg.shacl.shapes_graph import sh

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

    __slots__ = ("_inclusive", "_limit")

    def __init__(self, limit: Term, *, inclusive: bool) -> None:
        super().__init__()
        self._limit = order_key(limit)
        self._inclusive = inclusive


class IsAtLeast(ComparesToLimit):
    """sh:minInclusive and sh:minExclusive."""

    __slots__ = ()

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

    __slots__ = ("_tests",)

    def __init__(self, tests: Sequence[ValueTest]) -> None:
        super().__init__()
        self._tests = list(tests)

    def compute(self, term: str) -> bool:
        return all(test.passes(term) for test in self._tests)


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
