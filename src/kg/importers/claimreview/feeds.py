"""Files of JSON: values one after the other, and what stands in their long lists, one in memory at a time."""

from __future__ import annotations

from collections.abc import Iterator

from kg.errors import Place
from kg.importers.json_stream import Stream
from kg.importers.json_values import Cursor

# Of a feed, of the answer of a search. Not `@graph`: what stands in it refers to one another.
_LONG = (b'"dataFeedElement"', b'"claims"', b'"itemListElement"')
_LONGEST_GAP = 10_000


def values(pieces: Iterator[bytes], file: str) -> Iterator[tuple[bytes, Place]]:
    """Yield the values of a file of JSON or JSON Lines, with their places: the elements of each long list apart.

    Raises `CorpusError` where the file is no JSON, or does not end as it should.
    """
    stream = Stream(pieces, file)
    opening = stream.begin()
    while opening:
        if opening == b"[":
            yield from _elements(stream)
        elif opening == b"{":
            yield from _object(stream)
        else:
            raise stream.broken("an array or an object of JSON")
        opening = stream.next()


def _elements(stream: Stream) -> Iterator[tuple[bytes, Place]]:
    stream.skip(1)
    if stream.next() != b"]":
        yield stream.take()
        while stream.next() == b",":
            stream.skip(1)
            yield stream.take()
    if stream.next() != b"]":
        raise stream.broken("a comma or the end of the array")
    stream.skip(1)


def _object(stream: Stream) -> Iterator[tuple[bytes, Place]]:
    """Yield the elements of an object's long lists, then the object without them."""
    stream.next()
    rest = _Rest(stream.cursor.place)
    rest.sign(stream)
    while stream.next() != b"}":
        if rest.is_begun and stream.next() != b",":
            raise stream.broken("a comma or the end of the object")
        if rest.is_begun:
            rest.sign(stream)
        key, at = stream.take()
        rest.put(key, at)
        if stream.next() != b":":
            raise stream.broken("a colon")
        rest.sign(stream)
        if key in _LONG and stream.next() == b"[":
            rest.put(b"[]", stream.cursor.place)
            yield from _elements(stream)
        else:
            rest.put(*stream.take())
    rest.sign(stream)
    yield b"".join(rest.raw), rest.place


class _Rest:
    """What is left of an object, each sign at the line and column where it stood."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.raw: list[bytes] = []
        self._cursor = Cursor(place)

    @property
    def is_begun(self) -> bool:
        """Tell whether there is more than the bracket."""
        return len(self.raw) > 1

    def sign(self, stream: Stream) -> None:
        """Take the next sign over."""
        sign = stream.next()
        self.put(sign, stream.cursor.place)
        stream.skip(1)

    def put(self, raw: bytes, at: Place) -> None:
        """Add what stands at a place further on, but not behind a gap as long as a feed."""
        down = at.line - self._cursor.line
        aside = at.column - (1 if down else self._cursor.column)
        gap = b"\n" * down + b" " * aside if down + aside <= _LONGEST_GAP else b" "
        laid = gap + raw
        self._cursor.advance(laid)
        self.raw.append(laid)
