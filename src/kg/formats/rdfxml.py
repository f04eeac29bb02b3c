"""RDF/XML: one element for each subject and property, all IRIs in full; and the places of triples in a document.

https://www.w3.org/TR/rdf-syntax-grammar/
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import IO

from kg.errors import CorpusError, Place
from kg.files.input_files import CHUNK_SIZE
from kg.files.xml_reader import XmlHandlers, XmlReader
from kg.formats.rdf_nodes import NO_BASE
from kg.formats.rdf_reader import RDF_TYPE, TriplePlaces, anonymous, parsed_term
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


_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_SYNTAX_ATTRIBUTES = frozenset(
    f"{_RDF} {name}" for name in ("about", "ID", "nodeID", "resource", "parseType", "datatype")
)
_BASE = "http://www.w3.org/XML/1998/namespace base"
_XML = "http://www.w3.org/XML/1998/namespace "


def find_in_rdfxml(places: TriplePlaces, name: str, stream: IO[bytes]) -> None:
    """Find the wanted triples of a document."""
    reader = XmlReader(name)
    try:
        for _ in reader.read(iter(lambda: stream.read(CHUNK_SIZE), b""), _RdfXmlPlaces(places, reader)):
            pass
    except CorpusError:
        return  # kg's reader of XML is stricter than that of RDF/XML: what was found before is right


class _Element:
    """An open element: of a node or, with a `predicate`, of a property; `counts` and `items` are the node's."""

    __slots__ = ("at", "base", "counts", "is_literal", "items", "predicate", "subject", "text")

    def __init__(self, subject: str, predicate: str, base: str, at: Place) -> None:
        self.subject, self.predicate, self.base, self.at = subject, predicate, base, at
        self.counts: dict[str, int] = {}
        self.items = 0
        self.is_literal = False
        self.text = ""


class _RdfXmlPlaces(XmlHandlers):
    def __init__(self, places: TriplePlaces, reader: XmlReader) -> None:
        self._places = places
        self._reader = reader
        self._open: list[_Element] = []
        self._roots = 0
        self._counts: dict[str, dict[str, int]] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Read the start of a node or of a property."""
        outer = self._open[-1] if self._open else None
        base = outer.base if outer else f"<{NO_BASE}>"
        if _BASE in attributes:
            base = parsed_term(f"<{attributes[_BASE]}>", base)
        at = self._reader.place()
        if (outer is None and name == f"{_RDF} RDF") or (outer and outer.is_literal):
            element = _Element("", "", base, at)
            element.is_literal = outer is not None
            self._open.append(element)
        elif outer and outer.subject and not outer.predicate:
            self._open.append(self._property(outer, name, attributes, base))
        else:
            self._open.append(self._node(outer, name, attributes, base))

    def end(self, name: str) -> None:  # noqa: ARG002
        """Read the end of an element: that of a property with text alone is a literal."""
        element = self._open.pop()
        for each in self._places.objects(element.subject, element.predicate):
            if each.startswith('"') and literal_value(each).lexical == element.text:
                self._places.object(element.subject, element.predicate, each, element.at)

    def text(self, text: str) -> None:
        """Read text, which may be a literal."""
        if self._open and self._open[-1].predicate in self._places.wanted.get(self._open[-1].subject, ()):
            self._open[-1].text += text

    def _node(self, outer: _Element | None, name: str, attributes: dict[str, str], base: str) -> _Element:
        at = self._reader.place()
        subject = _named(attributes, ("about", "ID", "nodeID"), base)
        if not subject and outer and outer.predicate:
            subject = self._anonymous_value(outer)
        elif not subject:
            subject = anonymous("", "", self._roots)
            self._roots += 1
        if outer and outer.predicate:
            self._places.object(outer.subject, outer.predicate, subject, outer.at)
        element = _Element(subject, "", base, at)
        element.counts = self._counts.setdefault(subject, {}) if self._places.follows(subject) else {}
        self._places.subject(subject, at)
        if name != f"{_RDF} Description":
            self._triple(subject, RDF_TYPE, _iri(name), at)
        self._attributes(subject, attributes, at)
        return element

    def _property(self, node: _Element, name: str, attributes: dict[str, str], base: str) -> _Element:
        if name == f"{_RDF} li":
            node.items += 1
            name = f"{_RDF} _{node.items}"
        element = _Element(node.subject, _iri(name), base, self._reader.place())
        element.counts = node.counts
        self._places.predicate(node.subject, element.predicate, element.at)
        kind = attributes.get(f"{_RDF} parseType", "")
        if kind == "Resource":
            inner = _Element(self._anonymous_value(element), "", base, element.at)
            self._triple(node.subject, element.predicate, inner.subject, element.at)
            self._places.subject(inner.subject, element.at)
            return inner
        element.is_literal = kind == "Literal"
        value = _named(attributes, ("resource", "nodeID"), base)
        others = [each for each in attributes if each not in _SYNTAX_ATTRIBUTES and not each.startswith(_XML)]
        if not value and others:
            value = self._anonymous_value(element)
        if value:
            self._places.object(node.subject, element.predicate, value, element.at)
            self._attributes(value, attributes, element.at)
        return element

    def _anonymous_value(self, of: _Element) -> str:
        number = of.counts.get(of.predicate, 0)
        of.counts[of.predicate] = number + 1
        return anonymous(of.subject, of.predicate, number)

    def _attributes(self, subject: str, attributes: dict[str, str], at: Place) -> None:
        """Note properties that are written as attributes of a tag."""
        for name, value in attributes.items():
            if " " in name and name not in _SYNTAX_ATTRIBUTES and not name.startswith(_XML):
                predicate = _iri(name)
                self._places.predicate(subject, predicate, at)
                for each in self._places.objects(subject, predicate):
                    if each.startswith('"') and literal_value(each).lexical == value:
                        self._places.object(subject, predicate, each, at)

    def _triple(self, subject: str, predicate: str, value: str, at: Place) -> None:
        self._places.predicate(subject, predicate, at)
        self._places.object(subject, predicate, value, at)


def _iri(name: str) -> str:
    return f"<{name.replace(' ', '')}>"


def _named(attributes: dict[str, str], names: tuple[str, ...], base: str) -> str:
    """Return the node that an attribute of a tag names; `""` for none."""
    for name in names:
        value = attributes.get(f"{_RDF} {name}")
        if value is not None:
            if name == "nodeID":
                return f"_:{value}"
            return parsed_term(f"<#{value}>" if name == "ID" else f"<{value}>", base)
    return ""
