"""Records found for sources: both come in one order, so that a few records in memory are enough."""

from __future__ import annotations

from collections.abc import Iterator

from kg.pipeline.cache.content import Content
from kg.pipeline.cache.records import Record, decode_record

_WINDOW = 10_000
"""So many lines of a JSON Lines file may be deleted in one place without those after them being strangers."""

Found = tuple[bytes, Record]
"""A record, as it was encoded and decoded."""


class Aligned:
    """Records in the order of the sources."""

    def __init__(self, records: Iterator[Found]) -> None:
        self.records = records
        self.next = next(records, None)
        self.lines: dict[bytes, bytes] = {}
        self.file = ""

    def find(self, content: Content) -> Found | None:
        """Return the record of an article, if it was made from the same content."""
        if content.raw:
            return self._line(content)
        while self.next and self.next[1].article < content.article:
            self._step()
        if self.next and self.next[1].article == content.article and not self.next[1].kept.line:
            found = self._step()
            return found if content.is_of(found[1]) else None
        return None

    def _line(self, content: Content) -> Found | None:
        """Return the record of a line by its digest: the next one, or one of many if lines have moved."""
        if self.file != content.article:
            self.file = content.article
            self.lines.clear()
            while self.next and self.next[1].article < self.file:
                self._step()
        if self.next and self.next[1].article == self.file and self.next[1].digest == content.digest:
            return self._step()
        while self.next and self.next[1].article == self.file and len(self.lines) < _WINDOW:
            found = self._step()
            self.lines[found[1].digest] = found[0]
        if content.digest in self.lines:
            payload = self.lines.pop(content.digest)
            return payload, decode_record(payload)
        if len(self.lines) == _WINDOW:
            del self.lines[next(iter(self.lines))]  # the one that has waited longest
        return None

    def _step(self) -> Found:
        """Return the record that is next, and go on."""
        assert self.next
        found, self.next = self.next, next(self.records, None)
        return found
