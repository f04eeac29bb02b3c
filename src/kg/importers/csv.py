"""Importer `csv`: a claim a row, in a table that a spreadsheet or another program saved as text.

Not read by Python's `csv`: each cell keeps its line and column, and a quotation mark that is never closed is
reported instead of swallowing the rest of the file. The file is UTF-8, or UTF-16 with a byte order mark.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from itertools import islice
from pathlib import Path
from typing import IO

from kg.errors import CorpusError
from kg.files.input_files import open_input
from kg.files.spreadsheets import plain
from kg.files.text_files import LINE_LIMIT
from kg.importers.core.documents import Heartbeat, Item, Skipped
from kg.importers.core.mapping import Mapping
from kg.importers.core.source_files import format_error, unreadable_file
from kg.importers.sheets.articles import guess_mapping, read_sheets, spreadsheet_files
from kg.importers.sheets.columns import FIRST_ROWS, Cell, Row, Sheet, find_table

_LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_BOM = "\ufeff"
DESCRIPTION = "a spreadsheet saved as CSV or TSV, one claim a row"
ROW_LIMIT = 10_000_000
"""The most characters of a row: an article has up to one million, an open quotation mark takes the whole file."""
_NOT_DOUBLED = "a quotation mark within a cell in quotation marks must be doubled: correct the cell"
_DELIMITERS = "\t;,|"
# Some programs, and people, write a space before the next cell: `"a", "b"`.
_AFTER_BLANK = re.compile(r' +"(?:[^"]|"")*" *')
_SUFFIXES = (".csv", ".tsv", ".tab")
_SEP_LINE = re.compile(r'"?sep=(.)"?[\r\n]*', re.IGNORECASE)


def preset(source: Path) -> Mapping:
    """Return the mapping that the column names suggest."""
    return guess_mapping(_sheets(source, None))


def read(source: Path, mapping: Mapping, texts: Path | None) -> Iterator[Item | Heartbeat]:
    """Yield the articles of a file, or of the files of a folder."""
    yield from read_sheets(_sheets(source, mapping), mapping, texts)


def _sheets(source: Path, mapping: Mapping | None) -> Iterator[Sheet | Skipped]:
    for file in spreadsheet_files(source, _SUFFIXES):
        if isinstance(file, Skipped):
            yield file
            continue
        first = next(read_lines(str(file)), (0, ""))[1]
        sep = _SEP_LINE.fullmatch(first)
        # Excel's way to name the delimiter.
        delimiter = sep[1] if sep else _delimiter(str(file), mapping)
        yield Sheet(str(file), "", partial(read_rows, str(file), delimiter, skip=1 if sep else 0))


def _delimiter(file: str, mapping: Mapping | None) -> str:
    """Return the delimiter that gives most columns with a meaning, else the one that gives most columns."""

    def fits(delimiter: str) -> tuple[int, int]:
        rows: list[Row] = []
        with suppress(CorpusError):  # raised again when the file is read
            rows.extend(islice(read_rows(file, delimiter), FIRST_ROWS))
        table = find_table(Sheet(file, "", lambda: iter(rows)), mapping)
        return table.columns.weight() if table else 0, len(rows[0]) if rows else 0

    return max(_DELIMITERS, key=fits)


def read_rows(file: str, delimiter: str, *, skip: int = 0) -> Iterator[Row]:
    """Yield the rows of a file that are not empty. Raises `CorpusError` where it is no text or no table."""
    quoted: QuotedRow | None = None
    for number, line in read_lines(file):
        if number <= skip:
            continue
        if quoted is None and '"' not in line:
            row = _unquoted_row(line, delimiter, number)
        else:
            quoted = quoted or QuotedRow(delimiter, number)
            if not quoted.add(line):
                if quoted.size > ROW_LIMIT:
                    raise _never_closed(file, quoted)
                continue
            row, quoted = quoted.row, None
        if row:
            yield row
    if quoted:
        raise _never_closed(file, quoted)


def read_lines(file: str) -> Iterator[tuple[int, str]]:
    """Yield each line with its number and its line end. Raises `CorpusError` at the place that is no text."""
    number = 0
    try:
        with open_input(file) as stream:
            begin = stream.read(4)
            stream.seek(0)
            pieces = _utf_16(stream, file) if begin.startswith(_UTF_16) else _utf_8(stream, file)
            for piece in pieces:
                for line in _LINE.findall(piece):
                    number += 1
                    yield number, line
    except OSError as error:
        raise unreadable_file(file, error) from error


def _utf_8(stream: IO[bytes], file: str) -> Iterator[str]:
    """Yield text in pieces that end at a line end."""
    number = 1
    while raw := stream.readline(LINE_LIMIT + 1):
        if len(raw) > LINE_LIMIT:
            message = f"a line must have at most {LINE_LIMIT // 1_000_000} MB, this one has more: it is no table"
            raise format_error(message, "line-too-long", file, number, 1)
        try:
            text = raw.decode()
        except UnicodeDecodeError as error:
            line, column = _end(number, raw[: error.start].decode())
            raise format_error(_not_utf_8(raw, error), "not-utf-8", file, line, column) from error
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
            raise format_error(message, "not-utf-16", file, number, 1) from error
        if not piece:
            return
        yield piece
        number += len(_LINE.findall(piece))


def _end(number: int, text: str) -> tuple[int, int]:
    """Return the line and column after a text that begins in this line."""
    lines = _LINE.findall(text)
    if not lines:
        return number, 1
    ended = lines[-1].endswith(("\r", "\n"))
    return (number + len(lines), 1) if ended else (number + len(lines) - 1, len(lines[-1]) + 1)


def _not_utf_8(raw: bytes, error: UnicodeDecodeError) -> str:
    """Return what to do about bytes that are not UTF-8, with the character they are in Excel's own encoding."""
    guess = raw[error.start : error.start + 1].decode("cp1252", "replace")
    shown = f", {guess!r} in Windows-1252" if guess.isprintable() and guess != "\ufffd" else ""
    return (
        f"the file must be UTF-8, byte {raw[error.start]:#04x} here is not{shown}: "
        "save it as `CSV UTF-8`, which is next to `CSV` in Excel's list"
    )


def _unquoted_row(line: str, delimiter: str, number: int) -> Row:
    row: Row = {}
    column = 1
    for at, text in enumerate(line.rstrip("\r\n").split(delimiter)):
        if text and not text.isspace():
            row[at] = Cell(plain(text), number, column)
        column += len(text) + 1
    return row


class QuotedRow:
    """A row with quotation marks, to which lines are added until it ends (RFC 4180, §2)."""

    def __init__(self, delimiter: str, line: int) -> None:
        self.row: Row = {}
        self.size = 0
        self.begin = Cell("", line, 1)
        self._delimiter = delimiter
        self._line = line - 1
        self._at = 0
        self._quoted: list[str] | None = None

    def add(self, line: str) -> bool:
        """Add a line; tell whether the row ends with it."""
        self.size += len(line)
        self._line += 1
        bare = line.rstrip("\r\n")
        position = 0
        while True:
            if self._quoted is None:
                position = self._begin(bare, position)
            if self._quoted is None and not bare.startswith('"', position):
                end = self._end(bare, position)
                self._put(bare[position:end], self._line, position + 1)
            else:
                if self._quoted is None:
                    self.begin = Cell("", self._line, position + 1)
                    self._quoted = []
                    position += 1
                closing = self._closing(line, position)
                if closing < 0:
                    return False
                end = self._end(bare, closing + 1)
                # Text between the closing mark and the next cell belongs to no cell.
                fault = _NOT_DOUBLED if bare[closing + 1 : end].strip() else ""
                self._put("" if fault else "".join(self._quoted), self.begin.line, self.begin.column, fault)
                self._quoted = None
            if end == len(bare):
                return True
            position = end + 1

    def _begin(self, bare: str, position: int) -> int:
        """Return where a cell begins: after spaces if these are before a cell in quotation marks."""
        cell = _AFTER_BLANK.match(bare, position)
        return bare.index('"', position) if cell and cell.end() == self._end(bare, cell.end()) else position

    def _closing(self, line: str, position: int) -> int:
        """Return where a quoted cell is closed, -1 if it continues in the next line; add its text."""
        assert self._quoted is not None
        while (mark := line.find('"', position)) >= 0:
            self._quoted.append(line[position:mark])
            if not line.startswith('"', mark + 1):
                return mark
            self._quoted.append('"')
            position = mark + 2
        self._quoted.append(line[position:])
        return -1

    def _end(self, bare: str, position: int) -> int:
        end = bare.find(self._delimiter, position)
        return len(bare) if end < 0 else end

    def _put(self, text: str, line: int, column: int, fault: str = "") -> None:
        if fault or (text and not text.isspace()):
            self.row[self._at] = Cell(plain(text), line, column, fault)
        self._at += 1


def _never_closed(file: str, row: QuotedRow) -> CorpusError:
    message = "a cell that begins with a quotation mark must end with one, this one does not: add it, or double it"
    return format_error(message, "never-closed", file, row.begin.line, row.begin.column)
