"""Guesses about claims: who said what is quoted or reported, by which cue, doing what, and when."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from kg.annotations.classes import Act
from kg.drafts.cues import Cue, find_cues, said_nothing
from kg.drafts.date_words import DateWords
from kg.drafts.sentences import (
    Clauses,
    Turn,
    Vocabulary,
    Word,
    overlapping,
    split_words,
    unquoted,
    vocabulary,
    without_quotations,
)
from kg.drafts.speaker_guesses import NOBODY, V2, FoundName, NounPhrases, Speaker, SpeakerNames, SubjectFinder
from kg.meaning.claim import NEEDS_GIST
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
_FEWEST = 3
"""The fewest words of a claim without quotation marks and without "that"."""
_EDGES = ",;:–—-.!?…()"
_THAT = ("dat", "that", "que", "qu", "dass", "daß")
"""Words before what is claimed that do not belong to it."""
_WITH_PREPOSITION: frozenset[Act] = frozenset(
    ("accuses", "agrees", "asks", "believes", "demands", "urges", "warns")
)
"""Acts whose verbs have a preposition before what is claimed: "pleit voor"."""
_PERSONAL = ("he", "she", "hij", "il", "elle", "er")
"""Pronouns of people only."""
_ANTECEDENTS = 2
"""How many people a pronoun is said to mean, at most."""


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


class Saying(NamedTuple):
    """A cue and who its subject is. `precedes` tells whether the subject comes before the cue.

    What an `embedded` saying says is part of what another one in the same sentence says.
    """

    cue: Cue
    speaker: Speaker
    precedes: bool
    embedded: bool = False


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


class Guesser:
    """Guesses who said what in one article. `date_words` are those outside quotation marks, all spans in order."""

    def __init__(self, article: DraftText, names: SpeakerNames, sentences: Sequence[Span]) -> None:
        self._article, self._names = article, names
        self._text, self._quoted = article.text, article.quoted
        self._tag = article.language.partition("-")[0].lower()
        self._lists = vocabulary(self._tag)
        self._blanked = without_quotations(article.text, article.quoted)
        self._surnames = _surnames(article.text, self._lists)
        self._turns = [each.words for each in article.turns]
        self._recent = Recent(names.people)
        self.readings = [self._read(at) for at in sentences]

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

    def of_sentence(self, number: int) -> Iterator[tuple[Span, ClaimGuess]]:
        """Yield the claims in a sentence that are not between quotation marks."""
        reading = self.readings[number]
        if reading.turn != NOBODY:
            yield from self._of_turn(reading)
        elif self._is_conjunctive(reading):
            at = self._trimmed(reading, reading.at)
            yield at, ClaimGuess(reading.continues, saying=reading.continues.at)
        if reading.clauses.is_question:
            return
        for index, saying in enumerate(reading.sayings):
            claimed = None if saying.embedded else self._claimed(reading, index)
            if claimed and not overlapping(self._quoted, claimed):
                yield claimed, self._guess(reading, saying, claimed)

    def is_past(self, date: DateWords) -> bool:
        """Tell whether words that say when are about the past: a cue is beside them, or an auxiliary says so."""
        number = bisect_right(self.readings, date.at.start, key=lambda each: each.at.start) - 1
        reading = self.readings[number]
        clauses = reading.clauses
        at = bisect_left(clauses.words, date.at.start, key=lambda word: word.start)
        if at >= len(clauses.words):
            return True
        claimed = [span for span, _ in self.of_sentence(number) if overlapping([span], date.at)]
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

    def _of_turn(self, reading: Reading) -> Iterator[tuple[Span, ClaimGuess]]:
        """Yield a sentence of a dialogue as the claim of whoever's turn it is."""
        words = split_words(self._text, reading.start, reading.at.end)
        if len(words) < _FEWEST:
            return
        sentence = self._text[words[0].start : reading.at.end].rstrip()
        acts: tuple[Act, ...] = ("asks",) if sentence.endswith("?") else ()
        at = Span(words[0].start, words[0].start + len(sentence))
        yield at, ClaimGuess(reading.turn, acts=acts, saying=reading.turn.at)

    def _is_conjunctive(self, reading: Reading) -> bool:
        """Tell whether a German sentence reports by its verb alone: "Er habe nichts gewusst."."""
        if reading.sayings or reading.continues == NOBODY or overlapping(self._quoted, reading.at):
            return False
        words = {word.folded for word in reading.clauses.words}
        return bool(words & self._lists["conjunctive"].keys()) and not words & {"ich", "wir"}

    def _read(self, at: Span) -> Reading:
        """Return what a sentence says of who said something; sentences must be read in order."""
        turn = next(iter(overlapping(self._turns, at)), None)
        start = max(at.start, turn.start) if turn else at.start
        words = unquoted(split_words(self._text, start, at.end), overlapping(self._quoted, at))
        clauses = Clauses(words, self._blanked, at.end, self._lists)
        known = self._names.find(words)
        dated = [each.at for each in overlapping_dates(self._article.date_words, at)]
        phrases = NounPhrases(clauses, known, self._surnames, dated, self._tag)
        continues = self._recent.speaker(self._paragraph(at.start))
        sayings = self._sayings(clauses, phrases, continues)
        spoken = next((each.speaker for each in sayings if not each.embedded and each.speaker != NOBODY), None)
        self._recent.add(phrases, self._paragraph(at.start), spoken, self._text)
        return Reading(at, clauses, sayings, continues, self._turn_speaker(turn), start)

    def _paragraph(self, at: int) -> int:
        return bisect_right(self._article.paragraphs, at)

    def _turn_speaker(self, turn: Span | None) -> Speaker:
        """Return whose turn it is, from the label before the turn."""
        if not turn:
            return NOBODY
        label = self._article.turns[self._turns.index(turn)].label
        words = self._clean(*label)
        found = self._names.find(split_words(self._text, *label))
        return Speaker(found[0].ids if found else (), () if found else (words,), words, label)

    def _sayings(self, clauses: Clauses, phrases: NounPhrases, continues: Speaker) -> list[Saying]:
        """Return the cues of a sentence with their speakers, in order."""
        cues = find_cues(clauses, self._tag)
        finder = SubjectFinder(phrases, cues)
        sayings: list[Saying] = []
        for cue in cues:
            subject = finder.of(cue)
            inherited = sayings[-1].speaker if sayings and not subject and finder.inherits(cue) else NOBODY
            speaker = self._speaker(phrases, subject.first, subject.end) if subject else inherited
            if self._is_impersonal(clauses, cue):
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
        written = self._clean(*at)
        if phrases.is_pronoun(first):
            earlier = [each for at, each in _mentions(phrases, self._text) if at < first]
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
            return Speaker(known[0].ids, (), self._clean(*name), name)
        return None

    def _guess(self, reading: Reading, saying: Saying, claimed: Span | None = None) -> ClaimGuess:
        words = reading.clauses.words
        cue, speaker = saying.cue, saying.speaker
        spans = [Span(words[first].start, words[last].end) for first, last in _runs(cue.at)]
        verb = Span(spans[0].start, spans[-1].end)
        near = speaker.at if speaker != NOBODY and reading.at.start <= speaker.at.start < reading.at.end else verb
        return ClaimGuess(
            speaker,
            tuple(self._clean(*span) for span in spans),
            cue.acts,
            Span(min(verb.start, near.start), max(verb.end, near.end)),
            self._said(reading, saying, claimed),
        )

    def _said(self, reading: Reading, saying: Saying, claimed: Span | None) -> DateWords | None:
        """Return the date words beside a cue: those in its clause, or in one that only says when."""
        clauses = reading.clauses
        own = clauses.number[saying.cue.at[0]]
        verb = clauses.words[saying.cue.at[0]]
        found: list[DateWords] = []
        for each in overlapping_dates(self._article.date_words, reading.at) if saying.cue.is_finite else ():
            at = bisect_left(clauses.words, each.at.start, key=lambda word: word.start)
            if not each.edtf or at >= len(clauses.words) or (claimed and overlapping([claimed], each.at)):
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

    def _claimed(self, reading: Reading, index: int) -> Span | None:
        """Return what is reported with a cue: after "that", else after the cue or before it; None if nothing is."""
        saying = reading.sayings[index]
        clauses, cue = reading.clauses, saying.cue
        words = clauses.words
        if saying.speaker == NOBODY and not self._is_impersonal(clauses, cue):
            return None
        if cue.expresses == ("withholds",):
            return self._withheld(reading, index)
        if not cue.is_finite or clauses.words[clauses.start(cue.at[0])].folded in self._lists["conditions"]:
            return None
        end = self._content_end(reading, index)
        is_object = "states" not in cue.expresses
        is_preposition = words[cue.at[0]].folded in self._lists["prepositions"]
        that = None if is_preposition else self._that(reading, index)
        if that is not None and words[that].end < end:
            after = words[that].end + (words[that].folded == "qu")
            claimed = Span(after if words[that].folded in _THAT else words[that].start, end)
        elif words[cue.at[0]].folded in self._lists["addressed"] or self._follows_quotation(reading, cue):
            return None
        else:
            claimed = self._beside(reading, saying, end)
            claimed = self._without_negation(reading, saying, claimed)
        claimed = self._trimmed(reading, claimed, has_that=that is not None or not is_object)
        least = 1 if cue.at[-1] - cue.at[0] >= len(cue.at) else 2 if that is not None or is_object else _FEWEST
        found = split_words(self._text, *claimed)
        if len(found) < least:
            return None
        if that is None and found[0].folded in self._lists["adjuncts"]:
            return Span(found[1].start, claimed.end) if {*cue.expresses} & _WITH_PREPOSITION and found[1:] else None
        return claimed

    def _withheld(self, reading: Reading, index: int) -> Span:
        """Return what somebody says nothing about; the cue, if the sentence does not say it."""
        clauses, cue = reading.clauses, reading.sayings[index].cue
        words, end = clauses.words, clauses.end(cue.at[-1])
        start = clauses.start(cue.at[0])
        before = clauses.clause(clauses.number[start] - 1)
        for at in range(cue.at[-1] + 1, len(words)):
            if words[at].folded in self._lists["questions"] or words[at].folded in self._lists["that"]:
                return self._trimmed(reading, Span(words[at].start, reading.at.end))
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
        has_object = reading.clauses.end(cue.at[-1]) > cue.at[-1] + 1 or cue.at[-1] - cue.at[0] >= len(cue.at)
        return colon if colon >= 0 and has_object else reading.at.end

    def _that(self, reading: Reading, index: int) -> int | None:
        """Return the index of "that" after a cue, if no other cue or clause is between them."""
        clauses, cue = reading.clauses, reading.sayings[index].cue
        own = clauses.number[cue.at[-1]]
        following = reading.sayings[index + 1].cue.at[0] if index + 1 < len(reading.sayings) else len(clauses.words)
        for at in range(cue.at[-1] + 1, following):
            if clauses.number[at] > own + 1:
                return None
            word = clauses.words[at].folded
            if (word in self._lists["that"] and clauses.opens(at)) or (
                not cue.acts and word in self._lists["questions"]
            ):
                return at
        return None

    def _is_impersonal(self, clauses: Clauses, cue: Cue) -> bool:
        return clauses.words[cue.at[-1]].folded in ("het", "es") and len(cue.at) > 1

    def _says_where(self, clauses: Clauses, cue: Cue) -> bool:
        """Tell whether the clause of "klinkt het" says where or by whom: "klinkt het in Den Haag"."""
        after = cue.at[-1] + 1
        if clauses.start(cue.at[0]) != cue.at[0]:
            return True
        return after < clauses.end(cue.at[-1]) and clauses.words[after].folded in self._lists["adjuncts"]

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
        is_preposition = words[first].folded in self._lists["prepositions"]
        precedes = Span(reading.at.start, words[clauses.start(first)].start if opens else used[0].start)
        if is_preposition:
            return follows if clauses.number[first] == 0 and first <= 1 else max(precedes, follows, key=_length)
        if opens and not saying.precedes:
            return precedes
        return max([follows, *(gaps if last - first >= len(cue.at) or not saying.precedes else [])], key=_length)

    def _without_negation(self, reading: Reading, saying: Saying, at: Span) -> Span:
        """Return a span without the negation of the cue: "bestätigte die Zahlen nicht"."""
        clauses = reading.clauses
        last = bisect_left(clauses.words, at.end, key=lambda word: word.end) - 1
        is_own = last >= 0 and clauses.number[last] == clauses.number[saying.cue.at[0]]
        if self._tag not in V2 or saying.cue.acts or not is_own or clauses.words[last].start < at.start:
            return at
        negated = clauses.words[last].folded in self._lists["negations"]
        return Span(at.start, clauses.words[last].start) if negated else at

    def _comma(self, clauses: Clauses, last: int) -> int:
        """Return where the object of a cue ends with its clause, 0 if it is in the next one: "warnte davor, …"."""
        end = clauses.end(last)
        return clauses.words[end - 1].end if end - last > _FEWEST and end < len(clauses.words) else 0

    def _trimmed(self, reading: Reading, at: Span, *, has_that: bool = True) -> Span:
        """Return a span without the signs at its edges, and without the words at its start that say when."""
        start, end = at
        words = [word for word in reading.clauses.words if start <= word.start and word.end <= end]
        for date in overlapping_dates(self._article.date_words, at):
            leading = [word for word in words if word.start < date.at.start]
            if all(
                word.folded in self._lists["adjuncts"] or word.folded in self._lists["adverbs"] for word in leading
            ):
                start = date.at.end
        words = [word for word in words if word.start >= start]
        while len(words) > 1 and words[0].folded in self._lists["adverbs"] and not has_that:
            words.pop(0)
            start = words[0].start
        while start < end and _is_edge(self._text[start]):
            start += 1
        while start < end and _is_edge(self._text[end - 1]):
            end -= 1
        return Span(start, end)

    def _clean(self, start: int, end: int) -> str:
        return " ".join(self._text[start:end].split())


class Recent:
    """Who spoke and who was mentioned so far, for pronouns and for quotations that nobody is named beside."""

    def __init__(self, people: frozenset[str]) -> None:
        self._people = people
        self._paragraph = -1
        self._spoken: list[Speaker] = []
        self._mentioned: list[Speaker] = []

    def speaker(self, paragraph: int) -> Speaker:
        """Return who spoke last, if that was in this paragraph; not with the words that name them there."""
        if paragraph != self._paragraph:
            return NOBODY
        last = self._spoken[-1]
        earlier = self._spoken[-2:-1] if not last.ids else []
        ids = tuple(id for each in (last, *earlier) for id in each.ids)
        return Speaker(ids, last.others, "", last.at)

    def antecedents(self, pronoun: str, earlier: Sequence[Speaker]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return whom a pronoun may mean: entities, and others. `earlier` are named before it in its sentence."""
        found = [*earlier[:1], *reversed(self._spoken), *reversed(self._mentioned)]
        if pronoun in _PERSONAL:
            found = [each for each in found if each.others or self._people & {*each.ids}]
        chosen: list[Speaker] = []
        for each in found:
            is_new = not any({*each.ids, *each.others} & {*one.ids, *one.others} for one in chosen)
            if is_new and len(chosen) < _ANTECEDENTS:
                chosen.append(each)
        return tuple(id for each in chosen for id in each.ids), tuple(
            name for each in chosen for name in each.others
        )

    def add(self, phrases: NounPhrases, paragraph: int, spoken: Speaker | None, text: str) -> None:
        """Add whoever a sentence mentions, and who spoke in it."""
        found = [each for _, each in _mentions(phrases, text)]
        self._mentioned = [*self._mentioned, *found][-_ANTECEDENTS:]
        if spoken:
            first = Speaker(spoken.ids[:1], spoken.others[:1] if not spoken.ids else (), spoken.words, spoken.at)
            self._spoken = [*self._spoken, first if spoken.is_pronoun else spoken][-_ANTECEDENTS:]
            self._paragraph = paragraph


def _mentions(phrases: NounPhrases, text: str) -> list[tuple[int, Speaker]]:
    """Return the names in a sentence, of entities and of others, with the index of the first word of each."""
    words = phrases.clauses.words
    taken = {at for name in phrases.known for at in range(name.first, name.last + 1)}
    found = [(name.first, Speaker(name.ids)) for name in phrases.known]
    for first, end in phrases.proper_runs():
        if not taken & {*range(first, end)}:
            name = " ".join(text[words[first].start : words[end - 1].end].split())
            found.append((first, Speaker((), (name,))))
    return sorted(found, key=lambda each: each[0])


def overlapping_dates(date_words: Sequence[DateWords], at: Span) -> Sequence[DateWords]:
    """Return the date words within a span."""
    first = bisect_left(date_words, at.start, key=lambda each: each.at.start)
    return date_words[first : bisect_left(date_words, at.end, key=lambda each: each.at.start)]


def _runs(at: Sequence[int]) -> list[tuple[int, int]]:
    """Return the first and the last of each run of consecutive indexes."""
    runs: list[tuple[int, int]] = []
    for index in at:
        if runs and runs[-1][1] == index - 1:
            runs[-1] = runs[-1][0], index
        else:
            runs.append((index, index))
    return runs


def _is_attribution(clauses: Clauses, saying: Saying) -> bool:
    """Tell whether a saying comes after what it reports: "…, zei hij"."""
    first = saying.cue.at[0]
    return not saying.precedes and saying.speaker != NOBODY and first > 0 and first in clauses.after_break


def _surnames(text: str, lists: Vocabulary) -> frozenset[str]:
    """Return the words that end a name of several words somewhere in the text."""
    words = split_words(text)
    found = set()
    for one, other in pairwise(words):
        is_name = one.written[:1].isupper() and other.written[:1].isupper() and text[one.end : other.start] == " "
        if is_name and one.folded not in lists["determiners"] and one.folded not in lists["adjuncts"]:
            found.add(other.written)
    return frozenset(found)


def _is_edge(sign: str) -> bool:
    return sign.isspace() or sign in _EDGES


def _length(part: Span) -> int:
    return part.end - part.start


def _words_between(cue: Cue, at: int) -> int:
    """Return how many unquoted words are between a cue and a passage, which precedes the word at an index."""
    return min(at - each if each < at else each - at + 1 for each in cue.at)
