"""Documents on their way to files: graphs are added one at a time, or parts that other processes wrote."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from typing import IO

from msgspec import Struct, field

from kg.errors import Finding
from kg.files.compression import Bytes
from kg.formats import Format
from kg.mappers.dataset import Tally
from kg.mappers.graphs import with_digest
from kg.pipeline.article import MappedArticle
from kg.rdf.terms import Graph
from kg.rdf.vocab import PREFIXES, prefixes_with_https, with_https

_PIECE = 1 << 16

Extent = tuple[int, int]
"""Where the text of a graph stands in a document: its start and length, in bytes."""


class Document:
    """A document in one format. Without `begin` and `end` it is a part, which another document takes in."""

    def __init__(self, form: Format, stream: Bytes, base: str, *, https: bool = False) -> None:
        self.form = form
        self.https = https
        self._stream = stream
        self._writer = form.writer(prefixes_with_https(PREFIXES) if https else PREFIXES, base)
        self._between = b""
        self._added = False
        self.size = 0

    @property
    def is_empty(self) -> bool:
        """Tell whether no graph had anything to write."""
        return not self._added

    def begin(self) -> None:
        """Write what begins a document."""
        self._write(self._writer.head().encode())

    def add(self, graph: Graph) -> Extent:
        """Write a graph."""
        text = self._writer.encoded(published_with_https(graph) if self.https else graph)
        if text:
            self._added = True
            self._write(self._between + text)
            self._between = self._writer.between.encode()
        return self.size - len(text), len(text)

    def append(self, part: IO[bytes], size: int) -> int:
        """Write a part, of so many bytes, in the same format. Return where it starts."""
        if size:
            self._added = True
            self._write(self._between)
            while piece := part.read(_PIECE):
                self._stream.write(piece)
            self.size += size
            self._between = self._writer.between.encode()
        return self.size - size

    def end(self) -> None:
        """Write what ends a document."""
        self._write(self._writer.tail.encode())

    def keep(self, extent: Extent) -> Extent:
        """Take a graph that stands in an earlier document: only an `IncrementalDocument` can."""
        raise ValueError(f"no earlier document holds {extent}")

    def _write(self, text: bytes) -> None:
        self._stream.write(text)
        self.size += len(text)


def published_with_https(graph: Graph) -> Graph:
    """Return a graph that says its digest under the other namespace of schema.org, where it says another one."""
    *nodes, _ = graph.nodes
    return with_digest(with_https(Graph(graph.iri, nodes)))


class Extents:
    """Where the text of units stands in each document, by the numbers of their records: a hundred bytes each."""

    def __init__(self) -> None:
        self._width = 0
        self._numbers = array("Q")

    def put(self, record: int, extents: Sequence[Extent]) -> None:
        """Note where the text of a unit stands; the numbers of records only grow."""
        self._width = 2 * len(extents)
        self._numbers.extend([0] * (record * self._width - len(self._numbers)))
        for extent in extents:
            self._numbers.extend(extent)

    def get(self, record: int) -> tuple[int, ...]:
        """Return the start and the length in each document; nothing for a unit that has no text."""
        found = tuple(self._numbers[record * self._width : (record + 1) * self._width])
        return found if any(found) else ()


class ArticleSink(Struct):
    """What has come of units so far: how much, all findings, and the last graph that was published.

    `extents` say where in the documents the text of each unit stands that has a record, by the record's number.
    """

    articles: int = 0
    claims: int = 0
    findings: list[Finding] = []
    total: Tally = Tally()
    last: Graph | None = None
    extents: Extents = field(default_factory=Extents)

    def add(self, unit: MappedArticle, documents: Iterable[Document]) -> None:
        """Take in a unit, and write its graph unless it is a draft."""
        self.articles += bool(unit.defines)
        self.claims += max(0, len(unit.defines) - 1)
        self.findings.extend(unit.findings)
        if unit.draft or (unit.graph is None and not unit.defines):
            return
        self.total += unit.holds
        if unit.graph:
            self.last = unit.graph
            found = [document.add(unit.graph) for document in documents]
        else:
            earlier = zip(unit.extents[::2], unit.extents[1::2], strict=True)
            found = [document.keep(extent) for document, extent in zip(documents, earlier, strict=False)]
        if unit.record >= 0 and found:
            self.extents.put(unit.record, found)
