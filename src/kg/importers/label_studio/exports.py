"""Reads Label Studio's exports: JSON with tasks, or JSON-MIN, CSV and TSV with a row for each annotation.

Rows have no ids of regions and no relations. If a region may have several remarks, as choices, each has the offsets
of its region; if it may have only one, Label Studio drops the offsets, and the region of the remark is unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import chain
from typing import NamedTuple, cast

from kg.errors import Place
from kg.files.csv_files import likely_delimiter, read_rows, read_text_lines
from kg.files.json_reader import JsonError, JsonValue, json_elements, parse_json, peek
from kg.files.text_files import LINE_LIMIT
from kg.importers.core.article_fields import first_text, is_empty, read_value, texts_of
from kg.importers.core.documents import Skipped, SpanLink
from kg.importers.core.source_files import SourceFile, format_error_at

_REMARKS = ("choices", "taxonomy", "rating", "number", "datetime", "text")
_ROW_COLUMNS = ("annotation_id", "annotator")
"""Columns that every row has."""
_OWN_COLUMNS = frozenset((*_ROW_COLUMNS, "created_at", "updated_at", "lead_time", "agreement", "history"))
_ANNOTATION_FIELDS = ("was_cancelled", "skipped", "ground_truth", "created_at", "updated_at", "completed_by")
_BOM = "\ufeff"
_NO_TASK = "it must be a task of Label Studio, with `data` and `annotations`"
_UNREAD = "kg reads spans with labels, remarks on them, and relations; this is none of them"
_CANCELLED = "the annotator skipped this task"
_PREDICTED = "a prediction is what a program proposed, no annotation"
_DRAFT = "a draft was not submitted: open the task in Label Studio and submit it"
_GROUND_TRUTH = "that an annotation is the ground truth has no place in a claims file"
_NO_RELATIONS = "JSON-MIN, CSV and TSV leave out the links between spans, if there were any: export as JSON"
_UNKNOWN_REGION = "this export does not say which span it is about: export as JSON"


class TextRegion(NamedTuple):
    """A span with its labels. `control` names the control that set them, `shown` the object that they mark."""

    id: str
    control: str
    shown: str
    labels: tuple[str, ...]
    value: Mapping[str, object]
    note: str
    at: Place


class RegionRemark(NamedTuple):
    """An annotator's choice or text about the region with this id; about the task if there is no id."""

    region: str
    control: str
    texts: tuple[str, ...]
    at: Place

    def skipped(self, why: str) -> Skipped:
        """Return it as a record that is left out."""
        return Skipped("attribute", f"{self.control}: {', '.join(self.texts)}", why, self.at)


class AnnotationResults(NamedTuple):
    """All results of one annotation; links may lead to missing regions."""

    regions: tuple[TextRegion, ...] = ()
    remarks: tuple[RegionRemark, ...] = ()
    links: tuple[SpanLink, ...] = ()
    skipped: tuple[Skipped, ...] = ()


class LabelStudioAnnotation(NamedTuple):
    """One annotation of a task: who made it and when, its results, and the task's own fields as `data`."""

    task: str
    data: Mapping[str, object]
    results: AnnotationResults
    by: str
    on: str
    done: bool
    at: Place
    is_row: bool = False


LabelStudioTask = list[LabelStudioAnnotation]
"""The annotations of one task, at least one."""


def read_export(file: SourceFile) -> Iterator[LabelStudioTask | Skipped]:
    """Yield the tasks of a file, and the records left out. Raises `CorpusError` if it is not an export."""
    head, pieces = peek(file.pieces())
    yield from (_json if head.startswith((b"[", b"{")) else _table)(pieces, file.path)


def offsets_of(value: Mapping[str, object]) -> tuple[int, int] | None:
    """Return the offsets of a region's value; None if they are missing or impossible."""
    holder = value.get("globalOffsets")
    if not isinstance(holder, dict):
        holder = value
    start, end = holder.get("start"), holder.get("end")
    # `isinstance` would accept `bool`.
    if type(start) is not int or type(end) is not int or not 0 <= start < end:
        return None
    return start, end


def _json(pieces: Iterator[bytes], file: str) -> Iterator[LabelStudioTask | Skipped]:
    has_rows = has_any = False
    for raw, at in json_elements(pieces, file):
        try:
            element = parse_json(raw, at)
        except JsonError as error:
            yield Skipped("article", "task", f"{error}: export the file again, or correct it", at)
            continue
        members = element.members()
        if _is_task(members):
            yield from _read_task(element)
        elif any(column in members for column in _ROW_COLUMNS):
            if not has_rows:
                yield Skipped("link", "relations", _NO_RELATIONS, Place(file, 1, 1))
            has_rows = True
            yield [_read_row(_object(element), at, members)]
        elif has_any:
            yield Skipped("article", "task", _NO_TASK, at)
        else:
            raise format_error_at(at, f"{_NO_TASK}: is it another tool's?", "not-label-studio")
        has_any = True


def _is_task(members: Mapping[str, JsonValue]) -> bool:
    """Tell whether an object is a task with annotations or, as in cloud storage, an annotation with its task."""
    holder = members.get("task")
    return "data" in (holder.members() if holder else members) and any(
        each in members for each in ("annotations", "completions", "result", "predictions", "drafts")
    )


def _read_task(task: JsonValue) -> Iterator[LabelStudioTask | Skipped]:
    """Yield a task with its annotations; if nobody has annotated it yet, with an unfinished one that is empty."""
    members = task.members()
    entries = _entries(members, "annotations") or _entries(members, "completions")
    if "task" in members:
        entries, members = [task], members["task"].members()
    data, id = _object(members.get("data")), _id(members)
    for each in _entries(members, "predictions"):
        yield Skipped("note", f"prediction of task {id}", _PREDICTED, each.place)
    for each in _entries(members, "drafts"):
        yield Skipped("article", f"draft of task {id}", _DRAFT, each.place)
    annotations: LabelStudioTask = []
    for entry in entries:
        annotation, at = entry.members(), entry.place
        fields = {name: read_value(annotation.get(name)) for name in _ANNOTATION_FIELDS}
        if fields["was_cancelled"] or fields["skipped"]:
            yield Skipped("article", f"annotation {_id(annotation)} of task {id}", _CANCELLED, at)
            continue
        if fields["ground_truth"]:
            yield Skipped("attribute", "ground_truth", _GROUND_TRUTH, at)
        results = _read_results(_entries(annotation, "result"))
        by, on = _annotator(fields["completed_by"]), _changed(fields)
        annotations.append(LabelStudioAnnotation(id, data, results, by, on, True, at))
    if not entries:
        annotations = [LabelStudioAnnotation(id, data, AnnotationResults(), "", "", False, task.place)]
    if annotations:
        yield annotations


def _read_results(entries: Iterable[JsonValue]) -> AnnotationResults:
    """Sort the entries of an annotation's `result` into regions, remarks and links."""
    regions: list[TextRegion] = []
    remarks: list[RegionRemark] = []
    links: list[SpanLink] = []
    skipped: list[Skipped] = []
    for entry in entries:
        result, at = _object(entry), entry.place
        value = result.get("value")
        if result.get("type") == "relation":
            links += _links(result, at)
        elif not isinstance(value, dict):
            skipped.append(Skipped("span", _name(result), _UNREAD, at))
        elif (labels := _labels(value)) is not None:
            regions.append(_region(result, value, labels, at))
        elif texts := _remark(value):
            remarks.append(RegionRemark(_text(result, "id"), _text(result, "from_name"), texts, at))
        elif not any(each in value for each in _REMARKS):
            skipped.append(Skipped("attribute", _name(result), _UNREAD, at))
    known = {region.id for region in regions}
    about = (each if each.region in known else each._replace(region="") for each in remarks)
    return AnnotationResults(tuple(regions), tuple(about), tuple(links), tuple(skipped))


def _region(
    result: Mapping[str, object], value: Mapping[str, object], labels: tuple[str, ...], at: Place
) -> TextRegion:
    meta = result.get("meta")
    note = "; ".join(texts_of(meta.get("text"))) if isinstance(meta, dict) else ""
    id, control, shown = (_text(result, name) for name in ("id", "from_name", "to_name"))
    return TextRegion(id, control, shown, labels, value, note, at)


def _links(result: Mapping[str, object], at: Place) -> list[SpanLink]:
    """Return a relation's links, one for each label and direction."""
    ends = _text(result, "from_id"), _text(result, "to_id")
    directions = {"left": [ends[::-1]], "bi": [ends, ends[::-1]]}.get(str(result.get("direction")), [ends])
    return [SpanLink(label, *each, at) for label in texts_of(result.get("labels")) or ("",) for each in directions]


def _labels(value: Mapping[str, object]) -> tuple[str, ...] | None:
    """Return a region's labels, None if it is no region: `labels`, `hypertextlabels`, `rectanglelabels`."""
    for name, labels in value.items():
        if name.endswith("labels") and isinstance(labels, list):
            return texts_of(labels)
    return None


def _remark(value: Mapping[str, object]) -> tuple[str, ...]:
    """Return the choice or text of an entry as a remark."""
    for name in _REMARKS:
        chosen = value.get(name)
        if name == "taxonomy" and isinstance(chosen, list):
            return tuple(" / ".join(texts_of(path)) for path in chosen if texts_of(path))
        if texts := texts_of(chosen):
            return texts
    return ()


def _annotator(completed_by: object) -> str:
    """Return the annotator by name, else by number; never a complete email address."""
    if not isinstance(completed_by, dict):
        return first_text(completed_by).partition("@")[0]
    names = (completed_by.get("first_name"), completed_by.get("last_name"))
    name = " ".join(text for each in names for text in texts_of(each))
    others = (completed_by.get(each) for each in ("id", "username", "email"))
    return name or next((text.partition("@")[0] for each in others for text in texts_of(each)), "")


def _changed(fields: Mapping[str, object]) -> str:
    """Return when an annotation was last changed, as UTC to the second; `""` if unknown."""
    for written in (fields.get("updated_at"), fields.get("created_at")):
        try:
            read = datetime.fromisoformat(written) if isinstance(written, str) else None
            if read and read.tzinfo:
                return read.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        except (ValueError, OverflowError):
            pass
    return ""


def _entries(members: Mapping[str, JsonValue], name: str) -> list[JsonValue]:
    return members[name].entries() if name in members else []


def _object(value: JsonValue | None) -> dict[str, object]:
    """Return an object's members; empty if it is not an object or cannot be read."""
    read = read_value(value)
    return cast(dict[str, object], read) if isinstance(read, dict) else {}


def _id(members: Mapping[str, JsonValue]) -> str:
    return "".join(texts_of(read_value(members.get("id"))))


def _text(result: Mapping[str, object], name: str) -> str:
    text = result.get(name)
    return text.strip() if isinstance(text, str) else first_text(text)


def _name(result: Mapping[str, object]) -> str:
    return _text(result, "from_name") or _text(result, "type") or _text(result, "id") or "result"


def _table(pieces: Iterator[bytes], file: str) -> Iterator[LabelStudioTask | Skipped]:
    """Yield the rows of a CSV or TSV. Raises `CorpusError` if it lacks the columns of Label Studio."""
    rows = _csv_rows(pieces, file)
    columns, start, _ = next(rows, ([], Place(file, 1, 1), ""))
    if not any(each in columns for each in _ROW_COLUMNS):
        names = " and ".join(_ROW_COLUMNS)
        message = f"a table of Label Studio must have the columns {names}: is it another tool's?"
        raise format_error_at(start, message, "not-label-studio")
    yield Skipped("link", "relations", _NO_RELATIONS, Place(file, 1, 1))
    for cells, at, fault in rows:
        if fault:
            yield Skipped("article", "row", fault, at)
        elif any(cells[len(columns) :]):
            why = "it has more cells than the table has columns: export it again"
            yield Skipped("article", "row", why, at)
        elif any(cells):
            yield [_read_row({name: _cell(text, at) for name, text in zip(columns, cells, strict=False)}, at, {})]


def _csv_rows(pieces: Iterator[bytes], file: str) -> Iterator[tuple[list[str], Place, str]]:
    """Yield rows with their places, and why a row cannot be read.

    Raises `CorpusError` for bytes that are not text, and for a line or row above the limit.
    """
    lines = read_text_lines(pieces, file)
    first = next(lines, (1, ""))
    delimiter = likely_delimiter(first[1])
    for row in read_rows(chain((first,), lines), file, delimiter, most=LINE_LIMIT):
        cells = [row[at].text if at in row else "" for at in range(max(row) + 1)]
        fault = next((cell.fault for cell in row.values() if cell.fault), "")
        yield cells, Place(file, next(iter(row.values())).line, 1), fault


def _cell(text: str, at: Place) -> object:
    """Return a cell's list or choice if it is the JSON of one, else its text."""
    if text[:1] not in ("[", "{"):
        return text
    try:
        read = parse_json(text.encode(), at).read()
    except JsonError:
        return text
    if isinstance(read, dict):
        return read if _remark(read) else text
    is_list = isinstance(read, list) and (
        all(isinstance(each, dict) for each in read) or all(isinstance(each, str) for each in read)
    )
    return read if is_list else text


def _read_row(row: Mapping[str, object], at: Place, members: Mapping[str, JsonValue]) -> LabelStudioAnnotation:
    """Return the annotation of a row; `members` have the places of its entries, if they have their own."""
    regions: list[TextRegion] = []
    fields: dict[str, object] = {}
    remarks: list[tuple[str, Mapping[str, object], Place]] = []
    for name, cell in row.items():
        entries = _regions(cell)
        if entries is None:
            fields[name.removeprefix("_data_")] = _unwrapped(cell)
            continue
        places = [entry.place for entry in _entries(members, name)]
        for number, entry in enumerate(entries):
            place = places[number] if number < len(places) else at
            labels = _labels(entry)
            if labels is None:
                remarks.append((name, entry, place))
            else:
                regions.append(TextRegion(f"{name}-{number + 1}", name, name, labels, entry, "", place))
    about, skipped = _match_remarks(remarks, regions)
    return LabelStudioAnnotation(
        task=first_text(fields.get("id")),
        data={name: value for name, value in fields.items() if name not in _OWN_COLUMNS},
        results=AnnotationResults(tuple(regions), tuple(about), (), tuple(skipped)),
        by=_annotator(fields.get("annotator")),
        on=_changed(fields),
        done=bool(regions) or not is_empty(fields.get("annotation_id")),
        at=at,
        is_row=True,
    )


def _regions(cell: object) -> list[Mapping[str, object]] | None:
    """Return the regions, or remarks on regions, in a cell; None if it has something else."""
    if isinstance(cell, dict):
        cell = [cell]
    if not isinstance(cell, list) or not cell or not all(isinstance(each, dict) for each in cell):
        return None
    if any("start" in each or "globalOffsets" in each or _labels(each) is not None for each in cell):
        return cell
    return None


def _unwrapped(cell: object) -> object:
    """Return the choice or text about the whole task, which Label Studio wraps; else the cell."""
    wrapped = cell if isinstance(cell, list) else [cell]
    texts = [_remark(each) if isinstance(each, dict) else () for each in wrapped]
    return [text for each in texts for text in each] if texts and all(texts) else cell


def _match_remarks(
    remarks: Sequence[tuple[str, Mapping[str, object], Place]], regions: Sequence[TextRegion]
) -> tuple[list[RegionRemark], list[Skipped]]:
    """Return the remarks with the offsets of exactly one region; the others are left out."""
    by_offsets: dict[tuple[int, int] | None, list[str]] = {}
    for region in regions:
        by_offsets.setdefault(offsets_of(region.value), []).append(region.id)
    about: list[RegionRemark] = []
    skipped: list[Skipped] = []
    for name, entry, at in remarks:
        owners = by_offsets.get(offsets_of(entry), [])
        remark = RegionRemark("".join(owners[:1]), name, _remark(entry), at)
        if offsets_of(entry) and len(owners) == 1 and remark.texts:
            about.append(remark)
        else:
            skipped.append(remark.skipped(_UNKNOWN_REGION))
    return about, skipped
