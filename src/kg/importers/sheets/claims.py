"""One row → one mark: a claim's words where they stand in the article, with what the other cells say of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from kg.importers.core.documents import Kind, LabelledSpan, Name, Skipped, SpanLink
from kg.importers.sheets.anchoring import Anchored, anchored, at_offsets, why
from kg.importers.sheets.columns import Columns
from kg.importers.sheets.rows import Cell, Row, Sheet
from kg.importers.sheets.values import names, several
from kg.text.anchors import AnchorError
from kg.text.spans import CollapsedText

LABEL = "words"
_NAMES = frozenset(("speaker", "to", "about"))
_SEVERAL = frozenset(("inferred",))
_CUES = re.compile(r" … |[;|\n]")
_RELATED = re.compile(r"(\S+)\s+(\S+)")


class Numbered(NamedTuple):
    """A row with the sheet that it stands in."""

    sheet: Sheet
    columns: Columns
    row: Row

    def skipped(self, kind: Kind, cell: Cell, reason: str) -> Skipped:
        """Return what is left out, by the name of its cell."""
        return Skipped(kind, self.sheet.name(cell), reason, self.sheet.place(cell))

    def first(self) -> Cell:
        """Return the row's first cell."""
        return next(iter(self.row.values()))

    def text(self, field: str) -> str:
        """Return what the row says of the article or of itself, `""` where it says nothing."""
        cell = self.columns.of(self.row, field)
        return cell.text.strip() if cell else ""

    def date(self, field: str) -> str:
        """Return what the row says of a date."""
        at = next((at for at, each in self.columns.article.items() if each == field and at in self.row), -1)
        return self.columns.date(at, self.row[at].text) if at >= 0 else ""


class Reader:
    """Reads the rows of one article. `skipped` is what had to be left out so far."""

    def __init__(self, text: CollapsedText) -> None:
        self.text = text
        self.skipped: list[Skipped] = []
        self._ids: set[str] = set()

    def mark(self, each: Numbered) -> LabelledSpan | None:
        """Return a row's claim; None where its words cannot be had."""
        words = each.columns.words(each.row)
        if words is None or not words.text.strip():
            reason = (words and words.fault) or "a row must have the claim's words: fill them in"
            self.skipped.append(each.skipped("span", words or each.first(), reason))
            return None
        try:
            place = self._place(each, words)
        except AnchorError as error:
            self.skipped.append(each.skipped("span", words, why(error)))
            return None
        id = self._id(each)
        attributes, named = self._attributes(each, id)
        at = each.sheet.place(words)
        return LabelledSpan(id, LABEL, place.parts, at, place.told, attributes=attributes, names=named)

    def links(self, each: Numbered, id: str) -> Iterator[SpanLink]:
        """Yield the relations that a row says its claim has to others of the article."""
        for at, label in each.columns.links.items():
            if cell := each.row.get(at):
                yield from self._links(each, cell, id, [(label, target) for target in several(cell.text)])
        cell = each.columns.of(each.row, "relations")
        pairs = []
        for value in several(cell.text) if cell else ():
            found = _RELATED.fullmatch(value)
            if found:
                pairs.append((found[1], found[2]))
            elif cell:
                reason = f"a relation must be one word and a claim's id, as `answers c02`, not {value!r}: mend it"
                self.skipped.append(each.skipped("link", cell, reason))
        if cell:
            yield from self._links(each, cell, id, pairs)

    def _links(self, each: Numbered, cell: Cell, id: str, pairs: list[tuple[str, str]]) -> Iterator[SpanLink]:
        for label, target in pairs:
            if target in self._ids:
                yield SpanLink(label, id, target, each.sheet.place(cell))
            else:
                reason = (
                    f"no claim of the article that could be read has the id {target!r}: mend it, or add the claim"
                )
                self.skipped.append(each.skipped("link", cell, reason))

    def _place(self, each: Numbered, words: Cell) -> Anchored:
        starts, ends = each.text("start"), each.text("end")
        if starts or ends:
            told = at_offsets(self.text.text, words.text, starts, ends)
            if told:
                return told
            reason = f"`start` and `end` must be offsets into the article's text, not {starts!r} and {ends!r}"
            raise AnchorError("words-start-mismatch", f"{reason}: mend them, or leave them empty")
        return Anchored(anchored(self.text, words.text, each.text("context")), "")

    def _id(self, each: Numbered) -> str:
        """Return the id that a row gives, or the name of its cell, which no other row has."""
        cell = next(
            (each.row[at] for at, field in each.columns.claim.items() if field == "id" and at in each.row), None
        )
        id = cell.text.strip() if cell else ""
        if cell and id in self._ids:
            self.skipped.append(
                each.skipped("attribute", cell, f"another claim has the id {id} already: give another")
            )
            id = ""
        if not id:
            id = each.sheet.name(each.first())
        self._ids.add(id)
        return id

    def _attributes(
        self, each: Numbered, id: str
    ) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[Name, ...]]]:
        attributes: dict[str, tuple[str, ...]] = {}
        named: dict[str, tuple[Name, ...]] = {}
        for at, field in each.columns.claim.items():
            cell = each.row.get(at)
            if field == "words" or cell is None:
                continue
            name = each.columns.names[at].text.strip()
            if cell.fault:
                self.skipped.append(each.skipped("attribute", cell, cell.fault))
            elif field in _NAMES or field.endswith(".by"):
                named[name] = named.get(name, ()) + names(cell.text, each.text(f"{field}_id"))
            elif field != "id" or cell.text.strip() == id:
                attributes[name] = attributes.get(name, ()) + _values(field, cell.text, each.columns, at)
        return attributes, named


def _values(field: str, text: str, columns: Columns, at: int) -> tuple[str, ...]:
    if field == "cue":
        return tuple(cue for each in _CUES.split(text) if (cue := each.strip()))
    if field in _SEVERAL:
        return several(text)
    if field == "appearances":
        return tuple(text.split())
    return (columns.date(at, text) if field == "said" else text.strip(),)
