"""The constraints of SHACL Core that look at one value node at a time, but for sh:datatype.

https://www.w3.org/TR/shacl/#core-components
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from kg.rdf.terms import Iri, Term, iri_text, literal_value
from kg.shacl.datatypes import Remembering, Test
from kg.shacl.graph import sh
from kg.shacl.order import Rank, is_less, is_less_or_equal, rank

NODE_KINDS = {
    sh("IRI"): "<",
    sh("BlankNode"): "_",
    sh("Literal"): '"',
    sh("BlankNodeOrIRI"): "_<",
    sh("BlankNodeOrLiteral"): '_"',
    sh("IRIOrLiteral"): '<"',
}
_FLAGS = {"i": re.IGNORECASE, "s": re.DOTALL, "m": re.MULTILINE, "x": re.VERBOSE}


def shown(term: str) -> str:
    """Return the characters of a term, as SPARQL's `str`; none for a blank node."""
    if term[0] == '"':
        return literal_value(term).lexical if "\\" in term else term[1 : term.rfind('"')]
    return iri_text(term) if term[0] == "<" else ""


def language_of(term: str) -> str:
    """Return the language tag of a literal in lower case, `""` where there is none."""
    if term[0] != '"' or term[-1] == '"' or term[-1] == ">":
        return ""
    return term[term.rfind('"') + 2 :].lower()


class OfKind(Test):
    """sh:nodeKind. Raises `KeyError` for what is no node kind."""

    __slots__ = ("_firsts",)

    def __init__(self, kind: Term) -> None:
        self._firsts = NODE_KINDS[Iri(kind)]

    def passes(self, term: str) -> bool:
        return term[0] in self._firsts


class Among(Test):
    """sh:in."""

    __slots__ = ("_values",)

    def __init__(self, values: Collection[Term]) -> None:
        self._values: frozenset[str] = frozenset(values)

    def passes(self, term: str) -> bool:
        return term in self._values


class Matching(Test):
    """sh:pattern with sh:flags. Raises `re.error` or `KeyError` for what Python's expressions cannot say."""

    __slots__ = ("_search",)

    def __init__(self, pattern: str, flags: str) -> None:
        known = sum(_FLAGS[flag] for flag in set(flags) - {"q"})
        self._search = re.compile(_in_python(pattern, flags), known).search

    def passes(self, term: str) -> bool:
        # Not remembered: hashes, names and identifiers hardly ever come again.
        return term[0] != "_" and self._search(shown(term)) is not None


class AtLeastLong(Test):
    """sh:minLength."""

    __slots__ = ("_length",)

    def __init__(self, length: int) -> None:
        self._length = length

    def passes(self, term: str) -> bool:
        if term[0] == '"' and term.rfind('"') > 10 * self._length:
            return True  # Ten characters at most (`\U0001F600`) stand for one: no need to read the escapes.
        return term[0] != "_" and len(shown(term)) >= self._length


class AtMostLong(Test):
    """sh:maxLength."""

    __slots__ = ("_length",)

    def __init__(self, length: int) -> None:
        self._length = length

    def passes(self, term: str) -> bool:
        return term[0] != "_" and len(shown(term)) <= self._length


class InLanguage(Test):
    """sh:languageIn: the basic ranges of RFC 4647."""

    __slots__ = ("_ranges",)

    def __init__(self, ranges: Collection[str]) -> None:
        self._ranges = [each.lower() for each in ranges]

    def passes(self, term: str) -> bool:
        language = language_of(term)
        if not language:
            return False
        return any(each in ("*", language) or language.startswith(each + "-") for each in self._ranges)


class Limited(Remembering):
    """A test against a limit, which itself passes where it is `inclusive`."""

    __slots__ = ("_inclusive", "limit")

    def __init__(self, limit: Term, *, inclusive: bool) -> None:
        super().__init__()
        self.limit = rank(limit)
        self._inclusive = inclusive

    def in_order(self, left: Rank | None, right: Rank | None) -> bool:
        """Tell whether one is less than the other, or equal to it where the limit itself passes."""
        return is_less_or_equal(left, right) if self._inclusive else is_less(left, right)


class AtLeast(Limited):
    """sh:minInclusive, and without the limit itself sh:minExclusive."""

    __slots__ = ()

    def look(self, term: str) -> bool:
        return self.in_order(self.limit, rank(term))


class AtMost(Limited):
    """sh:maxInclusive, and without the limit itself sh:maxExclusive."""

    __slots__ = ()

    def look(self, term: str) -> bool:
        return self.in_order(rank(term), self.limit)


class Not(Test):
    """The test for what does not pass another."""

    __slots__ = ("_test",)

    def __init__(self, test: Test) -> None:
        self._test = test

    def passes(self, term: str) -> bool:
        return not self._test.passes(term)


class AllOf(Remembering):
    """The test for what passes each of some tests."""

    __slots__ = ("_tests",)

    def __init__(self, tests: Sequence[Test]) -> None:
        super().__init__()
        self._tests = list(tests)

    def look(self, term: str) -> bool:
        return all(test.passes(term) for test in self._tests)


class AnyOf(Remembering):
    """The test for what passes one of some tests."""

    __slots__ = ("_tests",)

    def __init__(self, tests: Sequence[Test]) -> None:
        super().__init__()
        self._tests = list(tests)

    def look(self, term: str) -> bool:
        return any(test.passes(term) for test in self._tests)


def _in_python(pattern: str, flags: str) -> str:
    """Return an XPath expression as Python has it; there a `$` also matches before a last line end."""
    if "q" in flags:
        return re.escape(pattern)
    if "m" in flags:
        return pattern
    parts = re.split(r"(\\.|\[(?:\\.|[^\]\\])+\])", pattern, flags=re.DOTALL)
    return "".join(part if place % 2 else part.replace("$", r"\Z") for place, part in enumerate(parts))
