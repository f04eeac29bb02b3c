"""Sheets → documents: each row goes to its article, wherever it stands, and then article by article."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from kg.errors import CorpusError, Finding, Place
from kg.importers.core.documents import Heartbeat, Item, Skipped
from kg.importers.core.mapping import Mapping
from kg.importers.sheets.articles import article_name, read_article
from kg.importers.sheets.claims import Numbered
from kg.importers.sheets.columns import Table, find_table, guessed, joined
from kg.importers.sheets.groups import Groups
from kg.importers.sheets.rows import Row, Sheet

CELL_LIMIT = 32_767
"""The most characters that a cell of Excel holds; what is longer was cut off."""
ALIVE_ROWS = 10_000
"""After how many rows it is said that reading goes on: the first article comes when all are read."""
_NO_ARTICLE = "a row must say of which article it is: give a column `article`, `url`, `headline` or `text`"


def read_sheets(
    sheets: Iterable[Sheet | Skipped], mapping: Mapping, texts: Path | None
) -> Iterator[Item | Heartbeat]:
    """Yield the articles of sheets, and what is left out; a sheet without a column for words is left out whole.

    Each sheet is read before the next is asked for. Raises `CorpusError` where none has such a column.
    """
    tables: list[Table] = []
    left: list[tuple[Sheet, Row]] = []
    with Groups() as groups:
        for sheet in sheets:
            if isinstance(sheet, Skipped):
                yield sheet
            elif table := find_table(sheet, mapping):
                yield from _gathered(table, len(tables), groups)
                tables.append(table)
            else:
                left.append((sheet, next(sheet.rows(), {})))
        if not tables:
            raise _no_words(left, mapping)
        for sheet, _ in left:
            why = "none of its columns holds a claim's words: name one `words`, or map it"
            yield Skipped("note", sheet.title or sheet.file, why, Place(sheet.file, 0, 0))
        for group in groups:
            rows = [Numbered(tables[number].sheet, tables[number].columns, row) for number, row in group.rows]
            yield from read_article(group.text, rows, texts)


def guess_mapping(sheets: Iterable[Sheet | Skipped]) -> Mapping:
    """Return the mapping that the names of columns suggest. Raises `CorpusError` where no column holds words."""
    headers = []
    left = []
    for sheet in sheets:
        if isinstance(sheet, Skipped):
            continue
        if table := find_table(sheet, None):
            headers.append(guessed(table.columns.names))
        else:
            left.append((sheet, next(sheet.rows(), {})))
    if not headers:
        raise _no_words(left, None)
    return joined(headers)


def _gathered(table: Table, number: int, groups: Groups) -> Iterator[Skipped | Heartbeat]:
    """Yield what of a sheet is left out, while its rows go to their articles."""
    sheet, columns = table.sheet, table.columns
    for row in table.above:
        cell = next(iter(row.values()))
        yield Skipped("note", sheet.name(cell), "it stands above the names of the columns", sheet.place(cell))
    unread: Counter[int] = Counter()
    for read, row in enumerate(table.rows, 1):
        if read % ALIVE_ROWS == 0:
            yield Heartbeat()
        columns.learn(row)
        unread.update(at for at in row if at in columns.unknown)
        nameless = [cell for at, cell in row.items() if at not in columns.names]
        if nameless:
            why = "it stands in a column without a name, or its row has a separator too many"
            yield Skipped("attribute", sheet.name(nameless[0]), why, sheet.place(nameless[0]), len(nameless))
        yield from _gathered_row(Numbered(sheet, columns, row), number, groups)
    for at, count in sorted(unread.items()):
        cell = columns.names[at]
        what = f"the column {cell.text!r}, {sheet.name(cell)}"
        yield Skipped("attribute", what, columns.unknown[at], sheet.place(cell), count)


def _gathered_row(each: Numbered, number: int, groups: Groups) -> Iterator[Skipped]:
    text = _line_ends(each.text("text"))
    name = article_name(each) or text
    if not name:
        yield each.skipped("span", each.first(), _NO_ARTICLE)
        return
    columns = each.columns
    if not groups.add(name, text, number, columns.kept(each.row)):
        cell = columns.of(each.row, "text") or each.first()
        yield each.skipped("attribute", cell, "an article has one text, and a row above gave it another")
    elif len(text) == CELL_LIMIT:
        yield each.skipped("note", each.first(), f"its text may be cut off: cells hold {CELL_LIMIT} characters")


def _no_words(sheets: list[tuple[Sheet, Row]], mapping: Mapping | None) -> CorpusError:
    """Return the error that says that no column holds words, with the names in the first row of each sheet."""
    told = "named so by the mapping" if mapping else "as `words`, `quote`, `citaat`"
    findings = []
    for sheet, row in sheets:
        cells = ", ".join(repr(cell.text[:30]) for cell in list(row.values())[:10]) or "nothing"
        message = (
            f"one column must hold the claims' words, {told}, and the first row{_of(sheet)} holds {cells}: "
            "name the columns in a row above the claims, or say with --mapping which is which"
        )
        at = sheet.place(next(iter(row.values()))) if row else Place(sheet.file, 0, 0)
        findings.append(Finding("violation", message, "no-column-for-words", at))
    return CorpusError(findings)


def _of(sheet: Sheet) -> str:
    return f" of {sheet.title}" if sheet.title else ""


def _line_ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
