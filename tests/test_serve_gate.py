"""Nobody reads what `kg serve` serves who is not meant to, and nobody holds it up by being slow."""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import pytest

from kg.cli import run
from served import Server, quad, served, store_of
from support import SEEDS

LONG = bool(os.environ.get("KG_TEST_LONG"))
Record = Callable[[str, str], None]
PATHS = ("/", "/sparql?query=ASK%20%7B%7D", "/dataset.ttl", "/health", "/assets/site.css", "/nowhere")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return store_of(tmp_path_factory.mktemp("gate") / "store", [quad(f"s{n}", "p", "o", "g") for n in range(2000)])


@pytest.fixture(scope="module")
def server(store: Path) -> Iterator[Server]:
    with served(store) as running:
        yield running


# Other sites


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "127.0.0.1.evil.example",
        "localhost.evil.example:8000",
        "evil.example:80",
        "0x7f.1",
        "10.0.0.1",
    ],
)
def test_what_is_addressed_to_another_host_is_refused(host: str, server: Server) -> None:
    """A name that leads here is still another site's: DNS rebinding."""
    for path in PATHS:
        assert (path, server.ask(path, headers={"Host": host}).status) == (path, 421)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost:1", "LOCALHOST", "[::1]:8000", "kg.example", "kg.example."]
)
def test_this_machine_and_the_host_of_the_base_are_meant(host: str, server: Server) -> None:
    assert server.ask("/health", headers={"Host": host}).status == 200


@pytest.mark.parametrize("host", ["a b", "a/b", "user@localhost", "localhost:x", ""])
def test_what_is_no_host_is_refused(host: str, server: Server) -> None:
    assert server.ask("/health", headers={"Host": host}).status == 400


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://localhost:1", "http://127.0.0.1.evil.example", "file://"]
)
def test_a_page_of_another_site_reads_nothing(origin: str, server: Server) -> None:
    for path in PATHS:
        reply = server.ask(path, headers={"Origin": origin})
        assert (path, reply.status, "access-control-allow-origin" in reply.headers) == (path, 403, False)
        assert reply.headers["cross-origin-resource-policy"] == "same-origin"
    assert server.ask("/sparql", method="OPTIONS", headers={"Origin": origin}).status == 403


def test_a_page_of_ours_may_ask(server: Server) -> None:
    here = {"Origin": f"http://localhost:{server.port}", "Host": f"localhost:{server.port}"}
    there = {"Origin": "https://kg.example", "Host": "kg.example"}

    assert [server.ask("/sparql?query=ASK%20%7B%7D", headers=each).status for each in (here, there)] == [200, 200]


def test_with_cors_any_page_may_read_but_under_our_name_only(store: Path) -> None:
    with served(store, cors=True) as server:
        origin = {"Origin": "https://other.example"}
        reply = server.ask("/sparql?query=ASK%20%7B%7D", headers=origin)
        asked_first = server.ask("/sparql", method="OPTIONS", headers=origin)

        assert (reply.status, reply.headers["access-control-allow-origin"]) == (200, "*")
        assert "access-control-allow-credentials" not in reply.headers
        assert (asked_first.status, asked_first.headers["access-control-allow-methods"]) == (204, "GET, HEAD, POST")
        assert server.ask("/health", headers={"Host": "evil.example"}).status == 421


# Slow clients


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


# The end, and the command


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_answers_under_way_are_given_before_the_server_ends(sign: signal.Signals, store: Path) -> None:
    with served(store) as server:
        replies = []
        query = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f }"
        thread = threading.Thread(target=lambda: replies.append(server.query(query)))
        thread.start()
        time.sleep(0.4)
        server.process.send_signal(sign)
        thread.join()

        assert server.process.wait(timeout=30) == 0
        assert [reply.status for reply in replies] == [200]


def test_the_command_serves_a_corpus(tmp_path: Path) -> None:
    """It says where, after it has said what it finds; nothing is left behind."""
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    command = [sys.executable, "-m", "kg", "serve", str(SEEDS), "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, env=environment, text=True) as process:
        assert process.stderr is not None
        said = process.stderr.readline()
        address, _, rest = said.partition(" ")
        served_now = Server(int(address.rstrip("/").rpartition(":")[2]), process)

        assert rest == f"serves {SEEDS}. Ctrl-C ends it.\n"
        assert json.loads(served_now.ask("/health").body)["base"] == "https://kg.example/"
        process.send_signal(signal.SIGINT)
        assert (process.wait(timeout=30), process.stderr.read()) == (0, "")
    assert list(tmp_path.iterdir()) == []


def test_serving_to_other_machines_is_said(store: Path) -> None:
    command = [sys.executable, "-m", "kg", "serve", str(store), "--port", "0", "--host", "0.0.0.0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        said = process.stderr.readline()
        address = process.stderr.readline().partition(" ")[0]
        running = Server(int(address.rstrip("/").rpartition(":")[2]), process)

        assert running.ask("/health", headers={"Host": "evil.example"}).status == 421
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
    assert said == (
        "0.0.0.0 can be reached from other machines: whoever can connect can read all that is served, over plain "
        "HTTP. `docs/serve.md` says how to put it behind a server with TLS.\n"
    )


def test_a_corpus_that_is_wrong_is_not_served(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "corpus.yaml").write_text("base: nonsense\n")

    assert run(["serve", str(tmp_path)]) == 1
    assert "[missing-key]" in capfd.readouterr().err


def test_an_address_that_is_taken_is_said(store: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        assert run(["serve", str(store), "--port", str(port)]) == 3
    assert capfd.readouterr().err == (
        f"kg: 127.0.0.1:{port} cannot be served on: Address already in use. Name another --host or --port.\n"
    )
