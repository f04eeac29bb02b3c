"""The words of a cell → where they stand in the article."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from kg.importers.core.documents import Kind, LabelledSpan, Name, Skipped, SpanLink
from kg.importers.sheets.columns import Cell, Columns, Row, Sheet, names, several
from kg.text.anchors import AnchorError, find
from kg.text.spans import MARKS, CollapsedText, Span

_GAP = re.compile(r"\s*(?:[\[(]\s*(?:…|\.{3,})\s*[\])]|…|\.{3,})\s*")
_OFFSETS = re.compile(r"[0-9]{1,9}(?:\s*;\s*[0-9]{1,9})*")


class AnchoredWords(NamedTuple):
    """Where words stand, and what the cell says stands there; `""` where they were looked up."""

    parts: tuple[Span, ...]
    told: str


def anchor_words(text: CollapsedText, words: str, context: str) -> tuple[Span, ...]:
    """Return where the words of a cell stand, once in the article or once in the context.

    Words in quotation marks that the article does not have there are taken without them, and words with `…` in
    between as several parts, one after another. Raises `AnchorError` for the whole where neither stands there.
    """
    if parts := _parts(text, words):
        try:
            found = [find(text, part, within=context) for part in parts]
        except AnchorError as error:
            # Of words that stand there twice without their marks, that is what the annotator should know.
            if len(parts) == 1 and error.rule == "words-found-twice":
                raise
        else:
            if all(one.end <= other.start for one, other in pairwise(found)):
                return tuple(found)
    return (find(text, words, within=context),)


def _parts(text: CollapsedText, words: str) -> list[str]:
    """Return what to look for instead of words that do not stand in the text; none where that does not, either.

    It is asked for before `find`, which takes its time to say what is nearest to words that it does not find.
    """
    if _stands(text, words):
        return []
    bare = words.strip()
    if len(bare) > 2 and bare[0] in MARKS and bare[-1] in MARKS and bare[1:-1].strip():
        bare = bare[1:-1]
    parts = [part for part in _GAP.split(bare) if part.strip()]
    return parts if all(_stands(text, part) for part in parts) else []


def _stands(text: CollapsedText, words: str) -> bool:
    return " ".join(words.split()) in text.collapsed


def at_offsets(text: str, words: str, starts: str, ends: str) -> AnchoredWords | None:
    """Return the parts that offsets tell, `0; 35` and `20; 60`; None where they are none of this text."""
    if not (_OFFSETS.fullmatch(starts) and _OFFSETS.fullmatch(ends)):
        return None
    pairs = list(zip(map(int, starts.split(";")), map(int, ends.split(";")), strict=False))
    parts = tuple(Span(start, end) for start, end in pairs)
    if starts.count(";") != ends.count(";") or any(not start < end <= len(text) for start, end in parts):
        return None
    there = [text[start:end] for start, end in parts]
    same = " ".join(" … ".join(there).split()) == " ".join(words.split())
    return AnchoredWords(parts, " ".join(there) if same else words)


def explain_anchor_error(error: AnchorError) -> str:
    """Return what is wrong with words, for someone who sits before a spreadsheet."""
    message = error.message
    if error.rule == "words-found-twice":
        message = message.partition(": take")[0]
        message += ": take more of the words around them, or give a longer passage in a column `context`"
    elif error.rule == "words-inside-a-word":
        message = message.partition(": take")[0] + ": take the whole word, or give offsets in `start` and `end`"
    message = message.replace("`in`", "`context`")
    return f"{message} ({'; '.join(error.detail.splitlines())})" if error.detail else message


LABEL = "words"
_NAMES = frozenset(("speaker", "to", "about"))
_SEVERAL = frozenset(("inferred",))
_CUES = re.compile(r" … |[;|\n]")
_RELATED = re.compile(r"(\S+)\s+(\S+)")


class SheetRow(NamedTuple):
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


class ClaimRowReader:
    """Reads the rows of one article. `skipped` is what had to be left out so far."""

    def __init__(self, text: CollapsedText) -> None:
        self.text = text
        self.skipped: list[Skipped] = []
        self._ids: set[str] = set()

    def mark(self, each: SheetRow) -> LabelledSpan | None:
        """Return a row's claim; None where its words cannot be had."""
        words = each.columns.words(each.row)
        if words is None or not words.text.strip():
            reason = (words and words.fault) or "a row must have the claim's words: fill them in"
            self.skipped.append(each.skipped("span", words or each.first(), reason))
            return None
        try:
            place = self._place(each, words)
        except AnchorError as error:
            self.skipped.append(each.skipped("span", words, explain_anchor_error(error)))
            return None
        id = self._id(each)
        attributes, named = self._attributes(each, id)
        at = each.sheet.place(words)
        return LabelledSpan(id, LABEL, place.parts, at, place.told, attributes=attributes, names=named)

    def links(self, each: SheetRow, id: str) -> Iterator[SpanLink]:
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

    def _links(self, each: SheetRow, cell: Cell, id: str, pairs: list[tuple[str, str]]) -> Iterator[SpanLink]:
        for label, target in pairs:
            if target in self._ids:
                yield SpanLink(label, id, target, each.sheet.place(cell))
            else:
                reason = (
                    f"no claim of the article that could be read has the id {target!r}: mend it, or add the claim"
                )
                self.skipped.append(each.skipped("link", cell, reason))

    def _place(self, each: SheetRow, words: Cell) -> AnchoredWords:
        starts, ends = each.text("start"), each.text("end")
        if starts or ends:
            told = at_offsets(self.text.text, words.text, starts, ends)
            if told:
                return told
            reason = f"`start` and `end` must be offsets into the article's text, not {starts!r} and {ends!r}"
            raise AnchorError("words-start-mismatch", f"{reason}: mend them, or leave them empty")
        return AnchoredWords(anchor_words(self.text, words.text, each.text("context")), "")

    def _id(self, each: SheetRow) -> str:
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
        self, each: SheetRow, id: str
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
