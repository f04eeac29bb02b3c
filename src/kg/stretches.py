"""A stretch of a text, and a text whose white space is squeezed with the way back to where everything stood."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

MARKS = "“”„‟«»‹›‘’‚‛\"'「」『』"
"""The quotation marks of the European languages and of Chinese and Japanese."""
# These marks, all white space but the blank, and what no reader takes (`UNSAFE` of `kg.files`).
_SIGN = re.compile(
    f"[{MARKS}\x00-\x1f\x7f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\\ud800-\\udfff\\ufffe\\uffff]"
)
_RUN = re.compile("  +")


class Stretch(NamedTuple):
    """Part of a text: offsets in code points, end exclusive."""

    start: int
    end: int


class Squeezed(NamedTuple):
    """A text, and the same with every run of white space squeezed to one blank and none at its ends.

    From the offset `breaks[i]` of the squeezed text on, which is `begins[i]` of the text, a character stands
    `begins[i] - breaks[i]` further on in the text.
    """

    text: str
    squeezed: str
    breaks: Sequence[int] = (0,)
    begins: Sequence[int] = (0,)

    def original(self, start: int, end: int) -> Stretch:
        """Return where characters of the squeezed text stand in the text; both end characters are no blanks."""
        first = bisect_right(self.breaks, start) - 1
        last = bisect_right(self.breaks, end - 1, first) - 1
        return Stretch(start + self.begins[first] - self.breaks[first], end + self.begins[last] - self.breaks[last])

    def offset(self, original: int) -> int:
        """Return where in the squeezed text a character of the text stands that is no white space."""
        at = max(bisect_right(self.begins, original) - 1, 0)
        return original - self.begins[at] + self.breaks[at]


def signs(text: str) -> list[int]:
    """Return where quotation marks, white space other than blanks and control characters stand, in one pass."""
    return [sign.start() for sign in _SIGN.finditer(text)]


def squeeze(text: str, at: Sequence[int] | None = None) -> Squeezed:
    """Squeeze a text whose signs stand `at` these offsets, which are looked for where they are not given.

    White space is what Python's `str.isspace` says, hence also no-break and thin blanks.
    """
    blank = text
    for sign in {text[each] for each in (signs(text) if at is None else at)}:
        if sign.isspace():
            blank = blank.replace(sign, " ")
    start = len(blank) - len(blank.lstrip(" "))
    pieces, breaks, begins = [], [0], [start]
    shift = start
    for run in _RUN.finditer(blank, start):
        first, end = run.span()
        pieces.append(blank[start:first])
        start = end
        shift += end - first - 1
        breaks.append(end - shift)
        begins.append(end)
    pieces.append(blank[start:])
    return Squeezed(text, " ".join(pieces).rstrip(" "), breaks, begins)
