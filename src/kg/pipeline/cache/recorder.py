"""Maps articles while watching what they ask for, and records what came of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import IO

from msgspec import Raw

from kg.corpus import Corpus, Source
from kg.meaning import CorpusIndex
from kg.pipeline.article import MappedArticle
from kg.pipeline.cache.content import Content
from kg.pipeline.cache.packing import Packing
from kg.pipeline.cache.records import Record, RecordsWriter, encode
from kg.pipeline.cache.uses import watched

ReadUnit = Callable[[Source, CorpusIndex], MappedArticle]
"""Reads, maps and validates the article of a source."""


class Recorder:
    """Records units, numbered from 0. `writer` takes the records, if any does; `now` is the corpus's time."""

    def __init__(
        self, corpus: Corpus, index: CorpusIndex, stream: IO[bytes] | None, now: int, key: bytes = b""
    ) -> None:
        self.now = now
        self.index = index
        self.packing = Packing(corpus.root, index.iris)
        self._seen: set[str] = set()
        self._watched = watched(index, self._seen)
        self._count = 0
        self.writer: RecordsWriter | None = None
        with suppress(OSError):
            self.writer = RecordsWriter(stream, key) if stream else None

    def units(self, sources: Iterable[Source], read: ReadUnit) -> Iterator[MappedArticle]:
        """Yield the unit of each source."""
        for source in sources:
            yield self.unit(source, Content(source, self.now), read)

    def unit(self, source: Source, content: Content, read: ReadUnit) -> MappedArticle:
        """Return the unit of a source."""
        # The content is read before the article is: if it changes in between, the next run sees that.
        if not content.digest:
            return read(source, self.index)
        self._seen.clear()
        unit = read(source, self._watched)
        uses = Raw(encode(sorted(self._seen)))
        record = Record(content.article, content.digest, content.stats, uses, self.packing.kept(unit))
        return unit._replace(record=self.add(encode(record)))

    def add(self, payload: bytes) -> int:
        """Write a record, encoded, and return its number. Once the disk is full, nothing is kept."""
        if self.writer:
            try:
                self.writer.add(payload)
            except OSError:
                self.writer = None
        self._count += 1
        return self._count - 1
