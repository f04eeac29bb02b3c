"""Nobody holds up `kg serve` by being slow, nor by sending what is no request."""

from __future__ import annotations

import os
import resource
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import pytest

from support.served import Server, quad, served, store_of

LONG = bool(os.environ.get("KG_TEST_LONG"))
Record = Callable[[str, str], None]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return store_of(tmp_path_factory.mktemp("gate") / "store", [quad(f"s{n}", "p", "o", "g") for n in range(2000)])


@pytest.fixture(scope="module")
def server(store: Path) -> Iterator[Server]:
    with served(store) as running:
        yield running


def test_a_request_that_does_not_end_is_ended(store: Path) -> None:
    """Not even one more byte now and then puts the deadline off."""
    deadlines = {"header_seconds": 0.6, "body_seconds": 0.6, "stalled_seconds": 0.6}
    begun = {
        "nothing": b"",
        "a piece of a head": b"GET /health HTTP/1.1\r\nHost: loc",
        "a piece of a body": b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n"
        b"Content-Type: application/sparql-query\r\n\r\nASK",
    }
    with served(store, connections=deadlines) as server:
        for sent in begun.values():
            with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
                connection.sendall(sent)
                connection.settimeout(0.05)
                said, deadline = b"", time.monotonic() + 10
                while time.monotonic() < deadline:
                    try:
                        connection.sendall(b"x")
                        part = connection.recv(1000)
                    except TimeoutError:
                        continue
                    except OSError:
                        break
                    said += part
                    if not part:
                        break
                assert time.monotonic() < deadline
                assert said == b"" or said.startswith(b"HTTP/1.1 408 ")
        assert server.ask("/health").status == 200


def test_an_answer_that_is_not_read_is_given_up(store: Path) -> None:
    query = quote("SELECT (CONCAT(STR(?s), STR(?g)) AS ?x) { ?s ?p ?o . ?g ?h ?i } LIMIT 99999")
    with served(store, connections={"stalled_seconds": 0.6}) as server:
        with socket.socket() as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.connect(("127.0.0.1", server.port))
            connection.sendall(f"GET /sparql?query={query} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            assert connection.recv(12) == b"HTTP/1.1 200"
            time.sleep(2)
            connection.settimeout(10)
            received = 0
            with suppress(ConnectionError):
                while part := connection.recv(65536):
                    received += len(part)
        assert received < 3_000_000
        assert server.ask("/health").status == 200


def test_others_are_answered_while_many_connections_are_slow(store: Path, record_property: Record) -> None:
    """There are more of them than may be open: those go first that have let the server wait longest."""
    many = 2000 if LONG else 300
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192), hard))
    slow: list[socket.socket] = []
    try:
        with served(store, connections={"most": many // 2}) as server:
            for _ in range(many):
                slow.append(socket.create_connection(("127.0.0.1", server.port), timeout=20))
                slow[-1].sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\nX: ")
            times, statuses = [], set()
            for _ in range(200):
                begun = time.monotonic()
                statuses.add(server.query("SELECT ?s { ?s ?p ?o } LIMIT 1").status)
                times.append(time.monotonic() - begun)
            times.sort()
            record_property("slow", f"{many} connections; p50 {times[100]:.4f} s, p99 {times[-2]:.4f} s")
            assert statuses == {200}
    finally:
        for each in slow:
            each.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_where_all_connections_wait_for_their_answer_one_more_is_told_to_come_again(store: Path) -> None:
    endless = quote("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")
    with served(store, connections={"most": 3}) as server:
        waiting = []
        for _ in range(3):
            waiting.append(socket.create_connection(("127.0.0.1", server.port)))
            waiting[-1].sendall(f"GET /sparql?query={endless} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        time.sleep(0.5)
        said = server.raw(b"")
        for each in waiting:
            each.close()

    assert said == (
        b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n"
        b"Content-Length: 59\r\nRetry-After: 5\r\n\r\nToo many connections are open: try again in a few seconds.\n"
    )


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00\x01",
        b"GET /\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"G" * 200_000,
        b"\r\n" * 1000 + b"x\r\n\r\n",
    ],
)
def test_what_is_no_request_is_refused(sent: bytes, server: Server) -> None:
    assert server.raw(sent).startswith(b"HTTP/1.1 400 ")


def test_two_lengths_are_refused(server: Server) -> None:
    """A proxy in front might take the other one (request smuggling)."""
    head = b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sparql-query\r\n"

    both = head + b"Connection: close\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    two = head + b"Content-Length: 6\r\nContent-Length: 7\r\n\r\nASK {}"

    assert server.raw(two).startswith(b"HTTP/1.1 400 ")
    assert not server.raw(both).startswith(b"HTTP/1.1 200 ")
