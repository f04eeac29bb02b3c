"""One file of TEI → its documents, each as soon as it ends: one `TEI`, or those of a `teiCorpus`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from kg.errors import CorpusError
from kg.importers.core.documents import Item
from kg.importers.core.source_files import SourceFiles
from kg.importers.tei.nodes import Tree
from kg.importers.tei.parsing import INCLUDE, Element, parse
from kg.importers.tei.people import TYPES, Lookup, Named, add, joined
from kg.importers.tei.speeches import Speeches

DOCUMENTS = ("TEI", "TEI.2", "teiCorpus")
"""The elements that hold texts; `TEI.2` is what files older than P5 have."""
_FIRST = 4096


class Corpus:
    """Gathers the documents of a file. `people` are those of the corpus, `includes` other files it is made of."""

    def __init__(self, name: str, people: Named, lookup: Lookup) -> None:
        self.name = name
        self.people = people
        self.lookup = lookup
        self.includes: list[Element] = []
        self._ids: set[str] = set()
        self._is_corpus = False
        self._open: list[Element] = []
        self._speeches: list[Speeches] = []
        self._finished: list[Speeches] = []
        self._person: Tree | None = None

    def finished(self) -> Iterator[Item]:
        """Yield the documents that have ended since."""
        finished, self._finished = self._finished, []
        for speeches in finished:
            yield from speeches.document(self._id(speeches.root), self.name, self.people, self.lookup)

    def begin(self, element: Element) -> None:
        if element.name in DOCUMENTS[:2]:
            language = next((each.get("xml:lang") for each in self._open if each.get("xml:lang")), "")
            self._speeches.append(Speeches(element, language))
        elif self._speeches:
            self._speeches[-1].begin(element)
        else:
            self._begin(element)

    def _begin(self, element: Element) -> None:
        """Begin an element of the corpus: its people, and the files that it is made of."""
        if self._person:
            self._person.begin(element)
        elif element.name in TYPES:
            self._person = Tree(element)
        else:
            self._open.append(element)
            self._is_corpus = self._is_corpus or element.name == "teiCorpus"
            if element.name == INCLUDE and any(each.name == "teiHeader" for each in self._open):
                self.people.update(self.lookup.people(joined(self.name, element.get("href"))))
            elif element.name == INCLUDE:
                self.includes.append(element)

    def end(self, element: Element) -> None:
        if self._speeches and element is self._speeches[-1].root:
            self._finished.append(self._speeches.pop())
        elif self._speeches:
            self._speeches[-1].end(element)
        elif self._person:
            if self._person.end():
                add(self.people, self._person.root)
                self._person = None
        else:
            self._open.pop()

    def text(self, text: str) -> None:
        if self._speeches:
            self._speeches[-1].text(text)
        elif self._person:
            self._person.text(text)

    def _id(self, root: Element) -> str:
        """Return the id of a document: the name of its file, and within a corpus its own or its number."""
        stem = str(PurePosixPath(self.name).with_suffix(""))
        number = len(self._ids) + 1
        id = f"{stem}/{root.get('xml:id') or number}" if self._is_corpus or self._ids else stem
        id = id if id not in self._ids else f"{stem}/{number}"
        self._ids.add(id)
        return id


class _First:
    """Listens for the first element."""

    def __init__(self) -> None:
        self.name = ""

    def begin(self, element: Element) -> None:
        self.name = self.name or element.name or "of another vocabulary"

    def end(self, _element: Element) -> None:
        pass

    def text(self, _text: str) -> None:
        pass


def root_of(bundle: SourceFiles, name: str) -> str:
    """Return the name of a file's first element, `""` where it cannot be read so far."""
    listener = _First()

    def pieces() -> Iterator[bytes]:
        for piece in bundle.pieces(name):
            yield from (piece[:_FIRST], piece[_FIRST:])

    try:
        for _ in parse(pieces(), bundle.file(name), listener):
            if listener.name:
                break
    except CorpusError:
        return listener.name
    return listener.name
