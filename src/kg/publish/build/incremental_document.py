"""Documents that copy the text of unchanged graphs from an earlier publication, which is verified on the way.

Neighbouring ranges are merged. When one article changed, two byte ranges are copied and one graph is written. Sizes
and times of a file prove nothing about its content: a copy counts only if the whole earlier document still has the
SHA-256 that it had when it was written.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from typing import IO

from msgspec import Struct

from kg.files.file_sets import Staging
from kg.formats import Format
from kg.pipeline.cache import BuildCache
from kg.pipeline.documents import ArticleSink, Document, Extent, flattened
from kg.processes import cores

_BUFFER = 1 << 17  # a buffer that fits into a processor's own cache halves the time to copy
_LONGEST = 1 << 25  # how many bytes of a file the system caches before they are released


class ByteSource:
    """A file whose parts are copied by their ranges of bytes."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.stream = stream

    def read(self, start: int, room: memoryview) -> int:
        """Read bytes from a position into `room` and return how many; 0 at the end of the file."""
        self.stream.seek(start)
        size: int = self.stream.readinto(room)  # type: ignore[attr-defined]  # a stream of bytes has it
        return size

    def release(self, start: int, end: int) -> None:
        """Let the system drop a copied range from its cache, since the file is about to be deleted.

        Otherwise both publications may fill the memory, and the new one has to wait for every page.
        """
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(self.stream.fileno(), start, end - start, os.POSIX_FADV_DONTNEED)


class EarlierDocument(ByteSource):
    """A document of an earlier publication. All bytes up to the last that was copied are hashed, each once."""

    def __init__(self, stream: IO[bytes]) -> None:
        super().__init__(stream)
        self._digest = sha256()
        self._hashed = 0

    def read(self, start: int, room: memoryview) -> int:
        while self._hashed < start and self._read_on(bytearray(min(_BUFFER, start - self._hashed))):
            pass
        size = super().read(start, room)
        new = start + size - self._hashed
        if size and new > 0:
            self._digest.update(room[size - new : size])
            self._hashed += new
        return size

    def sha256(self) -> str:
        """Read the rest, and return the SHA-256 of the whole document."""
        rest = bytearray(_BUFFER)
        while self._read_on(rest):
            pass
        return self._digest.hexdigest()

    def _read_on(self, room: bytearray) -> int:
        return self.read(self._hashed, memoryview(room))


class ByteRange(Struct):
    """A range of a file's bytes; `end` is exclusive."""

    source: ByteSource
    start: int
    end: int


class IncrementalDocument(Document):
    """A document as byte ranges: of `scratch`, to which new text is written, and of an earlier document."""

    def __init__(self, form: Format, scratch: IO[bytes], base: str, *, earlier: IO[bytes]) -> None:
        super().__init__(form, scratch, base)
        self.ranges: list[ByteRange] = []
        self.earlier = EarlierDocument(earlier)
        self._scratch = ByteSource(scratch)
        self._written = 0

    def copy(self, start: int, length: int) -> Extent:
        """Add a graph whose text is in the earlier document."""
        if length:
            before = len(self._between)
            if self._continues(self.earlier, start - before):
                self._put(self.earlier, start - before, before + length)
            else:
                self._write(self._between)
                self._put(self.earlier, start, length)
            self._between = self._writer.between.encode()
        return self.size - length, length

    def _write(self, text: bytes) -> None:
        self._stream.write(text)
        self._put(self._scratch, self._written, len(text))
        self._written += len(text)

    def _put(self, source: ByteSource, start: int, length: int) -> None:
        self.size += length
        if self._continues(source, start):
            self.ranges[-1].end += length
        elif length:
            self.ranges.append(ByteRange(source, start, start + length))

    def _continues(self, source: ByteSource, start: int) -> bool:
        """Tell whether the last range ends at this byte."""
        if not self.ranges:
            return False
        last = self.ranges[-1]
        return last.source is source and last.end == start


class IncrementalSink(ArticleSink):
    """A sink that copies the text of articles that a cache knows, and notes where the text of each article is."""

    def __init__(self, documents: Iterable[Document], cache: BuildCache) -> None:
        super().__init__(documents)
        self._cache = cache

    def copy(self, digest: str) -> None:
        numbers = self._cache.take_extents(digest)
        extents = zip(numbers[::2], numbers[1::2], strict=True)
        copied = [
            document.copy(*extent)
            for document, extent in zip(self.documents, extents, strict=True)
            if isinstance(document, IncrementalDocument)
        ]
        self.note_extents(digest, copied)

    def note_extents(self, digest: str, extents: Sequence[Extent]) -> None:
        if digest:  # neither the entities' nor the data set's, which are always written
            self._cache.note_extents(digest, flattened(extents))


def write_incremental(documents: Mapping[str, IncrementalDocument], staging: Staging) -> dict[str, str]:
    """Write named documents into new files, the largest first, with a thread per processor and one more.

    Return the SHA-256 of each earlier document: a new one is right only if its earlier one is.
    """

    def write(name: str, document: IncrementalDocument) -> str:
        staging.write_chunks(name, chunks(document.ranges))
        return document.earlier.sha256()

    largest_first = sorted(documents, key=lambda name: -documents[name].size)
    with ThreadPoolExecutor(cores() + 1) as threads:
        sums = {name: threads.submit(write, name, documents[name]) for name in largest_first}
        return {name: sum.result() for name, sum in sums.items()}


def chunks(ranges: Iterable[ByteRange]) -> Iterator[memoryview]:
    """Yield the bytes of ranges, in a buffer that is reused each time; fewer if a file was cut off."""
    buffer = memoryview(bytearray(_BUFFER))
    done = 0
    for source, start, end in _split(ranges):
        at = start
        while at < end:
            # Up to the next multiple of the buffer: a write that begins within a page takes longer.
            room = buffer[: min(end - at, _BUFFER - done % _BUFFER)]
            if not (size := source.read(at, room)):
                return
            yield room[:size]
            at += size
            done += size
        source.release(start, end)


def _split(ranges: Iterable[ByteRange]) -> Iterator[tuple[ByteSource, int, int]]:
    """Yield the source, start and end of ranges that are at most `_LONGEST` bytes long."""
    for each in ranges:
        for start in range(each.start, each.end, _LONGEST):
            yield each.source, start, min(start + _LONGEST, each.end)
