"""Clients that are slow or send no valid request do not block `kg serve`: alone, and behind a proxy."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import pytest

from support.served import Server, numbered_store, served
from support.waiting import PATIENCE, eventually

pytestmark = pytest.mark.slow

LONG = bool(os.environ.get("KG_TEST_LONG"))
Record = Callable[[str, str], None]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return numbered_store(tmp_path_factory.mktemp("store") / "store", 2000)


@pytest.fixture(scope="module")
def server(store: Path) -> Iterator[Server]:
    with served(store) as running:
        yield running


def test_a_body_that_does_not_end_is_ended(store: Path) -> None:
    """Not even one more byte now and then puts the deadline off."""
    begun = (
        b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999\r\n"
        b"Content-Type: application/sparql-query\r\n\r\nASK"
    )
    with served(store, connections={"body_seconds": 0.6}) as server:
        assert dribbled(server.port, begun).startswith(b"HTTP/1.1 408 ")
        assert server.ask("/health").status == 200


def dribbled(port: int, begun: bytes) -> bytes:
    """Send the beginning of a request, then byte after byte, and return what is answered before the end."""
    answer = b""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        connection.sendall(begun)
        connection.settimeout(0.05)
        for _ in range(20 * PATIENCE):
            # What was answered can be read though the server takes no more.
            with suppress(ConnectionError):
                connection.sendall(b"x")
            try:
                part = connection.recv(1000)
            except TimeoutError:
                continue
            except ConnectionError:
                return answer
            answer += part
            if not part:
                return answer
    raise AssertionError(f"the connection was never closed: {answer!r}")


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="only Linux lists connections")
def test_an_answer_that_is_not_read_is_given_up(store: Path) -> None:
    query = quote("SELECT (CONCAT(STR(?s), STR(?g)) AS ?x) { ?s ?p ?o . ?g ?h ?i } LIMIT 99999")
    with served(store, connections={"stalled_seconds": 0.6}) as server:
        with socket.socket() as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.connect(("127.0.0.1", server.port))
            connection.sendall(f"GET /sparql?query={query} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            assert connection.recv(12) == b"HTTP/1.1 200"
            eventually(lambda: not is_connected(server.port, connection.getsockname()[1]))
            connection.settimeout(PATIENCE)
            received = 0
            with suppress(ConnectionError):
                while part := connection.recv(65536):
                    received += len(part)
        assert received < 3_000_000
        assert server.ask("/health").status == 200


def is_connected(server: int, client: int) -> bool:
    """Tell whether the system has the server's end of a connection between these ports."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return any(row[1].endswith(f":{server:04X}") and row[2].endswith(f":{client:04X}") for row in rows)


def test_where_all_connections_wait_for_their_answer_one_more_is_told_to_come_again(store: Path) -> None:
    endless = quote("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")
    with served(store, connections={"most": 3}) as server:
        waiting = []
        for _ in range(2):
            waiting.append(socket.create_connection(("127.0.0.1", server.port)))
            waiting[-1].sendall(f"GET /sparql?query={endless} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        status = eventually(lambda: server.ask("/health").status, lambda status: status != 200)
        for each in waiting:
            each.close()

    assert status == 503
