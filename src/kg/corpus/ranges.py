"""A corpus cut into ranges of about as many articles each, for several processes to work through."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from kg.corpus.settings import Corpus
from kg.corpus.sources import PACKED, WHOLE, Point, Range, sources


class Sized(NamedTuple):
    """A range, and how many sources were in it when it was cut."""

    range: Range
    size: int

    @property
    def is_packed(self) -> bool:
        """Whether it begins in a compressed file, all of which must be unpacked up to there."""
        return self.range.start.article.endswith(PACKED)


def ranges(corpus: Corpus, most: int) -> Iterator[Sized]:
    """Yield the ranges of a corpus in order, each of at most so many articles; together they hold every source.

    Reads the files of JSON Lines through, to know where their lines begin. Raises `FileError` as `sources` does.
    """
    start = last = WHOLE.start
    count = 0
    for source in sources(corpus):
        here = Point(source.article, source.line, source.offset)
        # What is wrong at the path of an article stands in the range of the article.
        if count >= most and here[:2] > last[:2]:
            yield Sized(Range(start, here), count)
            start, count = here, 0
        last = max(last, here)
        count += 1
    yield Sized(Range(start), count)


def joined(cut: Iterable[Sized], most: int) -> Iterator[Sized]:
    """Yield neighbouring ranges as one, each of about so many articles."""
    start, size = WHOLE.start, 0
    for range, count in cut:
        size += count
        if size >= most or range.end is None:
            yield Sized(Range(start, range.end), size)
            start, size = range.end or start, 0
