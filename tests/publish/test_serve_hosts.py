"""Nobody reads what `kg serve` serves who is not meant to; how it begins and ends."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.cli import run
from support import SEEDS
from support.served import Server, numbered_store, served

PATHS = ("/", "/sparql?query=ASK%20%7B%7D", "/dataset.ttl", "/health", "/assets/site.css", "/nowhere")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return numbered_store(tmp_path_factory.mktemp("store") / "store", 2000)


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
        preflight = {**origin, "Access-Control-Request-Method": "POST"}
        asked_first = server.ask("/sparql", method="OPTIONS", headers=preflight)

        assert (reply.status, reply.headers["access-control-allow-origin"]) == (200, "*")
        assert "access-control-allow-credentials" not in reply.headers
        assert (asked_first.status, asked_first.headers["access-control-allow-methods"]) == (200, "GET, HEAD, POST")
        assert server.ask("/health", headers={"Host": "evil.example"}).status == 421


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
