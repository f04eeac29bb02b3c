"""Lines and columns of offsets in a text, of positions in a stream, and of the values of a file.

Columns count code points; a line ends at LF, CRLF or CR, as in editors.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from typing import Literal, NamedTuple

from kg.errors import Path, Place

_LINE_END = re.compile(r"\r\n?|\n")
_CONTINUATION_BYTES = bytes(range(0x80, 0xC0))


class Lines:
    """The line starts of a text, to find the place of an offset."""

    def __init__(self, file: str, text: str, *, first: int = 1) -> None:
        self.file = file
        self.first = first
        self.starts = [0, *(end.end() for end in _LINE_END.finditer(text))]

    def place(self, offset: int) -> Place:
        """Return the place of the character at an offset."""
        row = bisect_right(self.starts, offset) - 1
        return Place(self.file, self.first + row, offset - self.starts[row] + 1)


class PlaceCursor:
    """The current place of a reader of UTF-8."""

    def __init__(self, place: Place) -> None:
        self.file, self.line, self.column = place[:3]
        self._after_return = False

    @property
    def place(self) -> Place:
        return Place(self.file, self.line, self.column)

    def advance(self, raw: bytes) -> None:
        """Advance past these bytes."""
        ends = raw.count(b"\n") + raw.count(b"\r") - raw.count(b"\r\n")
        last = max(raw.rfind(b"\n"), raw.rfind(b"\r"))
        if self._after_return and raw.startswith(b"\n"):
            ends -= 1
        self._after_return = raw.endswith(b"\r") or (self._after_return and not raw)
        self.line += ends
        self.column = len(raw[last + 1 :].translate(None, _CONTINUATION_BYTES)) + (1 if last >= 0 else self.column)


class PlacedBytes:
    """Bytes that begin at a place; finds the places of offsets, fastest in ascending order."""

    def __init__(self, raw: bytes, place: Place) -> None:
        self.raw = raw
        self._first = place
        self._cursor = PlaceCursor(place)
        self._reached = 0

    def place(self, offset: int) -> Place:
        if offset < self._reached:
            self._cursor, self._reached = PlaceCursor(self._first), 0
        self._cursor.advance(self.raw[self._reached : offset])
        self._reached = offset
        return self._cursor.place


class ValueToken(NamedTuple):
    """The start or end of a mapping or list, or a scalar, which may be a key; `end` is the offset after it."""

    kind: Literal["{", "[", "end", "scalar"]
    text: str
    offset: int
    end: int


class Mark(NamedTuple):
    """The offsets of a value and its key, and of where each ends; an item of a list is its own key.

    A block of YAML ends with its last value, a text in `|` or `>` at the start of the next line.
    """

    key: int
    key_end: int
    value: int
    value_end: int


class ValueIndex(NamedTuple):
    """The marks of all values of a text by their paths (the first of equal keys), and each key that is repeated."""

    marks: dict[Path, Mark]
    repeated: list[tuple[Path, int]]


def index_values(tokens: Iterable[ValueToken]) -> ValueIndex:
    """Return where the values and keys of a text are."""
    indexer = _ValueIndexer()
    for token in tokens:
        if not indexer.take(token):
            break
    return ValueIndex(indexer.marks, indexer.repeated)


class _ValueIndexer:
    """`path` has a step for each open container: its next number, or its key."""

    def __init__(self) -> None:
        self.marks: dict[Path, Mark] = {}
        self.repeated: list[tuple[Path, int]] = []
        self._path: list[str | int] = []
        self._in_list: list[bool] = []
        self._first_of_path: list[bool] = []
        self._key: tuple[int, int] | None = None  # of a key that waits for its value

    def take(self, token: ValueToken) -> bool:
        """Take the next token; return False if the text is malformed, so that the rest has no path."""
        if token.kind == "end":
            return self._close(token.end)
        if token.kind == "scalar" and self._key is None and self._in_list and not self._in_list[-1]:
            self._path[-1], self._key = token.text, (token.offset, token.end)
            if tuple(self._path) in self.marks:
                self.repeated.append((tuple(self._path), token.offset))
            return True
        path = tuple(self._path)
        is_first = path not in self.marks
        if is_first:
            key, key_end = self._key or (token.offset, token.end)
            self.marks[path] = Mark(key, key_end, token.offset, token.end)
        self._key = None
        if token.kind == "scalar":
            self._next_item()
        else:
            self._first_of_path.append(is_first)
            self._in_list.append(token.kind == "[")
            self._path.append(0 if token.kind == "[" else "")
        return True

    def _close(self, end: int) -> bool:
        if not self._path:
            return False
        self._path.pop()
        self._in_list.pop()
        path = tuple(self._path)
        if self._first_of_path.pop():
            mark = self.marks[path]
            is_own_key = mark.key == mark.value
            self.marks[path] = mark._replace(value_end=end, key_end=end if is_own_key else mark.key_end)
        self._next_item()
        return True

    def _next_item(self) -> None:
        """Advance to the next item if the value that ended is in a list."""
        if self._in_list and self._in_list[-1]:
            last = self._path[-1]
            self._path[-1] = last + 1 if isinstance(last, int) else 0
