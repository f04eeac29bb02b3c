"""What doccano's offsets count: code points, or UTF-16 units.

Its pages are JavaScript and count units (https://github.com/doccano/doccano/issues/2290); spans that came into it
with an imported file count as that file did, mostly code points. No export says which, and none repeats the words.
The two differ only behind a character beyond U+FFFF, as an emoji; there the right one marks whole words.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kg.imports.utf16 import Utf16
from kg.stretches import Stretch


class Counting:
    """Which of the two a source's offsets are, by the texts that tell."""

    def __init__(self) -> None:
        self._units = 0
        self._code_points = 0

    def learn(self, text: str, spans: Sequence[Stretch]) -> None:
        """Take note of a text that tells."""
        favour = _favour(text, Utf16(text), spans)
        self._units += favour > 0
        self._code_points += favour < 0

    @property
    def is_known(self) -> bool:
        """Whether the texts of the source tell."""
        return self._units != self._code_points

    def stretches(self, text: str, spans: Sequence[Stretch]) -> tuple[list[Stretch | None], bool]:
        """Return where spans stand, None where nowhere in the text; and whether that is but a guess.

        A text that tells by itself is believed, else the others, else they are units, as doccano's own pages count.
        """
        units = Utf16(text)
        favour = _favour(text, units, spans) or (self._units - self._code_points)
        if units.is_plain or favour < 0:
            return [_within(text, span) for span in spans], False
        guessed = favour == 0 and any(_by_units(text, units, span) != _within(text, span) for span in spans)
        return [_by_units(text, units, span) for span in spans], guessed


def _favour(text: str, units: Utf16, spans: Iterable[Stretch]) -> int:
    """Return how much better spans of a text are as units: below 0 where they are better as code points."""
    if units.is_plain:
        return 0
    return sum(_flaws(text, _within(text, span)) - _flaws(text, _by_units(text, units, span)) for span in spans)


def _by_units(text: str, units: Utf16, span: Stretch) -> Stretch | None:
    start, end = map(units.code_point, span)
    return None if start is None or end is None else _within(text, Stretch(start, end))


def _within(text: str, span: Stretch) -> Stretch | None:
    return span if 0 <= span.start < span.end <= len(text) else None


def _flaws(text: str, span: Stretch | None) -> int:
    """Return at how many ends a span cuts a word or holds a blank."""
    if span is None:
        return 2
    start, end = span
    inside = text[start].isspace() + text[end - 1].isspace()
    return inside + sum(text[max(at - 1, 0) : at].isalnum() and text[at : at + 1].isalnum() for at in span)
