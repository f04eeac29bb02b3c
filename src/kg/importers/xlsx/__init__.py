"""Importer `xlsx`: a claim a row, in the sheets of an Excel workbook.

Read by our own hands: no library tells which cells are merged while it streams, and a workbook whose size lies, or
that unpacks to gigabytes, takes them down.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from kg.errors import Place
from kg.importers.core.documents import Heartbeat, Item, Skipped
from kg.importers.core.mapping import Mapping
from kg.importers.sheets.documents import guess_mapping, read_sheets
from kg.importers.sheets.files import files
from kg.importers.sheets.rows import Sheet
from kg.importers.xlsx.book import read_book
from kg.importers.xlsx.package import opened
from kg.importers.xlsx.sheet import read_rows

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
    for file in files(source, _SUFFIXES):
        with opened(file) as package:
            book = read_book(package)
            for tab in book.tabs:
                if tab.part and not tab.hidden:
                    yield Sheet(str(file), tab.title, partial(read_rows, package, tab.part, book))
                    continue
                why = "the sheet is hidden: unhide it if it holds claims" if tab.hidden else "the sheet is no table"
                yield Skipped("note", tab.title, why, Place(str(file), 0, 0))
