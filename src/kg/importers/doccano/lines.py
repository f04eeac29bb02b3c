"""The lines of a file of doccano, or the elements of the array that it is."""

from __future__ import annotations

from collections.abc import Iterator

from kg.errors import CorpusError, Finding, Place
from kg.files.text_files import LINE_LIMIT
from kg.importers.json_stream import begun, elements


def records(pieces: Iterator[bytes], file: str) -> Iterator[tuple[bytes, Place]]:
    """Yield what is not blank, with its place. Raises `CorpusError` for a line above the limit."""
    head, read = begun(pieces)
    yield from elements(read, file) if head.startswith(b"[") else _lines(read, file)


def _lines(pieces: Iterator[bytes], file: str) -> Iterator[tuple[bytes, Place]]:
    rest, number = bytearray(), 0
    for piece in pieces:
        rest += piece
        if b"\n" not in piece:
            _check(rest, file, number + 1)
            continue
        *lines, last = rest.split(b"\n")
        for line in lines:
            number += 1
            if not line.isspace() and line:
                yield bytes(line), Place(file, number, 1)
        rest = last
    if rest.strip():
        yield bytes(rest), Place(file, number + 1, 1)


def _check(line: bytearray, file: str, number: int) -> None:
    if len(line) > LINE_LIMIT:
        message = (
            f"a line must have at most {LINE_LIMIT // 1_000_000} MB, this one has more: write one article a line"
        )
        raise CorpusError([Finding("violation", message, "line-too-long", Place(file, number, 1))])
