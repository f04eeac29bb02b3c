"""Which of several occurrences of a cue, a speaker's name or a date belongs to a claim.

The rule, which `docs/graph.md` states for readers of the graph: of the occurrences in the sentences of the claim's
words, or if there are none in its paragraphs, the only one; else the only one that no other claim's words separate
from the claim's; else the only one with nothing but punctuation between. Otherwise none: a guess would be published
as what the article says.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

from kg.text.spans import Span

# A closing mark of a sentence, the marks that close quotations and brackets after it, and white space.
_SENTENCE_END = re.compile(r"[.!?…。！？][\"”“’»«›‹)\]』」]*\s+")
# A blank line, or the end of a line so long that it is no line of a wrapped paragraph.
_PARAGRAPH_END = re.compile(r"\n\s*\n\s*|(?<=[^\n]{120})\n\s*")
# Marks that may be before the first letter of a sentence.
_OPENING = "\"'“”„‟«»‹›‘’‚‛([¿¡—–-"


class Occurrences:
    """Chooses between occurrences in one text. `claimed` are the spans of all claims' words, sorted."""

    def __init__(self, text: str) -> None:
        self.claimed: Sequence[Span] = ()
        self._text = text
        self._sentences: list[int] = []
        self._paragraphs: list[int] = []

    def choose(self, spans: Sequence[Span], parts: Sequence[Span], known: Sequence[Span] = ()) -> Span | None:
        """Return the span that belongs to the claim with these parts, None if that is not certain.

        `known` are other words around the claim that were found before: they may be in between too.
        """
        if len(spans) == 1:
            return spans[0]
        if not parts:
            return None
        start, end = parts[0].start, parts[-1].end
        near = _within(spans, self._sentence(start, end)) or _within(spans, self._paragraph(start, end))
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

    def _is_separated(self, gap: Span | None) -> bool:
        """Tell whether words of a claim lie in a gap."""
        if gap is None:
            return False
        first = bisect_left(self.claimed, (gap.start,))
        last = bisect_left(self.claimed, (gap.end,))
        return any(span.end <= gap.end for span in self.claimed[first:last])

    def _sentence(self, start: int, end: int) -> Span:
        """Return the span of the sentences that hold the characters from `start` to `end`."""
        if not self._sentences:
            self._paragraph(start, end)
            self._sentences = sorted({*self._paragraphs, *_sentence_starts(self._text)})
        return _around(self._sentences, start, end, len(self._text))

    def _paragraph(self, start: int, end: int) -> Span:
        if not self._paragraphs:
            self._paragraphs = [0, *[match.end() for match in _PARAGRAPH_END.finditer(self._text)]]
        return _around(self._paragraphs, start, end, len(self._text))


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


def _within(spans: Sequence[Span], limits: Span) -> list[Span]:
    return [span for span in spans if limits.start <= span.start and span.end <= limits.end]


def _has_letter(text: str) -> bool:
    return any(map(str.isalnum, text))


def _sentence_starts(text: str) -> list[int]:
    """Return where sentences start: after a closing mark, unless the text goes on with a small letter."""
    return [match.end() for match in _SENTENCE_END.finditer(text) if not _goes_on(text, match.end())]


def _goes_on(text: str, at: int) -> bool:
    return text[at : at + 4].lstrip(_OPENING)[:1].islower()


def _around(starts: Sequence[int], start: int, end: int, length: int) -> Span:
    first = bisect_right(starts, start) - 1
    after = bisect_right(starts, max(end - 1, start))
    return Span(starts[first], starts[after] if after < len(starts) else length)
