"""Says of a sheet in which no column has the claims' words what is missing, and which column may be misspelt."""

from __future__ import annotations

from collections.abc import Sequence

from kg.errors import CorpusError, Finding, Place
from kg.files.csv_files import Cell, Row
from kg.importers.core.documents import Skipped
from kg.importers.core.mapping import Mapping
from kg.importers.sheets.column_names import NAMES_OF_WORDS, column_names, likely_name
from kg.importers.sheets.columns import Sheet

_SHOWN, _LONGEST = 10, 30


def no_words(sheets: list[tuple[Sheet, Row]], mapping: Mapping | None) -> CorpusError:
    """Return the error that no column has words, with the row of each sheet that may have the columns' names."""
    return CorpusError([_finding(sheet, header, mapping) for sheet, header in sheets])


def skipped_sheet(sheet: Sheet, header: Row, mapping: Mapping) -> Skipped:
    """Return the record of a sheet that is left out because others have words."""
    cell, meant = _words_column(header, [*_words_of(mapping), *NAMES_OF_WORDS])
    why = f"none of its columns has a claim's words: {meant or 'name one `words`'}, or map it"
    return Skipped("note", sheet.title or sheet.file, why, _place(sheet, cell))


def _finding(sheet: Sheet, header: Row, mapping: Mapping | None) -> Finding:
    of_sheet = f" of {sheet.title}" if sheet.title else ""
    cell, meant = _words_column(header, _words_of(mapping) if mapping else NAMES_OF_WORDS)
    if cell is None:
        message = f"a table must begin with the names of its columns, and this one{of_sheet} is empty: fill it in"
    else:
        naming = "named so by the mapping" if mapping else "as `words`, `quote`, `citaat`"
        where = "the first row" if cell.line == 1 else f"line {cell.line}"
        found = ", ".join(repr(each.text[:_LONGEST]) for each in list(header.values())[:_SHOWN])
        message = (
            f"one column must have the claims' words, {naming}, and {where}{of_sheet} has {found}: "
            f"{meant or 'name the columns in a row above the claims'}, or say with --mapping which is which"
        )
    return Finding("violation", message, "no-column-for-words", _place(sheet, cell))


def _words_of(mapping: Mapping) -> list[str]:
    return [each.name for each in column_names(mapping) if each.field == "words"]


def _words_column(header: Row, names: Sequence[str]) -> tuple[Cell | None, str]:
    """Return the cell of a header that is like one of the names for words, and what to do; else its first cell."""
    for cell in header.values():
        if likely := likely_name(cell.text, names):
            return cell, f"did you mean `{likely}` by {cell.text!r}? Rename it"
    return next(iter(header.values()), None), ""


def _place(sheet: Sheet, cell: Cell | None) -> Place:
    return sheet.place(cell) if cell else Place(sheet.file, 0, 0)
