"""Drafts on their way to the second pass, on disk, so that memory does not grow with their number."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from typing import IO, NamedTuple

from msgspec import Struct

from kg.annotations.classes import ClaimsFile
from kg.errors import Place

MOST_ARTICLES, MOST_BYTES = 250, 4_000_000
"""When a range ends: it is what one process works on at a time."""


class Spooled(Struct, frozen=True):
    """An article: its id, its text with the header, its claims file.

    `at` is where its document stood, `origins` where each claim did, `marks` the ids of its spans, its words first.
    """

    id: str
    text: str
    file: ClaimsFile
    at: Place
    origins: dict[str, Place]
    marks: dict[str, tuple[str, ...]]


class Range(NamedTuple):
    """Articles that stand one after another in a spool: where the first begins, and how many there are."""

    start: int
    size: int


class Spool:
    """Takes articles to the end of a file; `ranges` has them all in their order."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.ranges: list[Range] = []
        self._stream = stream

    def put(self, article: Spooled) -> None:
        """Write an article."""
        at = self._stream.tell()
        last = self.ranges.pop() if self.ranges else Range(at, 0)
        if last.size == MOST_ARTICLES or at - last.start > MOST_BYTES:
            self.ranges.append(last)
            last = Range(at, 0)
        self.ranges.append(Range(last.start, last.size + 1))
        pickle.dump(article, self._stream, protocol=pickle.HIGHEST_PROTOCOL)


def taken(stream: IO[bytes], range: Range) -> Iterator[Spooled]:
    """Yield the articles of a range of a spool, which this program has written, in their order."""
    stream.seek(range.start)
    for _ in [None] * range.size:
        # Not as msgspec has it, which refuses what only the reader of a corpus may judge, with reasons.
        article = pickle.load(stream)
        assert isinstance(article, Spooled)
        yield article
