"""Compiles a shapes graph: each shape with targets becomes rows of tests and constraints.

Recursive shapes and shapes with constraints beyond SHACL Core are left to pySHACL, each with the reason. The table
of constraint components has a row for each parameter, `(message, make)`: `{}` in the message is the parameter's
value, and results come in the order of the table.
https://www.w3.org/TR/shacl/#shapes · https://www.w3.org/TR/shacl/#constraints-section
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from functools import lru_cache, partial
from pathlib import Path as FilePath
from typing import TypeVar

from msgspec import Struct

from kg.rdf.terms import Iri, Term, iri_text, literal_value
from kg.rdf.vocab import RDF
from kg.shacl import constraints, shape_constraints
from kg.shacl.constraints import UNBOUNDED, Closed, ComponentMessage, Constraint, Requirements, Rows, ShapeRow
from kg.shacl.data_graph import Path, read_path
from kg.shacl.datatypes import ValueTest, datatype_test
from kg.shacl.engine import Targets
from kg.shacl.shape_constraints import Conformance, PropertyOfValues, conformance_to
from kg.shacl.shapes_graph import SH, SHAPE_KINDS, ShapesGraph, message_of, read_shapes_graph, severity_of, sh

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
    "nodeKind": ("Must be of the node kind {}.", lambda _c, _s, v: constraints.HasNodeKind(v)),
    "in": ("Must be one of the listed values.", lambda c, _s, v: constraints.IsOneOf(c.graph.items(v))),
    "pattern": (
        "Must match the pattern {}.",
        lambda c, s, v: constraints.MatchesPattern(literal_value(v).lexical, _flags(c, s)),
    ),
    "minLength": (
        "Must be at least {} characters long.",
        lambda _c, _s, v: constraints.HasMinLength(number(v)),
    ),
    "maxLength": (
        "Must be at most {} characters long.",
        lambda _c, _s, v: constraints.HasMaxLength(number(v)),
    ),
    "languageIn": (
        "Must be in one of the listed languages.",
        lambda c, _s, v: constraints.HasLanguage([literal_value(each).lexical for each in c.graph.items(v)]),
    ),
    "minExclusive": ("Must be more than {}.", lambda _c, _s, v: constraints.IsAtLeast(v, inclusive=False)),
    "minInclusive": ("Must be {} or more.", lambda _c, _s, v: constraints.IsAtLeast(v, inclusive=True)),
    "maxExclusive": ("Must be less than {}.", lambda _c, _s, v: constraints.IsAtMost(v, inclusive=False)),
    "maxInclusive": ("Must be {} or less.", lambda _c, _s, v: constraints.IsAtMost(v, inclusive=True)),
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
"""The properties of shapes that kg's engine supports; a shape with another SHACL property goes to pySHACL."""

MAX_DEPTH = 80
"""How many shapes a shape may lead through, each referring to the next: their calls are nested."""
RECURSIVE = "is recursive"
NEVER_SHOWN = ComponentMessage(sh("MinCountConstraintComponent"), "")
"""The message of a bound that a shape does not set."""
NO_PATH = Path("")
"""The path of a node shape: its value node is its focus node."""
TARGETS = {sh(f"target{kind}") for kind in ("", "Class", "Node", "SubjectsOf", "ObjectsOf")}
_USUAL = {RDF.type, *COMPILED}
_PARAMETERS = {sh(name) for name in (*VALUE_TESTS, *CONSTRAINTS, "property", "path", "closed", "sparql")}
_VALUE_TESTS = {sh(name): (name, *row) for name, row in VALUE_TESTS.items()}
_CONSTRAINTS = {sh(name): (name, *row) for name, row in CONSTRAINTS.items()}


class NotCompiledError(Exception):
    """Only pySHACL can check a shape, for a reason such as "is recursive"."""

    def __init__(self, shape: Term, reason: str) -> None:
        super().__init__(f"{shape} {reason}")
        self.shape = shape
        self.reason = reason

    def reason_for(self, shape: Term) -> str:
        """Return the reason why a shape, which may only refer to this one, is not compiled."""
        named = self.shape[0] == "<" and self.shape != shape
        return f"refers to {self.shape}, which {self.reason}" if named else self.reason


class Shapes(Struct, frozen=True):
    """A compiled shapes graph. Each process compiles its own, because closures cannot be sent to another.

    `targeting` are the shapes with targets, `for_pyshacl` those that only pySHACL can check, each with the reason.
    """

    graph: ShapesGraph
    targeting: list[Term]
    for_pyshacl: dict[Term, str]
    targets: Targets


def compile_shapes(paths: Iterable[FilePath]) -> Shapes:
    """Read several files as one shapes graph and compile it.

    Raises `FileError`, with file and line for a syntax error, and with the shape if one is ill-formed.
    """
    graph = read_shapes_graph(paths)
    compiler = Compiler(graph)
    rows: dict[Term, Rows] = {}
    for_pyshacl: dict[Term, str] = {}
    for shape in targeting_shapes(graph):
        try:
            rows[shape] = compiler.compile(shape)
        except NotCompiledError as error:
            rows[shape] = ()
            for_pyshacl[shape] = error.reason_for(shape)
    if for_pyshacl:
        from kg.shacl.user_shapes import refuse_ill_formed_queries  # imported here: kg's own shapes have none

        refuse_ill_formed_queries(graph)
    return Shapes(graph, list(rows), for_pyshacl, Targets(graph, rows))


class Compiler:
    """Compiles shapes with the shapes that they refer to, each once."""

    def __init__(self, graph: ShapesGraph) -> None:
        self.graph: ShapesGraph = graph
        self._rows: dict[Term, Rows] = {}
        self._own_rows: dict[Term, ShapeRow] = {}
        self._conformance: dict[Term, Conformance] = {}
        self._messages: dict[Term, str] = {}
        self._custom = custom_parameters(graph)
        # How many shapes each compiled shape leads through, itself included; and those being compiled, so far.
        self._depths: dict[Term, int] = {}
        self._open: dict[Term, int] = {}

    def compile(self, shape: Term) -> Rows:
        """Return the rows of a shape with targets.

        Raises `NotCompiledError` if only pySHACL can check it, `FileError` if it is ill-formed.
        """
        self._open.clear()
        return self.rows(shape)

    def rows(self, shape: Term) -> Rows:
        """Return the rows of a shape: its own and, if it is a node shape, those of its property shapes."""
        if shape not in self._rows:
            if shape in self._open:
                raise NotCompiledError(shape, RECURSIVE)
            if len(self._open) > MAX_DEPTH:
                raise self._too_deep(next(iter(self._open)))
            self._open[shape] = 1
            self._rows[shape] = tuple(self._make_rows(shape))
            self._depths[shape] = self._open.pop(shape)
        if self._open:
            referring = next(reversed(self._open))
            self._open[referring] = max(self._open[referring], self._depths[shape] + 1)
            if self._open[referring] > MAX_DEPTH:
                raise self._too_deep(referring)
        return self._rows[shape]

    def conformance(self, shape: Term) -> Conformance:
        """Return a test of whether a node conforms to a shape that another one refers to."""
        rows = self.rows(shape)
        if shape not in self._conformance:
            self._conformance[shape] = conformance_to(rows)
        return self._conformance[shape]

    def _too_deep(self, shape: Term) -> Exception:
        others = f"more than {MAX_DEPTH} others, each referring to the next"
        return self.graph.error(shape, f"it must not lead through {others}: join some of them into one shape")

    def _make_rows(self, shape: Term) -> Iterator[ShapeRow]:
        if self.graph.is_true(shape, sh("deactivated")):
            return
        row = self._own_row(shape)
        if row.path.text or row.tests or row.constraints:
            yield row
        if not self.graph.objects(shape, sh("path")):
            for inner in self.graph.objects(shape, sh("property")):
                if not self.graph.is_true(inner, sh("deactivated")):
                    yield self._own_row(inner, needs_path=True)

    def _own_row(self, shape: Term, *, needs_path: bool = False) -> ShapeRow:
        if shape not in self._own_rows:
            self._own_rows[shape] = self._make_row(shape, needs_path=needs_path)
        return self._own_rows[shape]

    def _make_row(self, shape: Term, *, needs_path: bool) -> ShapeRow:
        self._refuse_other_constraints(shape)
        start = self.graph.one(shape, sh("path"))
        if start is None and (needs_path or self._has(shape, NEED_PATH)):
            raise self.graph.error(shape, "a shape that counts or compares values must have an sh:path")
        path = self._made_from(shape, "path", start, partial(read_path, self.graph)) if start else NO_PATH
        minimum, too_few = self._bound(shape, "minCount", 0)
        maximum, too_many = self._bound(shape, "maxCount", UNBOUNDED)
        made_tests = list(self._made(shape, _VALUE_TESTS))
        made = [*self._made(shape, _CONSTRAINTS), *self._closed(shape), *(self._inner(shape) if start else ())]
        tests, constraints = tuple(each for each, _ in made_tests), tuple(each for each, _ in made)
        return ShapeRow(
            shape,
            path,
            severity_of(self.graph.one(shape, sh("severity"))),
            minimum,
            maximum,
            tests,
            constraints,
            (too_few, too_many, *(message for _, message in made_tests), *(message for _, message in made)),
            Requirements((minimum, maximum), tests, constraints, needs_values=self._has(shape, NEED_VALUES)),
        )

    def _made(
        self, shape: Term, components: Mapping[Iri, tuple[str, str, Make[T]]]
    ) -> Iterator[tuple[T, ComponentMessage]]:
        """Yield the test or constraint of each parameter of a shape, with its message."""
        properties = self.graph.triples.get(shape, {})
        given = properties.keys() & components.keys()
        for parameter in given if len(given) < 2 else [each for each in components if each in given]:
            name, message, make = components[parameter]
            for value in properties[parameter]:
                made = self._made_from(shape, name, value, partial(make, self, shape))
                if made is not None:
                    yield made, self._message(shape, name, message, value)

    def _bound(self, shape: Term, name: str, default: int) -> tuple[int, ComponentMessage]:
        value = self.graph.one(shape, sh(name))
        if value is None:
            return default, NEVER_SHOWN
        message = "At least {} must be given." if name == "minCount" else "At most {} may be given."
        bound = self._made_from(shape, name, value, number)
        return bound, self._message(shape, name, message, bound)

    def _closed(self, shape: Term) -> Iterator[tuple[Constraint, ComponentMessage]]:
        if not self.graph.is_true(shape, sh("closed")):
            return
        ignored = self.graph.one(shape, sh("ignoredProperties"))
        allowed = self._made_from(shape, "ignoredProperties", ignored, self.graph.items) if ignored else []
        for inner in self.graph.objects(shape, sh("property")):
            allowed = [*allowed, *self.graph.objects(inner, sh("path"))]
        message = self._message(shape, "closed", "This property does not belong here.")
        severity = severity_of(self.graph.one(shape, sh("severity")))
        yield Closed(shape, severity, message, allowed), message

    def _inner(self, shape: Term) -> Iterator[tuple[Constraint, ComponentMessage]]:
        """Yield a constraint for each property shape of a property shape."""
        for inner in self.graph.objects(shape, sh("property")):
            yield PropertyOfValues(self.rows(inner)), self._message(shape, "property", "")

    def _made_from(self, shape: Term, name: str, value: Term, make: Callable[[Term], T]) -> T:
        """Return the test or constraint that `make` makes from the value of a parameter.

        Raises `FileError`, with the shape and its file, if the value is wrong.
        """
        try:
            return make(value)
        except (ValueError, KeyError, re.error) as error:
            raise self.graph.error(shape, f"sh:{name} cannot be {value}: {error}") from error

    def _message(self, shape: Term, name: str, default: str, value: object = "") -> ComponentMessage:
        """Return the message of a shape, else the default one, with the value of the parameter."""
        if shape not in self._messages:
            self._messages[shape] = message_of(self.graph.objects(shape, sh("message")))
        return ComponentMessage(component_of(name), self._messages[shape] or default.format(value))

    def _has(self, shape: Term, parameters: Set[Iri]) -> bool:
        """Tell whether a shape has one of some parameters."""
        return not self.graph.triples.get(shape, {}).keys().isdisjoint(parameters)

    def _refuse_other_constraints(self, shape: Term) -> None:
        properties = self.graph.triples.get(shape, {})
        if not self._custom and properties.keys() <= _USUAL:
            return
        for predicate in properties:
            if not is_compiled(predicate, self._custom):
                name = f"sh:{predicate[len(SH) + 1 : -1]}" if predicate.startswith(f"<{SH}") else predicate
                raise NotCompiledError(shape, f"has {name}")


@lru_cache(maxsize=64)
def component_of(parameter: str) -> Iri:
    """Return the constraint component of a parameter."""
    return sh(f"{parameter[0].upper()}{parameter[1:]}ConstraintComponent")


def is_compiled(predicate: Iri, custom: Set[Term]) -> bool:
    """Tell whether kg's engine supports a property of a shape, or may ignore it since it is not a constraint."""
    return predicate not in custom and (predicate in COMPILED or not predicate.startswith(f"<{SH}"))


def targeting_shapes(graph: ShapesGraph) -> list[Term]:
    """Return the shapes with targets, in the order of the shapes graph."""
    found = []
    for subject, properties in graph.triples.items():
        if not properties.keys().isdisjoint(TARGETS) or (_is_shape(properties) and graph.is_class(subject)):
            found.append(subject)
    return found


def _is_shape(properties: Mapping[Iri, list[Term]]) -> bool:
    return not SHAPE_KINDS.isdisjoint(properties.get(RDF.type, ())) or not _PARAMETERS.isdisjoint(properties)


def custom_parameters(graph: ShapesGraph) -> set[Term]:
    """Return the parameters of the constraint components that the shapes graph itself declares."""
    return {
        path
        for properties in graph.triples.values()
        if sh("ConstraintComponent") in properties.get(RDF.type, ())
        for parameter in properties.get(sh("parameter"), ())
        for path in graph.objects(parameter, sh("path"))
    }
