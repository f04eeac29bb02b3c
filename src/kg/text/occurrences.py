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

    def choose(self, found: FoundWords, parts: Sequence[Span], known: Sequence[Span] = ()) -> Span | None:
        """Return the span that belongs to the claim with these parts, None if that is not certain.

        `known` are other words around the claim that were found before: they may be in between too.
        """
        if len(found.spans) == 1:
            return found.spans[0]
        if not parts:
            return None
        start, end = parts[0].start, parts[-1].end
        paragraph = Span(self._start_of_paragraph(start), self._end_of_paragraph(end))
        near = self._within(found, self._sentence(start, end, paragraph)) or self._within(found, paragraph)
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

    def _within(self, found: FoundWords, limits: Span) -> list[Span]:
        return occurrences(self._collapsed, found.words, limits)

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

    def _start_of_paragraph(self, start: int) -> int:
        at = self._text.rfind("\n", 0, start)
        while at >= 0:
            if self._ends_paragraph(at):
                return at + 1
            at = self._text.rfind("\n", 0, at)
        return 0

    def _end_of_paragraph(self, end: int) -> int:
        at = self._text.find("\n", end)
        while at >= 0:
            if self._ends_paragraph(at):
                return at
            at = self._text.find("\n", at + 1)
        return len(self._text)

    def _ends_paragraph(self, at: int) -> bool:
        """Tell whether a line end has a blank line before or after it, or ends a long line."""
        line = self._text[self._text.rfind("\n", 0, at) + 1 : at]
        if len(line) >= _LONG_LINE or not line.strip():
            return True
        after = self._text.find("\n", at + 1)
        return not self._text[at + 1 : after if after >= 0 else len(self._text)].strip()


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
