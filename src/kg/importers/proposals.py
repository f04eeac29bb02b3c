"""Reads what a program proposes as claims: JSON Lines, one quotation a line, or the output of LangExtract.

A line of LangExtract is a document with its `extractions` (`langextract.io.save_annotated_documents`,
https://github.com/google/langextract). Nothing in a line is believed: `kg.history.proposals_import` looks for each
quotation in the article.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as Fields
from pathlib import Path
from typing import NamedTuple

from kg.corpus.reader import read_json
from kg.errors import CorpusError, Place
from kg.files.input_files import NAMED
from kg.files.text_files import Line, read_lines
from kg.importers.core.article_fields import first_text, is_empty, texts_of
from kg.importers.core.claim_grouping import UNMAPPED
from kg.importers.core.documents import AnnotatedText, Item, LabelledSpan, Skipped
from kg.importers.core.mapping import PRESETS, Field, Mapping, Part, key
from kg.importers.core.source_files import format_error, require_source
from kg.text.spans import Span

DESCRIPTION = "what a program proposes: JSON Lines, or the output of LangExtract, into a corpus (-o)"

QUOTATION, ARTICLE, START, CONTEXT, MODEL, VERSION = "quotation", "article", "start", "in", "model", "version"
_ABOUT_THE_LINE = (CONTEXT, MODEL, VERSION)
_PROPOSED: dict[str, Field] = {
    **PRESETS["attribution"].fields,
    **dict.fromkeys(("date", "when"), "said"),
    **dict.fromkeys(_ABOUT_THE_LINE, "ignore"),
}
_LONGEST = 20_000
"""The most characters that a quotation, or another value, may have: longer than any paragraph."""
_MOST_VALUES = 100
"""The most fields of a proposal, and the most values of one."""


class Extraction(NamedTuple):
    """An extraction of LangExtract: its part of a claim, the text, its place and its attributes."""

    part: Part | None
    label: str
    text: str
    start: int
    group: int
    attributes: Fields[str, object]


def preset(_source: Path) -> Mapping:
    """Return the mapping of the usual names."""
    return Mapping(spans=PRESETS["attribution"].spans, fields=_PROPOSED)


def read(source: Path, mapping: Mapping, texts: Path | None) -> Iterator[Item]:  # noqa: ARG001, every importer's
    """Yield a document for each line: its `id` is what the line calls its article, its marks are the quotations.

    Its text is the one that LangExtract was given, else `""`. The part of a mark is where the line says that the
    quotation begins: in that text, or in the article. Raises `CorpusError` if no line is a proposal.
    """
    require_source(source)
    file, found, is_any = str(source), "it is empty", False
    for line in read_lines(file, NAMED):
        for item in _read_line(line, file, mapping):
            is_any = is_any or isinstance(item, AnnotatedText) or item.kind == "span"
            if isinstance(item, Skipped) and found == "it is empty":
                found = f"line {line.number}: {item.why}"
            yield item
    if not is_any:
        message = (
            "there must be proposals, one a line, with `article` and `quotation`, or LangExtract's `extractions`: "
            + found
        )
        raise format_error(message, "no-proposals", file)


def _read_line(line: Line, file: str, mapping: Mapping) -> Iterator[Item]:
    at = Place(file, line.number, 1)
    try:
        parsed = read_json(line.raw, file, line.number)
    except CorpusError as error:
        yield Skipped("article", f"line {line.number}", error.findings[0].message, at)
        return
    fields = parsed.value
    if not isinstance(fields, dict):
        yield Skipped("article", f"line {line.number}", "it must be an object in braces", at)
    elif parsed.findings:
        yield Skipped("article", f"line {line.number}", parsed.findings[0].message, at)
    elif "extractions" in fields:
        yield from _langextract(fields, mapping, at)
    elif QUOTATION in fields:
        yield from _proposal(fields, at)
    else:
        yield Skipped("article", f"line {line.number}", "it has neither `quotation` nor `extractions`", at)


def _proposal(fields: Fields[str, object], at: Place) -> Iterator[Item]:
    """Yield the document of a line with one quotation."""
    article, what = first_text(fields.get(ARTICLE)), f"line {at.line}"
    if not article:
        yield Skipped("span", what, "it must name its `article`: the id, or the file as port.txt", at)
        return
    others = {name: value for name, value in fields.items() if name not in (QUOTATION, ARTICLE, START)}
    skipped: list[Skipped] = []
    start = _offset(fields.get(START), at, skipped)
    mark = _mark(fields[QUOTATION], "Quotation", start, others, (at, skipped))
    yield from skipped
    if mark:
        yield AnnotatedText(id=article, text="", at=at, marks=(mark,))


def _langextract(document: Fields[str, object], mapping: Mapping, at: Place) -> Iterator[Item]:
    """Yield a document of LangExtract. Those of its extractions that have the same `group_index` are one claim."""
    text, found = document.get("text"), document["extractions"]
    extractions: list[Extraction] = []
    skipped: list[Skipped] = []
    for each in found if isinstance(found, list) else ():
        if isinstance(each, dict):
            extractions.append(_extraction(each, mapping, at, skipped))
        else:
            skipped.append(Skipped("span", "extraction", "an extraction must be an object in braces", at))
    if found is not None and not isinstance(found, list):
        skipped.append(Skipped("span", "extractions", "`extractions` must be a list", at))
    marks = []
    grouped = _grouped(extractions)
    for each in extractions:
        if each.part == "words":
            given = {**grouped.get(each.group, {}), **each.attributes}
            if mark := _mark(each.text, each.label, each.start, given, (at, skipped)):
                marks.append(mark)
        elif each.part is None:
            why = f"{UNMAPPED}`spans` do not say what the class `{each.label}` is"
            skipped.append(Skipped("span", each.label, why, at))
    yield from skipped
    id = first_text(document.get("document_id"))
    yield AnnotatedText(id=id, text=text if isinstance(text, str) else "", at=at, marks=tuple(marks))


def _extraction(fields: Fields[str, object], mapping: Mapping, at: Place, skipped: list[Skipped]) -> Extraction:
    label = first_text(fields.get("extraction_class"))
    words, attributes, interval = (fields.get(name) for name in ("extraction_text", "attributes", "char_interval"))
    if attributes is not None and not isinstance(attributes, dict):
        skipped.append(Skipped("attribute", "attributes", "`attributes` must be an object in braces", at))
        attributes = None
    start = interval.get("start_pos") if isinstance(interval, dict) else None
    return Extraction(
        mapping.part_of_span.get(key(label)),
        label,
        words if isinstance(words, str) else "",
        _offset(start, at, skipped),
        group if isinstance(group := fields.get("group_index"), int) else -1,
        attributes or {},
    )


def _grouped(extractions: list[Extraction]) -> dict[int, dict[str, str]]:
    """Return the speaker and the cue that the model put into each group."""
    grouped: dict[int, dict[str, str]] = {}
    for each in extractions:
        if each.part in ("speaker", "cue") and each.group >= 0:
            grouped.setdefault(each.group, {}).setdefault(each.part, each.text)
    return grouped


def _offset(value: object, at: Place, skipped: list[Skipped]) -> int:
    """Return an offset, -1 if there is none; one that cannot be an offset is skipped."""
    if value is None:
        return -1
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 40:
        return value
    skipped.append(Skipped("attribute", START, "an offset must be a whole number from 0", at))
    return -1


def _mark(
    quotation: object, label: str, start: int, fields: Fields[str, object], report: tuple[Place, list[Skipped]]
) -> LabelledSpan | None:
    """Return a quotation with its fields, None if it is no text; `report` has its place and what is skipped."""
    at, skipped = report
    if not isinstance(quotation, str) or not quotation.strip() or len(quotation) > _LONGEST:
        why = f"a quotation must be a text of 1 to {_LONGEST:,} characters"
        skipped.append(Skipped("span", f"line {at.line}", why, at))
        return None
    attributes = {}
    for name, value in list(fields.items())[:_MOST_VALUES]:
        texts = texts_of(value)[:_MOST_VALUES]
        if texts and len(name) <= 100 and sum(map(len, texts)) <= _LONGEST:
            attributes[name] = texts
        elif not is_empty(value):
            why = f"a value must be a text, or a list of texts, of at most {_LONGEST:,} characters"
            skipped.append(Skipped("attribute", name[:100], why, at))
    if len(fields) > _MOST_VALUES:
        why = f"a proposal may have {_MOST_VALUES} fields, this one has {len(fields):,}"
        skipped.append(Skipped("attribute", "fields", why, at))
    parts = (Span(start, start + len(quotation)),) if start >= 0 else ()
    return LabelledSpan(f"line {at.line}", label, parts, at, text=quotation, attributes=attributes)
