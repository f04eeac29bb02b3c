"""Names of the entities that may speak, found among the words of a text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from kg.annotations.classes import EntityEntry
from kg.drafts.tokens import Word, words

_SILENT = ("Place", "Event", "Topic")


class Named(NamedTuple):
    """A name found: the entities that have it, and the indexes of its first and last word."""

    ids: tuple[str, ...]
    first: int
    last: int


class Names:
    """The names of a corpus, by their first word as it is compared."""

    def __init__(self, entities: Mapping[str, EntityEntry]) -> None:
        self._known: dict[str, dict[tuple[str, ...], list[str]]] = {}
        speakers = {id: entity for id, entity in entities.items() if entity.type not in _SILENT}
        for id, entity in speakers.items():
            for name in _names(entity):
                self._add(name, id)
        full = {name for known in self._known.values() for name in known}
        # A paper says "Jens Stoltenberg" once and "Stoltenberg" from then on.
        for id, entity in speakers.items():
            for name in _names(entity) if entity.type == "Person" else ():
                if len(name) > 1 and name[-1][:1].isupper() and name[-1:] not in full:
                    self._add(name[-1:], id)

    def _add(self, name: tuple[str, ...], id: str) -> None:
        ids = self._known.setdefault(name[0].casefold(), {}).setdefault(name, [])
        if id not in ids:
            ids.append(id)

    def among(self, found: Sequence[Word]) -> list[Named]:
        """Return the names among words that follow each other, in order; of those that overlap the longest."""
        named: list[Named] = []
        reached = 0
        for index, word in enumerate(found):
            if index < reached or word.folded not in self._known:
                continue
            known = self._known[word.folded]
            for name in sorted(known, key=len, reverse=True):
                if _is_at(name, found, index):
                    reached = index + len(name)
                    named.append(Named(tuple(known[name]), index, reached - 1))
                    break
        return list(_joined(named))


def _joined(named: Sequence[Named]) -> Iterator[Named]:
    """Yield names, two of one entity that stand side by side as one: "de Franse president Emmanuel Macron"."""
    last: Named | None = None
    for name in named:
        if last and last.ids == name.ids and last.last + 1 == name.first:
            last = Named(last.ids, last.first, name.last)
            continue
        if last:
            yield last
        last = name
    if last:
        yield last


def _names(entity: EntityEntry) -> list[tuple[str, ...]]:
    names = [*(entity.name.values() if isinstance(entity.name, dict) else [entity.name]), *entity.also]
    split = (tuple(word.written for word in words(name)) for name in names)
    return [name for name in split if name]


def _is_at(name: tuple[str, ...], found: Sequence[Word], index: int) -> bool:
    """Tell whether a name stands there: capitals count, but for that of a sentence before "de NAVO-baas"."""
    there = [word.written for word in found[index : index + len(name)]]
    if there and name[0][:1].islower():
        there[0] = there[0][:1].lower() + there[0][1:]
    return there == list(name)
