"""The people and organisations that may be speaking: their names, and the people that a pronoun may mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from kg.annotations.classes import EntityEntry
from kg.drafts.sentences import Word, split_words
from kg.text.spans import Span

_SILENT = ("Place", "Event", "Document", "Topic")
_PERSONAL = ("he", "she", "hij", "il", "elle", "er")
"""Pronouns of people only."""
_ANTECEDENTS = 2
"""How many people a pronoun is said to mean, at most."""


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
        self.people = frozenset(id for id, entity in speakers.items() if entity.type == "Person")
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
    """Tell whether a name is at an index; case counts, except at the start of a sentence and in "LORENZ: Ja."."""
    there = [word.written for word in words[index : index + len(name)]]
    if there and name[0][:1].islower():
        there[0] = there[0][:1].lower() + there[0][1:]
    elif all(len(word) > 3 and word.isupper() for word in there):
        return there == [word.upper() for word in name]
    return there == list(name)


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
