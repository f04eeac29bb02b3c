"""JSON-LD inside a page: expanded, so that no context is fetched, and escaped, so that no text ends its element.

https://www.w3.org/TR/json-ld11/#embedding-json-ld-in-html-documents
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from markupsafe import Markup

from kg.rdf.terms import XSD, Node, Term, iri_text, is_iri, literal_value
from kg.rdf.vocab import RDF

_ESCAPES = {ord(letter): f"\\u{ord(letter):04x}" for letter in "<>&'\u2028\u2029"}


def embedded(nodes: Iterable[Node]) -> Markup:
    """Return nodes as JSON-LD that can stand in a script element; `""` for no nodes."""
    written = [_node(node) for node in nodes]
    return Markup(json.dumps(written, ensure_ascii=False).translate(_ESCAPES)) if written else Markup()


def _node(node: Node) -> dict[str, Any]:
    types = [iri_text(term) for term in node.properties.get(RDF.type, ())]
    others = {
        iri_text(predicate): [_value(term) for term in terms]
        for predicate, terms in node.properties.items()
        if predicate != RDF.type
    }
    return {"@id": iri_text(node.subject), **({"@type": types} if types else {}), **others}


def _value(term: Term) -> dict[str, str]:
    if is_iri(term):
        return {"@id": iri_text(term)}
    value = literal_value(term)
    if value.language:
        return {"@value": value.lexical, "@language": value.language}
    return {"@value": value.lexical, **({} if value.datatype == XSD + "string" else {"@type": value.datatype})}
