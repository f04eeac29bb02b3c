"""RDF/XML: one element for each subject and each property, all IRIs in full.

https://www.w3.org/TR/rdf-syntax-grammar/
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from kg.formats.turtle import Abbreviations
from kg.rdf.terms import Graph, Iri, Node, Term, iri_text, literal_parts, literal_value
from kg.rdf.vocab import RDF

# A name that every edition of XML allows; the rest of the IRI is its namespace.
_NAME = re.compile(r"(.*[^A-Za-zÀ-ÖØ-öø-ÿ0-9_.-][0-9.-]*)([A-Za-zÀ-ÖØ-öø-ÿ_][A-Za-zÀ-ÖØ-öø-ÿ0-9_.-]*)", re.DOTALL)
_UNBINDABLE = {"http://www.w3.org/2000/xmlns/", "http://www.w3.org/XML/1998/namespace"}
# Reserved by RDF/XML; `li` numbers the items of a container (section 5.1).
_SYNTAX = re.compile(
    re.escape(RDF.base)
    + "(RDF|ID|about|parseType|resource|nodeID|datatype|Description|aboutEach|aboutEachPrefix|bagID|li)"
)
_REMEMBERED = 4096


class RdfXmlWriter:
    """Writes graphs as RDF/XML, without the names of the graphs."""

    between = ""
    tail = "</rdf:RDF>\n"

    def __init__(self, prefixes: Mapping[str, str], base: str) -> None:
        # No xml:base: tools that read only RDF/XML are old, and some do not resolve relative IRIs.
        others = {prefix: name for prefix, name in prefixes.items() if not re.match("rdf$|xml", prefix, re.I)}
        self._abbreviations = Abbreviations({"rdf": RDF.base, **others}, base)
        self._prefixed = lru_cache(maxsize=_REMEMBERED)(self._abbreviations.prefixed)
        self._tags = lru_cache(maxsize=_REMEMBERED)(self._tags_of)
        self._kind = lru_cache(maxsize=_REMEMBERED)(self._kind_of)

    def head(self) -> str:
        """Return the XML declaration and the root's start tag with all prefixes."""
        lines = [
            f'  xmlns:{prefix}="{_attribute(namespace)}"'
            for prefix, namespace in sorted(self._abbreviations.prefixes.items())
        ]
        return '<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF\n' + "\n".join(lines) + ">\n"

    def graph(self, graph: Graph) -> str:
        """Return one element for each subject. Raises `ValueError` for a property that has no name in XML."""
        return "".join([self._element(node) for node in graph.nodes])

    def encoded(self, graph: Graph) -> bytes:
        """Return `graph` in UTF-8."""
        return self.graph(graph).encode()

    def _element(self, node: Node) -> str:
        subject, properties = node
        name, kind = self._node_name(properties.get(RDF.type, []))
        lines = []
        for predicate, objects in properties.items():
            if not objects:
                continue
            start, end = self._tags(predicate)
            said = kind if predicate == RDF.type else ""
            for term in objects:
                if term[0] != "<":
                    lines.append(f"{start}{self._content(term)}{end}")
                elif term != said:
                    lines.append(f'{start} rdf:resource="{_attribute(term[1:-1])}"/>\n')
        about = f'  <{name} rdf:about="{_attribute(iri_text(subject))}"'
        if lines:
            return f"{about}>\n{''.join(lines)}  </{name}>\n"
        return f"{about}/>\n" if kind else ""

    def _node_name(self, types: list[Term]) -> tuple[str, str]:
        """Return the element's name and the type that it expresses, `""` if none."""
        for term in types:
            name = self._prefixed(term[1:-1]) if term[0] == "<" else ""
            if name and not name.startswith("rdf:"):
                return name, term
        return "rdf:Description", ""

    def _content(self, literal: str) -> str:
        """Return the attribute for a literal's language or datatype, the end of the start tag, and the text."""
        close = literal.rindex('"')
        text = literal_value(literal).lexical if "\\" in literal else literal[1:close]
        # Four replacements cost less than a search for whether any is needed.
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#xD;")
        return f"{self._kind(literal[close + 1 :])}>{text}"

    def _kind_of(self, ending: str) -> str:
        """Return the attribute for the end of a literal in N-Triples, for example `@nl`."""
        _, language, datatype = literal_parts(f'""{ending}')
        if language:
            return f' xml:lang="{language}"'
        return f' rdf:datatype="{_attribute(iri_text(datatype))}"' if datatype else ""

    def _tags_of(self, predicate: Iri) -> tuple[str, str]:
        """Return the start tag of a property, without its attributes and `>`, and the end tag."""
        name, declaration = self._property_name(predicate)
        return f"    <{name}{declaration}", f"</{name}>\n"

    def _property_name(self, predicate: Iri) -> tuple[str, str]:
        """Return the element's name and, for a namespace without a prefix, the declaration it needs."""
        iri = iri_text(predicate)
        if _SYNTAX.fullmatch(iri):
            raise ValueError(f"RDF/XML cannot write the property <{iri}>: it is part of its own syntax")
        if name := self._prefixed(iri):
            return name, ""
        match = _NAME.fullmatch(iri)
        if match is None or match[1] in _UNBINDABLE:
            raise ValueError(f"RDF/XML cannot write the property <{iri}>: its end is no name in XML")
        return f"ns:{match[2]}", f' xmlns:ns="{_attribute(match[1])}"'


def _attribute(text: str) -> str:
    return text.replace("&", "&amp;")
