"""The rows of a SPARQL result counted while it is written, so that it never has more than it may."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol


class Stream(Protocol):
    """What pieces are written into."""

    def write(self, piece: bytes, /) -> int:
        """Write a piece."""

    def flush(self) -> None:
        """Write what is held back."""


class TooManyRowsError(Exception):
    """The result has more rows than it may."""


class RowLimit:
    """A stream that counts the rows that pass, and raises `TooManyRowsError` at the first one too many.

    Oxigraph writes a result in pieces that end anywhere, without blanks between its parts.
    """

    def __init__(self, stream: Stream, form: str, most: int) -> None:
        self._stream = stream
        self._most = most
        self._count = {"json": self._json, "xml": self._xml, "csv": self._csv, "tsv": self._tsv}[form]
        self._held = b""
        self._in_quotes = False
        # What is counted though it is no row: the head of a table, the object that a JSON result is.
        self.rows = 0 if form == "xml" else -1

    def write(self, piece: bytes) -> int:
        """Write a piece."""
        self.rows += self._count(piece)
        if self.rows > self._most:
            raise TooManyRowsError
        return self._stream.write(piece)

    def flush(self) -> None:
        """Write what is held back."""
        self._stream.flush()

    def _tsv(self, piece: bytes) -> int:
        # Line ends in literals are escaped.
        return piece.count(b"\n")

    def _csv(self, piece: bytes) -> int:
        return self._outside(piece, lambda part: part.count(b"\n"))

    def _xml(self, piece: bytes) -> int:
        text = self._held + piece
        # One byte too short to be counted again.
        self._held = text[-(len(b"<result>") - 1) :]
        return text.count(b"<result>")

    def _json(self, piece: bytes) -> int:
        text = self._held + piece
        # An escape or `:{` may be cut by the end of the piece.
        whole = text.rstrip(b"\\:")
        self._held = text[len(whole) :]
        bare = whole.replace(b"\\\\", b"").replace(b'\\"', b"")
        # A row is the only object, but for the whole, that is not the value of a key.
        return self._outside(bare, lambda part: part.count(b"{") - part.count(b":{"))

    def _outside(self, text: bytes, count: Callable[[bytes], int]) -> int:
        """Return the sum over the parts that stand outside of quotation marks."""
        parts = text.split(b'"')
        found = sum(map(count, parts[self._in_quotes :: 2]))
        self._in_quotes ^= len(parts) % 2 == 0
        return found
