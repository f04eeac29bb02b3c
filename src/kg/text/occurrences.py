"""Which of several occurrences of a cue, a speaker's name or a date belongs to a claim.

The rule, which `docs/graph.md` states for readers of the graph: of the occurrences in the sentences of the claim's
words, or if there are none in its paragraphs, the only one; else the only one that no other claim's words separate
from the claim's; else the only one with nothing but punctuation between. Otherwise none: a guess would be published
as what the article says.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from kg.rdf.terms import Literal
from kg.text.anchors import occurrences
from kg.text.spans import CollapsedText, Span

# A closing mark of a sentence, the marks that close quotations and brackets after it, and white space.
_SENTENCE_END = re.compile(r"[.!?…。！？][\"”“’»«›‹)\]』」]*\s+")
# Marks that may be before the first letter of a sentence.
_OPENING = "\"'“”„‟«»‹›‘’‚‛([¿¡—–-"
# A line that is longer is a paragraph, not a line of a wrapped one.
_LONG_LINE = 120
# How far back the start of a sentence is looked for at once.
_STEP = 400


class FoundWords(NamedTuple):
    """Words that are in the article; `spans` are the first two of the places where they are, or the only one."""

    words: str
    literal: Literal
    spans: tuple[Span, ...]


class Occurrences:
    """Chooses between occurrences in one text. `claimed` are the spans of all claims' words, sorted."""

    def __init__(self, text: CollapsedText) -> None:
        self.claimed: Sequence[Span] = ()
        self._collapsed = text
        self._text = text.text
        self._paragraph_ends: list[int] | None = None

    def choose(self, found: FoundWords, parts: Sequence[Span], known: Sequence[Span] = ()) -> Span | None:
        """Return the span that belongs to the claim with these parts, None if that is not certain.

        `known` are other words around the claim that were found before: they may be in between too.
        """
        if len(found.spans) == 1:
            return found.spans[0]
        if not parts:
            return None
        near = self._near(found, parts)
        if len(near) > 1:
            near = [span for span in near if not self._is_separated(gap_between(span, parts))]
        if len(near) > 1:
            near = [span for span in near if self.is_bare(gap_between(span, parts), known)]
        return near[0] if len(near) == 1 else None

    def is_bare(self, gap: Span | None, known: Iterable[Span]) -> bool:
        """Tell whether there is a gap with only punctuation in it, apart from the `known` spans."""
        if gap is None:
            return False
        at, end = gap
        for span in sorted(known):
            if at <= span.start and span.end <= end:
                if _has_letter(self._text[at : span.start]):
                    return False
                at = span.end
        return not _has_letter(self._text[at:end])

    def _near(self, found: FoundWords, parts: Sequence[Span]) -> list[Span]:
        """Return the spans of the words in the sentences of the parts, or if there are none in their paragraphs."""
        start, end = parts[0].start, parts[-1].end
        paragraph = self._paragraph(start, end)
        near = occurrences(self._collapsed, found.words, paragraph)
        # Where sentences begin and end is slow to find, and one span is chosen whether it is in them or not.
        if len(near) < 2:
            return near
        return occurrences(self._collapsed, found.words, self._sentence(start, end, paragraph)) or near

    def _is_separated(self, gap: Span | None) -> bool:
        """Tell whether words of a claim lie in a gap."""
        if gap is None:
            return False
        first = bisect_left(self.claimed, (gap.start,))
        last = bisect_left(self.claimed, (gap.end,))
        return any(span.end <= gap.end for span in self.claimed[first:last])

    def _sentence(self, start: int, end: int, paragraph: Span) -> Span:
        """Return the span of the sentences of a paragraph that hold the characters from `start` to `end`."""
        last = paragraph.end
        # A closing mark may be among the last characters themselves.
        for match in _SENTENCE_END.finditer(self._text, max(start, end - 3), paragraph.end):
            if match.end() >= end and not self._goes_on(match.end()):
                last = match.end()
                break
        return Span(self._start_of_sentence(start, paragraph.start), last)

    def _start_of_sentence(self, start: int, first: int) -> int:
        at = start
        while at > first:
            at = max(first, at - _STEP)
            ends = [match.end() for match in _SENTENCE_END.finditer(self._text, at, start)]
            for end in reversed(ends):
                if not self._goes_on(end):
                    return end
        return first

    def _goes_on(self, at: int) -> bool:
        """Tell whether a sentence goes on after a closing mark: the next letter is a small one."""
        return self._text[at : at + 4].lstrip(_OPENING)[:1].islower()

    def _paragraph(self, start: int, end: int) -> Span:
        """Return the span of the paragraphs that hold the characters from `start` to `end`."""
        if self._paragraph_ends is None:
            self._paragraph_ends = paragraph_ends(self._text)
        ends = self._paragraph_ends
        before, after = bisect_left(ends, start) - 1, bisect_left(ends, end)
        return Span(ends[before] + 1 if before >= 0 else 0, ends[after] if after < len(ends) else len(self._text))


def paragraph_ends(text: str) -> list[int]:
    """Return the offset of each line end that has a blank line before or after it, or ends a long line."""
    found: list[int] = []
    at = -1
    for line, after in pairwise(text.split("\n")):
        at += len(line) + 1
        if len(line) >= _LONG_LINE or not line.strip() or not after.strip():
            found.append(at)
    return found


def gap_between(span: Span, parts: Sequence[Span]) -> Span | None:
    """Return what is between a span and the nearest of the parts, None if they overlap."""
    nearest: Span | None = None
    for part in parts:
        gap = Span(span.end, part.start) if span.end <= part.start else Span(part.end, span.start)
        if gap.end < gap.start:
            return None
        if nearest is None or gap.end - gap.start < nearest.end - nearest.start:
            nearest = gap
    return nearest


def _has_letter(text: str) -> bool:
    return any(map(str.isalnum, text))
