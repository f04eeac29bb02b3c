"""What a reader takes for one character: a letter with its marks, an emoji made of several, a flag.

https://unicode.org/reports/tr29/#Grapheme_Cluster_Boundaries, without the rules for Korean letters in parts and for
signs that belong to what follows.
"""

from __future__ import annotations

import re
import unicodedata

_JOINER = "\u200d"
_FLAG = ("\U0001f1e6", "\U0001f1ff")
# Skin tones, and the tags of which the flags of regions are made.
_TAIL = re.compile("[\u200c\u200d\uff9e\uff9f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]")
# Latin, Greek and Cyrillic as they are printed, and punctuation: nothing there joins what stands before it.
_ALONE = re.compile("[\\x00-\\x0c\\x0e-\u02ff\u0370-\u0482\u048a-\u0590\u2010-\u20cf\u20f1-\u2fff]*")


def cluster_starts(text: str) -> list[int] | None:
    """Return where each cluster begins; None where each character is one."""
    alone = _ALONE.match(text)
    if alone is None or alone.end() == len(text):
        return None
    starts: list[int] = []
    flags = 0
    for at, sign in enumerate(text):
        before = text[at - 1] if at else ""
        if not (before and _joins(before, sign, flags)):
            starts.append(at)
        flags = flags + 1 if _FLAG[0] <= sign <= _FLAG[1] else 0
    return starts if len(starts) < len(text) else None


def _joins(before: str, sign: str, flags: int) -> bool:
    """Tell whether a sign is one cluster with what stands before it; `flags` of which are letters of flags."""
    if sign <= "\u02ff":
        return before == "\r" and sign == "\n"
    if before in "\r\n":
        return False
    if _FLAG[0] <= sign <= _FLAG[1]:
        return flags % 2 == 1
    if before == _JOINER and unicodedata.category(sign) == "So":
        return True
    return unicodedata.category(sign)[0] == "M" or _TAIL.match(sign) is not None
