"""Validates the nodes of a unit against compiled shapes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from kg.errors import FileError
from kg.rdf.terms import Iri, Node, Term
from kg.shacl.compiled import Shapes
from kg.shacl.plans import kept, results_at
from kg.shacl.pyshacl_engine import validate_handed_over
from kg.shacl.results import Result
from kg.shacl.rows import keep
from kg.shacl.unit import Unit


def validate(
    nodes: Iterable[Node], shapes: Shapes, types: Mapping[Iri, Collection[Iri]] | None = None
) -> list[Result]:
    """Return the results of the nodes of one unit, in the order of the nodes and then of the shapes.

    `types` are those of nodes outside the unit that it names: they count for sh:class and never as targets.
    Shapes that are handed over go to pySHACL, and their results come last.
    Raises `FileError` for a shape that leads too deep.
    """
    nodes = list(nodes)
    unit = Unit(nodes, types or {})
    found: list[Result] = []
    for node, properties, layout in shapes.targets.foci(unit):
        try:
            if not kept(layout, unit, node, properties):
                found.extend(results_at(layout.plan, unit, node))
        except RecursionError as error:
            raise _too_deep(shapes, unit, node, layout.plan.shapes) from error
    if shapes.handed_over:
        found.extend(validate_handed_over(nodes, shapes, types or {}))
    return found


def _too_deep(shapes: Shapes, unit: Unit, node: Term, asked: Iterable[Term]) -> FileError:
    """Return the error for a node where one of the shapes that are asked leads deeper than Python can follow."""
    for shape in asked:
        unit.active.clear()
        unit.depth = 0
        try:
            for row in shapes.targets.rows[shape]:
                keep(row.demand, unit, node, row.path.follow(unit, node))
        except RecursionError:
            break
    message = (
        f"it leads too deep from {node}, from shape to shape or from node to node: join shapes into one, "
        "or ask by a path, as with sh:zeroOrMorePath, what must hold of all nodes"
    )
    return shapes.graph.fault(shape, message)


def count_focus_nodes(nodes: Iterable[Node], shapes: Shapes) -> int:
    """Return how many nodes some shape targets: of a graph with none, validation says nothing."""
    return len(shapes.targets.foci(Unit(nodes, {})))
