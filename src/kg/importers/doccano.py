"""Reads doccano's JSON Lines, in a file, a zip or a folder.

https://doccano.github.io/doccano/ is the manual. A zip has a file for each annotator, named after them, or
`all.jsonl` with their joint annotations.

Its offsets count UTF-16 units, grapheme clusters or code points; no export says which, and none has the words.
doccano's pages count UTF-16 units (https://github.com/doccano/doccano/issues/2290) or, if a project is set so,
grapheme clusters; doccano 1.8.4 does both. Spans that were imported into it count as their file did, mostly code
points. The three differ only after an emoji, or a letter with separate accents: there, the right way marks whole
words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import NamedTuple, cast

from kg.errors import CorpusError, Place
from kg.files.json_reader import JsonError, JsonValue, json_elements, parse_json, peek
from kg.files.text_files import decode_text
from kg.importers.core.article_fields import UnusedFields, first_text, read_article_fields, read_value, texts_of
from kg.importers.core.documents import (
    AnnotatedText,
    Heartbeat,
    Item,
    LabelledSpan,
    MarkIds,
    SkipList,
    Skipped,
    SpanLink,
    links_by_owner,
)
from kg.importers.core.mapping import Mapping as LabelMapping
from kg.importers.core.mapping import key
from kg.importers.core.offsets import GraphemeOffsets, Utf16Offsets
from kg.importers.core.source_files import SourceFile, format_error_at, read_each, source_files, split_lines
from kg.text.spans import Span

DESCRIPTION = "doccano's JSONL: a file, its zip, or a folder"
_SUFFIXES = (".jsonl", ".json")
_ALL_ANNOTATORS = "all"
# On a line without these, all ways to count agree: characters beyond U+02FF that are not punctuation, and CR LF.
_AMBIGUOUS = re.compile(rb"[\xcc-\xe1\xe3-\xf4]|\xe2\x80[\x8c\x8d]|\\u(?!00|20[1-9])|\\r\\n")
_HEARTBEAT_AFTER = 10_000
_TEXT_FIELDS = ("text", "data")
_SPAN_FIELDS = frozenset(("label", "labels", "entities", "annotations"))
_NONE_FOUND = "the source must have files of doccano, named .jsonl: export them again"
_NO_RECORD = 'a line must be an article of doccano, as {"text": "…", "label": [[0, 5, "Source"]]}'
_NO_SPAN = "a span must be [start, end, label], or have `start_offset`, `end_offset` and `label`"
_NO_LINK = "a relation must have `from_id`, `to_id` and `type`"
_COMMENT = "a comment in doccano is about the whole text, and a claims file has no place for it"
_OUTSIDE = "its offsets are not in the text: mark it again"
_GUESSED = (
    "doccano may count an emoji, or a letter with its accents, as one character or as several, and nothing here "
    "shows which: kg counted as doccano's pages do; check the spans after it"
)
_Spans = tuple[Span | None, ...]


class DoccanoSpan(NamedTuple):
    """A span as in the file; `user` is the number of its annotator, `""` if unknown."""

    id: str
    label: str
    offsets: Span
    user: str
    at: Place


class DoccanoRecord(NamedTuple):
    """One line of an export."""

    text: str
    fields: Mapping[str, object]
    spans: tuple[DoccanoSpan, ...]
    links: tuple[SpanLink, ...]
    skipped: tuple[Skipped, ...]


def read(source: Path, mapping: LabelMapping, texts: Path | None) -> Iterator[Item | Heartbeat]:
    """Yield the documents of an export. It is read twice: first to learn how its offsets count.

    Raises `CorpusError` if no file is an export, `FileError` if one cannot be read.
    """
    del texts  # every line has its own
    reader = _DoccanoReader(mapping)
    for file in source_files(source, *_SUFFIXES, none_found=_NONE_FOUND):
        if isinstance(file, SourceFile):
            with suppress(CorpusError):  # raised again when the documents are read
                yield from reader.learn(file)
    yield from read_each(source_files(source, *_SUFFIXES), reader.documents)
    yield from reader.totals()


class _DoccanoReader:
    """Reads the files of one source, and learns how its offsets count."""

    def __init__(self, mapping: LabelMapping) -> None:
        self._mapping = mapping
        self._counting = OffsetCounting()
        self._unused = UnusedFields()
        self._guesses = SkipList()

    def learn(self, file: SourceFile) -> Iterator[Heartbeat]:
        """Learn from a file's texts how offsets count; yield a heartbeat now and then."""
        for number, (raw, at) in enumerate(_raw_records(file), 1):
            if number % _HEARTBEAT_AFTER == 0:
                yield Heartbeat()
            if _AMBIGUOUS.search(raw) and isinstance(record := self._record(raw, at), DoccanoRecord):
                self._counting.learn(record.text, [span.offsets for span in record.spans])

    def documents(self, file: SourceFile) -> Iterator[Item]:
        """Yield the documents of a file. Raises `CorpusError` if its first line is no record."""
        stem = PurePosixPath(file.name).stem
        by = "" if file.is_alone or stem == _ALL_ANNOTATORS else stem
        is_doccano = False
        for raw, at in _raw_records(file):
            record = self._record(raw, at)
            if isinstance(record, DoccanoRecord):
                yield from self._documents(record, f"{stem}-{at.line}", by, at)
            elif is_doccano:
                yield Skipped("article", f"line {at.line}", record, at)
            else:
                decode_text(raw, at.file)
                raise format_error_at(at, f"{record}: is it another tool's?", "not-doccano")
            is_doccano = True

    def totals(self) -> Iterator[Skipped]:
        """Yield the records that are reported once for the whole source."""
        yield from self._guesses
        yield from self._unused.totals()

    def _record(self, raw: bytes, at: Place) -> DoccanoRecord | str:
        """Return a line's record, or why it cannot be read."""
        try:
            return _read_record(parse_json(raw, at), self._mapping) or _NO_RECORD
        except JsonError as error:
            return f"{_NO_RECORD}; {error}"

    def _documents(self, record: DoccanoRecord, id: str, by: str, at: Place) -> Iterator[Item]:
        """Yield a document for each user with spans; `id` and `by` are for a record without its own."""
        article = read_article_fields(record.fields, self._mapping)
        marks, skipped = self._marks(record, at)
        owners = {id: user for user, own in reversed(marks.items()) for id in own}
        links, loose = links_by_owner(record.links, owners)
        yield from (*record.skipped, *skipped, *loose)
        yield from self._unused.add(article.unused, at)
        for user in list(marks) or [""]:
            own, drawn = tuple(marks.get(user, {}).values()), tuple(links.get(user, ()))
            document = AnnotatedText(id, record.text, at, own, drawn, by=by)
            yield article._replace(by=user or article.by).complete(document)

    def _marks(self, record: DoccanoRecord, at: Place) -> tuple[dict[str, dict[str, LabelledSpan]], list[Skipped]]:
        """Return each user's marks by their ids, and the spans outside the text."""
        found, is_guess = self._counting.code_points(record.text, [span.offsets for span in record.spans])
        if is_guess:
            self._guesses.count("note", "offsets", _GUESSED, at)
        marks: dict[str, dict[str, LabelledSpan]] = {}
        ids: dict[str, MarkIds] = {}
        skipped = []
        for span, part in zip(record.spans, found, strict=True):
            own = marks.setdefault(span.user, {})
            if part is None:
                skipped.append(Skipped("span", span.id, _OUTSIDE, span.at, label=span.label))
                continue
            id = ids.setdefault(span.user, MarkIds()).new(span.id)
            own[id] = LabelledSpan(id, span.label, (part,), span.at)
        return marks, skipped


def _raw_records(file: SourceFile) -> Iterator[tuple[bytes, Place]]:
    """Yield the lines that are not blank, or the elements of an array, with their places.

    Raises `CorpusError` for a line above the limit.
    """
    head, pieces = peek(file.pieces())
    if head.startswith(b"["):
        yield from json_elements(pieces, file.path)
        return
    for number, line in enumerate(split_lines(pieces, file.path), 1):
        if not line.isspace():
            yield line.removesuffix(b"\n"), Place(file.path, number, 1)


def _read_record(line: JsonValue, mapping: LabelMapping) -> DoccanoRecord | None:
    """Return the record of a line in any of doccano's dialects; None if it has no text."""
    members = line.members()
    values = {name: read_value(member) for name, member in members.items()}
    name = _text_field(values, mapping)
    if name is None:
        return None
    read: list[DoccanoSpan | SpanLink | Skipped] = []
    fields: dict[str, object] = {}
    for other, member in members.items():
        value = values[other]
        if key(other) == "comments" and isinstance(value, list):
            comments = (each.get("comment") if isinstance(each, dict) else each for each in value)
            read += [Skipped("note", _shown(each), _COMMENT, member.place) for each in comments]
        elif key(other) == "relations" and isinstance(value, list):
            read += [_read_link(read_value(entry), entry.place) for entry in member.entries()]
        elif _has_spans(other, value):
            entries = enumerate(member.entries(), 1)
            read += [_read_span(read_value(entry), f"{other}-{number}", entry.place) for number, entry in entries]
        elif other == "meta" and isinstance(value, dict):
            fields.update(value)
        elif other != name:
            fields[other] = value
    return DoccanoRecord(
        cast(str, values[name]),
        fields,
        tuple(each for each in read if isinstance(each, DoccanoSpan)),
        tuple(each for each in read if isinstance(each, SpanLink)),
        tuple(each for each in read if isinstance(each, Skipped)),
    )


def _text_field(values: Mapping[str, object], mapping: LabelMapping) -> str | None:
    """Return the name of the text: the mapping's, doccano's own, or the longest field if there are spans."""
    texts = {name: text for name, text in values.items() if isinstance(text, str) and text.strip()}
    given = [name for name, field in mapping.article.items() if field == "text"]
    for wanted in (*given, *_TEXT_FIELDS):
        for name in texts:
            if key(name) == key(wanted):
                return name
    if not any(_has_spans(name, value) for name, value in values.items()):
        return None
    return max(texts, key=lambda name: len(texts[name]), default=None)


def _has_spans(name: str, value: object) -> bool:
    """Tell whether a value is a list of spans; under doccano's own names, they may be damaged."""
    if not isinstance(value, list):
        return False
    are_numbers = key(name) not in _SPAN_FIELDS
    return any(
        (isinstance(each, list) and len(each) >= 2 and not (are_numbers and type(each[0]) is not int))
        or (isinstance(each, dict) and "start_offset" in each)
        for each in value
    )


def _read_span(entry: object, id: str, at: Place) -> DoccanoSpan | Skipped:
    user = ""
    if isinstance(entry, dict):
        start, end, label = (entry.get(name) for name in ("start_offset", "end_offset", "label"))
        id = first_text(entry.get("id")) or id
        user = first_text(entry.get("user"))
    elif isinstance(entry, list) and len(entry) == 3:
        start, end, label = entry
    else:
        return Skipped("span", _shown(entry), _NO_SPAN, at)
    labels = texts_of(label)
    # `isinstance` would accept `bool`.
    if type(start) is not int or type(end) is not int or len(labels) != 1:
        return Skipped("span", id, _NO_SPAN, at, label="".join(labels[:1]))
    return DoccanoSpan(id, labels[0], Span(start, end), user, at)


def _read_link(entry: object, at: Place) -> SpanLink | Skipped:
    if not isinstance(entry, dict):
        return Skipped("link", _shown(entry), _NO_LINK, at)
    ends = [texts_of(entry.get(name)) for name in ("from_id", "to_id")]
    if not all(len(end) == 1 for end in ends):
        return Skipped("link", _shown(entry.get("id", "relation")), _NO_LINK, at)
    return SpanLink(first_text(entry.get("type")), ends[0][0], ends[1][0], at)


def _shown(value: object) -> str:
    return " ".join(texts_of(value)) or type(value).__name__


class SpanReadings(NamedTuple):
    """A text's spans by each way to count, that of doccano's own pages first; None is outside the text."""

    units: _Spans
    clusters: _Spans
    code_points: _Spans


class OffsetCounting:
    """Finds out how a source counts its offsets, from the texts in which the ways to count differ."""

    def __init__(self) -> None:
        self._flaws = [0, 0, 0]

    def learn(self, text: str, spans: Sequence[Span]) -> None:
        """Learn from a text, if the ways to count differ there."""
        readings = _readings(text, spans)
        if len(set(readings)) > 1:
            self._flaws = [all + own for all, own in zip(self._flaws, _flaws(text, readings), strict=True)]

    def code_points(self, text: str, spans: Sequence[Span]) -> tuple[_Spans, bool]:
        """Return spans in code points, and whether that is a guess.

        The text itself decides if it can, else the other texts, else spans count as in doccano's own pages.
        """
        readings = _readings(text, spans)
        if len(set(readings)) == 1:
            return readings.units, False
        scores = list(zip(_flaws(text, readings), self._flaws, strict=True))
        best = [reading for reading, score in zip(readings, scores, strict=True) if score == min(scores)]
        return best[0], len(set(best)) > 1


def _readings(text: str, spans: Sequence[Span]) -> SpanReadings:
    units, clusters = Utf16Offsets(text), GraphemeOffsets(text)
    plain = tuple(_span(text, span, lambda at: at) for span in spans)
    return SpanReadings(
        plain if units.is_plain else tuple(_span(text, span, units.code_point) for span in spans),
        plain if clusters.is_plain else tuple(_span(text, span, clusters.code_point) for span in spans),
        plain,
    )


def _span(text: str, span: Span, code_point: Callable[[int], int | None]) -> Span | None:
    start, end = map(code_point, span)
    return Span(start, end) if start is not None and end is not None and 0 <= start < end <= len(text) else None


def _flaws(text: str, readings: SpanReadings) -> list[int]:
    """For each way to count, return at how many ends its spans cut a word or include white space."""
    return [sum(_flaw(text, span) for span in spans) for spans in readings]


def _flaw(text: str, span: Span | None) -> int:
    if span is None:
        return 2
    start, end = span
    inside = text[start].isspace() + text[end - 1].isspace()
    return inside + sum(_is_of_word(text[max(at - 1, 0) : at]) and _is_of_word(text[at : at + 1]) for at in span)


def _is_of_word(character: str) -> bool:
    """Tell whether a character is a letter or digit of a script with spaces between words."""
    return character.isalnum() and (character < "\u0e00" or "\uac00" <= character <= "\ud7af")
