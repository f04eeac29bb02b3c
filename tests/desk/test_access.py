"""Only the browser that opened the printed address can use the desk, and only by its own pages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.desks import CLAIMS, Desk, printed_desk

STATE = "/api/articles/a"
PATHS = ("/", "/article/a", "/assets/desk.js", "/api/articles", STATE, f"{STATE}/changes?version=x")
EDIT = b'{"edits": [{"path": ["claims", "c01", "note"], "value": "x"}]}'
JSON = {"Content-Type": "application/json"}


@pytest.mark.slow
def test_the_printed_address_admits_one_browser(corpus: Path) -> None:
    with printed_desk(corpus) as printed:
        path = printed.address.removeprefix(printed.origin)
        wrong = printed.raw("/?token=x")
        first, second = printed.raw(path), printed.raw(path)
        cookie, *attributes = first.headers["set-cookie"].split("; ")
        again = printed.raw(path, headers={"Cookie": cookie})

    assert printed.origin.startswith("http://127.0.0.1:")
    assert [each.status for each in (wrong, first, second, again)] == [403, 200, 403, 200]
    assert {"HttpOnly", "SameSite=strict"} <= set(attributes)
    assert ('url=/"' in first.text, "set-cookie" in again.headers) == (True, False)


@pytest.mark.parametrize("cookie", ["", "kg-desk=x", "kg-desk-0=\u00e9"])
def test_without_the_cookie_nothing_is_answered(running: Desk, cookie: str) -> None:
    headers = {"Cookie": cookie, "Origin": running.origin, **JSON}

    assert {running.raw(path, headers=headers).status for path in PATHS} == {401}
    assert running.raw(f"{STATE}/edits", EDIT, headers=headers).status == 401


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "10.0.0.1"])
def test_what_is_addressed_to_another_host_is_refused(running: Desk, host: str) -> None:
    headers = {"Cookie": running.cookie, "Host": host}

    assert {running.raw(path, headers=headers).status for path in PATHS} == {421}


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1", "http://localhost"])
def test_a_page_of_another_site_reads_and_writes_nothing(running: Desk, origin: str, corpus: Path) -> None:
    headers = {"Cookie": running.cookie, "Origin": origin, **JSON}

    assert {running.raw(path, headers=headers).status for path in PATHS} == {403}
    assert running.raw(f"{STATE}/edits", EDIT, headers=headers).status == 403
    assert (corpus / "a.claims.yaml").read_text(encoding="utf-8") == CLAIMS


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (JSON, 403),
        ({"Origin": "", "Content-Type": "text/plain"}, 415),
        ({"Origin": "", "Content-Type": "application/x-www-form-urlencoded"}, 415),
    ],
)
def test_a_form_cannot_write(running: Desk, headers: dict[str, str], status: int, corpus: Path) -> None:
    """A form of another site would send neither JSON nor, in old browsers, an Origin."""
    given = {"Cookie": running.cookie, **headers}
    if "Origin" in given:
        given["Origin"] = running.origin

    assert running.raw(f"{STATE}/edits", EDIT, headers=given).status == status
    assert (corpus / "a.claims.yaml").read_text(encoding="utf-8") == CLAIMS


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"[]", 400),
        (b'{"edits": [{"path": "claims"}]}', 400),
        (b'{"edits": [{"path": []}]}', 400),
        (b'{"edits": [{"path": ["__class__", "x"], "value": "y"}]}', 400),
        (b'{"unknown": 1}', 400),
        (b'{"edits": []}', 400),
        (b'{"add": {"speaker": "berg"}}', 400),
        (b'{"add": ' + b"[" * 100_000, 400),
        (b'{"edits": [{"path": ["claims", "c01", "note"], "value": ' + b'{"a":' * 900 + b'"x"' + b"}" * 903, 400),
        (b'{"edits": [{"path": ["claims", "c01", "note"], "value": "\\ud800"}]}', 400),
        (b'{"edits": [{"path": ["claims", "c01", "note"], "value": "\xff"}]}', 400),
        (b'{"base": "' + b"x" * 2_000_000 + b'"}', 413),
    ],
)
def test_a_body_that_is_wrong_is_refused_with_an_error(
    running: Desk, body: bytes, status: int, corpus: Path
) -> None:
    headers = {"Cookie": running.cookie, "Origin": running.origin, **JSON}
    reply = running.raw(f"{STATE}/edits", body, headers=headers)

    assert (reply.status, list(json.loads(reply.body))) == (status, ["error"]), reply.text
    assert (corpus / "a.claims.yaml").read_text(encoding="utf-8") == CLAIMS


@pytest.mark.parametrize(
    "path",
    [
        "/assets/../app.py",
        "/assets/%2e%2e/app.py",
        "/article/../corpus",
        "/api/articles/..%2fcorpus%2fa",
        "/api/articles/%2e%2e/corpus/a",
        "/api/articles/corpus",
        "/api/articles/",
        "/api/articles/a%00",
        "/api/articles/a/edits",
        "/nowhere",
    ],
)
def test_only_articles_of_the_corpus_have_an_address(running: Desk, path: str) -> None:
    assert running.ask(path).status == 404


def test_only_two_methods_are_known(running: Desk) -> None:
    headers = {"Cookie": running.cookie}
    statuses = [running.raw("/", method=each, headers=headers).status for each in ("PUT", "DELETE", "OPTIONS")]

    assert statuses == [405, 405, 405]


def test_pages_may_load_nothing_from_elsewhere(running: Desk) -> None:
    page = running.ask("/article/a")

    assert page.media == "text/html"
    assert page.headers["content-security-policy"].startswith("default-src 'none'; script-src 'self';")
    assert "unsafe" not in page.headers["content-security-policy"]
    assert (page.headers["cache-control"], page.headers["x-content-type-options"]) == ("no-store", "nosniff")
    assert [running.ask(f"/assets/{name}").media for name in ("desk.js", "desk.css", "icon.svg")] == [
        "text/javascript",
        "text/css",
        "image/svg+xml",
    ]


@pytest.mark.slow
def test_one_article_is_opened_at_once_and_is_the_only_one(corpus: Path) -> None:
    with printed_desk(corpus / "a.txt") as printed:
        reply = printed.raw(printed.address.removeprefix(printed.origin))
        opened = printed._replace(cookie=reply.headers["set-cookie"].partition(";")[0])
        articles = json.loads(opened.ask("/api/articles").body)["articles"]
        other = opened.ask("/api/articles/b").status

    assert ('url=/article/a"' in reply.text, [each["id"] for each in articles], other) == (True, ["a"], 404)
