"""Documents in which the text of unchanged graphs is copied from those of an earlier publication.

Neighbouring stretches become one, so that of a corpus with one change two stretches are copied and one graph is
written.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import IO

from kg.formats import Format
from kg.pipeline.documents import Document, Extent
from kg.processes.cores import cores
from kg.publish.build.staging import Piece, Staging


class Patchwork(Document):
    """A document as pieces: of `scratch`, where fresh text is written, and of an earlier document."""

    def __init__(self, form: Format, scratch: IO[bytes], base: str, *, earlier: IO[bytes]) -> None:
        super().__init__(form, scratch, base)
        self.pieces: list[Piece] = []
        self._scratch = scratch
        self._earlier = earlier
        self._written = 0

    def keep(self, extent: Extent) -> Extent:
        """Take a graph that stands in the earlier document."""
        start, length = extent
        if length:
            before = len(self._between)
            if self._goes_on(self._earlier, start - before):
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
        if self._goes_on(stream, start):
            self.pieces[-1].end += length
        elif length:
            self.pieces.append(Piece(stream, start, start + length))

    def _goes_on(self, stream: IO[bytes], start: int) -> bool:
        """Tell whether the last piece ends where this one starts."""
        if not self.pieces:
            return False
        last = self.pieces[-1]
        return last.stream is stream and last.end == start


def join(patchworks: Iterable[tuple[str, Patchwork]], staging: Staging) -> None:
    """Write patchworks into new files, the largest first: one a processor, and one that waits for the disk."""
    largest_first = sorted(patchworks, key=lambda named: -named[1].size)
    with ThreadPoolExecutor(cores() + 1) as threads:
        for done in [threads.submit(staging.join, name, each.pieces) for name, each in largest_first]:
            done.result()
