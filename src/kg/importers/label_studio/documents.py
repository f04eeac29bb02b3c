"""An annotation of Label Studio → a document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace

from kg.errors import Place
from kg.importers.core.article_fields import Left, told
from kg.importers.core.documents import AnnotatedText, Item, LabelledSpan, MarkIds, Skipped, SpanLink
from kg.importers.core.mapping import Mapping as Meanings
from kg.importers.label_studio.results import Region, Remark, Results
from kg.importers.label_studio.shown import is_of_page, offsets_of, standing
from kg.importers.label_studio.texts import Chosen, Texts

_NO_TEXT = "it has no text that could be an article's: `data` must hold one, as `text`"
_ELSEWHERE = _NO_TEXT + "; where it holds the address of one, give the folder with the texts: `--texts`"
_OTHER = "it marks `{shown}`, and the article's text is `{text}`"
_XPATH_ONLY = "it says where it stands by an XPath alone: export from a Label Studio that writes `globalOffsets`"
_NO_SPAN = "it marks no words, but a place in a picture or a sound: only spans of a text are read"
_NOWHERE = "its offsets are not in the text: mark it again"
_NO_REGION = "what it is said of was left out"
_TAKEN = "the task has a field of this name, which is read: give one of them another name"
_END_GONE = "one of its ends is no span that was read"


class Annotated(NamedTuple):
    """One annotation of a task: who made it and when, what it holds, and what the task's fields are."""

    id: str
    data: Mapping[str, object]
    results: Results
    by: str
    on: str
    done: bool
    at: Place


class Session:
    """What is known while a file is read."""

    def __init__(self, mapping: Meanings, folder: Path | None) -> None:
        self.mapping = mapping
        self.texts = Texts(mapping, folder)
        self.left = Left()

    def documents(self, task: list[Annotated]) -> Iterator[Item]:
        """Yield the documents of one task's annotations, all on the same text."""
        regions = [region for annotated in task for region in annotated.results.regions]
        first = task[0]
        chosen = self.texts.choose(first.data, regions)
        if chosen is None:
            yield Skipped("article", first.id or "task", _ELSEWHERE if first.data else _NO_TEXT, first.at)
            return
        for annotated in task:
            yield from self._document(annotated, chosen)

    def _document(self, annotated: Annotated, chosen: Chosen) -> Iterator[Item]:
        results = annotated.results
        fields = {name: value for name, value in annotated.data.items() if name != chosen.field}
        said: dict[str, list[str]] = {}
        for remark in results.remarks:
            if not remark.region and remark.control in fields:
                yield Skipped("attribute", f"{remark.control}: {', '.join(remark.texts)}", _TAKEN, remark.at)
            elif not remark.region:
                said.setdefault(remark.control, []).extend(remark.texts)
        fields |= said
        article = told(fields, self.mapping)
        marks, skipped = _marks(results, chosen)
        links, loose = _links(results.links, marks)
        yield from (*results.skipped, *skipped, *loose)
        for name in article.left:
            yield from self.left.note(name, annotated.at)
        yield AnnotatedText(
            id=article.id or annotated.id,
            text=chosen.shown.text,
            at=annotated.at,
            marks=tuple(marks.values()),
            links=tuple(links),
            article=article.article,
            publisher=article.publisher,
            authors=article.authors,
            by=article.by or annotated.by,
            on=article.on or annotated.on,
            done=annotated.done,
        )


def moment(written: object) -> str:
    """Return a time as UTC to the second, as a claims file has it; `""` where it is none."""
    try:
        read = datetime.fromisoformat(written) if isinstance(written, str) else None
        return read.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if read and read.tzinfo else ""
    except (ValueError, OverflowError):
        return ""


def _marks(results: Results, chosen: Chosen) -> tuple[dict[str, LabelledSpan], list[Skipped]]:
    """Return the marks of regions, one for each label, and what is left out."""
    marks: dict[str, LabelledSpan] = {}
    skipped: list[Skipped] = []
    remarks: dict[str, list[Remark]] = {}
    for remark in results.remarks:
        remarks.setdefault(remark.region, []).append(remark)
    ids = MarkIds()
    for region in results.regions:
        own = remarks.get(region.id, []) if region.id else []
        made = _mark(region, own, chosen)
        if isinstance(made, str):
            skipped.append(Skipped("span", region.id or region.control, made, region.at))
            skipped += map(_lost, own)
            continue
        for label in region.labels or (region.control,):
            id = ids.new(region.id or region.control)
            marks[id] = replace(made, id=id, label=label)
    return marks, skipped


def _mark(region: Region, remarks: list[Remark], chosen: Chosen) -> LabelledSpan | str:
    """Return what a region marks, or why it is left out."""
    ends = [region.value.get(name) for name in ("start", "end")]
    if ends == [None, None] or any(isinstance(each, float) for each in ends):
        return _NO_SPAN
    if offsets_of(region.value) is None:
        return _XPATH_ONLY if is_of_page(region.value) else _NOWHERE
    found = standing(chosen.shown, region.value)
    if (found is None or not found.is_said) and chosen.names and region.shown not in chosen.names:
        return _OTHER.format(shown=region.shown, text=chosen.field)
    if found is None:
        return _NOWHERE
    said: dict[str, list[str]] = {}
    for remark in remarks:
        said.setdefault(remark.control, []).extend(remark.texts)
    attributes = {control: tuple(texts) for control, texts in said.items()}
    return LabelledSpan("", "", (found.part,), region.at, found.text, attributes, note=region.note)


def _lost(remark: Remark) -> Skipped:
    return Skipped("attribute", f"{remark.control}: {', '.join(remark.texts)}", _NO_REGION, remark.at)


def _links(links: tuple[SpanLink, ...], marks: Mapping[str, LabelledSpan]) -> tuple[list[SpanLink], list[Skipped]]:
    kept = [link for link in links if link.source in marks and link.target in marks]
    lost = [
        Skipped("link", f"{link.source} → {link.target}", _END_GONE, link.at)
        for link in links
        if link.source not in marks or link.target not in marks
    ]
    return kept, lost
