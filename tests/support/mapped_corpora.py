"""The corpora of the tests, mapped: the real article, and one that uses every field of every file."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec
from msgspec.structs import replace

from kg.corpus import read_article, read_corpus, sources
from kg.mappers import graphs as graph
from kg.mappers.dataset import GraphFile, Tally, distributed_nodes, tally
from kg.meaning import CorpusIndex, read_index
from kg.pipeline.article import map_article
from kg.rdf.terms import Graph, Node, Term
from kg.rdf.vocab import RDF
from support import ROOT, SEEDS

EVERYTHING = ROOT / "tests" / "data" / "corpora" / "everything"
CORPORA = {"seeds": SEEDS, "everything": EVERYTHING}
ONE_FILE = GraphFile("ttl", "kg.ttl", "text/turtle", 20_000, "e" * 64)


class Mapped(msgspec.Struct):
    """A corpus, mapped."""

    index: CorpusIndex
    graphs: list[Graph]


def mapped(folder: Path, text: str = "") -> Mapped:
    """Return the graphs of a corpus, with as much of the articles' words as is asked for."""
    corpus = read_corpus(folder)
    index = read_index(corpus)
    if text:
        index = replace(index, dataset=replace(index.dataset, text=text))
    units = [map_article(read_article(source), index) for source in sources(corpus)]
    graphs = [each for unit in units for each in (unit.graph, unit.text) if each]
    graphs.append(graph.entities_graph(index))
    total = sum((tally(each, "2026-11-24") for each in graphs), Tally())
    return Mapped(
        index,
        [*graphs, graph.dataset_graph(index, total)],
    )


@cache
def corpus(name: str) -> Mapped:
    return mapped(CORPORA[name])


@cache
def emitted() -> tuple[Node, ...]:
    """Return every node of the corpora, and the description of their files."""
    found: list[Node] = []
    for each in map(corpus, CORPORA):
        *graphs, about = each.graphs
        found += [node for one in graphs for node in one.nodes]
        found += distributed_nodes(about.nodes, [ONE_FILE], each.index.dataset, each.index.iris)
    return tuple(found)


@cache
def described() -> dict[Term, list[Term]]:
    """Return the classes of everything that is described."""
    classes: dict[Term, list[Term]] = {}
    for node in emitted():
        classes.setdefault(node.subject, []).extend(node.properties.get(RDF.type, []))
    return classes
