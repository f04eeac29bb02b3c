"""RDF terms and nodes. A term is its N-Triples form, a `str`; only the constructors of this module make one.

Equal terms are equal strings, a term prints itself, and every RDF library reads it.
https://www.w3.org/TR/n-triples/#canonical-ntriples
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final, NamedTuple, NewType

from msgspec.json import Encoder

Iri = NewType("Iri", str)
"""`<http://schema.org/Claim>`"""
Literal = NewType("Literal", str)
"""`"Oui"@fr`, `"12"^^<http://www.w3.org/2001/XMLSchema#integer>`, `"plain"`"""
Term = Iri | Literal

XSD = "http://www.w3.org/2001/XMLSchema#"
EDTF = "http://id.loc.gov/datatypes/edtf/EDTF"

_IRI = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]*:(?://(?:[^/?#@]*@)?[^/?#@:]*(?::[0-9]*)?(?:/[^?#]*)?|(?!//)[^?#]+)(?:\?[^#]*)?(?:#[^#]*)?"
)
# What RFC 3987 lets stand nowhere in an IRI, brackets (of `[::1]`) too.
_NOT_IN_IRI = re.compile(r"[\x00-\x20<>\"{}|\\^`\[\]\x7f-\x9f]|%(?![0-9A-Fa-f]{2})")
# The same beyond ASCII, private use (which a query may have) too. Compiled when first met: that takes its time.
_NOR_BEYOND_ASCII = r"[\ud800-\uf8ff\ufdd0-\ufdef\ufff0-\uffff\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
# https://www.rfc-editor.org/rfc/rfc5646#section-2.1, without the tags of before it (`i-klingon`).
_LANGUAGE = (
    r"(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4,8})(?:-[a-z]{4})?(?:-(?:[a-z]{2}|[0-9]{3}))?"
    r"(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*(?:-[0-9a-wy-z](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?"
)
_json = Encoder().encode
_UNSAFE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\\ud800-\\udfff\ufffe\uffff]")
_LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"(?:@([A-Za-z0-9-]+)|\^\^<([^>]*)>)?', re.DOTALL)
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))")
_ESCAPED = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f", '"': '"', "'": "'", "\\": "\\"}
_DATE = re.compile(r"[0-9]{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01]))?)?")
# No more digits than a store keeps of a decimal.
_NUMBER = re.compile(r"(-?)([0-9]{1,12})(?:\.([0-9]{1,6}))?")
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


def by_subject(nodes: Iterable[Node]) -> dict[Term, dict[Iri, list[Term]]]:
    """Return the properties of each subject in the order of the nodes; those of nodes that share one are joined."""
    found: dict[Term, dict[Iri, list[Term]]] = {}
    for subject, properties in nodes:
        if subject in found:
            before = found[subject]
            predicates = {**before, **properties}
            found[subject] = {each: [*before.get(each, ()), *properties.get(each, ())] for each in predicates}
        else:
            found[subject] = properties
    return found


def iri(text: str) -> Iri:
    """Return the IRI. Raises `ValueError` unless it is absolute and as RFC 3987 has it; `[::1]` is refused too."""
    if not _IRI.fullmatch(text) or _NOT_IN_IRI.search(text) or not (text.isascii() or _is_sound_beyond_ascii(text)):
        raise ValueError(f"not an absolute IRI: {text!r}")
    return Iri(f"<{text}>")


def _is_sound_beyond_ascii(text: str) -> bool:
    non_character = any(ord(each) & 0xFFFE == 0xFFFE for each in text)
    return not non_character and not re.search(_NOR_BEYOND_ASCII, text)


def quoted(value: str) -> str:
    """Return a text between quotation marks, escaped as N-Triples and JSON have it alike.

    Raises `UnicodeEncodeError` for half a surrogate pair, which no term holds.
    """
    return _json(value).decode()


def plain(value: str) -> Literal:
    """Return an `xsd:string`. Raises `ValueError` for characters that XML readers refuse."""
    # What is printable is safe, and quicker told; of it, only these two are escaped.
    if value.isprintable():
        if '"' not in value and "\\" not in value:
            return Literal(f'"{value}"')
    elif _UNSAFE.search(value):
        raise ValueError(f"a control character in {value!r}")
    return Literal(quoted(value))


def text(value: str, language: str) -> Literal:
    """Return a language-tagged string, its tag in lower case. Raises `ValueError` for a bad tag or character."""
    return Literal(f"{plain(value)}{_tag(language)}")


@lru_cache(maxsize=256)
def _tag(language: str) -> str:
    """Return how a language stands behind its text."""
    if not is_language(language):
        raise ValueError(f"not a language tag: {language!r}")
    return f"@{language.lower()}"


def typed(lexical: str, datatype: str) -> Literal:
    """Return a literal of a datatype, given as a bare IRI; an `xsd:string` is plain."""
    if datatype == XSD + "string":
        return plain(lexical)
    return Literal(f"{plain(lexical)}^^{iri(datatype)}")


@lru_cache(maxsize=2048)
def date(value: str) -> Literal:
    """Return `2020`, `2020-02` or `2020-02-21` typed at its precision. Raises `ValueError` for all else."""
    if not _DATE.fullmatch(value):
        raise ValueError(f"not a year, month or day: {value!r}")
    return Literal(f'"{value}"^^<{XSD}{_DATE_TYPES[len(value)]}>')


def instant(value: str) -> Literal:
    """Return an `xsd:dateTime`."""
    return Literal(f"{plain(value)}^^{_INSTANT}")


@lru_cache(maxsize=2048)
def edtf(value: str) -> Literal:
    """Return a literal of the Library of Congress's EDTF datatype."""
    return Literal(f"{plain(value)}^^{_EDTF}")


def integer(value: int) -> Literal:
    """Return an `xsd:nonNegativeInteger`. Raises `ValueError` below zero."""
    if value < 0:
        raise ValueError(f"below zero: {value}")
    return Literal(f'"{value}{_NATURAL}')


def decimal(value: str) -> Literal:
    """Return an `xsd:decimal` in its canonical form: `5.0` is `5`. Raises `ValueError` for all else."""
    match = _NUMBER.fullmatch(value)
    if match is None:
        raise ValueError(f"not a number: {value!r}")
    minus, whole, fraction = match.groups()
    digits = (whole.lstrip("0") or "0") + f".{fraction or ''}".rstrip("0").rstrip(".")
    return Literal(f'"{minus if digits != "0" else ""}{digits}"^^{_DECIMAL}')


@lru_cache(maxsize=256)
def is_language(tag: str) -> bool:
    """Tell a language tag by its form."""
    if len(tag) == 2:
        return tag.isascii() and tag.isalpha()
    return re.fullmatch(_LANGUAGE, tag, re.IGNORECASE | re.ASCII) is not None


_INSTANT, _EDTF, _DECIMAL = iri(XSD + "dateTime"), iri(EDTF), iri(XSD + "decimal")
_STRING: Final = iri(XSD + "string")
_NATURAL: Final = f'"^^{iri(XSD + "nonNegativeInteger")}'


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


def literal_parts(literal: str) -> tuple[str, str, str]:
    """Return the unescaped text, the language and the datatype, a term; `""` for a plain or a tagged string.

    Faster than `literal_value`. Raises `ValueError` for an IRI.
    """
    close = literal.rindex('"')
    text = literal_value(literal).lexical if "\\" in literal else literal[1:close]
    ending = literal[close + 1 :]
    if not ending:
        return text, "", ""
    if ending[0] == "@":
        return text, ending[1:], ""
    datatype = ending[2:]
    return text, "", "" if datatype == _STRING else datatype


def _unescaped(match: re.Match[str]) -> str:
    short, long, letter = match.groups()
    if letter:
        return _ESCAPED[letter]
    return chr(int(short or long, 16))
