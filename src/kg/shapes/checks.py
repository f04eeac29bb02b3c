"""The constraints of SHACL Core, one short function a parameter.

A *test* looks at one value node and is true where that is as it must be. A *check* looks at all value nodes of a
focus node and returns what is wrong: the offending values, or `""` where it is the values as a whole.
https://www.w3.org/TR/shacl/#core-components
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from functools import lru_cache

from kg.shapes.datatypes import REMEMBERED, Test
from kg.shapes.graph import sh
from kg.shapes.order import Rank, is_less, is_less_or_equal, natural, rank
from kg.shapes.results import Result
from kg.shapes.unit import Narrower, Unit
from kg.terms import Iri, Term, iri_text, literal_value

Faults = Sequence[Term | Result]
Check = Callable[[Unit, Term, Sequence[Term]], Faults]
Less = Callable[[Rank | None, Rank | None], bool]

WHOLE: Faults = (Iri(""),)
"""What is wrong is not one value but the values as a whole."""
RIGHT: Faults = ()
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
        return literal_value(term).lexical if "\\" in term else term[1 : term.rindex('"')]
    return iri_text(term) if term[0] == "<" else ""


def _language(term: str) -> str:
    """Return the language tag of a literal in lower case, `""` where there is none."""
    return term[term.rindex('"') + 2 :].lower() if term[0] == '"' and term[-1] not in '">' else ""


# Tests of one value


def of_kind(kind: Term) -> Test:
    """sh:nodeKind. Raises `KeyError` for what is no node kind."""
    firsts = NODE_KINDS[Iri(kind)]
    return lambda term: term[0] in firsts


def among(values: Collection[Term]) -> Test:
    """sh:in."""
    return frozenset(values).__contains__


def matching(pattern: str, flags: str) -> Test:
    """sh:pattern with sh:flags. Raises `re.error` or `KeyError` for what Python's expressions cannot say."""
    search = re.compile(_in_python(pattern, flags), sum(_FLAGS[flag] for flag in set(flags) - {"q"})).search
    # Not remembered: hashes, names and identifiers hardly ever come again.
    return lambda term: term[0] != "_" and search(shown(term))


def at_least_long(length: int) -> Test:
    """sh:minLength."""
    return lambda term: term[0] != "_" and len(shown(term)) >= length


def at_most_long(length: int) -> Test:
    """sh:maxLength."""
    return lambda term: term[0] != "_" and len(shown(term)) <= length


def in_language(ranges: Collection[str]) -> Test:
    """sh:languageIn: the basic ranges of RFC 4647."""
    wanted = tuple(each.lower() for each in ranges)

    def test(term: str) -> object:
        language = _language(term)
        return language and any(each in ("*", language) or language.startswith(each + "-") for each in wanted)

    return test


def above(limit: Term) -> Test:
    """sh:minExclusive."""
    return _compared(limit, lambda value, bound: is_less(bound, value))


def from_on(limit: Term) -> Test:
    """sh:minInclusive."""
    return _compared(limit, lambda value, bound: is_less_or_equal(bound, value))


def below(limit: Term) -> Test:
    """sh:maxExclusive."""
    return _compared(limit, is_less)


def up_to(limit: Term) -> Test:
    """sh:maxInclusive."""
    return _compared(limit, is_less_or_equal)


def _compared(limit: Term, holds: Less) -> Test:
    bound = rank(limit)

    def test(term: str) -> object:
        return holds(rank(term), bound)

    return lru_cache(REMEMBERED)(test)


def _in_python(pattern: str, flags: str) -> str:
    """Return an XPath expression as Python has it; there a `$` also matches before a last line end."""
    if "q" in flags:
        return re.escape(pattern)
    if "m" in flags:
        return pattern
    parts = re.split(r"(\\.|\[(?:\\.|[^\]\\])+\])", pattern, flags=re.DOTALL)
    return "".join(part if place % 2 else part.replace("$", r"\Z") for place, part in enumerate(parts))


# Checks of all values


def having(wanted: Term) -> Check:
    """sh:hasValue."""
    return lambda _unit, _focus, values: RIGHT if wanted in values else WHOLE


def one_a_language() -> Check:
    """sh:uniqueLang: one fault a language, as the specification wants it."""

    def check(_unit: Unit, _focus: Term, values: Sequence[Term]) -> Faults:
        if len(values) < 2:
            return RIGHT
        languages = Counter(map(_language, values))
        return [fault for language, count in languages.items() if language and count > 1 for fault in WHOLE]

    return check


class EachPasses:
    """The check that each value passes a test."""

    __slots__ = ("test",)

    def __init__(self, test: Test) -> None:
        self.test = test

    def __call__(self, _unit: Unit, _focus: Term, values: Sequence[Term]) -> Faults:
        return [value for value in values if not self.test(value)]


class OfClasses:
    """sh:class, with sub-classes: the check that each value is of one of some classes."""

    __slots__ = ("_known", "classes")

    def __init__(self, *classes: Term) -> None:
        self.classes = classes
        self._known: tuple[Narrower, frozenset[Term]] = ({}, frozenset())

    def __call__(self, unit: Unit, _focus: Term, values: Sequence[Term]) -> Faults:
        kinds, inside, outside = self.kinds(unit.narrower), unit.kinds, unit.types
        faults: list[Term | Result] = []
        for value in values:
            if kinds.isdisjoint(inside.get(value, ())) and kinds.isdisjoint(outside.get(value, ())):
                faults.append(value)
        return faults

    def kinds(self, narrower: Narrower) -> frozenset[Term]:
        """Return the classes with their sub-classes, which hardly ever differ from one unit to the next."""
        known, kinds = self._known
        if known is not narrower:
            kinds = frozenset().union(*(narrower[each] for each in self.classes))
            self._known = (narrower, kinds)
        return kinds


def equal_to(predicate: Iri) -> Check:
    """sh:equals."""

    def check(unit: Unit, focus: Term, values: Sequence[Term]) -> Faults:
        others = dict.fromkeys(unit.properties(focus).get(predicate, ()))
        mine = dict.fromkeys(values)
        return [*(value for value in mine if value not in others), *(each for each in others if each not in mine)]

    return check


def disjoint_from(predicate: Iri) -> Check:
    """sh:disjoint."""

    def check(unit: Unit, focus: Term, values: Sequence[Term]) -> Faults:
        others = unit.properties(focus).get(predicate, ())
        return [value for value in values if value in others]

    return check


def less_than(predicate: Iri, *, or_equal: bool) -> Check:
    """sh:lessThan and sh:lessThanOrEquals: one fault a pair."""
    holds: Less = is_less_or_equal if or_equal else is_less

    def in_order(value: Term, other: Term) -> bool:
        return holds(rank(value), rank(other))

    remembered = lru_cache(REMEMBERED)(in_order)

    def check(unit: Unit, focus: Term, values: Sequence[Term]) -> Faults:
        others = unit.properties(focus).get(predicate, ())
        faults: list[Term | Result] = []
        for other in others if len(others) < 2 else dict.fromkeys(others):
            limit = natural(other) + or_equal
            for value in values:
                # Days come again and again, offsets hardly ever do.
                if not (0 <= natural(value) < limit or remembered(value, other)):
                    faults.append(value)
        return faults

    return check
