"""What an annotation of Label Studio holds: regions with labels, remarks on them or on the task, relations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple, cast

from kg.errors import Place
from kg.importers.core.article_fields import texts_of
from kg.importers.core.documents import Skipped, SpanLink
from kg.importers.json_values import Unreadable, Value

_REMARKS = ("choices", "taxonomy", "rating", "number", "datetime", "text")
_UNREAD = "it is no part of an annotation that is read: spans with labels, what is said of them, and relations are"


class Region(NamedTuple):
    """A span with its labels. `control` is the name of what set them, `shown` of what they mark."""

    id: str
    control: str
    shown: str
    labels: tuple[str, ...]
    value: Mapping[str, object]
    note: str
    at: Place


class Remark(NamedTuple):
    """What was chosen or written: of the region with this id, of the task where there is none."""

    region: str
    control: str
    texts: tuple[str, ...]
    at: Place


class Results(NamedTuple):
    """All of one annotation; links may lead to regions that are not there."""

    regions: tuple[Region, ...]
    remarks: tuple[Remark, ...]
    links: tuple[SpanLink, ...]
    skipped: tuple[Skipped, ...]


def read_results(entries: Iterable[Value]) -> Results:
    """Return what the entries of an annotation's `result` are."""
    regions: list[Region] = []
    remarks: list[Remark] = []
    links: list[SpanLink] = []
    skipped: list[Skipped] = []
    for entry in entries:
        result, at = read_object(entry), entry.place
        value = result.get("value")
        if result.get("type") == "relation":
            links += _links(result, at)
        elif not isinstance(value, dict):
            skipped.append(Skipped("span", _name(result), _UNREAD, at))
        elif (labels := labels_of(value)) is not None:
            regions.append(_region(result, value, labels, at))
        elif texts := remark_of(value):
            remarks.append(Remark(_text(result, "id"), _text(result, "from_name"), texts, at))
        elif not any(each in value for each in _REMARKS):
            skipped.append(Skipped("attribute", _name(result), _UNREAD, at))
    known = {region.id for region in regions}
    tied = (each if each.region in known else each._replace(region="") for each in remarks)
    return Results(tuple(regions), tuple(tied), tuple(links), tuple(skipped))


def read_value(value: Value | None) -> object:
    """Return what a value says, None where it is not there or cannot be read."""
    try:
        return value.read() if value else None
    except Unreadable:
        return None


def read_object(value: Value | None) -> dict[str, object]:
    """Return an object's members; none of what is no object or cannot be read."""
    read = read_value(value)
    return cast(dict[str, object], read) if isinstance(read, dict) else {}


def labels_of(value: Mapping[str, object]) -> tuple[str, ...] | None:
    """Return a region's labels, None where it is none: `labels`, `hypertextlabels`, `rectanglelabels`."""
    for name, labels in value.items():
        if name.endswith("labels") and isinstance(labels, list):
            return texts_of(labels)
    return None


def remark_of(value: Mapping[str, object]) -> tuple[str, ...]:
    """Return what was chosen or written."""
    for name in _REMARKS:
        said = value.get(name)
        if name == "taxonomy" and isinstance(said, list):
            return tuple(" / ".join(texts_of(path)) for path in said if texts_of(path))
        if texts := texts_of(said):
            return texts
    return ()


def _region(
    result: Mapping[str, object], value: Mapping[str, object], labels: tuple[str, ...], at: Place
) -> Region:
    meta = result.get("meta")
    note = "; ".join(texts_of(meta.get("text"))) if isinstance(meta, dict) else ""
    return Region(
        _text(result, "id"), _text(result, "from_name"), _text(result, "to_name"), labels, value, note, at
    )


def _links(result: Mapping[str, object], at: Place) -> list[SpanLink]:
    """Return a relation's links, one for each label and direction."""
    ends = _text(result, "from_id"), _text(result, "to_id")
    direction = result.get("direction")
    ways = {"left": [ends[::-1]], "bi": [ends, ends[::-1]]}.get(str(direction), [ends])
    return [SpanLink(label, *way, at) for label in texts_of(result.get("labels")) or ("",) for way in ways]


def _text(result: Mapping[str, object], name: str) -> str:
    said = result.get(name)
    return said.strip() if isinstance(said, str) else "".join(texts_of(said)[:1])


def _name(result: Mapping[str, object]) -> str:
    return _text(result, "from_name") or _text(result, "type") or _text(result, "id") or "result"
