"""The W3C test suite of the SPARQL 1.1 Protocol: `kg serve` passes every query test, and refuses every update.

https://www.w3.org/2009/sparql/docs/tests/data-sparql11/protocol/
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import NamedTuple

import pyoxigraph
import pytest
from rdflib import Graph, Namespace, Node, URIRef
from rdflib.collection import Collection

from support.served import Reply, Server, served, store_of
from support.shared_data import needs_shared, shared_file

SUITE = "sparql-protocol"
MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
HT = Namespace("http://www.w3.org/2011/http#")
CNT = Namespace("http://www.w3.org/2011/content#")
BASE = "http://www.w3.org/2009/sparql/docs/tests/data-sparql11/protocol/manifest#"
DATA = "http://kasei.us/2009/09/sparql/data/"

QUERIES = (
    *("query_post_form", "query_dataset_default_graphs_get", "query_dataset_default_graphs_post"),
    *("query_dataset_named_graphs_post", "query_dataset_named_graphs_get", "query_dataset_full"),
    *("query_multiple_dataset", "query_get", "query_content_type_select", "query_content_type_ask"),
    *("query_content_type_describe", "query_content_type_construct", "query_post_direct"),
    *("bad_query_method", "bad_multiple_queries", "bad_query_wrong_media_type", "bad_query_missing_form_type"),
    *("bad_query_missing_direct_type", "bad_query_non_utf8", "bad_query_syntax"),
)
UPDATES = (
    *("update_dataset_default_graph", "update_dataset_default_graphs", "update_dataset_named_graphs"),
    *("update_dataset_full", "update_post_form", "update_post_direct", "update_base_uri"),
)
BAD_UPDATES = (
    *("bad_update_get", "bad_multiple_updates", "bad_update_wrong_media_type", "bad_update_missing_form_type"),
    *("bad_update_non_utf8", "bad_update_syntax", "bad_update_dataset_conflict"),
)
# What `mf:expectedFormat` means: its names, each with the media types of that kind.
FORMATS = {
    "boolean": ("application/sparql-results+json", "application/sparql-results+xml"),
    "tabular": (
        *("application/sparql-results+json", "application/sparql-results+xml"),
        *("text/csv", "text/tab-separated-values"),
    ),
    "RDF": ("application/rdf+xml", "text/turtle", "application/n-triples", "application/xhtml+xml"),
}


class Request(NamedTuple):
    """A request of a test, and what the answer must be; `boolean` and `format` are None if anything will do."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes | None
    status: set[str]
    boolean: bool | None
    format: str | None


def manifest() -> Graph:
    """Read the manifest; where it is missing, skip."""
    return Graph().parse(shared_file(f"{SUITE}/manifest.ttl"), publicID=BASE.removesuffix("#"))


def requests_of(name: str) -> list[Request]:
    """Return the requests of a test, in order."""
    graph = manifest()
    (action,) = graph.objects(URIRef(BASE + name), MF.action)
    (requests,) = graph.objects(action, HT.requests)
    return [request_of(graph, each) for each in Collection(graph, requests)]


def request_of(graph: Graph, request: Node) -> Request:
    """Read a request; its body has the characters of the test in the encoding of the test."""
    headers = {"Host": "www.example"}
    for written in graph.objects(request, HT.headers):
        for each in Collection(graph, written):
            headers[str(graph.value(each, HT.fieldName))] = str(graph.value(each, HT.fieldValue))
    body = graph.value(request, HT.body)
    answer = graph.value(request, HT.resp)
    boolean = graph.value(answer, MF.expectedBoolean)
    format = graph.value(answer, MF.expectedFormat)
    return Request(
        str(graph.value(request, HT.methodName)),
        str(graph.value(request, HT.absolutePath)),
        headers,
        None if body is None else encoded(graph, body),
        {str(each)[-3:] for each in graph.objects(answer, MF.expectedStatus)},
        None if boolean is None else bool(boolean.toPython()),  # type: ignore[attr-defined]
        None if format is None else str(format),
    )


def encoded(graph: Graph, body: Node) -> bytes:
    """Return the bytes of a body."""
    return str(graph.value(body, CNT.chars)).encode(str(graph.value(body, CNT.characterEncoding)))


def answer(server: Server, request: Request) -> Reply:
    """Send a request and return the answer, whose status and content must be as the test expects."""
    reply = ask(server, request)

    assert f"{reply.status // 100}xx" in request.status, reply.text
    if request.format is not None:
        assert reply.media in FORMATS[request.format]
    if request.boolean is not None:
        assert json.loads(reply.body)["boolean"] is request.boolean
    return reply


def ask(server: Server, request: Request) -> Reply:
    """Send a request and return the answer."""
    return server.ask(request.path, method=request.method, headers=request.headers, body=request.body)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve the data of the suite, each file as the graph that the manifest names, at `http://www.example/`."""
    quads = [
        pyoxigraph.Quad(each.subject, each.predicate, each.object, pyoxigraph.NamedNode(f"{DATA}{name}.rdf"))
        for name in ("data1", "data2", "data3")
        for each in pyoxigraph.parse(path=shared_file(f"{SUITE}/{name}.nt"))
    ]
    store = store_of(tmp_path_factory.mktemp("protocol") / "store", quads)
    with served(store, public_urls=["http://www.example/"]) as running:
        yield running


@needs_shared(f"{SUITE}/manifest.ttl")
def test_every_test_of_the_suite_is_here() -> None:
    graph = manifest()
    (entries,) = graph.objects(None, MF.entries)

    names = [str(each).removeprefix(BASE) for each in Collection(graph, entries)]

    assert sorted(names) == sorted([*QUERIES, *UPDATES, *BAD_UPDATES])


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_is_answered_as_the_suite_expects(name: str, server: Server) -> None:
    for request in requests_of(name):
        answer(server, request)


@pytest.mark.parametrize("name", UPDATES)
def test_an_update_is_refused_and_nothing_is_written(name: str, server: Server) -> None:
    """`kg serve` offers no update operation: the suite's queries for what was written find nothing."""
    update, *queries = requests_of(name)

    refused = ask(server, update)

    assert (refused.status, refused.text) == (403, "This address reads and never writes: an update is refused.\n")
    for query in queries:
        answer(server, query._replace(boolean=False))


@pytest.mark.parametrize("name", BAD_UPDATES)
def test_a_bad_update_is_refused_as_the_suite_expects(name: str, server: Server) -> None:
    (update,) = requests_of(name)

    assert answer(server, update).status in (403, 415)
