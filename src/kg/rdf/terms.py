"""RDF terms and nodes. A term is its N-Triples form, a `str`; only the constructors of this module make one.

Equal terms are equal strings, a term prints itself, and every RDF library reads it. `Iris` makes the IRIs of a
corpus.
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
# Characters that RFC 3987 allows nowhere in an IRI; also brackets, as in `[::1]`.
_NOT_IN_IRI = re.compile(r"[\x00-\x20<>\"{}|\\^`\[\]\x7f-\x9f]|%(?![0-9A-Fa-f]{2})")
# The same beyond ASCII, with private use, which queries may have. Compiled at first use, since that is slow.
_NOR_BEYOND_ASCII = r"[\ud800-\uf8ff\ufdd0-\ufdef\ufff0-\uffff\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
# https://www.rfc-editor.org/rfc/rfc5646#section-2.1, without grandfathered tags (`i-klingon`).
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
# At most as many digits as stores keep of a decimal.
_NUMBER = re.compile(r"(-?)([0-9]{1,12})(?:\.([0-9]{1,6}))?")
_DATE_TYPES = {4: "gYear", 7: "gYearMonth", 10: "date"}


class Node(NamedTuple):
    """A subject and its properties in reading order; an empty list of values is no triple."""

    subject: Iri
    properties: dict[Iri, list[Term]]


class Graph(NamedTuple):
    """A named graph: its IRI and its nodes in reading order.

    `text` is the text of an article, if its words may be published: some formats quote what is around a passage.
    """

    iri: Iri
    nodes: list[Node]
    text: str = ""


class Value(NamedTuple):
    """The parts of a literal; `datatype` is a bare IRI, `language` is empty unless it is `rdf:langString`."""

    lexical: str
    datatype: str
    language: str


def by_subject(nodes: Iterable[Node]) -> dict[Term, dict[Iri, list[Term]]]:
    """Return the properties by subject, in the order of the nodes; nodes with the same subject are merged."""
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
    """Return an IRI. Raises `ValueError` unless it is absolute and follows RFC 3987; `[::1]` is refused too."""
    if not _IRI.fullmatch(text) or _NOT_IN_IRI.search(text) or not (text.isascii() or _is_valid_beyond_ascii(text)):
        raise ValueError(f"not an absolute IRI: {text!r}")
    return Iri(f"<{text}>")


# Of addresses, and of names that people cite by.
_SCHEMES: Final = frozenset(
    ("http", "https", "ftp", "mailto", "tel", "geo", "urn", "tag", "info", "ark", "did", "doi", "hdl", "oai")
)


def has_known_scheme(text: str) -> bool:
    """Tell whether an IRI leads to something or names it, by its scheme.

    With `javascript`, `data`, `file` and many others, whoever follows a link runs what somebody wrote, or opens a
    file or program of their own machine.
    """
    return text.partition(":")[0].lower() in _SCHEMES


def _is_valid_beyond_ascii(text: str) -> bool:
    non_character = any(ord(each) & 0xFFFE == 0xFFFE for each in text)
    return not non_character and not re.search(_NOR_BEYOND_ASCII, text)


def quoted(value: str) -> str:
    """Return a text in quotation marks, escaped as in both N-Triples and JSON.

    Raises `UnicodeEncodeError` for a lone surrogate, which no term can have.
    """
    return _json(value).decode()


def plain(value: str) -> Literal:
    """Return an `xsd:string`. Raises `ValueError` for characters that XML readers refuse."""
    # A printable text is safe, which is fast to test; only these two of its characters are escaped.
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
    """Return a language as the suffix of a literal."""
    if not is_language(language):
        raise ValueError(f"not a language tag: {language!r}")
    return f"@{language.lower()}"


def typed(lexical: str, datatype: str) -> Literal:
    """Return a literal with a datatype, given as a bare IRI; an `xsd:string` is a plain literal."""
    if datatype == XSD + "string":
        return plain(lexical)
    return Literal(f"{plain(lexical)}^^{iri(datatype)}")


@lru_cache(maxsize=2048)
def date(value: str) -> Literal:
    """Return `2020`, `2020-02` or `2020-02-21` with the datatype of its precision. Raises `ValueError` if not."""
    if not _DATE.fullmatch(value):
        raise ValueError(f"not a year, month or day: {value!r}")
    return Literal(f'"{value}"^^<{XSD}{_DATE_TYPES[len(value)]}>')


def instant(value: str) -> Literal:
    """Return an `xsd:dateTime`."""
    return Literal(f"{plain(value)}^^{_INSTANT}")


@lru_cache(maxsize=2048)
def edtf(value: str) -> Literal:
    """Return a literal with the EDTF datatype of the Library of Congress."""
    return Literal(f"{plain(value)}^^{_EDTF}")


def integer(value: int) -> Literal:
    """Return an `xsd:integer`. Raises `ValueError` for a negative number."""
    if value < 0:
        raise ValueError(f"negative: {value}")
    return Literal(f'"{value}{_INTEGER}')


def decimal(value: str) -> Literal:
    """Return an `xsd:decimal` in its canonical form: `5` for `5.0`. Raises `ValueError` if it is no number."""
    match = _NUMBER.fullmatch(value)
    if match is None:
        raise ValueError(f"not a number: {value!r}")
    minus, whole, fraction = match.groups()
    digits = (whole.lstrip("0") or "0") + f".{fraction or ''}".rstrip("0").rstrip(".")
    return Literal(f'"{minus if digits != "0" else ""}{digits}"^^{_DECIMAL}')


def is_decimal(text: str) -> bool:
    """Tell whether a text is a number that `decimal` takes."""
    return _NUMBER.fullmatch(text) is not None


@lru_cache(maxsize=256)
def is_language(tag: str) -> bool:
    """Tell whether a text is a well-formed language tag."""
    if len(tag) == 2:
        return tag.isascii() and tag.isalpha()
    return re.fullmatch(_LANGUAGE, tag, re.IGNORECASE | re.ASCII) is not None


_INSTANT, _EDTF, _DECIMAL = iri(XSD + "dateTime"), iri(EDTF), iri(XSD + "decimal")
_STRING: Final = iri(XSD + "string")
_INTEGER: Final = f'"^^{iri(XSD + "integer")}'


def is_iri(term: str) -> bool:
    """Tell whether a term is an IRI."""
    return term[0] == "<"


def iri_text(term: str) -> str:
    """Return an IRI without its angle brackets. Raises `ValueError` for a literal."""
    if term[0] != "<":
        raise ValueError(f"not an IRI: {term}")
    return term[1:-1]


def local_name(term: str) -> str:
    """Return the end of an IRI, such as `denies` for `<…/acts#denies>`."""
    return term.rstrip(">").replace("#", "/").rpartition("/")[2]


def natural_number(lexical: str) -> int:
    """Return the number that a literal's ASCII digits write; -1 for any other text and for more than 18 digits."""
    return int(lexical) if lexical.isdecimal() and lexical.isascii() and len(lexical) < 19 else -1


def literal_value(term: str) -> Value:
    """Return the parts of a literal. Raises `ValueError` for an IRI."""
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


class Iris(NamedTuple):
    """The IRIs under one base, which is absolute and ends in `/`. Ids are slugs, so nothing needs escaping."""

    base: str

    def article(self, article: str) -> Iri:
        return Iri(f"<{self.base}article/{article}>")

    def claim(self, article: str, claim: str) -> Iri:
        return Iri(f"<{self.base}claim/{article}/{claim}>")

    def text(self, article: str, version: int) -> Iri:
        # Not below `article/`: an article's id may have several segments and end in a number.
        return Iri(f"<{self.base}text/{article}/{version}>")

    def occasion(self, article: str, occasion: str) -> Iri:
        return Iri(f"<{self.base}occasion/{article}/{occasion}>")

    def source(self, article: str, source: str) -> Iri:
        return Iri(f"<{self.base}source/{article}/{source}>")

    def entity(self, entity: str) -> Iri:
        return Iri(f"<{self.base}entity/{entity}>")

    def annotator(self, annotator: str) -> Iri:
        return Iri(f"<{self.base}annotator/{annotator}>")

    def guideline(self, version: str) -> Iri:
        return Iri(f"<{self.base}guideline/{version}>")

    @property
    def dataset(self) -> Iri:
        return Iri(f"<{self.base}dataset>")

    @property
    def topics(self) -> Iri:
        """The concept scheme of all topics."""
        return Iri(f"<{self.base}entity/topics>")

    def article_graph(self, article: str) -> Iri:
        return Iri(f"<{self.base}graph/article/{article}>")

    def text_graph(self, article: str) -> Iri:
        """The graph of an article's full text, which has a licence of its own."""
        return Iri(f"<{self.base}graph/text/{article}>")

    @property
    def extra_graph(self) -> Iri:
        return Iri(f"<{self.base}graph/extra>")

    @property
    def releases_graph(self) -> Iri:
        """The graph of the releases of the data set, and of what each changed."""
        return Iri(f"<{self.base}graph/releases>")

    @property
    def readings_graph(self) -> Iri:
        """The graph of the readings that were overruled."""
        return Iri(f"<{self.base}graph/readings>")

    def reading(self, article: str, annotator: str, claim: str) -> Iri:
        return Iri(f"<{self.base}reading/{article}/{annotator}/{claim}>")

    @property
    def entities_graph(self) -> Iri:
        return Iri(f"<{self.base}graph/entities>")

    @property
    def dataset_graph(self) -> Iri:
        return Iri(f"<{self.base}graph/dataset>")


def part(iri: Iri, fragment: str) -> Iri:
    """Return the IRI of a part of a resource: `<…/c01>` and `annotation` give `<…/c01#annotation>`."""
    return Iri(f"{iri[:-1]}#{fragment}>")


def numbered_parts(iri: Iri, name: str, count: int) -> list[Iri]:
    """Return the IRIs of `count` parts of a resource: `<…/c01#quotation-1>`, `<…/c01#quotation-2>`."""
    whole = iri[:-1]
    return [Iri(f"{whole}#{name}-{n}>") for n in range(1, count + 1)]
