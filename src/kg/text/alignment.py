"""What stayed the same between two versions of a text: which words of one are which words of the other.

Words that occur once in both are matched first, then those between them ("patience diff", B. Cohen), so that a
frequent word is matched by its surroundings. The time grows with the length of the texts, except for parts without
such words, whose comparison is limited: beyond that, they count as changed.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from kg.text.spans import Span

MOST_COMPARED = 5_000_000
"""How many pairs of words without a unique word between them are compared in all."""
_MOST_IN_A_PART = 1_000_000
_MOST_PASSES = 40
"""How many times the length of both texts is looked at, in parts of parts."""
_MOST_OCCURRENCES = 100
_RUNS = (1, 4, 16)
"""The lengths in words of the runs that are compared, one after the other; only runs that occur once count."""
_TOKEN = re.compile(r"\w+|[^\w\s]")


class _Block(NamedTuple):
    """Tokens that are the same: the index of the first in each text, and how many they are."""

    old: int
    new: int
    size: int


class TextChange(NamedTuple):
    """A part of the old text and what replaces it in the new one; either may be empty."""

    old: Span
    new: Span


class Alignment:
    """Two versions of a text, and where in the new one the words of the old one are."""

    def __init__(self, old: str, new: str) -> None:
        self.old, self.new = old, new
        self._old, self._new = _tokens(old), _tokens(new)
        self._blocks = list(
            _blocks(*([text[a:b] for a, b in at] for text, at in ((old, self._old), (new, self._new))))
        )
        self._starts = [block.old for block in self._blocks]
        self._unambiguous: dict[int, bool] = {}

    def moved(self, span: Span) -> Span | None:
        """Return where the words of a span of the old text are in the new one; None if it is not certain.

        They are there if nothing in them changed, and what surrounds them unchanged occurs as often before them as
        in the old text, and as often in all.
        """
        first, last = self._touched(span)
        number = bisect_right(self._starts, first) - 1
        if first > last or number < 0:
            return None
        block = self._blocks[number]
        if last >= block.old + block.size or not self._is_unambiguous(number):
            return None
        shift = block.new - block.old
        start = self._new[first + shift].start + span.start - self._old[first].start
        end = self._new[last + shift].end + span.end - self._old[last].end
        return Span(start, end) if _same_words(self.old[slice(*span)], self.new[start:end]) else None

    def counterpart(self, span: Span) -> Span:
        """Return what is now between the unchanged words before and after a span; it may be empty."""
        first, last = self._touched(span)
        before = next(filter(None, map(self._matched, range(first - 1, -1, -1))), Span(0, 0))
        after = next(filter(None, map(self._matched, range(last + 1, len(self._old)))), Span(len(self.new), 0))
        return Span(before.end, max(before.end, after.start))

    def changes(self) -> Iterator[TextChange]:
        """Yield what changed, in the order of the text."""
        old = new = 0
        for block in (*self._blocks, _Block(len(self._old), len(self._new), 0)):
            if block.old > old or block.new > new:
                yield TextChange(_extent(self._old, old, block.old), _extent(self._new, new, block.new))
            old, new = block.old + block.size, block.new + block.size

    def _touched(self, span: Span) -> tuple[int, int]:
        """Return the first and last token that a span of the old text has characters of."""
        first = bisect_right(self._old, span.start, key=lambda token: token.end)
        return first, bisect_left(self._old, span.end, key=lambda token: token.start) - 1

    def _matched(self, token: int) -> Span | None:
        number = bisect_right(self._starts, token) - 1
        block = self._blocks[number] if number >= 0 else _Block(0, 0, 0)
        return self._new[token - block.old + block.new] if token < block.old + block.size else None

    def _is_unambiguous(self, number: int) -> bool:
        if number not in self._unambiguous:
            block = self._blocks[number]
            before = _extent(self._old, block.old, block.old + block.size)
            after = _extent(self._new, block.new, block.new + block.size)
            there = _ordinal(self.old, before)
            self._unambiguous[number] = there == _ordinal(self.new, after) and there[1] < _MOST_OCCURRENCES
        return self._unambiguous[number]


def _tokens(text: str) -> list[Span]:
    return [Span(*match.span()) for match in _TOKEN.finditer(text)]


def _extent(tokens: Sequence[Span], first: int, end: int) -> Span:
    """Return the span of some tokens; an empty one after the token before, if there are none."""
    if first < end:
        return Span(tokens[first].start, tokens[end - 1].end)
    at = tokens[first - 1].end if first else 0
    return Span(at, at)


def _same_words(one: str, other: str) -> bool:
    return one.split() == other.split()


def _ordinal(text: str, span: Span) -> tuple[int, int]:
    """Return how often the words of a span occur before it, and in all; at most `_MOST_OCCURRENCES`."""
    words, whole = " ".join(text[slice(*span)].split()), " ".join(text.split())
    start = len(" ".join(text[: span.start].split()))
    found = [at := whole.find(words)]
    while at >= 0 and len(found) <= _MOST_OCCURRENCES:
        found.append(at := whole.find(words, at + 1))
    return sum(each < start for each in found[:-1]), len(found) - 1


def _blocks(old: Sequence[str], new: Sequence[str]) -> Iterator[_Block]:
    """Yield the blocks of equal tokens in their order; neighbours in both texts are one block."""
    found = sorted(_matches(old, new))
    current = _Block(0, 0, 0)
    for block in found:
        if (current.old + current.size, current.new + current.size) == block[:2]:
            current = current._replace(size=current.size + block.size)
            continue
        if current.size:
            yield current
        current = block
    if current.size:
        yield current


class _TextPart(NamedTuple):
    """Parts of both texts, by the indexes of their tokens, end exclusive."""

    old: int
    old_end: int
    new: int
    new_end: int


def _matches(old: Sequence[str], new: Sequence[str]) -> Iterator[_Block]:
    looked_at = compared = 0
    waiting = [_TextPart(0, len(old), 0, len(new))]
    while waiting:
        whole = waiting.pop()
        looked_at += whole.old_end - whole.old + whole.new_end - whole.new
        part, ends = _trimmed(whole, old, new)
        yield from ends
        cells = (part.old_end - part.old) * (part.new_end - part.new)
        if not cells or looked_at > _MOST_PASSES * (len(old) + len(new)):
            continue
        pairs = next(filter(None, (_unique_in_order(part, old, new, size) for size in _RUNS)), [])
        if pairs:
            edges = [(part.old - 1, part.new - 1), *pairs, (part.old_end, part.new_end)]
            yield from (_Block(*pair, 1) for pair in pairs)
            waiting += [_TextPart(a + 1, b, c + 1, d) for (a, c), (b, d) in pairwise(edges)]
        elif cells <= _MOST_IN_A_PART and compared + cells <= MOST_COMPARED:
            compared += cells
            yield from _longest_common(part, old, new)


def _trimmed(part: _TextPart, old: Sequence[str], new: Sequence[str]) -> tuple[_TextPart, list[_Block]]:
    """Return a part without the equal tokens at its start and end, and these."""
    a, b, c, d = part
    while a < b and c < d and old[a] == new[c]:
        a, c = a + 1, c + 1
    while a < b and c < d and old[b - 1] == new[d - 1]:
        b, d = b - 1, d - 1
    ends = [_Block(part.old, part.new, a - part.old), _Block(b, d, part.old_end - b)]
    return _TextPart(a, b, c, d), [each for each in ends if each.size]


def _unique_in_order(part: _TextPart, old: Sequence[str], new: Sequence[str], size: int) -> list[tuple[int, int]]:
    """Return where runs of tokens begin that occur once in each part: the longest series in the order of both."""
    before, after = _runs(old, part.old, part.old_end, size), _runs(new, part.new, part.new_end, size)
    counts, again = Counter(before), Counter(after)
    place = {run: at for at, run in enumerate(after, part.new) if again[run] == 1 == counts[run]}
    pairs = [(at, place[run]) for at, run in enumerate(before, part.old) if run in place]
    # Patience sorting: each pile has its last place, and each pair the pair before it in the longest series.
    tops: list[int] = []
    last: list[int] = []
    previous: list[int] = []
    for number, (_, at) in enumerate(pairs):
        pile = bisect_left(tops, at)
        previous.append(last[pile - 1] if pile else -1)
        tops[pile : pile + 1], last[pile : pile + 1] = [at], [number]
    series = []
    number = last[-1] if last else -1
    while number >= 0:
        series.append(pairs[number])
        number = previous[number]
    return series[::-1]


def _runs(tokens: Sequence[str], start: int, end: int, size: int) -> list[str]:
    return [" ".join(tokens[at : at + size]) for at in range(start, end - size + 1)]


def _longest_common(part: _TextPart, old: Sequence[str], new: Sequence[str]) -> Iterator[_Block]:
    """Yield the longest common series of tokens of small parts, by the lengths for all rests of both."""
    rows, columns = range(part.old, part.old_end), range(part.new, part.new_end)
    lengths = [[0] * (len(columns) + 1)]
    for at in reversed(rows):
        below, row = lengths[-1], [0]
        for n, other in enumerate(reversed(columns)):
            row.append(below[n] + 1 if old[at] == new[other] else max(below[n + 1], row[n]))
        lengths.append(row)
    a, c = part.old, part.new
    while a < part.old_end and c < part.new_end:
        left = lengths[part.old_end - a]
        if old[a] == new[c]:
            yield _Block(a, c, 1)
            a, c = a + 1, c + 1
        elif lengths[part.old_end - a - 1][part.new_end - c] >= left[part.new_end - c - 1]:
            a += 1
        else:
            c += 1
