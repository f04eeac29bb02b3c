"""What a reader takes for one character: a letter with its marks, an emoji made of several, a flag.

https://unicode.org/reports/tr29/#Grapheme_Cluster_Boundaries, without the rules for Korean letters in parts and for
signs that belong to what follows.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right

_JOINER = "\u200d"
# All but Latin, Greek and Cyrillic as they are printed, Chinese, Japanese and Korean, and punctuation: nothing of
# that joins what stands before it.
_MAY_JOIN = re.compile(
    "\r\n|[^\\x00-\u02ff\u0370-\u0482\u048a-\u0590\u2010-\u20cf\u20f1-\u3029\u3030-\u3098\u309b-\ua66e\uac00-\ud7af"
    "\uf900-\ufb1d]"
)
_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]")
# Skin tones, and the tags of which the flags of regions are made.
_TAIL = re.compile("[\u200c\u200d\uff9e\uff9f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]")


class Clusters:
    """A text to be asked for offsets that count clusters."""

    def __init__(self, text: str) -> None:
        joined = _joined(text)
        self._count = len(text) - len(joined)
        # Of each character that joins one before it: how many clusters begin before it.
        self._before = [at - number for number, at in enumerate(joined)]

    @property
    def is_plain(self) -> bool:
        """Whether each character is a cluster."""
        return not self._before

    def code_point(self, cluster: int) -> int | None:
        """Return where a cluster begins, in code points; `None` outside of the text."""
        return cluster + bisect_right(self._before, cluster) if 0 <= cluster <= self._count else None


def _joined(text: str) -> list[int]:
    """Return where the characters stand that are one with what is before them."""
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
