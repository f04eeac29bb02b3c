"""Quotebank's JSON Lines: quotations with the speaker that a model gives them, one a line or by article.

https://doi.org/10.5281/zenodo.4277311
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from kg.errors import CorpusError, FileError, Finding, Place
from kg.files import Line, lines
from kg.imports.bundles import Folder
from kg.imports.documents import Document, Item, Mark, Name, Printed, Skipped
from kg.imports.json_values import Unreadable, value
from kg.imports.mapping import Mapping
from kg.imports.presets import PRESETS
from kg.stretches import Stretch

DESCRIPTION = "Quotebank's JSON Lines (.json, .bz2, .gz, .zst), by quotation or by article: a file or a folder"

_SUFFIXES = tuple(f"{kind}{packed}" for kind in (".json", ".jsonl") for packed in ("", ".bz2", ".gz", ".zst"))
_NOBODY = ("", "None")
_QID = re.compile(r"\bQ[1-9][0-9]*\b")
_WIKIDATA = "http://www.wikidata.org/entity/"
_MARKED = ("“", '"', "„", "«", "``")
_BETWEEN = "\n\n"


class _Told(Struct, frozen=True):
    """Somebody who may have said it, and how likely that is."""

    speaker: str
    proba: str | float = ""
    qids: msgspec.Raw = msgspec.Raw()


_Candidate = list[str | float | list[str]] | _Told


class _Named(Struct, frozen=True):
    """Somebody whom an article names."""

    name: str
    ids: msgspec.Raw = msgspec.Raw()


class _Quoted(Struct, frozen=True):
    """A quotation in its article."""

    quotation: str
    quoteID: str = ""  # noqa: N815, as all names here the file's
    leftContext: str = ""  # noqa: N815
    rightContext: str = ""  # noqa: N815
    globalTopSpeaker: str = ""  # noqa: N815
    globalProbas: list[_Candidate] = []  # noqa: N815
    localTopSpeaker: str = ""  # noqa: N815


class _Record(Struct, frozen=True):
    """A line: a quotation with all articles that have it, or an article with its quotations."""

    quoteID: str = ""  # noqa: N815
    quotation: str | None = None
    speaker: str | None = None
    qids: list[str] = []
    probas: list[_Candidate] = []
    urls: list[str] = []
    articleID: str = ""  # noqa: N815
    quotations: list[_Quoted] | None = None
    names: list[_Named] = []
    title: str | None = None
    url: str | None = None
    date: str | None = None


_RECORD = msgspec.json.Decoder(_Record)


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
        record = _record(line.raw, at)
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
        yield Skipped("article", record.quoteID or f"line {line.number}", "it has no quotation", at)


def _record(raw: bytes, at: Place) -> _Record:
    try:
        return _RECORD.decode(raw)
    except msgspec.ValidationError:
        raise
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _RECORD.decode(value(raw, at).raw)


def _quotation(record: _Record, words: str, at: Place) -> Document:
    """Return an article of which nothing is known but a quotation."""
    url, *others = [each for each in record.urls if each] or [""]
    speaker = record.speaker or ""
    attributes = {"appearances": tuple(dict.fromkeys(others))} if others else {}
    mark = _mark(record.quoteID, words, 1, at, attributes)
    said = _said(mark, speaker, _likelihood(speaker, record.probas), record.qids)
    return Document(
        id=record.quoteID or f"line-{at.line}",
        text=f"“{words}”",
        at=at,
        marks=(said,),
        article=Printed(published=record.date or "", url=url, language="en"),
    )


def _article(record: _Record, quotations: Sequence[_Quoted], at: Place) -> Iterator[Item]:
    """Yield an article as far as it is known: each quotation with what stands around it, a paragraph."""
    by_name = {each.name: _ids(each.ids) for each in record.names}
    marks: list[Mark] = []
    paragraphs: list[str] = []
    start = 0
    for quoted in quotations:
        if not quoted.quotation.strip():
            yield Skipped("span", quoted.quoteID or record.articleID, "it has no words", at)
            continue
        paragraph, offset = _paragraph(quoted)
        id = f"{quoted.quoteID or record.articleID}#{len(marks) + 1}"
        speaker = quoted.globalTopSpeaker
        qids = _qids(speaker, quoted.globalProbas) or by_name.get(speaker, [])
        mark = _mark(id, quoted.quotation, start + offset, at, {})
        marks.append(_said(mark, speaker, _likelihood(speaker, quoted.globalProbas), qids, quoted.localTopSpeaker))
        paragraphs.append(paragraph)
        start += len(paragraph) + len(_BETWEEN)
    yield Document(
        id=record.articleID or f"line-{at.line}",
        text=_BETWEEN.join(paragraphs),
        at=at,
        marks=tuple(marks),
        article=Printed(
            headline=" ".join((record.title or "").split()),
            published=record.date or "",
            url=record.url or "",
            language="en",
        ),
    )


def _paragraph(quoted: _Quoted) -> tuple[str, int]:
    """Return a quotation with what stands around it, in quotation marks, and where in it the words begin."""
    left, right = quoted.leftContext.strip(), quoted.rightContext.strip()
    if left.endswith(_MARKED):
        left, right = f"{left} ", f" {right}"
    else:
        left, right = f"{left} “" if left else "“", f"” {right}" if right else "”"
    return left + quoted.quotation + right, len(left)


def _mark(id: str, words: str, start: int, at: Place, attributes: dict[str, tuple[str, ...]]) -> Mark:
    return Mark(id or "quotation", "Quotation", (Stretch(start, start + len(words)),), at, attributes=attributes)


def _said(mark: Mark, speaker: str, likelihood: str, qids: Sequence[str], local: str = "") -> Mark:
    """Return a mark with its speaker, of whom it says that a model thinks so, and how sure it is."""
    if speaker in _NOBODY:
        note = f"Quotebank's model found no speaker{_sure(likelihood)}"
        return replace(mark, note=note)
    notes = [f"speaker by Quotebank's model{_sure(likelihood)}"]
    if len(qids) > 1:
        notes.append(f"who of this name is meant is not told: {', '.join(qids)}")
    if local and local != speaker:
        notes.append("none in this article alone" if local in _NOBODY else f"in this article alone: {local}")
    # Quotebank knows people only, from Wikidata; of several people of one name, the file does not say which.
    is_known = len(qids) == 1 and _QID.fullmatch(qids[0])
    name = Name(speaker, "Person", (_WIKIDATA + qids[0],)) if is_known else Name(speaker)
    return replace(
        mark,
        attributes={**mark.attributes, "inferred": ("speaker",)},
        names={"speaker": (name,)},
        note="; ".join(notes),
    )


def _sure(likelihood: str) -> str:
    return f", probability {likelihood}" if likelihood else ""


def _likelihood(speaker: str, candidates: Sequence[_Candidate]) -> str:
    """Return how likely a speaker is, as the file has it."""
    for each in candidates:
        told = [each.speaker, each.proba] if isinstance(each, _Told) else each
        if len(told) > 1 and told[0] == (speaker or "None") and not isinstance(told[1], list):
            return str(told[1])
    return ""


def _qids(speaker: str, candidates: Sequence[_Candidate]) -> list[str]:
    for each in candidates:
        if isinstance(each, _Told) and each.speaker == speaker:
            return _ids(each.qids)
        if isinstance(each, list) and len(each) > 2 and each[0] == speaker and isinstance(each[2], list):
            return each[2]
    return []


def _ids(raw: msgspec.Raw) -> list[str]:
    """Return identifiers of a list, or of a text that looks like one: both occur."""
    return _QID.findall(bytes(raw).decode("utf-8", "replace"))


def _none_here(at: Place) -> CorpusError:
    message = (
        "there must be records of Quotebank, one a line, with `quotation` or `quotations`: is it another format?"
    )
    return CorpusError([Finding("violation", message, "not-quotebank", at)])
