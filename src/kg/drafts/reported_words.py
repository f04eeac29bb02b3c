"""Finds the words of a sentence that are reported with a cue, without quotation marks."""

from __future__ import annotations

from itertools import pairwise

from kg.annotations.classes import Act
from kg.drafts.cues import Cue
from kg.drafts.readings import DraftText, Reading, Saying, is_impersonal, overlapping_dates
from kg.drafts.sentences import Clauses, overlapping, split_words, vocabulary, without_quotations
from kg.drafts.speaker_guesses import NOBODY
from kg.drafts.subjects import V2
from kg.text.spans import Span

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
