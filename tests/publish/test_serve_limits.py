"""What a stranger may take of `kg serve`, and that nobody else notices."""

from __future__ import annotations

import json
import os
import random
import socket
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyoxigraph
import pytest

from kg.processes.child import Child, ChildEndedError
from kg.query.engine import RowLimit, TooManyRowsError
from kg.query.sparql import QueryOutcome, QueryRequest, read_outcome
from kg.query.store import read_manifest
from support.query_cases import SERVICES
from support.served import HOSTILE, Server, numbered_store, served, served_in_reach
from support.waiting import PATIENCE

pytestmark = pytest.mark.slow

linux_only = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux can refuse sockets")
LONG = bool(os.environ.get("KG_TEST_LONG"))
Record = Callable[[str, str], None]
ROWS = 300
ALL = "SELECT ?s { ?s ?p ?o }"
ACCEPTED = ("application/json", "application/xml", "text/csv", "text/tab-separated-values")
GRAPHS = ("text/turtle", "application/n-triples", "application/ld+json", "application/rdf+xml")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a store of some hundred triples."""
    return numbered_store(tmp_path_factory.mktemp("limits") / "store", ROWS)


@pytest.fixture(scope="module")
def server(store: Path) -> Iterator[Server]:
    with served_in_reach(store, ROWS - 1) as running:
        yield running


# Rows


@pytest.mark.parametrize("accept", ACCEPTED)
@pytest.mark.parametrize("by_client", [True, False])
def test_an_answer_is_whole_or_there_is_none(accept: str, by_client: bool, server: Server) -> None:
    """One row fewer than may be, as many, and one more."""
    most = 10 if by_client else ROWS - 1
    fields = {"limit": most} if by_client else {}

    replies = [server.query(f"{ALL} LIMIT {rows}", accept, **fields) for rows in (most - 1, most, most + 1)]

    message = f"The answer has more than {most} rows, and none is sent: add a LIMIT, or narrow it.\n"
    assert [reply.status for reply in replies] == [200, 200, 422]
    assert [reply.rows for reply in replies[:2]] == [most - 1, most]
    assert replies[2].text == message


@pytest.mark.parametrize("accept", GRAPHS)
def test_a_graph_is_whole_or_there_is_none(accept: str, server: Server) -> None:
    query = "CONSTRUCT { ?s ?p ?o } WHERE { { SELECT * { ?s ?p ?o } LIMIT %d } }"

    replies = [server.query(query % rows, accept, limit=10) for rows in (9, 10, 11)]

    assert [reply.status for reply in replies] == [200, 200, 422]
    assert [reply.text.count("http://e/s") for reply in replies[:2]] == [9, 10]


def test_a_client_may_not_raise_a_limit(server: Server, store: Path) -> None:
    assert server.query(ALL, limit=10**6).status == 422
    with served(store, seconds=1.5) as hasty:
        assert "more than 1.5 seconds" in hasty.query(HOSTILE, timeout=99).text


@pytest.mark.parametrize("form", ["json", "xml", "csv", "tsv"])
def test_rows_are_counted_wherever_the_pieces_end(form: str) -> None:
    """Whatever is in the literals."""
    chance = random.Random(form)
    letters = '{},:"\\[]\n\r\t a<result>&'
    store = pyoxigraph.Store()
    for _ in range(300):
        values = [
            "({} {})".format(
                *(
                    chance.choice(["UNDEF", "<http://e/x>", '<<( <a:b> <a:c> "}},{" )>>', literal(chance, letters)])
                    for _ in "ab"
                )
            )
            for _ in range(chance.randrange(6))
        ]
        results = store.query(f"SELECT * {{ VALUES (?a ?b) {{ {' '.join(values)} }} }}")
        assert isinstance(results, pyoxigraph.QuerySolutions)
        written = results.serialize(format=getattr(pyoxigraph.QueryResultsFormat, form.upper()))
        assert written is not None
        limit = RowLimit(Sink(), form, len(values))  # type: ignore[arg-type]
        size = chance.choice([1, 2, 3, 50])
        for at in range(0, len(written), size):
            limit.write(written[at : at + size])
        assert limit.rows == len(values)
        if values:
            with pytest.raises(TooManyRowsError):
                RowLimit(Sink(), form, len(values) - 1).write(written)  # type: ignore[arg-type]


def literal(chance: random.Random, letters: str) -> str:
    return str(pyoxigraph.Literal("".join(chance.choice(letters) for _ in range(chance.randrange(8)))))


class Sink:
    def write(self, piece: bytes) -> int:
        return len(piece)


# Sizes


def test_what_is_too_long_is_refused_by_what_it_is(server: Server) -> None:
    query = "ASK {}" + " " * 70_000
    direct = {"Content-Type": "application/sparql-query"}

    assert server.query(query).status == 414
    assert server.ask("/sparql?query=" + "x" * 66_000).status == 414
    assert server.ask("/sparql", method="POST", body=query.encode(), headers=direct).status == 413
    assert server.ask("/sparql", method="POST", body=b" " * 1_100_000, headers=direct).status == 413
    assert server.ask("/health", headers={"X": "y" * 20_000}).status == 431
    assert server.query("ASK {}" + " " * 60_000).status == 200


def test_a_body_of_no_known_length_ends_where_it_is_too_long(server: Server) -> None:
    head = b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sparql-query\r\n"
    piece = b"10000\r\n" + b" " * 0x10000 + b"\r\n"

    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) as connection:
        connection.sendall(head + b"Transfer-Encoding: chunked\r\n\r\n" + piece * 17)
        assert connection.recv(100).startswith(b"HTTP/1.1 413 ")
        # What is thrown away is no request.
        connection.sendall(b"0\r\n\r\nGET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        said = b""
        while part := connection.recv(1000):
            said += part
    assert said.count(b"HTTP/1.1 200 OK") == 1


def test_an_answer_of_too_many_bytes_is_none(server: Server) -> None:
    reply = server.query(f"SELECT (CONCAT(STR(?s), '{'x' * 9000}') AS ?x) {{ ?s ?p ?o }}")

    assert (reply.status, reply.text) == (
        422,
        "The answer is larger than can be handed on: add a LIMIT, or narrow it.\n",
    )


def test_a_query_ends_when_its_time_is_up(server: Server) -> None:
    reply = server.query(HOSTILE, timeout=0.3)

    assert (reply.status, reply.text) == (
        504,
        "The query took more than 0.3 seconds and was stopped: narrow it, or add a LIMIT.\n",
    )


def test_a_query_that_needs_too_much_memory_is_told_so(store: Path) -> None:
    with served(store, memory=2**26) as server:
        reply = server.query("SELECT ?a { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?a ?d ?g LIMIT 1")

    assert (reply.status, reply.text) == (
        503,
        "The query needs more memory than it may take: narrow it, or add a LIMIT.\n",
    )


# Bombs

BOMBS = [
    "SELECT (" + "(" * 15_000 + "1" + ")" * 15_000 + " AS ?x) {}",
    "SELECT * " + "{" * 50_000,
    "SELECT * { ?s " + "(" * 20_000 + "<a:b>" + ")" * 20_000 + " ?o }",
    "SELECT * { ?s " + "!" * 30_000 + "<a:b> ?o }",
    "SELECT (" + "!" * 50_000 + "true AS ?x) {}",
    "SELECT (" + "-" * 50_000 + "1 AS ?x) {}",
    "SELECT * { " + "OPTIONAL { ?a ?b ?c " * 2_500 + "}" * 2_501,
    "SELECT * { " + "{ ?a ?b ?c } UNION " * 3_000 + "{} }",
    "SELECT * { FILTER(" + "1 = 1 || " * 6_000 + "true) }",
    "SELECT * { FILTER NOT EXISTS { " * 2_000 + "}" * 4_000,
    "SELECT * { " + "?a ?b ?c . " * 200 + "}",
    "SELECT * { " + " ".join(f"?a{n} ?b{n} ?c{n} ." for n in range(40)) + " }",
    "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?a ?d ?g",
    "SELECT (GROUP_CONCAT(STR(?a)) AS ?x) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "SELECT DISTINCT ?a ?d ?g { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "SELECT ?a (SAMPLE(?d) AS ?x) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } GROUP BY ?a ?d ?g",
    "CONSTRUCT { ?a ?b ?d } WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "SELECT * { ?a (<http://e/p>|!<http://e/p>)* ?b . ?c (<http://e/p>|!<http://e/p>)* ?d . ?e (!<a:b>)* ?f }",
    "SELECT ?x { BIND('x' AS ?x0) "
    + " ".join(f"BIND(CONCAT(?x{n}, ?x{n}, ?x{n}, ?x{n}) AS ?x{n + 1})" for n in range(20))
    + " BIND(STRLEN(?x20) AS ?x) }",
    "SELECT ?x { BIND(REPLACE('" + "a" * 30_000 + "', '(a*)*(a*)*b', '$1') AS ?x) }",
    "SELECT ?x { BIND(REGEX('aaaa', '" + "(a{1,99}){1,99}" * 20 + "') AS ?x) }",
    "SELECT * { VALUES ?x { " + "1 " * 25_000 + "} VALUES ?y { " + "2 " * 5_000 + "} }",
    "SELECT (1e308 * 1e308 AS ?x) (1/0 AS ?y) ('" + "\\u0000" * 5_000 + "' AS ?z) {}",
    "'''" + "'" * 60_000,
    "SELECT * { ?s ?p '" + "\\" * 60_000 + "' }",
    "\x00\ufffe" * 10_000,
]


def test_no_query_stops_the_service(server: Server, record_property: Record) -> None:
    """Each is answered, the process stays, and what is asked next is answered too."""
    assert len(BOMBS) >= 25
    statuses = []
    for n, bomb in enumerate(BOMBS, 1):
        reply = server.ask(
            "/sparql?timeout=0.6",
            method="POST",
            body=bomb.encode(),
            headers={"Content-Type": "application/sparql-query", "Accept": "application/json, text/turtle"},
            source=f"127.0.3.{n}",
        )
        statuses.append(reply.status)
        assert reply.status == 200 or reply.text
    record_property("bombs", f"{dict(Counter(statuses))}; the server's peak: {_peak(server)} MB")
    assert set(statuses) <= {200, 400, 413, 422, 503, 504}
    assert server.process.poll() is None
    assert server.query(f"{ALL} LIMIT 7").rows == 7


def _peak(server: Server) -> int:
    status = Path(f"/proc/{server.process.pid}/status")
    found = (
        [line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmHWM")]
        if (status.exists())
        else ["0"]
    )
    return int(found[0]) // 1024


# The network


@linux_only
def test_no_query_reaches_the_network(server: Server, record_property: Record) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/sparql"
        spelled = [query.replace("URL", url) for query in SERVICES]
        chance = random.Random(1)
        spelled += [_mutated(chance.choice(spelled), chance) for _ in range(5_000 if LONG else 100)]
        with ThreadPoolExecutor(4) as pool:
            statuses = Counter(reply.status for reply in pool.map(server.query, spelled))
        listener.settimeout(0.05)
        with pytest.raises(TimeoutError):
            listener.accept()
    record_property("spellings", f"{len(spelled)}: {dict(statuses)}")
    assert set(statuses) <= {200, 400, 422, 500}


def _mutated(query: str, chance: random.Random) -> str:
    """Return a query that differs a little, outside of its IRIs."""
    at = chance.randrange(len(query))
    if query[:at].count("<") > query[:at].count(">"):
        return query
    return query[:at] + chance.choice([" ", "\n", "#\n", ".", "{", "}", "'", ";", "\u00a0", ""]) + query[at:]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limits of resources")
def test_where_sockets_cannot_be_refused_a_worker_opens_nothing_more_and_answers_once(
    store: Path, tmp_path: Path
) -> None:
    request = QueryRequest(ALL, "http://e/", str(tmp_path / "answer"), "csv", "", 9, ROWS)
    with Child("support.children:answer_without_refusing_sockets") as engine:
        engine.send(json.dumps([str(store / read_manifest(store).folder), 2**28, 2**20, {}]).encode())
        opened = read_outcome(engine.receive())
        engine.send(json.dumps(request._asdict()).encode())
        answered = read_outcome(engine.receive())
        with pytest.raises(ChildEndedError, match="Too many open files"):
            engine.receive()

    assert (opened, answered) == (QueryOutcome(), QueryOutcome("solutions", body=None))
    assert (tmp_path / "answer").read_text().count("\n") == ROWS + 1
