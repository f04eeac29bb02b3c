"""What doccano's offsets count: UTF-16 units, grapheme clusters or code points.

No export says which, and none has the words. doccano's pages count UTF-16 units
(https://github.com/doccano/doccano/issues/2290) or, if a project is set so, grapheme clusters; doccano 1.8.4 does
both. Spans that were imported into it count as their file did, mostly code points. The three differ only after an
emoji, or a letter with separate accents: there, the right way marks whole words.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from kg.importers.core.offsets import GraphemeOffsets, Utf16Offsets
from kg.text.spans import Span

_Spans = tuple[Span | None, ...]


class SpanReadings(NamedTuple):
    """A text's spans by each way to count, that of doccano's own pages first; None is outside the text."""

    units: _Spans
    clusters: _Spans
    code_points: _Spans


class OffsetCounting:
    """Finds out how a source counts its offsets, from the texts where it makes a difference."""

    def __init__(self) -> None:
        self._flaws = [0, 0, 0]

    def learn(self, text: str, spans: Sequence[Span]) -> None:
        """Learn from a text, if the ways to count differ there."""
        readings = _readings(text, spans)
        if len(set(readings)) > 1:
            self._flaws = [all + own for all, own in zip(self._flaws, _flaws(text, readings), strict=True)]

    def code_points(self, text: str, spans: Sequence[Span]) -> tuple[_Spans, bool]:
        """Return spans in code points, and whether that is a guess.

        The text itself decides if it can, else the other texts, else spans count as in doccano's own pages.
        """
        readings = _readings(text, spans)
        if len(set(readings)) == 1:
            return readings.units, False
        scores = list(zip(_flaws(text, readings), self._flaws, strict=True))
        best = [reading for reading, score in zip(readings, scores, strict=True) if score == min(scores)]
        return best[0], len(set(best)) > 1


def _readings(text: str, spans: Sequence[Span]) -> SpanReadings:
    units, clusters = Utf16Offsets(text), GraphemeOffsets(text)
    plain = tuple(_span(text, span, lambda at: at) for span in spans)
    return SpanReadings(
        plain if units.is_plain else tuple(_span(text, span, units.code_point) for span in spans),
        plain if clusters.is_plain else tuple(_span(text, span, clusters.code_point) for span in spans),
        plain,
    )


def _span(text: str, span: Span, code_point: Callable[[int], int | None]) -> Span | None:
    start, end = map(code_point, span)
    return Span(start, end) if start is not None and end is not None and 0 <= start < end <= len(text) else None


def _flaws(text: str, readings: SpanReadings) -> list[int]:
    """For each way to count, return at how many ends its spans cut a word or include white space."""
    return [sum(_flaw(text, span) for span in spans) for spans in readings]


def _flaw(text: str, span: Span | None) -> int:
    if span is None:
        return 2
    start, end = span
    inside = text[start].isspace() + text[end - 1].isspace()
    return inside + sum(_is_of_word(text[max(at - 1, 0) : at]) and _is_of_word(text[at : at + 1]) for at in span)


def _is_of_word(character: str) -> bool:
    """Tell letters and digits of the scripts that put spaces between words."""
    return character.isalnum() and (character < "\u0e00" or "\uac00" <= character <= "\ud7af")
