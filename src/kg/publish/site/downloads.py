"""The whole data set in one file for each format, written while its graphs pass or read from a store.

The data files of an article are parts of them: the text of a graph is rendered once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from io import BytesIO
from itertools import islice
from pathlib import Path

from msgspec.msgpack import Decoder, encode

from kg.formats import FORMATS
from kg.pipeline.documents import Document, Extent
from kg.publish.site.graph_cache import SiteGraph
from kg.publish.site.store_reader import QuadReader
from kg.rdf.terms import Graph, Iri, Node
from kg.rdf.vocab import PREFIXES

DOWNLOADS = ("ttl", "jsonld", "nq")
_UNNAMED = {"nq": "nt"}
"""The formats of triples without named graphs: their N-Quads are N-Triples."""
_NODES_AT_ONCE = 5_000
EXTENTS = "extents"
"""The file in which it is noted where the text of each graph is."""
GraphExtents = dict[str, tuple[bytes, list[Extent]]]
"""The digest of each graph, by its IRI, and the extent of its text in each of some files."""
decode_extents = Decoder(GraphExtents).decode


def with_downloads(graphs: Iterable[Graph], folder: Path, base: str) -> Iterator[Graph]:
    """Yield graphs, each after writing it to `kg.ttl` and so on in a folder."""
    return _written(graphs, folder, base, {name: name for name in DOWNLOADS})


class EarlierTexts:
    """The texts of the graphs of the last run, in files that it wrote.

    `extents` say where, by the IRI of the graph, with its digest.
    """

    def __init__(self, files: Iterable[Path], extents: GraphExtents, opened: ExitStack) -> None:
        self._extents = extents
        self._streams = [opened.enter_context(path.open("rb", buffering=0)) for path in files]

    def of(self, graph: SiteGraph) -> list[bytes] | None:
        """Return the text of a graph in each file; None if it is not known."""
        digest, extents = self._extents.get(graph.iri, (b"", []))
        if digest != graph.digest:
            return None
        texts = []
        for stream, (start, length) in zip(self._streams, extents, strict=True):
            stream.seek(start)
            texts.append(stream.read(length))
        return texts


def with_graph_texts(
    graphs: Iterable[SiteGraph], folder: Path, base: str, earlier: EarlierTexts | None
) -> Iterator[SiteGraph]:
    """Yield graphs, each after writing it to the downloads in a folder; copy what was written earlier.

    Where the text of each graph is will be noted in the folder, for `GraphTexts`.
    """
    extents: GraphExtents = {}
    with _documents(folder, base, {name: name for name in DOWNLOADS}) as documents:
        for graph in graphs:
            if earlier and (texts := earlier.of(graph)):
                copied = zip(documents, texts, strict=True)
                found = [(document.append(BytesIO(text), len(text)), len(text)) for document, text in copied]
            else:
                found = [document.add(graph.graph) for document in documents]
            extents[graph.iri] = graph.digest, found
            yield graph
    (folder / EXTENTS).write_bytes(encode(extents))


class GraphTexts:
    """The text of each named graph, read from the downloads in a folder."""

    def __init__(self, folder: Path, base: str) -> None:
        self._extents = decode_extents((folder / EXTENTS).read_bytes())
        self._streams = {name: (folder / f"kg.{name}").open("rb", buffering=0) for name in DOWNLOADS}
        writers = {name: FORMATS[name].writer(PREFIXES, base) for name in DOWNLOADS}
        # What stands before, between and after the graphs is the same in all documents.
        self._frames = {
            name: (writer.head().encode(), writer.between.encode(), writer.tail.encode())
            for name, writer in writers.items()
        }

    def document(self, names: Sequence[Iri], form: str) -> bytes:
        """Return the named graphs that there are as one document of triples in a format; `b""` for none."""
        texts = {name: text for name in names if (text := self._text(name, "nq" if form == "nt" else form))}
        if form == "nt":
            # No literal has a line end: what is replaced is the name of the graph.
            return b"".join(text.replace(f" {name} .\n".encode(), b" .\n") for name, text in texts.items())
        head, between, tail = self._frames[form]
        return head + between.join(texts.values()) + tail if texts else b""

    def _text(self, name: Iri, form: str) -> bytes:
        if name not in self._extents:
            return b""
        start, length = self._extents[name][1][DOWNLOADS.index(form)]
        stream = self._streams[form]
        stream.seek(start)
        return stream.read(length)


def stored_downloads(quads: QuadReader, articles: Iterable[Iri], folder: Path) -> Iterator[Graph]:
    """Yield the graphs of a store in a fixed order, each after writing it to the downloads.

    The articles come in the given order. An export without named graphs is one graph, and comes in portions.
    """
    if quads.has_unnamed():
        formats = {name: _UNNAMED.get(name, name) for name in DOWNLOADS}
        return _written(_unnamed_graphs(quads), folder, quads.base, formats)
    return with_downloads(_named_graphs(quads, articles), folder, quads.base)


def _written(graphs: Iterable[Graph], folder: Path, base: str, formats: Mapping[str, str]) -> Iterator[Graph]:
    """Yield graphs, each after writing it to files; `formats` are those by the suffix of the file."""
    with _documents(folder, base, formats) as documents:
        for graph in graphs:
            for document in documents:
                document.add(graph)
            yield graph


@contextmanager
def _documents(folder: Path, base: str, formats: Mapping[str, str]) -> Iterator[list[Document]]:
    """Open a document for each suffix of a file, and end it after the block."""
    with ExitStack() as files:
        streams = [
            (FORMATS[form], files.enter_context((folder / f"kg.{suffix}").open("wb")))
            for suffix, form in formats.items()
        ]
        documents = [Document(form, stream, base) for form, stream in streams]
        for document in documents:
            document.begin()
        yield documents
        for document in documents:
            document.end()


def _named_graphs(quads: QuadReader, articles: Iterable[Iri]) -> Iterator[Graph]:
    for article in articles:
        path = quads.path(article)
        yield quads.named_graph(quads.iri(f"graph/{path}"))
        yield quads.named_graph(quads.iri(f"graph/text/{path.removeprefix('article/')}"))
    for name in ("entities", "extra", "dataset"):
        yield quads.named_graph(quads.iri(f"graph/{name}"))


def _unnamed_graphs(quads: QuadReader) -> Iterator[Graph]:
    subjects = iter(quads.all_subjects())
    while portion := list(islice(subjects, _NODES_AT_ONCE)):
        yield Graph(Iri(""), [Node(each, quads.properties(each)) for each in portion])
