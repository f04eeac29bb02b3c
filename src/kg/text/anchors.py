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
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, islice, pairwise
from typing import NamedTuple
from unicodedata import category

from kg.rdf.terms import Literal
from kg.text.near_match import nearest_passage, shortened
from kg.text.spans import LONG_LINE, SENTENCE_END, CollapsedText, Span

# The most places in a message, the characters shown around each, and the highest count.
SHOWN = 5
AROUND = 30
MOST = 1000
# The longest part of a word that is shown around words inside it.
_LONGEST_WORD = 200
MOST_LOOKED_AT = 5_000_000
"""How many places in one text all searches together may look at: `a` may be inside a million other words."""
_LONG = 64  # characters that take as long to compare as it takes to look at a place
_BLANKS = re.compile(r"\s*")
_LETTER = re.compile(r"[^\W_]")
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
    hit = _first(text, phrase, 0, len(text.collapsed))
    if hit < 0:
        raise _missing(text, phrase)
    if _first(text, phrase, hit + 1, len(text.collapsed)) >= 0:
        raise _ambiguous(text, phrase)
    return text.original(hit, hit + len(phrase))


def occurs(text: CollapsedText, words: str) -> bool:
    """Tell whether words occur in the text as whole words; faster than `first_occurrences` if they do not."""
    phrase = " ".join(words.split())
    try:
        return bool(phrase) and _first(text, phrase, 0, len(text.collapsed)) >= 0
    except AnchorError:  # at too many places inside other words
        return False


def first_occurrences(text: CollapsedText, words: str) -> tuple[Span, ...]:
    """Return the first two spans of the words as whole words, or the only one. Raises `AnchorError` for none."""
    phrase = _collapsed(words)
    long, end = len(phrase), len(text.collapsed)
    first = _first(text, phrase, 0, end)
    if first < 0:
        raise _missing(text, phrase)
    second = _first(text, phrase, first + 1, end)
    if second < 0:
        return (text.original(first, first + long),)
    return (text.original(first, first + long), text.original(second, second + long))


def occurrences(text: CollapsedText, words: str, first: Sequence[Span] = ()) -> list[Span]:
    """Return the spans of the words as whole words, in order; the `first` ones, if known, are not looked for again.

    Raises `AnchorError` if there are too many.
    """
    phrase = " ".join(words.split())
    start = text.offset(first[-1].start) + 1 if first else 0
    return [*first, *[text.original(at, at + len(phrase)) for at in _whole_hits(text, phrase, start)]]


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


def whole_words(text: str, at: Span) -> Span:
    """Return a span that neither cuts a word at its ends, nor begins or ends with white space."""
    start, end = at
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    first, last = start - _LONGEST_WORD, end + _LONGEST_WORD
    while start > first and _cuts(text, start):
        start -= 1
    while end < last and _cuts(text, end):
        end += 1
    return Span(start, end)


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


def _first(text: CollapsedText, phrase: str, start: int, end: int) -> int:
    """Return the offset of the first occurrence as whole words between two offsets, -1 if there is none."""
    whole = text.collapsed
    at = whole.find(phrase, start, end)
    while at >= 0 and not _is_whole(whole, at, at + len(phrase)):
        _look_at(text, len(phrase))
        at = whole.find(phrase, at + 1, end)
    return at


def _look_at(text: CollapsedText, length: int = 0) -> None:
    """Count a place, long words more than once. Raises `AnchorError` if the searches looked at too many."""
    text.looked_at += 1 + length // _LONG
    if text.looked_at > MOST_LOOKED_AT:
        message = (
            "the words of this article's claims are inside other words, or repeated, at more than "
            f"{MOST_LOOKED_AT // 1_000_000} million places, so these were not looked for: take longer words, or "
            "split the article"
        )
        raise AnchorError("words-too-frequent", message)


def _at(text: CollapsedText, words: str, start: int) -> Span:
    """Return the span of the words at `start`, without the white space at their ends."""
    phrase = " ".join(words.split())
    begin = start
    if words[0].isspace():
        begin = _BLANKS.match(text.text, start).end()  # type: ignore[union-attr]  # it matches nothing too
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
    hits = list(islice(_all(within, phrase), 2))
    if len(passages) != 1 or len(hits) != 1:
        raise _not_inside(text, phrase, within, passages)
    start = passages[0] + hits[0]
    return text.original(start, start + len(phrase))


def _not_inside(text: CollapsedText, phrase: str, within: str, passages: Sequence[int]) -> AnchorError:
    """Return why a passage does not say where words are: its `passages` in the text, or the words in it."""
    long = shortened(within)
    if not passages:
        message = (
            f"`in` must be a passage of the article exactly as written, and {long} is not: copy it from the article"
        )
        return AnchorError("words-in-not-found", message, nearest_passage(text, within))
    if len(passages) > 1:
        message = f"`in` must be in the article once, and {long} is there more often: take more around it"
        return AnchorError("words-in-found-twice", message, _places(text, within, passages))
    if phrase in within:
        message = (
            f"`in` must contain the words {shortened(phrase)} once, and {long} contains them more often: take less"
        )
        return AnchorError("words-found-twice", message)
    message = f"`in` must contain the words {shortened(phrase)}, and {long} does not: take more around them"
    return AnchorError("words-outside-in", message)


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
    first, last = whole_words(text.collapsed, Span(start, end))
    message = (
        f"words must not cut a word, and {shortened(phrase)} is only found inside words, "
        f"as {shortened(text.collapsed[first:last])}: take the whole word, or {{words: …, in: …}}, which may cut it"
    )
    return AnchorError("words-inside-a-word", message, detail)


def _ambiguous(text: CollapsedText, phrase: str) -> AnchorError:
    """Return how often the words occur in the text, and where."""
    hits = list(islice(_whole_hits(text, phrase), MOST + 1))
    times = f"{len(hits)} times" if len(hits) <= MOST else f"more than {MOST} times"
    message = (
        f"words must be in the article once, and {shortened(phrase)} is there {times}: "
        "take more of the words around them, or pick a place with {words: …, in: a longer passage}"
    )
    return AnchorError("words-found-twice", message, _places(text, phrase, hits))


def _whole_hits(text: CollapsedText, phrase: str, start: int = 0) -> Iterator[int]:
    at = _first(text, phrase, start, len(text.collapsed))
    while at >= 0:
        _look_at(text, len(phrase))
        yield at
        at = _first(text, phrase, at + 1, len(text.collapsed))


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


class FoundWords(NamedTuple):
    """Words that are in the article; `spans` are the first two of the places where they are, or the only one."""

    words: str
    literal: Literal
    spans: tuple[Span, ...]


class Occurrences:
    """Chooses between occurrences in one text, in a time that does not grow with the square of their number."""

    def __init__(self, text: CollapsedText) -> None:
        self._collapsed = text
        self._text = text.text
        self._claimed: Sequence[Span] = ()
        self._earliest_ends: list[int] = []
        self._places: dict[str, list[Span]] = {}
        self._paragraph_ends: list[int] | None = None
        self._sentences: tuple[list[int], list[int]] | None = None

    def claim(self, spans: Iterable[Span]) -> None:
        """Take the spans of all claims' words."""
        self._claimed = sorted(spans)
        ends = (span.end for span in reversed(self._claimed))
        self._earliest_ends = list(accumulate(ends, min, initial=len(self._text) + 1))[::-1]

    def choose(self, found: FoundWords, parts: Sequence[Span], known: Sequence[Span] = ()) -> Span | None:
        """Return the span that belongs to the claim with these parts, None if that is not certain.

        `parts` are in order and do not overlap. `known` are other words around the claim that were found before:
        they may be in between too.
        """
        if len(found.spans) == 1:
            return found.spans[0]
        if not parts:
            return None
        try:
            near = self._near(found, parts)
        except AnchorError:  # too many to look at each
            return None
        if len(near) > 1:
            known = sorted(known)
            near = [span for span in near if self.is_bare(gap_between(span, parts), known)]
        return near[0] if len(near) == 1 else None

    def is_bare(self, gap: Span | None, known: Sequence[Span]) -> bool:
        """Tell whether there is a gap with only punctuation in it, apart from the `known` spans, in order."""
        if gap is None:
            return False
        at, end = gap
        for n in range(bisect_left(known, (at,)), len(known)):
            first, last = known[n]
            if first > end:
                break
            if at <= first and last <= end:
                if _LETTER.search(self._text, at, first):
                    return False
                at = last
        return _LETTER.search(self._text, at, end) is None

    def _near(self, found: FoundWords, parts: Sequence[Span]) -> list[Span]:
        """Return the spans of the words that no claim separates from the parts.

        They are those in the sentences of the parts, or if there are none in their paragraphs. An only one is
        returned even if it is separated.
        """
        start, end = parts[0].start, parts[-1].end
        places = self._places_of(found)
        paragraph = self._paragraph(start, end)
        first, last = _range_within(places, paragraph)
        # Where sentences begin and end is slow to find, and one span is chosen whether it is in them or not.
        if last - first > 1:
            low, high = _range_within(places, self._sentence(start, end, paragraph))
            if low < high:
                first, last = low, high
        if last - first < 2:
            return places[first:last]
        before = bisect_left(places, (start,), first, last)
        after = bisect_left(places, (end,), first, last)
        inside = [each for each in places[before:after] if not self._is_separated(each, parts)]
        # What is farther away than a span that is separated is separated too.
        for several in (reversed(range(first, before)), range(after, last)):
            for n in several:
                if self._is_separated(places[n], parts):
                    break
                inside.append(places[n])
        return inside

    def _places_of(self, found: FoundWords) -> list[Span]:
        if found.words not in self._places:
            self._places[found.words] = occurrences(self._collapsed, found.words, found.spans)
        return self._places[found.words]

    def _is_separated(self, span: Span, parts: Sequence[Span]) -> bool:
        """Tell whether words of a claim lie between a span and the nearest part."""
        _look_at(self._collapsed)
        gap = gap_between(span, parts)
        if gap is None:
            return False
        first = bisect_left(self._claimed, (gap.start,))
        return first < len(self._claimed) and self._earliest_ends[first] <= gap.end and gap.start < gap.end

    def _sentence(self, start: int, end: int, paragraph: Span) -> Span:
        """Return the span of the sentences of a paragraph that hold the characters from `start` to `end`."""
        if self._sentences is None:
            self._sentences = self._sentence_ends()
        marks, ends = self._sentences
        before = bisect_right(ends, start) - 1
        first = ends[before] if before >= 0 else 0
        # A closing mark may be among the last characters themselves.
        after = max(bisect_left(marks, max(start, end - 3)), bisect_left(ends, end))
        last = ends[after] if after < len(ends) else paragraph.end
        return Span(max(first, paragraph.start), min(last, paragraph.end))

    def _sentence_ends(self) -> tuple[list[int], list[int]]:
        """Return the offset of the closing mark of each sentence, and where the next sentence begins."""
        found = [match for match in _SENTENCE_END.finditer(self._text) if not self._goes_on(match.end())]
        return [match.start() for match in found], [match.end() for match in found]

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
    """Return what is between a span and the nearest of the parts, which are in order; None if they overlap."""
    after = bisect_left(parts, (span.end,))
    following = Span(span.end, parts[after].start) if after < len(parts) else None
    if not after:
        return following
    if parts[after - 1].end > span.start:
        return None
    preceding = Span(parts[after - 1].end, span.start)
    if following and following.end - following.start < preceding.end - preceding.start:
        return following
    return preceding


def _range_within(places: Sequence[Span], limits: Span) -> tuple[int, int]:
    """Return the indexes between which the places are within limits."""
    first, last = bisect_left(places, (limits.start,)), bisect_left(places, (limits.end,))
    while last > first and places[last - 1].end > limits.end:
        last -= 1
    return first, last
