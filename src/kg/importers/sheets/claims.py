"""Turns a row of a sheet into a labelled span: the claim's words in the article, with other cells as attributes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from kg.files.csv_files import Cell, Row
from kg.importers.core.documents import Kind, LabelledSpan, Name, Skipped, SpanLink
from kg.importers.sheets.columns import Columns, Sheet, cell_names, cell_values
from kg.text.anchors import AnchorError, find
from kg.text.spans import MARKS, CollapsedText, Span

LABEL = "words"
_NAMES = frozenset(("speaker", "to", "about"))
_SEVERAL = frozenset(("inferred",))
_CUES = re.compile(r" … |[;|\n]")
_RELATED = re.compile(r"(\S+)\s+(\S+)")
_GAP = re.compile(r"\s*(?:[\[(]\s*(?:…|\.{3,})\s*[\])]|…|\.{3,})\s*")
_OFFSETS = re.compile(r"[0-9]{1,9}(?:\s*;\s*[0-9]{1,9})*")


class SheetRow(NamedTuple):
    """A row and the sheet that it is in."""

    sheet: Sheet
    columns: Columns
    cells: Row

    def skipped(self, kind: Kind, cell: Cell, reason: str) -> Skipped:
        """Return a record that is left out, under the name of its cell."""
        label = LABEL if kind == "span" else ""
        return Skipped(kind, self.sheet.name(cell), reason, self.sheet.place(cell), label=label)

    def first(self) -> Cell:
        """Return the row's first cell."""
        return next(iter(self.cells.values()))

    def text(self, field: str) -> str:
        """Return a field of the article or of the row itself, `""` if the row does not have it."""
        cell = self.columns.of(self.cells, field)
        return cell.text.strip() if cell else ""

    def date(self, field: str) -> str:
        """Return a field of the article that is a date."""
        at = next((at for at, each in self.columns.article.items() if each == field and at in self.cells), -1)
        return self.columns.date(at, self.cells[at].text) if at >= 0 else ""


class ClaimRowReader:
    """Reads the rows of one annotator of an article. `skipped` are the records left out so far."""

    def __init__(self, text: CollapsedText) -> None:
        self.text = text
        self.skipped: list[Skipped] = []
        self._ids: set[str] = set()

    def mark(self, row: SheetRow) -> LabelledSpan | None:
        """Return a row's claim; None if its words are missing or not in the text."""
        words = row.columns.words(row.cells)
        if words is None or not words.text.strip():
            reason = (words and words.fault) or "a row must have the claim's words: fill them in"
            self.skipped.append(row.skipped("span", words or row.first(), reason))
            return None
        try:
            place = self._place(row, words)
        except AnchorError as error:
            self.skipped.append(row.skipped("span", words, _explain(error)))
            return None
        id = self._id(row)
        attributes, named = self._attributes(row, id)
        at = row.sheet.place(words)
        return LabelledSpan(id, LABEL, place.parts, at, place.written, attributes=attributes, names=named)

    def links(self, row: SheetRow, id: str) -> Iterator[SpanLink]:
        """Yield the relations in a row from its claim to others of the article."""
        for at, label in row.columns.links.items():
            if cell := row.cells.get(at):
                yield from self._links(row, cell, id, [(label, target) for target in cell_values(cell.text)])
        cell = row.columns.of(row.cells, "relations")
        if not cell:
            return
        pairs = []
        for value in cell_values(cell.text):
            if found := _RELATED.fullmatch(value):
                pairs.append((found[1], found[2]))
            else:
                reason = (
                    f"a relation must be one word and a claim's id, as `answers c02`, not {value!r}: correct it"
                )
                self.skipped.append(row.skipped("link", cell, reason))
        yield from self._links(row, cell, id, pairs)

    def _links(self, row: SheetRow, cell: Cell, id: str, pairs: list[tuple[str, str]]) -> Iterator[SpanLink]:
        for label, target in pairs:
            if target in self._ids:
                yield SpanLink(label, id, target, row.sheet.place(cell))
            else:
                reason = f"no readable claim of the article has the id {target!r}: correct it, or add the claim"
                self.skipped.append(row.skipped("link", cell, reason))

    def _place(self, row: SheetRow, words: Cell) -> LocatedWords:
        starts, ends = row.text("start"), row.text("end")
        if starts or ends:
            located = _words_at(self.text.text, words.text, starts, ends)
            if located:
                return located
            reason = f"`start` and `end` must be offsets into the article's text, not {starts!r} and {ends!r}"
            raise AnchorError("words-start-mismatch", f"{reason}: correct them, or leave them empty")
        return LocatedWords(anchor_words(self.text, words.text, row.text("context")), "")

    def _id(self, row: SheetRow) -> str:
        """Return the id in a row, or the name of its cell, which is unique."""
        ids = (row.cells[at] for at, field in row.columns.claim.items() if field == "id" and at in row.cells)
        cell = next(ids, None)
        id = cell.text.strip() if cell else ""
        if cell and id in self._ids:
            reason = f"another claim has the id {id} already: give another"
            self.skipped.append(row.skipped("attribute", cell, reason))
            id = ""
        id = id or row.sheet.name(row.first())
        self._ids.add(id)
        return id

    def _attributes(self, row: SheetRow, id: str) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[Name, ...]]]:
        attributes: dict[str, tuple[str, ...]] = {}
        named: dict[str, tuple[Name, ...]] = {}
        for at, field in row.columns.claim.items():
            cell = row.cells.get(at)
            if field == "words" or cell is None:
                continue
            name = row.columns.names[at].text.strip()
            if cell.fault:
                self.skipped.append(row.skipped("attribute", cell, cell.fault))
            elif field in _NAMES or field.endswith(".by"):
                named[name] = named.get(name, ()) + cell_names(cell.text, row.text(f"{field}_id"))
            elif field != "id" or cell.text.strip() == id:
                attributes[name] = attributes.get(name, ()) + _values(field, cell.text, row.columns, at)
        return attributes, named


def _values(field: str, text: str, columns: Columns, at: int) -> tuple[str, ...]:
    if field == "cue":
        return tuple(cue for each in _CUES.split(text) if (cue := each.strip()))
    if field in _SEVERAL:
        return cell_values(text)
    if field == "appearances":
        return tuple(text.split())
    return (columns.date(at, text) if field == "said" else text.strip(),)


class LocatedWords(NamedTuple):
    """The span of words in the article, and the words in the cell; `""` if these were looked up."""

    parts: tuple[Span, ...]
    written: str


def anchor_words(text: CollapsedText, words: str, context: str) -> tuple[Span, ...]:
    """Return the span of a cell's words, which must be in the article or the context exactly once.

    If the article does not have them unchanged, quotation marks around them are ignored, and `…` separates parts
    that follow one another. Raises `AnchorError` about the whole cell.
    """
    if parts := _parts(text, words):
        try:
            found = [find(text, part, within=context) for part in parts]
        except AnchorError as error:
            # Report to the annotator that words occur twice without their quotation marks.
            if len(parts) == 1 and error.rule == "words-found-twice":
                raise
        else:
            if all(one.end <= other.start for one, other in pairwise(found)):
                return tuple(found)
    return (find(text, words, within=context),)


def _parts(text: CollapsedText, words: str) -> list[str]:
    """Return the parts to search instead of words that are not in the text; empty if these are not there either.

    Called before `find`, which takes long to look for the nearest words if it finds nothing.
    """
    if _has(text, words):
        return []
    bare = words.strip()
    if len(bare) > 2 and bare[0] in MARKS and bare[-1] in MARKS and bare[1:-1].strip():
        bare = bare[1:-1]
    parts = [part for part in _GAP.split(bare) if part.strip()]
    return parts if all(_has(text, part) for part in parts) else []


def _has(text: CollapsedText, words: str) -> bool:
    return " ".join(words.split()) in text.collapsed


def _words_at(text: str, words: str, starts: str, ends: str) -> LocatedWords | None:
    """Return the spans at offsets such as `0; 35` and `20; 60`; None if these are not in the text."""
    if not (_OFFSETS.fullmatch(starts) and _OFFSETS.fullmatch(ends)):
        return None
    pairs = list(zip(map(int, starts.split(";")), map(int, ends.split(";")), strict=False))
    parts = tuple(Span(start, end) for start, end in pairs)
    if starts.count(";") != ends.count(";") or any(not start < end <= len(text) for start, end in parts):
        return None
    there = [text[start:end] for start, end in parts]
    same = " ".join(" … ".join(there).split()) == " ".join(words.split())
    return LocatedWords(parts, " ".join(there) if same else words)


def _explain(error: AnchorError) -> str:
    """Explain what is wrong with the words, for someone who works in a spreadsheet."""
    message = error.message
    if error.rule == "words-found-twice":
        message = message.partition(": take")[0]
        message += ": take more of the words around them, or give a longer passage in a column `context`"
    elif error.rule == "words-inside-a-word":
        message = message.partition(": take")[0] + ": take the whole word, or give offsets in `start` and `end`"
    message = message.replace("`in`", "`context`")
    return f"{message} ({'; '.join(error.detail.splitlines())})" if error.detail else message
