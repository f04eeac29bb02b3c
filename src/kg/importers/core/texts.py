"""A tool's text → the article's text, with the way from offsets in the one to offsets in the other."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import NamedTuple

from kg.corpus.articles import divided
from kg.files.text_files import UNSAFE
from kg.text.spans import Span

_RETURN = re.compile("\r\n?")


class Text(NamedTuple):
    """An article's text as a corpus has it. From `begins[i]` of the tool's text on, `lost[i]` characters are gone.

    `header` is the date that stood before it, `replaced` how many control characters became blanks.
    """

    text: str
    header: str
    begins: tuple[int, ...]
    lost: tuple[int, ...]
    replaced: int

    def stretch(self, part: Span) -> Span | None:
        """Return where a part of the tool's text stands, without the white space at its ends; None if nowhere."""
        start, end = (self._offset(offset) for offset in part)
        words = self.text[max(start, 0) : max(end, 0)]
        blanks = len(words) - len(words.lstrip())
        start, end = max(start, 0) + blanks, max(start, 0) + len(words.rstrip())
        return Span(start, end) if part[0] < part[1] and start < end else None

    def _offset(self, offset: int) -> int:
        return offset - self.lost[bisect_right(self.begins, offset) - 1]


def read_text(raw: str) -> Text:
    """Return a tool's text as an article's: its line ends `\\n`, its date apart, no control characters."""
    lone = raw.lstrip("\ufeff")
    begins, lost = [0], [len(raw) - len(lone)]
    for each in _RETURN.finditer(raw):
        if each[0] == "\r\n":
            begins.append(each.end())
            lost.append(lost[-1] + 1)
    plain, replaced = UNSAFE.subn(" ", _RETURN.sub("\n", lone))
    header, text = divided(plain)
    before = len(plain) - len(text)
    return Text(text, header, tuple(begins), tuple(each + before for each in lost), replaced)
