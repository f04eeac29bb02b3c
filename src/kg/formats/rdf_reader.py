"""Reads RDF of any origin as nodes, after finding the format of the document, and finds the places of its triples.

Places take a second pass, since no RDF parser gives them. Only triples that are wanted are kept, so that memory
does not grow with the document. N-Triples and N-Quads are read line by line; Turtle and TriG by a tokenizer that
follows subjects, predicates, prefixes and the base; terms with escapes, numbers and the like are left to the RDF
parser. A triple that is not found gets no place.

An anonymous blank node (`[ … ]`, a list) has another name in each parse. Here it is named after the way to it: its
subject, the predicate, and its number among the anonymous values of both.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from hashlib import sha256
from io import TextIOWrapper
from itertools import islice
from pathlib import PurePath
from typing import IO, NamedTuple

from kg.errors import CorpusError, Finding, Place, UsageError
from kg.files.compression import COMPRESSIONS, decompression_errors
from kg.formats import FORMATS, format_named, format_of
from kg.formats.rdf_nodes import (
    LINE_BASED,
    NO_BASE,
    PORTION,
    CollectedNodes,
    StableNames,
    UsualLines,
    collect,
    collect_usual,
)
from kg.rdf.term_conversion import from_oxigraph
from kg.rdf.terms import Node

ONLY_READ = {".n3": "text/n3"}
"""The formats that are read and not written: their media types, by suffix."""


def media_type_of(filename: str, *, otherwise: str = "") -> str:
    """Return the media type that a file's suffixes name.

    Raises `UsageError` if they name none, with `otherwise` as its advice.
    """
    path = PurePath(filename.lower())
    suffix = PurePath(path.stem).suffix if path.suffix in COMPRESSIONS else path.suffix
    return ONLY_READ.get(suffix) or format_of(filename, otherwise=otherwise)[0].media_type


def suffixes() -> str:
    """Return the suffixes of all formats, as a message lists them."""
    return " ".join([*(form.suffix for form in FORMATS.values()), *ONLY_READ])


def media_type(name: str, given: str = "", *, otherwise: str = "") -> str:
    """Return the media type of a format given by name, else by the suffix of the file's name.

    Raises `UsageError` if neither tells, with `otherwise` as its advice.
    """
    if given:
        return format_named(given).media_type
    if name == "-":
        raise UsageError("What comes from stdin must have its format named: give --input-format.")
    return media_type_of(name, otherwise=otherwise)


def read_nodes(name: str, stream: IO[bytes], media: str) -> list[Node]:
    """Return the nodes of an RDF document, all its graphs merged, in the order of their first mention.

    Blank nodes are terms `_:b1`; those without a label are `_:anonymous.1`, `_:anonymous.2`, …. Raises
    `CorpusError`, with the place, if the document is not well-formed RDF 1.1, and if a compressed document cannot
    be decompressed.
    """
    with _reading_errors(name, media):
        return _nodes(stream, media)


def read_quads(name: str, stream: IO[bytes], media: str) -> Iterator[bytes]:
    """Yield an RDF document in pieces of canonical N-Quads, each of whole lines. Raises as `read_nodes` does."""
    import pyoxigraph

    with _reading_errors(name, media):
        form = pyoxigraph.RdfFormat.from_media_type(media)
        quads = iter(pyoxigraph.parse(stream, format=form, base_iri=NO_BASE, rename_blank_nodes=False))
        while written := pyoxigraph.serialize(islice(quads, PORTION), format=pyoxigraph.RdfFormat.N_QUADS):
            yield written


@contextmanager
def _reading_errors(name: str, media: str) -> Iterator[None]:
    try:
        yield
    except SyntaxError as error:
        message = f"this must be {media}: {_reason(error.msg)}"
        place = Place(name, error.lineno or 0, error.offset or 0)
        raise CorpusError([Finding("violation", message, "bad-rdf", place)]) from error
    except EOFError as error:
        message = "a compressed file must be whole, this one ends too early: copy or pack it again"
        raise CorpusError([Finding("violation", message, "cut-off", Place(name, 0, 0))]) from error
    except decompression_errors() as error:
        message = "a compressed file must unpack, this one does not: copy or pack it again"
        raise CorpusError([Finding("violation", message, "damaged", Place(name, 0, 0))]) from error


def _nodes(stream: IO[bytes], media: str) -> list[Node]:
    import pyoxigraph

    form = pyoxigraph.RdfFormat.from_media_type(media)
    assert form is not None
    collected = CollectedNodes(in_graphs=form.supports_datasets)
    if media in LINE_BASED:
        collect_usual(UsualLines(collected, form), collected, stream, form)
    elif media == "text/turtle":
        from kg.formats.turtle_nodes import TurtleStatements  # imported here: each document has one format

        collect_usual(TurtleStatements(collected), collected, stream, form)
    else:
        collect(collected, stream, form, StableNames().of)
    return collected.nodes()


def _reason(message: str) -> str:
    """Return a parser's message without the place at its start."""
    if "LoadDocumentCallback" in message:
        return "its context must be in the document itself, because kg fetches nothing: put it there"
    return re.sub(r"^Parser error [^:]*: ", "", message)


ANY = ""
"""In a wanted triple: any object, or any predicate and object."""
RDF_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
RDF_FIRST = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#first>"
RDF_REST = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#rest>"
RDF_NIL = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#nil>"

_NONE: set[str] = set()
_UNNAMED = "_:"
"""The name of a subject or predicate with no wanted triples."""


class WantedTriple(NamedTuple):
    """A subject, and a predicate and an object, or `ANY`; the terms are as in N-Triples."""

    subject: str
    predicate: str = ANY
    object: str = ANY


def anonymous(subject: str, predicate: str, number: int) -> str:
    """Return the name of an anonymous blank node; one that is no value has neither subject nor predicate."""
    return f"_:{sha256(f'{subject} {predicate} {number}'.encode()).hexdigest()[:32]}"


class TriplePlaces:
    """The wanted triples and the places where they were first found.

    `ways` are the subjects that lead to an anonymous blank node that is wanted.
    """

    def __init__(self, wanted: Iterable[WantedTriple], ways: Iterable[str] = ()) -> None:
        self.found: dict[WantedTriple, Place] = {}
        self.wanted: dict[str, dict[str, set[str]]] = {}
        self._followed = set(ways)
        for subject, predicate, value in wanted:
            self.wanted.setdefault(subject, {}).setdefault(predicate, set()).add(value)

    def follows(self, subject: str) -> bool:
        """Tell whether the triples of a subject are of interest."""
        return subject in self.wanted or subject in self._followed

    def subject(self, subject: str, at: Place) -> None:
        """Note that a document says something about a subject."""
        if subject in self.wanted:
            self.found.setdefault(WantedTriple(subject), at)

    def predicate(self, subject: str, predicate: str, at: Place) -> None:
        """Note that a subject has a predicate."""
        if predicate in self.wanted.get(subject, ()):
            self.found.setdefault(WantedTriple(subject, predicate), at)

    def objects(self, subject: str, predicate: str) -> set[str]:
        """Return the wanted objects of a subject and a predicate, among them perhaps `ANY`."""
        return self.wanted.get(subject, {}).get(predicate, _NONE)

    def object(self, subject: str, predicate: str, value: str, at: Place) -> None:
        """Note a triple."""
        if value in self.objects(subject, predicate):
            self.found.setdefault(WantedTriple(subject, predicate, value), at)

    def place(self, wanted: WantedTriple) -> Place | None:
        """Return the place of a triple, else of its subject and predicate, else of its subject."""
        known = (wanted, wanted._replace(object=ANY), WantedTriple(wanted.subject))
        return next((self.found[each] for each in known if each in self.found), None)


def find_places(places: TriplePlaces, name: str, stream: IO[bytes], media: str) -> None:
    """Find the wanted triples of a document, which is well-formed RDF."""
    if media in LINE_BASED:
        _in_lines(places, name, stream, media)
    elif media == "application/ld+json":
        from kg.formats.jsonld_places import find_in_jsonld  # imported here, as below: each document has one format

        find_in_jsonld(places, name, stream)
    elif media == "application/rdf+xml":
        from kg.formats.rdfxml import find_in_rdfxml

        find_in_rdfxml(places, name, stream)
    else:
        _TurtlePlaces(places, name).read(stream)


def _in_lines(places: TriplePlaces, name: str, stream: IO[bytes], media: str) -> None:
    """Find the wanted triples of N-Triples or N-Quads: only lines with a wanted subject are parsed."""
    subjects = {subject.encode() for subject in places.wanted}
    number = 0
    for raw in stream:
        # A line may end in CR alone. An escape can be in an IRI, which is then another text.
        for line in raw.splitlines() if b"\r" in raw else (raw,):
            number += 1
            subject = _LINE_SUBJECT.match(line)
            if subject and (subject[1] in subjects or b"\\" in subject[1]):
                _note_line(places, line, media, Place(name, number, 1))


_LINE_SUBJECT = re.compile(rb"[ \t]*(<[^>]*>|_:[^\s<]*)")
_LINE_TERM = re.compile(rb'<[^>]*>|_:[^\s<]*|"[^"\\]*(?:\\.[^"\\]*)*"')


def _note_line(places: TriplePlaces, line: bytes, media: str, at: Place) -> None:
    import pyoxigraph

    form = pyoxigraph.RdfFormat.from_media_type(media)
    assert form is not None
    # Not more than these three: to search a comment for more might take long.
    columns = [len(line[: term.start()].decode()) + 1 for term in islice(_LINE_TERM.finditer(line), 3)]
    for quad in pyoxigraph.parse(line, format=form, rename_blank_nodes=False):
        subject, predicate, value = from_oxigraph(quad)
        first, second, third = (at._replace(column=column) for column in columns)
        places.subject(subject, first)
        places.predicate(subject, predicate, second)
        places.object(subject, predicate, value, third)


_STRING = (
    r'"""[^"\\]*(?:(?:\\.|"{1,2}(?!"))[^"\\]*)*"""|"(?!"")[^"\\\n]*(?:\\.[^"\\\n]*)*"'
    r"|'''[^'\\]*(?:(?:\\.|'{1,2}(?!'))[^'\\]*)*'''|'(?!'')[^'\\\n]*(?:\\.[^'\\\n]*)*'"
)
_TOKEN = re.compile(
    rf"""
    (?P<blank>[ \t\r\n]+|\#[^\r\n]*)
    |(?P<string>{_STRING})
    |(?P<iri><[^<>"\s]*>)
    |(?P<tag>@[A-Za-z][A-Za-z0-9-]*)
    |(?P<number>[+-]?(?:[0-9]+(?:\.[0-9]*(?=[eE])|\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
    |(?P<word>(?:[^\s<>"'()\[\]{{}},;.\#\\^@]+|\\.|\.(?=[^\s<>"'()\[\]{{}},;.\#^@]))+)
    |(?P<mark>\^\^|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_LOOK_AHEAD = 3
"""How many characters after a token may decide where it ends."""
_LINE_END = re.compile(r"\r\n?|\n")
_PIECE = 1 << 16
_ABSOLUTE = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*:[^\\]*>")
_SIMPLE_NAME = re.compile(r"([^:\\]*):([^\\]*)")


Position = tuple[int, int]
"""A line and a column; places are made of those that are wanted, which most are not."""


class _Token(NamedTuple):
    kind: str
    text: str
    at: Position


def _tokens(stream: IO[bytes]) -> Iterator[_Token]:
    """Yield the tokens of a document, without blanks and comments; a part that is read may grow to one token."""
    reader = TextIOWrapper(stream, encoding="utf-8-sig", errors="replace", newline="")
    text, start, line, line_start = "", 0, 1, 0
    more = True
    while more or start < len(text):
        match = _TOKEN.match(text, start)
        if more and (match is None or match.end() > len(text) - _LOOK_AHEAD or match[0] in "\"'<"):
            text, line_start, start = text[start:], line_start - start, 0
            piece = reader.read(max(_PIECE, len(text)))
            text, more = text + piece, bool(piece)
            continue
        assert match is not None, "one of the patterns matches anything"
        kind = match.lastgroup or ""
        if kind != "blank":
            yield _Token(kind, match[0], (line, start - line_start + 1))
        for end in _LINE_END.finditer(text, start, match.end()) if kind in ("blank", "string") else ():
            line, line_start = line + 1, end.end()
        start = match.end()
    reader.detach()


class _Frame:
    """A subject whose triples are read: of a statement, of an anonymous node, or the current cell of a list.

    It ends at the mark `end`. `name` is the subject, of a list its first cell; `counts` are the numbers of
    anonymous values by predicate. `follow` is whether any of its triples may be wanted; if not, no names are made.
    """

    __slots__ = ("at", "counts", "end", "follow", "name", "predicate", "subject")

    def __init__(self, end: str, at: Position, name: str = "", *, follow: bool = False) -> None:
        self.end = end
        self.at = at
        self.name = self.subject = name
        self.follow = follow
        self.predicate = ""
        self.counts: dict[str, int] = {}


class _TurtlePlaces:
    """Reads Turtle and TriG, whose nested nodes are a stack of frames."""

    def __init__(self, places: TriplePlaces, name: str) -> None:
        self._places = places
        self._name = name
        self._prefixes: dict[str, str] = {}
        self._base = f"<{NO_BASE}>"
        self._frames = [_Frame(".", (1, 1))]
        self._counts: dict[str, dict[str, int]] = {}
        self._roots = 0

    def read(self, stream: IO[bytes]) -> None:
        """Find the wanted triples of a document."""
        tokens = _Tokens(_tokens(stream))
        while token := tokens.take():
            if token.kind == "mark":
                self._mark(token, tokens)
            elif token.kind == "tag" or (token.kind == "word" and token.text.upper() in ("PREFIX", "BASE")):
                self._directive(token, tokens)
            elif token.kind != "word" or token.text.upper() != "GRAPH":
                self._term(_literal(token, tokens) if token.kind == "string" else token.text, token.at)

    def _directive(self, token: _Token, tokens: _Tokens) -> None:
        """Read a prefix or a base; a dot that ends it changes nothing."""
        if token.text.removeprefix("@").upper() == "BASE":
            if value := tokens.take():
                self._base = self._resolved(value.text)
        else:
            prefix, value = tokens.take(), tokens.take()
            if prefix and value:
                self._prefixes[prefix.text[:-1]] = self._resolved(value.text)[1:-1]

    def _mark(self, token: _Token, tokens: _Tokens) -> None:
        match token.text:
            case "(" if tokens.next_is(")"):
                tokens.take()
                self._term(RDF_NIL, token.at)
            case "[" | "(":
                self._frames.append(self._opened("]" if token.text == "[" else ")", token.at))
            case "]" | ")" if len(self._frames) > 1:
                inner = self._frames.pop()
                if token.text == ")" and inner.follow:
                    self._places.object(inner.subject, RDF_REST, RDF_NIL, self._place(token.at))
                self._resume(inner)
            case ";":
                self._frames[-1].predicate = ""
            case "." | "{" | "}":  # a term before the bracket was the name of a graph
                self._frames = [_Frame(".", token.at)]

    def _opened(self, end: str, at: Position) -> _Frame:
        """Return the frame of an anonymous node that begins here."""
        outer = self._outer(at)
        if not outer.subject:
            name = anonymous("", "", self._roots)
            self._roots += 1
        elif outer.follow:
            number = outer.counts.get(outer.predicate, 0)
            outer.counts[outer.predicate] = number + 1
            name = anonymous(outer.subject, outer.predicate, number)
        else:
            return _Frame(end, at, _UNNAMED)
        self._places.subject(name, self._place(at))
        return _Frame(end, at, name, follow=self._places.follows(name))

    def _resume(self, inner: _Frame) -> None:
        """Go on after an anonymous node, which is a subject or a value."""
        outer = self._frames[-1]
        if outer.subject:
            self._note(outer, inner.name, inner.at)
        else:
            outer.name = outer.subject = inner.name
            outer.follow = inner.follow
            outer.counts = inner.counts if inner.end == "]" else {}

    def _outer(self, at: Position) -> _Frame:
        """Return the innermost frame, ready for a term at this place: a list goes on to its next cell."""
        frame = self._frames[-1]
        if frame.end != ")" or not frame.follow:
            return frame
        if frame.predicate:
            before, frame.subject = frame.subject, anonymous(frame.subject, RDF_REST, 0)
            self._places.object(before, RDF_REST, frame.subject, self._place(at))
            self._places.subject(frame.subject, self._place(at))
            frame.follow = self._places.follows(frame.subject)
        frame.predicate, frame.counts = RDF_FIRST, {}
        self._places.predicate(frame.subject, RDF_FIRST, self._place(at))
        return frame

    def _term(self, text: str, at: Position) -> None:
        """Take the next subject, predicate or object."""
        frame = self._outer(at)
        if not frame.subject:
            frame.subject = self._resolved(text)
            frame.follow = self._places.follows(frame.subject)
            if frame.follow:
                frame.counts = self._counts.setdefault(frame.subject, {})
                self._places.subject(frame.subject, self._place(at))
        elif not frame.predicate:
            frame.predicate = _UNNAMED
            if frame.follow:
                frame.predicate = RDF_TYPE if text == "a" else self._resolved(text)
                self._places.predicate(frame.subject, frame.predicate, self._place(at))
        elif frame.follow and self._places.objects(frame.subject, frame.predicate):
            self._note(frame, self._resolved(text), at)

    def _note(self, frame: _Frame, value: str, at: Position) -> None:
        if frame.follow:
            self._places.object(frame.subject, frame.predicate, value, self._place(at))

    def _place(self, at: Position) -> Place:
        return Place(self._name, *at)

    def _resolved(self, text: str) -> str:
        """Return a term as in N-Triples."""
        if text.startswith("_:") or _ABSOLUTE.fullmatch(text):
            return text
        name = _SIMPLE_NAME.fullmatch(text)
        if name and text[0] not in "\"'<" and name[1] in self._prefixes:
            return f"<{self._prefixes[name[1]]}{name[2]}>"
        prefix = text.rpartition("^^")[2].partition(":")[0]
        return parsed_term(text, self._base, prefix, self._prefixes.get(prefix, ""))


@lru_cache(maxsize=4096)
def parsed_term(text: str, base: str, prefix: str = "", namespace: str = "") -> str:
    """Return a term of Turtle as in N-Triples, with its IRIs resolved against a base; `""` if it is none."""
    import pyoxigraph

    declared = f"@prefix {prefix}: <{namespace}> .\n" if namespace else ""
    document = f"@base {base} .\n{declared}<a:s> <a:p> {text} ."
    try:
        (triple,) = pyoxigraph.parse(document, format=pyoxigraph.RdfFormat.TURTLE, rename_blank_nodes=False)
    except (SyntaxError, ValueError):
        return ""
    return from_oxigraph(triple)[2]


def _literal(token: _Token, tokens: _Tokens) -> str:
    """Return a string with its language or datatype."""
    following = tokens.look()
    if following and following.kind == "tag":
        tokens.take()
        return token.text + following.text
    if tokens.next_is("^^"):
        tokens.take()
        datatype = tokens.take()
        return f"{token.text}^^{datatype.text if datatype else ''}"
    return token.text


class _Tokens:
    """Tokens with a look at the next one."""

    def __init__(self, tokens: Iterator[_Token]) -> None:
        self._tokens = tokens
        self._next: _Token | None = None

    def look(self) -> _Token | None:
        """Return the next token, None at the end of the document."""
        if self._next is None:
            self._next = next(self._tokens, None)
        return self._next

    def next_is(self, text: str) -> bool:
        """Tell whether this is the next token."""
        following = self.look()
        return following is not None and following.text == text

    def take(self) -> _Token | None:
        """Take the next token."""
        token = self.look()
        self._next = None
        return token
