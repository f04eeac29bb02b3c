"""Converts other tools' offsets into their texts to kg's offsets in code points into an article's text.

Java and JavaScript count UTF-16 units: a character beyond U+FFFF, as an emoji, is two units and one code point.
Some tools count what a reader takes for one character: a letter with its accents, an emoji made of several, a flag.
https://unicode.org/reports/tr29/#Grapheme_Cluster_Boundaries, without the rules for Korean letters in parts and
for characters that belong to the next one.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from typing import NamedTuple

from kg.corpus.reader import split_header
from kg.files.text_files import UNSAFE
from kg.text.spans import Span

_RETURN = re.compile("\r\n?")
_ASTRAL = re.compile("[\U00010000-\U0010ffff]")
_JOINER = "\u200d"
# All but printed Latin, Greek and Cyrillic, Chinese, Japanese and Korean, and punctuation: these characters never
# join the one before them.
_MAY_JOIN = re.compile(
    "\r\n|[^\\x00-\u02ff\u0370-\u0482\u048a-\u0590\u2010-\u20cf\u20f1-\u3029\u3030-\u3098\u309b-\ua66e\uac00-\ud7af"
    "\uf900-\ufb1d]"
)
_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]")
# Skin tones, and the tags that make the flags of regions.
_TAIL = re.compile("[\u200c\u200d\uff9e\uff9f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]")


class Utf16Offsets:
    """UTF-16 offsets into one text; lookups cost next to nothing if no character is beyond U+FFFF."""

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
        """Return a UTF-16 offset in code points; `None` inside a surrogate pair or outside the text."""
        if not 0 <= unit <= self.units:
            return None
        before = bisect_left(self._starts, unit)
        if before and self._starts[before - 1] + 1 == unit:
            return None
        return unit - before


class GraphemeOffsets:
    """Offsets into one text that count grapheme clusters."""

    def __init__(self, text: str) -> None:
        joined = _joined(text)
        self._count = len(text) - len(joined)
        # For each character that joins the one before it, how many clusters begin before it.
        self._before = [at - number for number, at in enumerate(joined)]

    @property
    def is_plain(self) -> bool:
        """Whether each character is a cluster."""
        return not self._before

    def code_point(self, cluster: int) -> int | None:
        """Return where a cluster begins, in code points; `None` outside the text."""
        return cluster + bisect_right(self._before, cluster) if 0 <= cluster <= self._count else None


def _joined(text: str) -> list[int]:
    """Return the offsets of characters that join the one before them."""
    joined: list[int] = []
    flag = -2
    for found in _MAY_JOIN.finditer(text):
        at, sign = found.end() - 1, found[0][-1]
        before = text[at - 1] if at else ""
        if _FLAG.match(sign):
            # Two make a flag.
            if flag == at - 1:
                joined.append(at)
            flag = -2 if flag == at - 1 else at
        elif sign == "\n" or (before and before not in "\r\n" and _joins(before, sign)):
            joined.append(at)
    return joined


def _joins(before: str, sign: str) -> bool:
    category = unicodedata.category(sign)
    return category[0] == "M" or (before == _JOINER and category == "So") or _TAIL.match(sign) is not None


class ImportedText(NamedTuple):
    """An article's text in a corpus. From offset `begins[i]` of the tool's text, it is `lost[i]` shorter.

    `header` is the date at its beginning, `replaced` how many control characters became spaces.
    """

    text: str
    header: str
    begins: tuple[int, ...]
    lost: tuple[int, ...]
    replaced: int

    def locate(self, part: Span) -> Span | None:
        """Return the offsets of a part of the tool's text, without white space at its ends; None if it is gone."""
        start, end = (self._offset(offset) for offset in part)
        words = self.text[max(start, 0) : max(end, 0)]
        blanks = len(words) - len(words.lstrip())
        start, end = max(start, 0) + blanks, max(start, 0) + len(words.rstrip())
        return Span(start, end) if part[0] < part[1] and start < end else None

    def _offset(self, offset: int) -> int:
        return offset - self.lost[bisect_right(self.begins, offset) - 1]


def read_imported_text(raw: str) -> ImportedText:
    """Convert a tool's text to an article's: line ends `\\n`, no control characters, the date separate."""
    lone = raw.lstrip("\ufeff")
    begins, lost = [0], [len(raw) - len(lone)]
    for each in _RETURN.finditer(raw):
        if each[0] == "\r\n":
            begins.append(each.end())
            lost.append(lost[-1] + 1)
    plain, replaced = UNSAFE.subn(" ", _RETURN.sub("\n", lone))
    header, text = split_header(plain)
    before = len(plain) - len(text)
    return ImportedText(text, header, tuple(begins), tuple(each + before for each in lost), replaced)
