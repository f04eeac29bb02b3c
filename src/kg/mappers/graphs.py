"""Graphs: the nodes of one article, of the entities, of the data set. The one list of mappers.

The unit of work is one article: `map_article` is a pure function of an article as written and the index.
"""

from __future__ import annotations

from hashlib import sha256
from typing import NamedTuple

from kg.corpus import Written
from kg.errors import Finding, Spot
from kg.mappers.article import article_nodes, occasion_nodes, source_nodes, withdrawn_nodes
from kg.mappers.claim import claim_nodes
from kg.mappers.dataset import Tally, dataset_nodes, tally
from kg.mappers.entity import annotator_node, entity_nodes, topics_node
from kg.meaning import Index, read_meaning
from kg.model import Article, Dataset
from kg.rdf.terms import Graph, Iri, Node, by_subject, literal_value, plain
from kg.rdf.vocab import KG, SKOS


class Unit(NamedTuple):
    """One article, mapped. `graph` is None where the article could not be read, which then `defines` nothing.

    `defines` are the IRIs of its article and claims; `needs` are claims of other articles that its relations
    point to, each with the place of the relation: whoever joins units checks that they are defined.
    `draft` units are checked, not exported; `holds` counts the graph.
    Of a unit that an earlier run mapped, there is no graph either: `extents` say where its text stands in the
    documents of that run. `record` is the number of what this run records of it, -1 where it does not. `digest` is
    what its graph says of itself.
    """

    id: str
    file: str
    line: int
    graph: Graph | None
    findings: tuple[Finding, ...]
    defines: tuple[Iri, ...] = ()
    needs: dict[Iri, Spot] = {}  # noqa: RUF012  # never changed
    draft: bool = False
    holds: Tally = Tally()
    extents: tuple[int, ...] = ()
    record: int = -1
    digest: str = ""


def map_article(article: Written, index: Index) -> Unit:
    """Return the unit of one article."""
    meant, findings, needs = read_meaning(article, index)
    if meant is None:
        return Unit(article.id, article.file, article.line, None, findings)
    # All of them, also those whose words were not found: a relation to one is not wrong because of it.
    claims = article.annotations.claims if article.annotations else ()
    graph = with_digest(Graph(meant.graph, article_graph(meant, index.dataset)))
    return Unit(
        id=article.id,
        file=article.file,
        line=article.line,
        graph=graph,
        findings=findings,
        defines=(meant.iri, *[index.iris.claim(article.id, id) for id in claims]),
        needs=needs,
        draft=article.annotations is not None and article.annotations.annotation.status == "draft",
        holds=tally(graph, _changed_on(meant)),
        digest=digest_in(graph),
    )


def _changed_on(article: Article) -> str:
    """Return the last day or moment at which somebody annotated, reviewed or withdrew something."""
    annotation = article.annotation
    return max(annotation.on, annotation.reviewed_on, *[claim.on for claim in article.withdrawn])


def article_graph(article: Article, dataset: Dataset) -> list[Node]:
    """Return an article's nodes in reading order."""
    nodes = list(article_nodes(article, dataset))
    for claim in article.claims:
        nodes += claim_nodes(claim, article, dataset)
    nodes += withdrawn_nodes(article)
    nodes += occasion_nodes(article.occasions, dataset)
    nodes += source_nodes(article.sources, dataset)
    return nodes


def entities_graph(index: Index) -> Graph:
    """Return the entities, the topics' scheme and the annotators."""
    nodes = [node for entity in index.entities.values() for node in entity_nodes(entity, index.iris)]
    if any(SKOS.Concept in entity.types for entity in index.entities.values()):
        nodes.append(topics_node(index.iris))
    nodes.extend(annotator_node(annotator) for annotator in index.annotators.values())
    return Graph(index.iris.entities_graph, nodes)


def dataset_graph(index: Index, total: Tally) -> Graph:
    """Return the description of the data set, with the counts of all other graphs."""
    nodes = dataset_nodes(index.dataset, index.iris, total, index.guidelines.items())
    return Graph(index.iris.dataset_graph, list(nodes))


def with_digest(graph: Graph) -> Graph:
    """Return the graph with the SHA-256 of its lines as sorted N-Quads, which a store can be asked for."""
    digest = sha256(b"".join(_sorted_lines(graph))).hexdigest()
    return Graph(graph.iri, [*graph.nodes, Node(graph.iri, {KG.digest: [plain(digest)]})])


def digest_in(graph: Graph) -> str:
    """Return the digest that `with_digest` has given to a graph."""
    return literal_value(graph.nodes[-1].properties[KG.digest][0]).lexical


def _sorted_lines(graph: Graph) -> list[bytes]:
    """Return the sorted lines, in pieces. Neither a subject nor a predicate begins another: it ends in `>`."""
    end = f" {graph.iri} .\n"
    described = by_subject(graph.nodes)
    # Encoded piece by piece: one emoji would make the text of all of them four times as wide.
    pieces: list[bytes] = []
    for subject in sorted(described):
        properties, start = described[subject], subject.encode()
        for predicate in sorted(properties):
            objects = properties[predicate]
            for term in objects if len(objects) == 1 else sorted(set(objects)):
                pieces.append(start)
                pieces.append(f" {predicate} {term}{end}".encode())
    return pieces
