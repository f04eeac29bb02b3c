"""Documents, to which graphs are written one by one, and the sink that writes mapped articles to them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import IO

from kg.errors import Finding
from kg.files.compression import ByteStream
from kg.formats import Format
from kg.mappers.dataset import COUNTED, Tally
from kg.mappers.graphs import with_digest
from kg.pipeline.article import MappedArticle
from kg.rdf.terms import Graph
from kg.rdf.vocab import PREFIXES, SCHEMA, prefixes_with_https, with_https

_CHUNK = 1 << 16

Extent = tuple[int, int]
"""The extent of a graph's text in a document: its start and its length, in bytes."""


class Document:
    """A document in one format. Without `begin` and `end` it is a part, which another document can append."""

    def __init__(self, form: Format, stream: ByteStream, base: str, *, https: bool = False) -> None:
        self.form = form
        self.https = https
        self._stream = stream
        self._writer = form.writer(prefixes_with_https(PREFIXES) if https else PREFIXES, base)
        self._between = b""
        self._added = False
        self.size = 0

    @property
    def is_empty(self) -> bool:
        """Whether no graph had anything to write."""
        return not self._added

    def begin(self) -> None:
        """Write the beginning of the document."""
        self._write(self._writer.head().encode())

    def add(self, graph: Graph) -> Extent:
        """Write a graph."""
        text = self._writer.encoded(_with_https_digest(graph) if self.https else graph)
        if text:
            self._added = True
            self._write(self._between + text)
            self._between = self._writer.between.encode()
        return self.size - len(text), len(text)

    def add_all(self, graphs: Sequence[Graph]) -> Extent:
        """Write graphs; their extent includes what is between them."""
        start, size = self.add(graphs[0])
        for graph in graphs[1:]:
            self.add(graph)
        return start, self.size - start if size else size

    def append(self, part: IO[bytes], size: int) -> int:
        """Write a part in the same format, of `size` bytes. Return where it starts."""
        if size:
            self._added = True
            self._write(self._between)
            while chunk := part.read(_CHUNK):
                self._stream.write(chunk)
            self.size += size
            self._between = self._writer.between.encode()
        return self.size - size

    def end(self) -> None:
        """Write the end of the document."""
        self._write(self._writer.tail.encode())

    def _write(self, text: bytes) -> None:
        self._stream.write(text)
        self.size += len(text)


def _with_https_digest(graph: Graph) -> Graph:
    """Return a graph under the other namespace of schema.org, with the digest that it then has."""
    return with_digest(with_https(graph))


ONLY_DRAFTS = "every article is a draft, so no claim is published: write `status: done` in those that are finished"
_ARTICLES = COUNTED.index(SCHEMA.NewsArticle)


class ArticleSink:
    """Receives mapped articles: counts them, collects their findings and writes published graphs to documents.

    Without documents, it only validates. `last` is the last graph that was published.
    """

    def __init__(self, documents: Iterable[Document] = ()) -> None:
        self.documents = tuple(documents)
        self.articles = 0
        self.claims = 0
        self.findings: list[Finding] = []
        self.total = Tally()
        self.last: Graph | None = None

    @property
    def remark(self) -> str:
        """What to tell whoever publishes: that there was nothing to publish; `""` if there was."""
        return ONLY_DRAFTS if self.articles and not self.total.instances[_ARTICLES] else ""

    def begin(self) -> None:
        """Write the beginning of every document."""
        for document in self.documents:
            document.begin()

    def end(self) -> None:
        """Write the end of every document."""
        for document in self.documents:
            document.end()

    def add(self, article: MappedArticle) -> None:
        """Add an article; its graph is written unless it is a draft."""
        self.articles += bool(article.defines)
        self.claims += max(0, len(article.defines) - 1)
        self.findings.extend(article.findings)
        self.total += article.published_tally
        if article.draft:
            return
        if article.graph:
            self.last = article.graph
            self.note_extents(article.digest, [document.add_all(article.graphs) for document in self.documents])
        elif article.defines:
            self.copy(article.digest)

    def copy(self, digest: str) -> None:
        """Write the text of a graph that an earlier run mapped; only an incremental build can."""

    def note_extents(self, digest: str, extents: Sequence[Extent]) -> None:
        """Note where the text of a graph is in each document; only an incremental build needs it."""


class RecordingSink(ArticleSink):
    """A sink that keeps where the text of each graph is in its documents, by the digest of the graph."""

    def __init__(self, documents: Iterable[Document] = ()) -> None:
        super().__init__(documents)
        self.extents: list[tuple[str, tuple[int, ...]]] = []

    def note_extents(self, digest: str, extents: Sequence[Extent]) -> None:
        self.extents.append((digest, flattened(extents)))


def flattened(extents: Iterable[Extent]) -> tuple[int, ...]:
    """Return starts and lengths by turns."""
    return tuple(number for extent in extents for number in extent)
