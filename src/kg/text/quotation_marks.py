"""Quotation marks: the spans between them, and the form of a claim that they imply.

Reads the marks of the European languages and of Chinese and Japanese: “…”, „…“, „…”, ”…”, «…», »…«, »…», ‹…›,
‚…‘, ‘…’, "…", '…', 「…」. Each paragraph is read on its own. A quotation over several paragraphs, where each one
opens and only the last closes, gives one span for each paragraph; a mark that is never closed ends with its own.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from typing import Literal

from kg.text.spans import MARKS, PARAGRAPH_END, SENTENCE_END, Span, mark_offsets

Form = Literal["direct", "partial", "indirect"]

# The opening marks, each with the marks that close it.
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
# These are apostrophes too: if one is never closed, it did not open a quotation.
_SINGLE = "‘’‚‛'"
# These also occur inside words: zo’n, צה"ל.
_LETTERLIKE = "'’\""
# Signs that may be between a blank and an opening mark, and after a closing one.
_LEADING = "([{—–-/¿¡" + "".join(_CLOSED_BY)
_TRAILING = ".,;:!?…)]}。，、！？”’»›」』"
# Words that begin with an apostrophe: 's avonds, 't, 'n, 'em, 'tis, '90s.
_ELISION = re.compile(r"[‘’'](?:[stnkmd]|em|tis|twas|til|cause|\d\ds?|\d\der)(?![^\W_])", re.IGNORECASE)
# Languages that open single quotation marks with the apostrophe.
_APOSTROPHE_OPENS = ("da", "fi", "nb", "nn", "no", "sv")
_PARAGRAPH_END = re.compile(PARAGRAPH_END)
_WORD = re.compile(r"[^\s" + re.escape(_LEADING + _TRAILING + "_*") + "]")
# A capital inside the paper's own sentence begins a sentence only where as many words follow.
_SENTENCE_WORDS = 4
# How deep quotations nest and how often one is interrupted, at most: keeps a text of nothing but marks quick.
_DEPTH = 16


def quoted_spans(text: str, language: str) -> tuple[Span, ...]:
    """Return the spans between quotation marks, in order, without the marks and the blanks at their ends.

    Only the outer of nested quotations is returned. An opening mark without a closing one ends at the next mark of
    its kind, at the latest at the end of its paragraph.
    """
    at = mark_offsets(text)
    found: list[Span] = []
    first = 0
    while first < len(at):
        end = _paragraph_end(text, at[first])
        last = bisect_left(at, end, first)
        found += _pairs(text, at[first:last], end, language)
        first = last
    return tuple(_outermost(text, sorted(found)))


def _paragraph_end(text: str, start: int) -> int:
    """Return the end of the paragraph that a character is in, including the line ends after it."""
    at = text.find("\n", start)
    while at >= 0:
        if end := _PARAGRAPH_END.match(text, at):
            return end.end()
        at = text.find("\n", at + 1)
    return len(text)


def form_by_marks(text: str, spans: Sequence[Span], parts: Sequence[Span]) -> Form:
    """Return the form of a claim, as the quotation marks around its parts show it.

    *indirect*: no word is between marks. *direct*: every word is, in a quotation that is a sentence or begins one.
    *partial*: all other claims: quoted words within the paper's own sentence.
    """
    inside, outside = False, False
    touched: list[int] = []
    for start, end in parts:
        for index in _touched(spans, start, end):
            first, last = spans[index]
            inside = inside or _has_word(text, max(start, first), min(end, last))
            outside = outside or _has_word(text, start, first)
            start = last
            touched.append(index)
        outside = outside or _has_word(text, start, end)
    if not inside:
        return "indirect"
    whole = not outside and all(_is_sentence(text, spans, index) for index in touched)
    return "direct" if whole else "partial"


def _has_word(text: str, start: int, end: int) -> bool:
    return start < end and _WORD.search(text, start, end) is not None


def quoted_parts(spans: Sequence[Span], parts: Sequence[Span]) -> tuple[Span, ...]:
    """Return the spans of the parts that are between quotation marks, part by part."""
    found = []
    for start, end in parts:
        for index in _touched(spans, start, end):
            first, last = spans[index]
            found.append(Span(max(start, first), min(end, last)))
    return tuple(found)


def _touched(spans: Sequence[Span], start: int, end: int) -> range:
    """Return the indexes of the spans that share characters with a part; spans are in order and do not overlap."""
    last = bisect_left(spans, (end,))
    first = bisect_right(spans, (start,), 0, last)
    if first and spans[first - 1].end > start:
        first -= 1
    return range(first, last if start < end else first)


def _pairs(text: str, marks: Sequence[int], paragraph_end: int, language: str) -> list[Span]:
    """Return the span between each opening mark and its closing mark, nested ones too."""
    found: list[Span] = []
    waiting: list[int] = []
    opened: dict[str, list[int]] = {}
    for at in marks:
        mark = text[at]
        if mark in _LETTERLIKE and text[at - 1 : at].isalnum() and text[at + 1 : at + 2].isalnum():
            continue
        level = _closed_level(text, waiting, mark) if waiting and _may_close(text, at) else -1
        if level >= 0:
            found.append(Span(waiting[level] + 1, at))
            del waiting[level:]
        elif _may_open(text, at, language):
            waiting.append(at)
            opened.setdefault(mark, []).append(at)
    for at in waiting:
        if text[at] not in _SINGLE:
            later = opened[text[at]]
            after = bisect_right(later, at)
            found.append(Span(at + 1, later[after] if after < len(later) else paragraph_end))
    return found


def _may_close(text: str, at: int) -> bool:
    """Tell whether a mark may close one before it."""
    mark = text[at]
    if mark in "”»›」』":
        return True
    if mark in "‘’'":
        after = text[at + 1 : at + 2] or " "
        if text[at - 1].isspace() or after.isalnum() or after in "“„«‹‚‘「":
            return False
    return not _opens(text, at)


def _may_open(text: str, at: int, language: str) -> bool:
    mark = text[at]
    if mark in "”»›":
        return _opens(text, at)
    if mark in "‘’'":
        opens = mark != "’" or language.lower().startswith(_APOSTROPHE_OPENS)
        return opens and _opens(text, at) and not _ELISION.match(text, at)
    return mark in _CLOSED_BY and (mark in "„‚‟‛「『" or not _closes(text, at))


def _opens(text: str, at: int) -> bool:
    """Tell whether a mark is in a place where it can only open."""
    return not _trails(text, at) and _leads(text, at)


def _closes(text: str, at: int) -> bool:
    """Tell whether a mark is in a place where it can only close."""
    return _trails(text, at) and not _leads(text, at)


def _leads(text: str, at: int) -> bool:
    """Tell whether there are only opening signs between a mark and the blank before it."""
    start = at
    while start and at - start < _DEPTH and text[start - 1] in _LEADING:
        start -= 1
    return start == 0 or text[start - 1].isspace()


def _trails(text: str, at: int) -> bool:
    """Tell whether a blank or a closing sign follows a mark."""
    after = text[at + 1 : at + 2] or " "
    return after.isspace() or after in _TRAILING


def _closed_level(text: str, waiting: Sequence[int], mark: str) -> int:
    """Return the index of the innermost waiting mark that this one closes, -1 for none."""
    for level in range(len(waiting) - 1, max(len(waiting) - 1 - _DEPTH, -1), -1):
        before = text[waiting[level]]
        if mark in _CLOSED_BY[before]:
            return level
        # An apostrophe must not close what began outside a quotation.
        if mark in _SINGLE and before not in _SINGLE:
            return -1
    return -1


def _outermost(text: str, pairs: Iterable[Span]) -> list[Span]:
    """Return the pairs that lie in no other, without the blanks at their ends, in order."""
    found = []
    reached = 0
    for start, end in pairs:
        # The mark itself, just before, must not lie inside the one before either.
        if start > reached:
            reached = end
            inside = text[start:end]
            start += len(inside) - len(inside.lstrip())
            end = start + len(inside.strip())
            if start < end:
                found.append(Span(start, end))
    return found


def _is_sentence(text: str, spans: Sequence[Span], index: int) -> bool:
    """Tell whether a quotation is sentences or begins one, or continues one that did."""
    first = max(index - _DEPTH, 0)
    while not _begins_sentence(text, spans[index]):
        # “Yes”, she said, “we do.”: the second continues the first.
        if index == first or _before(text, spans[index].start) != ",":
            return False
        end = spans[index - 1].end
        between = text[end : spans[index].start]
        ended = text[end - 1] == "." or any(mark in between for mark in SENTENCE_END)
        if ended or _PARAGRAPH_END.search(between):
            return False
        index -= 1
    return True


def _begins_sentence(text: str, span: Span) -> bool:
    """Tell whether a quotation begins a sentence by itself and does not go on in the paper's own words."""
    before = _before(text, span.start)
    if before == ":":
        return True
    after = _after(text, span.end)
    last = text[span.end - 1]
    first = text[span.start]
    if before == "" or (before in SENTENCE_END and not first.islower()):
        return last in SENTENCE_END + ",—–" or after == "" or after in SENTENCE_END + ",;:—–-"
    if not first.isupper():
        return False
    if before == ",":
        return last in SENTENCE_END or after == "" or after in SENTENCE_END
    return last in SENTENCE_END and len(text[span.start : span.end].split()) >= _SENTENCE_WORDS


def _before(text: str, at: int) -> str:
    """Return the last character before a quotation except blanks and marks, `""` at the start of a paragraph."""
    start = at
    while start and (text[start - 1].isspace() or text[start - 1] in _LEADING):
        start -= 1
    return "" if start == 0 or _PARAGRAPH_END.search(text, start, at) else text[start - 1]


def _after(text: str, at: int) -> str:
    """Return the first character after a quotation except blanks and marks, `""` at the end of the paragraph."""
    end = at
    while end < len(text) and (text[end].isspace() or text[end] in MARKS):
        end += 1
    return "" if end == len(text) or _PARAGRAPH_END.search(text, at, end) else text[end]
