"""Reads the annotations in files of web annotations, and groups them by text and annotator in a temporary file.

A file has an array, lines, a collection, a page, or an answer of Hypothesis. Nothing is fetched.
https://www.w3.org/TR/annotation-model/#collections
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kg.errors import Place
from kg.files.json_reader import JsonError, JsonStream, parse_json
from kg.files.temporary import Spool
from kg.importers.core.documents import Heartbeat, Skipped
from kg.importers.core.source_files import format_error_at
from kg.importers.web_annotation.annotations import (
    AnnotationHead,
    Object,
    as_w3c,
    iri,
    is_annotation,
    read_head,
    several,
    short,
)

_HEARTBEAT_AFTER = 10_000
DEEPEST = 100
"""How many pages may be inside one another."""
_LISTS = (b'"items"', b'"rows"')
_PAGES = (b'"first"', b'"next"')
_GRAPH = b'"@graph"'
GroupKey = tuple[str, str]
"""The text that an annotation is about, and its annotator."""


class RawAnnotation(NamedTuple):
    """A value in a file that should be an annotation, as written."""

    raw: bytes
    place: Place


class SpooledAnnotation(NamedTuple):
    """The position of an annotation in the spool, and its place in its file."""

    offset: int
    size: int
    place: Place


class AnnotationFileReader:
    """Yields the annotations in files, one in memory at a time, and remembers the pages that it saw.

    `named` are the pages that a file only names, with their places; `read` the ids of those that it contains.
    """

    def __init__(self) -> None:
        self.named: dict[str, Place] = {}
        self.read: set[str] = set()

    def annotations(self, pieces: Iterator[bytes], file: str) -> Iterator[RawAnnotation]:
        """Yield the annotations of a file, which may be JSON Lines. Raises `CorpusError`."""
        stream = JsonStream(pieces, file)
        stream.begin()
        while stream.next():
            yield from self._value(stream, 0)

    def _value(self, stream: JsonStream, depth: int) -> Iterator[RawAnnotation]:
        sign = stream.next()
        if depth > DEEPEST:
            message = f"pages must be at most {DEEPEST} deep in one another, and these are deeper: split them"
            raise format_error_at(stream.cursor.place, message, "too-deep")
        if sign == b"[":
            for _ in stream.elements():
                yield from self._value(stream, depth + 1)
        elif sign == b"{":
            yield from self._object(stream, depth)
        else:
            yield RawAnnotation(*stream.take())

    def _object(self, stream: JsonStream, depth: int) -> Iterator[RawAnnotation]:
        """Yield the annotations in an object, or the object itself if there are none in it."""
        place = stream.cursor.place
        members: dict[bytes, bytes] = {}
        is_container = False
        for key in stream.members():
            sign = stream.next()
            if key in _LISTS and sign == b"[":
                is_container = True
                for _ in stream.elements():
                    # To look into each would take ten times as long.
                    yield RawAnnotation(*stream.take())
            elif (key in _PAGES and sign == b"{") or (key == _GRAPH and sign == b"["):
                is_container = True
                yield from self._value(stream, depth + 1)
            else:
                members[key], _ = stream.take()
        if not self._is_page(members, place) and not is_container:
            raw = b",".join([key + b":" + raw for key, raw in members.items()])
            yield RawAnnotation(b"{" + raw + b"}", place)

    def _is_page(self, members: dict[bytes, bytes], place: Place) -> bool:
        """Record the id of an object that may be a page, and the pages that it names; tell whether it names any."""
        named = [page for key in _PAGES if (page := _string(members.get(key, b""), place))]
        if b'"target"' in members:
            return False
        if id := _string(members.get(b'"id"', b""), place):
            self.read.add(id)
        for page in named:
            self.named.setdefault(page, place)
        return bool(named)


class AnnotationSpool:
    """All annotations of a source: `groups` are those that mark words, `others` those that do not."""

    def __init__(self, file: Spool) -> None:
        self._file = file
        self._seen = 0
        self.count = 0
        self.groups: dict[GroupKey, list[SpooledAnnotation]] = {}
        self.keys: dict[str, GroupKey] = {}
        """The group of the annotation with an id."""
        self.others: list[tuple[AnnotationHead, SpooledAnnotation]] = []
        self._ids: set[str] = set()

    def add(self, record: RawAnnotation) -> Iterator[Skipped]:
        """Add an annotation, or yield why it cannot be read."""
        self._seen += 1
        try:
            found = parse_json(record.raw, record.place).read()
        except JsonError as error:
            yield Skipped("span", "a record", f"it cannot be read: {error}", record.place)
            return
        if not isinstance(found, dict) or not is_annotation(found):
            name = short(iri(found)) if isinstance(found, dict) else ""
            yield Skipped("span", name or "a record", "it is no annotation: it has no `target`", record.place)
            return
        self.count += 1
        head = read_head(as_w3c(found))
        if head.id and head.id in self._ids:
            yield Skipped("span", head.id, "another annotation has this id already", record.place)
            return
        self._ids.add(head.id)
        if several(found.get("references")):
            yield Skipped("note", head.id, "it is a reply to another annotation, and marks no words", record.place)
        elif head.why and not head.whole:
            yield Skipped("span", head.id, head.why, record.place)
        elif head.why:
            self.others.append((head, self._keep(record)))
        else:
            key = (head.source, head.by)
            self.groups.setdefault(key, []).append(self._keep(record))
            self.keys[head.id] = key

    def heartbeat(self) -> Iterator[Heartbeat]:
        """Yield a heartbeat now and then: the first document comes only when all annotations are grouped."""
        if self._seen % _HEARTBEAT_AFTER == 0:
            yield Heartbeat()

    def read(self, spooled: SpooledAnnotation) -> Object:
        """Return an annotation from the spool."""
        found = parse_json(self._file.read(spooled.offset, spooled.size), spooled.place).read()
        assert isinstance(found, dict), "only objects are kept"
        return as_w3c(found)

    def _keep(self, record: RawAnnotation) -> SpooledAnnotation:
        spooled = SpooledAnnotation(self._file.size, len(record.raw), record.place)
        self._file.write(record.raw)
        return spooled


def _string(raw: bytes, place: Place) -> str:
    """Return a value if it is a string, else `""`."""
    if not raw.startswith(b'"'):
        return ""
    try:
        found = parse_json(raw, place).read()
    except JsonError:
        return ""
    return found if isinstance(found, str) else ""
