"""The shapes with their constraints, and for each constraint a graph that fails it and only it.

`tests/data/shapes/valid.ttl` conforms. A fixture is a name (`claim-speaker minCount`) over lines that
change that graph: `+` adds what follows, `-` drops every match of a subject, a property and a value (the last two
may be left out), `=` puts a value in the place of those that are there, `~` makes a thing nameless.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

import pyoxigraph

from kg.rdf.terms import Iri, Node, Term, literal_value
from kg.shacl import Shapes, compile_shapes
from kg.shacl.shapes_graph import sh
from support import ROOT

SHAPES = ROOT / "shapes"
FIXTURES = ROOT / "tests" / "data" / "shapes"
BASE = "https://example.org/"
KGSH = "https://w3id.org/kg-claims/shapes#"
TARGETS = ("targetClass", "targetSubjectsOf", "targetObjectsOf", "targetNode")
# What a shape can fail by.
PARAMETERS = (
    *("minCount", "maxCount", "qualifiedMinCount", "qualifiedMaxCount"),
    *("class", "datatype", "nodeKind", "in", "pattern", "minLength", "minInclusive", "uniqueLang"),
    *("equals", "disjoint", "lessThan", "lessThanOrEquals", "closed", "not", "or", "node"),
)
# What else the vocabulary of SHACL puts on our shapes.
BESIDE = {*TARGETS, "path", "property", "message", "severity", "ignoredProperties", "qualifiedValueShape"}

Triples = dict[tuple[str, str, str], None]


class Constraint(NamedTuple):
    """A constraint, by the local name of its shape and its parameter."""

    shape: str
    parameter: str

    @property
    def component(self) -> str:
        """The local name of the component that a result names."""
        return f"{self.parameter[0].upper()}{self.parameter[1:]}ConstraintComponent"


class Fixture(NamedTuple):
    """A constraint with the changes that make the valid graph fail it."""

    constraint: Constraint
    changes: tuple[str, ...]


@cache
def shapes() -> Shapes:
    """Return all shapes of `kg`, compiled once."""
    return compile_shapes(sorted(SHAPES.glob("*.ttl")))


def local(term: str) -> str:
    """Return the name of a shape, or of a parameter, without its namespace."""
    return term[1:-1].partition("#")[2]


def one_text(shape: Term, name: str) -> str:
    """Return the text of a shape's message, or the local name of its severity, of which there is one."""
    (value,) = shapes().graph.objects(shape, sh(name))
    return local(value) if value[0] == "<" else literal_value(value).lexical


def reporting() -> list[Term]:
    """Return each shape that results can name: those with targets and the property shapes under them."""
    graph = shapes().graph
    found: dict[Term, None] = {}
    waiting = [shape for shape in graph.triples if any(graph.objects(shape, sh(name)) for name in TARGETS)]
    while waiting:
        shape = waiting.pop(0)
        if shape not in found:
            found[shape] = None
            waiting = [*graph.objects(shape, sh("property")), *waiting]
    return list(found)


def constraints() -> list[Constraint]:
    """Return every constraint that a result can name."""
    graph = shapes().graph
    return [
        Constraint(local(shape), local(parameter))
        for shape in reporting()
        for parameter in graph.triples[shape]
        if local(parameter) in PARAMETERS
    ]


@cache
def fixtures() -> tuple[Fixture, ...]:
    """Read all fixtures."""
    blocks = "\n\n".join(file.read_text(encoding="utf-8").strip() for file in sorted(FIXTURES.glob("*.txt")))
    return tuple(_fixture(block.splitlines()) for block in blocks.split("\n\n"))


def _fixture(lines: list[str]) -> Fixture:
    shape, parameter = lines[0].split(" ")
    return Fixture(Constraint(shape, parameter), tuple(lines[1:]))


@cache
def prefixes() -> str:
    """Return the prefixes of the valid graph."""
    lines = (FIXTURES / "valid.ttl").read_text(encoding="utf-8").splitlines(keepends=True)
    return "".join(line for line in lines if line.startswith("@prefix"))


def parse(turtle: str) -> Triples:
    """Return the triples of a Turtle document, in its order."""
    triples = pyoxigraph.parse(turtle, format=pyoxigraph.RdfFormat.TURTLE)
    return {(str(each.subject), str(each.predicate), str(each.object)): None for each in triples}


@cache
def valid() -> Triples:
    """Return the graph that conforms."""
    return parse((FIXTURES / "valid.ttl").read_text(encoding="utf-8"))


def changed(changes: Iterable[str]) -> Triples:
    """Return the valid graph with some changes."""
    triples = dict(valid())
    for change in changes:
        sign, rest = change.split(" ", 1)
        if sign == "~":
            ((name, _, _),) = parse(f"{prefixes()} {rest} a {rest} .")
            triples = {tuple("_:nameless" if term == name else term for term in each): None for each in triples}
        elif sign == "+":
            triples |= parse(f"{prefixes()} {rest} .")
        else:
            triples = _without(triples, rest, by_value=sign == "-")
            triples |= parse(f"{prefixes()} {rest} .") if sign == "=" else {}
    return triples


def _without(triples: Triples, pattern: str, *, by_value: bool) -> Triples:
    blanks = " <any:>" * (2 - len(re.findall(r" \S+", pattern)[:2]))
    ((subject, predicate, value),) = parse(f"{prefixes()} {pattern}{blanks} .")
    left = {
        each: None
        for each in triples
        if each[0] != subject
        or (predicate not in ("<any:>", each[1]))
        or (by_value and value not in ("<any:>", each[2]))
    }
    assert len(left) < len(triples), f"nothing to drop: {pattern}"
    return left


def nodes(triples: Iterable[tuple[str, str, str]], base: str = BASE) -> list[Node]:
    """Return nodes, their IRIs moved to another base and their blank nodes marked by it."""
    found: dict[Iri, dict[Iri, list[Term]]] = {}
    for triple in triples:
        subject, predicate, value = (Iri(_moved(term, base)) for term in triple)
        found.setdefault(subject, {}).setdefault(predicate, []).append(value)
    return [Node(subject, properties) for subject, properties in found.items()]


def _moved(term: str, base: str) -> str:
    if term.startswith("_:"):
        return term + re.sub(r"\W", "", base)
    return base.join(term.split(BASE)) if term[0] == "<" else term
