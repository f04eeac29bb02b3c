"""What holds annotations: an array, lines, a collection, a page, an answer of Hypothesis. Nothing is fetched.

https://www.w3.org/TR/annotation-model/#collections
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kg.errors import CorpusError, Finding, Place
from kg.importers.json_stream import Stream
from kg.importers.json_values import Unreadable, value

DEEPEST = 100
"""How many pages may stand inside one another."""
_LISTS = (b'"items"', b'"rows"')
_PAGES = (b'"first"', b'"next"')
_GRAPH = b'"@graph"'


class Record(NamedTuple):
    """One thing in a file that should be an annotation, as it stands there."""

    raw: bytes
    place: Place


class Envelope:
    """Yields the records of files, one in memory at a time, and remembers what it saw of pages.

    `named` are pages that a file only names, with the places; `read` the ids of those that it held.
    """

    def __init__(self) -> None:
        self.named: dict[str, Place] = {}
        self.read: set[str] = set()

    def records(self, pieces: Iterator[bytes], file: str) -> Iterator[Record]:
        """Yield the records of a file, which may hold several values: JSON Lines is one. Raises `CorpusError`."""
        stream = Stream(pieces, file)
        stream.begin()
        while stream.next():
            yield from self._value(stream, 0)

    def _value(self, stream: Stream, depth: int) -> Iterator[Record]:
        sign = stream.next()
        if depth > DEEPEST:
            message = f"pages must stand at most {DEEPEST} deep in one another, and these are deeper: part them"
            raise CorpusError([Finding("violation", message, "too-deep", stream.cursor.place)])
        if sign == b"[":
            yield from self._array(stream, depth)
        elif sign == b"{":
            yield from self._object(stream, depth)
        else:
            yield Record(*stream.take())

    def _array(self, stream: Stream, depth: int, *, of_annotations: bool = False) -> Iterator[Record]:
        stream.skip(1)
        while (sign := stream.next()) != b"]":
            if of_annotations:
                # To look into each would take ten times as long.
                yield Record(*stream.take())
            else:
                yield from self._value(stream, depth + 1)
            sign = stream.next()
            if sign == b",":
                stream.skip(1)
            elif sign != b"]":
                raise stream.broken("a comma or the end of the array")
        stream.skip(1)

    def _object(self, stream: Stream, depth: int) -> Iterator[Record]:
        """Yield the records in an object, or itself where it holds none."""
        place = stream.cursor.place
        members: dict[bytes, bytes] = {}
        holds = False
        stream.skip(1)
        while (sign := stream.next()) != b"}":
            key = self._key(stream)
            sign = stream.next()
            if key in _LISTS and sign == b"[":
                holds = True
                yield from self._array(stream, depth, of_annotations=True)
            elif (key in _PAGES and sign == b"{") or (key == _GRAPH and sign == b"["):
                holds = True
                yield from self._value(stream, depth + 1)
            else:
                members[key], _ = stream.take()
            if (sign := stream.next()) == b",":
                stream.skip(1)
            elif sign != b"}":
                raise stream.broken("a comma or the end of the object")
        stream.skip(1)
        if not self._is_page(members, place) and not holds:
            yield Record(b"{" + b",".join([key + b":" + raw for key, raw in members.items()]) + b"}", place)

    def _key(self, stream: Stream) -> bytes:
        if stream.next() != b'"':
            raise stream.broken("a key in quotation marks")
        key, _ = stream.take()
        if stream.next() != b":":
            raise stream.broken("a colon")
        stream.skip(1)
        return key

    def _is_page(self, members: dict[bytes, bytes], place: Place) -> bool:
        """Remember the id of what may be a page, and which pages it names; tell whether it names any."""
        named = [iri for key in _PAGES if (iri := _text(members.get(key, b""), place))]
        if b'"target"' in members:
            return False
        if id := _text(members.get(b'"id"', b""), place):
            self.read.add(id)
        for iri in named:
            self.named.setdefault(iri, place)
        return bool(named)


def _text(raw: bytes, place: Place) -> str:
    """Return the string that a value is, `""` for all others."""
    if not raw.startswith(b'"'):
        return ""
    try:
        found = value(raw, place).read()
    except Unreadable:
        return ""
    return found if isinstance(found, str) else ""
