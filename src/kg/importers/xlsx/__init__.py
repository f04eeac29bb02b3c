"""The rows of a sheet, streamed: what its cells show, and a merged cell's value in each row that it spans.

ECMA-376 part 1, §18.3.1 (worksheets). What a sheet says of its own size is not believed, nor read.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache, partial
from pathlib import Path

from kg.errors import Place
from kg.files.spreadsheets import plain
from kg.importers.core.documents import Heartbeat, Item, Skipped
from kg.importers.core.mapping import Mapping
from kg.importers.sheets.articles import guess_mapping, read_sheets, spreadsheet_files
from kg.importers.sheets.columns import Cell, Row, Sheet, column_letters
from kg.importers.xlsx.workbook import (
    NumberStyle,
    Workbook,
    WorkbookPackage,
    dated,
    opened,
    read_book,
    shown,
    unescaped,
)

COLUMNS = 16_384
ROWS = 1_048_576
_REFERENCE = re.compile("([A-Z]{1,3})([1-9][0-9]{0,6})")
_NO_RESULT = "the cell holds a formula whose result was not saved: open the file in a spreadsheet and save it"
Span = tuple[int, int]
"""The first and the last row of a merged cell."""
DESCRIPTION = "an Excel workbook (.xlsx), one claim a row"
_SUFFIXES = (".xlsx", ".xlsm")


def preset(source: Path) -> Mapping:
    """Return the mapping that the names of the columns suggest."""
    return guess_mapping(_sheets(source))


def read(source: Path, mapping: Mapping, texts: Path | None) -> Iterator[Item | Heartbeat]:
    """Yield the articles of a workbook, or of the workbooks of a folder."""
    yield from read_sheets(_sheets(source), mapping, texts)


def _sheets(source: Path) -> Iterator[Sheet | Skipped]:
    """Yield the sheets of all workbooks, each open until the next is asked for; what is hidden is left out."""
    for file in spreadsheet_files(source, _SUFFIXES):
        if isinstance(file, Skipped):
            yield file
            continue
        with opened(file) as package:
            book = read_book(package)
            for tab in book.tabs:
                if tab.part and not tab.hidden:
                    yield Sheet(str(file), tab.title, partial(read_rows, package, tab.part, book))
                    continue
                why = "the sheet is hidden: unhide it if it holds claims" if tab.hidden else "the sheet is no table"
                yield Skipped("note", tab.title, why, Place(str(file), 0, 0))


def read_rows(package: WorkbookPackage, part: str, book: Workbook) -> Iterator[Row]:
    """Yield the rows of a sheet that hold something, in the file's order."""
    merged = _merged(package, part)
    kept: dict[int, tuple[int, Cell]] = {}
    handlers = _Cells(package, book)
    for _ in package.parse(part, handlers):
        for line, row in handlers.rows:
            # Of a row with nothing of its own, what is merged into it says nothing more.
            if row:
                yield _filled(line, row, merged, kept) if merged else row
        handlers.rows.clear()


def _filled(line: int, row: Row, merged: dict[int, list[Span]], kept: dict[int, tuple[int, Cell]]) -> Row:
    """Return a row with the values of the merged cells that began above it; remember those that begin in it."""
    added: Row = {}
    for column, spans in merged.items():
        at = bisect_right(spans, (line, ROWS)) - 1
        if at < 0 or spans[at][1] < line:
            continue
        first = spans[at][0]
        if first == line and column in row:
            kept[column] = (first, row[column])
        elif column in kept and kept[column][0] == first and column not in row:
            cell = kept[column][1]
            added[column] = cell._replace(line=line)
    return dict(sorted({**row, **added}.items())) if added else row


def _merged(package: WorkbookPackage, part: str) -> dict[int, list[Span]]:
    """Return which rows each merged cell spans, by its first column; a sheet tells only after its rows."""
    if not any(b"mergeCell" in piece for piece in _overlapping(package.pieces(part))):
        return {}
    handlers = _Merged()
    for _ in package.parse(part, handlers):
        pass
    return {column: sorted(spans) for column, spans in sorted(handlers.spans.items())}


def _overlapping(pieces: Iterator[bytes]) -> Iterator[bytes]:
    end = b""
    for piece in pieces:
        yield end + piece
        end = piece[-16:]


class _Merged:
    """Takes the XML of a sheet, and keeps its merged cells that span several rows."""

    def __init__(self) -> None:
        self.spans: dict[int, list[Span]] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name != "mergeCell":
            return
        first, _, last = attributes.get("ref", "").partition(":")
        begin, end = _REFERENCE.fullmatch(first), _REFERENCE.fullmatch(last)
        if begin and end and int(begin[2]) < int(end[2]):
            self.spans.setdefault(_number(begin[1]) - 1, []).append((int(begin[2]), int(end[2])))

    def end(self, name: str) -> None:
        """Take nothing."""

    def text(self, text: str) -> None:
        """Take nothing."""


class _Cells:
    """Takes the XML of a sheet; `rows` are those that have ended, each with its number."""

    def __init__(self, package: WorkbookPackage, book: Workbook) -> None:
        self.rows: list[tuple[int, Row]] = []
        self._package = package
        self._book = book
        self._line = 0
        self._row: Row = {}
        self._column = 0
        self._cell: dict[str, str] = {}
        self._texts: list[str] = []
        self._takes_text = False
        self._has_formula = False
        self._aloud = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self._begin_cell(attributes)
        elif name == "v" or (name == "t" and not self._aloud):
            self._takes_text = True
        elif name == "f":
            self._has_formula = True
        elif name == "rPh":
            self._aloud = True
        elif name == "row":
            self._line = self._row_number(attributes.get("r", str(self._line + 1)))
            self._row, self._column = {}, 0

    def end(self, name: str) -> None:
        if name in ("v", "t"):
            self._takes_text = False
        elif name == "c":
            text, fault = self._value()
            if text.strip() or fault:
                self._row[self._column - 1] = Cell(plain(text), self._line, self._column, fault)
        elif name == "rPh":
            self._aloud = False
        elif name == "row":
            self.rows.append((self._line, self._row))

    def text(self, text: str) -> None:
        if self._takes_text:
            self._texts.append(text)

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        self._cell, self._texts, self._has_formula = attributes, [], False
        reference = attributes.get("r", "")
        found = _REFERENCE.fullmatch(reference)
        if reference and not found:
            raise self._package.wrong(f"a cell must say where it stands, as B17, not {reference[:20]!r}")
        # What the row says counts, should a cell say another.
        self._column = _number(found[1]) if found else self._column + 1
        if self._column > COLUMNS:
            raise self._package.wrong(f"a sheet has up to {COLUMNS} columns, not {self._column}")

    def _row_number(self, number: str) -> int:
        if not number.isascii() or not number.isdecimal() or len(number) > 7 or not 1 <= int(number) <= ROWS:
            raise self._package.wrong(f"a sheet has rows 1 to {ROWS}, not {number[:20]!r}")
        return int(number)

    def _value(self) -> tuple[str, str]:
        """Return what a cell shows, and why that is not known."""
        value, kind = "".join(self._texts), self._cell.get("t", "n")
        if kind == "e":
            return "", f"the cell holds the error {value}: correct its formula"
        if kind == "s":
            return self._shared(value), ""
        if kind in ("str", "inlineStr"):
            return unescaped(value), ""
        if kind == "b":
            return {"0": "false", "1": "true"}.get(value, value), ""
        if not value:
            return "", _NO_RESULT if self._has_formula else ""
        style = self._style()
        if kind == "d":
            return _iso(value, style), ""
        return shown(value, style.kind, from_1904=self._book.from_1904, zeros=style.zeros), ""

    def _style(self) -> NumberStyle:
        number = self._cell.get("s", "0")
        styles = self._book.styles
        return styles[int(number)] if number.isdecimal() and int(number[:9]) < len(styles) else NumberStyle()

    def _shared(self, number: str) -> str:
        try:
            return self._book.strings[int(number[:12])]
        except (ValueError, IndexError):
            cell = f"{column_letters(self._column)}{self._line}"
            raise self._package.wrong(
                f"a cell must hold a text that the workbook has, {cell} does not: open the file and save it again"
            ) from None


def _iso(value: str, style: NumberStyle) -> str:
    """Return a date that is written out, to the precision that its cell shows."""
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return value
    return dated(moment, style.kind if style.kind not in ("number", "time") else "moment")


@lru_cache(256)
def _number(column: str) -> int:
    """Return the number of a column's letters, from 1."""
    number = 0
    for letter in column:
        number = number * 26 + ord(letter) - 64
    return number
