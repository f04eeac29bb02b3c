"""One run over a corpus with what earlier runs found out: takes what is unchanged, maps the rest, records both."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO

from msgspec.structs import replace

from kg.corpus import Source
from kg.pipeline.article import MappedArticle
from kg.pipeline.cache.aligned import Aligned, Found
from kg.pipeline.cache.content import Content
from kg.pipeline.cache.place import new_records
from kg.pipeline.cache.recorder import ReadUnit, Recorder
from kg.pipeline.cache.records import Published, Record, RecordsReader, RecordsWriter, Shared, decode_uses, encode
from kg.pipeline.cache.stats import Stat, is_moved, is_settled, stat_of
from kg.pipeline.documents import Extents

NOT_PUBLISHED = Published("", {})
NOTHING_SHARED = Shared(b"", {}, NOT_PUBLISHED)
"""Ends the records of a part, which are taken in by those of the whole."""
_TICK = 0.02  # no local file system's clock ticks slower, but those that count whole seconds


class Memory:
    """What is known of a corpus, and what a run finds out.

    `_published` is what the extents of records are about, `_copied` from how many documents text is to be copied
    (None: there is no need of it), `_changed` are the entities that are not what they were.
    """

    def __init__(self, shared: Shared, recorder: Recorder) -> None:
        self._shared = shared
        self._recorder = recorder
        self._known: RecordsReader | None = None
        self._changed: set[str] = set()
        self._copied: int | None = None
        self._published = NOT_PUBLISHED
        self._extents: Extents | None = None
        self._is_complete = False

    @property
    def now(self) -> int:
        """The time of what is recorded, 0 where nothing is."""
        return self._recorder.now

    def recall(self, reader: RecordsReader) -> None:
        """Take what earlier runs have found out, if it rests on what this one does."""
        if reader.shared is None or reader.shared.environment != self._shared.environment:
            return
        before, after = reader.shared.entities, self._shared.entities
        self._changed = {id for id in before.keys() | after.keys() if before.get(id) != after.get(id)}
        self._known = reader
        self._published = reader.shared.published

    @contextmanager
    def documents(self, names: Sequence[str]) -> Iterator[list[IO[bytes]]]:
        """Open the documents that extents are about, if they are these and unchanged; else none of them.

        From now on, only what has its text there is taken as known.
        """
        with ExitStack() as opened:
            streams: list[IO[bytes]] = []
            if list(self._published.stats) == list(names):
                with suppress(OSError):
                    folder = Path(self._published.folder)
                    streams = [opened.enter_context((folder / name).open("rb")) for name in names]
                    if [stat_of(stream.fileno()) for stream in streams] != list(self._published.stats.values()):
                        streams = []
            self._copied = len(streams)
            yield streams

    def count_changed(self, sources: Iterable[Source]) -> tuple[int, int]:
        """Return how many articles there are, and of how many nothing is known."""
        aligned = self._aligned()
        size = changed = 0
        for source in sources:
            size += 1
            changed += self._found(aligned, Content(source, self.now)) is None
        return size, changed

    @property
    def knows_nothing(self) -> bool:
        """Tell whether all has to be mapped."""
        return self._known is None or self._copied == 0

    def units(self, sources: Iterable[Source], read: ReadUnit) -> Iterator[MappedArticle]:
        """Yield the unit of each source, without its graph where it is known."""
        aligned = self._aligned()
        for source in sources:
            content = Content(source, self.now)
            found = self._found(aligned, content)
            yield self._taken(source, content, *found) if found else self._recorder.unit(source, content, read)
        self.complete()

    def take_in(self, part: IO[bytes]) -> Iterator[int]:
        """Take in what another process recorded, and yield the number of each of its records."""
        for payload, _ in RecordsReader(part, b"").records():
            yield self._recorder.add(payload)

    def complete(self) -> None:
        """Note that there is a record of every article."""
        self._is_complete = True

    def _aligned(self) -> Aligned:
        return Aligned(self._known.records() if self._known else iter(()))

    def _found(self, aligned: Aligned, content: Content) -> Found | None:
        found = aligned.find(content) if content.files else None
        return found if found and self._holds(found[1]) and self._is_placed(found[1]) else None

    def _holds(self, record: Record) -> bool:
        return not self._changed or self._changed.isdisjoint(decode_uses(record.uses))

    def _is_placed(self, record: Record) -> bool:
        if self._copied is None or record.kept.draft or record.kept.claims is None:
            return True
        return self._copied > 0 and len(record.extents) == 2 * self._copied

    def _taken(self, source: Source, content: Content, payload: bytes, record: Record) -> MappedArticle:
        if content.stats != record.stats:
            payload = encode(replace(record, stats=content.stats))
        unit = self._recorder.packing.unit(record, source.line)
        return unit._replace(record=self._recorder.add(payload))

    def publish(self, folder: Path, written: Mapping[str, Stat], extents: Extents) -> None:
        """Note where the text of each unit, by its `record`, stands in documents that were put into a folder.

        `written` are their stats before that: another run may have put its own there since.
        """
        self._extents = extents
        time.sleep(_TICK)
        now = time.time_ns() - int(_TICK * 1e9 / 2)
        with suppress(OSError):
            stats = {name: stat_of(folder / name) for name in written}
            if all(is_moved(stat, written[name]) and is_settled(stat, now) for name, stat in stats.items()):
                self._published = Published(os.path.abspath(folder), stats)
                return
        self._published = NOT_PUBLISHED

    def save(self, file: Path) -> None:
        """Put the records of a run that has come to its end in the place of the old ones. Raises `OSError`."""
        writer = self._recorder.writer
        if not writer or not self._is_complete:
            return
        shared = Shared(self._shared.environment, self._shared.entities, self._published)
        writer.end(shared)
        if self._extents is None:
            _move(writer.stream, file)
            return
        with new_records(file.parent) as placed:
            if placed:
                again = RecordsWriter(placed, writer.key)
                for n, (_, record) in enumerate(RecordsReader(writer.stream, writer.key).records()):
                    again.add(encode(replace(record, extents=self._extents.get(n))))
                again.end(shared)
                _move(placed, file)


def _move(stream: IO[bytes], file: Path) -> None:
    stream.close()
    os.replace(stream.name, file)
