"""From words to offsets: finds what an annotator copied from an article, or says why it is not there.

A *word* is a run of letters, digits and the marks on them; blanks, hyphens and apostrophes separate words, as in
`dit-il`, `l’OTAN`, `Macron’s`. Only the width of white space may differ.

`Occurrences` chooses between several occurrences of a cue, a speaker's name or a date. The rule, which
`docs/graph.md` states for readers of the graph: of the occurrences in the sentences of the claim's words, or if
there are none in its paragraphs, the only one; else the only one that no other claim's words separate from the
claim's; else the only one with nothing but punctuation between. Otherwise none: a guess would be published as what
the article says.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, pairwise
from typing import NamedTuple
from unicodedata import category

from kg.rdf.terms import Literal
from kg.text.near_match import nearest_passage, shortened
from kg.text.spans import LONG_LINE, SENTENCE_END, CollapsedText, Span

# The most places in a message, the characters shown around each, and the highest count.
SHOWN = 5
AROUND = 30
MOST = 1000
# Soft hyphen, zero-width non-joiner and joiner, word joiner: they join the characters on both sides.
_JOINERS = "\u00ad\u200c\u200d\u2060"
# Scripts written without blanks between words: Thai to Myanmar, Khmer, kana, ideographs.
_UNSPACED = (
    ("\u0e00", "\u0eff"),
    ("\u1000", "\u109f"),
    ("\u1780", "\u17ff"),
    ("\u3040", "\u30ff"),
    ("\u3400", "\u9fff"),
    ("\uf900", "\ufaff"),
    ("\U00020000", "\U0003ffff"),
)


class AnchorError(ValueError):
    """Raised for words that cannot be anchored. `rule` is a short stable name, `detail` more lines."""

    def __init__(self, rule: str, message: str, detail: str = "") -> None:
        super().__init__(message)
        self.rule = rule
        self.message = message
        self.detail = detail


def find(text: CollapsedText, words: str, *, within: str = "", start: int = -1) -> Span:
    """Return the span of the words: they occur once as whole words, once in the passage `within`, or at `start`.

    Raises `AnchorError` if the words do not occur, or occur several times.
    """
    phrase = _collapsed(words)
    if start >= 0 and within:
        raise AnchorError("words-in-and-start", "give `in` or `start`, not both: each picks a place by itself")
    if start >= 0:
        return _at(text, words, start)
    if within:
        return _inside(text, phrase, " ".join(within.split()))
    hit = _first(text.collapsed, phrase, 0, len(text.collapsed))
    if hit < 0:
        raise _missing(text, phrase)
    if _first(text.collapsed, phrase, hit + 1, len(text.collapsed)) >= 0:
        raise _ambiguous(text, phrase)
    return text.original(hit, hit + len(phrase))


def occurs(text: CollapsedText, words: str) -> bool:
    """Tell whether words occur in the text as whole words; faster than `first_occurrences` if they do not."""
    phrase = " ".join(words.split())
    return bool(phrase) and _first(text.collapsed, phrase, 0, len(text.collapsed)) >= 0


def first_occurrences(text: CollapsedText, words: str) -> tuple[Span, ...]:
    """Return the first two spans of the words as whole words, or the only one. Raises `AnchorError` for none."""
    phrase = _collapsed(words)
    long, end = len(phrase), len(text.collapsed)
    first = _first(text.collapsed, phrase, 0, end)
    if first < 0:
        raise _missing(text, phrase)
    second = _first(text.collapsed, phrase, first + 1, end)
    if second < 0:
        return (text.original(first, first + long),)
    return (text.original(first, first + long), text.original(second, second + long))


def occurrences(text: CollapsedText, words: str, limits: Span) -> list[Span]:
    """Return the spans of the words as whole words within limits, in order."""
    phrase = " ".join(words.split())
    long, whole = len(phrase), text.collapsed
    end = text.offset(limits.end) if limits.end < len(text.text) else len(whole)
    found: list[Span] = []
    at = _first(whole, phrase, text.offset(limits.start), end)
    while at >= 0:
        found.append(text.original(at, at + long))
        at = _first(whole, phrase, at + 1, end)
    return found


def split_by_comma(text: str, spans: Sequence[Span]) -> int | None:
    """Return the index of the first part with only a comma or white space before the next, else None."""
    for index, (one, other) in enumerate(pairwise(spans)):
        if one.end <= other.start and not text[one.end : other.start].replace(",", "").strip():
            return index
    return None


def _collapsed(words: str) -> str:
    # The usual case first: the blank is the only printable white space.
    if words.isprintable() and "  " not in words and words == words.strip(" ") and words:
        return words
    phrase = " ".join(words.split())
    if not phrase:
        raise AnchorError("words-empty", "words must have more than white space: copy them from the article")
    return phrase


def _cuts(text: str, at: int) -> bool:
    """Tell whether a span with an end at this offset would cut a word, or a letter from its mark."""
    if not 0 < at < len(text):
        return False
    left, right = text[at - 1], text[at]
    if left == " " or right == " ":
        return False
    if not right.isascii() and (right in _JOINERS or category(right)[0] == "M"):
        return True
    if left in _JOINERS:
        return not right.isspace()
    if not right.isalnum() or not (left.isalnum() or category(left)[0] == "M"):
        return False
    return not (_is_unspaced(left) or _is_unspaced(right))


def _is_unspaced(letter: str) -> bool:
    return letter >= "\u0e00" and any(first <= letter <= last for first, last in _UNSPACED)


def _all(text: str, phrase: str) -> Iterator[int]:
    at = text.find(phrase)
    while at >= 0:
        yield at
        at = text.find(phrase, at + 1)


def _is_whole(text: str, start: int, end: int) -> bool:
    # Between blanks, as most words are, nothing is cut.
    begins = text[start - 1 : start] == " " or not _cuts(text, start)
    return begins and (text[end : end + 1] == " " or not _cuts(text, end))


def _first(text: str, phrase: str, start: int, end: int) -> int:
    """Return the offset of the first occurrence as whole words between two offsets, -1 if there is none."""
    at = text.find(phrase, start, end)
    while at >= 0 and not _is_whole(text, at, at + len(phrase)):
        at = text.find(phrase, at + 1, end)
    return at


def _at(text: CollapsedText, words: str, start: int) -> Span:
    """Return the span of the words at `start`, without the white space at their ends."""
    phrase = " ".join(words.split())
    begin = start
    if words[0].isspace():
        begin += len(text.text[start:]) - len(text.text[start:].lstrip())
    offset = text.offset(begin) if (begin > start) == words[0].isspace() else -1
    if offset >= 0 and text.collapsed.startswith(phrase, offset) and not text.text[begin : begin + 1].isspace():
        return text.original(offset, offset + len(phrase))
    there = " ".join(text.text[start : start + len(words) + 10].split())
    message = (
        f"the words {shortened(phrase)} must start at character {start}, where "
        + (f"there is {shortened(there)}" if there else "there is nothing")
        + ": give the offset of their first character, in code points from 0 after the header"
    )
    hits = list(islice(_all(text.collapsed, phrase), SHOWN + 1))
    raise AnchorError(
        "words-start-mismatch", message, _places(text, phrase, hits) if hits else nearest_passage(text, phrase)
    )


def _inside(text: CollapsedText, phrase: str, within: str) -> Span:
    """Return the span of the words in a passage that occurs once in the text; both may cut a word."""
    passages = list(islice(_all(text.collapsed, within), SHOWN + 1)) if within else []
    long = shortened(within)
    if not passages:
        message = (
            f"`in` must be a passage of the article exactly as written, and {long} is not: copy it from the article"
        )
        raise AnchorError("words-in-not-found", message, nearest_passage(text, within))
    if len(passages) > 1:
        message = f"`in` must be in the article once, and {long} is there more often: take more around it"
        raise AnchorError("words-in-found-twice", message, _places(text, within, passages))
    hits = list(islice(_all(within, phrase), 2))
    if not hits:
        message = f"`in` must contain the words {shortened(phrase)}, and {long} does not: take more around them"
        raise AnchorError("words-outside-in", message)
    if len(hits) > 1:
        message = (
            f"`in` must contain the words {shortened(phrase)} once, and {long} contains them more often: take less"
        )
        raise AnchorError("words-found-twice", message)
    start = passages[0] + hits[0]
    return text.original(start, start + len(phrase))


def _missing(text: CollapsedText, phrase: str) -> AnchorError:
    """Return why words were not found: they occur only inside a word, or not at all."""
    start = next(_all(text.collapsed, phrase), -1)
    if start < 0:
        message = (
            f"words must be in the article exactly as written, and {shortened(phrase)} is not: "
            "copy them from the article"
        )
        return AnchorError("words-not-found", message, nearest_passage(text, phrase))
    end = start + len(phrase)
    detail = _places(text, phrase, [start])
    while _cuts(text.collapsed, start):
        start -= 1
    while _cuts(text.collapsed, end):
        end += 1
    message = (
        f"words must not cut a word, and {shortened(phrase)} is only found inside words, "
        f"as {shortened(text.collapsed[start:end])}: take the whole word, or {{words: …, in: …}}, which may cut it"
    )
    return AnchorError("words-inside-a-word", message, detail)


def _ambiguous(text: CollapsedText, phrase: str) -> AnchorError:
    """Return how often the words occur in the text, and where."""
    whole = (at for at in _all(text.collapsed, phrase) if _is_whole(text.collapsed, at, at + len(phrase)))
    hits = list(islice(whole, MOST + 1))
    times = f"{len(hits)} times" if len(hits) <= MOST else f"more than {MOST} times"
    message = (
        f"words must be in the article once, and {shortened(phrase)} is there {times}: "
        "take more of the words around them, or pick a place with {words: …, in: a longer passage}"
    )
    return AnchorError("words-found-twice", message, _places(text, phrase, hits))


def _places(text: CollapsedText, phrase: str, hits: Sequence[int]) -> str:
    """Return a line for each of the first hits: its offsets and the text around it."""
    lines = []
    for hit in hits[:SHOWN]:
        end = hit + len(phrase)
        place = text.original(hit, end)
        before, after = text.collapsed[max(hit - AROUND, 0) : hit], text.collapsed[end : end + AROUND]
        if hit > AROUND:
            before = before[before.find(" ") + 1 :]
        if end + AROUND < len(text.collapsed):
            after = after[: after.rfind(" ") + 1].rstrip()
        around = before + shortened(phrase)[1:-1] + after
        lines.append(f"at characters {place.start}-{place.end}: '{around}'")
    if len(hits) > SHOWN:
        lines.append("and further on")
    return "\n".join(lines)


# A closing mark of a sentence, the marks that close quotations and brackets after it, and white space.
_SENTENCE_END = re.compile(rf"[{SENTENCE_END}][\"”“’»«›‹)\]』」]*\s+")
# Marks that may be before the first letter of a sentence.
_OPENING = "\"'“”„‟«»‹›‘’‚‛([¿¡—–-"
# How far back the start of a sentence is looked for at once.
_STEP = 400


class FoundWords(NamedTuple):
    """Words that are in the article; `spans` are the first two of the places where they are, or the only one."""

    words: str
    literal: Literal
    spans: tuple[Span, ...]


class Occurrences:
    """Chooses between occurrences in one text. `claimed` are the spans of all claims' words, sorted."""

    def __init__(self, text: CollapsedText) -> None:
        self.claimed: Sequence[Span] = ()
        self._collapsed = text
        self._text = text.text
        self._paragraph_ends: list[int] | None = None

    def choose(self, found: FoundWords, parts: Sequence[Span], known: Sequence[Span] = ()) -> Span | None:
        """Return the span that belongs to the claim with these parts, None if that is not certain.

        `known` are other words around the claim that were found before: they may be in between too.
        """
        if len(found.spans) == 1:
            return found.spans[0]
        if not parts:
            return None
        near = self._near(found, parts)
        if len(near) > 1:
            near = [span for span in near if not self._is_separated(gap_between(span, parts))]
        if len(near) > 1:
            near = [span for span in near if self.is_bare(gap_between(span, parts), known)]
        return near[0] if len(near) == 1 else None

    def is_bare(self, gap: Span | None, known: Iterable[Span]) -> bool:
        """Tell whether there is a gap with only punctuation in it, apart from the `known` spans."""
        if gap is None:
            return False
        at, end = gap
        for span in sorted(known):
            if at <= span.start and span.end <= end:
                if _has_letter(self._text[at : span.start]):
                    return False
                at = span.end
        return not _has_letter(self._text[at:end])

    def _near(self, found: FoundWords, parts: Sequence[Span]) -> list[Span]:
        """Return the spans of the words in the sentences of the parts, or if there are none in their paragraphs."""
        start, end = parts[0].start, parts[-1].end
        paragraph = self._paragraph(start, end)
        near = occurrences(self._collapsed, found.words, paragraph)
        # Where sentences begin and end is slow to find, and one span is chosen whether it is in them or not.
        if len(near) < 2:
            return near
        return occurrences(self._collapsed, found.words, self._sentence(start, end, paragraph)) or near

    def _is_separated(self, gap: Span | None) -> bool:
        """Tell whether words of a claim lie in a gap."""
        if gap is None:
            return False
        first = bisect_left(self.claimed, (gap.start,))
        last = bisect_left(self.claimed, (gap.end,))
        return any(span.end <= gap.end for span in self.claimed[first:last])

    def _sentence(self, start: int, end: int, paragraph: Span) -> Span:
        """Return the span of the sentences of a paragraph that hold the characters from `start` to `end`."""
        last = paragraph.end
        # A closing mark may be among the last characters themselves.
        for match in _SENTENCE_END.finditer(self._text, max(start, end - 3), paragraph.end):
            if match.end() >= end and not self._goes_on(match.end()):
                last = match.end()
                break
        return Span(self._start_of_sentence(start, paragraph.start), last)

    def _start_of_sentence(self, start: int, first: int) -> int:
        at = start
        while at > first:
            at = max(first, at - _STEP)
            ends = [match.end() for match in _SENTENCE_END.finditer(self._text, at, start)]
            for end in reversed(ends):
                if not self._goes_on(end):
                    return end
        return first

    def _goes_on(self, at: int) -> bool:
        """Tell whether a sentence goes on after a closing mark: the next letter is a small one."""
        return self._text[at : at + 4].lstrip(_OPENING)[:1].islower()

    def _paragraph(self, start: int, end: int) -> Span:
        """Return the span of the paragraphs that hold the characters from `start` to `end`."""
        if self._paragraph_ends is None:
            self._paragraph_ends = paragraph_ends(self._text)
        ends = self._paragraph_ends
        before, after = bisect_left(ends, start) - 1, bisect_left(ends, end)
        return Span(ends[before] + 1 if before >= 0 else 0, ends[after] if after < len(ends) else len(self._text))


def paragraph_ends(text: str) -> list[int]:
    """Return the offset of each line end that has a blank line before or after it, or ends a long line."""
    found: list[int] = []
    at = -1
    for line, after in pairwise(text.split("\n")):
        at += len(line) + 1
        if len(line) >= LONG_LINE or not line.strip() or not after.strip():
            found.append(at)
    return found


def gap_between(span: Span, parts: Sequence[Span]) -> Span | None:
    """Return what is between a span and the nearest of the parts, None if they overlap."""
    nearest: Span | None = None
    for part in parts:
        gap = Span(span.end, part.start) if span.end <= part.start else Span(part.end, span.start)
        if gap.end < gap.start:
            return None
        if nearest is None or gap.end - gap.start < nearest.end - nearest.start:
            nearest = gap
    return nearest


def _has_letter(text: str) -> bool:
    return any(map(str.isalnum, text))
