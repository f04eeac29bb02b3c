"""What `/sparql` says of itself to who asks nothing: https://www.w3.org/TR/sparql11-service-description/."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph
import pytest

from support.served import Server, quad, served, store_of


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    quads = [quad("a", "b", name, "g") for name in ("c", "d", "e")]
    with served(store_of(tmp_path_factory.mktemp("store"), quads)) as running:
        yield running


def test_a_program_that_wants_rows_and_asks_nothing_is_told_so(server: Server) -> None:
    reply = server.ask("/sparql", headers={"Accept": "application/sparql-results+json"})

    assert (reply.status, reply.text[:14]) == (400, "Give one query")


DESCRIPTION = """
PREFIX sd: <http://www.w3.org/ns/sparql-service-description#>
PREFIX formats: <http://www.w3.org/ns/formats/>
CONSTRUCT {
  <https://kg.example/sparql> a sd:Service ; sd:endpoint <http://127.0.0.1:%d/sparql> ;
    sd:supportedLanguage sd:SPARQL11Query ; sd:feature sd:UnionDefaultGraph ;
    sd:resultFormat formats:SPARQL_Results_JSON, formats:SPARQL_Results_XML, formats:SPARQL_Results_CSV,
      formats:SPARQL_Results_TSV, formats:Turtle, formats:N-Triples, formats:JSON-LD, formats:RDF_XML ;
    sd:defaultDataset <https://kg.example/sparql#dataset> .
  <https://kg.example/sparql#dataset> a sd:Dataset ; sd:defaultGraph <https://kg.example/sparql#default-graph> .
  <https://kg.example/sparql#default-graph> a sd:Graph ; <http://rdfs.org/ns/void#triples> 3 .
} WHERE {}
"""


@pytest.mark.parametrize("accept", ["", "*/*", "text/turtle", "application/ld+json", "application/rdf+xml"])
def test_who_asks_nothing_and_wants_rdf_is_told_what_can_be_asked(accept: str, server: Server) -> None:
    reply = server.ask("/sparql", headers={"Accept": accept} if accept else {})

    form = pyoxigraph.RdfFormat.from_media_type(reply.media)
    expected = pyoxigraph.Store().query(DESCRIPTION % server.port)
    assert form is not None
    assert isinstance(expected, pyoxigraph.QueryTriples)
    assert (reply.status, {quad.triple for quad in pyoxigraph.parse(reply.body, format=form)}) == (
        200,
        set(expected),
    )


def test_the_endpoint_is_where_the_base_has_it_when_that_was_asked(server: Server) -> None:
    reply = server.ask("/sparql", headers={"Host": "kg.example", "Accept": "application/n-triples"})

    assert "service-description#endpoint> <https://kg.example/sparql> .\n" in reply.text
