"""Validates the nodes of a unit against compiled shapes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from kg.shapes.compiled import Shapes
from kg.shapes.plans import kept, results_at
from kg.shapes.pyshacl_engine import validate_handed_over
from kg.shapes.results import Result
from kg.shapes.unit import Unit
from kg.terms import Iri, Node


def validate(
    nodes: Iterable[Node], shapes: Shapes, types: Mapping[Iri, Collection[Iri]] | None = None
) -> list[Result]:
    """Return the results of the nodes of one unit, in the order of the nodes and then of the shapes.

    `types` are those of nodes outside the unit that it names: they count for sh:class and never as targets.
    Shapes that are handed over go to pySHACL, and their results come last.
    """
    nodes = list(nodes)
    unit = Unit(nodes, types or {})
    found: list[Result] = []
    for node, properties, layout in shapes.targets.foci(unit):
        if not kept(layout, unit, node, properties):
            found.extend(results_at(layout.plan, unit, node))
    if shapes.handed_over:
        found.extend(validate_handed_over(nodes, shapes, types or {}))
    return found


def count_focus_nodes(nodes: Iterable[Node], shapes: Shapes) -> int:
    """Return how many nodes some shape targets: of a graph with none, validation says nothing."""
    return len(shapes.targets.foci(Unit(nodes, {})))
