"""The queries that shapes are written with: pySHACL asks them, and what is wrong with one is told before it does.

https://www.w3.org/TR/shacl/#sparql-constraints
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from kg.rdf.terms import Iri, Term, literal_value
from kg.rdf.vocab import RDF
from kg.shacl.graph import ShapesGraph, sh

_ONTOLOGY = Iri("<http://www.w3.org/2002/07/owl#Ontology>")
_GIVEN = ("rdf", "rdfs", "owl")
"""The prefixes that pySHACL declares by itself."""
_PATH = re.compile(r"(?<=[\s{}()])[$?]PATH")
"""The variable in whose place pySHACL puts the path of the shape, where no variable may stand in SPARQL."""


def refuse_ill_formed_queries(graph: ShapesGraph) -> None:
    """Raise `FileError`, with the shape, for a query that does not parse, or has a prefix without a declaration."""
    for subject in graph.triples:
        for name in ("select", "ask", "construct"):
            for query in graph.objects(subject, sh(name)):
                fault = _fault(query, _declared(graph, subject))
                if fault:
                    raise graph.fault(_shape_of(graph, subject), f"sh:{name} {fault}")


def _fault(query: Term, declared: set[str]) -> str:
    """Return what is wrong with a query, `""` for nothing."""
    from pyparsing import ParseException
    from rdflib.plugins.sparql.parser import parseQuery

    if query[0] != '"':
        return f"must be SPARQL, not {query}"
    try:
        parsed = parseQuery(_PATH.sub("<urn:path>", literal_value(query).lexical))
    except ParseException as error:
        return f"must be SPARQL, and is not from line {error.lineno}, column {error.column} on: correct it there"
    undeclared = sorted(set(_prefixes(parsed)) - declared)
    return (
        f"must declare the prefix {undeclared[0]}: with PREFIX, or by sh:prefixes and sh:declare"
        if undeclared
        else ""
    )


def _prefixes(parsed: Any) -> Iterator[str]:  # rdflib's own types tell nothing
    """Yield the prefixes that a query uses without having declared them itself."""
    from rdflib.plugins.sparql.algebra import traverse

    used: list[str] = []
    own = {each.prefix or "" for each in parsed[0] if each.name == "PrefixDecl"}

    def visit(part: Any) -> None:
        if getattr(part, "name", "") == "pname":
            used.append(part.prefix or "")

    traverse(parsed[1], visitPre=visit)
    yield from (prefix for prefix in used if prefix not in own)


def _declared(graph: ShapesGraph, subject: Term) -> set[str]:
    """Return the prefixes that pySHACL declares for the queries of a subject."""
    found = set(_GIVEN)
    ontologies = [each for each, properties in graph.triples.items() if _ONTOLOGY in properties.get(RDF.type, ())]
    for place in graph.objects(subject, sh("prefixes")):
        declares = graph.objects(place, sh("declare"))
        if not declares or place not in ontologies:
            declares = [*declares, *(each for some in ontologies for each in graph.objects(some, sh("declare")))]
        found.update(literal_value(each).lexical for one in declares for each in graph.objects(one, sh("prefix")))
    return found


def _shape_of(graph: ShapesGraph, subject: Term) -> Term:
    """Return the shape, or whatever it is, of which a blank node is part; else the node itself."""
    inside = {
        value: each for each, properties in graph.triples.items() for some in properties.values() for value in some
    }
    seen = set()
    while subject[0] == "_" and subject in inside and subject not in seen:
        seen.add(subject)
        subject = inside[subject]
    return subject
