"""Text that would run in a browser if a page did not escape it, put into every field of a corpus."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from kg.pipeline.publication import open_publication, published
from kg.publish.serve.stored_files import StoredFileMaker
from kg.publish.site import Pages
from kg.publish.site.store_reader import QuadReader
from kg.query.load import load_graphs
from kg.query.store import hold_generation
from kg.rdf.terms import XSD, Graph, Iri, Literal, Node, Term, iri, iri_text, is_iri, literal_value, plain, text
from kg.rdf.vocab import DCTERMS, KG, RDF, SCHEMA, VOID
from support.pages_of import EVERYTHING

HOSTILE = (
    "</script><img src=x onerror=hit()>",
    "<script>hit()</script>",
    "<svg onload=hit()>",
    '" onmouseover="hit()" autofocus onfocus="hit()',
    "' onmouseover='hit()' autofocus onfocus='hit()",
    "--><script>hit()</script><!--",
    "]]><script>hit()</script>",
    "</title><script>hit()</script>",
    "</textarea></option></select><script>hit()</script>",
    "</style><script>hit()</script>",
    "{{ 7*7 }}{% raw %}<b>",
    "javascript:hit()",
    "&lt;script&gt;hit()&lt;/script&gt;",
    "\u2028</script\u2029><script>hit()</script>",
    "<a href=javascript:hit()>x</a><iframe srcdoc='<script>parent.hit()</script>'>",
    "<math><mtext><table><mglyph><style><img src=x onerror=hit()>",
    "`;hit();//\\u003cscript>hit()</script>",
)
BASE = "https://everything.example/"
# IRIs that browsers would run, where an IRI may be anybody's.
RUNS = {
    SCHEMA.sameAs: iri("javascript:hit()"),
    SCHEMA.url: iri("javascript:hit()//https://a.example/"),
    DCTERMS.license: iri("data:text/html,hit()"),
}
# What must stay as it is for there to be pages at all.
_KEPT = {VOID.uriSpace, SCHEMA.inLanguage, DCTERMS.language, SCHEMA.identifier, SCHEMA.sha256, KG.digest}


def spoiled(hostile: str, room: Path) -> Pages:
    """Return the pages of a corpus in which this is every text, and every IRI of somebody else's would run."""
    load_graphs(room / "store", spoiled_graphs(hostile), BASE, "test")
    return Pages(QuadReader(hold_generation(room / "store")))


def spoiled_graphs(hostile: str) -> Iterator[Graph]:
    """Yield the graphs of such a corpus."""
    publication = open_publication(EVERYTHING, engine="none")
    for graph in published(publication.mapped_articles(), []):
        yield Graph(graph.iri, [_spoiled(node, hostile) for node in graph.nodes])


def with_addresses(address: str, room: Path) -> Pages:
    """Return the pages of somebody's store in which this is every IRI that is neither kg's nor below the base."""

    def replaced(term: Term) -> Term:
        ours = (f"<{BASE}", f"<{KG.base.removesuffix('#')}")
        return iri(address) if is_iri(term) and not term.startswith(ours) else term

    load_graphs(room / "store", _changed(replaced), BASE, "test", files=StoredFileMaker())
    return Pages(QuadReader(hold_generation(room / "store")))


def with_literals(lexical: str, datatype: str, room: Path) -> Pages:
    """Return the pages of somebody's store in which this is every literal of an XSD datatype, such as `integer`."""
    ending = f'"^^<{XSD}{datatype}>'

    def replaced(term: Term) -> Term:
        return Literal(f'"{lexical}{ending}') if term.endswith(ending) else term

    load_graphs(room / "store", _changed(replaced), BASE, "test")
    return Pages(QuadReader(hold_generation(room / "store")))


def with_paths(start: str, room: Path) -> Pages:
    """Return the pages of somebody's store in which the paths of resources begin with this."""

    def moved(term: Term) -> Term:
        is_thing = re.match(rf"<{BASE}(?:article|claim|entity|occasion|source|annotator)/", term)
        return iri(f"{BASE}{start}{iri_text(term).removeprefix(BASE)}") if is_thing else term

    load_graphs(room / "store", _changed(moved), BASE, "test", files=StoredFileMaker())
    return Pages(QuadReader(hold_generation(room / "store")))


def _changed(change: Callable[[Term], Term]) -> Iterator[Graph]:
    """Yield the graphs of a corpus with each term changed but the classes of resources."""
    publication = open_publication(EVERYTHING, engine="none")
    for graph in published(publication.mapped_articles(), []):
        yield Graph(graph.iri, [_with_terms(node, change) for node in graph.nodes])


def _with_terms(node: Node, change: Callable[[Term], Term]) -> Node:
    properties = {
        predicate: values if predicate == RDF.type else [change(value) for value in values]
        for predicate, values in node.properties.items()
    }
    return Node(Iri(change(node.subject)), properties)


def _spoiled(node: Node, hostile: str) -> Node:
    return Node(
        node.subject,
        {
            predicate: values if predicate in _KEPT else [_value(predicate, value, hostile) for value in values]
            for predicate, values in node.properties.items()
        },
    )


def _value(predicate: Iri, value: Term, hostile: str) -> Term:
    if is_iri(value):
        return RUNS.get(predicate, value)
    said = literal_value(value)
    if said.language:
        return text(hostile, said.language)
    return plain(hostile) if said.datatype.endswith("#string") else value
