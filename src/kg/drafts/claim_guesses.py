"""Guesses about claims: who said what is quoted or reported, by which cue, doing what, and when."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from kg.annotations.classes import Act
from kg.drafts.cues import Cue, said_nothing
from kg.drafts.date_words import DateWords
from kg.drafts.names import SpeakerNames
from kg.drafts.readings import DraftText, Reading, Saying, SentenceReader, is_impersonal, overlapping_dates
from kg.drafts.sentences import Clauses, Word, overlapping, split_words, vocabulary, without_quotations, written_at
from kg.drafts.speakers import NOBODY, V2, Speaker
from kg.meaning.words import NEEDS_GIST
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


FEWEST = 3
"""The fewest words of a claim without quotation marks, if the act does not show that it is one."""
_FEWEST_AFTER_THAT = 2
_EDGES = ",;:–—-.!?…()"
_THAT = ("dat", "that", "que", "qu", "dass", "daß")
"""Words before what is claimed that do not belong to it."""
_WITH_PREPOSITION: frozenset[Act] = frozenset(
    ("accuses", "agrees", "asks", "believes", "demands", "urges", "warns")
)
"""Acts whose verbs have a preposition before what is claimed: "pleit voor"."""


class ReportedWords:
    """What is reported in the sentences of one article."""

    def __init__(self, article: DraftText) -> None:
        self._article, self._text, self._quoted = article, article.text, article.quoted
        self._tag, self._lists = article.tag, vocabulary(article.tag)
        self._blanked = without_quotations(article.text, article.quoted)

    def claimed(self, reading: Reading, index: int) -> tuple[Span, ...]:
        """Return the parts of what is reported with a cue; none if nothing is."""
        saying = reading.sayings[index]
        clauses, cue = reading.clauses, saying.cue
        if saying.embedded or (saying.speaker == NOBODY and not is_impersonal(clauses, cue)):
            return ()
        if cue.expresses == ("withholds",):
            return (self._withheld(reading, index),)
        if not cue.is_finite or clauses.words[clauses.start(cue.at[0])].folded in self._lists["conditions"]:
            return ()
        end = self._content_end(reading, index)
        if clauses.words[cue.at[0]].folded in self._lists["prepositions"]:
            return self._around_preposition(reading, saying, end)
        that = self._that(reading, index)
        if that is not None and clauses.words[that].end < end:
            word = clauses.words[that]
            start = word.end + (word.folded == "qu") if word.folded in _THAT else word.start
            at = self.trimmed(Span(start, end))
            return (at,) if len(split_words(self._text, *at)) >= _FEWEST_AFTER_THAT else ()
        at = self._object(reading, saying, end)
        return (at,) if at.start < at.end else ()

    def _object(self, reading: Reading, saying: Saying, end: int) -> Span:
        """Return what is reported with a verb without "that"; an empty span if nothing is."""
        clauses, cue = reading.clauses, saying.cue
        nothing = Span(end, end)
        is_addressed = any(clauses.words[at].folded in self._lists["addressed"] for at in cue.at)
        if is_addressed or self._follows_quotation(reading, cue):
            return nothing
        is_object = "states" not in cue.expresses
        at = self._without_negation(reading, saying, self._beside(reading, saying, end))
        at = self.trimmed(self._without_when(reading, at, is_object=is_object))
        found = split_words(self._text, *at)
        if len(found) < (1 if _is_split(cue) or is_object else FEWEST):
            return nothing
        if len(found) == 1 and found[0].folded in self._lists["adverbs"]:
            return nothing
        if found[0].folded not in self._lists["adjuncts"]:
            return at
        if not {*cue.expresses} & _WITH_PREPOSITION:
            return nothing
        return Span(found[1].start, at.end) if found[0].folded in self._lists["aims"] and found[1:] else at

    def _around_preposition(self, reading: Reading, saying: Saying, end: int) -> tuple[Span, ...]:
        """Return what is reported with "volgens Berg": what follows it, what precedes it, or both."""
        words, first = reading.clauses.words, saying.cue.at[0]
        if self._follows_quotation(reading, saying.cue):
            return ()
        before = self.trimmed(Span(reading.at.start, words[first].start)) if first > 1 else Span(0, 0)
        after = self.trimmed(Span(saying.speaker.at.end, max(end, saying.speaker.at.end)))
        parts = tuple(each for each in (before, after) if each.start < each.end)
        return parts if sum(len(split_words(self._text, *each)) for each in parts) >= FEWEST else ()

    def _withheld(self, reading: Reading, index: int) -> Span:
        """Return what somebody says nothing about; the cue, if the sentence does not say it."""
        clauses, cue = reading.clauses, reading.sayings[index].cue
        words, end = clauses.words, clauses.end(cue.at[-1])
        start = clauses.start(cue.at[0])
        before = clauses.clause(clauses.number[start] - 1)
        that = self._that(reading, index)
        if that is not None:
            return self.trimmed(Span(words[that].start, self._content_end(reading, index)))
        inside = [at for at in range(cue.at[0] + 1, cue.at[-1]) if at not in cue.at]
        if len(inside) > 1 and words[inside[0]].folded in self._lists["matters"]:
            return Span(words[inside[1]].start, words[inside[-1]].end)
        if cue.at[-1] + 2 < end and words[cue.at[-1] + 1].folded in self._lists["matters"]:
            return Span(words[cue.at[-1] + 2].start, words[end - 1].end)
        if before and before[0].folded in self._lists["that"]:
            return Span(before[0].end + 1, before[-1].end)
        if start + 1 < cue.at[0] and words[start].folded in self._lists["matters"]:
            return Span(words[start + 1].start, words[cue.at[0] - 1].end)
        return Span(words[cue.at[0]].start, words[cue.at[-1]].end)

    def _follows_quotation(self, reading: Reading, cue: Cue) -> bool:
        """Tell whether a clause with a cue comes right after a quotation: that is what was said."""
        words, start = reading.clauses.words, reading.clauses.start(cue.at[0])
        before = words[start - 1].end if start else reading.at.start
        return bool(overlapping(self._quoted, Span(before, words[start].start)))

    def _content_end(self, reading: Reading, index: int) -> int:
        """Return where what a cue reports ends: before the next cue with the same speaker, or with the sentence."""
        for saying in reading.sayings[index + 1 :]:
            if not saying.embedded:
                return reading.clauses.words[reading.clauses.start(saying.cue.at[0])].start
        words, cue = reading.clauses.words, reading.sayings[index].cue
        colon = self._blanked.find(":", words[cue.at[-1]].end, reading.at.end)
        has_object = reading.clauses.end(cue.at[-1]) > cue.at[-1] + 1 or _is_split(cue)
        return colon if colon >= 0 and has_object else reading.at.end

    def _that(self, reading: Reading, index: int) -> int | None:
        """Return the index of "that" after a cue, if no other cue or clause is between them."""
        clauses, cue = reading.clauses, reading.sayings[index].cue
        own = clauses.number[cue.at[-1]]
        following = reading.sayings[index + 1].cue.at[0] if index + 1 < len(reading.sayings) else len(clauses.words)
        for at in range(cue.at[-1] + 1, following):
            # "betonte aber, dass": a clause of one word may be between them.
            if clauses.number[at] > own + 1 + (len(clauses.clause(own + 1)) == 1):
                return None
            word = clauses.words[at].folded
            if (word in self._lists["that"] and clauses.opens(at)) or (
                (not cue.acts or cue.expresses == ("withholds",)) and word in self._lists["questions"]
            ):
                return at
        return None

    def _beside(self, reading: Reading, saying: Saying, end: int) -> Span:
        """Return the longest part of a sentence that may be what a cue without "that" reports."""
        clauses, cue = reading.clauses, saying.cue
        words = clauses.words
        first, last = cue.at[0], cue.at[-1]
        used = [Span(words[at].start, words[at].end) for at in cue.at]
        if saying.speaker.at.start >= reading.at.start and saying.speaker != NOBODY:
            used.append(saying.speaker.at)
        used = sorted(each for each in used if each.end <= reading.at.end)
        gaps = [Span(one.end, other.start) for one, other in pairwise(used) if one.end < other.start]
        if "states" not in cue.expresses and (comma := self._comma(clauses, last)):
            end = min(end, comma)
        follows = Span(used[-1].end, max(end, used[-1].end))
        opens = first in clauses.after_break and first > 0
        precedes = Span(reading.at.start, words[clauses.start(first)].start if opens else used[0].start)
        if opens and not saying.precedes:
            return precedes
        return max([follows, *(gaps if _is_split(cue) or not saying.precedes else [])], key=_length)

    def _without_negation(self, reading: Reading, saying: Saying, at: Span) -> Span:
        """Return a span without the negation of the cue: "bestätigte die Zahlen nicht ausdrücklich"."""
        words, own = reading.clauses.words, reading.clauses.end(saying.cue.at[0])
        continues = own < len(words) and words[own].start < at.end
        if self._tag not in V2 or saying.cue.acts or continues:
            return at
        for word in words[max(own - 2, 0) : own]:
            # "Geen" and "kein" belong to what they negate.
            is_adverb = word.folded in self._lists["negations"] and not word.folded.startswith(("geen", "kein"))
            kept = self.trimmed(Span(at.start, max(word.start, at.start)))
            if is_adverb and kept.start < kept.end:
                return kept
        return at

    def _comma(self, clauses: Clauses, last: int) -> int:
        """Return where the object of a cue ends with its clause, 0 if it is in the next one: "warnte davor, …"."""
        end = clauses.end(last)
        return clauses.words[end - 1].end if end - last > FEWEST and end < len(clauses.words) else 0

    def trimmed(self, at: Span) -> Span:
        """Return a span without the signs at its edges."""
        start, end = at
        while start < end and _is_edge(self._text[start]):
            start += 1
        while start < end and _is_edge(self._text[end - 1]):
            end -= 1
        return Span(start, end)

    def _without_when(self, reading: Reading, at: Span, *, is_object: bool) -> Span:
        """Return a span without the words at its start that say when it was said, nor adverbs before an object."""
        start, end = at
        words = [word for word in reading.clauses.words if start <= word.start and word.end <= end]
        for date in overlapping_dates(self._article.date_words, at):
            leading = [word.folded for word in words if word.start < date.at.start]
            if all(word in self._lists["adjuncts"] or self._is_mere_adverb(word) for word in leading):
                start = date.at.end
        words = [word for word in words if word.start >= start]
        while is_object and len(words) > 1 and self._is_mere_adverb(words[0].folded):
            words.pop(0)
            start = words[0].start
        return Span(start, max(start, end))

    def _is_mere_adverb(self, word: str) -> bool:
        belongs = word in self._lists["negations"] or word in self._lists["limits"]
        return word in self._lists["adverbs"] and not belongs


def _is_split(cue: Cue) -> bool:
    return cue.at[-1] - cue.at[0] >= len(cue.at)


def _is_edge(sign: str) -> bool:
    return sign.isspace() or sign in _EDGES


def _length(part: Span) -> int:
    return part.end - part.start
