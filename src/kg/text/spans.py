"""Spans of a text, and a text with collapsed white space that knows the original offsets."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

MARKS = "“”„‟«»‹›‘’‚‛\"'「」『』"
"""The quotation marks of the European languages and of Chinese and Japanese."""
SENTENCE_END = ".!?…。！？"
"""The marks that end a sentence."""
LONG_LINE = 120
"""A line with as many characters is a paragraph, not a line of a wrapped one."""
PARAGRAPH_END = rf"\n(?:\s*\n|(?<=[^\n]{{{LONG_LINE}}}\n))"
"""A pattern for the end of a paragraph: a blank line, or the end of a long line."""
# All white space except the blank.
_SPACES = (
    "\n\t\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)


class Span(NamedTuple):
    """A part of a text: offsets in code points, end exclusive."""

    start: int
    end: int


def total_length(spans: Sequence[Span]) -> int:
    """Return the number of characters in spans that do not overlap."""
    return sum(end - start for start, end in spans)


def common_length(some: Sequence[Span], others: Sequence[Span]) -> int:
    """Return the number of characters that are in some spans and in others."""
    return sum(max(0, min(end, last) - max(start, first)) for start, end in some for first, last in others)


def overlap_share(some: Sequence[Span], others: Sequence[Span]) -> float:
    """Return the share of the characters in some spans or in others that are in both: 0 for none, 1 for all."""
    both = common_length(some, others)
    either = total_length(some) + total_length(others) - both
    return both / either if either else 0.0


class CollapsedText:
    """A text, and the same text with every run of white space collapsed to one blank and none at its ends.

    From offset `breaks[i]` of the collapsed text on, which is offset `begins[i]` of the text, add
    `begins[i] - breaks[i]` to get the offset in the text. `looked_at` counts the places that searches in the text
    looked at and `compared` the characters compared for the nearest passages: both are limited.
    """

    __slots__ = ("begins", "breaks", "collapsed", "compared", "looked_at", "text")

    def __init__(self, text: str, collapsed: str, breaks: Sequence[int], begins: Sequence[int]) -> None:
        self.text = text
        self.collapsed = collapsed
        self.breaks = breaks
        self.begins = begins
        self.looked_at = 0
        self.compared = 0

    def original(self, start: int, end: int) -> Span:
        """Return the span in the text of a span of the collapsed text that neither starts nor ends with a blank."""
        breaks, begins = self.breaks, self.begins
        last = first = bisect_right(breaks, start) - 1
        # Few spans go over a break.
        if first + 1 < len(breaks) and breaks[first + 1] < end:
            last = bisect_right(breaks, end - 1, first) - 1
        return Span(start + begins[first] - breaks[first], end + begins[last] - breaks[last])

    def offset(self, original: int) -> int:
        """Return the offset in the collapsed text of a character; white space has that before the next word."""
        at = max(bisect_right(self.begins, original) - 1, 0)
        end = self.breaks[at + 1] if at + 1 < len(self.breaks) else len(self.collapsed)
        return min(max(original - self.begins[at], 0) + self.breaks[at], end)


def mark_offsets(text: str) -> list[int]:
    """Return the offsets of all quotation marks, in order."""
    found = []
    # Searching for one mark after the other takes a third of the time of a regular expression for all.
    for mark in MARKS:
        at = text.find(mark)
        while at >= 0:
            found.append(at)
            at = text.find(mark, at + 1)
    found.sort()
    return found


def collapse_whitespace(text: str) -> CollapsedText:
    """Collapse the white space of a text: whatever `str.isspace` says, so also no-break and thin blanks."""
    blank = text
    for space in _SPACES:
        blank = blank.replace(space, " ")
    pieces, breaks, begins = [], [], []
    at, collapsed = 0, 0
    # Splitting a run of blanks leaves empty pieces, and perhaps one blank before the next word.
    for piece in blank.split("  "):
        kept = piece.lstrip(" ")
        at += len(piece)
        if kept:
            pieces.append(kept)
            breaks.append(collapsed)
            begins.append(at - len(kept))
            collapsed += len(kept) + 1
        at += 2
    return CollapsedText(text, " ".join(pieces).rstrip(" "), breaks or (0,), begins or (0,))
