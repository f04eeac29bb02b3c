"""The properties of a node: one without a value is left out, so that nobody need pass over it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kg.rdf.terms import Iri, Node, Term

Properties = dict[Iri, list[Term]]


def node(subject: Iri, properties: Mapping[Iri, list[Term]]) -> Node:
    """Return a node with the properties that have a value."""
    return Node(subject, {predicate: objects for predicate, objects in properties.items() if objects})


def put(properties: Properties, predicate: Iri, value: Term) -> None:
    """Add a property, if it has a value."""
    if value:
        properties[predicate] = [value]


def put_all(properties: Properties, predicate: Iri, values: Sequence[Term]) -> None:
    """Add a property with all its values, if it has any."""
    if values:
        properties[predicate] = list(values)
