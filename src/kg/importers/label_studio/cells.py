"""Label Studio's CSV and TSV as rows of what stands in their cells, some of it JSON."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from typing import NamedTuple

from kg.errors import CorpusError, Finding, Place
from kg.files.text_files import LINE_LIMIT, decoded
from kg.importers.json_values import Unreadable, value
from kg.importers.label_studio.results import remark_of

_DELIMITERS = ",;\t"
_BOM = "\ufeff"


class Row(NamedTuple):
    """A row's cells by their columns; those behind the last column are `more`."""

    cells: dict[str, object]
    more: tuple[str, ...]
    at: Place


def read_rows(pieces: Iterator[bytes], file: str) -> Iterator[Row]:
    """Yield the rows below the header, the header itself first, as a row whose cells are its columns.

    Raises `CorpusError` for what is not UTF-8, and for a cell or line above the limit.
    """
    # The limit belongs to the module, and is 131 kB: regions of a long article have more.
    csv.field_size_limit(LINE_LIMIT)
    lines = _lines(pieces, file)
    first = next(lines, "").removeprefix(_BOM)
    delimiter = max(_DELIMITERS, key=first.count)
    reader = csv.reader(_with(first, lines), delimiter=delimiter)
    columns: list[str] | None = None
    number = 1
    try:
        for cells in reader:
            at, number = Place(file, number, 1), reader.line_num + 1
            if columns is None:
                columns = cells
                yield Row({name: name for name in columns}, (), at)
            elif any(cells):
                read = {name: _cell(text, at) for name, text in zip(columns, cells, strict=False)}
                yield Row(read, tuple(filter(None, cells[len(columns) :])), at)
    except csv.Error as error:
        message = f"a table must quote its cells where they hold commas or lines ({error}): export it again"
        raise CorpusError([Finding("violation", message, "not-csv", Place(file, number, 1))]) from error


def _with(first: str, lines: Iterator[str]) -> Iterator[str]:
    yield first
    yield from lines


def _lines(pieces: Iterator[bytes], file: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder("utf-8")()
    waiting: list[str] = []
    size, number = 0, 1
    for piece in _ended(pieces):
        try:
            first, *lines = decoder.decode(piece, final=not piece).split("\n")
        except UnicodeDecodeError as error:
            decoded("".join(waiting).encode() + error.object, file, line=number)
            raise
        waiting.append(first)
        size += len(first)
        for line in lines:
            yield "".join(waiting) + "\n"
            waiting, size, number = [line], len(line), number + 1
        if size > LINE_LIMIT:
            message = f"a line must have at most {LINE_LIMIT // 1_000_000} MB, this one has more: export it again"
            raise CorpusError([Finding("violation", message, "line-too-long", Place(file, number, 1))])
    if rest := "".join(waiting):
        yield rest


def _ended(pieces: Iterator[bytes]) -> Iterator[bytes]:
    yield from pieces
    yield b""


def _cell(text: str, at: Place) -> object:
    """Return what a cell says: a list or a choice, where it is the JSON of one, else its text."""
    if text[:1] not in ("[", "{"):
        return text
    try:
        read = value(text.encode(), at).read()
    except Unreadable:
        return text
    if isinstance(read, dict):
        return read if remark_of(read) else text
    is_list = isinstance(read, list) and (
        all(isinstance(each, dict) for each in read) or all(isinstance(each, str) for each in read)
    )
    return read if is_list else text
