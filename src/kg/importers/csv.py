"""Importer `csv`: a claim a row, as spreadsheets and other programs write tables as text.

Read by our own hands, not by Python's `csv`: every cell keeps its line and column, and a quotation mark that is
never closed is told instead of swallowing the rest of the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from itertools import islice
from pathlib import Path

from kg.errors import CorpusError, Finding, Place
from kg.files.spreadsheets import plain
from kg.importers.core.documents import Heartbeat, Item
from kg.importers.core.mapping import Mapping
from kg.importers.sheets.columns import FIRST_ROWS, find_table
from kg.importers.sheets.documents import guess_mapping, read_sheets
from kg.importers.sheets.files import files
from kg.importers.sheets.lines import read_lines
from kg.importers.sheets.rows import Cell, Row, Sheet

DESCRIPTION = "a spreadsheet saved as CSV or TSV, one claim a row"

ROW_LIMIT = 10_000_000
"""The most characters of a row: the longest article has one million, a quotation mark never closed takes all."""
_NOT_DOUBLED = "a quotation mark within a cell in quotation marks must be doubled: mend the cell"
_DELIMITERS = "\t;,|"
# Some programs, and people, write a blank before the next cell: `"a", "b"`.
_AFTER_BLANK = re.compile(r' +"(?:[^"]|"")*" *')
_SUFFIXES = (".csv", ".tsv", ".tab")
_TOLD = re.compile(r'"?sep=(.)"?[\r\n]*', re.IGNORECASE)


def preset(source: Path) -> Mapping:
    """Return the mapping that the names of the columns suggest."""
    return guess_mapping(_sheets(source, None))


def read(source: Path, mapping: Mapping, texts: Path | None) -> Iterator[Item | Heartbeat]:
    """Yield the articles of a file, or of the files of a folder."""
    yield from read_sheets(_sheets(source, mapping), mapping, texts)


def _sheets(source: Path, mapping: Mapping | None) -> Iterator[Sheet]:
    for file in files(source, _SUFFIXES):
        first = next(read_lines(str(file)), (0, ""))[1]
        told = _TOLD.fullmatch(first)
        # Excel's own way to say by what the cells are parted.
        delimiter = told[1] if told else _delimiter(str(file), mapping)
        yield Sheet(str(file), "", partial(read_rows, str(file), delimiter, skip=1 if told else 0))


def _delimiter(file: str, mapping: Mapping | None) -> str:
    """Return what parts the cells: that by which most columns mean something, else that which gives most."""

    def fits(delimiter: str) -> tuple[int, int]:
        rows: list[Row] = []
        with suppress(CorpusError):  # told when the file is read
            rows.extend(islice(read_rows(file, delimiter), FIRST_ROWS))
        table = find_table(Sheet(file, "", lambda: iter(rows)), mapping)
        return table.columns.weight() if table else 0, len(rows[0]) if rows else 0

    return max(_DELIMITERS, key=fits)


def read_rows(file: str, delimiter: str, *, skip: int = 0) -> Iterator[Row]:
    """Yield the rows of a file that are not empty. Raises `CorpusError` at what is no text and no row."""
    record: Record | None = None
    for number, line in read_lines(file):
        if number <= skip:
            continue
        if record is None and '"' not in line:
            row = _simple(line, delimiter, number)
        else:
            record = record or Record(delimiter, number)
            if not record.take(line):
                if record.size > ROW_LIMIT:
                    raise _never_closed(file, record)
                continue
            row, record = record.row, None
        if row:
            yield row
    if record:
        raise _never_closed(file, record)


def _simple(line: str, delimiter: str, number: int) -> Row:
    row: Row = {}
    column = 1
    for at, text in enumerate(line.rstrip("\r\n").split(delimiter)):
        if text and not text.isspace():
            row[at] = Cell(plain(text), number, column)
        column += len(text) + 1
    return row


class Record:
    """A row with quotation marks, which takes lines until it ends. (RFC 4180, §2)"""

    def __init__(self, delimiter: str, line: int) -> None:
        self.row: Row = {}
        self.size = 0
        self.begin = Cell("", line, 1)
        self._delimiter = delimiter
        self._line = line - 1
        self._at = 0
        self._quoted: list[str] | None = None

    def take(self, line: str) -> bool:
        """Take a line; tell whether the row ends with it."""
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
                # What stands between the closing mark and the next cell belongs to no cell.
                fault = _NOT_DOUBLED if bare[closing + 1 : end].strip() else ""
                self._put("" if fault else "".join(self._quoted), self.begin.line, self.begin.column, fault)
                self._quoted = None
            if end == len(bare):
                return True
            position = end + 1

    def _begin(self, bare: str, position: int) -> int:
        """Return where a cell begins: behind blanks, if they stand before a cell that is quoted as a whole."""
        cell = _AFTER_BLANK.match(bare, position)
        return bare.index('"', position) if cell and cell.end() == self._end(bare, cell.end()) else position

    def _closing(self, line: str, position: int) -> int:
        """Return where a quoted cell is closed, -1 where it goes on in the next line; keep its text."""
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


def _never_closed(file: str, record: Record) -> CorpusError:
    message = "a cell that begins with a quotation mark must end with one, this one does not: add it, or double it"
    place = Place(file, record.begin.line, record.begin.column)
    return CorpusError([Finding("violation", message, "never-closed", place)])
