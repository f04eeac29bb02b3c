"""Names of people and organisations: those of a corpus in a text, and how a text names somebody in full."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from kg.annotations.classes import EntityEntry
from kg.drafts.sentences import Vocabulary, Word, split_words

_SILENT = ("Place", "Event", "Document", "Topic")


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


def surnames(text: str, lists: Vocabulary) -> frozenset[str]:
    """Return the words that end a name of several words somewhere in the text."""
    words = split_words(text)
    found = set()
    for one, other in pairwise(words):
        is_name = one.written[:1].isupper() and other.written[:1].isupper() and text[one.end : other.start] == " "
        if is_name and one.folded not in lists["determiners"] and one.folded not in lists["adjuncts"]:
            found.add(other.written)
    return frozenset(found)


_MOST_WORDS = 8
"""How many words of a name are looked for before its surname."""


class FullNames:
    """The names in a text as a list of people has them: in full, and without what the people are."""

    def __init__(self, text: str, lists: Vocabulary) -> None:
        self._lists = lists
        self._by_surname: dict[str, str] = {}
        words = split_words(text)
        for last, word in enumerate(words):
            if word.written[:1].isupper() and word.written not in self._by_surname:
                name = _name_that_ends(words, last, text, lists)
                if " " in name:
                    self._by_surname[word.written] = name

    def find(self, name: str) -> str:
        """Return `Ingrid de Wit` for "voorzitter Ingrid de Wit", and for "Wit" if the text has the longer name."""
        return _without_title(self._by_surname.get(name, name), self._lists)


def _name_that_ends(words: Sequence[Word], last: int, text: str, lists: Vocabulary) -> str:
    """Return the name whose last word this is: the capitalised words before it, with links between them."""
    first = last
    for at in range(last - 1, max(last - 1 - _MOST_WORDS, -1), -1):
        word, after = words[at], words[at + 1]
        if text[word.end : after.start] != " ":
            break
        if word.written[:1].isupper() and not any(word.folded in each for each in lists.values()):
            first = at
        elif word.folded not in lists["links"]:
            break
    return text[words[first].start : words[last].end]


def _without_title(name: str, lists: Vocabulary) -> str:
    """Return a name without what the person is, which is before it in small letters, or is a title."""
    words = name.split()
    is_title = [not word[:1].isupper() or word.casefold().rstrip(".") in lists["titles"] for word in words]
    first = is_title.index(False) if False in is_title else 0
    begins = {word.casefold() for word in words[:first]}
    is_of_name = begins & {*lists["links"], *lists["determiners"]}
    return name if is_of_name else " ".join(words[first:])
