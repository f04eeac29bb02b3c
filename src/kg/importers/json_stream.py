"""The elements of one long JSON array, one in memory at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from kg.errors import CorpusError, Finding, Place
from kg.files.text_files import LINE_LIMIT, decode_text
from kg.importers.json_values import Cursor

_STRING = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_FLAT = rb'(?:[^"\[\]{}]++|' + _STRING + rb")*+"
# In few steps to the next bracket that has another one inside. Not `*+`: before Python 3.11.5, what such a group
# has begun and not ended counts as matched. So many at once, as each waits in memory to be tried again.
_ON = re.compile(rb'(?:[^"\[\]{}]++|' + _STRING + rb"|\[" + _FLAT + rb"\]|\{" + _FLAT + rb"\}){0,4096}", re.DOTALL)
_SCALAR = re.compile(_STRING + rb'|[^\s,\[\]{}"]++', re.DOTALL)
_BLANK = re.compile(rb"[ \t\r\n]*+")
_BOM = b"\xef\xbb\xbf"
_NEAR = 100_000
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def elements(pieces: Iterator[bytes], file: str) -> Iterator[tuple[bytes, Place]]:
    """Yield the elements of the array that a file is, or the one object that it is, as bytes, with their places.

    What is inside of an element is not looked at. Raises `CorpusError` where the brackets do not close, for an
    element above the limit, and for a file that is neither array nor object.
    """
    stream = Stream(pieces, file)
    opening = stream.begin()
    if opening == b"{":
        yield stream.take()
    else:
        stream.skip(1)
        if stream.next() == b"]":
            stream.skip(1)
        else:
            yield stream.take()
            while (sign := stream.next()) == b",":
                stream.skip(1)
                yield stream.take()
            if sign != b"]":
                raise stream.broken("a comma or the end of the array")
            stream.skip(1)
    if stream.next():
        raise stream.broken("nothing more")


def begun(pieces: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """Return what a file begins with behind blanks, as far as that is near, and the same file from its start.

    A byte order mark is taken off.
    """
    head = b""
    while len(head) < _NEAR and not head.removeprefix(_BOM).strip() and (piece := next(pieces, b"")):
        head += piece
    head = head.removeprefix(_BOM)
    return head.lstrip()[:_NEAR], chain((head,), pieces)


class Stream:
    """What has been read of a file and not yet been taken out; for those who look into what is long themselves."""

    def __init__(self, pieces: Iterator[bytes], file: str) -> None:
        self.pieces = pieces
        self.buffer = b""
        self.cursor = Cursor(Place(file, 1, 1))
        self.at = 0

    def begin(self) -> bytes:
        """Return the first sign of the file. Raises `CorpusError` for what is no JSON array or object."""
        while len(self.buffer) < len(_BOM) and self._more():
            pass
        if self.buffer.startswith(_UTF_16):
            decode_text(self.buffer, self.cursor.file)
        self.buffer = self.buffer.removeprefix(_BOM)
        sign = self.next()
        if sign not in (b"[", b"{"):
            raise self.broken("an array or an object of JSON")
        return sign

    def next(self) -> bytes:
        """Return the next sign that is no blank, nothing at the end of the file."""
        while True:
            end = _end(_BLANK.match(self.buffer, self.at))
            self.skip(end - self.at)
            if self.at < len(self.buffer):
                return self.buffer[self.at : self.at + 1]
            if not self._more():
                return b""

    def skip(self, count: int) -> None:
        """Go on behind so many bytes of what has been read."""
        self.cursor.advance(self.buffer[self.at : self.at + count])
        self.at += count

    def take(self) -> tuple[bytes, Place]:
        """Return the value that comes next, and where it begins."""
        sign = self.next()
        place = self.cursor.place
        size = self._nested() if sign in (b"[", b"{") else self._scalar()
        raw = self.buffer[self.at : self.at + size]
        self.skip(size)
        return raw, place

    def broken(self, wanted: str) -> CorpusError:
        """Return why a file cannot be read on from here."""
        message = f"here must stand {wanted}: export the file again, or mend it (the rest of it was not read)"
        return CorpusError([Finding("violation", message, "not-json", self.cursor.place)])

    def _nested(self) -> int:
        """Return the length of the array or object that comes next."""
        # Behind the opening bracket: what is flat, the pattern would else take for a piece of what is around it.
        depth, length = 1, 1
        while True:
            while (end := _end(_ON.match(self.buffer, self.at + length))) > self.at + length:
                length = end - self.at
            sign = self.buffer[self.at + length : self.at + length + 1]
            if sign in (b"", b'"'):
                self._need()
                continue
            length += 1
            depth += 1 if sign in b"[{" else -1
            if depth <= 0:
                return length

    def _scalar(self) -> int:
        while True:
            found = _SCALAR.match(self.buffer, self.at)
            if found and found.end() < len(self.buffer):
                return found.end() - self.at
            if not found and self.buffer[self.at : self.at + 1] not in (b'"', b""):
                raise self.broken("a value")
            self._need()

    def _need(self) -> None:
        """Read on. Raises `CorpusError` at the end of the file, and for an element that is too large."""
        if len(self.buffer) - self.at > LINE_LIMIT:
            message = (
                f"an element of the array must have at most {LINE_LIMIT // 1_000_000} MB, this one has more "
                "(the rest of the file was not read)"
            )
            raise CorpusError([Finding("violation", message, "too-large", self.cursor.place)])
        if not self._more():
            message = "the file must be whole, it ends within what begins here: export or copy it again"
            raise CorpusError([Finding("violation", message, "cut-off", self.cursor.place)])

    def _more(self) -> bool:
        """Read at least as much as is there already, so that long values are not looked through many times."""
        kept = self.buffer[self.at :]
        self.at = 0
        read, size = [kept], 0
        for piece in self.pieces:
            read.append(piece)
            size += len(piece)
            if size >= len(kept):
                break
        self.buffer = b"".join(read)
        return size > 0


def _end(found: re.Match[bytes] | None) -> int:
    assert found is not None, "the pattern matches nothing too"
    return found.end()
