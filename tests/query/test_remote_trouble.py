"""Faults between kg and a store: requests are retried where that may help, messages have no secrets."""

from __future__ import annotations

import gc
import os
import pty
import re
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import httpx
import pytest

from kg.errors import FileError, UsageError
from kg.query.remote_session import Credentials, checked_url, credentials, login_scheme
from kg.query.remote_store import StoreAddresses, connect, open_remote
from kg.query.store import QueryLimits
from kg.rdf.terms import Iri
from support.loaded import Loads
from support.query_cases import HARBOUR, Kg
from support.triple_servers import GRAPHS, HANG_UP, Front, Own, Seen, Server

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("no_cache")]

SECRET = "s3cret-of-ann"  # no secret
Reply = tuple[int, Mapping[str, str], bytes]
NOTHING = b'{"head": {"vars": ["graph", "value"]}, "results": {"bindings": []}}'
ROWS = {"Content-Type": "application/sparql-results+json"}


@pytest.fixture
def store(servers: Callable[[str], Server]) -> Server:
    """Return a store without any data of kg's."""
    return emptied(servers("oxigraph"))


@pytest.fixture(autouse=True)
def nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nobody has said who we are."""
    for name in ("KG_USER", "KG_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NETRC", str(tmp_path / "no-netrc"))


def emptied(server: Server) -> Server:
    with connect(server.url, lambda *_: (server.user, server.password), 60, StoreAddresses()) as opened:
        for graph in [graph for graph, _ in opened.graph_sizes(GRAPHS)]:
            opened.remove(graph)
    return server


def to_writes(reply: Reply, times: int = 1_000_000) -> Own:
    """Return a handler that answers the first `times` requests that would change something."""
    left = [times]

    def own(seen: Seen, _before: int) -> Reply | None:
        if not seen.writes or not left[0]:
            return None
        left[0] -= 1
        return reply

    return own


# Tried again


@pytest.mark.parametrize("status", [429, 502, 503, 504, HANG_UP])
def test_what_may_pass_is_tried_again(status: int, store: Server, load: Loads) -> None:
    with Front(store.url, to_writes((status, {"Retry-After": "0"}, b"busy"), 2)) as front:
        assert load(front.url, HARBOUR)[0] == 0

        assert [each.status for each in front.seen if each.writes][:3] == [status, status, 201]
    assert len(store.holds()) == 4


def test_a_store_is_left_alone_for_as_long_as_it_asks(
    store: Server, load: Loads, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    with Front(store.url, to_writes((503, {"Retry-After": "2"}, b""), 1)) as front:
        assert load(front.url, HARBOUR)[0] == 0

    assert slept == [2]


def test_what_does_not_pass_is_an_error_in_the_end(store: Server, load: Loads) -> None:
    past = "Wed, 21 Oct 2015 07:28:00 GMT"
    with Front(store.url, to_writes((503, {"Retry-After": past}, b"<html>"))) as front:
        assert load(front.url, HARBOUR) == (
            3,
            f"kg: {front.url}/store: the store answers 503. It was asked 6 times.\n",
        )
        assert len([each for each in front.seen if each.writes]) == 6


@pytest.mark.parametrize(
    ("status", "said", "told"),
    [
        (500, "Disk full\nat line 1", "the store answers 500: Disk full"),
        (400, "\x1b[31mred", "the store answers 400:  [31mred"),
        (403, "", "the store answers 403. It may be read-only, or you may not change it."),
        (405, "", "the store answers 405. It may be read-only."),
        (
            413,
            "<html>",
            "the store answers 413. Let its proxy, as nginx, accept larger requests, or load with "
            "--protocol update.",
        ),
    ],
)
def test_what_a_store_refuses_is_reported_in_its_words(
    status: int, said: str, told: str, store: Server, load: Loads
) -> None:
    with Front(store.url, to_writes((status, {}, said.encode()))) as front:
        assert load(front.url, HARBOUR) == (3, f"kg: {front.url}/store: {told}\n")
        assert len([each for each in front.seen if each.writes]) == 1


def test_what_a_store_does_not_keep_is_named(store: Server, load: Loads) -> None:
    """As Virtuoso, which says 201 to a body in parts, and stores nothing."""
    with Front(store.url, lambda seen, _: (201, {}, b"") if "recall" in seen.target else None) as front:
        assert load(front.url, HARBOUR) == (
            3,
            f"kg: {front.url}/update: after 5 attempts the store still has another number of triples or another "
            f"digest for {GRAPHS}article/recall. Is somebody else changing them?\n",
        )


# Not reached


def test_where_nobody_listens_is_reported_at_once(load: Loads, kg: Kg) -> None:
    refused = "kg: http://127.0.0.1:9: the store cannot be reached: Connection refused.\n"

    assert load("http://127.0.0.1:9/sparql", HARBOUR) == (3, refused)
    assert kg("--store", "http://127.0.0.1:9/sparql", "topics") == (3, "", refused)


def test_what_takes_too_long_is_given_up(store: Server, load: Loads) -> None:
    def sleeps(_seen: Seen, before: int) -> Reply | None:
        time.sleep(before and 1)
        return None

    with Front(store.url, sleeps) as front:
        assert load(front.url, HARBOUR, "--timeout", "0.5") == (
            3,
            f"kg: {front.url}: the store has not answered within 0.5 seconds: give it more with --timeout.\n",
        )


@pytest.mark.parametrize("answer", [(200, {}, b"<html>Hello"), (200, ROWS, b"[1]"), (404, {}, b"")])
def test_what_is_no_store_is_reported(answer: Reply, load: Loads, kg: Kg) -> None:
    with Front("", lambda _seen, _before: answer) as front:
        told = f"kg: {front.url}: no store answers a query there: give the address that takes queries.\n"

        assert load(front.url, HARBOUR) == (3, told)
        assert kg("--store", front.url, "topics") == (3, "", told)


def test_nonsense_in_place_of_rows_is_reported(load: Loads) -> None:
    def own(seen: Seen, _before: int) -> Reply:
        is_first = b"class" in seen.body or seen.method == "HEAD"
        return 200, ROWS, NOTHING if is_first else b'{"results": {"bindings": 3}}'

    with Front("", own) as front:
        told = f"kg: {front.url}/query: the store gives no SPARQL results in JSON.\n"
        assert load(front.url, HARBOUR) == (3, told)


def test_an_answer_that_is_too_large_is_given_up(store: Server, load: Loads) -> None:
    load(store.url, HARBOUR)
    with open_remote(store.url, None, 60) as opened, pytest.raises(FileError, match="is larger than 500 bytes"):
        opened.ask("SELECT * { ?s ?p ?o }", limits=QueryLimits(answer=500))


def test_a_request_leaves_nothing_behind(store: Server) -> None:
    """In a circle, its body would stay until the garbage is looked for, which `kg` hardly ever does."""
    with connect(store.url, None, 60, StoreAddresses()) as opened:
        gc.collect()
        gc.disable()
        try:
            opened.replace(Iri(f"<{GRAPHS}x>"), b'<urn:a> <urn:b> "c" .\n')
            kept = [each for each in gc.get_objects() if isinstance(each, httpx.Request)]
        finally:
            gc.enable()
    assert kept == []


# Who we are


@pytest.fixture(params=["nginx", "virtuoso"])
def guarded(request: pytest.FixtureRequest, servers: Callable[[str], Server]) -> Server:
    """Return a store that asks who we are: as Basic, as Digest."""
    return emptied(servers(request.param))


def test_a_store_must_know_us(guarded: Server, load: Loads, monkeypatch: pytest.MonkeyPatch) -> None:
    wants = "the store asks for a name and a password: set KG_USER and KG_PASSWORD, or use .netrc."
    denies = "the store does not accept this name and password."

    assert load(guarded.url, HARBOUR) == (3, f"kg: {guarded.url}: {wants}\n")
    monkeypatch.setenv("KG_USER", guarded.user)
    assert load(guarded.url, HARBOUR) == (3, f"kg: {guarded.url}: {wants}\n")
    monkeypatch.setenv("KG_PASSWORD", SECRET)
    assert load(guarded.url, HARBOUR) == (3, f"kg: {guarded.url}: {denies}\n")
    monkeypatch.setenv("KG_PASSWORD", guarded.password)
    assert load(guarded.url, HARBOUR)[0] == 0


def test_a_netrc_says_who_we_are(
    guarded: Server, load: Loads, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    monkeypatch.setenv("NETRC", str(netrc))
    netrc.write_text(f"machine 127.0.0.1\nlogin {guarded.user} {SECRET} password\n")
    assert load(guarded.url, HARBOUR) == (3, f"kg: {netrc}:2: this line of .netrc cannot be understood.\n")

    netrc.write_text(f'machine 127.0.0.1 login {guarded.user} password "{guarded.password}"\n')
    assert load(guarded.url, HARBOUR)[0] == 0


def test_a_person_at_a_terminal_is_asked(servers: Callable[[str], Server]) -> None:
    """The password is not shown."""
    guarded = emptied(servers("nginx"))
    child, terminal = pty.fork()
    if child == 0:
        os.execv(sys.executable, [sys.executable, "-m", "kg", "load", guarded.url, str(HARBOUR)])
    shown = b""
    for expected, typed in ((b"Name for ", guarded.user), (b"Password of ", guarded.password)):
        shown += _until(terminal, expected + b".*: ")
        os.write(terminal, f"{typed}\n".encode())
    shown += _until(terminal, rb"triples\r\n")

    assert os.waitpid(child, 0)[1] == 0
    assert guarded.password.encode() not in shown
    assert len(guarded.holds()) == 4


def _until(terminal: int, pattern: bytes) -> bytes:
    shown = b""
    while not re.search(pattern, shown):
        shown += os.read(terminal, 1000)
    return shown


def test_a_password_is_sent_as_it_is_asked_for(
    guarded: Server, load: Loads, monkeypatch: pytest.MonkeyPatch
) -> None:
    """First nothing, and as Digest never; and no article before it."""
    for name, value in guarded.login.items():
        monkeypatch.setenv(name, value)
    with Front(guarded.url) as front:
        assert load(front.url, HARBOUR)[0] == 0

        kinds = {each.authorization.partition(" ")[0] for each in front.seen}
        assert kinds == {"", "Basic" if guarded.kind == "nginx" else "Digest"}
        assert [each for each in front.seen if each.writes and not each.authorization] == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_nobody_is_followed(status: int, store: Server, load: Loads, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the articles nor who sends them are taken to another address."""
    monkeypatch.setenv("KG_USER", "ann")
    monkeypatch.setenv("KG_PASSWORD", SECRET)
    with Front() as other:
        target = {"Location": f"http://ann:{SECRET}@{other.url.partition('//')[2]}/elsewhere?graph=x"}

        def own(seen: Seen, _before: int) -> Reply | None:
            if not seen.authorization:
                return 401, {"WWW-Authenticate": 'Basic realm="x"'}, b""
            return (status, target, b"") if seen.writes else None

        with Front(store.url, own) as front:
            assert load(front.url, HARBOUR) == (
                3,
                f"kg: {front.url}/store: the store sends on to {other.url}/elsewhere, and kg takes your articles "
                "and your password nowhere else: give that address if you trust it.\n",
            )
        assert other.seen == []


def test_a_store_that_repeats_a_secret_is_not_repeated(
    store: Server, load: Loads, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KG_USER", "ann")
    monkeypatch.setenv("KG_PASSWORD", SECRET)

    def own(seen: Seen, _before: int) -> Reply | None:
        if not seen.authorization:
            return 401, {"WWW-Authenticate": 'Basic realm="x"'}, SECRET.encode()
        return (500, {}, f"{SECRET} {seen.authorization}".encode()) if seen.writes else None

    with Front(store.url, own) as front:
        told = f"kg: {front.url}/store: the store answers 500: *** Basic ***\n"
        assert load(front.url, HARBOUR) == (3, told)


@pytest.mark.parametrize("url", [f"http://ann:{SECRET}@store.example/", f"https://{SECRET}@store.example"])
def test_a_url_has_no_secret(url: str, load: Loads, kg: Kg) -> None:
    told = (
        "kg: The URL of the store at store.example contains a name or a password, which others can read: leave "
        "them out of it, and set KG_USER and KG_PASSWORD instead.\n"
    )

    assert load(url, HARBOUR) == (2, told)
    assert load("http://127.0.0.1:9", HARBOUR, "--update", url) == (2, told)
    assert load("http://127.0.0.1:9", HARBOUR, "--graph-store", url) == (2, told)
    assert kg("--store", url, "topics") == (2, "", told)


@pytest.mark.parametrize("url", ["http://[::1/", "http://store.example:x/", "https://", "ftp://store.example"])
def test_a_url_leads_to_the_web(url: str) -> None:
    with pytest.raises(UsageError):
        checked_url(url)


@pytest.mark.parametrize("host", ["a b", "a..b", "x" * 300, "\x07"])
def test_an_impossible_host_is_reported(host: str, load: Loads) -> None:
    status, err = load(f"http://{host}/", HARBOUR)

    assert (status in (2, 3), err.startswith("kg: "), "please report" in err) == (True, True, False), err


@pytest.mark.parametrize(
    "headers",
    [
        {"WWW-Authenticate": 'Digest realm="x"'},
        {"WWW-Authenticate": 'Digest realm="x", nonce="y", qop="auth-int"'},
        {"WWW-Authenticate": 'Digest realm="x", nonce="y", qop="what"'},
        {"Content-Encoding": "gzip"},
        {"Retry-After": "-1"},
    ],
)
def test_nonsense_in_the_head_of_a_reply_is_reported(
    headers: dict[str, str], load: Loads, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KG_USER", "ann")
    monkeypatch.setenv("KG_PASSWORD", SECRET)
    status = 401 if "WWW-Authenticate" in headers else 200
    first = (200, ROWS, NOTHING)
    with Front("", lambda _seen, before: (status, headers, NOTHING) if before else first) as front:
        status, err = load(f"{front.url}/query", HARBOUR)

    assert (status, err.startswith("kg: "), "please report" in err) == (3, True, False), err


BASIC, DIGEST = 'Basic realm="x"', 'Digest realm="x", nonce="y", qop="auth", algorithm=SHA-256'


@pytest.mark.parametrize(
    ("challenges", "url", "scheme"),
    [
        ([BASIC], "https://store.example/x", "Basic"),
        ([BASIC], "http://127.0.0.2:80/x", "Basic"),
        ([BASIC], "http://[::1]:80/x", "Basic"),
        ([BASIC], "http://localhost/x", "Basic"),
        ([BASIC, DIGEST], "http://store.example/x", "Digest"),
        (["Negotiate", BASIC, DIGEST], "https://store.example/x", "Digest"),
        (['Digest algorithm="WHAT"', BASIC], "https://store.example/x", "Basic"),
    ],
)
def test_a_password_is_said_as_safely_as_can_be(challenges: list[str], url: str, scheme: str) -> None:
    assert login_scheme(challenges, url) == scheme


@pytest.mark.parametrize("url", ["http://store.example/x", "http://127.0.0.1.store.example/x", "http://10.0.0.1/x"])
def test_no_password_travels_in_plain_text(url: str) -> None:
    with pytest.raises(UsageError, match="in plain text, which everyone on the way there could read: use https"):
        login_scheme([BASIC], url)


@pytest.mark.parametrize("challenges", [[], ["Negotiate"], ["Bearer"], ['Digest algorithm="WHAT"']])
def test_another_kind_of_login_is_reported(challenges: list[str]) -> None:
    with pytest.raises(FileError, match="a kind of login other than Basic and Digest"):
        login_scheme(challenges, "https://store.example/")


def test_the_environment_comes_before_netrc_and_a_person_last(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine store.example login carl password c\n")
    monkeypatch.setenv("NETRC", str(netrc))

    def prompt(where: str, user: str) -> tuple[str, str]:
        return user or where, "typed"

    assert credentials("https://store.example/x", prompt) == Credentials("carl", "c")
    assert credentials("https://other.example:8/x", prompt) == Credentials("https://other.example:8", "typed")
    monkeypatch.setenv("KG_USER", "dora")
    assert credentials("https://store.example/x", prompt) == Credentials("dora", "typed")
    monkeypatch.setenv("KG_PASSWORD", "d")
    assert credentials("https://store.example/x", None) == Credentials("dora", "d")


# Addresses


@pytest.mark.parametrize(
    ("target", "answering", "there", "found"),
    [
        ("", "/query", "/store", ("/query", "/update", "/store", False)),
        ("/ds", "/ds/query", "/ds/data", ("/ds/query", "/ds/update", "/ds/data", False)),
        ("/ds/query", "/ds/query", "/ds/data", ("/ds/query", "/ds/update", "/ds/data", False)),
        ("", "/sparql", "/sparql-graph-crud-auth", ("/sparql", "/sparql-auth", "/sparql-graph-crud-auth", False)),
        (
            "/repositories/r",
            "/repositories/r",
            "/repositories/r/rdf-graphs/service",
            ("/repositories/r", "/repositories/r/statements", "/repositories/r/rdf-graphs/service", False),
        ),
        ("/any", "/any", "", ("/any", "/any", "", True)),
    ],
)
def test_the_addresses_of_a_store_are_found(
    target: str, answering: str, there: str, found: tuple[str, str, str, bool]
) -> None:
    def own(seen: Seen, _before: int) -> Reply:
        if seen.method == "HEAD":
            return (401 if seen.target == there else 404), {}, b""
        return (200, ROWS, NOTHING) if seen.target == answering else (404, {}, b"")

    with Front("", own) as front, connect(front.url + target, None, 60, StoreAddresses()) as opened:
        paths = [each.removeprefix(front.url) for each in opened.endpoint[:3]]
        assert (*paths, opened.endpoint.direct) == found
