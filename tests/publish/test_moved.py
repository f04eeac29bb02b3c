"""A data set that has moved: what its earlier URLs answer, on `kg serve` and on hosts of static sites."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.cli import run
from support import ROOT
from support.corpora import CLAIMS, CONFIG, lay
from support.pages_of import site_of
from support.proxies import nginx
from support.served import Server, served
from support.triple_servers import free_port

EARLIER = "moved_from: [https://kg.example/2025/, https://old.example/news/, http://kg.example/, https://a.example/$;x/]\n"
NEW = "(.*)$ https://kg.example/$1"
IRI = "https://kg.example/claim/a/c01"


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    files = {
        "corpus.yaml": CONFIG + EARLIER,
        "a.txt": "date 2020-02-03 “Ja”, zei Ann B.\n",
        "a.claims.yaml": CLAIMS,
    }
    return lay(tmp_path_factory.mktemp("moved") / "corpus", files)


@pytest.fixture(scope="module")
def server(corpus: Path) -> Iterator[Server]:
    assert run(["-q", "load", str(corpus.parent / "store"), str(corpus)]) == 0
    with served(corpus.parent / "store") as running:
        yield running


@pytest.mark.parametrize(
    ("host", "path", "location"),
    [
        ("old.example", "/news/claim/a/c01", IRI),
        ("OLD.example:443", "/news/claim/a/c01.ttl", f"{IRI}.ttl"),
        ("old.example", "/news/", "https://kg.example/"),
        # A proxy may have removed the path of the earlier base.
        ("old.example", "/claim/a/c01", IRI),
        ("kg.example", "/2025/claim/a/c01", IRI),
        ("kg.example", "/2025/sparql?query=ASK%20%7B%7D", "https://kg.example/sparql?query=ASK%20%7B%7D"),
        ("kg.example", "/2025//evil.example/%0d%0aX:%20y", "https://kg.example/evil.example/%0D%0AX%3A%20y"),
    ],
)
def test_an_earlier_url_is_redirected_to_the_new_one(host: str, path: str, location: str, server: Server) -> None:
    reply = server.ask(path, headers={"Host": host})

    assert (reply.status, reply.headers["location"]) == (301, location)


def test_a_query_that_is_sent_to_an_earlier_endpoint_is_sent_again(server: Server) -> None:
    """301 would make a GET of it."""
    reply = server.ask("/news/sparql", method="POST", headers={"Host": "old.example"})

    assert (reply.status, reply.headers["location"]) == (308, "https://kg.example/sparql")


def test_the_new_urls_are_answered_as_before(server: Server) -> None:
    for host, path in (("kg.example", "/claim/a/c01"), ("127.0.0.1", "/claim/a/c01"), ("kg.example", "/2025")):
        assert (path, server.ask(path, headers={"Host": host}).status) == (path, 404 if path == "/2025" else 200)
    assert server.ask("/claim/a/c01", headers={"Host": "other.example"}).status == 421


@pytest.mark.usefixtures("server")  # has the store
def test_a_public_url_may_be_an_earlier_base(corpus: Path) -> None:
    """Then its operator wants it answered there."""
    with served(corpus.parent / "store", public_urls=["https://old.example/news/"]) as running:
        assert running.ask("/news/claim/a/c01", headers={"Host": "old.example"}).status == 200


def test_hosts_of_static_sites_get_rules_for_the_earlier_urls(corpus: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    site_of(corpus, site)

    assert (site / "_redirects").read_text().split("\n")[:3] == [
        "https://a.example/%24%3Bx/* https://kg.example/:splat 301",
        "/2025/* /:splat 301",
        "https://old.example/news/* https://kg.example/:splat 301",
    ]
    rules = [line for line in (site / "nginx.conf").read_text().split("\n") if "permanent" in line]
    assert rules == [
        f"## In a `server` of a.example: location ^~ /%24%3Bx/ {{ rewrite ^/%24%3Bx/{NEW} permanent; }}",
        "location ^~ /2025/ { rewrite ^/2025/(.*)$ /$1 permanent; }",
        f"## In a `server` of old.example: location ^~ /news/ {{ rewrite ^/news/{NEW} permanent; }}",
    ]


class NoRedirects(urllib.request.HTTPRedirectHandler):
    """Gives a redirect as an error instead of following it."""

    def redirect_request(self, *_: object) -> None:
        """Follow nothing."""
        return


def test_the_query_of_the_docs_finds_the_new_iri(corpus: Path, capfd: pytest.CaptureFixture[str]) -> None:
    page = (ROOT / "docs/metadata.md").read_text()
    query = re.search(r"```sparql\n(.*?)```", page, re.DOTALL)
    assert query

    assert run(["query", "-c", str(corpus), "-f", "csv", "-e", query[1]]) == 0
    assert capfd.readouterr().out.split() == ["new", IRI]


@pytest.mark.slow
def test_nginx_redirects_as_the_rules_say(corpus: Path, tmp_path: Path) -> None:
    site, port = tmp_path / "site", free_port()
    site_of(corpus, site)
    settings = (site / "nginx.conf").read_text()
    here = next(line for line in settings.split("\n") if line.startswith("location ^~ /2025/"))
    there = next(line for line in settings.split("\n") if "of old.example: " in line).partition(": ")[2]
    servers = f"server {{ listen 127.0.0.1:{port}; {here} {there} }}"
    with nginx(tmp_path, port, servers):
        found = [
            redirected(f"http://127.0.0.1:{port}{path}") for path in ("/2025/claim/a/c01?x=1", "/news/dataset")
        ]

    assert found == [f"http://127.0.0.1:{port}/claim/a/c01?x=1", "https://kg.example/dataset"]


def redirected(address: str) -> str:
    """Return where an answer redirects permanently."""
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.build_opener(NoRedirects).open(address)
    assert refused.value.code == 301
    return refused.value.headers["Location"]
