"""Annotations on their way to the text that they are about: on disk, with what is needed to find them again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kg.errors import Place
from kg.files.temporary import Spool
from kg.importers.core.documents import Skipped
from kg.importers.json_values import Unreadable, value
from kg.importers.web_annotation.annotations import Head, head, is_annotation
from kg.importers.web_annotation.envelope import Record
from kg.importers.web_annotation.loose import Object, iri, several, shortened
from kg.importers.web_annotation.recogito import as_w3c

Key = tuple[str, str]
"""What an annotation is about, and who made it."""


class Kept(NamedTuple):
    """An annotation that waits: where it is in the spool, and where it stood."""

    offset: int
    size: int
    place: Place


class Sorted:
    """All annotations of a source. `annotations` counts them; `groups` are the marks, `loose` are those without."""

    def __init__(self, spool: Spool) -> None:
        self._spool = spool
        self.annotations = 0
        self.groups: dict[Key, list[Kept]] = {}
        self.keys: dict[str, Key] = {}
        """To which group the mark of an id belongs."""
        self.loose: list[tuple[Head, Kept]] = []
        self._ids: set[str] = set()

    def add(self, record: Record) -> Iterator[Skipped]:
        """Keep a record, or yield why it cannot be one."""
        try:
            found = value(record.raw, record.place).read()
        except Unreadable as error:
            yield Skipped("span", "a record", f"it cannot be read: {error}", record.place)
            return
        if not isinstance(found, dict) or not is_annotation(found):
            name = shortened(iri(found)) if isinstance(found, dict) else ""
            yield Skipped("span", name or "a record", "it is no annotation: it has no `target`", record.place)
            return
        self.annotations += 1
        top = head(as_w3c(found))
        if top.id and top.id in self._ids:
            yield Skipped("span", top.id, "another annotation has this id already", record.place)
            return
        self._ids.add(top.id)
        if several(found.get("references")):
            yield Skipped("note", top.id, "it is a reply to another annotation, and marks no words", record.place)
        elif top.why and not top.whole:
            yield Skipped("span", top.id, top.why, record.place)
        elif top.why:
            self.loose.append((top, self._keep(record)))
        else:
            key = (top.source, top.by)
            self.groups.setdefault(key, []).append(self._keep(record))
            self.keys[top.id] = key

    def read(self, kept: Kept) -> Object:
        """Return an annotation that was kept."""
        found = value(self._spool.read(kept.offset, kept.size), kept.place).read()
        assert isinstance(found, dict), "only objects are kept"
        return as_w3c(found)

    def _keep(self, record: Record) -> Kept:
        kept = Kept(self._spool.size, len(record.raw), record.place)
        self._spool.write(record.raw)
        return kept
