"""Reads Quotebank's JSON Lines: quotations with the speaker that a model chose, one a line or by article.

https://doi.org/10.5281/zenodo.4277311
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from kg.errors import CorpusError, Place
from kg.files.input_files import NAMED
from kg.files.json_reader import JsonError, parse_json
from kg.files.text_files import Line, read_lines
from kg.importers.core.documents import AnnotatedText, ArticleMetadata, Item, LabelledSpan, Name, Skipped
from kg.importers.core.mapping import PRESETS, Mapping
from kg.importers.core.source_files import SourceFolder, format_error_at, require_source, unsafe_names
from kg.text.spans import Span

DESCRIPTION = "Quotebank's JSON Lines (.json, .bz2, .gz, .zst), by quotation or by article: a file or a folder"

_SUFFIXES = tuple(f"{kind}{packed}" for kind in (".json", ".jsonl") for packed in ("", ".bz2", ".gz", ".zst"))
_NOBODY = ("", "None")
_WIKIDATA = "http://www.wikidata.org/entity/"
_OPENING, _CLOSING = ("``", "“", '"'), ("''", "”", '"')
_BETWEEN = "\n\n"
_QID = re.compile(r"\bQ[1-9][0-9]*\b")


class SpeakerCandidate(Struct, frozen=True):
    """A possible speaker of a quotation, and the probability."""

    speaker: str
    proba: str | float = ""
    qids: msgspec.Raw = msgspec.Raw()


Candidate = list[str | float | list[str]] | SpeakerCandidate


class NamedPerson(Struct, frozen=True):
    """A person that an article names."""

    name: str
    ids: msgspec.Raw = msgspec.Raw()


_QUOTATION_KEYS = {
    "quote_id": "quoteID",
    "left": "leftContext",
    "right": "rightContext",
    "speaker": "globalTopSpeaker",
    "probas": "globalProbas",
    "speaker_here": "localTopSpeaker",
}


class ArticleQuotation(Struct, frozen=True, rename=_QUOTATION_KEYS):
    """A quotation in its article: `speaker` from all articles that quote it, `speaker_here` from this one alone."""

    quotation: str
    quote_id: str = ""
    left: str = ""
    right: str = ""
    speaker: str = ""
    probas: list[Candidate] = []
    speaker_here: str = ""


class QuotebankRecord(Struct, frozen=True, rename={"quote_id": "quoteID", "article_id": "articleID"}):
    """A line: a quotation with all articles that quote it, or an article with its quotations."""

    quote_id: str = ""
    quotation: str | None = None
    speaker: str | None = None
    qids: list[str] = []
    probas: list[Candidate] = []
    urls: list[str] = []
    article_id: str = ""
    quotations: list[ArticleQuotation] | None = None
    names: list[NamedPerson] = []
    title: str | None = None
    url: str | None = None
    date: str | None = None


_RECORD = msgspec.json.Decoder(QuotebankRecord)


def preset(_source: Path) -> Mapping:
    """Return the mapping to read Quotebank with, if the user gives none."""
    return Mapping(spans={"Quotation": "words"}, fields={**PRESETS["attribution"].fields, "inferred": "inferred"})


def read(source: Path, mapping: Mapping, texts: Path | None) -> Iterator[Item]:  # noqa: ARG001, every importer's
    """Yield a document for each line, and the records left out.

    Raises `CorpusError` if the first line is no record of Quotebank, or a compressed file is damaged; `FileError`
    if a file cannot be read.
    """
    require_source(source)
    files, inside = [str(source)], NAMED
    if source.is_dir():
        folder, inside = SourceFolder(source), str(source)
        files = [folder.file(name) for name in folder.names(*_SUFFIXES)]
        yield from unsafe_names(folder)
    is_first = True
    for file in files:
        for line in read_lines(file, inside):
            yield from _read(line, Place(file, line.number, 1), is_first=is_first)
            is_first = False
    if is_first:
        raise _none_here(Place(str(source), 0, 0))


def _read(line: Line, at: Place, *, is_first: bool) -> Iterator[Item]:
    try:
        record = _read_record(line.raw, at)
    except (msgspec.DecodeError, JsonError, UnicodeDecodeError, RecursionError) as error:
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


def _quotation(record: QuotebankRecord, words: str, at: Place) -> AnnotatedText:
    """Return an article with one quotation, the only part of its text that is known."""
    url, *others = dict.fromkeys(filter(None, record.urls)) or [""]
    speaker = record.speaker or ""
    attributes = {"appearances": tuple(others)} if others else {}
    mark = _mark(record.quote_id, words, 1, at, attributes)
    said = _spoken(mark, speaker, _probability(speaker, record.probas), record.qids)
    return AnnotatedText(
        id=record.quote_id or f"line-{at.line}",
        text=f"“{words}”",
        at=at,
        marks=(said,),
        article=ArticleMetadata(published=record.date or "", url=url, language="en"),
    )


def _article(record: QuotebankRecord, quotations: Sequence[ArticleQuotation], at: Place) -> Iterator[Item]:
    """Yield the known part of an article's text: a paragraph for each quotation and the words around it."""
    marks: list[LabelledSpan] = []
    paragraphs: list[str] = []
    start = 0
    for quoted in quotations:
        if not quoted.quotation.strip():
            yield Skipped("span", quoted.quote_id or record.article_id, "it has no words", at, label="Quotation")
            continue
        paragraph, offset = _paragraph(quoted)
        id = f"{quoted.quote_id or record.article_id}#{len(marks) + 1}"
        marks.append(_with_speaker(_mark(id, quoted.quotation, start + offset, at, {}), quoted, record))
        paragraphs.append(paragraph)
        start += len(paragraph) + len(_BETWEEN)
    id, headline = record.article_id or f"line-{at.line}", " ".join((record.title or "").split())
    if not marks:
        yield Skipped("article", id, "it has no quotation", at)
        return
    article = ArticleMetadata(headline=headline, published=record.date or "", url=record.url or "", language="en")
    yield AnnotatedText(id=id, text=_BETWEEN.join(paragraphs), at=at, marks=tuple(marks), article=article)


def _with_speaker(mark: LabelledSpan, quoted: ArticleQuotation, record: QuotebankRecord) -> LabelledSpan:
    """Add the speaker to the mark of a quotation in an article."""
    qids = _qids_of(quoted.speaker, quoted.probas)
    if not qids:
        qids = next((_qids(each.ids) for each in record.names if each.name == quoted.speaker), [])
    return _spoken(mark, quoted.speaker, _probability(quoted.speaker, quoted.probas), qids, quoted.speaker_here)


def _paragraph(quoted: ArticleQuotation) -> tuple[str, int]:
    """Return a quotation in quotation marks with the words around it, and the offset where it begins."""
    left, right = quoted.left.strip(), quoted.right.strip()
    left = next((left.removesuffix(mark).rstrip() for mark in _OPENING if left.endswith(mark)), left)
    right = next((right.removeprefix(mark).lstrip() for mark in _CLOSING if right.startswith(mark)), right)
    before, after = f"{left} “" if left else "“", f"” {right}" if right else "”"
    return before + quoted.quotation + after, len(before)


def _mark(id: str, words: str, start: int, at: Place, attributes: dict[str, tuple[str, ...]]) -> LabelledSpan:
    return LabelledSpan(
        id or "quotation", "Quotation", (Span(start, start + len(words)),), at, attributes=attributes
    )


def _spoken(mark: LabelledSpan, speaker: str, sure: str, qids: Sequence[str], here: str = "") -> LabelledSpan:
    """Add a speaker to a mark; a note says that a model chose this speaker, and how sure it was."""
    if speaker in _NOBODY:
        note = f"Quotebank's model found no speaker{_sure(sure)}"
        return replace(mark, note=note)
    notes = [f"speaker by Quotebank's model{_sure(sure)}"]
    if len(qids) > 1:
        notes.append(f"this name may mean several people: {', '.join(qids)}")
    if here and here != speaker:
        notes.append("none in this article alone" if here in _NOBODY else f"in this article alone: {here}")
    # Quotebank knows people only, from Wikidata; of several people of one name, the file does not say which.
    is_known = len(qids) == 1 and _QID.fullmatch(qids[0])
    name = Name(speaker, "Person", (_WIKIDATA + qids[0],)) if is_known else Name(speaker)
    return replace(
        mark,
        attributes={**mark.attributes, "inferred": ("speaker",)},
        names={"speaker": (name,)},
        note="; ".join(notes),
    )


def _sure(probability: str) -> str:
    return f", probability {probability}" if probability else ""


def _none_here(at: Place) -> CorpusError:
    message = (
        "there must be records of Quotebank, one a line, with `quotation` or `quotations`: is it another format?"
    )
    return format_error_at(at, message, "not-quotebank")


def _read_record(raw: bytes, at: Place) -> QuotebankRecord:
    """Return a line's record. Raises `msgspec.DecodeError` or `JsonError` if it is not a record."""
    try:
        return _RECORD.decode(raw)
    except msgspec.ValidationError:
        raise
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _RECORD.decode(parse_json(raw, at).raw)


def _probability(speaker: str, candidates: Sequence[Candidate]) -> str:
    """Return the probability of a speaker, as written in the file."""
    for each in candidates:
        pair = [each.speaker, each.proba] if isinstance(each, SpeakerCandidate) else each
        if len(pair) > 1 and pair[0] == (speaker or "None") and not isinstance(pair[1], list):
            return str(pair[1])
    return ""


def _qids_of(speaker: str, candidates: Sequence[Candidate]) -> list[str]:
    """Return the Wikidata items that a speaker's name may mean, if the candidates give them."""
    for each in candidates:
        if isinstance(each, SpeakerCandidate) and each.speaker == speaker:
            return _qids(each.qids)
        if isinstance(each, list) and len(each) > 2 and each[0] == speaker and isinstance(each[2], list):
            return each[2]
    return []


def _qids(raw: msgspec.Raw) -> list[str]:
    """Return the items of a list, or of a text that looks like one: both occur."""
    return _QID.findall(bytes(raw).decode("utf-8", "replace"))
