"""What doccano's offsets count: UTF-16 units, clusters or code points. No export says which, none has the words.

Its pages count units (https://github.com/doccano/doccano/issues/2290), or, in a project that was set so, what a
reader takes for one character; so it was seen in doccano 1.8.4. Spans that came into it with a file count as that
file did, mostly code points. They differ only behind an emoji, or a letter with marks of its own: there the right
way to count marks whole words.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from kg.importers.core.offsets import Utf16Offsets
from kg.importers.doccano.clusters import Clusters
from kg.text.spans import Span

_Spans = tuple[Span | None, ...]


class Ways(NamedTuple):
    """Where spans stand by each way to count, as doccano's own pages count first; None is nowhere in the text."""

    units: _Spans
    clusters: _Spans
    code_points: _Spans


class Counting:
    """Which way a source's offsets are counted, by the texts that tell."""

    def __init__(self) -> None:
        self._flaws = [0, 0, 0]

    def learn(self, text: str, spans: Sequence[Span]) -> None:
        """Take note of a text that tells."""
        ways = _ways(text, spans)
        if len(set(ways)) > 1:
            self._flaws = [all + own for all, own in zip(self._flaws, _flaws(text, ways), strict=True)]

    def stretches(self, text: str, spans: Sequence[Span]) -> tuple[_Spans, bool]:
        """Return where spans stand, and whether that is but a guess.

        A text that tells by itself is believed, else the others, else they count as doccano's own pages do.
        """
        ways = _ways(text, spans)
        if len(set(ways)) == 1:
            return ways.units, False
        scores = list(zip(_flaws(text, ways), self._flaws, strict=True))
        best = [way for way, score in zip(ways, scores, strict=True) if score == min(scores)]
        return best[0], len(set(best)) > 1


def _ways(text: str, spans: Sequence[Span]) -> Ways:
    units, clusters = Utf16Offsets(text), Clusters(text)
    plain = tuple(_stretch(text, span, lambda at: at) for span in spans)
    return Ways(
        plain if units.is_plain else tuple(_stretch(text, span, units.code_point) for span in spans),
        plain if clusters.is_plain else tuple(_stretch(text, span, clusters.code_point) for span in spans),
        plain,
    )


def _stretch(text: str, span: Span, code_point: Callable[[int], int | None]) -> Span | None:
    start, end = map(code_point, span)
    return Span(start, end) if start is not None and end is not None and 0 <= start < end <= len(text) else None


def _flaws(text: str, ways: Ways) -> list[int]:
    """Return of each way at how many ends its spans cut a word or hold a blank."""
    return [sum(_flaw(text, span) for span in spans) for spans in ways]


def _flaw(text: str, span: Span | None) -> int:
    if span is None:
        return 2
    start, end = span
    inside = text[start].isspace() + text[end - 1].isspace()
    return inside + sum(_is_of_word(text[max(at - 1, 0) : at]) and _is_of_word(text[at : at + 1]) for at in span)


def _is_of_word(sign: str) -> bool:
    """Tell a letter or digit of the scripts that are written with blanks between words."""
    return sign.isalnum() and (sign < "\u0e00" or "\uac00" <= sign <= "\ud7af")
