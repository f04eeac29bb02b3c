"""The lines of a text file whose encoding its first bytes tell: UTF-8, or UTF-16 with a byte order mark."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import IO

from kg.errors import CorpusError, FileError, Finding, Place
from kg.files.text_files import LINE_LIMIT

_LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_BOM = "\ufeff"


def read_lines(file: str) -> Iterator[tuple[int, str]]:
    """Yield each line with its number and its line end. Raises `CorpusError` at what is no text, with its place."""
    number = 0
    try:
        with open(file, "rb") as stream:
            begin = stream.read(4)
            stream.seek(0)
            pieces = _utf_16(stream, file) if begin.startswith(_UTF_16) else _utf_8(stream, file)
            for piece in pieces:
                for line in _LINE.findall(piece):
                    number += 1
                    yield number, line
    except OSError as error:
        raise FileError(f"{file}: cannot be read: {error.strerror or error}") from error


def _utf_8(stream: IO[bytes], file: str) -> Iterator[str]:
    """Yield text in pieces that end where a line does."""
    number = 1
    while raw := stream.readline(LINE_LIMIT + 1):
        if len(raw) > LINE_LIMIT:
            message = f"a line must have at most {LINE_LIMIT // 1_000_000} MB, this one has more: it is no table"
            raise _wrong(file, number, 1, message, "line-too-long")
        try:
            text = raw.decode()
        except UnicodeDecodeError as error:
            line, column = _end(number, raw[: error.start].decode())
            raise _wrong(file, line, column, _not_utf_8(raw, error), "not-utf-8") from error
        yield text.removeprefix(_BOM) if number == 1 else text
        number += len(_LINE.findall(text))


def _utf_16(stream: IO[bytes], file: str) -> Iterator[str]:
    number = 1
    text = io.TextIOWrapper(stream, "utf-16", newline="\n")
    while True:
        try:
            piece = text.readline(LINE_LIMIT)
        except UnicodeError as error:
            message = "a file in UTF-16 must be whole, this one is not from here on: save it as UTF-8"
            raise _wrong(file, number, 1, message, "not-utf-16") from error
        if not piece:
            return
        yield piece
        number += len(_LINE.findall(piece))


def _end(number: int, text: str) -> tuple[int, int]:
    """Return the line and the column behind a text that begins with this line."""
    lines = _LINE.findall(text)
    if not lines:
        return number, 1
    ended = lines[-1].endswith(("\r", "\n"))
    return (number + len(lines), 1) if ended else (number + len(lines) - 1, len(lines[-1]) + 1)


def _not_utf_8(raw: bytes, error: UnicodeDecodeError) -> str:
    """Return what to do about bytes that are not UTF-8, with the character that Excel's own encoding has there."""
    guess = raw[error.start : error.start + 1].decode("cp1252", "replace")
    shown = f", {guess!r} in Windows-1252" if guess.isprintable() and guess != "\ufffd" else ""
    return (
        f"the file must be UTF-8, byte {raw[error.start]:#04x} here is not{shown}: "
        "save it as `CSV UTF-8`, which stands beside `CSV` in Excel's list"
    )


def _wrong(file: str, line: int, column: int, message: str, rule: str) -> CorpusError:
    return CorpusError([Finding("violation", message, rule, Place(file, line, column))])
