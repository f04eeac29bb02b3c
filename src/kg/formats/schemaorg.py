"""The other namespace of schema.org, for those whose tools know only https."""

from __future__ import annotations

from collections.abc import Mapping

from kg.rdf.terms import Graph, Iri, Literal, Node, Term

_HTTP = "http://schema.org/"
_HTTPS = "https://schema.org/"
_DATATYPE = f'"^^<{_HTTP}'


def with_https(graph: Graph) -> Graph:
    """Return the graph with `https://schema.org/` in every IRI of schema.org, datatypes too, but in no text."""
    return Graph(
        _iri(graph.iri),
        [
            Node(
                _iri(node.subject),
                {
                    _iri(predicate): [_term(term) for term in objects]
                    for predicate, objects in node.properties.items()
                },
            )
            for node in graph.nodes
        ],
    )


def prefixes_with_https(prefixes: Mapping[str, str]) -> dict[str, str]:
    """Return the prefixes that fit what `with_https` returns."""
    return {prefix: _https(namespace) for prefix, namespace in prefixes.items()}


def _https(text: str) -> str:
    return _HTTPS + text[len(_HTTP) :] if text.startswith(_HTTP) else text


def _iri(iri: Iri) -> Iri:
    return Iri(f"<{_https(iri[1:])}")


def _term(term: Term) -> Term:
    if term[0] == "<":
        return Iri(f"<{_https(term[1:])}")
    close = term.rindex('"')
    if term.startswith(_DATATYPE, close):
        return Literal(f"{term[: close + 4]}{_https(term[close + 4 :])}")
    return Literal(term)
