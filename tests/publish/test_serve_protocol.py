"""`kg serve` speaks the SPARQL 1.1 Protocol; the first part follows the query half of its test suite.

https://www.w3.org/TR/sparql11-protocol/ · https://www.w3.org/2009/sparql/docs/tests/data-sparql11/protocol/
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import urlencode

import pyoxigraph
import pytest

from support.served import Reply, Server, quad, served, store_of

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
DIRECT = {"Content-Type": "application/sparql-query"}
DATASET = "ASK { GRAPH ?g { ?s ?p ?o } }"
ONE, TWO, THREE = (f"http://e/{name}" for name in ("one", "two", "three"))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve three graphs of one triple each."""
    quads = [quad(f"s-{name}", "p", f"o-{name}", name) for name in ("one", "two", "three")]
    with served(store_of(tmp_path_factory.mktemp("protocol") / "store", quads)) as running:
        yield running


def posted(server: Server, body: str, **headers: str) -> Reply:
    """Return the answer to a POST of a form."""
    return server.ask("/sparql", method="POST", body=body.encode(), headers={**FORM, **headers})


def boolean(reply: Reply) -> bool:
    """Return the answer to an ASK."""
    assert reply.status == 200, reply.text
    answer: bool = json.loads(reply.body)["boolean"]
    return answer


# The query half of the test suite, by its names


def test_bad_query_method(server: Server) -> None:
    reply = server.ask("/sparql?query=ASK%20%7B%7D", method="PUT", body=b"")

    assert (reply.status, reply.headers["allow"]) == (405, "GET, HEAD, POST")


def test_bad_multiple_queries(server: Server) -> None:
    assert server.ask("/sparql?query=ASK%20%7B%7D&query=SELECT%20*%20%7B%7D").status == 400


def test_bad_query_wrong_media_type(server: Server) -> None:
    reply = server.ask("/sparql", method="POST", body=b"ASK {}", headers={"Content-Type": "text/plain"})

    assert (reply.status, reply.headers["accept-post"]) == (
        415,
        "application/x-www-form-urlencoded, application/sparql-query",
    )


def test_bad_query_missing_form_type(server: Server) -> None:
    assert server.ask("/sparql", method="POST", body=b"query=ASK%20%7B%7D").status == 415


def test_bad_query_missing_direct_type(server: Server) -> None:
    assert server.ask("/sparql", method="POST", body=b"ASK {}").status == 415


def test_bad_query_non_utf8(server: Server) -> None:
    headers = {"Content-Type": "application/sparql-query; charset=UTF-16"}

    assert server.ask("/sparql", method="POST", body="ASK {}".encode("utf-16"), headers=headers).status == 415
    assert server.ask("/sparql", method="POST", body="ASK {}".encode("utf-16"), headers=DIRECT).status == 400


def test_bad_query_syntax(server: Server) -> None:
    reply = server.query("ASK {\n  ?s ?p }")

    assert (reply.status, reply.text) == (
        400,
        "query:2:10: this must be SPARQL: it cannot be understood here\n      ?s ?p }\n             ^\n",
    )


def test_query_get(server: Server) -> None:
    assert boolean(server.query("ASK {}"))


def test_query_post_form(server: Server) -> None:
    assert boolean(posted(server, urlencode({"query": "ASK {}"})))


def test_query_post_direct(server: Server) -> None:
    assert boolean(server.ask("/sparql", method="POST", body=b"ASK {}", headers=DIRECT))


def test_query_dataset_default_graphs_get(server: Server) -> None:
    query = "ASK { <http://e/s-one> ?p ?o . <http://e/s-two> ?q ?r FILTER NOT EXISTS { <http://e/s-three> ?t ?u } }"

    assert boolean(server.query(query, **{"default-graph-uri": [ONE, TWO]}))


def test_query_dataset_default_graphs_post(server: Server) -> None:
    fields = {"query": "SELECT ?s { ?s ?p ?o }", "default-graph-uri": [TWO, THREE]}

    assert posted(server, urlencode(fields, doseq=True)).names == ["s-three", "s-two"]


def test_query_dataset_named_graphs_get(server: Server) -> None:
    fields = {"named-graph-uri": [ONE, TWO]}

    assert server.query("SELECT ?g { GRAPH ?g { ?s ?p ?o } }", **fields).names == ["one", "two"]
    assert server.query("SELECT ?s { ?s ?p ?o }", **fields).names == []


def test_query_dataset_named_graphs_post(server: Server) -> None:
    path = f"/sparql?{urlencode({'named-graph-uri': TWO})}"
    body = b"SELECT ?g { GRAPH ?g { ?s ?p ?o } }"

    assert server.ask(path, method="POST", body=body, headers=DIRECT).names == ["two"]


def test_query_dataset_full(server: Server) -> None:
    query = "SELECT ?x { { ?x ?p ?o } UNION { GRAPH ?x { ?s ?p ?o } } }"

    reply = server.query(query, **{"default-graph-uri": ONE, "named-graph-uri": [TWO, THREE]})

    assert reply.names == ["s-one", "three", "two"]


def test_query_multiple_dataset(server: Server) -> None:
    """What the request says of the data set goes before what the query says."""
    query = f"SELECT ?x FROM <{THREE}> {{ ?x ?p ?o }}"

    assert server.query(query, **{"default-graph-uri": ONE}).names == ["s-one"]


def test_query_content_type_select(server: Server) -> None:
    assert server.query("SELECT * {}", "").media == "application/sparql-results+json"


def test_query_content_type_ask(server: Server) -> None:
    assert server.query("ASK {}", "").media == "application/sparql-results+json"


def test_query_content_type_describe(server: Server) -> None:
    assert server.query("DESCRIBE <http://e/s-one>", "").media == "text/turtle"


def test_query_content_type_construct(server: Server) -> None:
    assert server.query("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", "").media == "text/turtle"


# Beyond it


def test_the_default_graph_is_the_union_of_the_named_graphs(server: Server) -> None:
    assert server.query("SELECT ?s { ?s ?p ?o }").names == ["s-one", "s-three", "s-two"]
    assert server.query(f"SELECT ?s FROM <{ONE}> {{ ?s ?p ?o }}").names == ["s-one"]


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("application/sparql-results+xml", "application/sparql-results+xml"),
        ("application/xml", "application/sparql-results+xml"),
        ("text/csv", "text/csv"),
        ("text/tab-separated-values, application/json;q=0.5", "text/tab-separated-values"),
        ("text/csv;q=0.3, application/sparql-results+json;q=0.4", "application/sparql-results+json"),
        ("text/*", "application/sparql-results+xml"),
        ("text/turtle, */*;q=0.1", "application/sparql-results+json"),
        ("application/json;q=0, */*", "application/sparql-results+json"),
        ("application/*;q=0, */*", "application/sparql-results+xml"),
        ("nonsense, text/csv", "text/csv"),
    ],
)
def test_the_client_chooses_how_rows_are_written(accept: str, media: str, server: Server) -> None:
    reply = server.query("SELECT ?s { ?s ?p ?o }", accept)

    assert (reply.status, reply.media, reply.headers["vary"]) == (200, media, "Accept, Accept-Encoding")


@pytest.mark.parametrize(
    ("accept", "media", "form"),
    [
        ("text/turtle", "text/turtle", pyoxigraph.RdfFormat.TURTLE),
        ("application/n-triples", "application/n-triples", pyoxigraph.RdfFormat.N_TRIPLES),
        ("application/ld+json", "application/ld+json", pyoxigraph.RdfFormat.JSON_LD),
        ("application/json", "application/ld+json", pyoxigraph.RdfFormat.JSON_LD),
        ("application/rdf+xml", "application/rdf+xml", pyoxigraph.RdfFormat.RDF_XML),
    ],
)
def test_the_client_chooses_how_a_graph_is_written(
    accept: str, media: str, form: pyoxigraph.RdfFormat, server: Server
) -> None:
    reply = server.query("CONSTRUCT { ?s a schema:Claim ; ?p ?o } WHERE { ?s ?p ?o }", accept)

    assert (reply.status, reply.media) == (200, media)
    assert len(set(pyoxigraph.parse(reply.body, format=form))) == 6


def test_csv_and_tsv_are_as_the_recommendation_has_them(server: Server) -> None:
    query = "SELECT ?s ?x { ?s ?p ?o OPTIONAL { ?s <http://e/none> ?x } } ORDER BY ?s LIMIT 1"

    assert server.query(query, "text/csv").text == "s,x\r\nhttp://e/s-one,\r\n"
    assert server.query(query, "text/tab-separated-values").text == "?s\t?x\n<http://e/s-one>\t\n"


def test_what_cannot_be_sent_is_406_with_what_can(server: Server) -> None:
    rows, graph = server.query("ASK {}", "image/png"), server.query("DESCRIBE <http://e/s>", "text/csv")

    assert (rows.status, rows.text) == (
        406,
        "SELECT and ASK answer with rows. The Accept header must name one of\n  application/sparql-results+json\n"
        "  application/json\n  application/sparql-results+xml\n  application/xml\n  text/xml\n  text/csv\n"
        "  text/tab-separated-values\n",
    )
    assert (graph.status, graph.text.splitlines()[1:3]) == (406, ["  text/turtle", "  application/x-turtle"])


@pytest.mark.parametrize("accept", ["application/sparql-results+xml", "application/rdf+xml"])
def test_what_xml_cannot_contain_is_refused_rather_than_written_ill_formed(accept: str, server: Server) -> None:
    asked = "SELECT ?x" if "results" in accept else "CONSTRUCT { <a:b> <http://e/p> ?x } WHERE"

    assert server.query(asked + ' { BIND("\\u0001" AS ?x) }', accept).status == 406


def test_a_property_that_no_xml_name_fits_is_refused_too(server: Server) -> None:
    assert server.query("CONSTRUCT { <a:b> <http://e/> 1 } WHERE {}", "application/rdf+xml").status == 406


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/sparql-update", "DELETE WHERE { ?s ?p ?o }"),
        ("application/x-www-form-urlencoded", "update=DELETE%20WHERE%20%7B%7D"),
        ("application/x-www-form-urlencoded", "query=ASK%20%7B%7D&update=CLEAR%20ALL"),
    ],
)
def test_an_update_is_refused(content_type: str, body: str, server: Server) -> None:
    reply = server.ask("/sparql", method="POST", body=body.encode(), headers={"Content-Type": content_type})

    assert (reply.status, reply.text) == (403, "This address reads and never writes: an update is refused.\n")


def test_an_update_sent_as_a_query_is_no_query(server: Server) -> None:
    reply = server.query("INSERT DATA { <a:a> <a:b> <a:c> }")

    assert (reply.status, "INSERT is refused" in reply.text) == (400, True)


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/sparql?limit=1", "Give one query"),
        ("/sparql?query=ASK%20%7B%7D&timeout=soon", "`timeout` must be a number above 0, not 'soon'."),
        ("/sparql?query=ASK%20%7B%7D&timeout=nan", "`timeout` must be a number above 0, not 'nan'."),
        ("/sparql?query=ASK%20%7B%7D&limit=-1", "`limit` must be a number above 0, not '-1'."),
        ("/sparql?query=%FF", "What is percent-encoded must be UTF-8."),
        ("/sparql?query=ASK%20%7B%7D&default-graph-uri=one", "A graph must be named by an absolute IRI"),
    ],
)
def test_a_request_that_makes_no_sense_is_400_and_says_why(path: str, message: str, server: Server) -> None:
    reply = server.ask(path)

    assert (reply.status, reply.text[: len(message)], reply.media) == (400, message, "text/plain")


def test_head_says_what_get_would(server: Server) -> None:
    path = "/sparql?query=ASK%20%7B%7D"
    head, get = server.ask(path, method="HEAD"), server.ask(path)
    del head.headers["date"], get.headers["date"]  # type: ignore[attr-defined]

    assert (head.status, head.headers, head.body) == (200, get.headers, b"")


def test_a_browser_without_a_query_is_shown_where_to_ask(server: Server) -> None:
    reply = server.ask("/sparql", headers={"Accept": "text/html,*/*;q=0.8"})

    assert (reply.status, reply.headers["location"]) == (303, "query")


def test_kg_own_prefixes_need_not_be_declared(server: Server) -> None:
    assert boolean(server.query("ASK { FILTER NOT EXISTS { ?claim a schema:Claim } }"))


def test_health_says_what_is_served(server: Server) -> None:
    reply = server.ask("/health")

    assert (reply.status, json.loads(reply.body)) == (
        200,
        {"status": "ok", "base": "https://kg.example/", "triples": 3, "digest": "", "waiting": 0},
    )
