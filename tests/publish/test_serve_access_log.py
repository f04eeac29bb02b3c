"""`kg serve --access-log`: a line about each request, without secrets."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from typing import NamedTuple

import pytest

from support import SEEDS
from support.served import Server

LINE = re.compile(
    r"(?P<client>\S+) - - \[\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\] "
    r'"(?P<request>[^"]*)" (?P<status>\S+) (?P<size>\d+) \d+\.\d{3}'
)
LONG = "x" * 500


class Asked(NamedTuple):
    """What the log says after all these requests: client, request, status and size of each."""

    lines: list[tuple[str, ...]]
    text: str
    sizes: list[int]


@pytest.fixture(scope="module")
def asked() -> Asked:
    command = [sys.executable, "-m", "kg", "serve", str(SEEDS), "--port", "0", "--access-log"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        ready = process.stderr.readline()
        server = Server(int(re.findall(r":(\d+)/ serves", ready)[0]), process)
        secret = {"Authorization": "Basic c2VjcmV0OnNlY3JldA==", "Cookie": "secret=1"}
        replies = [
            server.ask("/health"),
            server.ask("/claim/nothing/c01", headers=secret),
            server.ask("/sparql?query=ASK%20%7B%7D&api_key=secret", headers=secret),
            server.ask("/sparql", method="POST", body=b"query=ASK%20%7B%7D%20%23secret", headers=FORM),
            server.ask(f"/sparql?query=ASK%20%7B%7D%23{LONG}"),
            server.ask("/", method="HEAD"),
            server.ask("/health", headers={"Host": "elsewhere.example"}),
        ]
        process.send_signal(signal.SIGTERM)
        text = process.stderr.read()
    found = [LINE.fullmatch(line) for line in text.splitlines()]
    lines = [match.group("client", "request", "status", "size") for match in found if match]
    (other,) = [line for line, match in zip(text.splitlines(), found, strict=True) if not match]
    assert "] error name-refused: Refused a request to elsewhere.example with 421: " in other
    return Asked(lines, text, [len(reply.body) for reply in replies])


FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def test_each_request_leaves_a_line_in_the_common_log_format(asked: Asked) -> None:
    shown = f"ASK+%7B%7D%23{LONG}"
    assert asked.lines == [
        ("127.0.0.1", request, status, str(size))
        for (request, status), size in zip(
            [
                ("GET /health HTTP/1.1", "200"),
                ("GET /claim/nothing/c01 HTTP/1.1", "404"),
                ("GET /sparql?query=ASK+%7B%7D HTTP/1.1", "200"),
                ("POST /sparql HTTP/1.1", "200"),
                (f"GET /sparql?{f'query={shown}'[:120]}... HTTP/1.1", "200"),
                ("HEAD / HTTP/1.1", "200"),
                ("GET /health HTTP/1.1", "421"),
            ],
            asked.sizes,
            strict=True,
        )
    ]


def test_no_secret_is_written_down(asked: Asked) -> None:
    assert "secret" not in asked.text
    assert "c2VjcmV0" not in asked.text
