"""RDF terms and nodes. A term is its N-Triples form, a `str`; only the constructors of this module make one.

Equal terms are equal strings, a term prints itself, and every RDF library reads it.
https://www.w3.org/TR/n-triples/#canonical-ntriples
"""

from __future__ import annotations

import re
from json.encoder import encode_basestring as quoted
from typing import NamedTuple, NewType

Iri = NewType("Iri", str)
"""`<http://schema.org/Claim>`"""
Literal = NewType("Literal", str)
"""`"Oui"@fr`, `"12"^^<http://www.w3.org/2001/XMLSchema#integer>`, `"plain"`"""
Term = Iri | Literal

XSD = "http://www.w3.org/2001/XMLSchema#"
EDTF = "http://id.loc.gov/datatypes/edtf/EDTF"

_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|\\^`\x7f]+")
_LANGUAGE = re.compile(r"[a-zA-Z]{2,8}(-[a-zA-Z0-9]{1,8})*")
_UNSAFE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"(?:@([A-Za-z0-9-]+)|\^\^<([^>]*)>)?', re.DOTALL)
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))")
_ESCAPED = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f", '"': '"', "'": "'", "\\": "\\"}
_DATE_TYPES = {4: "gYear", 7: "gYearMonth", 10: "date"}


class Node(NamedTuple):
    """A subject and its properties in reading order; an empty list is no triple."""

    subject: Iri
    properties: dict[Iri, list[Term]]


class Graph(NamedTuple):
    """A named graph: its IRI and its nodes in reading order."""

    iri: Iri
    nodes: list[Node]


class Value(NamedTuple):
    """A literal taken apart; `datatype` is a bare IRI, `language` is empty unless it is `rdf:langString`."""

    lexical: str
    datatype: str
    language: str


def iri(text: str) -> Iri:
    """Return the IRI. Raises `ValueError` unless it is absolute and free of blanks and `<>"{}|\\^`` `."""
    if not _ABSOLUTE.fullmatch(text):
        raise ValueError(f"not an absolute IRI: {text!r}")
    return Iri(f"<{text}>")


def plain(value: str) -> Literal:
    """Return an `xsd:string`. Raises `ValueError` for characters that XML readers refuse."""
    if _UNSAFE.search(value):
        raise ValueError(f"a control character in {value!r}")
    return Literal(quoted(value))


def text(value: str, language: str) -> Literal:
    """Return a language-tagged string, its tag in lower case. Raises `ValueError` for a bad tag or character."""
    if not _LANGUAGE.fullmatch(language):
        raise ValueError(f"not a language tag: {language!r}")
    return Literal(f"{plain(value)}@{language.lower()}")


def typed(lexical: str, datatype: str) -> Literal:
    """Return a literal of a datatype, given as a bare IRI."""
    return Literal(f"{plain(lexical)}^^{iri(datatype)}")


def date(value: str) -> Literal:
    """Return `2020`, `2020-02` or `2020-02-21` typed at its precision. Raises `ValueError` for another length."""
    name = _DATE_TYPES.get(len(value))
    if name is None:
        raise ValueError(f"not a year, month or day: {value!r}")
    return Literal(f'"{value}"^^<{XSD}{name}>')


def instant(value: str) -> Literal:
    """Return an `xsd:dateTime`."""
    return typed(value, XSD + "dateTime")


def edtf(value: str) -> Literal:
    """Return a literal of the Library of Congress's EDTF datatype."""
    return typed(value, EDTF)


def integer(value: int) -> Literal:
    """Return an `xsd:nonNegativeInteger`. Raises `ValueError` below zero."""
    if value < 0:
        raise ValueError(f"below zero: {value}")
    return Literal(f'"{value}"^^<{XSD}nonNegativeInteger>')


def is_iri(term: str) -> bool:
    """Tell an IRI from a literal."""
    return term[0] == "<"


def iri_text(term: str) -> str:
    """Return an IRI without its angle brackets. Raises `ValueError` for a literal."""
    if term[0] != "<":
        raise ValueError(f"not an IRI: {term}")
    return term[1:-1]


def literal_value(term: str) -> Value:
    """Take a literal apart. Raises `ValueError` for an IRI."""
    match = _LITERAL.fullmatch(term)
    if match is None:
        raise ValueError(f"not a literal: {term}")
    lexical, language, datatype = match.groups()
    if "\\" in lexical:
        lexical = _ESCAPE.sub(_unescaped, lexical)
    if language:
        return Value(lexical, "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString", language)
    return Value(lexical, datatype or XSD + "string", "")


def _unescaped(match: re.Match[str]) -> str:
    short, long, letter = match.groups()
    if letter:
        return _ESCAPED[letter]
    return chr(int(short or long, 16))
