"""`kg serve` behind nginx and behind Caddy, as docs/deploying.md sets them up, over loopback and TLS."""

from __future__ import annotations

import gzip
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from support import SEEDS
from support.loaded import stores_of
from support.proxies import DOCUMENTED, Proxy, documented_nginx
from support.served import Server, served
from support.triple_servers import free_port
from support.waiting import PATIENCE

pytestmark = pytest.mark.slow

QUERY = f"/sparql?{urlencode({'query': 'SELECT ?claim { ?claim a schema:Claim } ORDER BY ?claim LIMIT 3'})}"


def store_at(base: str, room: Path) -> Path:
    """Make a store of the seeds with another base."""
    corpus = shutil.copytree(SEEDS, room / "corpus")
    settings = (corpus / "corpus.yaml").read_text()
    (corpus / "corpus.yaml").write_text(re.sub(r"(?m)^base: .*$", f"base: {base}", settings))
    return stores_of({"store": corpus}, room)["store"]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with served(store_at("https://claims.example/", tmp_path_factory.mktemp("claims"))) as running:
        yield running


@pytest.fixture(scope="module", params=list(DOCUMENTED))
def proxy(
    server: Server, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Proxy]:
    with DOCUMENTED[request.param](tmp_path_factory.mktemp(request.param), server.port) as running:
        yield running


@pytest.mark.parametrize(
    ("path", "accept"),
    [
        ("/", "text/html"),
        ("/claim/000_411f4785dd135aae/c26", "text/html"),
        ("/claim/000_411f4785dd135aae/c26", "text/turtle"),
        ("/people.html", "*/*"),
        ("/assets/site.css", "*/*"),
        ("/kg.nq", "*/*"),
        ("/.well-known/void", "*/*"),
        ("/nowhere", "*/*"),
        ("/sparql", "text/turtle"),
        (QUERY, "text/csv"),
    ],
)
def test_behind_a_proxy_answers_are_the_same(server: Server, proxy: Proxy, path: str, accept: str) -> None:
    here = server.ask(path, headers={"Host": "claims.example", "Accept": accept})
    there = proxy.ask(path, headers={"Accept": accept})

    assert (there.status, there.media, there.body) == (here.status, here.media, here.body)
    for name in ("etag", "vary", "link", "location", "content-security-policy"):
        assert (name, there.headers.get(name)) == (name, here.headers.get(name))


def test_a_request_without_tls_is_sent_to_the_same_address_with_tls(proxy: Proxy) -> None:
    """By 308, so that a query that is sent by POST is sent again."""
    answer = proxy.ask_without_tls(QUERY)

    assert answer.status == 308
    assert re.sub(r":\d+/", "/", answer.headers["location"]) == f"https://claims.example{QUERY}"


def test_the_iri_of_a_speaker_leads_to_a_page_about_them(proxy: Proxy) -> None:
    answer = proxy.ask("/entity/macron", headers={"Accept": "text/html"})

    assert answer.status == 303
    assert "Macron" in proxy.ask(f"/entity/{answer.headers['location'].rpartition('/')[2]}").text


def test_queries_arrive_by_post_and_by_long_urls(proxy: Proxy, request: pytest.FixtureRequest) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/csv"}

    assert proxy.ask("/sparql", method="POST", headers=form, body=QUERY[8:].encode()).rows == 3
    assert proxy.ask(f"{QUERY}%20%23{'x' * 60_000}", headers={"Accept": "text/csv"}).rows == 3
    refused = proxy.status("/sparql", form, b"query=" + b"x" * 2_000_000)
    # Caddy 2.6 says 502 if its own limit ends the request before it has read the server's answer.
    assert refused in ((413, 502) if "caddy" in request.node.name else (413,))


def test_ranges_and_unchanged_files_are_answered_shortly(proxy: Proxy) -> None:
    whole = proxy.ask("/kg.nq")
    part = proxy.ask("/kg.nq", headers={"Range": "bytes=100-199"})
    again = proxy.ask("/kg.nq", headers={"If-None-Match": whole.headers["etag"]})

    assert (part.status, part.body) == (206, whole.body[100:200])
    assert (again.status, again.body) == (304, b"")


@pytest.mark.parametrize("path", ["/", "/kg.nq", "/assets/site.css", "/claim/000_411f4785dd135aae/c26.ttl"])
def test_an_answer_is_compressed_once(proxy: Proxy, path: str) -> None:
    plain, packed = proxy.ask(path), proxy.ask(path, headers={"Accept-Encoding": "gzip"})

    assert ("content-encoding" in plain.headers, packed.headers["content-encoding"]) == (False, "gzip")
    assert gzip.decompress(packed.body) == plain.body


def test_a_request_head_that_does_not_end_is_ended(proxy: Proxy) -> None:
    with proxy.connected() as connection:
        connection.sendall(b"GET /health HTTP/1.1\r\nHost: claims.example\r\nX: ")
        connection.settimeout(PATIENCE)
        answer = connection.recv(1000)

    assert answer == b"" or b" 408 " in answer


@pytest.mark.parametrize("name", list(DOCUMENTED))
def test_kg_learns_the_address_of_a_client_and_does_not_believe_the_client(name: str, tmp_path: Path) -> None:
    """It is fair to each address, so nobody may choose one."""
    store = store_at("https://claims.example/", tmp_path)
    command = [sys.executable, "-m", "kg", "serve", str(store), "--port", "0", "--access-log"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        port = int(re.findall(r":(\d+)/ serves", process.stderr.readline())[0])
        with DOCUMENTED[name](tmp_path, port) as proxy:
            proxy.ask("/health", headers={"X-Forwarded-For": "192.0.2.1"}, source="127.0.0.2")
        process.terminate()
        log = process.stderr.read()

    assert [line.partition(" ")[0] for line in log.splitlines()] == ["127.0.0.2"]


def test_a_data_set_may_be_below_a_path(tmp_path: Path) -> None:
    store = store_at("https://claims.example/news/", tmp_path)
    with served(store) as server, documented_nginx(tmp_path, server.port, path="/news/") as proxy:
        page = proxy.ask("/news/", headers={"Accept": "text/html"})
        turtle = proxy.ask("/news/claim/000_411f4785dd135aae/c26", headers={"Accept": "text/turtle"})

        assert (page.status, page.media) == (200, "text/html")
        assert turtle.text.startswith("@base <https://claims.example/news/>")
        assert proxy.ask(f"/news{QUERY}", headers={"Accept": "text/csv"}).rows == 3
        assert proxy.ask("/other").status == 404


def test_while_kg_is_not_there_nginx_says_when_to_come_again(tmp_path: Path) -> None:
    with documented_nginx(tmp_path, free_port()) as proxy:
        answer = proxy.ask(QUERY)

    assert (answer.status, answer.media, answer.headers["retry-after"]) == (503, "text/plain", "5")
    assert answer.text == "The server is being started: ask again in a few seconds.\n"
