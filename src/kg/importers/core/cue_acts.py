"""Finds the act that a claim's cue expresses: one that the mapping names, else that of a verb in the ontology.

A cue beside a negation, in a condition or a question expresses none: "he did not deny that …".
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cache, cached_property
from typing import NamedTuple

from kg.annotations.classes import Act
from kg.drafts.cues import cues_by_language, find_cues, is_in_doubt
from kg.drafts.sentences import (
    Clauses,
    Vocabulary,
    number_of,
    read_clauses,
    split_sentences,
    split_words,
    vocabulary,
    without_quotations,
)
from kg.importers.core.mapping import Mapping, key
from kg.meaning.words import NEEDS_GIST
from kg.text.quotation_marks import quoted_spans
from kg.text.spans import Span


class CueWords(NamedTuple):
    """The words of a cue, and where they are in the text; None if that is unknown."""

    words: str
    at: Span | None


class CueReader:
    """Reads the cues of one article. `language` is a BCP 47 tag, or `""`."""

    def __init__(self, text: str, language: str, mapping: Mapping) -> None:
        self._text = text
        self._tag = language.partition("-")[0].lower()
        self._mapping = mapping
        self._clauses: dict[int, Clauses] = {}

    def act(self, cues: Sequence[CueWords]) -> Act | None:
        """Return the act of a claim's cues; None if they express none for certain, or several."""
        if not self._mapping.acts and self._mapping.act != "from-cue":
            return None
        acts = {act for cue in cues if cue.at for act in self._acts(cue.words, cue.at)}
        return acts.pop() if len(acts) == 1 else None

    def denies(self, cues: Sequence[CueWords]) -> bool:
        """Tell whether a cue is a verb or noun of an act whose words alone say the opposite of the claim."""
        words = tuple(word.folded for cue in cues for word in split_words(cue.words))
        known = _denials()
        tags = [self._tag] if self._tag in known else list(known)
        return any(
            words[at : at + len(denial)] == denial
            for tag in tags
            for at, word in enumerate(words)
            for denial in known[tag].get(word, ())
        )

    def _acts(self, words: str, at: Span) -> Iterator[Act | None]:
        """Yield the acts of a cue; None if it is in doubt, or may express several."""
        clauses = self._clauses_at(at)
        named = self._mapping.act_of_cue.get(key(words))
        if named:
            index = bisect_left(clauses.words, at.start, key=lambda word: word.start)
            has_negation = any(word.folded in self._lists["negations"] for word in split_words(words))
            doubtful = index < len(clauses.words) and is_in_doubt(clauses, index, self._lists, self._tag)
            yield None if doubtful and not has_negation else named
        elif self._mapping.act == "from-cue":
            for cue in find_cues(clauses, self._tag):
                if any(clauses.words[n].start < at.end and at.start < clauses.words[n].end for n in cue.at):
                    yield cue.acts[0] if len(cue.acts) == 1 else None

    def _clauses_at(self, at: Span) -> Clauses:
        """Return the clauses of the sentence in which a span begins."""
        number = number_of(at, self._sentences)
        if number not in self._clauses:
            sentence = self._sentences[number]
            self._clauses[number] = read_clauses(self._text, sentence, self._quoted, self._unquoted, self._lists)
        return self._clauses[number]

    @cached_property
    def _lists(self) -> Vocabulary:
        return vocabulary(self._tag)

    @cached_property
    def _quoted(self) -> Sequence[Span]:
        return quoted_spans(self._text, self._tag)

    @cached_property
    def _unquoted(self) -> str:
        return without_quotations(self._text, self._quoted)

    @cached_property
    def _sentences(self) -> list[Span]:
        return split_sentences(self._text, self._quoted)


def nearest(text: str, words: str, to: Span) -> Span | None:
    """Return the occurrence of words that is nearest to a span, None if there is none."""
    before, after = text.rfind(words, 0, to.end), text.find(words, to.start)
    found = [Span(at, at + len(words)) for at in (before, after) if at >= 0]
    return min(found, key=lambda each: max(to.start - each.end, each.start - to.end), default=None)


@cache
def _denials() -> dict[str, dict[str, list[tuple[str, ...]]]]:
    """Return the cues of each language for acts that need a gist, by their first word."""
    found: dict[str, dict[str, list[tuple[str, ...]]]] = {}
    for tag, cues in cues_by_language().items():
        for first, forms in cues.items():
            for form, acts in forms:
                if set(acts) <= set(NEEDS_GIST):
                    found.setdefault(tag, {}).setdefault(first, []).append(form)
    return found
