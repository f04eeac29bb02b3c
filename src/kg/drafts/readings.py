"""Reads the sentences of an article: the cues in each, and who is speaking."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from kg.drafts.cues import Cue, find_cues
from kg.drafts.date_words import DateWords
from kg.drafts.names import FoundName, SpeakerNames, surnames
from kg.drafts.sentences import (
    Clauses,
    Word,
    overlapping,
    read_clauses,
    split_words,
    vocabulary,
    without_quotations,
    written_at,
)
from kg.drafts.speakers import (
    NOBODY,
    NounPhrases,
    Recent,
    Speaker,
    SubjectFinder,
    mentions,
)
from kg.text.spans import Span
from kg.text.turns import Turn

_SHORT = 3
"""A quotation of so few words may be a word of the paper's own sentence."""


class DraftText(NamedTuple):
    """A text in its language; all spans are in order.

    `quoted` are its quotations, `date_words` those outside quotations, `turns` those of a dialogue, `paragraphs`
    the offsets at which paragraphs begin.
    """

    text: str
    language: str
    quoted: Sequence[Span]
    date_words: Sequence[DateWords]
    turns: Sequence[Turn] = ()
    paragraphs: Sequence[int] = ()

    @property
    def tag(self) -> str:
        """The language without region or script: `nl` for `nl-BE`."""
        return self.language.partition("-")[0].lower()


class Saying(NamedTuple):
    """A cue and who its subject is. `precedes` tells whether the subject comes before the cue.

    What an `embedded` saying says is part of what another one in the same sentence says.
    """

    cue: Cue
    speaker: Speaker
    precedes: bool
    embedded: bool = False


class Reading(NamedTuple):
    """What a sentence says of who said something.

    `continues` is whoever spoke in the sentence before, `turn` whose turn it is in a dialogue. The sentence begins
    at `start`, after the label of the turn.
    """

    at: Span
    clauses: Clauses
    sayings: Sequence[Saying]
    continues: Speaker
    turn: Speaker
    start: int


class SentenceReader:
    """Reads the sentences of one article, in order: a pronoun means whoever was named before."""

    def __init__(self, article: DraftText, names: SpeakerNames) -> None:
        self._article, self._names = article, names
        self._text, self._quoted = article.text, article.quoted
        self._tag, self._lists = article.tag, vocabulary(article.tag)
        self._blanked = without_quotations(article.text, article.quoted)
        self._surnames = surnames(article.text, self._lists)
        self._turns = [each.words for each in article.turns]
        self._recent = Recent(names.people)

    def read(self, at: Span) -> Reading:
        """Return what a sentence says of who said something; sentences must be read in order."""
        turn = next(iter(overlapping(self._turns, at)), None)
        start = max(at.start, turn.start) if turn else at.start
        clauses = read_clauses(self._text, Span(start, at.end), self._quoted, self._blanked, self._lists)
        known = self._names.find(clauses.words)
        dated = [each.at for each in overlapping_dates(self._article.date_words, at)]
        phrases = NounPhrases(clauses, known, self._surnames, dated, self._tag)
        continues = self._recent.speaker(self._paragraph(at.start))
        sayings = self._sayings(clauses, phrases, continues)
        spoken = next((each.speaker for each in sayings if not each.embedded and each.speaker != NOBODY), None)
        mentioned = [each for _, each in mentions(phrases, self._text)]
        self._recent.add(mentioned, spoken, self._paragraph(at.start))
        return Reading(at, clauses, sayings, continues, self._turn_speaker(turn), start)

    def _paragraph(self, at: int) -> int:
        return bisect_right(self._article.paragraphs, at)

    def _turn_speaker(self, turn: Span | None) -> Speaker:
        """Return whose turn it is, from the label before the turn."""
        if not turn:
            return NOBODY
        label = self._article.turns[self._turns.index(turn)].label
        words = written_at(self._text, label)
        found = self._names.find(split_words(self._text, *label))
        return Speaker(found[0].ids if found else (), () if found else (words,), words, label)

    def _sayings(self, clauses: Clauses, phrases: NounPhrases, continues: Speaker) -> list[Saying]:
        """Return the cues of a sentence with their speakers, in order."""
        cues = [self._with_quoted_negation(clauses, cue) for cue in find_cues(clauses, self._tag)]
        finder = SubjectFinder(phrases, cues)
        sayings: list[Saying] = []
        for cue in cues:
            subject = finder.of(cue)
            inherited = sayings[-1].speaker if sayings and not subject and finder.inherits(cue) else NOBODY
            speaker = self._speaker(phrases, subject.first, subject.end) if subject else inherited
            if is_impersonal(clauses, cue):
                subject, speaker = None, NOBODY if self._says_where(clauses, cue) else continues
            precedes = subject.precedes if subject else inherited != NOBODY
            embedded = bool(sayings) and self._is_embedded(clauses, sayings[-1], cue, inherited != NOBODY)
            sayings.append(Saying(cue, speaker, precedes, embedded))
        if len(sayings) > 1 and _is_attribution(clauses, sayings[-1]):
            sayings = [
                *(each._replace(embedded=True) for each in sayings[:-1]),
                sayings[-1]._replace(embedded=False),
            ]
        return sayings

    def _with_quoted_negation(self, clauses: Clauses, cue: Cue) -> Cue:
        """Return a cue, without its acts if a negation beside it is in quotation marks: het is “niet” bevestigd."""
        around = clauses.around(cue.at[0])
        at = Span(clauses.words[around.start].start, clauses.words[around.stop - 1].end)
        for quoted in overlapping(self._quoted, at):
            words = split_words(self._text, *quoted)
            if len(words) <= _SHORT and any(word.folded in self._lists["negations"] for word in words):
                return cue._replace(acts=())
        return cue

    def _is_embedded(self, clauses: Clauses, before: Saying, cue: Cue, inherits: bool) -> bool:
        """Tell whether what a cue says is part of what the cue before it says."""
        start = clauses.start(cue.at[0])
        if ";" in self._blanked[clauses.words[before.cue.at[0]].end : clauses.words[cue.at[0]].start]:
            return False
        if inherits:
            return before.embedded and start not in clauses.after_break
        if clauses.number[before.cue.at[0]] == clauses.number[cue.at[0]]:
            return True
        return not (clauses.words[start].folded in self._lists["openers"] and start in clauses.after_break)

    def _speaker(self, phrases: NounPhrases, first: int, end: int) -> Speaker:
        """Return who is named by these words of a sentence."""
        words = phrases.clauses.words
        at = Span(words[first].start, words[end - 1].end)
        written = written_at(self._text, at)
        is_oblique = end == first + 1 and words[first].folded in self._lists["obliques"]
        if phrases.is_pronoun(first) or is_oblique:
            earlier = [each for at, each in mentions(phrases, self._text) if at < first]
            ids, others = self._recent.antecedents(words[first].folded, earlier)
            return Speaker(ids, others, written, at, is_pronoun=True)
        named = [each for each in phrases.known if first <= each.first and each.last < end]
        named = [each for each in named if not self._is_possessive(words, each)]
        people = [each for each in named if self._names.people & {*each.ids}]
        # "the wife of Gerald Hobley" is not Gerald Hobley; "a spokesman for the ministry" speaks for it.
        people = [each for each in people if not self._is_linked(words, first, each.first)]
        chosen = people or [each for each in named if not self._names.people & {*each.ids}]
        return Speaker(chosen[0].ids, (), written, at) if chosen else Speaker((), (written,), written, at)

    def _is_possessive(self, words: Sequence[Word], name: FoundName) -> bool:
        after = name.last + 1
        return after < len(words) and words[after].folded == "s" and words[after].start == words[name.last].end + 1

    def _is_linked(self, words: Sequence[Word], first: int, index: int) -> bool:
        """Tell whether a name depends on a noun before it."""
        determiner = words[first].folded in self._lists["determiners"]
        return determiner and any(word.folded in self._lists["links"] for word in words[first + 1 : index])

    def _says_where(self, clauses: Clauses, cue: Cue) -> bool:
        """Tell whether the clause of "klinkt het" says where or by whom: "klinkt het in Den Haag"."""
        after = cue.at[-1] + 1
        if clauses.start(cue.at[0]) != cue.at[0]:
            return True
        return after < clauses.end(cue.at[-1]) and clauses.words[after].folded in self._lists["adjuncts"]


def overlapping_dates(date_words: Sequence[DateWords], at: Span) -> Sequence[DateWords]:
    """Return the date words within a span."""
    first = bisect_left(date_words, at.start, key=lambda each: each.at.start)
    return date_words[first : bisect_left(date_words, at.end, key=lambda each: each.at.start)]


def is_impersonal(clauses: Clauses, cue: Cue) -> bool:
    """Tell whether a cue has no subject: "klinkt het", "heißt es"."""
    return clauses.words[cue.at[-1]].folded in ("het", "es") and len(cue.at) > 1


def _is_attribution(clauses: Clauses, saying: Saying) -> bool:
    """Tell whether a saying comes after what it reports: "…, zei hij"."""
    first = saying.cue.at[0]
    return not saying.precedes and saying.speaker != NOBODY and first > 0 and first in clauses.after_break
