"""Words to offsets: finds what an annotator copied out of an article, or says why it cannot be found.

A *word* is a run of letters, digits and the marks on them; blanks, hyphens and apostrophes part words, as in
`dit-il`, `l’OTAN`, `Macron’s`. Nothing but the width of white space is forgiven.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise
from unicodedata import category

from kg.likeness import nearest_passage, shortened
from kg.stretches import Squeezed, Stretch, squeeze

__all__ = ["NotFound", "Squeezed", "Stretch", "find", "joined_by_comma", "nearest", "squeeze"]

SHOWN = 5
MOST = 1000
# Soft hyphen, zero-width non-joiner and joiner, word joiner: what stands on both sides belongs together.
_JOINERS = "\u00ad\u200c\u200d\u2060"
# Scripts written without blanks between words: Thai to Myanmar, Khmer, kana, ideographs.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)


class NotFound(ValueError):
    """Words that cannot be anchored: `rule` is a short stable name, `detail` further lines for the annotator."""

    def __init__(self, rule: str, message: str, detail: str = "") -> None:
        super().__init__(message)
        self.rule = rule
        self.message = message
        self.detail = detail


def find(text: Squeezed, words: str, *, within: str = "", start: int = -1) -> Stretch:
    """Return where the words stand: once and on whole words, once inside the passage `within`, or at `start`.

    Raises `NotFound` where they do not, or where they stand several times.
    """
    wanted = " ".join(words.split())
    if not wanted:
        raise NotFound("words-empty", "Words must hold more than white space. Copy them from the article.")
    if start >= 0 and within:
        raise NotFound("words-in-and-start", "Give `in` or `start`, not both: each picks a place by itself.")
    if start >= 0:
        return _at(text, words, start)
    if within:
        return _inside(text, wanted, " ".join(within.split()))
    hits = _whole(text.squeezed, wanted)
    first = next(hits, -1)
    if first < 0:
        raise _missing(text, wanted)
    if next(hits, -1) >= 0:
        raise _ambiguous(text, wanted)
    return text.original(first, first + len(wanted))


def nearest(text: Squeezed, words: str, anchor: Stretch) -> Stretch:
    """Return the place of the words that is nearest to the anchor; of two as near, the earlier.

    Raises `NotFound` where the words do not stand in the text on whole words.
    """
    wanted = " ".join(words.split())
    if not wanted:
        raise NotFound("words-empty", "Words must hold more than white space. Copy them from the article.")
    middle = max(text.offset(anchor.start), 0)
    before = next(_whole_backwards(text.squeezed, wanted, middle), -1)
    after = next(_whole(text.squeezed, wanted, max(before + 1, middle - len(wanted), 0)), -1)
    places = [text.original(hit, hit + len(wanted)) for hit in (before, after) if hit >= 0]
    if not places:
        raise _missing(text, wanted)
    return min(places, key=lambda place: _distance(place, anchor))


def joined_by_comma(text: str, stretches: Sequence[Stretch]) -> int | None:
    """Return the index of the first of two neighbouring parts that only a comma or white space keeps apart."""
    for index, (one, other) in enumerate(pairwise(stretches)):
        if one.end <= other.start and not text[one.end : other.start].replace(",", "").strip():
            return index
    return None


def _distance(one: Stretch, other: Stretch) -> int:
    return max(other.start - one.end, one.start - other.end, 0)


def _cuts(text: str, at: int) -> bool:
    """Tell whether a stretch that starts or ends at the offset would cut a word or part a letter from its mark."""
    if not 0 < at < len(text):
        return False
    left, right = text[at - 1], text[at]
    if not right.isascii() and (right in _JOINERS or category(right)[0] == "M"):
        return True
    if left in _JOINERS:
        return not right.isspace()
    if not right.isalnum() or not (left.isalnum() or category(left)[0] == "M"):
        return False
    return not (_UNSPACED.match(left) or _UNSPACED.match(right))


def _all(text: str, wanted: str, start: int = 0, end: int | None = None) -> Iterator[int]:
    at = text.find(wanted, start, end)
    while at >= 0:
        yield at
        at = text.find(wanted, at + 1, end)


def _whole(text: str, wanted: str, start: int = 0) -> Iterator[int]:
    for at in _all(text, wanted, start):
        if not _cuts(text, at) and not _cuts(text, at + len(wanted)):
            yield at


def _whole_backwards(text: str, wanted: str, end: int) -> Iterator[int]:
    at = text.rfind(wanted, 0, end)
    while at >= 0:
        if not _cuts(text, at) and not _cuts(text, at + len(wanted)):
            yield at
        at = text.rfind(wanted, 0, at + len(wanted) - 1)


def _at(text: Squeezed, words: str, start: int) -> Stretch:
    """Return where the words stand from `start` on, without the white space at their ends."""
    wanted = " ".join(words.split())
    begin = start
    if words[0].isspace():
        while begin < len(text.text) and text.text[begin].isspace():
            begin += 1
    misses = words[0].isspace() and begin == start
    if not misses and begin < len(text.text) and not text.text[begin].isspace():
        offset = text.offset(begin)
        if text.squeezed.startswith(wanted, offset):
            return text.original(offset, offset + len(wanted))
    there = " ".join(text.text[start : start + len(words)].split())
    message = (
        f"The words {shortened(wanted)} must start at character {start}; "
        + (f"{shortened(there)} stands there. " if there else "nothing stands there. ")
        + "Give the offset of their first character, counted in code points from 0 in the text after its header."
    )
    hits = list(islice(_all(text.squeezed, wanted), SHOWN))
    detail = _places(text, wanted, hits) if hits else nearest_passage(text, wanted)
    raise NotFound("words-start-mismatch", message, detail)


def _inside(text: Squeezed, wanted: str, within: str) -> Stretch:
    """Return where the words stand in a passage that stands in the text once; both may cut a word."""
    passages = list(islice(_all(text.squeezed, within), SHOWN)) if within else []
    if not passages:
        message = (
            f"`in` must be a passage of the article, exactly as written; {shortened(within)} is not. Copy it anew."
        )
        raise NotFound("words-in-not-found", message, nearest_passage(text, within))
    if len(passages) > 1:
        message = f"`in` must stand in the article once; {shortened(within)} stands there several times. Take more."
        raise NotFound("words-in-found-twice", message, _places(text, within, passages))
    hits = list(islice(_all(within, wanted), 2))
    if not hits:
        message = (
            f"`in` must hold the words {shortened(wanted)}; {shortened(within)} does not. Take more around them."
        )
        raise NotFound("words-outside-in", message)
    if len(hits) > 1:
        message = (
            f"`in` must hold the words {shortened(wanted)} once; {shortened(within)} holds them twice. Take less."
        )
        raise NotFound("words-found-twice", message)
    start = passages[0] + hits[0]
    return text.original(start, start + len(wanted))


def _missing(text: Squeezed, wanted: str) -> NotFound:
    """Say why words stand nowhere: only inside a word, or not at all."""
    inside = next(_all(text.squeezed, wanted), -1)
    if inside < 0:
        message = (
            f"Words must stand in the article exactly as written; {shortened(wanted)} does not. Copy them anew."
        )
        return NotFound("words-not-found", message, nearest_passage(text, wanted))
    start, end = inside, inside + len(wanted)
    while _cuts(text.squeezed, start):
        start -= 1
    while _cuts(text.squeezed, end):
        end += 1
    message = (
        f"Words must not cut a word; {shortened(wanted)} stands only inside {shortened(text.squeezed[start:end])}. "
        "Take the whole word, or pick the place: {words: …, in: …} may cut a word."
    )
    return NotFound("words-inside-a-word", message, _places(text, wanted, [inside]))


def _ambiguous(text: Squeezed, wanted: str) -> NotFound:
    hits = list(islice(_whole(text.squeezed, wanted), MOST + 1))
    times = f"{len(hits)} times" if len(hits) <= MOST else f"more than {MOST} times"
    message = (
        f"Words must stand in the article once; {shortened(wanted)} stands there {times}. "
        "Take more of the words around them, or pick the place: {words: …, in: a longer passage around them}."
    )
    return NotFound("words-found-twice", message, _places(text, wanted, hits))


def _places(text: Squeezed, wanted: str, hits: Sequence[int]) -> str:
    """Return a line for each of the first hits: its characters and what stands around it."""
    lines = []
    for hit in hits[:SHOWN]:
        found = text.original(hit, hit + len(wanted))
        before, after = max(hit - 30, 0), hit + len(wanted) + 30
        around = (
            text.squeezed[before:hit].lstrip() + shortened(wanted)[1:-1] + text.squeezed[hit + len(wanted) : after]
        )
        lines.append(f"at characters {found.start}-{found.end}: '{around}'")
    if len(hits) > SHOWN:
        lines.append("and further on")
    return "\n".join(lines)
