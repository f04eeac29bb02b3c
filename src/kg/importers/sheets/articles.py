"""The files of a source: itself, or those in a folder."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from kg.corpus.articles import divided
from kg.errors import CorpusError, FileError, Finding, Place
from kg.files.text_files import read_text
from kg.importers.core.documents import AnnotatedText, ArticleMetadata, Heartbeat, Item, Skipped
from kg.importers.core.mapping import Mapping
from kg.importers.sheets.claims import ClaimRowReader, SheetRow
from kg.importers.sheets.columns import Cell, Row, Sheet, Table, find_table, guessed, joined, names
from kg.text.spans import collapse_whitespace


def spreadsheet_files(source: Path, suffixes: tuple[str, ...]) -> list[Path]:
    """Return the file, or the files of a folder and its sub-folders that have one of these suffixes, sorted.

    Raises `CorpusError` for a folder that has none, `FileError` where there is no such file.
    """
    if not source.is_dir():
        if not source.exists():
            raise FileError(f"{source}: cannot be read: there is no such file")
        if not source.is_file():
            raise FileError(f"{source}: cannot be read twice, which a table is: save it as a file first")
        return [source]
    # `~$book.xlsx` is what Excel leaves beside a workbook that is open.
    found = sorted(
        file
        for file in source.rglob("*")
        if file.suffix.lower() in suffixes and file.is_file() and not file.name.startswith(("~$", "."))
    )
    if not found:
        message = f"a folder must hold a file that ends in {' or '.join(suffixes)}, this one has none"
        raise CorpusError([Finding("violation", message, "no-file", Place(str(source), 0, 0))])
    return found


_SCHEMA = """
PRAGMA journal_mode = off;
PRAGMA synchronous = off;
PRAGMA cache_size = -16000;
CREATE TABLE articles (number INTEGER PRIMARY KEY, key BLOB UNIQUE, digest BLOB, text TEXT);
CREATE TABLE rows (number INTEGER PRIMARY KEY, article INTEGER, sheet INTEGER, cells BLOB);
"""
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Row).decode


class ArticleRows(NamedTuple):
    """The rows of an article, each with the number of its sheet; `text` is `""` where no row has it."""

    text: str
    rows: list[tuple[int, Row]]


class RowGroups:
    """Takes rows in any order, and gives them back article by article, in the order in which these were met."""

    def __init__(self) -> None:
        # A database without a name is a file that is gone when it is closed; in memory where it is small.
        self._base = sqlite3.connect("", isolation_level=None)
        self._last: tuple[bytes, int, bytes] = (b"", 0, b"")

    def __enter__(self) -> RowGroups:
        with _on_disk():
            self._base.executescript(_SCHEMA)
            self._base.execute("BEGIN")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._base.close()

    def add(self, name: str, text: str, sheet: int, row: Row) -> bool:
        """Keep a row of the article of this name; tell whether its text is none but what the article has."""
        key, digest = _digest(name), _digest(text) if text else b""
        with _on_disk():
            number, known = self._article(key)
            if digest and not known:
                self._base.execute(
                    "UPDATE articles SET digest = ?, text = ? WHERE number = ?", (digest, text, number)
                )
                known = digest
            self._last = key, number, known
            self._base.execute(
                "INSERT INTO rows (article, sheet, cells) VALUES (?, ?, ?)", (number, sheet, _encode(row))
            )
        return not digest or digest == known

    def _article(self, key: bytes) -> tuple[int, bytes]:
        """Return the number of an article, and the digest of its text, `b""` for none."""
        if key == self._last[0]:
            return self._last[1:]
        found = self._base.execute("SELECT number, digest FROM articles WHERE key = ?", (key,)).fetchone()
        if found:
            return found[0], found[1]
        made = self._base.execute("INSERT INTO articles (key, digest, text) VALUES (?, x'', '')", (key,))
        return made.lastrowid or 0, b""

    def __iter__(self) -> Iterator[ArticleRows]:
        with _on_disk():
            self._base.execute("CREATE INDEX by_article ON rows (article)")
        number = 0
        while found := self._next(number):
            number, group = found
            yield group

    def _next(self, number: int) -> tuple[int, ArticleRows] | None:
        with _on_disk():
            article = self._base.execute(
                "SELECT number, text FROM articles WHERE number > ? ORDER BY number LIMIT 1", (number,)
            ).fetchone()
            if article is None:
                return None
            rows = self._base.execute(
                "SELECT sheet, cells FROM rows WHERE article = ? ORDER BY number", (article[0],)
            )
            return article[0], ArticleRows(article[1], [(sheet, _decode(cells)) for sheet, cells in rows])


def _digest(text: str) -> bytes:
    return sha256(text.encode("utf-8", "surrogatepass")).digest()


@contextmanager
def _on_disk() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise FileError(
            f"the rows could not be sorted by their article: {error}: is there room on the disk?"
        ) from error


_ONCE = ("headline", "published", "publisher", "publisher_id", "author", "author_id", "url", "language")
_NO_TEXT = "the article's text is not there, and claims are words of it: give it in a column `text`"


def article_name(each: SheetRow) -> str:
    """Return what a row calls its article."""
    return each.text("id") or each.text("url") or each.text("headline")


def read_article(text: str, rows: list[SheetRow], texts: Path | None) -> Iterator[Item]:
    """Yield the documents of an article, whose text is that of its rows or, where they have none, a file's."""
    name = article_name(rows[0])
    if not text:
        text, why = _text(name, texts)
        if not text:
            cell = rows[0].columns.words(rows[0].row) or rows[0].first()
            yield Skipped("span", f"the rows of {name}", why, rows[0].sheet.place(cell), len(rows))
            return
    skipped: list[Skipped] = []
    # Offsets count from behind the date that a text may begin with.
    header, text = divided(text)
    about = _about(name, text, rows, skipped)
    yield from skipped
    if header and not about.article.published:
        about = replace(about, article=replace(about.article, published=header))
    squeezed = collapse_whitespace(text)
    by: dict[str, list[SheetRow]] = {}
    for each in rows:
        by.setdefault(each.text("annotator"), []).append(each)
    for annotator, theirs in by.items():
        yield from _annotated(replace(about, by=annotator), theirs, ClaimRowReader(squeezed))


def _annotated(about: AnnotatedText, rows: list[SheetRow], reader: ClaimRowReader) -> Iterator[Item]:
    """Yield the document of one annotator, behind what of it is left out."""
    found = [(each, mark) for each in rows if (mark := reader.mark(each))]
    links = [link for each, mark in found for link in reader.links(each, mark.id)]
    yield from reader.skipped
    marks = tuple([mark for _, mark in found])
    yield replace(about, marks=marks, links=tuple(links), on=max(each.date("annotated") for each in rows))


def _text(name: str, texts: Path | None) -> tuple[str, str]:
    """Return the text of an article in the folder of texts, or why there is none."""
    if texts is None:
        return "", f"{_NO_TEXT}, or in files `NAME.txt` in a folder, with --texts FOLDER"
    if "\0" in name:
        return "", _NO_TEXT
    file = texts / (name if name.endswith(".txt") else f"{name}.txt")
    try:
        inside = file.resolve().is_relative_to(texts.resolve())
        if not inside or not file.is_file():
            return "", f"{_NO_TEXT}, or as {file}"
        text = read_text(str(file))
    except OSError:  # no file can have such a name
        return "", _NO_TEXT
    except CorpusError as error:
        return "", f"{file}: {error}"
    except FileError as error:
        return "", str(error)
    return text, f"{file} must hold the article's text, it is empty: fill it in"


def _about(name: str, text: str, rows: list[SheetRow], skipped: list[Skipped]) -> AnnotatedText:
    """Return a document with what the rows say of the article."""
    said = _said(rows, skipped)
    found = {field: cell.text.strip() for field, (_, cell) in said.items()}
    first = rows[0]
    publishers = names(found.get("publisher", ""), found.get("publisher_id", ""))
    return AnnotatedText(
        id=name or f"{Path(first.sheet.file).stem}-{first.first().line}",
        text=text,
        at=first.sheet.place(first.first()),
        article=ArticleMetadata(
            headline=found.get("headline", ""),
            published=said["published"][0].date("published") if "published" in said else "",
            url=found.get("url", ""),
            language=found.get("language", ""),
        ),
        publisher=publishers[0] if publishers else None,
        authors=names(found.get("author", ""), found.get("author_id", "")),
    )


def _said(rows: list[SheetRow], skipped: list[Skipped]) -> dict[str, tuple[SheetRow, Cell]]:
    """Return what rows say of their article, and where; the first to say something is believed."""
    said: dict[str, tuple[SheetRow, Cell]] = {}
    for each in rows:
        for field in _ONCE:
            cell = each.columns.of(each.row, field)
            if cell is None:
                continue
            if cell.fault:
                skipped.append(each.skipped("attribute", cell, cell.fault))
            elif field not in said:
                said[field] = each, cell
            elif (before := said[field])[1].text.strip() != cell.text.strip():
                why = f"{before[0].sheet.name(before[1])} says {before[1].text.strip()!r} of the same article"
                skipped.append(each.skipped("attribute", cell, f"{why}: an article has one `{field}`"))
    return said


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
    with RowGroups() as groups:
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
            rows = [SheetRow(tables[number].sheet, tables[number].columns, row) for number, row in group.rows]
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


def _gathered(table: Table, number: int, groups: RowGroups) -> Iterator[Skipped | Heartbeat]:
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
        yield from _gathered_row(SheetRow(sheet, columns, row), number, groups)
    for at, count in sorted(unread.items()):
        cell = columns.names[at]
        what = f"the column {cell.text!r}, {sheet.name(cell)}"
        yield Skipped("attribute", what, columns.unknown[at], sheet.place(cell), count)


def _gathered_row(each: SheetRow, number: int, groups: RowGroups) -> Iterator[Skipped]:
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
