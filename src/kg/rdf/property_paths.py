"""Property paths in SPARQL's syntax, as in validation results: parsed, and followed through nodes.

https://www.w3.org/TR/sparql11-query/#rPath
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from kg.rdf.terms import Iri, Term

Nodes = Mapping[str, Mapping[Iri, Sequence[Term]]]
"""The properties of each subject."""
Operator = Literal["", "^", "/", "|", "?", "*", "+"]

_TOKEN = re.compile(r"<[^<>]*>|[()^/|?*+]")
_REPEATS: dict[str, Operator] = {"?": "?", "*": "*", "+": "+"}


class PropertyPath(NamedTuple):
    """A path: its operator and operands or, if the operator is `""`, one predicate."""

    operator: Operator
    parts: tuple[PropertyPath, ...] = ()
    predicate: Iri = Iri("")


class PathEnd(NamedTuple):
    """The last triple of a path; the path ends at its object, or at its subject if `inverse`."""

    subject: str
    predicate: Iri
    object: str
    inverse: bool = False

    @property
    def end(self) -> str:
        return self.subject if self.inverse else self.object


def read_property_path(text: str) -> PropertyPath:
    """Parse a path. Raises `ValueError` if the text is not a path."""
    tokens = _TOKEN.findall(text)
    if "".join(tokens) != text or not tokens:
        raise ValueError(f"not a property path: {text!r}")
    tokens.reverse()
    path = _alternative(tokens)
    if tokens:
        raise ValueError(f"not a property path: {text!r}")
    return path


def predicates(path: PropertyPath) -> list[Iri]:
    """Return the predicates of a path in the order in which they are written."""
    return [path.predicate] if path.predicate else [each for part in path.parts for each in predicates(part)]


def edges(path: PropertyPath, starts: Iterable[str], nodes: Nodes) -> Iterator[PathEnd]:
    """Yield the triples that a path from any of the starts may end with."""
    starts = list(dict.fromkeys(starts))
    match path:
        case PropertyPath("", predicate=predicate):
            for start in starts:
                yield from (PathEnd(start, predicate, each) for each in nodes.get(start, {}).get(predicate, ()))
        case PropertyPath("^", (PropertyPath("", predicate=predicate),)):
            for subject, properties in nodes.items():
                objects = properties.get(predicate, ())
                yield from (PathEnd(subject, predicate, each, inverse=True) for each in starts if each in objects)
        case PropertyPath("/", (*steps, last)):
            for step in steps:
                starts = [edge.end for edge in edges(step, starts, nodes)]
            yield from edges(last, starts, nodes)
        case PropertyPath("|", choices):
            for choice in choices:
                yield from edges(choice, starts, nodes)
        case PropertyPath("?" | "*" | "+", (inner,)):
            yield from _repeated(inner, starts, nodes, once=path.operator == "?")


def _alternative(tokens: list[str]) -> PropertyPath:
    choices = [_sequence(tokens)]
    while tokens and tokens[-1] == "|":
        tokens.pop()
        choices.append(_sequence(tokens))
    return choices[0] if len(choices) == 1 else PropertyPath("|", tuple(choices))


def _sequence(tokens: list[str]) -> PropertyPath:
    steps = [_step(tokens)]
    while tokens and tokens[-1] == "/":
        tokens.pop()
        steps.append(_step(tokens))
    return steps[0] if len(steps) == 1 else PropertyPath("/", tuple(steps))


def _step(tokens: list[str]) -> PropertyPath:
    token = tokens.pop() if tokens else ""
    if token == "^":
        return PropertyPath("^", (_step(tokens),))
    if token == "(":
        path = _alternative(tokens)
        if not tokens or tokens.pop() != ")":
            raise ValueError("a bracket of a property path is not closed")
    elif token.startswith("<"):
        path = PropertyPath("", predicate=Iri(token))
    else:
        raise ValueError(f"a property path cannot go on with {token!r}")
    while tokens and tokens[-1] in _REPEATS:
        path = PropertyPath(_REPEATS[tokens.pop()], (path,))
    return path


def _repeated(inner: PropertyPath, starts: list[str], nodes: Nodes, *, once: bool) -> Iterator[PathEnd]:
    seen = set(starts)
    while starts:
        found = list(edges(inner, starts, nodes))
        yield from found
        starts = [] if once else [edge.end for edge in found if edge.end not in seen]
        seen.update(starts)
