"""Guesses who said something, by which verb and when, from the nearest words of the sentence."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from kg.annotations.classes import Act, EntityEntry
from kg.drafts.date_words import DateWords
from kg.drafts.sentences import Cue, Word, find_cues, overlapping, split_words, unquoted
from kg.text.spans import MARKS, Span

_SILENT = ("Place", "Event", "Topic")
_NEAR = 8
"""The most words between a name and the verb of saying."""
_NEAR_UNQUOTED = 3
"""The same if no quotation marks show that something is said."""
_NAMELESS = 2
"""How many words closer to its name a verb must be to win over a verb that is closer to the quotation."""
_COLON = 8
"""The most characters between a name and a quotation if there is only a colon."""
_OPENING = MARKS + " \n\t\xa0"
_ANYWHERE = 1000
_FEWEST = 4
"""The fewest words of a claim without quotation marks."""
_PRONOUNS: dict[str, tuple[str, ...]] = {
    "nl": ("hij", "zij", "ze", "men"),
    "en": ("he", "she", "they"),
    "fr": ("il", "elle", "ils", "elles", "on"),
    "de": ("er", "sie"),
}
_IMPERSONAL = (("klinkt", "het"), ("luidt", "het"))
"""Verbs without a speaker, whatever name is next to them."""
# What is between a verb of saying and the claim: zei ook dat, a dit qu', erklärte, dass.
_THAT = re.compile(r"(?:\s+\w+){0,2},?\s+(?:dat|that|que|qu['’]|dass|daß)\s*", re.IGNORECASE)
_EDGES = ",;:–—-.!?…"


class FoundName(NamedTuple):
    """A name in a sentence: the entities that have it, and the indexes of its first and last word."""

    ids: tuple[str, ...]
    first: int
    last: int


class SpeakerNames:
    """The names of the entities of a corpus that may speak, by their first word, folded."""

    def __init__(self, entities: Mapping[str, EntityEntry]) -> None:
        self._known: dict[str, dict[tuple[str, ...], list[str]]] = {}
        speakers = {id: entity for id, entity in entities.items() if entity.type not in _SILENT}
        for id, entity in speakers.items():
            for name in _names(entity):
                self._add(name, id)
        full = {name for known in self._known.values() for name in known}
        # Newspapers write "Jens Stoltenberg" once and "Stoltenberg" after that.
        for id, entity in speakers.items():
            for name in _names(entity) if entity.type == "Person" else ():
                if len(name) > 1 and name[-1][:1].isupper() and name[-1:] not in full:
                    self._add(name[-1:], id)

    def _add(self, name: tuple[str, ...], id: str) -> None:
        ids = self._known.setdefault(name[0].casefold(), {}).setdefault(name, [])
        if id not in ids:
            ids.append(id)

    def find(self, words: Sequence[Word]) -> list[FoundName]:
        """Return the names in a sequence of words, in order; the longest if some overlap."""
        named: list[FoundName] = []
        reached = 0
        for index, word in enumerate(words):
            if index < reached or word.folded not in self._known:
                continue
            known = self._known[word.folded]
            for name in sorted(known, key=len, reverse=True):
                if _is_at(name, words, index):
                    reached = index + len(name)
                    named.append(FoundName(tuple(known[name]), index, reached - 1))
                    break
        return list(_joined(named))


def _joined(named: Sequence[FoundName]) -> Iterator[FoundName]:
    """Yield names, adjacent ones of the same entity joined: "de Franse president Emmanuel Macron"."""
    last: FoundName | None = None
    for name in named:
        if last and last.ids == name.ids and last.last + 1 == name.first:
            last = FoundName(last.ids, last.first, name.last)
            continue
        if last:
            yield last
        last = name
    if last:
        yield last


def _names(entity: EntityEntry) -> list[tuple[str, ...]]:
    names = [*(entity.name.values() if isinstance(entity.name, dict) else [entity.name]), *entity.also]
    split = (tuple(word.written for word in split_words(name)) for name in names)
    return [name for name in split if name]


def _is_at(name: tuple[str, ...], words: Sequence[Word], index: int) -> bool:
    """Tell whether a name is at an index; case counts, except for "De NAVO-baas" at the start of a sentence."""
    there = [word.written for word in words[index : index + len(name)]]
    if there and name[0][:1].islower():
        there[0] = there[0][:1].lower() + there[0][1:]
    return there == list(name)


class Clues(NamedTuple):
    """The words of a sentence outside quotation marks, with the verbs, names and date words among them."""

    words: Sequence[Word]
    cues: Sequence[Cue]
    names: Sequence[FoundName]
    date_words: Sequence[DateWords]

    def at(self, name: FoundName) -> Span:
        """Return the span of a name."""
        return Span(self.words[name.first].start, self.words[name.last].end)

    def is_impersonal(self, cue: Cue) -> bool:
        """Tell whether a verb has no speaker."""
        return tuple(self.words[at].folded for at in cue.at) in _IMPERSONAL


class ClaimGuess(NamedTuple):
    """What may be true of a claim; a field is empty if nothing was found.

    `ids` are the entities that may be the speaker (none for a pronoun), `name` is how the article names the
    speaker, `saying` is the span of name and verb, `between` the longest part of it that is neither.
    """

    ids: tuple[str, ...] = ()
    name: str = ""
    cue: tuple[str, ...] = ()
    act: Act = "states"
    saying: Span = Span(0, 0)
    between: Span = Span(0, 0)
    said: DateWords | None = None


class Guesser:
    """Guesses who said what in one article. `date_words` are those outside quotation marks."""

    def __init__(
        self,
        text: str,
        quoted: Sequence[Span],
        names: SpeakerNames,
        date_words: Sequence[DateWords],
        language: str,
    ) -> None:
        self._text, self._quoted, self._names, self._language = text, quoted, names, language
        self._date_words = date_words
        self._blanked = _without(text, quoted)
        self._last = Span(-1, -1), Clues((), (), (), ())

    def _clues(self, sentence: Span) -> Clues:
        """Return the clues in a sentence outside quotation marks."""
        words = unquoted(split_words(self._text, sentence.start, sentence.end), overlapping(self._quoted, sentence))
        names = [*self._names.find(words), *_pronouns(words, self._language)]
        first = bisect_left(self._date_words, sentence.start, key=lambda each: each.at.start)
        last = bisect_left(self._date_words, sentence.end, key=lambda each: each.at.start)
        return Clues(words, find_cues(words, self._blanked, self._language), names, self._date_words[first:last])

    def of_quotation(self, passage: Span, sentence: Span) -> ClaimGuess:
        """Return the guess about a quotation, from the sentence around it."""
        if sentence != self._last[0]:
            self._last = sentence, self._clues(sentence)  # one sentence may have many quotations
        found = self._last[1]
        for name in found.names:
            # Wilders: ‘Wij willen regeren.’
            at = found.at(name)
            if (
                at.end < passage.start <= at.end + _COLON
                and self._text[at.end : passage.start].strip(_OPENING) == ":"
            ):
                return ClaimGuess(name.ids, self._clean(*at), saying=at, said=_nearest(found.date_words, at))
        return self._guess(found, passage, _NEAR, _NEAR)

    def of_sentence(self, sentence: Span) -> tuple[Span, ClaimGuess] | None:
        """Return the claim in a sentence without quotation marks, if a speaker is next to a verb of saying."""
        found = self._clues(sentence)
        guess = self._guess(found, Span(sentence.start, sentence.start), _NEAR_UNQUOTED, _ANYWHERE)
        if not guess.cue or not (guess.name or tuple(guess.cue[0].casefold().split()) in _IMPERSONAL):
            return None
        claimed = self._claimed(sentence, guess)
        return (claimed, guess) if len(split_words(self._text, *claimed)) >= _FEWEST else None

    def _guess(self, found: Clues, passage: Span, beside: int, near: int) -> ClaimGuess:
        """Return the guess from a verb that has a name next to it, else from a verb near the passage."""
        at = bisect_left(found.words, passage.start, key=lambda word: word.start)
        pairs = [
            # With a name before and one after the verb ("Hij nodigde Frankrijk uit"), the first is the speaker.
            (distance + _words_between(cue, at) / 4, name.first > cue.at[0], number, cue, name)
            for number, cue in enumerate(found.cues)
            if not found.is_impersonal(cue)
            for name in found.names
            if (distance := _distance(cue, name)) <= beside
        ]
        best = min(pairs, key=lambda pair: pair[:3], default=None)
        alone = min(found.cues, key=lambda cue: _words_between(cue, at), default=None)
        if best and (alone is best[3] or alone is None or best[0] < _words_between(alone, at) / 4 + _NAMELESS):
            *_, cue, name = best
            return self._as_said(found, cue, name.ids, found.at(name))
        if alone and _words_between(alone, at) <= near:
            return self._as_said(found, alone)
        return ClaimGuess(said=_nearest(found.date_words, passage))

    def _as_said(self, found: Clues, cue: Cue, ids: tuple[str, ...] = (), name: Span | None = None) -> ClaimGuess:
        spans = [Span(found.words[at].start, found.words[at].end) for at in cue.at]
        verb = Span(spans[0].start, spans[-1].end)
        is_run = cue.at[-1] - cue.at[0] == len(cue.at) - 1 and not overlapping(self._quoted, verb)
        both = sorted([*spans, name] if name else spans)
        gaps = [Span(one.end, other.start) for one, other in pairwise(both)]
        saying = Span(both[0].start, both[-1].end)
        return ClaimGuess(
            ids=ids,
            name=self._clean(*name) if name else "",
            cue=(self._clean(*verb),) if is_run else tuple(self._clean(*span) for span in spans),
            act=cue.act,
            saying=saying,
            between=max(gaps, key=_length, default=Span(0, 0)),
            said=_nearest(found.date_words, saying),
        )

    def _clean(self, start: int, end: int) -> str:
        return " ".join(self._text[start:end].split())

    def _claimed(self, sentence: Span, guess: ClaimGuess) -> Span:
        """Return the part of a sentence that was claimed: what follows "that", else the longest other part."""
        saying = guess.saying
        that = _THAT.match(self._text, saying.end, sentence.end)
        parts = [Span(saying.end, sentence.end), Span(sentence.start, saying.start), guess.between]
        start, end = Span(that.end(), sentence.end) if that else max(parts, key=_length)
        while start < end and _is_edge(self._text[start]):
            start += 1
        while start < end and _is_edge(self._text[end - 1]):
            end -= 1
        return Span(start, end)


def _without(text: str, quoted: Sequence[Span]) -> str:
    """Return a text with its quotations replaced by as many blanks."""
    pieces, reached = [], 0
    for start, end in quoted:
        pieces += [text[reached:start], " " * (end - start)]
        reached = end
    return "".join([*pieces, text[reached:]])


def _is_edge(sign: str) -> bool:
    return sign.isspace() or sign in _EDGES


def _length(part: Span) -> int:
    return part.end - part.start


def _pronouns(words: Sequence[Word], language: str) -> list[FoundName]:
    pronouns = _PRONOUNS.get(language.partition("-")[0].lower(), ())
    return [FoundName((), at, at) for at, word in enumerate(words) if word.folded in pronouns]


def _distance(cue: Cue, name: FoundName) -> int:
    """Return how many words a verb is away from a name; too many if one is part of the other."""
    if any(name.first <= at <= name.last for at in cue.at):
        return _NEAR + 1
    return min(min(abs(at - name.first), abs(at - name.last)) for at in cue.at)


def _words_between(cue: Cue, at: int) -> int:
    """Return how many unquoted words are between a verb and a passage, which precedes the word at an index."""
    return min(at - each if each < at else each - at + 1 for each in cue.at)


def _nearest(date_words: Sequence[DateWords], at: Span) -> DateWords | None:
    known = [each for each in date_words if each.edtf]
    return min(known, key=lambda each: max(each.at.start - at.end, at.start - each.at.end), default=None)
