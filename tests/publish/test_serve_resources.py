"""`kg serve` answers under every IRI of the data set."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph
import pytest

from kg.cli import run
from kg.query.store import read_manifest
from support import SEEDS
from support.loaded import stores_of
from support.query_cases import HARBOUR
from support.served import BASE, Server, described_paths, served

CLAIM = "/claim/000_411f4785dd135aae/c14"
HTML, TTL, JSONLD, NT = "text/html", "text/turtle", "application/ld+json", "application/n-triples"
FORMATS = {
    TTL: pyoxigraph.RdfFormat.TURTLE,
    JSONLD: pyoxigraph.RdfFormat.JSON_LD,
    NT: pyoxigraph.RdfFormat.N_QUADS,
}


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return stores_of({"seeds": SEEDS, "harbour": HARBOUR}, tmp_path_factory.mktemp("things"))


@pytest.fixture(scope="module")
def server(stores: dict[str, Path]) -> Iterator[Server]:
    with served(stores["seeds"]) as running:
        yield running


@pytest.fixture(scope="module")
def harbour(stores: dict[str, Path]) -> Iterator[Server]:
    with served(stores["harbour"]) as running:
        yield running


def triples(body: bytes, media: str) -> set[pyoxigraph.Triple]:
    """Return what an answer says."""
    return {quad.triple for quad in pyoxigraph.parse(body, format=FORMATS[media], base_iri=BASE)}


@pytest.mark.slow
@pytest.mark.parametrize("corpus", ["seeds", "harbour"])
def test_every_iri_answers_in_every_data_format_with_the_same(
    corpus: str, stores: dict[str, Path], request: pytest.FixtureRequest
) -> None:
    server: Server = request.getfixturevalue({"seeds": "server", "harbour": "harbour"}[corpus])
    base = read_manifest(stores[corpus]).base
    for path in described_paths(stores[corpus]):
        said = set()
        for media, suffix in {TTL: "ttl", JSONLD: "jsonld", NT: "nt"}.items():
            reply = server.ask(path, headers={"Accept": media})
            if reply.status == 303:
                assert path.startswith(("/entity/", "/annotator/", "/occasion/", "/source/"))
                reply = server.ask(f"{path}.{suffix}")
            assert (path, reply.status in (200, 410), reply.media) == (path, True, media)
            assert server.ask(f"{path}.{suffix}").body == reply.body
            said.add(frozenset(triples(reply.body, media)))
        assert (path, len(said)) == (path, 1)
        assert any(triple.subject.value == base + path[1:] for triple in said.pop())


def test_people_get_a_page_in_their_language(server: Server) -> None:
    dutch = server.ask(CLAIM, headers={"Accept": "text/html,*/*;q=0.8", "Accept-Language": "nl-BE, en;q=0.5"})
    english = server.ask(CLAIM, headers={"Accept": "text/html,*/*;q=0.8", "Accept-Language": "en"})

    assert [(each.status, each.media, each.headers["content-language"]) for each in (dutch, english)] == [
        (200, HTML, "nl"),
        (200, HTML, "en"),
    ]
    assert [re.findall('<html lang="(..)">', each.text) for each in (dutch, english)] == [["nl"], ["en"]]
    assert {each.headers["vary"] for each in (dutch, english)} == {"Accept, Accept-Language, Accept-Encoding"}
    assert server.ask(f"{CLAIM}.html").body == dutch.body
    assert server.ask(f"{CLAIM}.en.html").body == english.body


def test_what_a_page_links_to_is_there(server: Server) -> None:
    """Every relative link, from every page that the front page leads to."""
    waiting, seen = ["/"], {"/"}
    while waiting:
        page = waiting.pop()
        reply = server.ask(page, headers={"Accept": "text/html, */*;q=0.1"})
        assert (page, reply.status in (200, 303)) == (page, True)
        if reply.media != HTML:
            continue
        for link in re.findall(r'(?:href|src)="([^"#:]+)[^":]*"', reply.text):
            target = _resolved(page, link)
            if target not in seen:
                seen.add(target)
                waiting.append(target)
    assert len(seen) > 100


# What a host of files needs, and a server does not have.
OF_HOSTS = {
    ".nojekyll",
    "_headers",
    "_redirects",
    "nginx.conf",
    "assets/oxigraph.js",
    "search/claims.js",
    "search/places.js",
}


@pytest.mark.parametrize("corpus", ["seeds", "harbour"])
def test_every_file_of_the_site_is_answered_as_it_is(
    corpus: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """But for Explore and the page of queries, which ask the server, and the order of an article's triples."""
    media = {".ttl": TTL, ".jsonld": JSONLD, ".nt": NT}
    server: Server = request.getfixturevalue({"seeds": "server", "harbour": "harbour"}[corpus])
    assert run(["-q", "site", str({"seeds": SEEDS, "harbour": HARBOUR}[corpus]), "-o", str(tmp_path / "site")]) == 0
    for file in sorted((tmp_path / "site").rglob("*")):
        name = file.relative_to(tmp_path / "site").as_posix()
        if file.is_dir() or name in OF_HOSTS or name.startswith((".kg-site/", ".well-known/", "404.")):
            continue
        reply = server.ask(f"/{name}")
        assert (name, reply.status in (200, 410)) == (name, True)
        if name.startswith("article/") and file.suffix in media:
            held = triples(file.read_bytes(), media[file.suffix])
            assert triples(reply.body, media[file.suffix]) == {
                each for each in held if "/graph/text/" not in str(each)
            }
            continue
        assert (name, reply.body == file.read_bytes()) == (name, not name.startswith(("query.", "explore.")))


def _resolved(page: str, link: str) -> str:
    folder = page.rpartition("/")[0].split("/")
    while link.startswith("../"):
        link = link[3:]
        folder.pop()
    return "/".join([*folder, link])


def test_a_thing_that_is_no_document_is_described_elsewhere(server: Server) -> None:
    for accept, suffix in ((HTML, "html"), (TTL, "ttl"), (JSONLD, "jsonld"), (NT, "nt")):
        reply = server.ask("/entity/macron", headers={"Accept": accept})

        assert (reply.status, reply.headers["location"]) == (303, f"../entity/macron.{suffix}")
        assert reply.headers["vary"] == "Accept, Accept-Language, Accept-Encoding"
    assert server.ask("/entity/macron.ttl").status == 200


def test_an_answer_without_content_leaves_a_browser_the_policy_that_it_has(server: Server) -> None:
    """A browser takes the headers of a 304 for those of what it has: a policy for data would hide the page."""
    for path in ("/explore.en.html", CLAIM):
        first = server.ask(path, headers={"Accept": HTML})
        again = server.ask(path, headers={"Accept": HTML, "If-None-Match": first.headers["etag"]})
        assert (first.status, again.status) == (200, 304)
        assert "content-security-policy" in first.headers
        assert "content-security-policy" not in again.headers


def test_links_say_what_else_there_is(server: Server) -> None:
    links = server.ask(CLAIM, headers={"Accept": TTL}).headers["link"].split(", ")

    twin = f"../../claim/{CLAIM.removeprefix('/claim/')}"
    assert links == [
        f'<{twin}.html>; rel="alternate"; type="text/html"',
        f'<{twin}.jsonld>; rel="alternate"; type="application/ld+json"',
        f'<{twin}.nt>; rel="alternate"; type="application/n-triples"',
        f'<{twin}.ttl>; rel="describedby"; type="text/turtle"',
        f'<{BASE}{CLAIM[1:]}>; rel="cite-as"',
        f'<{BASE}dataset>; rel="collection"',
        '<https://creativecommons.org/licenses/by/4.0/>; rel="license"',
    ]


def test_what_a_client_has_is_not_sent_again(server: Server) -> None:
    first = server.ask(f"{CLAIM}.ttl")
    tag = first.headers["etag"]

    for held in (tag, f"W/{tag}", f'"x", {tag}', "*"):
        again = server.ask(f"{CLAIM}.ttl", headers={"If-None-Match": held})
        assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)
        assert again.headers["vary"] == first.headers["vary"]
    assert server.ask(f"{CLAIM}.ttl", headers={"If-None-Match": '"x"'}).status == 200
    assert server.ask(f"{CLAIM}.nt").headers["etag"] != tag
    style = server.ask("/assets/site.css")
    assert server.ask("/assets/site.css", headers={"If-None-Match": style.headers["etag"]}).status == 304


def test_head_says_what_get_would(server: Server) -> None:
    for path in (CLAIM, "/", "/entity/macron", "/nowhere", "/assets/site.css"):
        head, get = server.ask(path, method="HEAD"), server.ask(path)

        assert (head.status, head.body) == (get.status, b"")
        assert {**head.headers, "date": ""} == {**get.headers, "date": ""}


def test_other_methods_are_405(server: Server) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        reply = server.ask(CLAIM, method=method, body=b"")
        assert (reply.status, reply.headers["allow"]) == (405, "GET, HEAD")


def test_what_cannot_be_sent_is_406_with_what_can(server: Server) -> None:
    page, data = (server.ask(path, headers={"Accept": "image/png"}) for path in ("/people", CLAIM))

    assert (page.status, page.text) == (406, "The Accept header must name one of\n  text/html\n")
    assert (data.status, data.text) == (
        406,
        "The Accept header must name one of\n  text/html\n  text/turtle\n  application/ld+json\n"
        "  application/n-triples\n",
    )


@pytest.mark.parametrize(
    "path",
    [
        "/nowhere",
        "/claim/000_411f4785dd135aae/c99",
        "/claim/000_411f4785dd135aae/c14/",
        "/claim/000_411f4785dd135aae/c14.xml",
        "/entity",
        "/../pyproject.toml",
        "/assets/../pages.py",
        "/assets/%2e%2e/pages.py",
        "/assets/..%2fpages.py",
        "/assets/%00",
        "/_headers",
        "/nginx.conf",
        "//etc/passwd",
        "/etc/passwd",
        "/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "/entity/macron.nl.ttl",
        "/entity/%E2%80%8B",
    ],
)
def test_what_is_not_there_is_404(path: str, server: Server) -> None:
    assert (path, server.ask(path).status) == (path, 404)


def test_the_data_set_is_where_machines_look_for_it(server: Server) -> None:
    known = server.ask("/.well-known/void")
    front = server.ask("/", headers={"Accept": TTL})

    assert (known.status, known.headers["location"]) == (303, "../dataset.ttl")
    assert front.body == server.ask("/dataset", headers={"Accept": TTL}).body
    assert server.ask("/index.html").body == server.ask("/", headers={"Accept-Language": "nl"}).body


def test_pages_keep_to_themselves(server: Server) -> None:
    page, data, claim = server.ask("/"), server.ask("/dataset.ttl"), server.ask(f"{CLAIM}.html")

    policy = page.headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "unsafe-inline" not in policy
    assert "frame-ancestors 'none'" in policy
    # A claim may be in a frame of another page.
    assert claim.headers["content-security-policy"] == policy.replace("frame-ancestors 'none'", "frame-ancestors *")
    assert data.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    for reply in (page, data):
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert "set-cookie" not in reply.headers


def test_a_withdrawn_claim_is_gone_and_says_why(harbour: Server) -> None:
    path = "/claim/2021/strike/c10"
    page, data = harbour.ask(path, headers={"Accept": HTML}), harbour.ask(path, headers={"Accept": TTL})

    assert (page.status, data.status) == (410, 410)
    assert "It was said by nobody." in page.text
    assert "It was said by nobody." in data.text
