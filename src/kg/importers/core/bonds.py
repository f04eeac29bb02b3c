"""Which spans belong to which claim: what is reached from a claim's words over the links of a document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from kg.importers.core.documents import Document, Link, Mark
from kg.importers.core.mapping import Mapping as Meanings
from kg.importers.core.mapping import Part, key


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
    """What each mark is, and where one may go from it.

    `onward` are the marks that its links lead to; `near` those that may be reached, of a record, as an event, only
    the ones that it points to; `words` the claims' words that it is linked with: a speaker may have thousands.
    """

    parts: Mapping[str, Part | None]
    onward: dict[str, set[str]]
    near: dict[str, list[str]]
    words: dict[str, set[str]]

    def is_open(self, here: str, there: str, start: str) -> bool:
        """Tell whether a neighbour belongs to the claim whose words are `start`.

        One who speaks twice says each with a cue or a record of its own, which is reached from the words.
        """
        if self.parts[there] is None:
            return self.parts[here] != "speaker" and here in self.onward[there]
        if self.parts[here] != "speaker":
            return True
        return self.parts[there] == "cue" and self.words[there] <= {start}


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
    ways = _ways(parts, links)
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


def _ways(parts: Mapping[str, Part | None], links: list[Link]) -> Ways:
    ways = Ways(parts, {id: set() for id in parts}, {id: [] for id in parts}, {id: set() for id in parts})
    onward = [(link.source, link.target) for link in links]
    for here, there in onward:
        ways.onward[here].add(there)
    for here, there in (*onward, *((there, here) for here, there in onward if parts[there] is not None)):
        if parts[there] not in ("words", "ignore"):
            ways.near[here].append(there)
    for here, there in (*onward, *((there, here) for here, there in onward)):
        if parts[there] == "words":
            ways.words[here].add(there)
    return ways


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
        for there in ways.near[here]:
            if there not in seen and ways.is_open(here, there, start):
                seen.add(there)
                waiting.append(there)
                yield there
