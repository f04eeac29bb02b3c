"""The words and sentences of a text."""

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
"""A longer sentence is cut, so that a text without full stops is also read quickly."""


class Word(NamedTuple):
    """A run of letters and digits: as written, folded for comparison, and its span."""

    written: str
    folded: str
    start: int
    end: int


def split_words(text: str, start: int = 0, end: int | None = None) -> list[Word]:
    """Return the words of a text, or of a part of it."""
    found = _WORD.finditer(text, start, len(text) if end is None else end)
    return [Word(each[0], each[0].casefold(), each.start(), each.end()) for each in found]


def split_sentences(text: str, quoted: Sequence[Span]) -> list[Span]:
    """Return the sentences of a text in order; no sentence ends within a quotation."""
    return list(_sentences(text, quoted))


def _sentences(text: str, quoted: Sequence[Span]) -> Iterator[Span]:
    start = 0
    starts = [span.start for span in quoted]
    for found in _END.finditer(text):
        index = bisect_right(starts, found.start()) - 1
        within = index >= 0 and found.start() < quoted[index].end - 1
        if within or _continues(text, found):
            continue
        yield from _cut(start, found.end(), quoted)
        start = found.end()
    yield from _cut(start, len(text), quoted)


def _continues(text: str, end: re.Match[str]) -> bool:
    """Tell whether a sentence continues after what looks like its end."""
    before = text[max(end.start() - 6, 0) : end.start()]
    if end[0][0] == "." and _ABBREVIATED.search(before):
        return True
    if end[0][0] not in ".!?…":
        return before.rstrip().endswith(":")
    return "\n\n" not in end[0] and text[end.end() : end.end() + 1].islower()


def _cut(start: int, end: int, quoted: Sequence[Span]) -> Iterator[Span]:
    """Yield a sentence in pieces that are not too long, none of which ends in a quotation."""
    ends = [span.end for span in quoted] if end - start > _LONGEST else []
    while end - start > _LONGEST:
        at = start + _LONGEST
        index = bisect_left(ends, at)
        if index < len(quoted) and quoted[index].start < at:
            at = min(quoted[index].end + 1, end)
        yield Span(start, at)
        start = at
    if start < end:
        yield Span(start, end)


def sentence_of(span: Span, sentences: Sequence[Span]) -> Span:
    """Return the span from the start of the sentence in which a span begins to the end of that in which it ends."""
    first = max(bisect_right(sentences, (span.start, float("inf"))) - 1, 0)
    last = first
    while last + 1 < len(sentences) and sentences[last].end < span.end:
        last += 1
    return Span(sentences[first].start, sentences[last].end)


def overlapping(spans: Sequence[Span], other: Span) -> Sequence[Span]:
    """Return the spans that share characters with another one; they must be in order and disjoint."""
    first = bisect_right(spans, other.start, key=lambda span: span.end)
    return spans[first : bisect_left(spans, other.end, key=lambda span: span.start)]


def unquoted(words: Sequence[Word], quoted: Sequence[Span]) -> list[Word]:
    """Return the words outside all quotations; both are in order."""
    found = []
    index = 0
    for word in words:
        while index < len(quoted) and quoted[index].end <= word.start:
            index += 1
        if index == len(quoted) or word.start < quoted[index].start:
            found.append(word)
    return found
