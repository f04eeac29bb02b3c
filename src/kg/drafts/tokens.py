"""The words of a text by themselves, and the sentences that they stand in."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from kg.text.spans import MARKS, Span

_WORD = re.compile(r"[\w\u0300-\u036f\u00ad]+")
_END = re.compile(rf"[.!?…]+[{MARKS})\]]*\s+|\n\s*\n\s*|(?<=[^\n]{{120}})\n\s*")
_ABBREVIATED = re.compile(
    r"(?:^|[\W_])(?:[^\W\d_]|mr|mrs|ms|dr|prof|dhr|mevr|mw|drs|ir|ing|st|mme|mm|jr|sr|sen|gov|rep|gen|bzw|bijv|nr|vgl)$",
    re.IGNORECASE,
)
_LONGEST = 2000
"""A sentence is cut after so many characters, so that a text without full stops is read quickly, too."""


class Word(NamedTuple):
    """A run of letters and digits: as written, folded for comparison, and where it stands."""

    written: str
    folded: str
    start: int
    end: int


def words(text: str, start: int = 0, end: int | None = None) -> list[Word]:
    """Return the words of a text, or of a part of it."""
    found = _WORD.finditer(text, start, len(text) if end is None else end)
    return [Word(each[0], each[0].casefold(), each.start(), each.end()) for each in found]


def sentences(text: str, quoted: Sequence[Span]) -> list[Span]:
    """Return the sentences of a text in order; one that holds a quotation ends where it ends, not within."""
    return list(_sentences(text, quoted))


def _sentences(text: str, quoted: Sequence[Span]) -> Iterator[Span]:
    start = 0
    starts = [stretch.start for stretch in quoted]
    for found in _END.finditer(text):
        index = bisect_right(starts, found.start()) - 1
        within = index >= 0 and found.start() < quoted[index].end - 1
        if within or _goes_on(text, found):
            continue
        yield from _cut(start, found.end(), quoted)
        start = found.end()
    yield from _cut(start, len(text), quoted)


def _goes_on(text: str, end: re.Match[str]) -> bool:
    """Tell whether a sentence goes on after what looks like its end."""
    before = text[max(end.start() - 6, 0) : end.start()]
    if end[0][0] == "." and _ABBREVIATED.search(before):
        return True
    if end[0][0] not in ".!?…":
        return before.rstrip().endswith(":")
    return "\n\n" not in end[0] and text[end.end() : end.end() + 1].islower()


def _cut(start: int, end: int, quoted: Sequence[Span]) -> Iterator[Span]:
    """Yield a sentence in pieces that are not too long, none of which ends in a quotation."""
    ends = [stretch.end for stretch in quoted] if end - start > _LONGEST else []
    while end - start > _LONGEST:
        at = start + _LONGEST
        index = bisect_left(ends, at)
        if index < len(quoted) and quoted[index].start < at:
            at = min(quoted[index].end + 1, end)
        yield Span(start, at)
        start = at
    if start < end:
        yield Span(start, end)


def sentence_of(stretch: Span, among: Sequence[Span]) -> Span:
    """Return the sentence that a stretch begins in, to the end of the one that it ends in."""
    first = max(bisect_right(among, (stretch.start, float("inf"))) - 1, 0)
    last = first
    while last + 1 < len(among) and among[last].end < stretch.end:
        last += 1
    return Span(among[first].start, among[last].end)


def touching(stretches: Sequence[Span], at: Span) -> Sequence[Span]:
    """Return those of stretches, which are in order and apart, that share characters with another."""
    first = bisect_right(stretches, at.start, key=lambda stretch: stretch.end)
    return stretches[first : bisect_left(stretches, at.end, key=lambda stretch: stretch.start)]


def outside(words: Sequence[Word], quoted: Sequence[Span]) -> list[Word]:
    """Return the words that stand in no quotation; both are in order."""
    found = []
    index = 0
    for word in words:
        while index < len(quoted) and quoted[index].end <= word.start:
            index += 1
        if index == len(quoted) or word.start < quoted[index].start:
            found.append(word)
    return found
