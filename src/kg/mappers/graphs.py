"""Graphs: the nodes of one article, of its full text, of the entities and of the data set; a graph's own node."""

from __future__ import annotations

from hashlib import sha256

from kg.mappers.article import article_nodes, occasion_nodes, source_nodes, withdrawn_nodes
from kg.mappers.claim import claim_nodes
from kg.mappers.dataset import Tally, dataset_nodes
from kg.mappers.entity import annotator_node, entity_nodes, topics_node
from kg.mappers.nodes import Passages, node, replaced_node
from kg.meaning import CorpusIndex
from kg.model import Article, Dataset, present
from kg.rdf.terms import Graph, Iri, Node, by_subject, literal_value, plain, text
from kg.rdf.vocab import DCTERMS, KG, SCHEMA, SKOS


def article_graph(article: Article, dataset: Dataset) -> list[Node]:
    """Return an article's nodes in reading order; the passages, which all others may share, are last."""
    passages = Passages(article, words=dataset.text != "none")
    nodes = list(article_nodes(article, passages))
    for claim in article.claims:
        nodes += claim_nodes(claim, article, dataset, passages)
    nodes += withdrawn_nodes(article)
    nodes += occasion_nodes(article.occasions, passages)
    nodes += source_nodes(article, passages)
    nodes += map(replaced_node, article.replaced)
    for version in (0, *[each.version.number for each in article.earlier]):
        nodes += passages.in_version(version).nodes()
    return nodes


def text_graph(article: Article, index: CorpusIndex) -> Graph | None:
    """Return the full texts, under the article's licence, not the annotations'; None if they are not published."""
    if index.dataset.text != "full":
        return None
    bodies = [Node(article.iri, {SCHEMA.articleBody: [text(article.text, article.language)]})]
    for each in article.earlier:
        bodies.append(Node(each.version.iri, {SCHEMA.text: [text(each.text, article.language)]}))
    return in_dataset(Graph(index.iris.text_graph(article.id), bodies), index.dataset, article.rights.licence)


def entities_graph(index: CorpusIndex) -> Graph:
    """Return the entities, the topics' scheme and the annotators."""
    nodes = [each for entity in index.entities.values() for each in entity_nodes(entity, index.iris)]
    if any(SKOS.Concept in entity.types for entity in index.entities.values()):
        nodes.append(topics_node(index.iris))
    nodes.extend(annotator_node(annotator) for annotator in index.annotators.values())
    return Graph(index.iris.entities_graph, nodes)


def dataset_graph(index: CorpusIndex, total: Tally) -> Graph:
    """Return the description of the data set, with the counts of all other graphs."""
    nodes = dataset_nodes(index.dataset, index.iris, total, index.guidelines.items())
    return Graph(index.iris.dataset_graph, list(nodes))


def in_dataset(graph: Graph, dataset: Dataset, licence: Iri) -> Graph:
    """Return the graph with a last node about itself: its data set, its licence, if it has one, and its digest."""
    about = node(graph.iri, {DCTERMS.isPartOf: [dataset.iri], DCTERMS.license: present(licence)})
    return with_digest(Graph(graph.iri, [*graph.nodes, about], graph.text))


def with_digest(graph: Graph) -> Graph:
    """Return the graph with its digest, which a store can be asked for.

    It becomes the last property of the last node, which is about the graph.
    """
    nodes, about = list(graph.nodes), Node(graph.iri, {})
    if nodes and nodes[-1].subject == graph.iri:
        last = nodes.pop().properties
        about = Node(
            graph.iri, {predicate: objects for predicate, objects in last.items() if predicate != KG.digest}
        )
    digest = digest_of_graph(Graph(graph.iri, [*nodes, about]))
    with_it = Node(graph.iri, {**about.properties, KG.digest: [plain(digest)]})
    return Graph(graph.iri, [*nodes, with_it], graph.text)


def digest_of_graph(graph: Graph) -> str:
    """Return the SHA-256 of a graph's lines as sorted N-Quads, in hexadecimal; the graph has no digest yet."""
    return sha256(b"".join(_sorted_lines(graph))).hexdigest()


def digest_in(graph: Graph) -> str:
    """Return the digest that a graph has."""
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
