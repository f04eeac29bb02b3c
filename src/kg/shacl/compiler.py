"""From a shapes graph to rows: each shape that targets nodes, with the shapes that it refers to.

https://www.w3.org/TR/shacl/#constraints
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Set
from functools import partial
from itertools import islice
from typing import TypeVar

from kg.rdf.terms import Iri, Term
from kg.rdf.vocab import RDF
from kg.shacl import conforming, logic
from kg.shacl.checks import Check
from kg.shacl.circles import reference_depths
from kg.shacl.conforming import Conforms
from kg.shacl.graph import SH, SHAPE_KINDS, ShapesGraph, sh
from kg.shacl.parameters import (
    ASK_FOR_VALUES,
    CHECKS,
    KNOWN,
    NEGATING,
    ON_PATHS_ONLY,
    REFERRING,
    TESTS,
    Make,
    number,
)
from kg.shacl.paths import Path, read_path
from kg.shacl.results import message_of, severity_of
from kg.shacl.rows import UNBOUNDED, Row, Rows, Rule, demand

T = TypeVar("T")

FOCUS = Path("")
"""The path of a node shape: its value node is its focus node."""
_TESTS = {sh(name): (name, *row) for name, row in TESTS.items()}
_CHECKS = {sh(name): (name, *row) for name, row in CHECKS.items()}
_MORE_THAN_A_LEAF = {sh("path"), sh("deactivated"), *REFERRING}


class NotCompiledError(Exception):
    """A shape has a constraint that only the reference engine knows."""


class Compiler:
    """Turns shapes into rows; `rows` grows with every shape that is asked for."""

    def __init__(self, graph: ShapesGraph) -> None:
        self.graph = graph
        self.rows: dict[Term, Rows] = {}
        self.made: dict[Term, Row] = {}
        self._conforms: dict[Term, Conforms] = {}
        self._waiting: list[Term] = []
        self._messages: dict[Term, str] = {}
        self.depths = reference_depths(graph)
        self._circular = graph.triples.keys() - self.depths.keys()
        self._positive = not any(self._has(shape, NEGATING) for shape in self._circular)
        self._custom = custom_parameters(graph)

    def compile(self, shape: Term) -> None:
        """Add the rows of a shape and of all that it refers to.

        Raises `NotCompiledError`, and then adds none; `FileError` for a shape that is ill-formed.
        """
        new: dict[Term, Rows] = {}
        made, conforms = len(self.made), len(self._conforms)
        self._waiting = [shape]
        try:
            while self._waiting:
                each = self._waiting.pop()
                if each not in self.rows and each not in new:
                    new[each] = tuple(self._rows(each))
        except NotCompiledError:
            # What was made meanwhile may ask for rows that are not added.
            self.made = dict(islice(self.made.items(), made))
            self._conforms = dict(islice(self._conforms.items(), conforms))
            raise
        self.rows.update(new)

    def reference(self, shape: Term) -> Conforms:
        """Return what tells whether a node conforms to a shape, whose rows will be there when it is asked."""
        if shape not in self._conforms:
            self._conforms[shape] = self._refer(shape)
        return self._conforms[shape]

    def _refer(self, shape: Term) -> Conforms:
        if not self._has(shape, _MORE_THAN_A_LEAF):
            return conforming.conforming_to_leaf(self._row(shape).demand)
        if shape in self._circular:
            self._waiting.append(shape)
            once = conforming.ConformsOnceForAll if self._positive else conforming.ConformsOnce
            return once(self.rows, shape)
        return conforming.conforming(tuple(self._rows(shape)))

    def inner(self, shape: Term) -> Check:
        """Return the check that gives the results of a shape, whose rows will be there when it is asked."""
        self._waiting.append(shape)
        return logic.Nested(self.rows, shape, remembers=self._positive and shape in self._circular)

    def _rows(self, shape: Term) -> Iterator[Row]:
        """Yield the row of a shape, and where it is a node shape those of its property shapes."""
        if self.graph.is_true(shape, sh("deactivated")):
            return
        row = self._row(shape)
        if row.path.text or row.tests or row.checks:
            yield row
        if not self.graph.objects(shape, sh("path")):
            for inner in self.graph.objects(shape, sh("property")):
                if not self.graph.is_true(inner, sh("deactivated")):
                    yield self._row(inner, must_have_path=True)

    def _row(self, shape: Term, *, must_have_path: bool = False) -> Row:
        if shape not in self.made:
            self.made[shape] = self._make_row(shape, must_have_path=must_have_path)
        return self.made[shape]

    def _make_row(self, shape: Term, *, must_have_path: bool) -> Row:
        self._refuse_unknown(shape)
        start = self.graph.one(shape, sh("path"))
        if start is None and (must_have_path or self._has(shape, ON_PATHS_ONLY)):
            raise self.graph.fault(shape, "a shape that counts or compares values must have an sh:path")
        path = self._from(shape, "path", start, lambda value: read_path(self.graph, value)) if start else FOCUS
        minimum, few = self._bound(shape, "minCount", 0)
        maximum, many = self._bound(shape, "maxCount", UNBOUNDED)
        made_tests = list(self._made(shape, _TESTS))
        made_checks = [*self._made(shape, _CHECKS), *self._closed(shape), *(self._nested(shape) if start else ())]
        tests, checks = tuple(test for test, _ in made_tests), tuple(check for check, _ in made_checks)
        return Row(
            shape,
            path,
            severity_of(self.graph.one(shape, sh("severity"))),
            minimum,
            maximum,
            tests,
            checks,
            (few, many, *(rule for _, rule in made_tests), *(rule for _, rule in made_checks)),
            demand((minimum, maximum), tests, checks, asks_for_values=self._has(shape, ASK_FOR_VALUES)),
        )

    def _made(self, shape: Term, parameters: Mapping[Iri, tuple[str, str, Make[T]]]) -> Iterator[tuple[T, Rule]]:
        """Yield what each parameter of a shape is made into, with its rule."""
        properties = self.graph.triples.get(shape, {})
        for parameter in [each for each in parameters if each in properties]:
            name, says, make = parameters[parameter]
            for value in properties[parameter]:
                made = self._from(shape, name, value, partial(make, self, shape))
                yield made, self._rule(shape, name, says.format(value))

    def _bound(self, shape: Term, name: str, otherwise: int) -> tuple[int, Rule]:
        value = self.graph.one(shape, sh(name))
        says = "At least {} must be given." if name == "minCount" else "At most {} may be given."
        bound = otherwise if value is None else self._from(shape, name, value, number)
        return bound, self._rule(shape, name, says.format(bound))

    def _closed(self, shape: Term) -> Iterator[tuple[Check, Rule]]:
        if not self.graph.is_true(shape, sh("closed")):
            return
        ignored = self.graph.one(shape, sh("ignoredProperties"))
        allowed = self._from(shape, "ignoredProperties", ignored, self.graph.items) if ignored else []
        for inner in self.graph.objects(shape, sh("property")):
            allowed = [*allowed, *self.graph.objects(inner, sh("path"))]
        rule = self._rule(shape, "closed", "This property does not belong here.")
        severity = severity_of(self.graph.one(shape, sh("severity")))
        yield logic.Closed(shape, severity, rule, allowed), rule

    def _nested(self, shape: Term) -> Iterator[tuple[Check, Rule]]:
        for inner in self.graph.objects(shape, sh("property")):
            yield self.inner(inner), self._rule(shape, "property", "")

    def _from(self, shape: Term, name: str, value: Term, make: Callable[[Term], T]) -> T:
        """Return what the value of a parameter is made into.

        Raises `FileError`, with the shape and its file, for what is wrong with the value.
        """
        try:
            return make(value)
        except (ValueError, KeyError, re.error) as error:
            raise self.graph.fault(shape, f"sh:{name} cannot be {value}: {error}") from error

    def _rule(self, shape: Term, name: str, says: str) -> Rule:
        component = sh(f"{name[0].upper()}{name[1:]}ConstraintComponent")
        if shape not in self._messages:
            self._messages[shape] = message_of(self.graph.objects(shape, sh("message")))
        return Rule(component, self._messages[shape] or says)

    def _has(self, shape: Term, parameters: Set[Iri]) -> bool:
        """Tell whether a shape has one of some parameters."""
        return not self.graph.triples.get(shape, {}).keys().isdisjoint(parameters)

    def _refuse_unknown(self, shape: Term) -> None:
        for predicate in self.graph.triples.get(shape, ()):
            if predicate in self._custom or (predicate.startswith(f"<{SH}") and predicate not in KNOWN):
                raise NotCompiledError(f"{predicate} of {shape}")


def targeting_shapes(graph: ShapesGraph) -> list[Term]:
    """Return the shapes that say which nodes they are for, in the order of the shapes graph."""
    found = []
    for subject, properties in graph.triples.items():
        if not properties.keys().isdisjoint(TARGETS) or (_is_shape(properties) and graph.is_class(subject)):
            found.append(subject)
    return found


TARGETS = {sh(f"target{what}") for what in ("", "Class", "Node", "SubjectsOf", "ObjectsOf")}
_PARAMETERS = {sh(name) for name in (*TESTS, *CHECKS, "property", "path", "closed", "sparql")}


def _is_shape(properties: Mapping[Iri, list[Term]]) -> bool:
    return not SHAPE_KINDS.isdisjoint(properties.get(RDF.type, ())) or not _PARAMETERS.isdisjoint(properties)


def custom_parameters(graph: ShapesGraph) -> set[Term]:
    """Return the parameters of constraint components that the shapes graph declares itself."""
    return {
        path
        for properties in graph.triples.values()
        if sh("ConstraintComponent") in properties.get(RDF.type, ())
        for parameter in properties.get(sh("parameter"), ())
        for path in graph.objects(parameter, sh("path"))
    }
