"""The whole data set in one file for each format, written while its graphs pass or read from a store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from itertools import islice
from pathlib import Path

from kg.formats import FORMATS
from kg.pipeline.documents import Document
from kg.publish.site.store_reader import QuadReader
from kg.rdf.terms import Graph, Iri, Node

DOWNLOADS = ("ttl", "jsonld", "nq")
_UNNAMED = {"nq": "nt"}
"""The formats of triples without named graphs: their N-Quads are N-Triples."""
_NODES_AT_ONCE = 5_000


def with_downloads(
    graphs: Iterable[Graph], folder: Path, base: str, formats: Sequence[str] = DOWNLOADS
) -> Iterator[Graph]:
    """Yield graphs, each after writing it to `kg.ttl` and so on in a folder."""
    return _written(graphs, folder, base, {name: name for name in formats})


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
    with ExitStack() as files:
        streams = [
            (FORMATS[form], files.enter_context((folder / f"kg.{suffix}").open("wb")))
            for suffix, form in formats.items()
        ]
        documents = [Document(form, stream, base) for form, stream in streams]
        for document in documents:
            document.begin()
        for graph in graphs:
            for document in documents:
                document.add(graph)
            yield graph
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
