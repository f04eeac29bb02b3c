"""Finds the places of triples in JSON-LD 1.1: a node, a key, a value.

Terms are expanded as far as contexts in the document define them, without what depends on types or on other
documents. What is not found gets no place. https://www.w3.org/TR/json-ld11/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import IO, NamedTuple

from kg.errors import CorpusError
from kg.files.input_files import CHUNK_SIZE
from kg.files.json_reader import JsonError, JsonStream, JsonValue, parse_json
from kg.formats.rdf_nodes import NO_BASE
from kg.formats.rdf_reader import (
    RDF_FIRST,
    RDF_NIL,
    RDF_REST,
    RDF_TYPE,
    TriplePlaces,
    anonymous,
    parsed_term,
)
from kg.rdf.terms import literal_value

Members = Mapping[str, JsonValue]
_MAPS = ("@index", "@id", "@type", "@graph")


def find_in_jsonld(places: TriplePlaces, name: str, stream: IO[bytes]) -> None:
    """Find the wanted triples of a document; only one element of its array or `@graph` is in memory."""
    reader = _JsonLdPlaces(places)
    pieces = iter(lambda: stream.read(CHUNK_SIZE), b"")
    try:
        reader.read(JsonStream(pieces, name))
    except (JsonError, CorpusError, RecursionError):
        return  # larger or deeper than kg reads JSON: what was found before is right


class _Term(NamedTuple):
    """The definition of a key; `type` is how its strings are read, as `@id`."""

    iri: str
    type: str = ""
    container: tuple[str, ...] = ()
    reverse: bool = False


class _Context:
    """The definitions that hold for an object."""

    def __init__(self, base: str = f"<{NO_BASE}>", vocab: str = "") -> None:
        self.base = base
        self.vocab = vocab
        self._written: dict[str, object] = {}
        self._terms: dict[str, _Term] = {}

    def extended(self, written: object) -> _Context:
        """Return the context with the definitions of another one."""
        if isinstance(written, list):
            context = self
            for each in written:
                context = context.extended(each)
            return context
        if written is None:
            return _Context()
        if not isinstance(written, dict):
            return self  # a document elsewhere
        context = _Context(self.base, self.vocab)
        context._written = {**self._written, **written}
        if isinstance(base := written.get("@base"), str):
            context.base = parsed_term(f"<{base}>", self.base)
        if isinstance(vocab := written.get("@vocab"), str):
            context.vocab = context.expanded(vocab)
        return context

    def term(self, key: str) -> _Term:
        """Return the definition of a key; without one, its IRI may be compact or relative to `@vocab`."""
        if key not in self._terms:
            self._terms[key] = _Term("")  # for a definition by itself
            self._terms[key] = self._defined(key, self._written.get(key))
        return self._terms[key]

    def _defined(self, key: str, written: object) -> _Term:
        if isinstance(written, str):
            return _Term(self.expanded(written))
        if not isinstance(written, dict):
            return _Term(self.expanded(key, defined=False))
        reverse = written.get("@reverse")
        id = reverse or written.get("@id")
        container = written.get("@container", [])
        return _Term(
            self.expanded(id) if isinstance(id, str) and id != key else self.expanded(key, defined=False),
            str(written.get("@type", "")),
            tuple(map(str, container if isinstance(container, list) else [container])),
            reverse is not None,
        )

    def expanded(self, text: str, *, defined: bool = True) -> str:
        """Return the IRI or keyword that a key, a type or a term means; `""` for none."""
        if text.startswith("@"):
            return text
        if defined and text in self._written:
            return self.term(text).iri
        prefix, colon, local = text.partition(":")
        if colon:
            known = prefix in self._written and not local.startswith("//")
            return self.term(prefix).iri + local if known else text
        return self.vocab + text if self.vocab else ""

    def node(self, id: str) -> str:
        """Return the term of an `@id`."""
        prefix, colon, local = id.partition(":")
        if id.startswith("_:"):
            return id
        if colon and prefix in self._written and not local.startswith("//"):
            return f"<{self.term(prefix).iri}{local}>"
        return parsed_term(f"<{id}>", self.base)


class _JsonLdPlaces:
    def __init__(self, places: TriplePlaces) -> None:
        self._places = places
        self._roots = 0
        self._counts: dict[tuple[str, str], int] = {}

    def read(self, stream: JsonStream) -> None:
        """Find the wanted triples of a document."""
        context = _Context()
        if stream.begin() == b"[":
            for _ in stream.elements():
                self._root(parse_json(*stream.take()), context)
            return
        members: dict[str, JsonValue] = {}
        for raw in stream.members():
            key = raw[1:-1].decode()
            if context.expanded(key) == "@graph" and stream.next() == b"[":
                for _ in stream.elements():
                    self._root(parse_json(*stream.take()), context)
                continue
            members[key] = parse_json(*stream.take())
            if key == "@context":
                context = context.extended(members[key].read())
        if any(not context.term(key).iri.startswith("@") for key in members):
            first = next(iter(members.values()))
            self._node(members, first, context, self._name_of(members, context) or self._next_root())

    def _root(self, value: JsonValue, context: _Context) -> None:
        for each in value.entries() or [value]:
            self._object(each, context, "")

    def _next_root(self) -> str:
        self._roots += 1
        return anonymous("", "", self._roots - 1)

    def _object(self, value: JsonValue, context: _Context, name: str) -> str:
        """Read a node object, and return its name: that of its `@id`, else the one given."""
        members = value.members()
        if "@context" in members:
            context = context.extended(members["@context"].read())
        subject = self._name_of(members, context) or name
        if not subject and any(not context.term(key).iri.startswith("@") for key in members):
            subject = self._next_root()
        self._node(members, value, context, subject)
        return subject

    def _name_of(self, members: Members, context: _Context) -> str:
        for key, value in members.items():
            if context.term(key).iri == "@id" and isinstance(id := value.read(), str):
                return context.node(id)
        return ""

    def _node(self, members: Members, value: JsonValue, context: _Context, subject: str) -> None:
        if self._places.follows(subject):
            self._places.subject(subject, value.place)
        for key, child in members.items():
            term = context.term(key)
            match term.iri:
                case "@type":
                    self._values(subject, child, context, _Term(RDF_TYPE[1:-1], "@vocab"))
                case "@graph" | "@included":
                    self._root(child, context)
                case "@nest":
                    for each in child.entries() or [child]:
                        self._node(each.members(), each, context, subject)
                case "@reverse":
                    for inner, values in child.members().items():
                        self._values(subject, values, context, context.term(inner)._replace(reverse=True))
                case iri if ":" in iri:
                    self._values(subject, child, context, term)

    def _values(self, subject: str, value: JsonValue, context: _Context, term: _Term) -> None:
        """Read the value of a key, which may be an array or a map of values."""
        predicate = f"<{term.iri}>"
        if predicate in self._places.wanted.get(subject, ()):
            self._places.predicate(subject, predicate, value.place)
        if "@list" in term.container:
            self._list(subject, predicate, value, context, term)
        elif "@language" in term.container and value.raw.startswith(b"{"):
            for each in value.members().values():
                for text in each.entries() or [each]:
                    self._literal(subject, predicate, text)
        elif value.raw.startswith(b"{") and any(each in term.container for each in _MAPS):
            for id, each in value.members().items():
                name = context.node(id) if "@id" in term.container else ""
                for item in each.entries() or [each]:
                    self._value(subject, item, context, term, name)
        else:
            for item in _items(value):
                self._value(subject, item, context, term)

    def _value(self, subject: str, value: JsonValue, context: _Context, term: _Term, name: str = "") -> None:
        predicate = f"<{term.iri}>"
        if value.raw.startswith(b"{"):
            members = {context.term(key).iri: each for key, each in value.members().items()}
            if "@value" in members:
                self._literal(subject, predicate, members["@value"])
            elif "@list" in members:
                self._list(subject, predicate, members["@list"], context, term)
            elif "@set" in members:
                self._values(subject, members["@set"], context, term)
            else:
                name = self._object(value, context, name or self._anonymous_value(subject, predicate, members))
                self._triple(subject, name, term, value)
        elif term.type in ("@id", "@vocab") and isinstance(text := value.read(), str):
            iri = (
                f"<{expanded}>"
                if term.type == "@vocab" and (expanded := context.expanded(text))
                else context.node(text)
            )
            self._triple(subject, iri, term, value)
        else:
            self._literal(subject, predicate, value)

    def _anonymous_value(self, subject: str, predicate: str, members: Members) -> str:
        if "@id" in members or not self._places.follows(subject):
            return "_:"
        number = self._counts.get((subject, predicate), 0)
        self._counts[subject, predicate] = number + 1
        return anonymous(subject, predicate, number)

    def _triple(self, subject: str, object: str, term: _Term, value: JsonValue) -> None:
        if term.reverse:
            subject, object = object, subject
        if object in self._places.objects(subject, f"<{term.iri}>"):
            self._places.object(subject, f"<{term.iri}>", object, value.place)

    def _literal(self, subject: str, predicate: str, value: JsonValue) -> None:
        """Note a literal of a wanted triple, whatever its datatype and language are."""
        wanted = [each for each in self._places.objects(subject, predicate) if each.startswith('"')]
        if wanted:
            written = value.read()
            for each in wanted:
                if _is_written_as(literal_value(each).lexical, written):
                    self._places.object(subject, predicate, each, value.place)

    def _list(self, subject: str, predicate: str, value: JsonValue, context: _Context, term: _Term) -> None:
        """Read a list, whose cells are anonymous nodes."""
        items = list(_items(value))
        cell = self._anonymous_value(subject, predicate, {}) if items else RDF_NIL
        self._triple(subject, cell, term, value)
        for number, item in enumerate(items):
            if number:
                before, cell = cell, anonymous(cell, RDF_REST, 0)
                self._triple(before, cell, _Term(RDF_REST[1:-1]), item)
            if self._places.follows(cell):
                self._places.subject(cell, item.place)
            self._value(cell, item, context, term._replace(iri=RDF_FIRST[1:-1], reverse=False))


def _items(value: JsonValue) -> Iterator[JsonValue]:
    if value.raw.startswith(b"["):
        for each in value.entries():
            yield from _items(each)
    else:
        yield value


def _is_written_as(lexical: str, written: object) -> bool:
    if isinstance(written, bool):
        return lexical == str(written).lower()
    if isinstance(written, int | float):
        try:
            return float(lexical) == written
        except ValueError:
            return False
    return lexical == written
