"""Quotation marks: the stretches between them, and the form of a claim that they show.

Reads the marks of the European languages and of Chinese and Japanese: “…”, „…“, „…”, ”…”, «…», »…«, »…», ‹…›,
‚…‘, ‘…’, "…", '…', 「…」. Each paragraph is read by itself: a quotation over several paragraphs, each of them
opened anew and only the last closed, is a stretch a paragraph, and a mark that is never closed cannot swallow more.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Literal, NamedTuple

from kg.stretches import Stretch

Form = Literal["direct", "partial", "indirect"]

# The marks that open, each with those that close it.
_CLOSED_BY = {
    "“": "”“",
    "„": "“”",
    "‟": "”",
    "”": "”",
    "«": "»",
    "»": "«»",
    "‹": "›",
    "›": "‹›",
    "‘": "’",
    "‚": "‘’",
    "‛": "’",
    "’": "’",
    '"': '"',
    "'": "'",
    "「": "」",
    "『": "』",
}
# These are apostrophes too: one that is never closed opened nothing.
_SINGLE = "‘’‚‛'"
_MARK = re.compile("[" + "".join(_CLOSED_BY) + "」』]")
# What may stand between a blank and an opening mark, and after a closing one.
_LEADING = "([{—–-/¿¡" + "".join(_CLOSED_BY)
_TRAILING = ".,;:!?…)]}。，、！？”’»›」』"
# Words that begin with an apostrophe: 's avonds, 't, 'n, 'em, 'tis, '90s.
_ELISION = re.compile(r"[‘’'](?:[stnkmd]|em|tis|twas|til|cause|\d\ds?|\d\der)(?![^\W_])", re.IGNORECASE)
# Languages that open single quotation marks with the apostrophe.
_APOSTROPHE_OPENS = ("da", "fi", "nb", "nn", "no", "sv")
# A blank line, or the end of a line so long that it is no line of a wrapped paragraph.
_PARAGRAPH_END = re.compile(r"\n(?:\s*\n|(?<=[^\n]{120}\n))")
_SENTENCE_END = ".!?…。！？"
_WORD = re.compile(r"[^\s" + re.escape(_LEADING + _TRAILING + "_*") + "]")
# A capital inside the paper's own sentence begins a sentence only where as many words follow.
_SENTENCE_WORDS = 4
# How deep quotations nest and how often one is interrupted, at most: keeps a text of nothing but marks quick.
_DEPTH = 16


class _Open(NamedTuple):
    """A mark that waits to be closed."""

    mark: str
    at: int


class _Sides(NamedTuple):
    """The characters beside a mark, and whether they are such as beside one that can only open or only close."""

    before: str
    after: str
    opens: bool
    closes: bool


def stretches(text: str, language: str) -> tuple[Stretch, ...]:
    """Return what stands between quotation marks, without the marks and blanks at its ends, in order.

    Of quotations within quotations, the outer. A mark that is not closed closes with the next of its kind, at the
    latest with its paragraph.
    """
    marks = [mark.start() for mark in _MARK.finditer(text)]
    if not marks:
        return ()
    found: list[Stretch] = []
    ends = [end.end() for end in _PARAGRAPH_END.finditer(text)]
    for number, group in groupby(marks, key=lambda mark: bisect_right(ends, mark)):
        start = ends[number - 1] if number else 0
        end = ends[number] if number < len(ends) else len(text)
        # A paragraph of its own, so that its ends are the ends of a text.
        pairs = _pairs(text[start:end], [mark - start for mark in group], language)
        found += (Stretch(pair.start + start, pair.end + start) for pair in pairs)
    return tuple(_outermost(text, sorted(found)))


def form(text: str, stretches: Sequence[Stretch], parts: Sequence[Stretch]) -> Form:
    """Return the form that the marks show of the words that stand in the parts.

    *indirect*: no word stands between marks. *direct*: every word does, in a quotation that is a sentence or
    begins one. *partial*: the rest, quoted words within the paper's own sentence.
    """
    touched = sorted({index for part in parts for index in _touched(stretches, part)})
    inside = [pair for pair in quoted(stretches, parts) if _WORD.search(text, *pair)]
    if not inside:
        return "indirect"
    if any(_WORD.search(text, *gap) for part in parts for gap in _gaps(stretches, part)):
        return "partial"
    return "direct" if all(_is_sentence(text, stretches, index) for index in touched) else "partial"


def quoted(stretches: Sequence[Stretch], parts: Sequence[Stretch]) -> tuple[Stretch, ...]:
    """Return what of each part stands between quotation marks, part by part."""
    return tuple(
        Stretch(max(part.start, stretches[index].start), min(part.end, stretches[index].end))
        for part in parts
        for index in _touched(stretches, part)
    )


def _touched(stretches: Sequence[Stretch], part: Stretch) -> range:
    """Return the indexes of the stretches that share characters with the part."""
    if part.start >= part.end:
        return range(0)
    first = bisect_right(stretches, part.start, key=lambda stretch: stretch.end)
    return range(first, max(first, bisect_left(stretches, part.end, key=lambda stretch: stretch.start)))


def _gaps(stretches: Sequence[Stretch], part: Stretch) -> Iterator[Stretch]:
    """Yield what of the part stands in no stretch."""
    start = part.start
    for index in _touched(stretches, part):
        yield Stretch(start, max(start, stretches[index].start))
        start = stretches[index].end
    yield Stretch(start, max(start, part.end))


def _pairs(paragraph: str, marks: Sequence[int], language: str) -> Iterator[Stretch]:
    """Yield what stands between each mark that opens and the one that closes it, also inside one another."""
    waiting: list[_Open] = []
    opened: dict[str, list[int]] = defaultdict(list)
    for at in marks:
        mark = paragraph[at]
        if mark in "'’" and paragraph[at - 1 : at].isalnum() and paragraph[at + 1 : at + 2].isalnum():
            continue
        sides = _sides(paragraph, at)
        level = _closed_level(waiting, mark) if _may_close(mark, sides) else -1
        if level >= 0:
            yield Stretch(waiting[level].at + 1, at)
            del waiting[level:]
        elif _may_open(mark, sides, language) and not (mark in "‘’'" and _ELISION.match(paragraph, at)):
            waiting.append(_Open(mark, at))
            opened[mark].append(at)
    for mark, at in waiting:
        if mark not in _SINGLE:
            later = opened[mark]
            after = bisect_right(later, at)
            yield Stretch(at + 1, later[after] if after < len(later) else len(paragraph))


def _sides(paragraph: str, at: int) -> _Sides:
    before = paragraph[at - 1] if at else " "
    after = paragraph[at + 1] if at + 1 < len(paragraph) else " "
    start = at
    while start and at - start < _DEPTH and paragraph[start - 1] in _LEADING:
        start -= 1
    leads = start == 0 or paragraph[start - 1].isspace()
    trails = after.isspace() or after in _TRAILING
    return _Sides(before, after, opens=leads and not trails, closes=trails and not leads)


def _may_close(mark: str, sides: _Sides) -> bool:
    if mark in "”»›」』":
        return True
    if mark in "‘’'":
        return not (sides.opens or sides.before.isspace() or sides.after.isalnum() or sides.after in "“„«‹‚‘「")
    if mark == '"' and sides.before.isalnum() and sides.after.isalnum():
        return False
    return not sides.opens


def _may_open(mark: str, sides: _Sides, language: str) -> bool:
    if mark in "”»›‘'":
        return sides.opens
    if mark == "’":
        return sides.opens and language.lower().startswith(_APOSTROPHE_OPENS)
    if mark == '"' and sides.before.isalnum() and sides.after.isalnum():
        return False
    return mark in _CLOSED_BY and (mark in "„‚‟‛「『" or not sides.closes)


def _closed_level(waiting: Sequence[_Open], mark: str) -> int:
    """Return the index of the innermost waiting mark that this one closes, -1 for none."""
    for level in range(len(waiting) - 1, max(len(waiting) - 1 - _DEPTH, -1), -1):
        if mark in _CLOSED_BY[waiting[level].mark]:
            return level
        # An apostrophe must not close what began outside a quotation.
        if mark in _SINGLE and waiting[level].mark not in _SINGLE:
            return -1
    return -1


def _outermost(text: str, pairs: Iterable[Stretch]) -> Iterator[Stretch]:
    """Yield the pairs that lie in no other, without the blanks at their ends, in order."""
    reached = 0
    for start, end in pairs:
        # The mark itself, just before, must not lie inside the one before either.
        if start > reached:
            reached = end
            inside = text[start:end]
            start += len(inside) - len(inside.lstrip())
            end = start + len(inside.strip())
            if start < end:
                yield Stretch(start, end)


def _is_sentence(text: str, stretches: Sequence[Stretch], index: int) -> bool:
    """Tell whether a quotation is sentences or begins one, or goes on with one that did."""
    first = max(index - _DEPTH, 0)
    while not _begins_sentence(text, stretches[index]):
        # “Yes”, she said, “we do.”: the second goes on with the first.
        if index == first or _before(text, stretches[index].start) != ",":
            return False
        end = stretches[index - 1].end
        between = text[end : stretches[index].start]
        ended = text[end - 1] == "." or any(mark in between for mark in _SENTENCE_END)
        if ended or _PARAGRAPH_END.search(between):
            return False
        index -= 1
    return True


def _begins_sentence(text: str, stretch: Stretch) -> bool:
    """Tell whether a quotation begins a sentence by itself and does not go on in the paper's own words."""
    before = _before(text, stretch.start)
    if before == ":":
        return True
    after = _after(text, stretch.end)
    last = text[stretch.end - 1]
    first = text[stretch.start]
    if before == "" or (before in _SENTENCE_END and not first.islower()):
        return last in _SENTENCE_END + ",—–" or after == "" or after in _SENTENCE_END + ",;:—–-"
    if not first.isupper():
        return False
    if before == ",":
        return last in _SENTENCE_END or after == "" or after in _SENTENCE_END
    return last in _SENTENCE_END and len(text[stretch.start : stretch.end].split()) >= _SENTENCE_WORDS


def _before(text: str, at: int) -> str:
    """Return the last character before a quotation but for blanks and marks, `""` where a paragraph begins."""
    start = at
    while start and (text[start - 1].isspace() or text[start - 1] in _LEADING):
        start -= 1
    return "" if start == 0 or _PARAGRAPH_END.search(text, start, at) else text[start - 1]


def _after(text: str, at: int) -> str:
    """Return the first character after a quotation but for blanks and marks, `""` where the paragraph ends."""
    end = at
    while end < len(text) and (text[end].isspace() or _MARK.match(text[end])):
        end += 1
    return "" if end == len(text) or _PARAGRAPH_END.search(text, at, end) else text[end]
