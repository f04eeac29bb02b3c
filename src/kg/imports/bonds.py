"""Which spans belong to which claim: what is reached from a claim's words over the links of a document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from kg.imports.documents import Document, Link, Mark
from kg.imports.mapping import Mapping as Meanings
from kg.imports.mapping import Part, key


class Bond(NamedTuple):
    """A claim's own marks: its words, who says it, the cues, and records that only hold these together."""

    words: Mark
    speakers: tuple[Mark, ...]
    cues: tuple[Mark, ...]
    records: tuple[Mark, ...]

    @property
    def marks(self) -> tuple[Mark, ...]:
        """All of them, the words first."""
        return (self.words, *self.speakers, *self.cues, *self.records)


class Ways(NamedTuple):
    """What each mark is, and the marks that its links lead to, and those that lead to it."""

    parts: Mapping[str, Part | None]
    onward: dict[str, list[str]]
    back: dict[str, list[str]]

    def onto(self, here: str) -> list[str]:
        """Return the neighbours of a mark; of a record, as an event, those that it points to."""
        return self.onward[here] if self.parts[here] is None else self.onward[here] + self.back[here]

    def is_open(self, here: str, there: str, start: str) -> bool:
        """Tell whether a neighbour belongs to the claim whose words are `start`.

        One who speaks twice says each with a cue or a record of its own, which is reached from the words.
        """
        part = self.parts[there]
        if part in ("words", "ignore"):
            return False
        if part is None:
            return self.parts[here] != "speaker" and here in self.onward[there]
        if self.parts[here] != "speaker":
            return True
        neighbours = self.onward[there] + self.back[there]
        return part == "cue" and all(self.parts[each] != "words" or each == start for each in neighbours)


class Bonds(NamedTuple):
    """The claims of a document, each link from one claim to another, and what each mark is, by its id.

    A mark without part is one whose label the mapping does not know.
    """

    claims: tuple[Bond, ...]
    relations: tuple[Link, ...]
    parts: Mapping[str, Part | None]


def read_bonds(document: Document, meanings: Meanings) -> Bonds:
    """Return the claims of a document, in its order."""
    marks = {mark.id: mark for mark in document.marks}
    links = [link for link in document.links if link.source in marks and link.target in marks]
    parts = _parts(document, links, meanings)
    ways = Ways(parts, {id: [] for id in marks}, {id: [] for id in marks})
    for link in links:
        ways.onward[link.source].append(link.target)
        ways.back[link.target].append(link.source)
    claims = [_bond(mark, marks, ways) for mark in document.marks if parts[mark.id] == "words"]
    relations = [link for link in links if parts[link.source] == parts[link.target] == "words"]
    return Bonds(tuple(claims), tuple(relations), parts)


def _parts(document: Document, links: list[Link], meanings: Meanings) -> dict[str, Part | None]:
    """Return what each mark is: by its own label, else by that of a link to it."""
    parts = {mark.id: meanings.part_of_span.get(key(mark.label)) for mark in document.marks}
    for link in links:
        if parts[link.target] is None:
            parts[link.target] = meanings.part_of_link.get(key(link.label))
    return parts


def _bond(words: Mark, marks: Mapping[str, Mark], ways: Ways) -> Bond:
    reached = [marks[id] for id in _reached(words.id, ways)]

    def of(part: Part | None) -> tuple[Mark, ...]:
        return tuple(mark for mark in reached if ways.parts[mark.id] == part)

    return Bond(words, of("speaker"), of("cue"), of(None))


def _reached(start: str, ways: Ways) -> Iterator[str]:
    """Yield the marks reached from a claim's words: over cues and records, and from a speaker to cues of its own.

    Other claims' words end the way.
    """
    seen = {start}
    waiting = [start]
    for here in waiting:
        for there in ways.onto(here):
            if there not in seen and ways.is_open(here, there, start):
                seen.add(there)
                waiting.append(there)
                yield there
