"""A stretch of a text, and a text whose white space is squeezed with the way back to where everything stood."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import NamedTuple

_RUN = re.compile(r"\s\s+")


class Stretch(NamedTuple):
    """Part of a text: offsets in code points, end exclusive."""

    start: int
    end: int


class Squeezed(NamedTuple):
    """A text, and the same with every run of white space squeezed to one blank and none at its ends.

    From the offset `breaks[i]` of the squeezed text on, a character stands `shifts[i]` further on in the text.
    """

    text: str
    squeezed: str
    breaks: tuple[int, ...] = (0,)
    shifts: tuple[int, ...] = (0,)

    def original(self, start: int, end: int) -> Stretch:
        """Return where characters of the squeezed text stand in the text; both end characters are no blanks."""
        first = bisect_right(self.breaks, start) - 1
        last = bisect_right(self.breaks, end - 1) - 1
        return Stretch(start + self.shifts[first], end + self.shifts[last])

    def offset(self, original: int) -> int:
        """Return where in the squeezed text a character of the text stands that is no white space."""
        at = bisect_right(range(len(self.breaks)), original, key=lambda i: self.breaks[i] + self.shifts[i])
        return original - self.shifts[max(at - 1, 0)]


def squeeze(text: str) -> Squeezed:
    """Squeeze a text. White space is what Python's `str.isspace` says, hence also no-break and thin blanks."""
    squeezed = " ".join(text.split())
    if len(squeezed) == len(text):
        return Squeezed(text, squeezed)
    shift = len(text) - len(text.lstrip())
    breaks, shifts = [0], [shift]
    for run in _RUN.finditer(text, shift):
        shift += run.end() - run.start() - 1
        breaks.append(run.end() - shift)
        shifts.append(shift)
    return Squeezed(text, squeezed, tuple(breaks), tuple(shifts))
