"""Which node is written inside which: parts inside their whole, claims inside their article."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from kg.rdf.terms import Iri, Node
from kg.rdf.vocab import RDF

# Deep enough for a selector of a target of an annotation of a claim of an article.
_DEPTH = 8


class Tree(NamedTuple):
    """A node with the nodes written inside it.

    `parts` stand where the node names them; `inside` are nodes that name this one, by the predicate that does.
    """

    node: Node
    parts: dict[str, Tree]
    inside: dict[Iri, list[Tree]]


class _Parent(NamedTuple):
    number: int
    predicate: Iri | None = None
    """The child's predicate that names the parent; None: the parent names the child."""


def trees(nodes: Iterable[Node], backwards: Iterable[Iri]) -> list[Tree]:
    """Return the nodes that have a triple, each in exactly one tree, in reading order.

    A node is written inside another if it is a part of it (its IRI is a fragment of the other's document and the
    other names it), or if it names the other by one of the `backwards` predicates.
    """
    present = [node for node in nodes if any(node.properties.values())]
    index: dict[str, int] = {}
    for number, node in enumerate(present):
        index.setdefault(node.subject, number)
    parents = _parents(present, index, tuple(backwards))
    _uproot_deep(parents)
    made = [Tree(_said_once(node, parents.get(n), present), {}, {}) for n, node in enumerate(present)]
    for child, tree in enumerate(made):
        parent = parents.get(child)
        if parent is None:
            continue
        if parent.predicate is None:
            made[parent.number].parts[tree.node.subject] = tree
        else:
            made[parent.number].inside.setdefault(parent.predicate, []).append(tree)
    return [tree for number, tree in enumerate(made) if number not in parents]


def _parents(nodes: list[Node], index: Mapping[str, int], backwards: tuple[Iri, ...]) -> dict[int, _Parent]:
    parents: dict[int, _Parent] = {}
    fragments = {subject for subject in index if "#" in subject}
    for number, (subject, properties) in enumerate(nodes):
        for predicate in backwards:
            for term in properties.get(predicate, ()):
                whole = index.get(term, number)
                if whole != number:
                    parents.setdefault(number, _Parent(whole, predicate))
        for predicate, objects in properties.items():
            if not fragments.isdisjoint(objects) and predicate != RDF.type:
                document = f"{subject[:-1].partition('#')[0]}#"
                for term in objects:
                    part = index.get(term, number)
                    if part != number and term.startswith(document):
                        parents.setdefault(part, _Parent(number))
    return parents


def _said_once(node: Node, parent: _Parent | None, nodes: list[Node]) -> Node:
    """Return the node without the triple that its place inside its parent says."""
    if parent is None or parent.predicate is None:
        return node
    whole = nodes[parent.number].subject
    others = [term for term in node.properties[parent.predicate] if term != whole]
    return Node(node.subject, {**node.properties, parent.predicate: others})


def _uproot_deep(parents: dict[int, _Parent]) -> None:
    """Take out of its parent each node that stands too deep, or in a circle."""
    for child in list(parents):
        at, steps = child, 0
        while (parent := parents.get(at)) and steps <= _DEPTH:
            at = parent.number
            steps += 1
        if steps > _DEPTH:
            del parents[child]
