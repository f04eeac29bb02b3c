"""Which shapes may look beyond the nodes of one unit, which of a node outside knows the types and nothing else."""

from __future__ import annotations

from collections.abc import Container, Iterator
from pathlib import Path

from kg.rdf.terms import Term
from kg.shacl.compiler import custom_parameters, targeting_shapes
from kg.shacl.graph import SH, ShapesGraph, sh
from kg.shacl.parameters import KNOWN, REFERRING

_NAMED = {sh("targetNode"), sh("targetObjectsOf")}
_LISTING = {sh("and"), sh("or"), sh("xone")}
_OF_FOCUS = {sh("equals"), sh("disjoint"), sh("path")}
"""What asks for properties of the node that a shape is for."""


def shapes_looking_beyond(graph: ShapesGraph, trusted: Container[Path]) -> list[Term]:
    """Return the shapes with targets, but for those of trusted files, that may look at properties of other nodes.

    These are those that name their targets or find them as values, with any path but a predicate or a choice of
    such, that ask for properties of values, or that the reference engine checks, as queries. Some of them look no
    further for all that.
    """
    custom = custom_parameters(graph)
    return [
        shape
        for shape in targeting_shapes(graph)
        if graph.files[shape] not in trusted and _looks_beyond(graph, shape, custom, trusted)
    ]


def _looks_beyond(graph: ShapesGraph, start: Term, custom: Container[Term], trusted: Container[Path]) -> bool:
    if not _NAMED.isdisjoint(graph.triples[start]):
        return True
    seen: set[tuple[Term, bool]] = set()
    waiting = [(start, False)]
    while waiting:
        shape, at_value = visit = waiting.pop()
        # A trusted shape is made to be asked within a unit, though not of a node elsewhere.
        if visit in seen or (not at_value and graph.files.get(shape) in trusted):
            continue
        seen.add(visit)
        if graph.is_true(shape, sh("deactivated")):
            continue
        if _asks_elsewhere(graph, shape, custom, at_value=at_value):
            return True
        leads_on = at_value or bool(graph.objects(shape, sh("path")))
        waiting.extend((other, leads_on) for other in _references(graph, shape))
    return False


def _asks_elsewhere(graph: ShapesGraph, shape: Term, custom: Container[Term], *, at_value: bool) -> bool:
    """Tell whether a shape itself asks for more than its focus node has; `at_value` if this may stand outside."""
    properties = graph.triples.get(shape, {})
    if any(each in custom or (each.startswith(f"<{SH}") and each not in KNOWN) for each in properties):
        return True
    if at_value and (graph.is_true(shape, sh("closed")) or not _OF_FOCUS.isdisjoint(properties)):
        return True
    return not all(_is_one_step(graph, path) for path in graph.objects(shape, sh("path")))


def _is_one_step(graph: ShapesGraph, path: Term) -> bool:
    choices = [each for head in graph.objects(path, sh("alternativePath")) for each in _items(graph, head)]
    return path[0] == "<" or (bool(choices) and all(each[0] == "<" for each in choices))


def _references(graph: ShapesGraph, shape: Term) -> Iterator[Term]:
    for predicate in REFERRING & graph.triples.get(shape, {}).keys():
        for value in graph.objects(shape, predicate):
            yield from _items(graph, value) if predicate in _LISTING else (value,)


def _items(graph: ShapesGraph, head: Term) -> list[Term]:
    """Return the members of a list, none of what is no list: who compiles the shape says so."""
    try:
        return graph.items(head)
    except ValueError:
        return []
