"""Nobody reads what `kg serve` serves who is not meant to; how it begins and ends."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from kg.cli import run
from support import SEEDS
from support.served import Server, numbered_store, served
from support.triple_servers import free_port
from support.waiting import PATIENCE, eventually

PATHS = ("/", "/sparql?query=ASK%20%7B%7D", "/dataset.ttl", "/health", "/assets/site.css", "/nowhere")
NO_SCHEME = "write http:// or https:// before the host, as in"
MORE = "give only scheme, host, port and path: no name and password, no `?` and no `#`."


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


# Public URLs


@pytest.fixture(scope="module")
def public(store: Path) -> Iterator[Server]:
    urls = ["https://www.claims.example/news", "http://kg:8000", "https://claims.example:8443/a%20b/"]
    with served(store, public_urls=urls) as running:
        yield running


@pytest.mark.parametrize(
    "host",
    ["www.claims.example", "WWW.claims.example.:81", "kg", "kg:8000", "claims.example", "kg.example", "[::1]"],
)
def test_under_a_public_url_everything_is_answered(host: str, public: Server) -> None:
    for path in ("/health", "/news/health", "/a%20b/health", "/news/sparql?query=ASK%20%7B%7D", "/"):
        assert (path, public.ask(path, headers={"Host": host}).status) == (path, 200)


@pytest.mark.parametrize("host", ["evil.example", "www.claims.example.evil.example", "other.claims.example"])
def test_other_names_stay_refused_beside_public_urls(host: str, public: Server) -> None:
    reply = public.ask("/news/", headers={"Host": host})

    assert (reply.status, reply.text) == (421, "This server does not answer under the name in the Host header.\n")


@pytest.mark.parametrize(
    ("host", "origin", "status"),
    [
        ("www.claims.example", "https://www.claims.example", 200),
        # What a proxy makes of it: its own name and port for the server, without the port that browsers see.
        ("127.0.0.1:8000", "https://www.claims.example", 200),
        ("claims.example", "https://claims.example:8443", 200),
        ("kg:8000", "HTTPS://WWW.claims.example", 200),
        ("claims.example", "https://claims.example", 200),
        ("www.claims.example", "https://claims.example", 403),
        ("www.claims.example", "https://www.claims.example:444", 403),
        ("127.0.0.1:8000", "https://claims.example", 403),
        ("www.claims.example", "null", 403),
    ],
)
def test_pages_of_a_public_url_may_ask(host: str, origin: str, status: int, public: Server) -> None:
    for path in ("/sparql?query=ASK%20%7B%7D", "/news/"):
        assert public.ask(path, headers={"Host": host, "Origin": origin}).status == status


def test_the_path_of_a_public_url_without_its_slash_leads_to_the_front_page(public: Server) -> None:
    replies = [public.ask(path) for path in ("/news", "/a%20b")]

    assert [(reply.status, reply.headers["location"]) for reply in replies] == [(308, "news/"), (308, "a%20b/")]


@pytest.mark.parametrize(
    ("host", "endpoint"),
    [
        ("www.claims.example:80", "https://www.claims.example/news/sparql"),
        ("claims.example", "https://claims.example:8443/a%20b/sparql"),
        ("kg.example", "https://kg.example/sparql"),
        ("127.0.0.1", "https://www.claims.example/news/sparql"),
    ],
)
def test_the_endpoint_is_described_by_the_url_that_clients_use_and_the_data_by_the_base(
    host: str, endpoint: str, public: Server
) -> None:
    reply = public.ask("/sparql", headers={"Host": host, "Accept": "application/n-triples"})
    service = "<http://www.w3.org/ns/sparql-service-description#endpoint>"

    assert f"<https://kg.example/sparql> {service} <{endpoint}> ." in reply.text.splitlines()


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("www.claims.example/news", f"{NO_SCHEME} https://www.claims.example/news/."),
        ("kg:8000", f"{NO_SCHEME} https://kg:8000/."),
        ("ftp://claims.example/", f"{NO_SCHEME} https://claims.example/."),
        ("https://", "name a host, as in https://www.claims.example/."),
        ("https://a b/", "name a host, as in https://www.claims.example/."),
        (
            "https://b\u00fccher.example/",
            "write the host as in DNS: other letters than a to z as xn--….",
        ),
        ("https://me:pw@claims.example/", MORE),
        ("https://claims.example/?q", MORE),
        ("https://claims.example/#", MORE),
        ("https://claims.example:x/", "this is no URL: Port could not be cast to integer value as 'x'."),
        ("https://[1:2/", "this is no URL: Invalid IPv6 URL."),
    ],
)
def test_what_cannot_be_a_public_url_is_an_error_of_usage(
    url: str, complaint: str, store: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(["serve", str(store), "--public-url", url]) == 2
    assert capfd.readouterr().err.splitlines()[0] == f"kg: --public-url {url}: {complaint}"


@pytest.mark.slow
def test_an_operator_reads_once_which_name_was_refused_and_what_to_do() -> None:
    port = free_port()
    command = [sys.executable, "-m", "kg", "--quiet", "serve", str(SEEDS), "--port", str(port)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        server = Server(port, process)
        eventually(lambda: answers(port))
        for _ in range(2):
            server.ask("/", headers={"Host": "www.claims.example:81"})
            server.ask("/", headers={"Origin": "https://claims.example"})
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE)
        said = process.stderr.read()
    assert re.sub(r"(?m)^\[[^]]+\] error name-refused: ", "", said) == (
        "Refused a request to www.claims.example with 421: if this server is reached under that name, start it "
        "with --public-url and the address that browsers show, such as --public-url https://www.claims.example/\n"
        "Refused a request from a page of https://claims.example with 403: if visitors read this server there, "
        "start it with --public-url https://claims.example/; --cors lets the pages of all sites read it.\n"
    )


def answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
        return True
    return False


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
        server.slow_worker()
        server.process.send_signal(sign)
        thread.join()

        assert server.process.wait(PATIENCE) == 0
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
        assert (process.wait(PATIENCE), process.stderr.read()) == (0, "")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_serving_to_other_machines_is_said(store: Path) -> None:
    command = [sys.executable, "-m", "kg", "serve", str(store), "--port", "0", "--host", "0.0.0.0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        said = process.stderr.readline()
        address = process.stderr.readline().partition(" ")[0]
        running = Server(int(address.rstrip("/").rpartition(":")[2]), process)

        assert running.ask("/health", headers={"Host": "evil.example"}).status == 421
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
    assert said == (
        "0.0.0.0 can be reached from other machines: whoever can connect can read all that is served, over plain "
        "HTTP. `docs/deploying.md` says how to put it behind a server with TLS.\n"
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
