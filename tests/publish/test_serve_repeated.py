"""`kg serve` answers the same query again from memory, if that is certain to be the answer."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from kg.publish.serve.answer_cache import AnswerCache
from kg.query.store import Manifest, StoreGeneration
from support.served import PATIENT, Server, numbered_store, served
from support.waiting import PATIENCE, eventually

ALL = "SELECT ?s { ?s ?p ?o } ORDER BY ?s"
CRASHING = "ASK { FILTER(" + "!" * 30_000 + "true) }"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return numbered_store(tmp_path_factory.mktemp("repeated") / "store", 12)


@pytest.fixture(scope="module")
def server(store: Path) -> Iterator[Server]:
    with served(store) as running:
        yield running


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc lists the workers")
def test_the_same_query_gets_the_same_answer_without_a_worker(store: Path) -> None:
    with served(store, levels=[(1, 1e9, 0)]) as server:
        first = server.query(ALL)
        for worker in server.workers():
            os.kill(worker, signal.SIGSTOP)
        again = [server.query(ALL) for _ in range(4)]
        for worker in server.workers():
            os.kill(worker, signal.SIGCONT)

    assert first.rows == 12
    assert [(reply.status, reply.body) for reply in again] == [(200, first.body)] * 4
    assert {tuple(sorted(reply.headers)) for reply in again} == {tuple(sorted(first.headers))}


@pytest.mark.parametrize("expression", ["RAND()", "rand ( )", "NOW()", "UUID()", "StrUUID()", "# now\nNOW # a\n()"])
def test_a_query_whose_answer_changes_is_answered_anew(expression: str, server: Server) -> None:
    asked = []
    for _ in range(3):
        asked.append(server.query(f"SELECT ({expression} AS ?x) {{}}").text)
        time.sleep(0.002)

    assert len(set(asked)) == 3


ASK = b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n"


def test_the_same_bytes_get_the_same_bytes_but_for_the_date(server: Server) -> None:
    """Also one after another on a connection, several at once, in pieces, and beside other requests."""
    one, other = ASK + b"\r\n", ASK + b"X-Other: 1\r\n\r\n"
    last = b"GET /none HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    sent = [[one], [one], [one, one], [one + other + one], [one[:50], one[50:], one], [one, other, one[:-1], b"\n"]]

    answered = [_undated(_in_pieces(server, [*pieces, last])) for pieces in sent]

    (first, *_), end = answered[0], answered[0][-1]
    assert first.startswith(b"HTTP/1.1 200 OK\r\n")
    assert end.startswith(b"HTTP/1.1 404 ")
    assert answered == [[*[first] * count, end] for count in (1, 1, 2, 3, 2, 3)]


def _in_pieces(server: Server, pieces: list[bytes]) -> bytes:
    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) as connection:
        answered = b""
        # If not everything was read, the connection ends with a reset: what came before can be read.
        with suppress(ConnectionError):
            for piece in pieces:
                connection.sendall(piece)
                time.sleep(0.02)
        with suppress(ConnectionError):
            while part := connection.recv(65536):
                answered += part
        return answered


def _undated(answered: bytes) -> list[bytes]:
    """Return the answers of a connection without their dates."""
    return re.split(rb"(?=HTTP/1\.1 )", re.sub(rb"\r\ndate: [^\r]*", b"", answered))[1:]


@pytest.mark.parametrize(
    "header",
    [
        "Connection: close",
        "Connection: keep-alive",
        "Host: elsewhere.example",
        "Origin: https://x.example",
        "A B: c",
    ],
)
def test_a_header_that_matters_is_never_overlooked(header: str, server: Server) -> None:
    """Each answer is what the first of its kind was, however often the request without the header came before."""
    for _ in range(4):
        server.query("ASK {}")
    sent = f"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: localhost\r\n{header}\r\n\r\n".encode()
    end = b"GET /none HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"

    # What follows a request to close may come with it, and is no request then.
    pieces = [sent] if header == "Connection: close" else [sent, end]

    answers = [_undated(_in_pieces(server, pieces)) for _ in range(4)]

    assert answers == [answers[0]] * 4
    statuses = {"Host": 400, "Origin": 403, "A B": 400}  # two Hosts are none
    assert int(answers[0][0][9:12]) == statuses.get(header.partition(":")[0], 200)
    assert len(answers[0]) == (1 if header == "Connection: close" or "400" in str(answers[0][0][:12]) else 2)


@pytest.mark.slow
def test_answers_from_memory_are_counted_and_logged_for_their_client(store: Path) -> None:
    command = [*PATIENT, "serve", str(store), "--port", "0", "--access-log", "--metrics", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        metrics, port = (int(re.findall(r":(\d+)/", process.stderr.readline())[0]) for _ in range(2))
        server = Server(port, process)
        for _ in range(5):
            for client in ("192.0.2.1", "192.0.2.2"):
                server.ask("/sparql?query=ASK%7B%7D", headers={"X-Forwarded-For": client})
        found = Server(metrics, process).ask("/metrics").text
        process.send_signal(signal.SIGTERM)
        lines = process.stderr.read().splitlines()

    assert 'kg_requests_total{route="sparql",status="200"} 10.0' in found
    assert 'kg_request_seconds_count{route="sparql"} 10.0' in found
    assert "kg_cached_answers_total 9.0" in found
    logged = [re.sub(r" \[[^]]*\]|[0-9.]+$", "", line) for line in lines]
    assert logged == [
        f'192.0.2.{number} - - "GET /sparql?query=ASK%7B%7D HTTP/1.1" 200 26 '
        for _ in range(5)
        for number in (1, 2)
    ]


@pytest.mark.slow
def test_a_server_that_ends_closes_connections_after_answers_from_memory_too(store: Path) -> None:
    with served(store, connections={"notice_seconds": 1000}) as server:
        for _ in range(4):
            assert "connection" not in server.query("ASK {}").headers
        server.process.send_signal(signal.SIGTERM)

        eventually(lambda: server.query("ASK {}").headers.get("connection") == "close")


@pytest.mark.slow
def test_answers_from_memory_may_be_read_by_all_sites_if_others_may(store: Path) -> None:
    with served(store, cors=True) as server:
        path = "/sparql?query=ASK%7B%7D"
        replies = [server.ask(path, headers={"Origin": "https://x.example"}) for _ in range(4)]

    assert {reply.headers["access-control-allow-origin"] for reply in replies} == {"*"}


def test_what_a_request_asks_for_besides_its_query_makes_another_answer(server: Server) -> None:
    for _ in range(3):
        assert server.query(ALL, "text/csv").media == "text/csv"
        assert server.query(ALL, "text/turtle").status == 406
        assert server.query(ALL, limit=11).status == 422
        assert server.query(ALL, limit=12).rows == 12
        assert server.query(ALL, **{"default-graph-uri": "http://e/none"}).rows == 0
        assert server.query(ALL, **{"default-graph-uri": "http://e/g"}).rows == 12
        assert server.query(ALL).rows == 12
        head, get = (server.ask("/sparql?query=ASK%7B%7D", method=method) for method in ("HEAD", "GET"))
        assert (head.status, head.body, head.headers["content-length"]) == (200, b"", str(len(get.body)))


@pytest.mark.slow
def test_the_answer_of_a_store_that_was_loaded_again_is_the_new_one(tmp_path: Path) -> None:
    store = numbered_store(tmp_path / "store", 3)
    with served(store) as server:
        assert [server.query(ALL).rows for _ in range(4)] == [3] * 4
        numbered_store(store, 5)
        eventually(lambda: server.query(ALL).rows == 5)

        assert [server.query(ALL).rows for _ in range(4)] == [5] * 4


@pytest.mark.slow
def test_a_client_that_must_wait_gets_no_answer_from_memory_either(store: Path) -> None:
    with served(store, refusal_pause=0) as server:
        for _ in range(4):
            assert server.query(ALL).status == 200
        for _ in range(3):
            headers = {"Content-Type": "application/sparql-query"}
            server.ask("/sparql", method="POST", body=CRASHING.encode(), headers=headers)

        assert server.query(ALL).status == 429
        assert server.query(ALL, source="127.0.0.2").status == 200


def test_a_cache_holds_one_generation_and_no_more_than_it_may() -> None:
    cache: AnswerCache[str] = AnswerCache(10_000)
    first, second = (StoreGeneration(Path(name), Manifest()) for name in ("one", "two"))
    for number in range(3):
        cache.keep(number, f"answer {number}", 2_000, first)
    cache.find(0, first)
    cache.keep(3, "answer 3", 2_000, first)
    found = [cache.find(number, first) for number in range(4)]
    cache.keep(0, "another", 20, second)

    assert found == ["answer 0", None, "answer 2", "answer 3"]
    assert [cache.find(0, each) for each in (first, second)] == [None, "another"]
