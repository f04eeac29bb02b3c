"""Offsets in UTF-16 units, as Java and JavaScript count, into offsets in code points, as this package does.

A character beyond U+FFFF, as an emoji, is two units and one code point.
"""

from __future__ import annotations

import re
from bisect import bisect_left

_ASTRAL = re.compile("[\U00010000-\U0010ffff]")


class Utf16Offsets:
    """The offsets of one text; to ask costs next to nothing where no character is beyond U+FFFF."""

    def __init__(self, text: str) -> None:
        units = len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2
        self.units = units
        """How many UTF-16 units the text has."""
        self._starts: list[int] = []
        if units != len(text):
            self._starts = [sign.start() + before for before, sign in enumerate(_ASTRAL.finditer(text))]

    @property
    def is_plain(self) -> bool:
        """Whether both ways to count give the same offsets."""
        return not self._starts

    def code_point(self, unit: int) -> int | None:
        """Return a UTF-16 offset in code points; `None` inside a surrogate pair and outside of the text."""
        if not 0 <= unit <= self.units:
            return None
        before = bisect_left(self._starts, unit)
        if before and self._starts[before - 1] + 1 == unit:
            return None
        return unit - before
