"""Reads Label Studio's JSON, JSON-MIN, CSV and TSV, recognised by their content.

https://labelstud.io/guide/export is the manual; `label_studio_sdk.converter` is what writes the exports.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec.structs import replace

from kg.importers.core.article_fields import UnusedFields, read_article_fields
from kg.importers.core.documents import AnnotatedText, Item, LabelledSpan, MarkIds, Skipped, links_by_owner
from kg.importers.core.mapping import Mapping as LabelMapping
from kg.importers.core.source_files import SourceFile, read_each, source_files
from kg.importers.label_studio.exports import (
    LabelStudioAnnotation,
    LabelStudioTask,
    RegionRemark,
    TextRegion,
    offsets_of,
    read_export,
)
from kg.importers.label_studio.texts import ChosenText, TextFinder, is_of_page

DESCRIPTION = "Label Studio's JSON, JSON-MIN, CSV or TSV: a file, a folder or a zip"
_SUFFIXES = (".json", ".csv", ".tsv")
_NONE_FOUND = "the source must have files of Label Studio, named .json, .csv or .tsv: export them, or name one"
_NO_TEXT = "it has no text that could be an article's: `data` must have one, as `text`"
_ELSEWHERE = _NO_TEXT + "; if it has the address of one, give the folder with the texts: `--texts`"
_OTHER_TEXT = "it marks `{shown}`, and the article's text is `{text}`"
_XPATH_ONLY = "its place is given by an XPath only: export from a Label Studio that writes `globalOffsets`"
_NO_SPAN = "it marks no words, but a place in a picture or a sound: only spans of a text are read"
_OUTSIDE = "its offsets are not in the text: mark it again"
_REGION_MISSING = "the span that it is about was left out"
_FIELD_EXISTS = "the task has a field of the same name: rename one of them"
_OF_ARTICLE_OR_SPAN = (
    "only an export as JSON says whether this is about the article or about a span; if about the article, say so "
    "under `article` in the mapping"
)


def read(source: Path, mapping: LabelMapping, texts: Path | None) -> Iterator[Item]:
    """Yield the documents of an export, or of all exports in a folder or zip.

    Raises `CorpusError` if no file is an export, `FileError` if one cannot be read.
    """

    def documents(file: SourceFile) -> Iterator[Item]:
        reader = _TaskReader(mapping, texts)
        for task in read_export(file):
            yield from (task,) if isinstance(task, Skipped) else reader.documents(task)
        yield from reader.unused.totals()

    yield from read_each(source_files(source, *_SUFFIXES, none_found=_NONE_FOUND), documents)


class _TaskReader:
    """Makes documents from the tasks of one file."""

    def __init__(self, mapping: LabelMapping, folder: Path | None) -> None:
        self._mapping = mapping
        self._texts = TextFinder(mapping, folder)
        self.unused = UnusedFields()

    def documents(self, task: LabelStudioTask) -> Iterator[Item]:
        """Yield a document for each of a task's annotations, all with the same text."""
        first = task[0]
        chosen = self._texts.choose(first.data, [region for each in task for region in each.results.regions])
        if chosen is None:
            yield Skipped("article", first.task or "task", _ELSEWHERE if first.data else _NO_TEXT, first.at)
            return
        for annotation in task:
            yield from self._document(annotation, chosen)

    def _document(self, annotation: LabelStudioAnnotation, chosen: ChosenText) -> Iterator[Item]:
        results = annotation.results
        fields = {name: value for name, value in annotation.data.items() if name != chosen.field}
        of_task = [remark for remark in results.remarks if not remark.region]
        yield from (remark.skipped(_FIELD_EXISTS) for remark in of_task if remark.control in fields)
        remarks = _by_control(remark for remark in of_task if remark.control not in fields)
        fields |= {control: list(texts) for control, texts in remarks.items()}
        article = read_article_fields(fields, self._mapping)
        marks, skipped = _marks(annotation, chosen)
        links, loose = links_by_owner(results.links, dict.fromkeys(marks, ""))
        yield from (*results.skipped, *skipped, *loose)
        if annotation.is_row:
            self.unused.why = _OF_ARTICLE_OR_SPAN
        yield from self.unused.add(article.unused, annotation.at)
        document = AnnotatedText(
            annotation.task,
            chosen.shown.text,
            annotation.at,
            tuple(marks.values()),
            tuple(links.get("", ())),
            by=annotation.by,
            on=annotation.on,
            done=annotation.done,
        )
        yield article.complete(document)


def _marks(annotation: LabelStudioAnnotation, chosen: ChosenText) -> tuple[dict[str, LabelledSpan], list[Skipped]]:
    """Return the labelled spans of regions, one for each label, and the records left out."""
    marks: dict[str, LabelledSpan] = {}
    skipped: list[Skipped] = []
    remarks: dict[str, list[RegionRemark]] = {}
    for remark in annotation.results.remarks:
        remarks.setdefault(remark.region, []).append(remark)
    ids = MarkIds()
    for region in annotation.results.regions:
        own = remarks.get(region.id, []) if region.id else []
        mark = _mark(region, own, chosen)
        if isinstance(mark, str):
            name = region.id or region.control
            skipped += [Skipped("span", name, mark, region.at, label=label) for label in _labels(region)]
            skipped += [remark.skipped(_REGION_MISSING) for remark in own]
            continue
        for label in _labels(region):
            id = ids.new(region.id or region.control)
            marks[id] = replace(mark, id=id, label=label)
    return marks, skipped


def _labels(region: TextRegion) -> tuple[str, ...]:
    return region.labels or (region.control,)


def _mark(region: TextRegion, remarks: list[RegionRemark], chosen: ChosenText) -> LabelledSpan | str:
    """Return the labelled span of a region, or why it is left out."""
    ends = [region.value.get(name) for name in ("start", "end")]
    if ends == [None, None] or any(isinstance(each, float) for each in ends):
        return _NO_SPAN
    if offsets_of(region.value) is None:
        return _XPATH_ONLY if is_of_page(region.value) else _OUTSIDE
    found = chosen.shown.place(region.value)
    if (found is None or not found.is_exact) and chosen.names and region.shown not in chosen.names:
        return _OTHER_TEXT.format(shown=region.shown, text=chosen.field)
    if found is None:
        return _OUTSIDE
    return LabelledSpan("", "", (found.part,), region.at, found.text, _by_control(remarks), note=region.note)


def _by_control(remarks: Iterable[RegionRemark]) -> dict[str, tuple[str, ...]]:
    """Return the texts of remarks by the control that set them."""
    texts: dict[str, tuple[str, ...]] = {}
    for remark in remarks:
        texts[remark.control] = (*texts.get(remark.control, ()), *remark.texts)
    return texts
