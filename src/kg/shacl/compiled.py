"""Compiled shapes: what a shapes graph has become, ready for any number of units."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct

from kg.rdf.terms import Term
from kg.shacl.compiler import Compiler, NotCompiledError, targeting_shapes
from kg.shacl.graph import ShapesGraph, read_shapes_graph
from kg.shacl.targets import Targets

DEEPEST = 80
"""Through how many others a shape may lead, each referring to the next: as many calls stand in each other."""


class Shapes(Struct, frozen=True):
    """A shapes graph, compiled.

    `targeting` are its shapes that say which nodes they are for; `handed_over` are those of them that only the
    reference engine can check, each with the reason. A process compiles its own: closures cannot be sent.
    """

    graph: ShapesGraph
    targeting: list[Term]
    handed_over: dict[Term, str]
    targets: Targets


def compile_shapes(paths: Iterable[Path]) -> Shapes:
    """Read several files as one shapes graph and compile it.

    Raises `FileError`, with file and line, for what does not parse, and with the shape for one that is ill-formed.
    """
    graph = read_shapes_graph(paths)
    targeting = targeting_shapes(graph)
    handed_over: dict[Term, str] = {}
    compiler = Compiler(graph)
    for shape in targeting:
        if compiler.depths.get(shape, 0) > DEEPEST:
            others = f"more than {DEEPEST} others, each referring to the next"
            raise graph.fault(shape, f"it must not lead through {others}: join some of them into one shape")
        try:
            compiler.compile(shape)
        except NotCompiledError as reason:
            handed_over[shape] = str(reason)
    if handed_over:
        from kg.shacl.sparql import refuse_ill_formed_queries  # here, not above: kg's own shapes have none

        refuse_ill_formed_queries(graph)
    targets = Targets(graph, {shape: compiler.rows.get(shape, ()) for shape in targeting})
    return Shapes(graph, targeting, handed_over, targets)
