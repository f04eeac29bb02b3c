"""One file of TEI → its documents, each as soon as it ends: one `TEI`, or those of a `teiCorpus`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path, PurePosixPath

from kg.errors import CorpusError, Finding, Place
from kg.importers.core.documents import AnnotatedText, Item, Skipped
from kg.importers.core.mapping import PRESETS, Mapping
from kg.importers.core.source_files import (
    SourceFiles,
    SourceFolder,
    is_zip,
    open_source,
    require_source,
    skipped_file,
    unsafe_names,
)
from kg.importers.tei.parsing import INCLUDE, TeiElement, parse
from kg.importers.tei.people import LISTS, TYPES, Named, PeopleLookup, TreeBuilder, add, resolve_file
from kg.importers.tei.speeches import SpeechReader

DOCUMENTS = ("TEI", "TEI.2", "teiCorpus")
"""The elements that hold texts; `TEI.2` is what files older than P5 have."""
_FIRST = 4096
DESCRIPTION = "TEI P5 .xml: said, quote, q, sp, and the speeches of ParlaMint: a file, a folder or a zip"
# What ParlaMint and others keep in files of their own, besides their people.
_ASIDE = (*LISTS, "taxonomy", "listPlace", "listBibl", "listEvent", "listRelation", "listPrefixDef", "teiHeader")


def preset(_source: Path) -> Mapping:
    """Return the mapping for TEI's own elements and attributes."""
    return PRESETS["tei"]


def read(source: Path, mapping: Mapping, texts: Path | None) -> Iterator[Item]:  # noqa: ARG001, TEI has its texts
    """Yield a document for each `TEI`, in the order of the files' names, and what is left out."""
    require_source(source)
    with ExitStack() as stack:
        is_alone = source.is_file() and not is_zip(source)
        beside = SourceFolder(source.parent, deep=False, named=source.name)
        bundle = beside if is_alone else stack.enter_context(open_source(source))
        roots = {name: root_of(bundle, name) for name in bundle.names(".xml", ".tei")}
        lookup = PeopleLookup(bundle, [name for name, root in roots.items() if root in LISTS])
        files = TeiFiles(bundle, lookup)
        found = 0
        for item in files.alone(source.name) if is_alone else files.all(roots):
            found += isinstance(item, AnnotatedText)
            yield item
        yield from lookup.skipped
        if not found and not files.failed:
            message = "a TEI source must hold a `TEI` element, this one has none: give the file that has the text"
            raise CorpusError([Finding("violation", message, "no-tei", Place(str(source), 0, 0))])


class TeiFiles:
    """The files of a source; each is read once. `failed` is how many could not be read."""

    def __init__(self, bundle: SourceFiles, lookup: PeopleLookup) -> None:
        self.bundle = bundle
        self.lookup = lookup
        self.met: set[str] = set()
        self.failed = 0

    def alone(self, name: str) -> Iterator[Item]:
        """Yield what stands in one file, and in those that it includes as a corpus. Raises where it is no XML."""
        self.met.add(name)
        yield from self._read(name, {})

    def all(self, roots: dict[str, str]) -> Iterator[Item]:
        """Yield what stands in all files."""
        yield from unsafe_names(self.bundle)
        # What a corpus includes stands in the folder, and has its turn there.
        self.met.update(roots)
        for name, root in roots.items():
            if root in DOCUMENTS or not root:
                yield from self._tried(name, {})
            elif root not in _ASIDE:
                why = f"the file must be TEI, its first element is `{root}`: take it out of the folder"
                yield Skipped("article", name, why, Place(self.bundle.file(name), 1, 1))

    def _tried(self, name: str, shared: Named) -> Iterator[Item]:
        """Yield what stands in a file; where it is no XML, say so, and go on with the next."""
        try:
            yield from self._read(name, shared)
        except CorpusError as error:
            self.failed += 1
            yield skipped_file(self.bundle, name, error)

    def _read(self, name: str, shared: Named) -> Iterator[Item]:
        corpus = TeiCorpus(name, dict(shared), self.lookup)
        for _ in parse(self.bundle.pieces(name), self.bundle.file(name), corpus):
            yield from corpus.finished()
        for include in corpus.includes:
            other = resolve_file(name, include.get("href"))
            if other and other in self.met:
                continue
            if not other or not self.bundle.has(other):
                why = "the file must stand in the same folder or below it, nothing is fetched: put it there"
                yield Skipped("article", include.get("href"), why, include.at)
                continue
            self.met.add(other)
            yield from self._tried(other, corpus.people)


class TeiCorpus:
    """Gathers the documents of a file. `people` are those of the corpus, `includes` other files it is made of."""

    def __init__(self, name: str, people: Named, lookup: PeopleLookup) -> None:
        self.name = name
        self.people = people
        self.lookup = lookup
        self.includes: list[TeiElement] = []
        self._ids: set[str] = set()
        self._is_corpus = False
        self._open: list[TeiElement] = []
        self._speeches: list[SpeechReader] = []
        self._finished: list[SpeechReader] = []
        self._person: TreeBuilder | None = None

    def finished(self) -> Iterator[Item]:
        """Yield the documents that have ended since."""
        finished, self._finished = self._finished, []
        for speeches in finished:
            yield from speeches.document(self._id(speeches.root), self.name, self.people, self.lookup)

    def begin(self, element: TeiElement) -> None:
        if element.name in DOCUMENTS[:2]:
            language = next((each.get("xml:lang") for each in self._open if each.get("xml:lang")), "")
            self._speeches.append(SpeechReader(element, language))
        elif self._speeches:
            self._speeches[-1].begin(element)
        else:
            self._begin(element)

    def _begin(self, element: TeiElement) -> None:
        """Begin an element of the corpus: its people, and the files that it is made of."""
        if self._person:
            self._person.begin(element)
        elif element.name in TYPES:
            self._person = TreeBuilder(element)
        else:
            self._open.append(element)
            self._is_corpus = self._is_corpus or element.name == "teiCorpus"
            if element.name == INCLUDE and any(each.name == "teiHeader" for each in self._open):
                self.people.update(self.lookup.people(resolve_file(self.name, element.get("href"))))
            elif element.name == INCLUDE:
                self.includes.append(element)

    def end(self, element: TeiElement) -> None:
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

    def _id(self, root: TeiElement) -> str:
        """Return the id of a document: the name of its file, and within a corpus its own or its number."""
        stem = str(PurePosixPath(self.name).with_suffix(""))
        number = len(self._ids) + 1
        id = f"{stem}/{root.get('xml:id') or number}" if self._is_corpus or self._ids else stem
        id = id if id not in self._ids else f"{stem}/{number}"
        self._ids.add(id)
        return id


class RootListener:
    """Listens for the first element."""

    def __init__(self) -> None:
        self.name = ""

    def begin(self, element: TeiElement) -> None:
        self.name = self.name or element.name or "of another vocabulary"

    def end(self, _element: TeiElement) -> None:
        pass

    def text(self, _text: str) -> None:
        pass


def root_of(bundle: SourceFiles, name: str) -> str:
    """Return the name of a file's first element, `""` where it cannot be read so far."""
    listener = RootListener()

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
