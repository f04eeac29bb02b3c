"""TEI P5: what `said`, `quote`, `q`, `sp` and `u` hold, ParlaMint's speeches among them.

https://tei-c.org/release/doc/tei-p5-doc/en/html/
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from kg.errors import CorpusError, Finding, Place
from kg.importers.core.documents import AnnotatedText, Item, Skipped
from kg.importers.core.mapping import PRESETS, Mapping
from kg.importers.core.source_files import (
    SourceFiles,
    SourceFolder,
    is_zip,
    open_source,
    require_source,
    unsafe_names,
)
from kg.importers.tei.corpora import DOCUMENTS, Corpus, root_of
from kg.importers.tei.parsing import parse
from kg.importers.tei.people import LISTS, Lookup, Named, joined

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
        bundle = SourceFolder(source.parent, deep=False) if is_alone else stack.enter_context(open_source(source))
        roots = {name: root_of(bundle, name) for name in bundle.names(".xml", ".tei")}
        lookup = Lookup(bundle, [name for name, root in roots.items() if root in LISTS])
        files = _Files(bundle, lookup)
        found = 0
        for item in files.alone(source.name) if is_alone else files.all(roots):
            found += isinstance(item, AnnotatedText)
            yield item
        yield from lookup.skipped
        if not found and not files.failed:
            message = "a TEI source must hold a `TEI` element, this one has none: give the file that has the text"
            raise CorpusError([Finding("violation", message, "no-tei", Place(str(source), 0, 0))])


class _Files:
    """The files of a source; each is read once. `failed` is how many could not be read."""

    def __init__(self, bundle: SourceFiles, lookup: Lookup) -> None:
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
            finding = error.findings[0]
            at = finding.at if isinstance(finding.at, Place) else Place(self.bundle.file(name), 0, 0)
            yield Skipped("article", name, finding.message, at)

    def _read(self, name: str, shared: Named) -> Iterator[Item]:
        corpus = Corpus(name, dict(shared), self.lookup)
        for _ in parse(self.bundle.pieces(name), self.bundle.file(name), corpus):
            yield from corpus.finished()
        for include in corpus.includes:
            other = joined(name, include.get("href"))
            if other and other in self.met:
                continue
            if not other or not self.bundle.has(other):
                why = "the file must stand in the same folder or below it, nothing is fetched: put it there"
                yield Skipped("article", include.get("href"), why, include.at)
                continue
            self.met.add(other)
            yield from self._tried(other, corpus.people)
