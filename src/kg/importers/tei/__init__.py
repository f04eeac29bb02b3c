"""Reads TEI P5: the content of `said`, `quote`, `q`, `sp` and `u`, also the speeches of ParlaMint.

https://tei-c.org/release/doc/tei-p5-doc/en/html/

A file has one `TEI` element, or a `teiCorpus` with several; each becomes a document as soon as it ends.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path, PurePosixPath

from kg.errors import CorpusError, Place
from kg.importers.core.documents import AnnotatedText, Item, Skipped
from kg.importers.core.mapping import PRESETS, Mapping, key
from kg.importers.core.source_files import (
    SourceFiles,
    SourceFolder,
    format_error,
    is_zip,
    open_source,
    require_source,
    skipped_file,
    unsafe_names,
)
from kg.importers.tei.elements import INCLUDE, TeiElement, parse, resolve_file
from kg.importers.tei.people import LISTS, PeopleById, PeopleCollector, PeopleLookup
from kg.importers.tei.speeches import SpeechReader, skip_outside

DOCUMENTS = ("TEI", "TEI.2", "teiCorpus")
"""The elements that contain texts; `TEI.2` occurs in files older than P5."""
_FIRST = 4096
DESCRIPTION = "TEI P5 .xml: said, quote, q, sp, and the speeches of ParlaMint: a file, a folder or a zip"
# Other root elements, which ParlaMint and others keep in separate files.
_ASIDE = (*LISTS, "taxonomy", "listPlace", "listBibl", "listEvent", "listRelation", "listPrefixDef", "teiHeader")


def preset(_source: Path) -> Mapping:
    """Return the mapping for TEI's own elements and attributes."""
    return PRESETS["tei"]


def read(source: Path, mapping: Mapping, _texts: Path | None) -> Iterator[Item]:
    """Yield a document for each `TEI`, in the order of the files' names, and the records left out."""
    require_source(source)
    with ExitStack() as stack:
        is_alone = source.is_file() and not is_zip(source)
        beside = SourceFolder(source.parent, deep=False, named=source.name)
        bundle = beside if is_alone else stack.enter_context(open_source(source))
        roots = {name: root_of(bundle, name) for name in bundle.names(".xml", ".tei")}
        ignored = {key(name) for name, field in mapping.fields.items() if field == "ignore"}
        lookup = PeopleLookup(bundle, [name for name, root in roots.items() if root in LISTS], ignored)
        files = TeiFiles(bundle, lookup)
        found = 0
        for item in files.read_alone(source.name) if is_alone else files.read_all(roots):
            found += isinstance(item, AnnotatedText)
            yield item
        yield from lookup.totals()
        if not found and not files.failed:
            message = "a TEI source must have a `TEI` element, this one has none: give the file that has the text"
            raise format_error(message, "no-tei", str(source))


class TeiFiles:
    """The files of a source; each is read once. `failed` is how many could not be read."""

    def __init__(self, bundle: SourceFiles, lookup: PeopleLookup) -> None:
        self.bundle = bundle
        self.lookup = lookup
        self.seen: set[str] = set()
        self.failed = 0

    def read_alone(self, name: str) -> Iterator[Item]:
        """Yield the documents of one file and of the files that it includes. Raises if it is not XML."""
        self.seen.add(name)
        yield from self._read(name, {})

    def read_all(self, roots: dict[str, str]) -> Iterator[Item]:
        """Yield the documents of all files."""
        yield from unsafe_names(self.bundle)
        # Files that a corpus includes are read on their own.
        self.seen.update(roots)
        for name, root in roots.items():
            if root in DOCUMENTS or not root:
                yield from self._try_to_read(name, {})
            elif root not in _ASIDE:
                why = f"the file must be TEI, its first element is `{root}`: take it out of the folder"
                yield Skipped("article", name, why, Place(self.bundle.file(name), 1, 1))

    def _try_to_read(self, name: str, shared: PeopleById) -> Iterator[Item]:
        """Yield the documents of a file, or that it is skipped because it is not XML."""
        try:
            yield from self._read(name, shared)
        except CorpusError as error:
            self.failed += 1
            yield skipped_file(self.bundle, name, error)

    def _read(self, name: str, shared: PeopleById) -> Iterator[Item]:
        corpus = TeiCorpus(name, dict(shared), self.lookup)
        for _ in parse(self.bundle.pieces(name), self.bundle.file(name), corpus):
            yield from corpus.finished()
        for include in corpus.includes:
            other = resolve_file(name, include.get("href"))
            if other and other in self.seen:
                continue
            if not other or not self.bundle.has(other):
                why = "the file must be in the same folder or below it, nothing is fetched: put it there"
                yield Skipped("article", include.get("href"), why, include.at)
                continue
            self.seen.add(other)
            yield from self._try_to_read(other, corpus.people)


class TeiCorpus:
    """Collects the documents of a file; `people` are those of the corpus, `includes` its other files."""

    def __init__(self, name: str, people: PeopleById, lookup: PeopleLookup) -> None:
        self.name = name
        self.people = people
        self.lookup = lookup
        self.includes: list[TeiElement] = []
        self._ids: set[str] = set()
        self._is_corpus = False
        self._open: list[TeiElement] = []
        self._speeches: list[SpeechReader] = []
        self._finished: list[SpeechReader] = []
        self._skipped: list[Skipped] = []
        self._collector = PeopleCollector(people)

    def finished(self) -> Iterator[Item]:
        """Yield the documents that have ended since the last call, and the passages outside of documents."""
        yield from self._skipped
        self._skipped.clear()
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
            self._skipped.extend(skip_outside(element, self._open[-1].name if self._open else ""))
            if not self._collector.begin(element):
                self._begin(element)

    def _begin(self, element: TeiElement) -> None:
        """Begin an element outside of documents: people, or included files."""
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
        elif not self._collector.end():
            self._open.pop()

    def text(self, text: str) -> None:
        if self._speeches:
            self._speeches[-1].text(text)
        else:
            self._collector.text(text)

    def _id(self, root: TeiElement) -> str:
        """Return the id of a document: the file's name, and in a corpus also its own id or its number."""
        stem = str(PurePosixPath(self.name).with_suffix(""))
        number = len(self._ids) + 1
        id = f"{stem}/{root.get('xml:id') or number}" if self._is_corpus or self._ids else stem
        id = id if id not in self._ids else f"{stem}/{number}"
        self._ids.add(id)
        return id


class RootListener:
    """Keeps the name of the first element."""

    def __init__(self) -> None:
        self.name = ""

    def begin(self, element: TeiElement) -> None:
        self.name = self.name or element.name or "of another vocabulary"

    def end(self, _element: TeiElement) -> None:
        pass

    def text(self, _text: str) -> None:
        pass


def root_of(bundle: SourceFiles, name: str) -> str:
    """Return the name of a file's first element, `""` if it cannot be read."""
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
