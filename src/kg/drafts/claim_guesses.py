"""Guesses about claims: who said what is quoted or reported, by which cue, doing what, and when."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from kg.annotations.classes import Act
from kg.drafts.cues import Cue, said_nothing
from kg.drafts.date_words import DateWords
from kg.drafts.readings import DraftText, Reading, Saying, SentenceReader, overlapping_dates
from kg.drafts.reported_words import FEWEST, ReportedWords
from kg.drafts.sentences import Word, overlapping, split_words, vocabulary, written_at
from kg.drafts.speaker_guesses import NOBODY, Speaker, SpeakerNames
from kg.meaning.claim_in_full import NEEDS_GIST
from kg.text.spans import MARKS, Span

_NEAR = 12
"""The most words between a quotation and its cue."""
_NEAR_BEFORE = 25
"""The same if the cue is before the quotation."""
_NAMELESS = 3
"""How many words nearer a cue without a speaker must be to win over one that has a speaker."""
_COLON = 8
"""The most characters between a name and a quotation if there is only a colon."""
_OPENING = MARKS + " \n\t\xa0"


class ClaimGuess(NamedTuple):
    """What may be true of a claim; a field is empty if nothing was found.

    `acts` are those that the cue may express. `saying` is the span of speaker and cue.
    """

    speaker: Speaker = NOBODY
    cue: tuple[str, ...] = ()
    acts: tuple[Act, ...] = ()
    saying: Span = Span(0, 0)
    said: DateWords | None = None

    @property
    def act(self) -> Act | str:
        """The act, if there is only one that it may be; else `""`."""
        return self.acts[0] if len(self.acts) == 1 else ""


class Guesser:
    """Guesses who said what in one article. `date_words` are those outside quotation marks, all spans in order."""

    def __init__(self, article: DraftText, names: SpeakerNames, sentences: Sequence[Span]) -> None:
        self._article, self._names = article, names
        self._text, self._quoted = article.text, article.quoted
        self._tag, self._lists = article.tag, vocabulary(article.tag)
        self._reported = ReportedWords(article)
        reader = SentenceReader(article, names)
        self.readings = [reader.read(at) for at in sentences]

    def of_quotation(self, passage: Span, number: int) -> ClaimGuess:
        """Return the guess about a quotation in the sentence of this number."""
        reading = self.readings[number]
        words = reading.clauses.words
        at = bisect_left(words, passage.start, key=lambda word: word.start)
        if speaker := self._before_colon(reading, passage, at):
            return ClaimGuess(speaker, saying=speaker.at)
        near = [
            (self._distance(reading, each, at), -each.cue.at[0], each)
            for each in reading.sayings
            if _words_between(each.cue, at) <= (_NEAR if each.cue.at[0] >= at else _NEAR_BEFORE)
        ]
        if near:
            saying = min(near, key=lambda each: each[:2])[2]
            guess = self._guess(reading, saying)
            # “No,” he denied: the words are the denial, not what was denied.
            if said_nothing(self._text[passage.start : passage.end], self._tag):
                return guess._replace(acts=("withholds",))
            is_answer = saying.cue.at[0] >= at or ":" in self._text[words[saying.cue.at[-1]].end : passage.start]
            return guess._replace(acts=()) if is_answer and {*guess.acts} & {*NEEDS_GIST} else guess
        if reading.turn != NOBODY:
            return ClaimGuess(reading.turn, saying=reading.turn.at)
        if not words:
            return ClaimGuess(reading.continues, saying=reading.continues.at)
        return ClaimGuess()

    def _distance(self, reading: Reading, saying: Saying, at: int) -> float:
        """Return how far a cue is from a quotation, in words: more if another cue is likelier to be that of it."""
        first = saying.cue.at[0]
        start = reading.clauses.words[reading.clauses.start(first)].folded
        continues = first >= at and start in self._lists["openers"]
        return _words_between(saying.cue, at) + _NAMELESS * (saying.speaker == NOBODY) + _NEAR * continues

    def of_sentence(self, number: int) -> Iterator[tuple[tuple[Span, ...], ClaimGuess]]:
        """Yield the parts of each claim in a sentence that is not between quotation marks."""
        reading = self.readings[number]
        if reading.turn != NOBODY:
            yield from self._of_turn(reading)
        elif self._is_conjunctive(reading):
            at = self._reported.trimmed(reading.at)
            yield (at,), ClaimGuess(reading.continues, saying=reading.continues.at)
        if reading.clauses.is_question:
            return
        for index, saying in enumerate(reading.sayings):
            parts = self._reported.claimed(reading, index)
            if parts and not any(overlapping(self._quoted, part) for part in parts):
                yield parts, self._guess(reading, saying, parts)

    def is_past(self, date: DateWords) -> bool:
        """Tell whether words that say when are about the past: a cue is beside them, or an auxiliary says so."""
        number = bisect_right(self.readings, date.at.start, key=lambda each: each.at.start) - 1
        reading = self.readings[number]
        clauses = reading.clauses
        at = bisect_left(clauses.words, date.at.start, key=lambda word: word.start)
        if at >= len(clauses.words):
            return True
        parts = [part for each, _ in self.of_sentence(number) for part in each]
        claimed = [part for part in parts if overlapping([part], date.at)]
        around = clauses.around(at)
        within = [
            each
            for each in clauses.words[around.start : around.stop]
            if not claimed or claimed[-1].start <= each.start
        ]
        is_told = any(each.cue.is_finite and each.cue.at[0] in around for each in reading.sayings)
        return (is_told and not claimed) or self._is_in_the_past(within)

    def _is_in_the_past(self, words: Sequence[Word]) -> bool:
        """Tell whether an auxiliary or an English "-ed" shows that a clause is about the past."""
        folded = {word.folded for word in words}
        is_open = folded & (self._lists["modals"].keys() | {"is", "are"})
        return bool(folded & self._lists["past"].keys()) or (
            self._tag == "en" and not is_open and any(word.endswith("ed") for word in folded)
        )

    def _of_turn(self, reading: Reading) -> Iterator[tuple[tuple[Span, ...], ClaimGuess]]:
        """Yield a sentence of a dialogue as a claim of the speaker whose turn it is."""
        words = split_words(self._text, reading.start, reading.at.end)
        if len(words) < FEWEST:
            return
        sentence = self._text[words[0].start : reading.at.end].rstrip()
        acts: tuple[Act, ...] = ("asks",) if sentence.endswith("?") else ()
        at = Span(words[0].start, words[0].start + len(sentence))
        yield (at,), ClaimGuess(reading.turn, acts=acts, saying=reading.turn.at)

    def _is_conjunctive(self, reading: Reading) -> bool:
        """Tell whether a German sentence reports by its verb alone: "Er habe nichts gewusst."."""
        if reading.sayings or reading.continues == NOBODY or overlapping(self._quoted, reading.at):
            return False
        words = {word.folded for word in reading.clauses.words}
        return bool(words & self._lists["conjunctive"].keys()) and not words & {"ich", "wir"}

    def _before_colon(self, reading: Reading, passage: Span, at: int) -> Speaker | None:
        """Return the speaker of "Wilders: ‘Wij willen regeren.’"."""
        words = reading.clauses.words
        if not at or passage.start - words[at - 1].end > _COLON:
            return None
        if self._text[words[at - 1].end : passage.start].strip(_OPENING) != ":":
            return None
        known = [each for each in self._names.find(words[:at]) if each.last == at - 1]
        start = reading.clauses.start(at - 1)
        is_alone = any(each.first == start for each in known)
        if known and (is_alone or not reading.sayings):
            name = Span(words[known[0].first].start, words[at - 1].end)
            return Speaker(known[0].ids, (), written_at(self._text, name), name)
        return None

    def _guess(self, reading: Reading, saying: Saying, claimed: Sequence[Span] = ()) -> ClaimGuess:
        words = reading.clauses.words
        cue, speaker = saying.cue, saying.speaker
        spans = [Span(words[first].start, words[last].end) for first, last in _runs(cue.at)]
        verb = Span(spans[0].start, spans[-1].end)
        near = speaker.at if speaker != NOBODY and reading.at.start <= speaker.at.start < reading.at.end else verb
        return ClaimGuess(
            speaker,
            tuple(written_at(self._text, span) for span in spans),
            cue.acts,
            Span(min(verb.start, near.start), max(verb.end, near.end)),
            self._said(reading, saying, claimed),
        )

    def _said(self, reading: Reading, saying: Saying, claimed: Sequence[Span]) -> DateWords | None:
        """Return the date words beside a cue: those in its clause, or in one that only says when."""
        clauses = reading.clauses
        own = clauses.number[saying.cue.at[0]]
        verb = clauses.words[saying.cue.at[0]]
        found: list[DateWords] = []
        for each in overlapping_dates(self._article.date_words, reading.at) if saying.cue.is_finite else ():
            at = bisect_left(clauses.words, each.at.start, key=lambda word: word.start)
            if not each.edtf or at >= len(clauses.words) or overlapping(claimed, each.at):
                continue
            number = clauses.number[at]
            opens = clauses.words[clauses.start(at)].start >= each.at.start - _COLON
            if (
                number == own
                or (number == own - 1 and opens)
                or (number == own + 1 and not saying.precedes and opens)
            ):
                found.append(each)
        return min(found, key=lambda each: abs(each.at.start - verb.start), default=None)


def _runs(at: Sequence[int]) -> list[tuple[int, int]]:
    """Return the first and the last of each run of consecutive indexes."""
    runs: list[tuple[int, int]] = []
    for index in at:
        if runs and runs[-1][1] == index - 1:
            runs[-1] = runs[-1][0], index
        else:
            runs.append((index, index))
    return runs


def _words_between(cue: Cue, at: int) -> int:
    """Return how many unquoted words are between a cue and a passage, which precedes the word at an index."""
    return min(at - each if each < at else each - at + 1 for each in cue.at)
