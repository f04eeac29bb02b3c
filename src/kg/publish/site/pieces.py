"""A text cut where claims start and end, in one sweep: it takes as long for each claim, however many there are."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from heapq import heappop, heappush
from itertools import pairwise
from typing import NamedTuple

from kg.publish.site.claims import ClaimLine, Passage


class Piece(NamedTuple):
    """A piece of the text between two places where a claim starts or ends.

    `claim` is the shortest that the piece is part of, None where it is part of none; `starting` are the claims that
    start here.
    """

    text: str
    claim: ClaimLine | None
    starting: tuple[ClaimLine, ...]


Paragraph = tuple[Piece, ...]


class _Span(NamedTuple):
    """A passage of a claim, in code points of the article; `number` tells claims apart."""

    start: int
    end: int
    number: int
    claim: ClaimLine


def cut(
    stretches: Iterable[tuple[int, str]], placed: Iterable[tuple[ClaimLine, Sequence[Passage]]]
) -> Iterator[tuple[Paragraph, ...]]:
    """Yield the paragraphs of each stretch: where it starts, in code points, and its text. They come in order."""
    waiting = deque(
        sorted(
            _Span(part.start, part.end, number, claim)
            for number, (claim, parts) in enumerate(placed)
            for part in parts
        )
    )
    inside: list[_Span] = []
    for first, text in stretches:
        while waiting and waiting[0].start < first + len(text):
            inside.append(waiting.popleft())
        inside = [span for span in inside if span.end > first]
        yield tuple(_paragraphs(first, text, inside))


def _paragraphs(first: int, text: str, spans: Sequence[_Span]) -> Iterator[Paragraph]:
    cuts = sorted({place for span in spans for place in (span.start, span.end)})
    sweep = _Sweep(spans)
    start = first
    for paragraph in text.split("\n"):
        end = start + len(paragraph)
        if paragraph.strip():
            edges = [start, *cuts[bisect_right(cuts, start) : bisect_left(cuts, end)], end]
            yield tuple(
                sweep.piece(one, other, text[one - first : other - first]) for one, other in pairwise(edges)
            )
        start = end + 1


class _Sweep:
    """Goes over a stretch piece by piece, and knows of which claims each is part."""

    def __init__(self, spans: Sequence[_Span]) -> None:
        self._waiting = deque(spans)
        # Where each claim starts in the stretch; it may have several passages.
        self._heads = {span.number: span.start for span in reversed(spans)}
        # A heap, the shortest first. What has ended leaves it when it comes to the top.
        self._open: list[tuple[int, int, _Span]] = []

    def piece(self, start: int, end: int, text: str) -> Piece:
        """Return the next piece; no claim starts or ends within it."""
        starting = {}
        while self._waiting and self._waiting[0].start <= start:
            span = self._waiting.popleft()
            heappush(self._open, (span.end - span.start, span.number, span))
            if span.start == start == self._heads[span.number]:
                starting[span.number] = span.claim
        while self._open and self._open[0][2].end < end:
            heappop(self._open)
        shortest = self._open[0][2].claim if self._open else None
        return Piece(text, shortest, tuple(starting[number] for number in sorted(starting)))
