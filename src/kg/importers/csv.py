"""Importer `csv`: reads claims from the rows of a CSV or TSV table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from itertools import islice
from pathlib import Path

from kg.errors import CorpusError
from kg.files.csv_files import Row, plain, read_rows, read_text_lines
from kg.files.text_files import read_chunks
from kg.importers.core.documents import Heartbeat, Item, Skipped
from kg.importers.core.mapping import Mapping
from kg.importers.sheets import guess_mapping, read_sheets, spreadsheet_files
from kg.importers.sheets.columns import FIRST_ROWS, Sheet, find_table

DESCRIPTION = "a spreadsheet saved as CSV or TSV, one claim a row"
_DELIMITERS = "\t;,|"
_SUFFIXES = (".csv", ".tsv", ".tab")
_SEP_LINE = re.compile(r'"?sep=(.)"?[\r\n]*', re.IGNORECASE)


def preset(source: Path) -> Mapping:
    """Return the mapping that the column names suggest."""
    return guess_mapping(_sheets(source, None))


def read(source: Path, mapping: Mapping, texts: Path | None) -> Iterator[Item | Heartbeat]:
    """Yield the articles of a file, or of the files of a folder."""
    yield from read_sheets(_sheets(source, mapping), mapping, texts, is_alone=not source.is_dir())


def _sheets(source: Path, mapping: Mapping | None) -> Iterator[Sheet | Skipped]:
    for file in spreadsheet_files(source, _SUFFIXES):
        if isinstance(file, Skipped):
            yield file
            continue
        sep = _SEP_LINE.fullmatch(_first_line(str(file)))
        # Excel's way to name the delimiter.
        delimiter = sep[1] if sep else _delimiter(str(file), mapping)
        yield Sheet(str(file), "", partial(_rows, str(file), delimiter, 1 if sep else 0))


def _first_line(file: str) -> str:
    with suppress(CorpusError):  # raised again when the file is read
        return next(_lines(file), (0, ""))[1]
    return ""


def _delimiter(file: str, mapping: Mapping | None) -> str:
    """Return the delimiter that gives the most columns with known names, else the most columns."""

    def fits(delimiter: str) -> tuple[int, int]:
        rows: list[Row] = []
        with suppress(CorpusError):  # raised again when the file is read
            rows.extend(islice(_rows(file, delimiter), FIRST_ROWS))
        table = find_table(Sheet(file, "", lambda: iter(rows)), mapping)
        return table.columns.weight() if table else 0, len(rows[0]) if rows else 0

    return max(_DELIMITERS, key=fits)


def _rows(file: str, delimiter: str, skip: int = 0) -> Iterator[Row]:
    """Yield the rows of a file, without the escapes of `kg export -f csv`."""
    return read_rows(islice(_lines(file), skip, None), file, delimiter, decode=plain)


def _lines(file: str) -> Iterator[tuple[int, str]]:
    return read_text_lines(read_chunks(file), file)
