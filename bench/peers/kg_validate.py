"""`kg`'s shapes alone, over the nodes of one article after another. Usage: GRAPH SHAPES RESULTS.

GRAPH is N-Quads of `kg export`; reading it stands for the mapping, which is not timed. SHAPES is not used: it is a
copy of those that `kg` brings.
"""

from __future__ import annotations

import json
import re
import sys
from itertools import groupby
from pathlib import Path

from lines import TYPE, nodes
from phases import Phases

from kg.files.resources import shapes_files
from kg.rdf.terms import Iri, Node, Term
from kg.shacl import compile_shapes, validate


def main(graph: str, _shapes: str, results: str) -> None:
    phases = Phases()
    with phases.phase("compile"):
        shapes = compile_shapes(shapes_files())
    with phases.phase("read"):
        types = types_of_entities(Path(graph))
    found = []
    for _, some in groupby(nodes(Path(graph)), key=lambda node: node.graph):
        with phases.phase("read"):
            unit = [Node(Iri(node.subject), _terms(node.properties)) for node in some]
        with phases.phase("validate"):
            found += validate(unit, shapes, types)
    told = sorted((bare(each.focus), predicate(each.path), bare(each.component)) for each in found)
    Path(results).write_text(json.dumps(told))
    phases.report(conforms=not told)


def types_of_entities(graph: Path) -> dict[Iri, tuple[Iri, ...]]:
    """Return the classes of what articles may name."""
    return {
        Iri(node.subject): tuple(map(Iri, node.properties.get(TYPE, ())))
        for node in nodes(graph)
        if node.graph.endswith("/graph/entities>")
    }


def _terms(properties: dict[str, list[str]]) -> dict[Iri, list[Term]]:
    return {Iri(predicate): [Iri(value) for value in values] for predicate, values in properties.items()}


def bare(term: str) -> str:
    return term[1:-1] if term.startswith("<") else term


def predicate(path: str) -> str:
    return path[1:-1] if re.fullmatch(r"<[^<>]*>", path) else ""


main(*sys.argv[1:])
