"""Reads JSON with places: strictly for kg's own files, leniently for the files of other tools.

The strict reader parses one line in memory and reports repeated keys. The lenient reader takes a file of any length
value by value; half of a surrogate pair becomes U+FFFD, `NaN` and `Infinity` become `""`, and the last of equal
keys counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import NamedTuple

import msgspec

from kg.errors import CorpusError, Finding, Path, Place
from kg.files.places import Lines, PlaceCursor, PlacedBytes, ValueToken, index_values
from kg.files.text_files import LINE_LIMIT, control_characters, decode_text, is_safe, shortened

_TOKEN = re.compile(r'(?s)[{\[\]}]|"[^"\\]*(?:\\.[^"\\]*)*"|[^\s{}\[\],:"]+')
# Matches the end of each key, and also such characters inside a text.
_KEY_END = re.compile(rb'"[ \t\r]*:')
_STRING = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_FLAT = rb'(?:[^"\[\]{}]++|' + _STRING + rb")*+"
# Skips to the next bracket that contains another one. Not `*+`: before Python 3.11.5, a possessive group matches
# even if it has not ended. The count is limited, since each repetition waits in memory to be tried again.
_UP_TO_NESTED = re.compile(
    rb'(?:[^"\[\]{}]++|' + _STRING + rb"|\[" + _FLAT + rb"\]|\{" + _FLAT + rb"\}){0,4096}", re.DOTALL
)
_SCALAR = re.compile(_STRING + rb'|[^\s,\[\]{}"]++', re.DOTALL)
_BLANK = re.compile(rb"[ \t\r\n]*+")
_BOM = b"\xef\xbb\xbf"
_NEAR = 100_000
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_SIGN = re.compile(
    rb"(?P<pair>\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})"
    rb"|(?P<half>\\u[dD][89a-fA-F][0-9a-fA-F]{2})|\\.",
    re.DOTALL,
)
_STRING_OR_NUMBER = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|(?P<number>-?Infinity|NaN)', re.DOTALL)
_ANY = msgspec.json.Decoder()
_RAW = msgspec.json.Decoder(msgspec.Raw)
_ENTRIES = msgspec.json.Decoder(list[msgspec.Raw])
_MEMBERS = msgspec.json.Decoder(dict[str, msgspec.Raw])


def read_json_strictly(raw: bytes, file: str, line: int, deepest: int) -> tuple[object, list[Finding]]:
    """Return the value of a line of JSON, and a finding for each key that is repeated.

    Raises `CorpusError` if it is not UTF-8, has control characters, is not JSON, or nests deeper than Python can.
    """
    value = _read_quickly(raw)
    return (value, []) if value is not None else _read_carefully(raw, file, line, deepest)


def _read_quickly(raw: bytes) -> object:
    """Return the value of a line of valid JSON without repeated keys, else None.

    msgspec takes half the time of `json`, but silently keeps the last of two equal keys.
    """
    # msgspec refuses all other invalid lines.
    if b"\x7f" in raw or (b"\xef" in raw and not is_safe(raw)):
        return None
    try:
        value: object = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return value if _count_keys(value) == _most_keys(raw) else None


def _read_carefully(raw: bytes, file: str, line: int, deepest: int) -> tuple[object, list[Finding]]:
    """Return the value of a line and a finding for each repeated key; raises as `read_json_strictly` does."""
    text = decode_text(raw, file, line=line)
    if not is_safe(raw):
        raise CorpusError(control_characters(text, file, line=line))
    repeats: list[None] = []

    def mapping(pairs: list[tuple[str, object]]) -> dict[str, object]:
        values = dict(pairs)
        if len(values) != len(pairs):
            repeats.append(None)
        return values

    value = _parse_standard(text, mapping, Place(file, line, 1), deepest)
    return value, repeated_keys(json_tokens(text), Lines(file, text, first=line)) if repeats else []


def _parse_standard(
    text: str, mapping: Callable[[list[tuple[str, object]]], object], start: Place, deepest: int
) -> object:
    import json  # here, not above: msgspec reads all valid lines

    try:
        return json.loads(text, object_pairs_hook=mapping, parse_constant=_constant)
    except json.JSONDecodeError as error:
        message = f"a line must be one JSON object, whole: {error.msg[:1].lower()}{error.msg[1:]} here"
        finding = Finding(
            "violation", message, "json-syntax", Lines(start.file, text, first=start.line).place(error.pos)
        )
    except RecursionError:
        message = f"values must nest at most {deepest} deep: write them flatter"
        finding = Finding("violation", message, "too-deep", start)
    except ValueError:
        message = "a number must be a whole number of a few digits: correct it"
        finding = Finding("violation", message, "json-syntax", start)
    raise CorpusError([finding])


def _constant(name: str) -> object:
    raise ValueError(name)


def _count_keys(value: object) -> int:
    """Return the number of keys in all mappings of a value."""
    count = 0
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            count += len(value)
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
    return count


def _most_keys(line: bytes) -> int:
    """Return the highest number of keys that a line of JSON can have, with each repeated key.

    If as many were read, no key is repeated.
    """
    # Searching for one byte is far quicker than for two.
    if b" :" in line or (b"\t" in line and b"\t:" in line) or (b"\r" in line and b"\r:" in line):
        return len(_KEY_END.findall(line))
    return line.count(b'":')


def repeated_keys(tokens: Iterable[ValueToken], lines: Lines) -> list[Finding]:
    """Return a finding for each key that its mapping has already, but none for the keys below a repeated one."""
    found = index_values(tokens)
    first: dict[Path, int] = {}
    for path, offset in found.repeated:
        first.setdefault(path, offset)
    return [
        Finding(
            "violation",
            f"a key must be unique, `{shortened(str(path[-1]))}` is on line "
            f"{lines.place(found.marks[path].key).line} already: delete or rename one",
            "duplicate-key",
            lines.place(offset),
        )
        for path, offset in found.repeated
        if not any(first.get(path[:depth], offset) < offset for depth in range(1, len(path)))
    ]


def json_tokens(text: str) -> Iterator[ValueToken]:
    """Yield the tokens of a JSON text."""
    for match in _TOKEN.finditer(text):
        token = match[0]
        if token[0] == '"':
            yield ValueToken("scalar", _unquoted(token), match.start(), match.end())
        elif token in "}]":
            yield ValueToken("end", "", match.start(), match.end())
        elif token == "{":
            yield ValueToken("{", "", match.start(), match.end())
        elif token == "[":
            yield ValueToken("[", "", match.start(), match.end())
        else:
            yield ValueToken("scalar", token, match.start(), match.end())


def _unquoted(token: str) -> str:
    import json  # here, not above: only errors need it

    try:
        return str(json.loads(token, strict=False))
    except ValueError:
        return token


class JsonError(ValueError):
    """A value is not JSON: the message says why, as the end of a sentence."""


class JsonValue(NamedTuple):
    """A value in the bytes of a file, not decoded yet."""

    raw: bytes
    start: int
    within: PlacedBytes

    @property
    def place(self) -> Place:
        return self.within.place(self.start)

    def read(self) -> object:
        """Return the decoded value. Raises `JsonError` for a number out of range."""
        try:
            return _ANY.decode(self.raw)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise JsonError(_reason(error)) from error

    def entries(self) -> list[JsonValue]:
        """Return the entries of an array; none for any other value."""
        if not self.raw.startswith(b"["):
            return []
        return self._located([bytes(raw) for raw in _ENTRIES.decode(self.raw)])

    def members(self) -> dict[str, JsonValue]:
        """Return the values of an object by their keys; none for any other value."""
        if not self.raw.startswith(b"{"):
            return {}
        members = _MEMBERS.decode(self.raw)
        return dict(zip(members, self._located([bytes(raw) for raw in members.values()]), strict=True))

    def _located(self, several: list[bytes]) -> list[JsonValue]:
        """Return the values in order, each at the next occurrence of its bytes: a key may look like its value."""
        found, at = [], 0
        for raw in several:
            here = self.raw.find(raw, at)
            if here >= 0:
                at = here + len(raw)
            found.append(JsonValue(raw, self.start + max(here, 0), self.within))
        return found


def parse_json(raw: bytes, place: Place) -> JsonValue:
    """Return the value at a place. Raises `JsonError` if it is not JSON, or nested too deeply."""
    try:
        if not raw.isascii():
            raw.decode()
        try:
            _RAW.decode(raw)
        except msgspec.DecodeError:
            raw = _corrected(raw)
            _RAW.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise JsonError(_reason(error)) from error
    return JsonValue(raw, 0, PlacedBytes(raw, place))


def _corrected(raw: bytes) -> bytes:
    """Return JSON of the same length without the syntax that only lenient readers accept."""

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


def json_elements(pieces: Iterator[bytes], file: str) -> Iterator[tuple[bytes, Place]]:
    """Yield the elements of a file that is an array, or its one object, as bytes with their places.

    Elements are not parsed. Raises `CorpusError` for brackets that are not closed, for an element above the limit,
    and for a file that is neither an array nor an object.
    """
    stream = JsonStream(pieces, file)
    if stream.begin() == b"{":
        yield stream.take()
    else:
        for _ in stream.elements():
            yield stream.take()
    if stream.next():
        raise stream.broken("nothing more")


def peek(pieces: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """Return the first bytes of a file that are not blank, and the whole file without a byte order mark."""
    head = b""
    while len(head) < _NEAR and not head.removeprefix(_BOM).strip() and (piece := next(pieces, b"")):
        head += piece
    head = head.removeprefix(_BOM)
    return head.lstrip()[:_NEAR], chain((head,), pieces)


class JsonStream:
    """Reads a file token by token, for readers that go into long arrays and objects themselves."""

    def __init__(self, pieces: Iterator[bytes], file: str) -> None:
        self.pieces = pieces
        self.buffer = b""
        self.cursor = PlaceCursor(Place(file, 1, 1))
        self.at = 0

    def begin(self) -> bytes:
        """Return the first bracket of the file. Raises `CorpusError` if it is no JSON array or object."""
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
        """Return the next byte that is not blank, without taking it; nothing at the end of the file."""
        while True:
            end = _end(_BLANK.match(self.buffer, self.at))
            self.skip(end - self.at)
            if self.at < len(self.buffer):
                return self.buffer[self.at : self.at + 1]
            if not self._more():
                return b""

    def skip(self, count: int) -> None:
        """Advance by a number of bytes."""
        self.cursor.advance(self.buffer[self.at : self.at + count])
        self.at += count

    def take(self) -> tuple[bytes, Place]:
        """Take the next value; return its bytes and its place."""
        sign = self.next()
        place = self.cursor.place
        size = self._nested() if sign in (b"[", b"{") else self._scalar()
        raw = self.buffer[self.at : self.at + size]
        self.skip(size)
        return raw, place

    def elements(self) -> Iterator[None]:
        """Iterate over the next array: yield before each element, which the caller then takes."""
        return self._items(b"]", "array")

    def members(self) -> Iterator[bytes]:
        """Iterate over the next object: yield each key as written; the caller then takes its value."""
        for _ in self._items(b"}", "object"):
            if self.next() != b'"':
                raise self.broken("a key in quotation marks")
            key, _ = self.take()
            if self.next() != b":":
                raise self.broken("a colon")
            self.skip(1)
            yield key

    def _items(self, end: bytes, kind: str) -> Iterator[None]:
        self.skip(1)
        while self.next() != end:
            yield
            if self.next() == b",":
                self.skip(1)
            elif self.next() != end:
                raise self.broken(f"a comma or the end of the {kind}")
        self.skip(1)

    def broken(self, expected: str) -> CorpusError:
        """Return the error for a file that cannot be read beyond this point."""
        message = f"expected here: {expected}; export the file again, or correct it (the rest of it was not read)"
        return CorpusError([Finding("violation", message, "not-json", self.cursor.place)])

    def _nested(self) -> int:
        """Return the length of the next array or object."""
        # Start after its bracket, or the pattern would skip a flat one together with what follows.
        depth, length = 1, 1
        while True:
            while (end := _end(_UP_TO_NESTED.match(self.buffer, self.at + length))) > self.at + length:
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
        """Read more bytes. Raises `CorpusError` at the end of the file, and for an element that is too large."""
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
        """Read at least as many bytes as are buffered, so that a long value is not searched many times."""
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


def _end(match: re.Match[bytes] | None) -> int:
    assert match is not None, "the pattern matches nothing too"
    return match.end()
