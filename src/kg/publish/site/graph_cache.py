"""The graphs of the articles of the last run: only articles that changed are read, mapped and validated again.

The build cache knows which articles are the same and what was found in them, but keeps no graphs: an export copies
their text from its earlier files. A site is made of nodes, which are kept here by the digest of the graph.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import cast

from msgspec import DecodeError
from msgspec.msgpack import Decoder, encode

from kg.errors import FileError, Finding
from kg.files.compression import zstd
from kg.files.digests import digest_of
from kg.pipeline.article import MappedArticle
from kg.pipeline.cache.records import PackedArticle, digest_of_code
from kg.pipeline.cache.signed_rows import SignedRows, open_rows
from kg.pipeline.publication import Publication, Watched, refuse_violations
from kg.rdf.terms import Graph, Iri, Node, Term, by_subject

_TABLE = "graph"
_FORMAT = b"graphs 3"
_LEVEL = 1

_PackedGraph = tuple[str, bytes, int, bytes]
"""The IRI of a graph, the digest of its content, how many triples it has, and its nodes, compressed."""
_decode = Decoder(list[_PackedGraph]).decode
_decode_nodes = Decoder(list[tuple[str, dict[str, list[str]]]]).decode


class SiteGraph:
    """A graph of a site, with a digest of its IRI and nodes; `content` is the graph, or its nodes, compressed."""

    def __init__(self, iri: Iri, digest: bytes, triples: int, content: Graph | bytes) -> None:
        self.iri = iri
        self.digest = digest
        self.triples = triples
        self._content = content

    @staticmethod
    def of(graph: Graph) -> SiteGraph:
        """Return a graph whose nodes are there."""
        return SiteGraph(graph.iri, _digest(graph.iri, encode(graph.nodes)), _triples(graph), graph)

    @property
    def is_read(self) -> bool:
        """Whether the nodes are in memory."""
        return isinstance(self._content, Graph)

    @property
    def graph(self) -> Graph:
        """The graph itself, which is read when it is first needed."""
        if isinstance(self._content, bytes):
            self._content = _graph(self.iri, self._content)
        return self._content


class GraphCache:
    """The graphs of the last run by their digests, and those of this run."""

    def __init__(self, rows: SignedRows) -> None:
        self._rows = rows
        self._last: tuple[str, list[SiteGraph] | None] = ("", None)
        """The graphs that were found last: an article is published after it was asked for."""

    def has(self, article: PackedArticle) -> bool:
        """Return whether an article need not be mapped: it has no graph, or its graph is kept."""
        if article.draft or article.claims is None:
            return True
        return self._graphs(article.digest) is not None

    def graphs(self, article: MappedArticle) -> Iterable[SiteGraph]:
        """Return the graphs of an article that are published, and keep them for the next run.

        Raises `FileError` if they were kept and cannot be read any more.
        """
        if article.draft or not article.digest:
            return map(SiteGraph.of, article.graphs)
        if article.graph is None:
            self._rows.keep(_TABLE, article.digest)
            graphs = self._graphs(article.digest)
            if graphs is None:
                raise FileError(f"{self._rows.path}: this file of the cache was damaged meanwhile: try again")
            return graphs
        packed = [_packed(each) for each in article.graphs]
        self._rows.add(_TABLE, article.digest, encode(packed))
        return [
            SiteGraph(graph.iri, digest, triples, graph)
            for graph, (_, digest, triples, _) in zip(article.graphs, packed, strict=True)
        ]

    def save(self) -> None:
        """Replace the graphs of the last run by those of this run."""
        self._rows.save({_TABLE: _TABLE})

    def _graphs(self, digest: str) -> list[SiteGraph] | None:
        if self._last[0] != digest:
            self._last = digest, self._read(digest)
        return self._last[1]

    def _read(self, digest: str) -> list[SiteGraph] | None:
        payload = self._rows.earlier(_TABLE, digest)
        if payload is None:
            return None
        with suppress(DecodeError):
            packed = _decode(payload)
            return [SiteGraph(Iri(iri), of, triples, nodes) for iri, of, triples, nodes in packed]
        return None


def _packed(graph: Graph) -> _PackedGraph:
    nodes = encode(graph.nodes)
    return graph.iri, _digest(graph.iri, nodes), _triples(graph), zstd().compress(nodes, _LEVEL)


def _triples(graph: Graph) -> int:
    """Return how many triples a graph has; one that is there twice counts once."""
    return sum(len(set(terms)) for each in by_subject(graph.nodes).values() for terms in each.values())


def _digest(iri: Iri, nodes: bytes) -> bytes:
    return digest_of(encode(iri) + nodes)


def _graph(iri: Iri, nodes: bytes) -> Graph:
    found = _decode_nodes(zstd().decompress(nodes))
    return Graph(iri, [Node(Iri(subject), cast(dict[Iri, list[Term]], terms)) for subject, terms in found])


def site_graphs(
    publication: Publication, site: Path, findings: list[Finding], watched: Watched = iter, *, fresh: bool = False
) -> Iterator[SiteGraph]:
    """Yield the graphs that are published, and collect all findings; unless `fresh`, only what changed is mapped.

    Raises `CorpusError` after the last graph if there is a violation: until then, nothing may be kept.
    """
    folder = os.fsencode(os.path.realpath(site))
    with (
        publication.open_cache(fresh=fresh) as cache,
        open_rows(_FORMAT, folder, digest_of_code(), (_TABLE,)) as rows,
    ):
        graphs = GraphCache(rows)
        cache.require(graphs.has)
        for article in publication.mapped_articles(cache, watched):
            findings.extend(article.findings)
            yield from graphs.graphs(article)
        refuse_violations(findings)
        graphs.save()
