"""The constraints of SHACL Core that look at all value nodes of a focus node together, and at no other shape.

https://www.w3.org/TR/shacl/#core-components
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Sequence

from kg.rdf.terms import Iri, Term
from kg.shacl.datatypes import Test
from kg.shacl.order import in_order
from kg.shacl.results import Result
from kg.shacl.unit import NO_VALUES, Narrower, Properties, Unit
from kg.shacl.value_tests import language_of

Faults = Sequence[Term | Result]

WHOLE: Faults = (Iri(""),)
"""What is wrong is not one value but the values as a whole."""
RIGHT: Faults = ()


class Check(ABC):
    """Looks at the value nodes of a focus node, each given once."""

    __slots__ = ()

    @abstractmethod
    def faults(self, unit: Unit, focus: Term, values: list[Term]) -> Faults:
        """Return what is wrong: the offending values, or `""` where it is the values as a whole."""

    def keep(self, unit: Unit, focus: Term, values: list[Term]) -> bool:
        """Tell whether nothing is wrong, as quickly as that can be told."""
        return not self.faults(unit, focus, values)

    def granted(self, _properties: Properties) -> bool:
        """Tell whether the predicates of a node alone grant that nothing is wrong with it as its own value node."""
        return False


class Anything(Check):
    """The check of a parameter that asks for nothing, as sh:uniqueLang false."""

    __slots__ = ()

    def faults(self, _unit: Unit, _focus: Term, _values: list[Term]) -> Faults:
        return RIGHT


class Having(Check):
    """sh:hasValue."""

    __slots__ = ("_wanted",)

    def __init__(self, wanted: Term) -> None:
        self._wanted = wanted

    def faults(self, _unit: Unit, _focus: Term, values: list[Term]) -> Faults:
        return RIGHT if self._wanted in values else WHOLE


class OneALanguage(Check):
    """sh:uniqueLang: one fault a language, as the specification wants it."""

    __slots__ = ()

    def faults(self, _unit: Unit, _focus: Term, values: list[Term]) -> Faults:
        languages = Counter(map(language_of, values))
        return [fault for language, count in languages.items() if language and count > 1 for fault in WHOLE]

    def keep(self, _unit: Unit, _focus: Term, values: list[Term]) -> bool:
        seen: set[str] = set()
        for value in values if len(values) > 1 else NO_VALUES:
            language = language_of(value)
            if language and language in seen:
                return False
            seen.add(language)
        return True


class EachPasses(Check):
    """The check that each value passes a test."""

    __slots__ = ("test",)

    def __init__(self, test: Test) -> None:
        self.test = test

    def faults(self, _unit: Unit, _focus: Term, values: list[Term]) -> Faults:
        return [value for value in values if not self.test.passes(value)]


class OfClasses(Check):
    """sh:class, with sub-classes: the check that each value is of one of some classes."""

    __slots__ = ("_kinds", "_narrower", "classes")

    def __init__(self, *classes: Term) -> None:
        self.classes = classes
        self._narrower: Narrower = {}
        self._kinds: frozenset[Term] = frozenset()

    def faults(self, unit: Unit, _focus: Term, values: list[Term]) -> Faults:
        kinds = self.kinds(unit.narrower)
        return [value for value in values if not unit.is_of(value, kinds)]

    def kinds(self, narrower: Narrower) -> frozenset[Term]:
        """Return the classes with their sub-classes, which hardly ever differ from one unit to the next."""
        if self._narrower is not narrower:
            self._kinds = frozenset().union(*(narrower[each] for each in self.classes))
            self._narrower = narrower
        return self._kinds


class EqualTo(Check):
    """sh:equals."""

    __slots__ = ("_predicate",)

    def __init__(self, predicate: Iri) -> None:
        self._predicate = predicate

    def faults(self, unit: Unit, focus: Term, values: list[Term]) -> Faults:
        others = unit.properties(focus).get(self._predicate, NO_VALUES)
        if values == others:
            return RIGHT
        theirs, mine = dict.fromkeys(others), dict.fromkeys(values)
        return [*(value for value in mine if value not in theirs), *(each for each in theirs if each not in mine)]


class DisjointFrom(Check):
    """sh:disjoint."""

    __slots__ = ("_predicate",)

    def __init__(self, predicate: Iri) -> None:
        self._predicate = predicate

    def faults(self, unit: Unit, focus: Term, values: list[Term]) -> Faults:
        others = unit.properties(focus).get(self._predicate, NO_VALUES)
        return [value for value in values if value in others]


class LessThan(Check):
    """sh:lessThan and sh:lessThanOrEquals: one fault a pair."""

    __slots__ = ("_or_equal", "_predicate")

    def __init__(self, predicate: Iri, *, or_equal: bool) -> None:
        self._predicate, self._or_equal = predicate, or_equal

    def faults(self, unit: Unit, focus: Term, values: list[Term]) -> Faults:
        others = unit.properties(focus).get(self._predicate, NO_VALUES)
        faults: list[Term | Result] = []
        for other in others if len(others) < 2 else list(dict.fromkeys(others)):
            for value in values:
                if not in_order(value, other, self._or_equal):
                    faults.append(value)
        return faults
