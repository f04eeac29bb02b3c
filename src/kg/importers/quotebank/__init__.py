"""Quotebank's JSON Lines: quotations with the speaker that a model gives them, one a line or by article.

https://doi.org/10.5281/zenodo.4277311
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
from msgspec.structs import replace

from kg.errors import CorpusError, FileError, Finding, Place
from kg.files.text_files import Line, lines
from kg.importers.bundles import Folder
from kg.importers.core.documents import AnnotatedText, ArticleMetadata, Item, LabelledSpan, Name, Skipped
from kg.importers.core.mapping import PRESETS, Mapping
from kg.importers.json_values import Unreadable
from kg.importers.quotebank.records import QID, Quoted, Record, ids, likelihood, qids_of, read_record
from kg.text.spans import Span

DESCRIPTION = "Quotebank's JSON Lines (.json, .bz2, .gz, .zst), by quotation or by article: a file or a folder"

_SUFFIXES = tuple(f"{kind}{packed}" for kind in (".json", ".jsonl") for packed in ("", ".bz2", ".gz", ".zst"))
_NOBODY = ("", "None")
_WIKIDATA = "http://www.wikidata.org/entity/"
_OPENING, _CLOSING = ("``", "“", '"'), ("''", "”", '"')
_BETWEEN = "\n\n"


def preset(_source: Path) -> Mapping:
    """Return the mapping of what is read here."""
    return Mapping(spans={"Quotation": "words"}, fields={**PRESETS["attribution"].fields, "inferred": "inferred"})


def read(source: Path, mapping: Mapping, texts: Path | None) -> Iterator[Item]:  # noqa: ARG001, every importer's
    """Yield a document for each line, and what is left out.

    Raises `CorpusError` where the first line is no record of Quotebank, or a packed file is damaged, `FileError`
    where a file cannot be read.
    """
    if not source.exists():
        raise FileError(f"{source}: there is no such file or folder")
    files = [str(source)]
    if source.is_dir():
        folder = Folder(source)
        files = [folder.file(name) for name in folder.names(*_SUFFIXES)]
    is_empty = True
    for file in files:
        for line in lines(file):
            yield from _read(line, Place(file, line.number, 1), is_first=is_empty)
            is_empty = False
    if is_empty:
        raise _none_here(Place(str(source), 0, 0))


def _read(line: Line, at: Place, *, is_first: bool) -> Iterator[Item]:
    try:
        record = read_record(line.raw, at)
    except (msgspec.DecodeError, Unreadable, UnicodeDecodeError, RecursionError) as error:
        if is_first:
            raise _none_here(at) from error
        yield Skipped("article", f"line {line.number}", f"it is no record of Quotebank: {error}", at)
        return
    if record.quotations is not None:
        yield from _article(record, record.quotations, at)
    elif record.quotation and record.quotation.strip():
        yield _quotation(record, record.quotation, at)
    elif is_first and record.quotation is None:
        raise _none_here(at)
    else:
        yield Skipped("article", record.quote_id or f"line {line.number}", "it has no quotation", at)


def _quotation(record: Record, words: str, at: Place) -> AnnotatedText:
    """Return an article of which nothing is known but a quotation."""
    url, *others = dict.fromkeys(filter(None, record.urls)) or [""]
    speaker = record.speaker or ""
    attributes = {"appearances": tuple(others)} if others else {}
    mark = _mark(record.quote_id, words, 1, at, attributes)
    said = _said(mark, speaker, likelihood(speaker, record.probas), record.qids)
    return AnnotatedText(
        id=record.quote_id or f"line-{at.line}",
        text=f"“{words}”",
        at=at,
        marks=(said,),
        article=ArticleMetadata(published=record.date or "", url=url, language="en"),
    )


def _article(record: Record, quotations: Sequence[Quoted], at: Place) -> Iterator[Item]:
    """Yield an article as far as it is known: each quotation with what stands around it, a paragraph."""
    marks: list[LabelledSpan] = []
    paragraphs: list[str] = []
    start = 0
    for quoted in quotations:
        if not quoted.quotation.strip():
            yield Skipped("span", quoted.quote_id or record.article_id, "it has no words", at)
            continue
        paragraph, offset = _paragraph(quoted)
        id = f"{quoted.quote_id or record.article_id}#{len(marks) + 1}"
        marks.append(_attributed(_mark(id, quoted.quotation, start + offset, at, {}), quoted, record))
        paragraphs.append(paragraph)
        start += len(paragraph) + len(_BETWEEN)
    id, headline = record.article_id or f"line-{at.line}", " ".join((record.title or "").split())
    if not marks:
        yield Skipped("article", id, "it has no quotation", at)
        return
    article = ArticleMetadata(headline=headline, published=record.date or "", url=record.url or "", language="en")
    yield AnnotatedText(id=id, text=_BETWEEN.join(paragraphs), at=at, marks=tuple(marks), article=article)


def _attributed(mark: LabelledSpan, quoted: Quoted, record: Record) -> LabelledSpan:
    """Return the mark of a quotation in its article with who said it."""
    qids = qids_of(quoted.speaker, quoted.probas)
    if not qids:
        qids = next((ids(each.ids) for each in record.names if each.name == quoted.speaker), [])
    return _said(mark, quoted.speaker, likelihood(quoted.speaker, quoted.probas), qids, quoted.speaker_here)


def _paragraph(quoted: Quoted) -> tuple[str, int]:
    """Return a quotation with what stands around it, in quotation marks, and where in it the words begin."""
    left, right = quoted.left.strip(), quoted.right.strip()
    left = next((left.removesuffix(mark).rstrip() for mark in _OPENING if left.endswith(mark)), left)
    right = next((right.removeprefix(mark).lstrip() for mark in _CLOSING if right.startswith(mark)), right)
    before, after = f"{left} “" if left else "“", f"” {right}" if right else "”"
    return before + quoted.quotation + after, len(before)


def _mark(id: str, words: str, start: int, at: Place, attributes: dict[str, tuple[str, ...]]) -> LabelledSpan:
    return LabelledSpan(
        id or "quotation", "Quotation", (Span(start, start + len(words)),), at, attributes=attributes
    )


def _said(mark: LabelledSpan, speaker: str, sure: str, qids: Sequence[str], here: str = "") -> LabelledSpan:
    """Return a mark with its speaker, of whom it says that a model thinks so, and how sure it is."""
    if speaker in _NOBODY:
        note = f"Quotebank's model found no speaker{_sure(sure)}"
        return replace(mark, note=note)
    notes = [f"speaker by Quotebank's model{_sure(sure)}"]
    if len(qids) > 1:
        notes.append(f"who of this name is meant is not told: {', '.join(qids)}")
    if here and here != speaker:
        notes.append("none in this article alone" if here in _NOBODY else f"in this article alone: {here}")
    # Quotebank knows people only, from Wikidata; of several people of one name, the file does not say which.
    is_known = len(qids) == 1 and QID.fullmatch(qids[0])
    name = Name(speaker, "Person", (_WIKIDATA + qids[0],)) if is_known else Name(speaker)
    return replace(
        mark,
        attributes={**mark.attributes, "inferred": ("speaker",)},
        names={"speaker": (name,)},
        note="; ".join(notes),
    )


def _sure(likelihood: str) -> str:
    return f", probability {likelihood}" if likelihood else ""


def _none_here(at: Place) -> CorpusError:
    message = (
        "there must be records of Quotebank, one a line, with `quotation` or `quotations`: is it another format?"
    )
    return CorpusError([Finding("violation", message, "not-quotebank", at)])
