"""Property paths: how each is written, and which value nodes it leads to from a focus node.

https://www.w3.org/TR/shacl/#property-paths
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from kg.shapes.graph import LISTS, ShapesGraph, sh
from kg.shapes.unit import NOTHING, Unit
from kg.terms import Iri, Term

Follow = Callable[[Unit, Term], Sequence[Term]]
"""From a focus node to its value nodes, each once."""


class Path(NamedTuple):
    """`text` is written as in SPARQL, where `rank` tells how tightly its operator binds (0: needs no brackets)."""

    text: str
    follow: Follow
    rank: int = 0
    predicate: Iri = Iri("")
    """The predicate, where the path is nothing but one."""
    starts: frozenset[Iri] | None = None
    """Predicates of which a focus node must have one for the path to lead anywhere, where that can be told."""


def read_path(graph: ShapesGraph, start: Term, outer: tuple[Term, ...] = ()) -> Path:
    """Return the path that starts at a node of a shapes graph. Raises `ValueError` for one that is ill-formed."""
    if start.startswith("<"):
        return predicate_path(Iri(start))
    if start in outer:
        raise ValueError("a path must not contain itself")

    def inner(node: Term) -> Path:
        return read_path(graph, node, (*outer, start))

    if graph.objects(start, LISTS.first):
        return _sequence([inner(step) for step in graph.items(start)])
    for name, make in _PATHS.items():
        node = graph.one(start, sh(name))
        if node is not None:
            return make(inner(node))
    node = graph.one(start, sh("alternativePath"))
    if node is None:
        raise ValueError("it must be a predicate or one of SHACL's property paths")
    return _alternative([inner(choice) for choice in graph.items(node)])


def predicate_path(predicate: Iri) -> Path:
    """Return the path of one predicate."""

    def follow(unit: Unit, focus: Term) -> Sequence[Term]:
        values = unit.index.get(focus, NOTHING).get(predicate, ())
        return values if len(values) < 2 else _once(values)

    return Path(predicate, follow, predicate=predicate, starts=frozenset([predicate]))


def _inverse(path: Path) -> Path:
    predicate = path.predicate

    def follow_predicate(unit: Unit, focus: Term) -> Sequence[Term]:
        return unit.subjects[predicate].get(focus, ())

    def follow(unit: Unit, focus: Term) -> Sequence[Term]:
        # Longer paths are hardly ever inverted as a whole: try them from every node.
        return [node for node in _once([*unit.terms(), focus]) if focus in path.follow(unit, node)]

    return Path("^" + _bracketed(path, 1), follow_predicate if predicate else follow, rank=2)


def _sequence(steps: list[Path]) -> Path:
    follows = [step.follow for step in steps]

    def follow(unit: Unit, focus: Term) -> Sequence[Term]:
        nodes: Sequence[Term] = (focus,)
        for go in follows:
            if len(nodes) == 1:
                nodes = go(unit, nodes[0])
            else:
                nodes = _once(value for node in nodes for value in go(unit, node))
        return nodes

    return Path("/".join(_bracketed(step, 3) for step in steps), follow, rank=3, starts=steps[0].starts)


def _alternative(choices: list[Path]) -> Path:
    predicates = [choice.predicate for choice in choices]

    def follow_predicates(unit: Unit, focus: Term) -> Sequence[Term]:
        properties = unit.properties(focus)
        found = [value for predicate in predicates if predicate in properties for value in properties[predicate]]
        return found if len(found) < 2 else _once(found)

    def follow(unit: Unit, focus: Term) -> Sequence[Term]:
        return _once(value for choice in choices for value in choice.follow(unit, focus))

    quickest = follow_predicates if all(predicates) else follow
    starts = frozenset(predicates) if all(predicates) else None
    return Path("|".join(choice.text for choice in choices), quickest, rank=4, starts=starts)


def _zero_or_one(path: Path) -> Path:
    return Path(_bracketed(path, 0) + "?", lambda unit, focus: _once([focus, *path.follow(unit, focus)]), rank=1)


def _zero_or_more(path: Path) -> Path:
    return Path(_bracketed(path, 0) + "*", lambda unit, focus: _reached(path, unit, [focus]), rank=1)


def _one_or_more(path: Path) -> Path:
    return Path(
        _bracketed(path, 0) + "+", lambda unit, focus: _reached(path, unit, path.follow(unit, focus)), rank=1
    )


_PATHS: dict[str, Callable[[Path], Path]] = {
    "inversePath": _inverse,
    "zeroOrMorePath": _zero_or_more,
    "oneOrMorePath": _one_or_more,
    "zeroOrOnePath": _zero_or_one,
}


def _reached(path: Path, unit: Unit, start: Sequence[Term]) -> Sequence[Term]:
    found = dict.fromkeys(start)
    waiting = list(found)
    while waiting:
        new = [node for node in path.follow(unit, waiting.pop()) if node not in found]
        found.update(dict.fromkeys(new))
        waiting.extend(new)
    return list(found)


def _once(nodes: Iterable[Term]) -> Sequence[Term]:
    return list(dict.fromkeys(nodes))


def _bracketed(path: Path, rank: int) -> str:
    return path.text if path.rank <= rank else f"({path.text})"
