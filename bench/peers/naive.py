"""What one would write without `kg`: PyYAML reads, rdflib holds the graph, pySHACL validates, rdflib writes Turtle.

Usage: naive.py FOLDER SHAPES OUTPUT. FOLDER has `*.yaml` files of nodes in which every value is worked out already:
`{id: …, types: […], values: {predicate: {kind: [value, …]}}}`.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pyshacl
import yaml
from phases import Phases
from rdflib import RDF, Graph, Literal, URIRef
from rdflib.term import Node


def main(folder: str, shapes: str, output: str) -> None:
    phases, graph = Phases(), Graph()
    for path in sorted(Path(folder).glob("*.yaml")):
        with phases.phase("read"), path.open("rb") as stream:
            nodes = yaml.load(stream, Loader=yaml.CBaseLoader)
        with phases.phase("build"):
            for node in nodes:
                add(graph, node)
    with phases.phase("validate"):
        conforms, _, _ = pyshacl.validate(graph, shacl_graph=Graph().parse(shapes))
    with phases.phase("write"):
        graph.serialize(output, format="turtle")
    phases.report(conforms=conforms)


def add(graph: Graph, node: dict[str, Any]) -> None:
    subject = URIRef(node["id"])
    for each in node["types"]:
        graph.add((subject, RDF.type, URIRef(each)))
    for predicate, by_kind in node["values"].items():
        for kind, values in by_kind.items():
            for value in values:
                graph.add((subject, URIRef(predicate), term(kind, value)))


def term(kind: str, value: str) -> Node:
    if kind == "iri":
        return URIRef(value)
    if kind == "plain":
        return Literal(value)
    return Literal(value, lang=kind[1:]) if kind[0] == "@" else Literal(value, datatype=URIRef(kind[2:]))


main(*sys.argv[1:])
