"""The table of constraint parameters: the message where a shape has none of its own, and how each is made.

A row is `name: (message, make)`; `{}` in the message stands for the parameter's value. Results come in this order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, TypeVar

from kg.rdf.terms import Iri, Term, iri_text, literal_value
from kg.shacl import checks, logic, value_tests
from kg.shacl.checks import Check
from kg.shacl.conforming import Conforms
from kg.shacl.datatypes import Test, of_datatype
from kg.shacl.graph import ShapesGraph, sh
from kg.shacl.rows import UNBOUNDED


class Source(Protocol):
    """Where a parameter finds what it is made from."""

    graph: ShapesGraph

    def reference(self, shape: Term) -> Conforms:
        """Return what tells whether a node conforms to a shape of the graph."""

    def inner(self, shape: Term) -> Check:
        """Return the check that gives the results of a shape of the graph."""


T = TypeVar("T")
Make = Callable[[Source, Term, Term], T]
"""What makes a test or a check from a shape and the value of its parameter."""


def number(value: Term) -> int:
    """Return a count. Raises `ValueError` for what is none."""
    return int(literal_value(value).lexical)


def _flags(source: Source, shape: Term) -> str:
    flags = source.graph.one(shape, sh("flags"))
    return literal_value(flags).lexical if flags else ""


def _predicate(value: Term) -> Iri:
    iri_text(value)
    return Iri(value)


def _listed(make_check: Callable[[Sequence[Conforms]], Check]) -> Make[Check]:
    return lambda source, _shape, value: make_check([source.reference(each) for each in source.graph.items(value)])


def _qualified(bounds: Callable[[int], tuple[int, int]]) -> Make[Check]:
    def make(source: Source, shape: Term, value: Term) -> Check:
        wanted = source.graph.one(shape, sh("qualifiedValueShape"))
        if wanted is None:
            return checks.Anything()  # a count of nothing asks for nothing
        siblings = [source.reference(other) for other in siblings_of(source.graph, shape) if other != wanted]
        return logic.Qualified(source.reference(wanted), siblings, bounds(number(value)))

    return make


def siblings_of(graph: ShapesGraph, shape: Term) -> Iterator[Term]:
    """Yield the qualified value shapes beside that of a property shape, where it must be disjoint from them."""
    if not graph.is_true(shape, sh("qualifiedValueShapesDisjoint")):
        return
    for properties in graph.triples.values():
        inner = properties.get(sh("property"), [])
        if shape in inner:
            for each in inner:
                yield from graph.objects(each, sh("qualifiedValueShape"))


def _unique(source: Source, shape: Term, _value: Term) -> Check:
    if source.graph.is_true(shape, sh("uniqueLang")):
        return checks.OneALanguage()
    return checks.Anything()


TESTS: dict[str, tuple[str, Make[Test]]] = {
    "datatype": ("Must be well-formed and of the datatype {}.", lambda _g, _s, v: of_datatype(iri_text(v))),
    "nodeKind": ("Must be of the node kind {}.", lambda _g, _s, v: value_tests.OfKind(v)),
    "in": ("Must be one of the listed values.", lambda g, _s, v: value_tests.Among(g.graph.items(v))),
    "pattern": (
        "Must match the pattern {}.",
        lambda g, s, v: value_tests.Matching(literal_value(v).lexical, _flags(g, s)),
    ),
    "minLength": ("Must be at least {} characters long.", lambda _g, _s, v: value_tests.AtLeastLong(number(v))),
    "maxLength": ("Must be at most {} characters long.", lambda _g, _s, v: value_tests.AtMostLong(number(v))),
    "languageIn": (
        "Must be in one of the listed languages.",
        lambda g, _s, v: value_tests.InLanguage([literal_value(each).lexical for each in g.graph.items(v)]),
    ),
    "minExclusive": ("Must be more than {}.", lambda _g, _s, v: value_tests.AtLeast(v, inclusive=False)),
    "minInclusive": ("Must be {} or more.", lambda _g, _s, v: value_tests.AtLeast(v, inclusive=True)),
    "maxExclusive": ("Must be less than {}.", lambda _g, _s, v: value_tests.AtMost(v, inclusive=False)),
    "maxInclusive": ("Must be {} or less.", lambda _g, _s, v: value_tests.AtMost(v, inclusive=True)),
}
CHECKS: dict[str, tuple[str, Make[Check]]] = {
    "class": ("Must be of the class {}.", lambda _g, _s, v: checks.OfClasses(v)),
    "hasValue": ("One value must be {}.", lambda _g, _s, v: checks.Having(v)),
    "uniqueLang": ("There must be one value a language.", _unique),
    "equals": ("Must have the same values as {}.", lambda _g, _s, v: checks.EqualTo(_predicate(v))),
    "disjoint": ("Must not be a value of {} too.", lambda _g, _s, v: checks.DisjointFrom(_predicate(v))),
    "lessThan": (
        "Must be less than {}.",
        lambda _g, _s, v: checks.LessThan(_predicate(v), or_equal=False),
    ),
    "lessThanOrEquals": (
        "Must not be more than {}.",
        lambda _g, _s, v: checks.LessThan(_predicate(v), or_equal=True),
    ),
    "node": ("Must conform to the shape {}.", lambda g, _s, v: logic.each_conforms(g.reference(v))),
    "not": ("Must not conform to the shape {}.", lambda g, _s, v: logic.none_conforms(g.reference(v))),
    "and": ("Must conform to each of the shapes.", _listed(logic.each_conforms_to_all)),
    "or": ("Must conform to one of the shapes at least.", _listed(logic.each_conforms_to_some)),
    "xone": ("Must conform to exactly one of the shapes.", _listed(logic.EachConformsToOne)),
    "qualifiedMinCount": (
        "At least {} values must conform to the shape.",
        _qualified(lambda least: (least, UNBOUNDED)),
    ),
    "qualifiedMaxCount": (
        "At most {} values may conform to the shape.",
        _qualified(lambda most: (0, most)),
    ),
}
ASK_FOR_VALUES = {sh(name) for name in ("hasValue", "equals", "qualifiedMinCount")}
"""The parameters that having no value can break."""
REFERRING = {sh(name) for name in ("node", "property", "not", "and", "or", "xone", "qualifiedValueShape")}
"""The parameters that refer to other shapes."""
NEGATING = {sh(name) for name in ("not", "xone", "qualifiedMaxCount", "qualifiedValueShapesDisjoint")}
"""The parameters for which a node may be wrong because another conforms to a shape."""
ON_PATHS_ONLY = {sh(name) for name in ("minCount", "maxCount", "uniqueLang", "lessThan", "lessThanOrEquals")}
"""The parameters that a node shape may not have."""
_BESIDE = (
    *("path", "property", "minCount", "maxCount", "closed", "ignoredProperties", "flags", "qualifiedValueShape"),
    *("qualifiedValueShapesDisjoint", "targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf"),
    *("message", "severity", "deactivated", "name", "description", "order", "group", "defaultValue"),
)
KNOWN = {sh(name) for name in (*TESTS, *CHECKS, *_BESIDE)}
"""What of SHACL's vocabulary may stand on a shape."""
