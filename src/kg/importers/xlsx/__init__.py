"""Importer `xlsx`: reads claims from the rows of an Excel workbook.

This is our own reader, since python-calamine 0.9 does not give the number format of a cell, without which `Mar
2026` becomes a day in March and `2 Mar` gets a year; nor errors and formulas without a result, which it returns as
empty cells. A workbook with one cell in its last row and column makes it abort. openpyxl knows the
formats, but not the merged cells when it streams, and takes more than twice the time.

Sheets are read row by row (ECMA-376 part 1, §18.3.1), whatever size they claim to have.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache, partial
from pathlib import Path

from kg.errors import CorpusError, Place
from kg.files.csv_files import Cell, Row, plain
from kg.files.xml_reader import XmlHandlers
from kg.importers.core.documents import Heartbeat, Item, Skipped
from kg.importers.core.mapping import Mapping
from kg.importers.core.source_files import skipped_findings
from kg.importers.sheets import guess_mapping, read_sheets, spreadsheet_files
from kg.importers.sheets.columns import Sheet, column_letters
from kg.importers.xlsx.workbook import (
    NumberStyle,
    Workbook,
    WorkbookPackage,
    local_name,
    open_workbook,
    read_workbook,
    shown,
    shown_date,
    unescaped,
)

DESCRIPTION = "an Excel workbook (.xlsx), one claim a row"
COLUMNS = 16_384
ROWS = 1_048_576

_SUFFIXES = (".xlsx", ".xlsm")
_REFERENCE = re.compile("([A-Z]{1,3})([1-9][0-9]{0,6})")
_NO_RESULT = "the cell has a formula whose result was not saved: open the file in a spreadsheet and save it"
MergedRows = tuple[int, int]
"""The first and the last row of a merged cell."""


def preset(source: Path) -> Mapping:
    """Return the mapping that the column names suggest."""
    return guess_mapping(_sheets(source))


def read(source: Path, mapping: Mapping, texts: Path | None) -> Iterator[Item | Heartbeat]:
    """Yield the articles of a workbook, or of the workbooks in a folder."""
    yield from read_sheets(_sheets(source), mapping, texts, is_alone=not source.is_dir())


def _sheets(source: Path) -> Iterator[Sheet | Skipped]:
    """Yield the sheets of all workbooks, each open until the next is asked for; hidden sheets are left out."""
    for file in spreadsheet_files(source, _SUFFIXES):
        if isinstance(file, Skipped):
            yield file
            continue
        try:
            yield from _sheets_of(file)
        except CorpusError as error:
            if not source.is_dir():
                raise
            yield from skipped_findings(error, str(file))


def _sheets_of(file: Path) -> Iterator[Sheet | Skipped]:
    with open_workbook(file) as package:
        book = read_workbook(package)
        for tab in book.tabs:
            if tab.part and not tab.hidden:
                yield Sheet(str(file), tab.title, partial(_read_rows, package, tab.part, book))
                continue
            why = "the sheet is hidden: unhide it if it has claims" if tab.hidden else "the sheet is no table"
            yield Skipped("note", tab.title, why, Place(str(file), 0, 0))


def _read_rows(package: WorkbookPackage, part: str, book: Workbook) -> Iterator[Row]:
    """Yield the rows of a sheet that are not empty, in the file's order."""
    merged = _merged(package, part)
    begun: dict[int, tuple[int, Cell]] = {}
    handlers = _CellHandlers(package, book)
    for _ in package.parse(part, handlers):
        for line, row in handlers.rows:
            # An empty row stays empty, even if a merged cell spans it.
            if row:
                yield _with_merged(line, row, merged, begun) if merged else row
        handlers.rows.clear()


def _with_merged(
    line: int, row: Row, merged: dict[int, list[MergedRows]], begun: dict[int, tuple[int, Cell]]
) -> Row:
    """Return a row with the values of merged cells that began above it; `begun` keeps those that begin in it."""
    added: Row = {}
    for column, spans in merged.items():
        at = bisect_right(spans, (line, ROWS)) - 1
        if at < 0 or spans[at][1] < line:
            continue
        first = spans[at][0]
        if first == line and column in row:
            begun[column] = (first, row[column])
        elif column in begun and begun[column][0] == first and column not in row:
            added[column] = begun[column][1]._replace(line=line)
    return dict(sorted({**row, **added}.items())) if added else row


def _merged(package: WorkbookPackage, part: str) -> dict[int, list[MergedRows]]:
    """Return the merged cells that span several rows, by their first column. In the file, they follow the rows."""
    if not any(b"mergeCell" in piece for piece in _overlapping(package.pieces(part))):
        return {}
    merged: dict[int, list[MergedRows]] = {}
    for _, _, attributes in package.elements(part, "mergeCell"):
        first, _, last = attributes.get("ref", "").partition(":")
        begin, end = _REFERENCE.fullmatch(first), _REFERENCE.fullmatch(last)
        if begin and end and int(begin[2]) < int(end[2]):
            merged.setdefault(_column_number(begin[1]) - 1, []).append((int(begin[2]), int(end[2])))
    return {column: sorted(spans) for column, spans in sorted(merged.items())}


def _overlapping(pieces: Iterator[bytes]) -> Iterator[bytes]:
    end = b""
    for piece in pieces:
        yield end + piece
        end = piece[-16:]


class _CellHandlers(XmlHandlers):
    """Receives a sheet; `rows` are those that have ended, each with its number."""

    def __init__(self, package: WorkbookPackage, book: Workbook) -> None:
        self.rows: list[tuple[int, Row]] = []
        self._package = package
        self._book = book
        self._line = 0
        self._row: Row = {}
        self._column = 0
        self._cell: dict[str, str] = {}
        self._texts: list[str] = []
        self._in_text = False
        self._has_formula = False
        self._in_phonetic = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = local_name(name)
        if name == "c":
            self._begin_cell(attributes)
        elif name == "v" or (name == "t" and not self._in_phonetic):
            self._in_text = True
        elif name == "f":
            self._has_formula = True
        elif name == "rPh":
            self._in_phonetic = True
        elif name == "row":
            self._line = self._row_number(attributes.get("r", str(self._line + 1)))
            self._row, self._column = {}, 0

    def end(self, name: str) -> None:
        name = local_name(name)
        if name in ("v", "t"):
            self._in_text = False
        elif name == "c":
            text, fault = self._value()
            if text.strip() or fault:
                self._row[self._column - 1] = Cell(plain(text), self._line, self._column, fault)
        elif name == "rPh":
            self._in_phonetic = False
        elif name == "row":
            self.rows.append((self._line, self._row))

    def text(self, text: str) -> None:
        if self._in_text:
            self._texts.append(text)

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        self._cell, self._texts, self._has_formula = attributes, [], False
        reference = attributes.get("r", "")
        found = _REFERENCE.fullmatch(reference)
        if reference and not found:
            raise self._package.wrong(f"a cell must have a reference such as B17, not {reference[:20]!r}")
        # The row's own number counts, even if a cell has another.
        self._column = _column_number(found[1]) if found else self._column + 1
        if self._column > COLUMNS:
            raise self._package.wrong(f"a sheet has up to {COLUMNS} columns, not {self._column}")

    def _row_number(self, number: str) -> int:
        if not number.isascii() or not number.isdecimal() or len(number) > 7 or not 1 <= int(number) <= ROWS:
            raise self._package.wrong(f"a sheet has rows 1 to {ROWS}, not {number[:20]!r}")
        return int(number)

    def _value(self) -> tuple[str, str]:
        """Return the text that a cell shows, and why it is unknown."""
        value, kind = "".join(self._texts), self._cell.get("t", "n")
        if kind == "e":
            return "", f"the cell has the error {value}: correct its formula"
        if kind == "s":
            return self._shared_string(value), ""
        if kind in ("str", "inlineStr"):
            return unescaped(value), ""
        if kind == "b":
            return {"0": "false", "1": "true"}.get(value, value), ""
        if not value:
            return "", _NO_RESULT if self._has_formula else ""
        style = self._style()
        if kind == "d":
            return _iso_date(value, style), ""
        return shown(value, style.kind, from_1904=self._book.from_1904, zeros=style.zeros), ""

    def _style(self) -> NumberStyle:
        number = self._cell.get("s", "0")
        styles = self._book.styles
        return styles[int(number)] if number.isdecimal() and int(number[:9]) < len(styles) else NumberStyle()

    def _shared_string(self, number: str) -> str:
        try:
            return self._book.strings[int(number[:12])]
        except (ValueError, IndexError):
            cell = f"{column_letters(self._column)}{self._line}"
            raise self._package.wrong(
                f"a cell must refer to a text of the workbook, {cell} does not: open the file and save it again"
            ) from None


def _iso_date(value: str, style: NumberStyle) -> str:
    """Return a date in ISO 8601 with the precision that its cell shows."""
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return value
    return shown_date(moment, style.kind if style.kind not in ("number", "time") else "moment")


@lru_cache(256)
def _column_number(letters: str) -> int:
    """Return the number of a column, from 1."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
