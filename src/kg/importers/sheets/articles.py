"""The rows of one article → its documents, one for each annotator."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from msgspec.structs import replace

from kg.corpus.articles import divided
from kg.errors import CorpusError, FileError
from kg.files.text_files import read_text
from kg.importers.core.documents import AnnotatedText, ArticleMetadata, Item, Skipped
from kg.importers.sheets.claims import Numbered, Reader
from kg.importers.sheets.rows import Cell
from kg.importers.sheets.values import names
from kg.text.spans import collapse_whitespace

_ONCE = ("headline", "published", "publisher", "publisher_id", "author", "author_id", "url", "language")
_NO_TEXT = "the article's text is not there, and claims are words of it: give it in a column `text`"


def article_name(each: Numbered) -> str:
    """Return what a row calls its article."""
    return each.text("id") or each.text("url") or each.text("headline")


def read_article(text: str, rows: list[Numbered], texts: Path | None) -> Iterator[Item]:
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
    by: dict[str, list[Numbered]] = {}
    for each in rows:
        by.setdefault(each.text("annotator"), []).append(each)
    for annotator, theirs in by.items():
        yield from _annotated(replace(about, by=annotator), theirs, Reader(squeezed))


def _annotated(about: AnnotatedText, rows: list[Numbered], reader: Reader) -> Iterator[Item]:
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


def _about(name: str, text: str, rows: list[Numbered], skipped: list[Skipped]) -> AnnotatedText:
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


def _said(rows: list[Numbered], skipped: list[Skipped]) -> dict[str, tuple[Numbered, Cell]]:
    """Return what rows say of their article, and where; the first to say something is believed."""
    said: dict[str, tuple[Numbered, Cell]] = {}
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
