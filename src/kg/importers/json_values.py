"""Values of JSON with the places where they stand in a file.

What other tools write is forgiven: half of a surrogate pair is U+FFFD, `NaN` and `Infinity` are `""`. Of a key that
an object has twice the last is read.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import msgspec

from kg.errors import Place

_SIGN = re.compile(
    rb"(?P<pair>\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})"
    rb"|(?P<half>\\u[dD][89a-fA-F][0-9a-fA-F]{2})|\\.",
    re.DOTALL,
)
_STRING_OR_NUMBER = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|(?P<number>-?Infinity|NaN)', re.DOTALL)
_CONTINUED = bytes(range(0x80, 0xC0))
_ANY = msgspec.json.Decoder()
_RAW = msgspec.json.Decoder(msgspec.Raw)
_ENTRIES = msgspec.json.Decoder(list[msgspec.Raw])
_MEMBERS = msgspec.json.Decoder(dict[str, msgspec.Raw])


class Unreadable(ValueError):  # noqa: N818, reads as what it says
    """A value that is no JSON: the message says why, as the end of a sentence."""


class Cursor:
    """Where in a file a reader is: lines end at LF, CRLF and CR, columns count code points."""

    def __init__(self, place: Place) -> None:
        self.file, self.line, self.column = place
        self._after_return = False

    @property
    def place(self) -> Place:
        return Place(self.file, self.line, self.column)

    def advance(self, raw: bytes) -> None:
        """Go on behind these bytes."""
        ends = raw.count(b"\n") + raw.count(b"\r") - raw.count(b"\r\n")
        last = max(raw.rfind(b"\n"), raw.rfind(b"\r"))
        if self._after_return and raw.startswith(b"\n"):
            ends -= 1
        self._after_return = raw.endswith(b"\r") or (self._after_return and not raw)
        self.line += ends
        self.column = len(raw[last + 1 :].translate(None, _CONTINUED)) + (1 if last >= 0 else self.column)


class Ground:
    """The bytes in which values stand; tells their places, quickest in the order of the text."""

    def __init__(self, raw: bytes, place: Place) -> None:
        self.raw = raw
        self._first = place
        self._cursor = Cursor(place)
        self._reached = 0

    def place(self, offset: int) -> Place:
        if offset < self._reached:
            self._cursor, self._reached = Cursor(self._first), 0
        self._cursor.advance(self.raw[self._reached : offset])
        self._reached = offset
        return self._cursor.place


class Value(NamedTuple):
    """A value as it stands in a file."""

    raw: bytes
    start: int
    ground: Ground

    @property
    def place(self) -> Place:
        return self.ground.place(self.start)

    def read(self) -> object:
        """Return what it says. Raises `Unreadable` for a number that no computer holds."""
        try:
            return _ANY.decode(self.raw)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise Unreadable(_reason(error)) from error

    def entries(self) -> list[Value]:
        """Return what an array holds; nothing of what is none."""
        if not self.raw.startswith(b"["):
            return []
        return self._located([bytes(raw) for raw in _ENTRIES.decode(self.raw)])

    def members(self) -> dict[str, Value]:
        """Return what an object holds by its keys; nothing of what is none."""
        if not self.raw.startswith(b"{"):
            return {}
        members = _MEMBERS.decode(self.raw)
        return dict(zip(members, self._located([bytes(raw) for raw in members.values()]), strict=True))

    def _located(self, several: list[bytes]) -> list[Value]:
        """Return values in their order, each where its bytes come next: a key may look like its value."""
        found, at = [], 0
        for raw in several:
            here = self.raw.find(raw, at)
            if here >= 0:
                at = here + len(raw)
            found.append(Value(raw, self.start + max(here, 0), self.ground))
        return found


def value(raw: bytes, place: Place) -> Value:
    """Return what stands at a place. Raises `Unreadable` for what is no JSON, or nested too deeply."""
    try:
        if not raw.isascii():
            raw.decode()
        try:
            _RAW.decode(raw)
        except msgspec.DecodeError:
            raw = _mended(raw)
            _RAW.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable(_reason(error)) from error
    return Value(raw, 0, Ground(raw, place))


def _mended(raw: bytes) -> bytes:
    """Return JSON of the same length without what only lenient readers take."""

    def whole(sign: re.Match[bytes]) -> bytes:
        return rb"\ufffd" if sign["half"] else sign[0]

    def known(token: re.Match[bytes]) -> bytes:
        return b'""'.ljust(len(token[0])) if token["number"] else _SIGN.sub(whole, token[0])

    return _STRING_OR_NUMBER.sub(known, raw)


def _reason(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    if isinstance(error, UnicodeDecodeError):
        return "it is not UTF-8"
    return f"it is not JSON ({error})"
