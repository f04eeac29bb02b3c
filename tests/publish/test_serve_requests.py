"""`kg serve` answers requests as HTTP's own rules demand: their form, length, target, method and ranges.

https://www.rfc-editor.org/rfc/rfc9112, https://www.rfc-editor.org/rfc/rfc9110
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from support.served import Server, numbered_store, served

ASK = b"ASK {}"
QUERY = "Content-Type: application/sparql-query"
CHUNKED = "Transfer-Encoding: chunked"
CHUNKS = b"6\r\nASK {}\r\n0\r\n\r\n"
FILE = "/assets/site.css"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with served(numbered_store(tmp_path_factory.mktemp("store") / "store", 20)) as running:
        yield running


def request(line: str, *headers: str, body: bytes = b"") -> bytes:
    """Return the bytes of a request; without a Host among the headers, to this machine."""
    named = any(each.lower().startswith("host") for each in headers)
    return "\r\n".join([line, *([] if named else ["Host: localhost"]), *headers, "", ""]).encode() + body


def get(target: str, *headers: str) -> bytes:
    """Return the bytes of a GET."""
    return request(f"GET {target} HTTP/1.1", *headers)


def post(*headers: str, body: bytes = ASK, version: str = "1.1", path: str = "/sparql") -> bytes:
    """Return the bytes of a POST of a query."""
    return request(f"POST {path} HTTP/{version}", QUERY, *headers, body=body)


NEXT = get("/health", "Connection: close")
SMALL_RANGES = ",".join(f"{each}-{each}" for each in range(0, 2000, 2))
CASES = {
    # What is no HTTP.
    "TLS": (b"\x16\x03\x01\x02\x00\x01", [400]),
    "HTTP/0.9": (b"GET /\r\n\r\n", [400]),
    "only letters": (b"G" * 200_000, [400]),
    "empty lines": (b"\r\n" * 1000 + b"x\r\n\r\n", [400]),
    "HTTP/2 in the open": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", [505]),
    "a later version": (request("GET /health HTTP/2.0"), [505]),
    "a later minor version": (request("GET /health HTTP/1.9", "Connection: close"), [200]),
    "a letter that is not ASCII": (get("/\u00e9"), [400]),
    # Headers: RFC 9112, sections 2.2, 3.2 and 5.
    "no Host": (b"GET /health HTTP/1.1\r\n\r\n", [400]),
    "two Hosts": (get("/health", "Host: localhost", "Host: evil.example"), [400]),
    "two equal Hosts": (get("/health", "Host: localhost", "Host: localhost"), [400]),
    "no Host in HTTP/1.0": (b"GET /health HTTP/1.0\r\n\r\n", [200]),
    "another Host in HTTP/1.0": (request("GET /health HTTP/1.0", "Host: evil.example"), [421]),
    "a folded header is one": (get("/health", "X: a\r\n b", "Connection: close"), [200]),
    "a folded Host": (get("/health", "Host: local\r\n host", "Connection: close"), [400]),
    "a header folded into nothing": (get("/health\x20HTTP/1.1\r\n X: a"), [400]),
    "a space before the colon": (get("/health", "X : a"), [400]),
    "a name that is none": (get("/health", "X@y: a"), [400]),
    "a carriage return in a value": (get("/health", "X: a\rY: b"), [400]),
    "a zero byte in a value": (get("/health", "X: a\0b"), [400]),
    "lines that end with LF": (NEXT.replace(b"\r\n", b"\n"), [200]),
    "an upgrade is not made": (get("/health", "Connection: Upgrade, close", "Upgrade: websocket"), [200]),
    # Length: RFC 9112, section 6. `NEXT` would be the smuggled request.
    "length and chunks": (post("Content-Length: 6", CHUNKED, body=CHUNKS) + NEXT, [400]),
    "chunks and length": (post(CHUNKED, "Content-Length: 21", body=CHUNKS) + NEXT, [400]),
    "chunks in HTTP/1.0": (post(CHUNKED, body=CHUNKS, version="1.0") + NEXT, [400]),
    "chunks": (post(CHUNKED, body=CHUNKS) + NEXT, [200, 200]),
    "chunks with extensions and trailers": (
        post(CHUNKED, body=b"6;a=b\r\nASK {}\r\n0\r\nX: y\r\n\r\n") + NEXT,
        [200, 200],
    ),
    "chunks of an unknown length": (post(CHUNKED, body=b"z\r\nASK {}\r\n0\r\n\r\n") + NEXT, [400]),
    "an unknown coding": (post("Transfer-Encoding: xchunked", body=CHUNKS) + NEXT, [400]),
    "two codings": (post("Transfer-Encoding: gzip, chunked", body=CHUNKS) + NEXT, [400]),
    "two lengths": (post("Content-Length: 6", "Content-Length: 7") + NEXT, [400]),
    "two equal lengths are one": (post("Content-Length: 6", "Content-Length: 6") + NEXT, [200, 200]),
    "a signed length": (post("Content-Length: +6") + NEXT, [400]),
    "a negative length": (post("Content-Length: -6") + NEXT, [400]),
    "a length without end": (post("Content-Length: " + "9" * 23) + NEXT, [400]),
    "the body of a GET is skipped": (get("/health", "Content-Length: 3") + b"abc" + NEXT, [200, 200]),
    "requests one after another": (get("/health") + post("Content-Length: 6") + NEXT, [200, 200, 200]),
    # Expectations: RFC 9110, section 10.1.1.
    "a client that asks before it sends a body gets 100 Continue": (
        post("Content-Length: 6", "Expect: 100-continue", "Connection: close"),
        [100, 200],
    ),
    "a client that waits is refused at once": (
        request(
            "POST /sparql HTTP/1.1",
            "Content-Type: text/plain",
            "Content-Length: 6",
            "Expect: 100-continue",
            "Connection: close",
        ),
        [415],
    ),
    # Targets: RFC 9112, section 3.2.
    "a whole URL": (get("http://localhost/health", "Connection: close"), [200]),
    "a whole URL with a query": (
        get("HTTP://LOCALHOST:80/sparql?query=ASK%20%7B%7D", "Connection: close"),
        [200],
    ),
    "a whole URL without a path": (get("https://kg.example?x", "Connection: close"), [200]),
    "the URL goes before the Host": (
        get("http://localhost/health", "Host: evil.example", "Connection: close"),
        [200],
    ),
    "the URL of another host": (get("http://evil.example/health", "Connection: close"), [421]),
    "a URL with a password": (get("http://me:pw@localhost/health", "Connection: close"), [400]),
    "a URL of another scheme": (get("ftp://localhost/health", "Connection: close"), [400]),
    "no slash": (get("health", "Connection: close"), [400]),
    "a star": (get("*", "Connection: close"), [400]),
    "a port": (get("localhost:80", "Connection: close"), [400]),
    "a percent sign alone": (get("/claim%", "Connection: close"), [400]),
    "a percent sign before other letters": (get("/%zz", "Connection: close"), [400]),
    "a percent sign that is encoded": (get("/%25", "Connection: close"), [404]),
    "letters that are encoded": (get("/%68ealth", "Connection: close"), [200]),
    "bytes that are not UTF-8": (get("/%ff%fe", "Connection: close"), [404]),
    "a zero byte": (get("/%00", "Connection: close"), [404]),
    "a fragment": (get("/health#a", "Connection: close"), [404]),
    "out of the folder": (get("/../../etc/passwd", "Connection: close"), [404]),
    "out of the folder, encoded": (get("/assets/%2e%2e/%2e%2e/pages.py", "Connection: close"), [404]),
    "SPARQL with a slash": (get("/sparql/?query=ASK%20%7B%7D", "Connection: close"), [200]),
    "SPARQL with a slash, by POST": (
        post("Content-Length: 6", "Connection: close", path="/sparql/"),
        [200],
    ),
    # Methods: RFC 9110, section 9.
    "OPTIONS of everything": (request("OPTIONS * HTTP/1.1", "Connection: close"), [204]),
    "OPTIONS of everything, as a URL": (request("OPTIONS http://localhost HTTP/1.1", "Connection: close"), [204]),
    "HEAD": (request("HEAD /health HTTP/1.1", "Connection: close"), [200]),
    "HEAD of nothing": (request("HEAD /nowhere HTTP/1.1", "Connection: close"), [404]),
    "a method that is not allowed": (request("DELETE /health HTTP/1.1", "Connection: close"), [405]),
    "TRACE": (request("TRACE / HTTP/1.1", "Connection: close"), [405]),
    "CONNECT": (request("CONNECT localhost:80 HTTP/1.1", "Connection: close"), [501]),
    "an unknown method": (request("BREW / HTTP/1.1", "Connection: close"), [501]),
    "methods are capital letters": (request("get / HTTP/1.1", "Connection: close"), [501]),
}


@pytest.mark.parametrize("name", CASES)
def test_a_request_is_answered_as_the_rules_of_http_demand(name: str, server: Server) -> None:
    sent, statuses = CASES[name]

    answered = server.raw(sent)

    assert [int(each) for each in re.findall(rb"HTTP/1\.1 ([0-9]{3}) ", answered)] == statuses
    assert server.ask("/health").status == 200


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("OPTIONS", "*", "GET, HEAD, POST"),
        ("OPTIONS", "/health", "GET, HEAD"),
        ("PUT", "/sparql", "GET, HEAD, POST"),
    ],
)
def test_a_server_says_which_methods_it_allows(method: str, path: str, allowed: str, server: Server) -> None:
    assert server.ask(path, method=method).headers["allow"] == allowed


def test_the_head_of_an_answer_is_that_of_get_and_nothing_follows(server: Server) -> None:
    for path in (FILE, "/nowhere", "/"):
        head = server.raw(request(f"HEAD {path} HTTP/1.1", "Connection: close"))
        whole = server.raw(get(path, "Connection: close"))

        undated = [re.sub(rb"(?m)^date: .*\n", b"", each) for each in (head, whole.partition(b"\r\n\r\n")[0])]
        assert undated[0] == undated[1] + b"\r\n\r\n"


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=5-", 5, None),
        ("bytes=-5", -5, None),
        ("BYTES= 5-9 ", 5, 9),
        ("bytes=0-999999999999999999", 0, None),
        ("bytes=-999999999999999999", 0, None),
    ],
)
def test_one_range_of_a_file_is_sent_alone(asked: str, first: int, last: int | None, server: Server) -> None:
    whole = server.ask(FILE).body

    reply = server.ask(FILE, headers={"Range": asked})

    begin = first % len(whole)
    end = len(whole) - 1 if last is None else last
    assert (reply.status, reply.headers["content-range"]) == (206, f"bytes {begin}-{end}/{len(whole)}")
    assert reply.body == whole[begin : end + 1]


@pytest.mark.parametrize("asked", ["bytes=99999999-", "bytes=-0"])
def test_a_range_outside_of_a_file_is_refused_with_its_length(asked: str, server: Server) -> None:
    reply = server.ask(FILE, headers={"Range": asked})

    length = len(server.ask(FILE).body)
    assert (reply.status, reply.headers["content-range"], reply.body) == (416, f"bytes */{length}", b"")


@pytest.mark.parametrize(
    "asked",
    [
        "bytes=0-0,2-2",
        "bytes=0-10,5-15",
        "bytes=" + ",".join(["0-"] * 1000),
        f"bytes={SMALL_RANGES}",
        "bytes=0-0,99999999-",
        "bytes=9-0",
        "bytes=a-b",
        "bytes=",
        "bytes",
        "lines=0-0",
        "bytes=0-" + "9" * 5000,
        "bytes=0-0\r\nRange: bytes=1-1",
    ],
)
def test_other_ranges_are_ignored_and_the_file_is_sent_once(asked: str, server: Server) -> None:
    """However many are asked for, an answer is never longer than the file."""
    whole = server.ask(FILE).body

    answer = server.raw(get(FILE, f"Range: {asked}", "Connection: close"))

    head, _, body = answer.partition(b"\r\n\r\n")
    assert (head.split()[1], body) == (b"200", whole)


def test_ranges_are_for_get_alone(server: Server) -> None:
    head = server.ask(FILE, method="HEAD", headers={"Range": "bytes=0-0"})

    assert (head.status, head.headers["content-length"]) == (200, str(len(server.ask(FILE).body)))


def test_a_range_of_a_file_that_has_changed_is_the_whole_file(server: Server) -> None:
    tag = server.ask(FILE).headers["etag"]
    part, whole = (
        server.ask(FILE, headers={"Range": "bytes=0-0", "If-Range": each}).status for each in (tag, '"other"')
    )

    assert (part, whole) == (206, 200)


def test_a_browser_at_the_endpoint_with_a_slash_is_led_to_the_query_page(server: Server) -> None:
    reply = server.ask("/sparql/", headers={"Accept": "text/html"})

    assert (reply.status, reply.headers["location"]) == (303, "../query")
