"""The shapes for readers: what must hold, of what, by the file that says so."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from kg.files.resources import shapes_files
from kg.publish.site.vocabulary import prefixed
from kg.publish.site.words import lexical
from kg.rdf.terms import Term
from kg.shacl.graph import ShapesGraph, read_shapes_graph, sh
from kg.shacl.paths import read_path


class Rule(NamedTuple):
    """A shape: its local name, the property or classes that it is about, its message, whether it only advises."""

    name: str
    path: str
    message: str
    advises: bool


@cache
def rules() -> tuple[tuple[str, tuple[Rule, ...]], ...]:
    """Return the rules of each file of shapes, by the name of the file."""
    graph = read_shapes_graph(shapes_files())
    found: dict[str, list[Rule]] = {}
    for shape in graph.triples:
        if message := lexical(graph.objects(shape, sh("message"))):
            advises = sh("Warning") in graph.objects(shape, sh("severity"))
            rule = Rule(shape.strip("<>").rpartition("#")[2], _about(graph, shape), message, advises)
            found.setdefault(graph.files[shape].stem, []).append(rule)
    return tuple((file, tuple(each)) for file, each in found.items())


def _about(graph: ShapesGraph, shape: Term) -> str:
    """Return the path of a property shape, the classes that a node shape is for."""
    if path := graph.one(shape, sh("path")):
        return re.sub(r"<[^>]*>", lambda match: prefixed(match[0]), read_path(graph, path).text)
    return ", ".join(prefixed(each) for each in graph.objects(shape, sh("targetClass")))
