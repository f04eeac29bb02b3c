"""Reviews of claims by fact-checkers: JSON-LD in pages, files and feeds, and what a search for them answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from kg.errors import CorpusError, Finding, Place
from kg.importers.claimreview.articles import documents
from kg.importers.claimreview.claims import Read, read_review
from kg.importers.claimreview.feeds import values
from kg.importers.claimreview.files import File, files
from kg.importers.claimreview.linked import MENTIONED, Found, Root, reviews
from kg.importers.claimreview.pages import read_page
from kg.importers.core.documents import Item, Skipped
from kg.importers.core.mapping import Mapping
from kg.importers.json_values import Unreadable, Value, value

DESCRIPTION = "ClaimReview: JSON-LD in .html, .json, .jsonld and .jsonl, a file, a folder or a zip of them"

_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_NO_CONTROLS = bytes(max(byte, 0x20) for byte in range(256))


def read(source: Path, mapping: Mapping, texts: Path | None) -> Iterator[Item]:  # noqa: ARG001, every importer's
    """Yield a document for each page with reviews, and what is left out.

    Raises `CorpusError` where there is no review at all, or the only file is broken; `FileError` for what cannot be
    read.
    """
    is_empty = True
    for file in files(source):
        if isinstance(file, Skipped):
            yield file
            continue
        reading = _Reading(file)
        yield from documents(reading.reads())
        if reading.broken and file.is_alone:
            raise reading.broken
        yield from reading.skipped()
        is_empty = is_empty and not reading.is_met
    if is_empty:
        message = "there must be a ClaimReview, and there is none: is this another format, or another page?"
        raise CorpusError([Finding("violation", message, "no-review", Place(str(source), 0, 0))])


class _Reading:
    """One file, read. `is_met` tells whether there was a review, `broken` why it was not read to its end."""

    def __init__(self, file: File) -> None:
        self.file = file
        self.is_met = False
        self.broken: CorpusError | None = None
        self._unreadable: list[Skipped] = []

    def reads(self) -> Iterator[Read]:
        """Yield each review."""
        try:
            if self.file.is_page:
                page = read_page(self.file.whole(), self.file.name)
                for script in page.scripts:
                    yield from self._reviews(script.raw, script.at, page.canonical)
            else:
                for raw, at in values(self.file.pieces(), self.file.name):
                    yield from self._reviews(raw, at, "")
        except CorpusError as error:
            self.broken = error

    def skipped(self) -> Iterator[Skipped]:
        """Yield what of the file could not be read, or that there was nothing to read."""
        yield from self._unreadable
        if self.broken:
            for finding in self.broken.findings:
                at = finding.at if isinstance(finding.at, Place) else Place(self.file.name, 0, 0)
                yield Skipped("article", self.file.name, finding.message, at)
        elif not self.is_met:
            yield Skipped("article", self.file.name, "there is no ClaimReview in it", Place(self.file.name, 0, 0))

    def _reviews(self, raw: bytes, at: Place, canonical: str) -> Iterator[Read]:
        if not MENTIONED.search(raw):
            return
        found: list[Found] = []
        try:
            whole = _forgiving(raw, at)
            found.extend(reviews(whole, Root(whole)))
        except Unreadable as error:
            self.is_met = True
            why = f"it cannot be read as JSON: {error}"
            self._unreadable.append(Skipped("article", f"{at.file}:{at.line}", why, at))
        for each in found:
            self.is_met = True
            yield read_review(each, canonical)


def _forgiving(raw: bytes, at: Place) -> Value:
    """Return a value; texts in it may run over lines, as no JSON may, and search engines do not mind."""
    try:
        return value(raw, at)
    except Unreadable:
        return value(_STRING.sub(lambda text: text[0].translate(_NO_CONTROLS), raw), at)
