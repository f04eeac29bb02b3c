"""Who may be speaking: people and organisations by name, those that a pronoun means, and the subject of a cue.

The subject of a cue in its sentence is a name, a pronoun, or a noun with its article.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from kg.drafts.cues import Cue
from kg.drafts.names import FoundName
from kg.drafts.sentences import Clauses, overlapping, vocabulary, written_at
from kg.text.spans import Span

_PERSONAL = ("he", "she", "him", "her", "hij", "hem", "il", "elle", "er")
"""Pronouns of people only."""
_ANTECEDENTS = 2
"""How many people a pronoun is said to mean, at most."""


class Speaker(NamedTuple):
    """Who may have spoken: entities, or names of others; `words` is how the article names them in this place."""

    ids: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    words: str = ""
    at: Span = Span(0, 0)
    is_pronoun: bool = False


NOBODY = Speaker()


class Recent:
    """Who spoke and who was mentioned so far, for pronouns and for quotations that nobody is named beside."""

    def __init__(self, people: frozenset[str]) -> None:
        self._people = people
        self._paragraph = -1
        self._spoken: list[Speaker] = []
        self._mentioned: list[Speaker] = []
        self._subject: list[Speaker] = []

    def speaker(self, paragraph: int) -> Speaker:
        """Return who spoke last, if that was in this paragraph; not with the words that name them there."""
        if paragraph != self._paragraph:
            return NOBODY
        last = self._spoken[-1]
        earlier = self._spoken[-2:-1] if not last.ids else []
        ids = tuple(id for each in (last, *earlier) for id in each.ids)
        return Speaker(ids, last.others, "", last.at)

    def antecedents(self, pronoun: str, earlier: Sequence[Speaker]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the entities, and others, that a pronoun may mean; `earlier` come before it in its sentence."""
        found = [*earlier[:1], *self._subject, *reversed(self._spoken), *reversed(self._mentioned)]
        if pronoun in _PERSONAL:
            found = [each for each in found if each.others or self._people & {*each.ids}]
        chosen: list[Speaker] = []
        for each in found:
            if len(chosen) < _ANTECEDENTS and not any(_are_same(each, other) for other in chosen):
                chosen.append(each)
        return tuple(id for each in chosen for id in each.ids), tuple(
            name for each in chosen for name in each.others
        )

    def add(self, mentioned: Sequence[Speaker], spoken: Speaker | None, paragraph: int) -> None:
        """Add whoever a sentence mentions, and who spoke in it."""
        # Whoever a sentence without a speaker names first is likelier to go on than who spoke before.
        self._subject = [] if spoken else [*mentioned[:1]]
        self._mentioned = [*self._mentioned, *mentioned][-_ANTECEDENTS:]
        if spoken:
            first = Speaker(spoken.ids[:1], spoken.others[:1] if not spoken.ids else (), spoken.words, spoken.at)
            self._spoken = [*self._spoken, first if spoken.is_pronoun else spoken][-_ANTECEDENTS:]
            self._paragraph = paragraph


def _are_same(one: Speaker, other: Speaker) -> bool:
    """Tell whether two speakers share an entity or a last name."""
    names = [{name.split()[-1] for name in each.others} for each in (one, other)]
    return bool({*one.ids} & {*other.ids} or names[0] & names[1])


_LONGEST_NAME = 12
"""The most words of what names a speaker: "secretaris Joost Maas van de metaalbond FMB"."""
_LONGEST_NOUN = 4
"""The same without a capital: "the first witness"."""
_APPOSITIONS = 4
"""The most clauses between a name and its verb: "Gerald Hobley, 58, of Marsh End, denies"."""
V2 = ("nl", "de")
"""Languages in which the subject follows the verb if something else precedes it."""


class NounPhrases:
    """Finds what may name a speaker in a sentence: a name, a pronoun, or a noun with its article."""

    def __init__(
        self,
        clauses: Clauses,
        known: Sequence[FoundName],
        surnames: frozenset[str],
        dated: Sequence[Span],
        tag: str,
    ) -> None:
        self.clauses, self.known, self.tag = clauses, known, tag
        self.lists = vocabulary(tag)
        self._surnames = surnames
        self._dated = dated
        self._starts = {name.first: name for name in known}
        lists = (
            "adjuncts",
            "adverbs",
            "openers",
            "clauses",
            "that",
            "modals",
            "be",
            "have",
            "conditions",
            "relatives",
            "infinitives",
            "copulas",
        )
        self._function_words = {word for name in lists for word in self.lists[name]} - {*self.lists["determiners"]}

    def is_pronoun(self, index: int) -> bool:
        """Tell whether a word is a pronoun that may be a speaker."""
        return self.clauses.words[index].folded in self.lists["pronouns"]

    def begins(self, index: int, end: int) -> bool:
        """Tell whether what names a speaker may begin at an index; it ends before `end` at the latest."""
        words = self.clauses.words
        word = words[index]
        if self._is_dated(index):
            return False
        if index in self._starts or self.is_pronoun(index):
            return True
        if word.folded in self.lists["determiners"]:
            if index + 1 == end:
                return self.clauses.start(index) == index and self.clauses.end(index) == end
            after = words[index + 1].folded
            return after not in self._function_words or after in self.lists["adverbs"]
        if word.folded in self._function_words or not word.written[:1].isalpha():
            return False
        if word.folded in self.lists["links"]:
            return False
        following = words[index + 1 : min(end, index + 3)]
        if word.written[:1].isupper():
            # A name if it is one elsewhere, and at the start of a sentence if the verb follows.
            if index or self.tag == "de" or word.written in self._surnames or end == 1:
                return True
            return any(each.written[:1].isupper() for each in following)
        return any(each.written[:1].isupper() for each in following) and bool(
            following[0].folded not in self._function_words
        )

    def _is_dated(self, index: int) -> bool:
        return bool(overlapping(self._dated, Span(self.clauses.words[index].start, self.clauses.words[index].end)))

    def end(self, index: int, limit: int, *, whole: bool = False) -> int:
        """Return the index after the last word of what names a speaker from an index on, at most `limit`.

        If a verb follows at `limit`, the `whole` may be nouns: "the Fed chair said".
        """
        if self.is_pronoun(index):
            return index + 1
        has_capital, last, named = False, index, -1
        for at in range(index, min(limit, index + _LONGEST_NAME)):
            if at in self._starts:
                named = self._starts[at].last
            is_link = at > named and at > index and self.clauses.words[at].folded in self.lists["links"]
            if at > named and not is_link and self._ends_before(at, at - index, has_capital, whole):
                break
            written = self.clauses.words[at].written
            has_capital = has_capital or at <= named or (written[:1].isupper() and at > 0)
            if not is_link:
                last = at
        return last + 1

    def _ends_before(self, at: int, length: int, has_capital: bool, whole: bool) -> bool:
        """Tell whether a word does not belong to the name before it, which has this many words."""
        word = self.clauses.words[at]
        if self._is_dated(at):
            return True
        if length == 0 or word.written[:1].isupper():
            return False
        before = self.clauses.words[at - 1].folded
        is_linked = before in self.lists["links"] or before in self.lists["determiners"]
        if word.folded in self._function_words:
            is_inside = whole and word.folded in self.lists["adjuncts"]
            return not (is_inside or (is_linked and word.folded in self.lists["adverbs"]))
        if whole or (has_capital and word.written.isdigit()):
            return False
        if word.written.isdigit() or (word.folded in self.lists["determiners"] and not is_linked):
            return True
        return not is_linked if has_capital else length >= _LONGEST_NOUN

    def has_proper_name(self, first: int, end: int) -> bool:
        """Tell whether the name of an entity, or two words with a capital, are among these words."""
        known = any(name.first < end and first <= name.last for name in self.known)
        capitals = [word.written[:1].isupper() for word in self.clauses.words[first:end]]
        return known or sum(capitals) > 1 or (first > 0 and all(capitals) and self.tag != "de")

    def proper_runs(self) -> Iterator[tuple[int, int]]:
        """Yield the first index and that after the last of each run of two or more words with a capital."""
        words, first = self.clauses.words, 0
        for index in range(len(words) + 1):
            upper = index < len(words) and words[index].written[:1].isupper() and not self._is_dated(index)
            if upper and words[index].folded in self._function_words | {*self.lists["determiners"]}:
                upper = False
            if not upper or index in self.clauses.after_break:
                if index - first > 1:
                    yield first, index
                first = index if upper else index + 1

    def is_all_name(self, first: int, end: int) -> bool:
        """Tell whether these words are a name, with no article or noun beside it."""
        words = self.clauses.words[first:end]
        links = self.lists["links"]
        return self.has_proper_name(first, end) and all(
            word.written[:1].isupper() or word.folded in links for word in words
        )


class Subject(NamedTuple):
    """The words that name a cue's speaker: the first index and that after the last, and whether they precede it."""

    first: int
    end: int
    precedes: bool


class SubjectFinder:
    """Finds the subject of each cue in a sentence."""

    def __init__(self, phrases: NounPhrases, cues: Sequence[Cue]) -> None:
        self._phrases, self._clauses, self._lists = phrases, phrases.clauses, phrases.lists
        self._cues = cues

    def of(self, cue: Cue) -> Subject | None:
        """Return the subject of a cue; None if there is none beside it, or only in an earlier clause."""
        first, last = cue.at[0], cue.at[-1]
        words = self._clauses.words
        if words[first].folded in self._lists["prepositions"]:
            return self._oblique(last + 1) or self._after(last)
        if len(cue.at) == 2 and (between := [at for at in range(first + 1, last) if self._phrases.is_pronoun(at)]):
            return Subject(between[0], between[0] + 1, precedes=False)
        before = self._before(first)
        is_split = last - first >= len(cue.at)
        after = self._after(first if is_split else last) if before is None or self._phrases.tag in V2 else None
        if before:
            return after if after and self._is_object(before, after) else before
        opens = self._opens(first)
        appositive = self._before_appositions(first, certain=after is not None) if opens else None
        if appositive:
            return after if after and self._is_object(appositive, after) else appositive
        if not after and self.inherits(cue) and not any(other.at[0] < first for other in self._cues):
            return self._of_clause(self._clauses.number[first] - 1)
        if after and (opens or self._phrases.tag in V2 or self._is_clitic(after.first)):
            return after
        return None

    def _oblique(self, index: int) -> Subject | None:
        """Return a pronoun after a preposition: "selon lui", but not "volgens haar vader"."""
        words = self._clauses.words
        if index >= len(words) or words[index].folded not in self._lists["obliques"]:
            return None
        end = self._clauses.end(index)
        is_alone = index + 1 == end or any(
            words[index + 1].folded in self._lists[name] for name in ("copulas", "be", "modals")
        )
        is_alone = is_alone or self._phrases.tag == "fr"
        return Subject(index, index + 1, precedes=False) if is_alone else None

    def _is_object(self, before: Subject, after: Subject) -> bool:
        """Tell whether the object precedes a verb, and the subject follows it: "die kritiek wijst hij af"."""
        words = self._clauses.words
        if words[after.first].folded in self._lists["nominatives"]:
            return not self._phrases.is_pronoun(before.first)
        named = [word.folded for word in words[before.first : before.end]]
        is_thing = any(word in self._lists["charges"] or word in self._lists["proposals"] for word in named)
        return is_thing or named[0] in self._lists["objects"]

    def _opens(self, index: int) -> bool:
        """Tell whether punctuation or a quotation precedes a verb, its auxiliaries and adverbs apart."""
        start = self._clauses.start(index)
        between = self._clauses.words[start:index]
        return start in self._clauses.after_break and all(self._is_beside_verb(word.folded) for word in between)

    def _is_clitic(self, index: int) -> bool:
        """Tell whether a pronoun hangs on the verb before it: prévient-elle."""
        words = self._clauses.words
        return (
            words[index - 1].end + 1 == words[index].start
            and self._phrases.is_pronoun(index)
            and self._phrases.tag == "fr"
        )

    def inherits(self, cue: Cue) -> bool:
        """Tell whether a cue shares the subject of the one before: "…, but insisted", "…, adding that"."""
        first = cue.at[0]
        if not first:
            return False
        before = self._clauses.words[first - 1].folded
        joined = before in self._lists["openers"] or before in self._lists["links"]
        # "…, betonte aber, dass": in Dutch and German the verb comes first only if it shares its subject.
        joined = joined or (self._phrases.tag in V2 and first in self._clauses.punctuated)
        gerund = self._clauses.words[first].folded.endswith(("ing", "ant")) and first in self._clauses.after_break
        return joined or gerund

    def _before(self, index: int) -> Subject | None:
        """Return the subject that precedes a verb in its clause."""
        words, lists = self._clauses.words, self._lists
        start = self._clauses.start(index)
        start = max([start, *(cue.at[-1] + 1 for cue in self._cues if start <= cue.at[-1] < index)])
        end = index
        while start < end and (words[start].folded in lists["openers"] or words[start].folded in lists["that"]):
            start += 1
        while start < end and self._is_beside_verb(words[end - 1].folded):
            end -= 1
        if start < end and self._is_relative(start, end):
            return None
        if start < end and self._phrases.is_pronoun(end - 1):
            return Subject(end - 1, end, precedes=True)
        if start == end or (self._phrases.tag in V2 and not self._phrases.begins(start, end)):
            return None
        start = self._start(start, end)
        if start == end:
            return None
        last = self._phrases.end(start, end, whole=True)
        return Subject(start, last, precedes=True)

    def _start(self, start: int, end: int) -> int:
        """Return where the subject begins: at once, or after "In a statement"; `end` if nowhere before it."""
        words, lists = self._clauses.words, self._lists
        begins = [at for at in range(start, end) if self._phrases.begins(at, end)]
        if words[start].folded not in lists["adjuncts"]:
            return begins[0] if begins else end
        inside = {**lists["adjuncts"], **lists["links"], **lists["determiners"]}
        free = [at for at in begins if words[at - 1].folded not in inside]
        return free[-1] if free else end

    def _is_relative(self, start: int, end: int) -> bool:
        """Tell whether a clause begins with a relative pronoun, and not with an article that looks like one."""
        word = self._clauses.words[start].folded
        is_article = word in self._lists["determiners"] and end - start > 1
        return self._clauses.opens(start) and word in self._lists["relatives"] and not is_article

    def _of_clause(self, number: int) -> Subject | None:
        """Return the subject with which a clause begins."""
        if number < 0:
            return None
        first = self._clauses.number.index(number)
        end = self._clauses.end(first)
        return (
            Subject(first, self._phrases.end(first, end), precedes=True)
            if self._phrases.begins(first, end)
            else None
        )

    def _is_beside_verb(self, word: str) -> bool:
        lists = ("adverbs", "negations", "have", "modals", "be", "past")
        return any(word in self._lists[name] for name in lists) and word not in self._lists["pronouns"]

    def _after(self, index: int) -> Subject | None:
        """Return the subject that follows a verb or a preposition in its clause."""
        words = self._clauses.words
        end = self._clauses.end(index)
        at = index + 1
        while at < end and words[at].folded in self._lists["adverbs"] and not self._phrases.is_pronoun(at):
            at += 1
        if at >= end or not self._phrases.begins(at, end):
            return None
        last = self._phrases.end(at, end)
        # "rétorque son porte-parole, Yann Le Goff, …": the name after the comma says who.
        if not self._phrases.has_proper_name(at, last) and last == end and end < len(words):
            more = self._phrases.end(end, self._clauses.end(end))
            if self._phrases.is_all_name(end, more) and more == self._clauses.end(end):
                return Subject(end, more, precedes=False)
        return Subject(at, last, precedes=False)

    def _before_appositions(self, index: int, *, certain: bool) -> Subject | None:
        """Return the subject that commas divide from its verb: "Miriam Castle KC, prosecuting, said"."""
        number = self._clauses.number[index]
        for back in range(number - 1, max(number - 1 - _APPOSITIONS, -1), -1):
            first = self._clauses.number.index(back)
            end = self._clauses.end(first)
            words = self._clauses.words
            while first < end and words[first].folded in self._lists["openers"]:
                first += 1
            if first == end:
                return None
            whole = self._phrases.begins(first, end) and self._phrases.end(first, end) == end
            if whole and self._phrases.has_proper_name(first, end):
                # A name alone before "said X" is what X said, unless something else shows the apposition.
                return Subject(first, end, precedes=True) if back < number - 1 or back or not certain else None
            if whole and back < number - 1:
                return Subject(first, end, precedes=True)
            if not self._is_apposition(first):
                return None
        return None

    def _is_apposition(self, first: int) -> bool:
        """Tell whether a clause may be between a name and its verb."""
        word = self._clauses.words[first]
        begins = word.folded in self._lists["relatives"] or word.folded in self._lists["determiners"]
        begins = begins or word.folded in self._lists["links"] or word.folded in self._lists["adjuncts"]
        is_pronoun = self._phrases.is_pronoun(first) or word.folded in self._lists["obliques"]
        begins = begins or (is_pronoun and self._clauses.end(first) == first + 1)
        return begins or word.written.isdigit() or word.folded.endswith("ing")


def mentions(phrases: NounPhrases, text: str) -> list[tuple[int, Speaker]]:
    """Return the names in a sentence, of entities and of others, with the index of the first word of each."""
    words = phrases.clauses.words
    taken = {at for name in phrases.known for at in range(name.first, name.last + 1)}
    found = [(name.first, Speaker(name.ids)) for name in phrases.known]
    for first, end in phrases.proper_runs():
        if not taken & {*range(first, end)}:
            name = written_at(text, Span(words[first].start, words[end - 1].end))
            found.append((first, Speaker((), (name,))))
    return sorted(found, key=lambda each: each[0])
