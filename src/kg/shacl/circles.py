"""Shapes that refer to themselves, perhaps by way of others, of lists and of siblings."""

from __future__ import annotations

from kg.rdf.terms import Term
from kg.shacl.graph import LISTS, ShapesGraph
from kg.shacl.parameters import REFERRING, siblings_of

_REFERRING_BY = {LISTS.first, LISTS.rest, *REFERRING}


def reference_depths(graph: ShapesGraph) -> dict[Term, int]:
    """Return through how many shapes, itself included, references lead from each subject of a shapes graph.

    Left out are those from which they lead round in a circle: those in one, and those before one. The others are
    found one after the other, those that refer to nothing first; so it takes one pass.
    """
    left: dict[Term, int] = {}
    referring: dict[Term, list[Term]] = {}
    for subject in graph.triples:
        others = _references(graph, subject)
        left[subject] = len(others)
        for other in others:
            referring.setdefault(other, []).append(subject)
    depths: dict[Term, int] = {}
    below = dict.fromkeys(graph.triples, 0)
    waiting = [subject for subject, count in left.items() if not count]
    while waiting:
        subject = waiting.pop()
        depths[subject] = below[subject] + (LISTS.first not in graph.triples[subject])
        for other in referring.get(subject, ()):
            below[other] = max(below[other], depths[subject])
            left[other] -= 1
            if not left[other]:
                waiting.append(other)
    return depths


def _references(graph: ShapesGraph, subject: Term) -> set[Term]:
    """Return what a subject refers to of which the shapes graph says something."""
    properties = graph.triples[subject]
    found = {each for predicate in _REFERRING_BY & properties.keys() for each in properties[predicate]}
    found.update(siblings_of(graph, subject))
    return found & graph.triples.keys()
