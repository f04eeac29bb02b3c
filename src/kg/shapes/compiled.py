"""Compiled shapes: what a shapes graph has become, ready for any number of units."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from kg.shapes.compiler import Compiler, NotCompiledError, targeting_shapes
from kg.shapes.graph import read_shapes_graph
from kg.shapes.rows import UNBOUNDED, Row
from kg.shapes.targets import Targets
from kg.terms import Term


class Shapes:
    """A shapes graph, compiled.

    `targeting` are its shapes that say which nodes they are for; `handed_over` are those of them that only the
    reference engine can check, each with the reason.
    """

    def __init__(self, paths: Iterable[Path]) -> None:
        self.graph = read_shapes_graph(paths)
        self.targeting = targeting_shapes(self.graph)
        self.handed_over: dict[Term, str] = {}
        compiler = Compiler(self.graph)
        for shape in self.targeting:
            try:
                compiler.compile(shape)
            except NotCompiledError as reason:
                self.handed_over[shape] = str(reason)
        self.count_constraints = sum(map(_count, compiler.made.values()))
        self.targets = Targets(self.graph, {shape: compiler.rows.get(shape, ()) for shape in self.targeting})


def compile_shapes(paths: Iterable[Path]) -> Shapes:
    """Read several files as one shapes graph and compile it.

    Raises `FileError`, with file and line, for what does not parse, and with the shape for one that is ill-formed.
    """
    return Shapes(paths)


def _count(row: Row) -> int:
    return (row.minimum > 0) + (row.maximum < UNBOUNDED) + len(row.tests) + len(row.checks)
