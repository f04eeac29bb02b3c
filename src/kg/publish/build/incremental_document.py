"""Documents that copy the text of unchanged graphs from an earlier publication.

Neighbouring ranges are merged. When one article changed, two byte ranges are copied and one graph is written.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import IO

from msgspec import Struct

from kg.files.file_sets import Staging
from kg.formats import Format
from kg.pipeline.cache import BuildCache
from kg.pipeline.documents import ArticleSink, Document, Extent, flattened
from kg.processes import cores

_BUFFER = 1 << 17  # a buffer that fits into a processor's own cache halves the time to copy
_LONGEST = 1 << 25  # how many bytes of a file the system caches before they are released


class ByteRange(Struct):
    """A range of a file's bytes; `end` is exclusive."""

    stream: IO[bytes]
    start: int
    end: int


class IncrementalDocument(Document):
    """A document as byte ranges: of `scratch`, to which new text is written, and of an earlier document."""

    def __init__(self, form: Format, scratch: IO[bytes], base: str, *, earlier: IO[bytes]) -> None:
        super().__init__(form, scratch, base)
        self.ranges: list[ByteRange] = []
        self._scratch = scratch
        self._earlier = earlier
        self._written = 0

    def copy(self, start: int, length: int) -> Extent:
        """Add a graph whose text is in the earlier document."""
        if length:
            before = len(self._between)
            if self._continues(self._earlier, start - before):
                self._put(self._earlier, start - before, before + length)
            else:
                self._write(self._between)
                self._put(self._earlier, start, length)
            self._between = self._writer.between.encode()
        return self.size - length, length

    def _write(self, text: bytes) -> None:
        self._scratch.write(text)
        self._put(self._scratch, self._written, len(text))
        self._written += len(text)

    def _put(self, stream: IO[bytes], start: int, length: int) -> None:
        self.size += length
        if self._continues(stream, start):
            self.ranges[-1].end += length
        elif length:
            self.ranges.append(ByteRange(stream, start, start + length))

    def _continues(self, stream: IO[bytes], start: int) -> bool:
        """Tell whether the last range ends at this byte."""
        if not self.ranges:
            return False
        last = self.ranges[-1]
        return last.stream is stream and last.end == start


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


def write_incremental(documents: Iterable[tuple[str, IncrementalDocument]], staging: Staging) -> None:
    """Write named documents into new files, the largest first, with a thread per processor and one more."""
    largest_first = sorted(documents, key=lambda named: -named[1].size)
    with ThreadPoolExecutor(cores() + 1) as threads:
        for done in [
            threads.submit(staging.write_chunks, name, chunks(document.ranges)) for name, document in largest_first
        ]:
            done.result()


def chunks(ranges: Iterable[ByteRange]) -> Iterator[memoryview]:
    """Yield the bytes of ranges, in a buffer that is reused each time. Raises `OSError` if a file was cut off."""
    buffer = memoryview(bytearray(_BUFFER))
    done = 0
    for stream, start, end in _split(ranges):
        stream.seek(start)
        at = start
        while at < end:
            # Up to the next multiple of the buffer: a write that begins within a page takes longer.
            room = buffer[: min(end - at, _BUFFER - done % _BUFFER)]
            size = stream.readinto(room)  # type: ignore[attr-defined]  # a stream of bytes has it
            if not size:
                raise OSError(errno.EIO, "this file was cut off while it was read", stream.name)
            yield room[:size]
            at += size
            done += size
        _release(stream, start, end)


def _split(ranges: Iterable[ByteRange]) -> Iterator[tuple[IO[bytes], int, int]]:
    """Yield the stream, start and end of ranges that are at most `_LONGEST` bytes long."""
    for each in ranges:
        for start in range(each.start, each.end, _LONGEST):
            yield each.stream, start, min(start + _LONGEST, each.end)


def _release(stream: IO[bytes], start: int, end: int) -> None:
    """Let the system drop a copied range from its cache, since the earlier file is about to be deleted.

    Otherwise both publications may fill the memory, and the new one has to wait for every page.
    """
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(stream.fileno(), start, end - start, os.POSIX_FADV_DONTNEED)
