"""One `TEI` element → a document: what is said in it, by whom, and what interrupts.

https://tei-c.org/release/doc/tei-p5-doc/en/html/CO.html#COHQU (`said`, `quote`, `q`) and TS.html (`u`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec.structs import replace

from kg.importers.core.documents import AnnotatedText, Item, LabelledSpan, MarkIds, Name, Skipped, SpanLink
from kg.importers.tei.headers import read_header
from kg.importers.tei.nodes import Node, Tree
from kg.importers.tei.parsing import INCLUDE, Element
from kg.importers.tei.people import TYPES, Lookup, Named, add, finder, references, who
from kg.importers.tei.running import Passage, Running

SPOKEN = ("said", "quote", "q", "u", "sp")
"""The elements whose words somebody says."""
_PEOPLE = {"who": "speaker", "toWhom": "to"}
"""Attributes that name someone, and what they are named here."""
_LINKS = ("xml:id", "next", "prev")


class Speeches:
    """Gathers a document as its elements begin and end."""

    def __init__(self, root: Element, language: str) -> None:
        self.root = root
        self.language = root.get("xml:lang") or language
        self.header: Node | None = None
        self.people: Named = {}
        self.skipped: list[Skipped] = []
        self._running = Running()
        self._passages: list[Passage] = []
        self._tree: Tree | None = None
        self._person: Tree | None = None

    def begin(self, element: Element) -> None:
        if self._person:
            self._person.begin(element)
        elif element.name in TYPES:
            self._person = Tree(element)
        elif self._tree:
            self._tree.begin(element)
        elif element.name == "teiHeader":
            self._tree = Tree(element)
        else:
            self._begin(element)

    def _begin(self, element: Element) -> None:
        if element.name == INCLUDE:
            why = "an included part of a text is not read: put it in the file, or give the file that it stands in"
            self.skipped.append(Skipped("article", element.get("href"), why, element.at))
        if element.name == "text" and element.get("xml:lang"):
            self.language = element.get("xml:lang")
        passage = self._running.begin(element, is_passage=element.name in SPOKEN)
        if passage:
            self._passages.append(passage)

    def end(self, _element: Element) -> None:
        if self._person:
            if self._person.end():
                add(self.people, self._person.root)
                self._person = None
        elif self._tree:
            if self._tree.end():
                self.header = self._tree.root
                self._tree = None
        else:
            self._running.end()

    def text(self, text: str) -> None:
        if tree := self._person or self._tree:
            tree.text(text)
        else:
            self._running.add(text)

    def document(self, id: str, file: str, shared: Named, lookup: Lookup) -> Iterator[Item]:
        """Yield the document under this id, and what is left out of it; `shared` are the people of its corpus."""
        header = read_header(self.header, self.language)
        find = finder((self.people, shared), lookup, file)
        taken = self._by_id()
        marks = tuple(_mark(id, passage, find) for id, passage in taken.items())
        links = tuple(self._links(taken))
        article = replace(header.article, transcript=any(mark.label == "u" for mark in marks))
        text, at = self._running.text(), self.root.at
        yield AnnotatedText(id, text, at, marks, links, article, header.publisher, header.authors)
        yield from (*header.skipped, *self.skipped)

    def _by_id(self) -> dict[str, Passage]:
        """Return the passages that have words, by their `xml:id` or a number."""
        found: dict[str, Passage] = {}
        ids = MarkIds()
        for number, passage in enumerate(self._passages, start=1):
            own = passage.element.get("xml:id")
            id = ids.new(own if own and own not in found else f"{passage.element.name}.{number}")
            if passage.parts:
                found[id] = passage
            else:
                why = "it has no words: delete it, or put them in"
                self.skipped.append(Skipped("span", id, why, passage.element.at))
        return found

    def _links(self, taken: dict[str, Passage]) -> Iterator[SpanLink]:
        """Yield a link from each passage to the one with which its words go on."""
        met: set[tuple[str, str]] = set()
        for key, passage in taken.items():
            for attribute in ("next", "prev"):
                for other in references(passage.element.get(attribute)):
                    pair = (key, other) if attribute == "next" else (other, key)
                    if other not in taken:
                        why = f"there is no such passage, with words, in this text: mend `{attribute}`"
                        what = f"{key} {attribute} {other}"
                        self.skipped.append(Skipped("link", what, why, passage.element.at))
                    elif pair not in met:
                        met.add(pair)
                        yield SpanLink("next", *pair, passage.element.at)


def _mark(id: str, passage: Passage, find: Callable[[str], Name | None]) -> LabelledSpan:
    element = passage.element
    named = {ours: who(element.get(theirs), find) for theirs, ours in _PEOPLE.items()}
    return LabelledSpan(
        id=id,
        label=element.name,
        parts=tuple(passage.parts),
        at=element.at,
        attributes=_attributes(element),
        names={field: names for field, names in named.items() if names},
    )


def _attributes(element: Element) -> dict[str, tuple[str, ...]]:
    """Return an element's attributes as written, without those that are read already."""
    return {
        name: (value,)
        for name, value in element.attributes.items()
        if name not in _PEOPLE and name not in _LINKS and value.strip()
    }
