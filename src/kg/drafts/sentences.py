"""Sentences of an article, and the cue verbs in them that say that somebody said something."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple, get_args

from kg.annotations.classes import Act
from kg.files.resources import resource_folder
from kg.formats.rdf_reader import read_nodes
from kg.rdf.terms import iri, literal_value
from kg.rdf.vocab import ACTS, SKOS
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


LANGUAGES = ("nl", "en", "fr", "de")
"""The languages in which the ontology has verbs."""
_GAP = 8
"""The most words between the two parts of a split verb: "stelde Macron gisteren een dialoog voor"."""
_LABELS = (SKOS.prefLabel, iri(SKOS.base + "altLabel"))
# A verb after one of these is a noun: "the state", "member states", "un juge".
_BEFORE_NOUNS = {
    "en": "the a an of member united no this these its their his her our my your all some to",
    "fr": "le la les l un une des ce cette son sa ses leur leurs de du d",
}
# Words between the two of a French perfect: a-t-il dit, a également dit.
_PRONOUNS = "t il elle ils elles on également aussi encore ensuite ainsi notamment toutefois"

Verbs = Mapping[str, Sequence[tuple[tuple[str, ...], Act]]]
"""Verbs by their first word: the words of each, folded, and its act; longer ones first."""


class Cue(NamedTuple):
    """A verb in a sentence: its act and the indexes of its words, which are adjacent unless the verb is split."""

    act: Act
    at: tuple[int, ...]


def find_cues(words: Sequence[Word], text: str, language: str) -> list[Cue]:
    """Return the verbs of saying in the words of a sentence, in order."""
    tag = language.partition("-")[0].lower()
    verbs = _verbs_by_language().get(tag, {})
    nouns = _BEFORE_NOUNS.get(tag, "").split()
    found: list[Cue] = []
    for index, word in enumerate(words):
        # German nouns and all names begin with a capital, verbs only at the start of a sentence.
        if word.folded not in verbs or (word.written != word.folded and index):
            continue
        if index and words[index - 1].folded in nouns:
            continue
        cue = next(_matches(words, index, verbs[word.folded], text, tag), None)
        if cue and not (found and cue.at[0] in found[-1].at):
            found.append(cue)
    return found


def _matches(
    words: Sequence[Word], index: int, verbs: Sequence[tuple[tuple[str, ...], Act]], text: str, tag: str
) -> Iterator[Cue]:
    for wanted, act in verbs:
        run = tuple(range(index, index + len(wanted)))
        if wanted == tuple(word.folded for word in words[index : index + len(wanted)]):
            yield Cue(act, run)
        elif len(wanted) == 2 and (last := _second_index(words, index, wanted[1], text, tag)):
            yield Cue(act, (index, last))


def _second_index(words: Sequence[Word], index: int, wanted: str, text: str, tag: str) -> int:
    """Return the index of the second word of a split verb in the same clause, 0 if there is none."""
    for last in range(index + 1, min(index + 2 + _GAP, len(words))):
        between = text[words[last - 1].end : words[last].start]
        if any(sign in between for sign in ",;:.!?"):
            return 0
        if words[last].folded == wanted:
            return last
        if tag == "en" or (tag == "fr" and words[last].folded not in _PRONOUNS.split()):
            return 0
    return 0


@cache
def _verbs_by_language() -> Mapping[str, Verbs]:
    """Return the verbs of each language, read from the ontology."""
    path = resource_folder("ontology") / "kg.ttl"
    with path.open("rb") as stream:
        nodes = {node.subject: node.properties for node in read_nodes(str(path), stream, "text/turtle")}
    found: dict[str, dict[str, list[tuple[tuple[str, ...], Act]]]] = {tag: {} for tag in LANGUAGES}
    for act in get_args(Act):
        for label in (each for predicate in _LABELS for each in nodes[ACTS[act]].get(predicate, ())):
            value = literal_value(label)
            wanted = tuple(word.folded for word in split_words(value.lexical))
            found[value.language].setdefault(wanted[0], []).append((wanted, act))
    for tag in LANGUAGES:
        for verbs in found[tag].values():
            verbs.sort(key=lambda verb: -len(verb[0]))
    _without_nouns(found["en"])
    return found


def _without_nouns(verbs: dict[str, list[tuple[tuple[str, ...], Act]]]) -> None:
    """Remove English infinitives, which are as often nouns: state, note, order, demand."""
    for first in [first for first in verbs if first + "s" in verbs or first + "es" in verbs]:
        verbs[first] = [verb for verb in verbs[first] if len(verb[0]) > 1]
