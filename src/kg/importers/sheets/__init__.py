"""Claims in the sheets of a spreadsheet: rows are grouped by article, then by annotator, and become documents."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path

import msgspec
from msgspec.structs import replace

from kg.corpus.reader import split_header
from kg.errors import CorpusError, FileError, Place
from kg.files.csv_files import Cell, Row
from kg.files.input_files import is_inside, leads_out
from kg.files.temporary import temporary_database
from kg.files.text_files import read_text
from kg.importers.core.documents import AnnotatedText, ArticleMetadata, Heartbeat, Item, Skipped
from kg.importers.core.mapping import Mapping
from kg.importers.core.source_files import SourceFolder, format_error, format_error_at, skipped_findings
from kg.importers.sheets.claims import LABEL, ClaimRowReader, SheetRow
from kg.importers.sheets.columns import (
    Sheet,
    Table,
    cell_names,
    find_table,
    guess_from_header,
    likely_header,
    merge_mappings,
)
from kg.importers.sheets.no_words import no_words, skipped_sheet
from kg.text.spans import collapse_whitespace

CELL_LIMIT = 32_767
"""The most characters in a cell of Excel, which cuts off longer texts."""
HEARTBEAT_ROWS = 10_000
"""The first article comes when all rows are read, so a heartbeat is sent after this many."""
_ONCE = ("headline", "published", "publisher", "publisher_id", "author", "author_id", "url", "language")
_NO_TEXT = "the article's text is missing, and claims must be words of it: give it in a column `text`"
_NO_ARTICLE = "a row must say which article it belongs to: give a column `article`, `url`, `headline` or `text`"
_SCHEMA = """
PRAGMA synchronous = off;
PRAGMA cache_size = -16000;
CREATE TABLE articles (number INTEGER PRIMARY KEY, key BLOB UNIQUE, digest BLOB, text TEXT);
CREATE TABLE rows (number INTEGER PRIMARY KEY, article INTEGER, sheet INTEGER, cells BLOB);
BEGIN;
"""
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Row).decode


def spreadsheet_files(source: Path, suffixes: tuple[str, ...]) -> list[Path | Skipped]:
    """Return the file, or the files with these suffixes in a folder and its sub-folders, sorted.

    Links that lead out of the folder are left out. Raises `CorpusError` for a folder without such files,
    `FileError` if there is no such file.
    """
    if not source.is_dir():
        if not source.exists():
            raise FileError(f"{source}: cannot be read: there is no such file")
        if not source.is_file():
            raise FileError(f"{source}: cannot be read twice, which a table is: save it as a file first")
        return [source]
    # While a workbook is open, Excel keeps a lock file such as `~$book.xlsx` beside it.
    named = sorted(
        file
        for file in source.rglob("*")
        if file.suffix.lower() in suffixes and not file.name.startswith(("~$", "."))
    )
    found = [file for file in named if is_inside(str(file), str(source))]
    if not found:
        message = f"a folder must have a file that ends in {' or '.join(suffixes)}, this one has none"
        raise format_error(message, "no-file", str(source))
    outside = [str(file) for file in named if leads_out(str(file), str(source))]
    return [*(Skipped("article", file, SourceFolder.why_outside, Place(file, 0, 0)) for file in outside), *found]


def guess_mapping(sheets: Iterable[Sheet | Skipped]) -> Mapping:
    """Return the mapping that the column names suggest. Raises `CorpusError` if no column has words."""
    headers = []
    without_words = []
    errors: list[CorpusError] = []
    for sheet in sheets:
        if isinstance(sheet, Skipped):
            errors += _damage(sheet)
            continue
        try:
            if table := find_table(sheet, None):
                headers.append(guess_from_header(table.columns.names))
            else:
                without_words.append((sheet, likely_header(sheet, None)))
        except CorpusError as error:
            errors.append(error)
    if not headers:
        raise errors[0] if errors else no_words(without_words, None)
    return merge_mappings(headers)


def read_sheets(
    sheets: Iterable[Sheet | Skipped], mapping: Mapping, texts: Path | None, *, is_alone: bool
) -> Iterator[Item | Heartbeat]:
    """Yield the articles of sheets, and records that are left out; a sheet without a column of words is left out.

    Each sheet is read before the next is asked for. Raises `CorpusError` if none has such a column, or if the file
    is damaged and the source `is_alone` this file.
    """
    tables: list[Table] = []
    without_words: list[tuple[Sheet, Row]] = []
    errors: list[CorpusError] = []
    with temporary_database() as database:
        groups = RowGroups(database)
        for sheet in sheets:
            if isinstance(sheet, Skipped):
                errors += _damage(sheet)
                yield sheet
                continue
            try:
                if table := find_table(sheet, mapping):
                    tables.append(table)
                    yield from _group_table(table, len(tables) - 1, groups)
                else:
                    without_words.append((sheet, likely_header(sheet, mapping)))
            except CorpusError as error:
                if is_alone:
                    raise
                errors.append(error)
                yield from skipped_findings(error, sheet.file)
        if not tables:
            raise errors[0] if errors else no_words(without_words, mapping)
        yield from (skipped_sheet(sheet, row, mapping) for sheet, row in without_words)
        for text, group in groups.articles():
            rows = [SheetRow(tables[number].sheet, tables[number].columns, row) for number, row in group]
            yield from _read_article(text, rows, texts)


def _damage(skipped: Skipped) -> list[CorpusError]:
    """Return the error of a file that could not be read, to raise it if no other can."""
    return [format_error_at(skipped.at, skipped.why, "damaged")] if skipped.is_damage else []


def _group_table(table: Table, number: int, groups: RowGroups) -> Iterator[Skipped | Heartbeat]:
    """Add the rows of a sheet to their articles; yield the cells and rows that are left out."""
    sheet, columns = table.sheet, table.columns
    for row in table.above:
        cell = next(iter(row.values()))
        yield Skipped("note", sheet.name(cell), "it is above the column names", sheet.place(cell))
    unread: Counter[int] = Counter()
    for read, row in enumerate(table.rows, 1):
        if read % HEARTBEAT_ROWS == 0:
            yield Heartbeat()
        columns.learn(row)
        unread.update(at for at in row if at in columns.unknown)
        nameless = [cell for at, cell in row.items() if at not in columns.names]
        if nameless:
            why = "it is in a column without a name, or its row has a separator too many"
            yield Skipped("attribute", sheet.name(nameless[0]), why, sheet.place(nameless[0]), len(nameless))
        yield from _group_row(SheetRow(sheet, columns, row), number, groups)
    for at, count in sorted(unread.items()):
        cell = columns.names[at]
        what = f"the column {cell.text!r}, {sheet.name(cell)}"
        yield Skipped("attribute", what, columns.unknown[at], sheet.place(cell), count)


def _group_row(row: SheetRow, number: int, groups: RowGroups) -> Iterator[Skipped]:
    text = row.text("text").replace("\r\n", "\n").replace("\r", "\n")
    name = _article_name(row) or text
    if not name:
        yield row.skipped("span", row.first(), _NO_ARTICLE)
        return
    columns = row.columns
    if not groups.add(name, text, number, columns.kept(row.cells)):
        cell = columns.of(row.cells, "text") or row.first()
        yield row.skipped("attribute", cell, "an article has one text, and a row above gave it another")
    elif len(text) == CELL_LIMIT:
        yield row.skipped(
            "note", row.first(), f"its text may be cut off: cells have at most {CELL_LIMIT} characters"
        )


def _article_name(row: SheetRow) -> str:
    return row.text("id") or row.text("url") or row.text("headline")


class RowGroups:
    """Collects rows in any order and yields them by article, in the order in which the articles first appeared."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._database.executescript(_SCHEMA)
        self._last: tuple[bytes, int, bytes] = (b"", 0, b"")

    def add(self, name: str, text: str, sheet: int, row: Row) -> bool:
        """Add a row to the article with this name; return False if its text contradicts the article's."""
        key, digest = _digest(name), _digest(text) if text else b""
        number, known = self._article(key)
        if digest and not known:
            update = "UPDATE articles SET digest = ?, text = ? WHERE number = ?"
            self._database.execute(update, (digest, text, number))
            known = digest
        self._last = key, number, known
        insert = "INSERT INTO rows (article, sheet, cells) VALUES (?, ?, ?)"
        self._database.execute(insert, (number, sheet, _encode(row)))
        return not digest or digest == known

    def _article(self, key: bytes) -> tuple[int, bytes]:
        """Return the number of an article, and the digest of its text (`b""`: none yet)."""
        if key == self._last[0]:
            return self._last[1:]
        find = "SELECT number, digest FROM articles WHERE key = ?"
        if found := self._database.execute(find, (key,)).fetchone():
            return found[0], found[1]
        insert = "INSERT INTO articles (key, digest, text) VALUES (?, x'', '')"
        return self._database.execute(insert, (key,)).lastrowid or 0, b""

    def articles(self) -> Iterator[tuple[str, list[tuple[int, Row]]]]:
        """Yield each article's text (`""`: no row has it) and its rows, each with the number of its sheet."""
        self._database.execute("CREATE INDEX by_article ON rows (article)")
        for number, text in self._database.execute("SELECT number, text FROM articles ORDER BY number"):
            rows = self._database.execute(
                "SELECT sheet, cells FROM rows WHERE article = ? ORDER BY number", (number,)
            )
            yield text, [(sheet, _decode(cells)) for sheet, cells in rows]


def _digest(text: str) -> bytes:
    return sha256(text.encode("utf-8", "surrogatepass")).digest()


def _read_article(text: str, rows: list[SheetRow], texts: Path | None) -> Iterator[Item]:
    """Yield the documents of an article, one for each annotator.

    `text` is the text that its rows give; if it is `""`, the text is read from a file.
    """
    name = _article_name(rows[0])
    if not text:
        text, why = _read_article_text(name, texts)
        if not text:
            cell = rows[0].columns.words(rows[0].cells) or rows[0].first()
            yield Skipped("span", f"the rows of {name}", why, rows[0].sheet.place(cell), len(rows), LABEL)
            return
    skipped: list[Skipped] = []
    # A text may begin with its date: offsets count from after it.
    header, text = split_header(text)
    document = _document(name, text, rows, skipped)
    yield from skipped
    if header and not document.article.published:
        document = replace(document, article=replace(document.article, published=header))
    collapsed = collapse_whitespace(text)
    by_annotator: dict[str, list[SheetRow]] = {}
    for row in rows:
        by_annotator.setdefault(row.text("annotator"), []).append(row)
    for annotator, theirs in by_annotator.items():
        yield from _annotate(replace(document, by=annotator), theirs, ClaimRowReader(collapsed))


def _annotate(document: AnnotatedText, rows: list[SheetRow], reader: ClaimRowReader) -> Iterator[Item]:
    """Yield the cells and rows of an annotator that are left out, then the annotator's document."""
    found = [(row, mark) for row in rows if (mark := reader.mark(row))]
    links = [link for row, mark in found for link in reader.links(row, mark.id)]
    yield from reader.skipped
    marks = tuple([mark for _, mark in found])
    yield replace(document, marks=marks, links=tuple(links), on=max(row.date("annotated") for row in rows))


def _read_article_text(name: str, texts: Path | None) -> tuple[str, str]:
    """Return the text of an article from the folder of texts, or why it cannot be read."""
    if texts is None:
        return "", f"{_NO_TEXT}, or in files `NAME.txt` in a folder, with --texts FOLDER"
    if "\0" in name:
        return "", _NO_TEXT
    file = texts / (name if name.endswith(".txt") else f"{name}.txt")
    try:
        if not is_inside(str(file), str(texts)):
            return "", f"{_NO_TEXT}, or as {file}"
        text = read_text(str(file), str(texts))
    except OSError:  # no file can have such a name
        return "", _NO_TEXT
    except CorpusError as error:
        return "", f"{file}: {error}"
    except FileError as error:
        return "", str(error)
    return text, f"{file} must have the article's text, it is empty: fill it in"


def _document(name: str, text: str, rows: list[SheetRow], skipped: list[Skipped]) -> AnnotatedText:
    """Return a document with the article's metadata from the rows."""
    cells = _article_cells(rows, skipped)
    found = {field: cell.text.strip() for field, (_, cell) in cells.items()}
    first = rows[0]
    publishers = cell_names(found.get("publisher", ""), found.get("publisher_id", ""))
    return AnnotatedText(
        id=name or f"{Path(first.sheet.file).stem}-{first.first().line}",
        text=text,
        at=first.sheet.place(first.first()),
        article=ArticleMetadata(
            headline=found.get("headline", ""),
            published=cells["published"][0].date("published") if "published" in cells else "",
            url=found.get("url", ""),
            language=found.get("language", ""),
        ),
        publisher=publishers[0] if publishers else None,
        authors=cell_names(found.get("author", ""), found.get("author_id", "")),
    )


def _article_cells(rows: list[SheetRow], skipped: list[Skipped]) -> dict[str, tuple[SheetRow, Cell]]:
    """Return the first row and cell for each field of the article; later cells that contradict are skipped."""
    found: dict[str, tuple[SheetRow, Cell]] = {}
    for row in rows:
        for field in _ONCE:
            cell = row.columns.of(row.cells, field)
            if cell is None:
                continue
            if cell.fault:
                skipped.append(row.skipped("attribute", cell, cell.fault))
            elif field not in found:
                found[field] = row, cell
            elif (before := found[field])[1].text.strip() != cell.text.strip():
                why = f"{before[0].sheet.name(before[1])} says {before[1].text.strip()!r} of the same article"
                skipped.append(row.skipped("attribute", cell, f"{why}: an article has one `{field}`"))
    return found
