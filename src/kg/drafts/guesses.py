"""Who may have said something, by which verb and when: what stands nearest in the sentence."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from kg.annotations.classes import Act
from kg.drafts.cues import Cue, cues
from kg.drafts.days import When
from kg.drafts.names import Named, Names
from kg.drafts.tokens import Word, outside, touching, words
from kg.text.spans import MARKS, Span

_NEAR = 8
"""How many words a name may stand from the verb of saying."""
_BESIDE = 3
"""How many, where no quotation marks show that something is said."""
_NAMELESS = 2
"""How many words nearer to its name a verb must be, to be taken before one that is nearer to what was said."""
_COLON = 8
"""How many characters may stand between a name and what was said, where there is only a colon."""
_OPENING = MARKS + " \n\t\xa0"
_ANYWHERE = 1000
_FEWEST = 4
"""How many words a claim without quotation marks must have."""
_PRONOUNS: dict[str, tuple[str, ...]] = {
    "nl": ("hij", "zij", "ze", "men"),
    "en": ("he", "she", "they"),
    "fr": ("il", "elle", "ils", "elles", "on"),
    "de": ("er", "sie"),
}
_IMPERSONAL = (("klinkt", "het"), ("luidt", "het"))
"""Verbs that name nobody, whoever stands beside them."""
# What stands between a verb of saying and what was said: zei ook dat, a dit qu', erklärte, dass.
_THAT = re.compile(r"(?:\s+\w+){0,2},?\s+(?:dat|that|que|qu['’]|dass|daß)\s*", re.IGNORECASE)
_EDGES = ",;:–—-.!?…"


class Found(NamedTuple):
    """The words outside of quotation marks in a sentence, and what they may tell."""

    words: Sequence[Word]
    cues: Sequence[Cue]
    names: Sequence[Named]
    whens: Sequence[When]

    def at(self, name: Named) -> Span:
        """Return where a name stands."""
        return Span(self.words[name.first].start, self.words[name.last].end)

    def is_impersonal(self, cue: Cue) -> bool:
        """Tell whether a verb names nobody."""
        return tuple(self.words[at].folded for at in cue.at) in _IMPERSONAL


class Guess(NamedTuple):
    """What may be true of a claim; empty where nothing was found.

    `ids` are entities of which one may be the speaker (none, where it is a pronoun), `name` is how the article
    names the speaker, `saying` where name and verb stand, `between` the longest
    part of that which is neither.
    """

    ids: tuple[str, ...] = ()
    name: str = ""
    cue: tuple[str, ...] = ()
    act: Act = "states"
    saying: Span = Span(0, 0)
    between: Span = Span(0, 0)
    said: When | None = None


class Reader:
    """Finds in the sentences of one article what may tell who spoke."""

    def __init__(self, text: str, quoted: Sequence[Span], names: Names, whens: Sequence[When], language: str):
        self._text, self._quoted, self._names, self._language = text, quoted, names, language
        self._whens = whens
        self._open = _without(text, quoted)
        self._last = Span(-1, -1), Found((), (), (), ())

    def _found(self, sentence: Span) -> Found:
        """Return what is found in a sentence, outside of quotation marks."""
        all_words = words(self._text, sentence.start, sentence.end)
        open_words = outside(all_words, touching(self._quoted, sentence))
        names = [*self._names.among(open_words), *_pronouns(open_words, self._language)]
        first = bisect_left(self._whens, sentence.start, key=lambda when: when.at.start)
        last = bisect_left(self._whens, sentence.end, key=lambda when: when.at.start)
        return Found(open_words, cues(open_words, self._open, self._language), names, self._whens[first:last])

    def of_quotation(self, passage: Span, sentence: Span) -> Guess:
        """Return what the sentence around a quotation suggests."""
        if sentence != self._last[0]:
            self._last = sentence, self._found(sentence)  # many quotations may stand in one
        found = self._last[1]
        for name in found.names:
            # Wilders: ‘Wij willen regeren.’
            at = found.at(name)
            if (
                at.end < passage.start <= at.end + _COLON
                and self._text[at.end : passage.start].strip(_OPENING) == ":"
            ):
                return Guess(name.ids, self._clean(*at), saying=at, said=_nearest(found.whens, at))
        return self._guess(found, passage, _NEAR, _NEAR)

    def of_sentence(self, sentence: Span) -> tuple[Span, Guess] | None:
        """Return what a sentence without quotation marks claims, if someone stands beside a verb of saying."""
        found = self._found(sentence)
        guess = self._guess(found, Span(sentence.start, sentence.start), _BESIDE, _ANYWHERE)
        if not guess.cue or not (guess.name or tuple(guess.cue[0].casefold().split()) in _IMPERSONAL):
            return None
        claimed = self._claimed(sentence, guess)
        return (claimed, guess) if len(words(self._text, *claimed)) >= _FEWEST else None

    def _guess(self, found: Found, passage: Span, beside: int, near: int) -> Guess:
        """Return the guess by the verb that has a name beside it, else by one that is near the passage."""
        at = bisect_left(found.words, passage.start, key=lambda word: word.start)
        pairs = [
            # Of a name before and one after the verb, as "Hij nodigde Frankrijk uit", the first is who spoke.
            (distance + _way(cue, at) / 4, name.first > cue.at[0], number, cue, name)
            for number, cue in enumerate(found.cues)
            if not found.is_impersonal(cue)
            for name in found.names
            if (distance := _distance(cue, name)) <= beside
        ]
        best = min(pairs, key=lambda pair: pair[:3], default=None)
        alone = min(found.cues, key=lambda cue: _way(cue, at), default=None)
        if best and (alone is best[3] or alone is None or best[0] < _way(alone, at) / 4 + _NAMELESS):
            *_, cue, name = best
            return self._as_said(found, cue, name.ids, found.at(name))
        if alone and _way(alone, at) <= near:
            return self._as_said(found, alone)
        return Guess(said=_nearest(found.whens, passage))

    def _as_said(self, found: Found, cue: Cue, ids: tuple[str, ...] = (), name: Span | None = None) -> Guess:
        spans = [Span(found.words[at].start, found.words[at].end) for at in cue.at]
        verb = Span(spans[0].start, spans[-1].end)
        is_run = cue.at[-1] - cue.at[0] == len(cue.at) - 1 and not touching(self._quoted, verb)
        both = sorted([*spans, name] if name else spans)
        gaps = [Span(one.end, other.start) for one, other in pairwise(both)]
        saying = Span(both[0].start, both[-1].end)
        return Guess(
            ids=ids,
            name=self._clean(*name) if name else "",
            cue=(self._clean(*verb),) if is_run else tuple(self._clean(*span) for span in spans),
            act=cue.act,
            saying=saying,
            between=max(gaps, key=_length, default=Span(0, 0)),
            said=_nearest(found.whens, saying),
        )

    def _clean(self, start: int, end: int) -> str:
        return " ".join(self._text[start:end].split())

    def _claimed(self, sentence: Span, guess: Guess) -> Span:
        """Return the part of a sentence that was said: what follows "that", else the longest of what is left."""
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
    """Return a text with blanks for all that is quoted, so that everything else stands where it stood."""
    pieces, reached = [], 0
    for start, end in quoted:
        pieces += [text[reached:start], " " * (end - start)]
        reached = end
    return "".join([*pieces, text[reached:]])


def _is_edge(sign: str) -> bool:
    return sign.isspace() or sign in _EDGES


def _length(part: Span) -> int:
    return part.end - part.start


def _pronouns(among: Sequence[Word], language: str) -> list[Named]:
    pronouns = _PRONOUNS.get(language.partition("-")[0].lower(), ())
    return [Named((), at, at) for at, word in enumerate(among) if word.folded in pronouns]


def _distance(cue: Cue, name: Named) -> int:
    """Return how many words from a name a verb stands; far, where one is part of the other."""
    if any(name.first <= at <= name.last for at in cue.at):
        return _NEAR + 1
    return min(min(abs(at - name.first), abs(at - name.last)) for at in cue.at)


def _way(cue: Cue, at: int) -> int:
    """Return how many unquoted words stand between a verb and a passage before the word with this index."""
    return min(at - each if each < at else each - at + 1 for each in cue.at)


def _nearest(whens: Sequence[When], at: Span) -> When | None:
    known = [when for when in whens if when.edtf]
    return min(known, key=lambda when: max(when.at.start - at.end, at.start - when.at.end), default=None)
