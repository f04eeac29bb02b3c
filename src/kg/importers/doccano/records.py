"""A line of doccano's JSONL, in any of its dialects, as spans, relations and fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, cast

from kg.errors import Place
from kg.importers.core.article_fields import texts_of
from kg.importers.core.documents import Skipped, SpanLink
from kg.importers.core.mapping import Mapping as Meanings
from kg.importers.core.mapping import key
from kg.importers.json_values import Unreadable, Value
from kg.text.spans import Span

_TEXTS = ("text", "data")
_SPANS = frozenset(("label", "labels", "entities", "annotations"))
_NO_SPAN = "a span must be [start, end, label], or have `start_offset`, `end_offset` and `label`"
_NO_LINK = "a relation must have `from_id`, `to_id` and `type`"
_COMMENT = "a comment of doccano is about the whole text, and a claims file has no place for it"


class DoccanoSpan(NamedTuple):
    """A span as it stands in a file; `user` is the number of who made it, `""` where that is not told."""

    id: str
    label: str
    offsets: Span
    user: str
    at: Place


class Record(NamedTuple):
    """All that a line holds."""

    text: str
    fields: Mapping[str, object]
    spans: tuple[DoccanoSpan, ...]
    links: tuple[SpanLink, ...]
    skipped: tuple[Skipped, ...]


def read_record(line: Value, meanings: Meanings) -> Record | None:
    """Return what a line holds, None where it has no text."""
    members = line.members()
    values = {name: _read(member) for name, member in members.items()}
    name = _text_name(values, meanings)
    if name is None:
        return None
    read: list[DoccanoSpan | SpanLink | Skipped] = []
    fields: dict[str, object] = {}
    for other, member in members.items():
        said = values[other]
        if key(other) == "comments" and isinstance(said, list):
            comments = (each.get("comment") if isinstance(each, dict) else each for each in said)
            read += [Skipped("note", _shown(each), _COMMENT, member.place) for each in comments]
        elif key(other) == "relations" and isinstance(said, list):
            read += [_link(_read(entry), entry.place) for entry in member.entries()]
        elif _holds_spans(other, said):
            entries = enumerate(member.entries(), 1)
            read += [_span(_read(entry), f"{other}-{number}", entry.place) for number, entry in entries]
        elif other == "meta" and isinstance(said, dict):
            fields.update(said)
        elif other != name:
            fields[other] = said
    return Record(
        cast(str, values[name]),
        fields,
        tuple(each for each in read if isinstance(each, DoccanoSpan)),
        tuple(each for each in read if isinstance(each, SpanLink)),
        tuple(each for each in read if isinstance(each, Skipped)),
    )


def _text_name(values: Mapping[str, object], meanings: Meanings) -> str | None:
    """Return the field that holds the text: that of the mapping, of doccano, or beside spans the longest."""
    texts = {name: text for name, text in values.items() if isinstance(text, str) and text.strip()}
    given = [name for name, field in meanings.article.items() if field == "text"]
    for wanted in (*given, *_TEXTS):
        for name in texts:
            if key(name) == key(wanted):
                return name
    if not any(_holds_spans(name, value) for name, value in values.items()):
        return None
    return max(texts, key=lambda name: len(texts[name]), default=None)


def _read(value: Value) -> object:
    try:
        return value.read()
    except Unreadable:
        return None


def _holds_spans(name: str, value: object) -> bool:
    """Tell a list of spans; under a name of doccano's own it may hold damaged ones only."""
    if not isinstance(value, list):
        return False
    are_numbers = key(name) not in _SPANS
    return any(
        (isinstance(each, list) and len(each) >= 2 and not (are_numbers and type(each[0]) is not int))
        or (isinstance(each, dict) and "start_offset" in each)
        for each in value
    )


def _span(entry: object, id: str, at: Place) -> DoccanoSpan | Skipped:
    user = ""
    if isinstance(entry, dict):
        start, end, label = (entry.get(name) for name in ("start_offset", "end_offset", "label"))
        id = "".join(texts_of(entry.get("id"))[:1]) or id
        user = "".join(texts_of(entry.get("user"))[:1])
    elif isinstance(entry, list) and len(entry) == 3:
        start, end, label = entry
    else:
        return Skipped("span", _shown(entry), _NO_SPAN, at)
    labels = texts_of(label)
    # `bool` is an `int`, and `type` tells them apart.
    if type(start) is not int or type(end) is not int or len(labels) != 1:
        return Skipped("span", id, _NO_SPAN, at)
    return DoccanoSpan(id, labels[0], Span(start, end), user, at)


def _link(entry: object, at: Place) -> SpanLink | Skipped:
    if not isinstance(entry, dict):
        return Skipped("link", _shown(entry), _NO_LINK, at)
    ends = [texts_of(entry.get(name)) for name in ("from_id", "to_id")]
    if not all(len(end) == 1 for end in ends):
        return Skipped("link", _shown(entry.get("id", "relation")), _NO_LINK, at)
    return SpanLink("".join(texts_of(entry.get("type"))[:1]), ends[0][0], ends[1][0], at)


def _shown(value: object) -> str:
    return " ".join(texts_of(value)) or type(value).__name__
