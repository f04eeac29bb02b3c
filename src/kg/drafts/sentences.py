"""Sentences of an article: their words and clauses, and what `languages.toml` knows of a language."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from kg.text.spans import MARKS, PARAGRAPH_END, SENTENCE_END, Span
from kg.text.turns import Turn, find_turns

_WORD = re.compile(r"[\w\u0300-\u036f\u00ad]+")
_END = re.compile(rf"[{SENTENCE_END}]+(?:[{MARKS})\]]|\s[»”’](?=\s))*\s+|{PARAGRAPH_END}\s*")
_ABBREVIATED = re.compile(
    r"(?:^|[\W_])(?:[^\W\d_]|mr|mrs|ms|dr|prof|dhr|mevr|mw|drs|ir|ing|st|mme|mm|jr|sr|sen|gov|rep|gen|bzw|bijv|nr|vgl)$",
    re.IGNORECASE,
)
_BREAK = re.compile(r"[,;:()!?…\[\]–—]|\s-\s|\n\s*\n")
_LONGEST = 2000
"""A longer sentence is cut, so that a text without full stops is also read quickly."""


class Word(NamedTuple):
    """A run of letters and digits: as written, folded for comparison, and its span."""

    written: str
    folded: str
    start: int
    end: int


def written_at(text: str, at: Span) -> str:
    """Return the text at a span, with one blank for each run of white space."""
    return " ".join(text[at.start : at.end].split())


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
        # The rest of the quotation may be the marks of quotations within it.
        rest = text[found.start() : quoted[index].end] if index >= 0 else ""
        within = any(sign.isalnum() for sign in rest)
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
    if end[0][0] not in SENTENCE_END:
        return before.rstrip().endswith(":")
    return "\n\n" not in end[0] and text[end.end() : end.end() + 1].islower()


def _cut(start: int, end: int, quoted: Sequence[Span]) -> Iterator[Span]:
    """Yield a long sentence in shorter pieces that do not end within a quotation."""
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


def number_of(span: Span, sentences: Sequence[Span]) -> int:
    """Return the index of the sentence in which a span begins."""
    return max(bisect_right(sentences, (span.start, float("inf"))) - 1, 0)


_TURNS = 3
"""The fewest turns of a dialogue, with at least one label twice."""


def dialogue(text: str) -> list[Turn]:
    """Return the turns of an interview or a debate, each to the end of its paragraph; most articles have none."""
    turns = find_turns(text)
    if len(turns) < _TURNS or len({text[turn.label.start : turn.label.end] for turn in turns}) == len(turns):
        return []
    return [Turn(label, Span(start, _paragraph_end(text, start, end))) for label, (start, end) in turns]


def _paragraph_end(text: str, start: int, limit: int) -> int:
    end = text.find("\n\n", start, limit)
    return limit if end < 0 else end


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


def without_quotations(text: str, quoted: Sequence[Span]) -> str:
    """Return a text with its quotations replaced by as many blanks."""
    pieces, reached = [], 0
    for start, end in quoted:
        pieces += [text[reached:start], " " * (end - start)]
        reached = end
    return "".join([*pieces, text[reached:]])


Vocabulary = Mapping[str, Mapping[str, None]]
"""The lists of words of a language in `languages.toml`; a list that it lacks is empty."""


@cache
def language_table(tag: str) -> Mapping[str, Any]:
    """Return what `languages.toml` says of a language; nothing if it is not one of its languages."""
    tables = tomllib.loads(Path(__file__).with_name("languages.toml").read_text(encoding="utf-8"))
    found: Mapping[str, Any] = tables.get(tag, {})
    return found


@cache
def vocabulary(tag: str) -> Vocabulary:
    """Return the lists of words of a language, each in the order of the file."""
    lists = language_table(tag).get("words", {})
    return defaultdict(dict, {name: dict.fromkeys(words.split()) for name, words in lists.items()})


class Clauses:
    """The words of a sentence outside quotation marks, and the clauses that they are in.

    A clause ends at punctuation and quotations, and before words such as "that" and "but". `number` has the number
    of the clause of each word, `after_break` the indexes of words that punctuation or a quotation precedes, and
    `punctuated` those of them that punctuation precedes. `follows_quotation` tells whether a quotation precedes the
    first word.
    """

    def __init__(self, words: Sequence[Word], text: str, sentence: Span, lists: Vocabulary) -> None:
        """Divide the words of a sentence into clauses; `text` has blanks for quotations."""
        self.words = words
        opening = text[sentence.start : words[0].start] if words else ""
        self.follows_quotation = any(sign in MARKS for sign in opening)
        self.number: list[int] = []
        self.after_break: set[int] = set()
        self.punctuated: set[int] = set()
        for index, word in enumerate(words):
            between = text[words[index - 1].end : word.start] if index else opening
            if not index or _is_break(between):
                self.after_break.add(index)
            if _BREAK.search(between):
                self.punctuated.add(index)
            begins = index in self.after_break or word.folded in lists["that"] or word.folded in lists["clauses"]
            self.number.append(self.number[-1] + begins if index else 0)
        self.is_question = "?" in text[words[-1].end : sentence.end] if words else False

    def opens(self, index: int) -> bool:
        """Tell whether a word is the first of its clause."""
        return index == 0 or self.number[index] != self.number[index - 1]

    def start(self, index: int) -> int:
        """Return the index of the first word of the clause that a word is in."""
        return bisect_left(self.number, self.number[index])

    def end(self, index: int) -> int:
        """Return the index after the last word of the clause that a word is in."""
        return bisect_right(self.number, self.number[index])

    def around(self, index: int) -> range:
        """Return the indexes of the words of a clause and of those that only a quotation divides from it."""
        start, end = self.start(index), self.end(index)
        while start and start in self.after_break and start not in self.punctuated:
            start = self.start(start - 1)
        while end < len(self.words) and end in self.after_break and end not in self.punctuated:
            end = self.end(end)
        return range(start, end)

    def clause(self, number: int) -> Sequence[Word]:
        """Return the words of a clause; none if there is no such clause."""
        return self.words[bisect_left(self.number, number) : bisect_right(self.number, number)]


def read_clauses(text: str, sentence: Span, quoted: Sequence[Span], blanked: str, lists: Vocabulary) -> Clauses:
    """Return the clauses of a sentence of a text; `blanked` is the text with blanks for the `quoted` spans."""
    words = unquoted(split_words(text, *sentence), overlapping(quoted, sentence))
    return Clauses(words, blanked, sentence, lists)


def _is_break(between: str) -> bool:
    """Tell whether the signs between two words end a clause: an apostrophe or a hyphen inside a word does not."""
    if _BREAK.search(between):
        return True
    return any(sign in MARKS for sign in between) and between not in ("'", "’")
