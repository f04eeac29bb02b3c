"""Answers of `kg serve` are compressed for who takes that, and say the same."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator

import pytest

from kg.publish.serve.content_request import accepts_gzip
from kg.publish.serve.responses import SMALLEST
from support import SEEDS
from support.loaded import stores_of
from support.served import Reply, Server, served

GZIP = {"Accept-Encoding": "gzip, deflate, br"}
ROWS = "/sparql?query=SELECT%20*%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D"
CLAIM = "/claim/000_411f4785dd135aae/c14"
LARGE = (
    ROWS,
    CLAIM,
    f"{CLAIM}.ttl",
    f"{CLAIM}.jsonld",
    f"{CLAIM}.nt",
    "/kg.nq",
    "/search/nl-0.js",
    "/sitemap-1.xml",
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    store = stores_of({"seeds": SEEDS}, tmp_path_factory.mktemp("compression"))["seeds"]
    with served(store) as running:
        yield running


def said(reply: Reply, *but: str) -> dict[str, str]:
    """Return the headers of an answer that are the same in each coding of it."""
    return {name: value for name, value in reply.headers.items() if name not in ("date", *but)}


def varies(reply: Reply) -> bool:
    return "Accept-Encoding" in re.split(r",\s*", reply.headers["vary"])


@pytest.mark.parametrize("path", LARGE)
def test_text_is_compressed_for_who_takes_that_and_says_the_same(path: str, server: Server) -> None:
    plain, packed = server.ask(path), server.ask(path, headers=GZIP)
    coding = ("content-encoding", "content-length", "transfer-encoding", "accept-ranges", "etag")

    assert (packed.status, packed.headers["content-encoding"], varies(packed), varies(plain)) == (
        200,
        "gzip",
        True,
        True,
    )
    assert gzip.decompress(packed.body) == plain.body
    assert len(packed.body) < len(plain.body) / 2
    assert said(packed, *coding) == said(plain, *coding)
    assert packed.headers.get("etag", "") == "".join(f"W/{tag}" for tag in [plain.headers.get("etag")] if tag)


def test_a_file_is_compressed_once(server: Server) -> None:
    plain = server.ask("/assets/editor.js")
    first, second = (server.ask("/assets/editor.js", headers=GZIP) for _ in range(2))

    assert (first.body, first.headers) == (second.body, {**second.headers, "date": first.headers["date"]})
    assert gzip.decompress(first.body) == plain.body
    assert int(first.headers["content-length"]) == len(first.body)


def test_a_long_result_is_compressed_piece_by_piece(server: Server) -> None:
    rows = "/sparql?query=SELECT%20*%20%7B%20%3Fs%20%3Fp%20%3Fo%20.%20%3Fq%20a%20%3Ft%20%7D%20LIMIT%203000"
    plain, packed = server.ask(rows), server.ask(rows, headers=GZIP)

    assert (packed.headers.get("content-length"), packed.headers["transfer-encoding"]) == (None, "chunked")
    assert gzip.decompress(packed.body) == plain.body


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        (CLAIM, {}),
        (CLAIM, {"Accept-Encoding": "br, gzip;q=0"}),
        (CLAIM, {"Accept-Encoding": "identity, gzip;q=0.5"}),
        ("/kg.nq", {**GZIP, "Range": "bytes=0-2000"}),
        ("/health", GZIP),
        ("/assets/icon.svg", GZIP),
        ("/nothing", GZIP),
    ],
)
def test_what_is_small_or_not_wanted_so_goes_as_it_is(path: str, headers: dict[str, str], server: Server) -> None:
    reply = server.ask(path, headers=headers)

    assert (reply.headers.get("content-encoding"), varies(reply)) == (None, True)
    assert headers != GZIP or len(reply.body) < SMALLEST


def test_what_a_client_has_compressed_is_not_sent_again(server: Server) -> None:
    packed = server.ask(CLAIM, headers=GZIP)
    again = server.ask(CLAIM, headers={**GZIP, "If-None-Match": packed.headers["etag"]})

    assert (again.status, again.body, varies(again)) == (304, b"", True)


@pytest.mark.parametrize("path", [ROWS, CLAIM])
def test_head_says_what_get_would(path: str, server: Server) -> None:
    head, get = server.ask(path, method="HEAD", headers=GZIP), server.ask(path, headers=GZIP)
    length = ("content-length", "transfer-encoding")

    assert (head.status, said(head, *length), head.body) == (200, said(get, *length), b"")


@pytest.mark.parametrize(
    ("accept", "takes"),
    [
        ("", False),
        ("gzip", True),
        ("GZip ; Q=0.5", True),
        ("*", True),
        ("*;q=0", False),
        ("gzip;q=0, *", False),
        ("br", False),
        ("identity", False),
        ("gzip;q=0.4, identity;q=0.5", False),
        ("gzip;q=much", False),
    ],
)
def test_who_takes_gzip(accept: str, takes: bool) -> None:
    assert accepts_gzip(accept) == takes
