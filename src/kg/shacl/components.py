"""The table of constraint components by their parameter: the default message, and how it is made.

A row is `parameter: (message, make)`; `{}` in the message is the parameter's value. Results come in this order.
https://www.w3.org/TR/shacl/#constraints-section
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

from kg.rdf.terms import Iri, Term, iri_text, literal_value
from kg.shacl import constraints, shape_constraints, value_constraints
from kg.shacl.constraints import UNBOUNDED, Constraint
from kg.shacl.datatypes import ValueTest, datatype_test
from kg.shacl.shape_constraints import Conformance
from kg.shacl.shapes_graph import ShapesGraph, sh

if TYPE_CHECKING:
    from kg.shacl.compiler import Compiler

T = TypeVar("T")
Make = Callable[["Compiler", Term, Term], T | None]
"""Makes a test or a constraint from a shape and the value of its parameter; None if the value has no effect."""


def number(value: Term) -> int:
    """Return a count. Raises `ValueError` if the term is not a number."""
    return int(literal_value(value).lexical)


def _flags(compiler: Compiler, shape: Term) -> str:
    flags = compiler.graph.one(shape, sh("flags"))
    return literal_value(flags).lexical if flags else ""


def _predicate(value: Term) -> Iri:
    iri_text(value)
    return Iri(value)


def _listed(make_constraint: Callable[[Sequence[Conformance]], Constraint]) -> Make[Constraint]:
    return lambda compiler, _shape, head: make_constraint(
        [compiler.conformance(each) for each in compiler.graph.items(head)]
    )


def _qualified(bounds: Callable[[int], tuple[int, int]]) -> Make[Constraint]:
    def make(compiler: Compiler, shape: Term, count: Term) -> Constraint | None:
        qualified = compiler.graph.one(shape, sh("qualifiedValueShape"))
        if qualified is None:
            return None
        siblings = [each for each in sibling_shapes(compiler.graph, shape) if each != qualified]
        return shape_constraints.Qualified(
            compiler.conformance(qualified),
            [compiler.conformance(sibling) for sibling in siblings],
            bounds(number(count)),
        )

    return make


def sibling_shapes(graph: ShapesGraph, shape: Term) -> Iterator[Term]:
    """Yield the sibling shapes of sh:qualifiedValueShapesDisjoint, and the value shape itself."""
    if not graph.is_true(shape, sh("qualifiedValueShapesDisjoint")):
        return
    for properties in graph.triples.values():
        property_shapes = properties.get(sh("property"), [])
        if shape in property_shapes:
            for each in property_shapes:
                yield from graph.objects(each, sh("qualifiedValueShape"))


def _unique_lang(compiler: Compiler, shape: Term, _value: Term) -> Constraint | None:
    return constraints.UniqueLang() if compiler.graph.is_true(shape, sh("uniqueLang")) else None


VALUE_TESTS: dict[str, tuple[str, Make[ValueTest]]] = {
    "datatype": ("Must be well-formed and of the datatype {}.", lambda _c, _s, v: datatype_test(iri_text(v))),
    "nodeKind": ("Must be of the node kind {}.", lambda _c, _s, v: value_constraints.HasNodeKind(v)),
    "in": ("Must be one of the listed values.", lambda c, _s, v: value_constraints.IsOneOf(c.graph.items(v))),
    "pattern": (
        "Must match the pattern {}.",
        lambda c, s, v: value_constraints.MatchesPattern(literal_value(v).lexical, _flags(c, s)),
    ),
    "minLength": (
        "Must be at least {} characters long.",
        lambda _c, _s, v: value_constraints.HasMinLength(number(v)),
    ),
    "maxLength": (
        "Must be at most {} characters long.",
        lambda _c, _s, v: value_constraints.HasMaxLength(number(v)),
    ),
    "languageIn": (
        "Must be in one of the listed languages.",
        lambda c, _s, v: value_constraints.HasLanguage([literal_value(each).lexical for each in c.graph.items(v)]),
    ),
    "minExclusive": ("Must be more than {}.", lambda _c, _s, v: value_constraints.IsAtLeast(v, inclusive=False)),
    "minInclusive": ("Must be {} or more.", lambda _c, _s, v: value_constraints.IsAtLeast(v, inclusive=True)),
    "maxExclusive": ("Must be less than {}.", lambda _c, _s, v: value_constraints.IsAtMost(v, inclusive=False)),
    "maxInclusive": ("Must be {} or less.", lambda _c, _s, v: value_constraints.IsAtMost(v, inclusive=True)),
}
CONSTRAINTS: dict[str, tuple[str, Make[Constraint]]] = {
    "class": ("Must be of the class {}.", lambda _c, _s, v: constraints.HasClass(v)),
    "hasValue": ("One value must be {}.", lambda _c, _s, v: constraints.HasValue(v)),
    "uniqueLang": ("There must be one value a language.", _unique_lang),
    "equals": ("Must have the same values as {}.", lambda _c, _s, v: constraints.Equals(_predicate(v))),
    "disjoint": ("Must not be a value of {} too.", lambda _c, _s, v: constraints.Disjoint(_predicate(v))),
    "lessThan": (
        "Must be less than {}.",
        lambda _c, _s, v: constraints.LessThan(_predicate(v), or_equal=False),
    ),
    "lessThanOrEquals": (
        "Must not be more than {}.",
        lambda _c, _s, v: constraints.LessThan(_predicate(v), or_equal=True),
    ),
    "node": (
        "Must conform to the shape {}.",
        lambda c, _s, v: shape_constraints.each_conforms_to_all([c.conformance(v)]),
    ),
    "not": (
        "Must not conform to the shape {}.",
        lambda c, _s, v: shape_constraints.none_conforms(c.conformance(v)),
    ),
    "and": ("Must conform to each of the shapes.", _listed(shape_constraints.each_conforms_to_all)),
    "or": ("Must conform to one of the shapes at least.", _listed(shape_constraints.each_conforms_to_some)),
    "xone": ("Must conform to exactly one of the shapes.", _listed(shape_constraints.EachConformsToOne)),
    "qualifiedMinCount": (
        "At least {} values must conform to the shape.",
        _qualified(lambda minimum: (minimum, UNBOUNDED)),
    ),
    "qualifiedMaxCount": (
        "At most {} values may conform to the shape.",
        _qualified(lambda maximum: (0, maximum)),
    ),
}
NEED_VALUES = {sh(name) for name in ("hasValue", "equals", "qualifiedMinCount")}
"""The parameters that the lack of a value can violate."""
REFER_TO_SHAPES = {sh(name) for name in ("node", "property", "not", "and", "or", "xone", "qualifiedValueShape")}
NEED_PATH = {sh(name) for name in ("minCount", "maxCount", "uniqueLang", "lessThan", "lessThanOrEquals")}
"""The parameters that a node shape may not have."""
_OTHER_PROPERTIES = (
    *("path", "property", "minCount", "maxCount", "closed", "ignoredProperties", "flags", "qualifiedValueShape"),
    *("qualifiedValueShapesDisjoint", "targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf"),
    *("message", "severity", "deactivated", "name", "description", "order", "group", "defaultValue"),
)
COMPILED = {sh(name) for name in (*VALUE_TESTS, *CONSTRAINTS, *_OTHER_PROPERTIES)}
"""The properties of shapes that kg's engine knows; a shape with another one of SHACL's goes to pySHACL."""
