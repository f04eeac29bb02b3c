"""Proof: clients whose queries end the engine's process do not hold up the short queries of others."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

import pytest

from support.served import Server, numbered_store, served
from support.waiting import PATIENCE

pytestmark = pytest.mark.slow

CLIENTS, CONNECTIONS = 10, 4
INNOCENT = "127.0.0.1"
SHORT = "SELECT ?o {{ <http://e/s{number}> <http://e/p> ?o }}"
# What ends the process that parses or answers it, or takes more memory than a query may; each was tried.
CRASHES = (
    "ASK " + "{" * 6000,
    "ASK { FILTER(" + "!" * 24_000 + "true) }",
    "ASK { FILTER(" + "+".join(["1"] * 24_000) + ") }",
    "ASK { FILTER(" + "&&".join(["?a"] * 12_000) + ") }",
    "ASK { ?s ?p (" + " 1" * 15_000 + ") }",
    "ASK { ?s ?p ?o " + ", ?o" * 12_000 + " }",
    "SELECT ?s ?a ?d { ?s ?p ?o . ?a ?b ?c . ?d ?e ?f } ORDER BY ?d LIMIT 1",
    "SELECT ?x40 { BIND('aaaaaaaaaaaaaaaa' AS ?x0) "
    + " ".join(f"BIND(CONCAT(?x{each}, ?x{each}) AS ?x{each + 1})" for each in range(40))
    + " }",
)
# Asks one query after another on each connection, each client from an address of its own, whatever the answers say,
# until its input ends; then prints the statuses.
_ATTACK = """
import collections, json, os, sys, threading
from http.client import HTTPConnection, HTTPException
port, clients, connections, queries = json.loads(sys.stdin.readline())
statuses = collections.Counter()
def attack(client, turn):
    connection = None
    while True:
        turn += 1
        try:
            address = f"127.0.0.{client}"
            connection = connection or HTTPConnection("127.0.0.1", port, timeout=60, source_address=(address, 0))
            headers = {"Content-Type": "application/sparql-query"}
            connection.request("POST", "/sparql?timeout=10", queries[turn % len(queries)], headers)
            answer = connection.getresponse()
            answer.read()
            statuses[answer.status] += 1
        except (OSError, HTTPException):
            statuses[0] += 1
            connection = None
for number in range(clients * connections):
    threading.Thread(target=attack, args=(number % clients + 2, number), daemon=True).start()
sys.stdin.read()
print(json.dumps(statuses), flush=True)
os._exit(0)
"""


class Measured(NamedTuple):
    """How many short queries were answered in a second, and how many answers were not as they must be."""

    rate: float
    wrong: int


def test_short_queries_of_others_are_answered_beside_crashing_clients(
    tmp_path: Path, rounds: Callable[[int, int], int], show_figure: Callable[[str], None]
) -> None:
    """Alone and attacked take turns, since the speed of the machine varies.

    Not counted is the beginning: until each client has crashed three queries, others wait for new processes.
    """
    seconds, turns = rounds(2, 5), rounds(2, 12)
    with served(numbered_store(tmp_path / "store", 2000), crash_seconds=60) as server:
        alone, beside, statuses = [], [], dict[str, int]()
        with attacked(server, statuses):
            time.sleep(rounds(12, 15))
        for _ in range(turns):
            alone.append(measured(server, seconds))
            with attacked(server, statuses):
                time.sleep(1)
                beside.append(measured(server, seconds))

    before, during = (sum(each.rate for each in found) / turns for found in (alone, beside))
    show_figure(
        f"{turns} times {seconds} s beside {CLIENTS} crashing clients with {CONNECTIONS} connections each: "
        f"{during:.0f} short queries a second, "
        f"{during / before:.0%} of {before:.0f} alone; answers to the crashing clients by status: {statuses}"
    )
    assert [each.wrong for each in alone + beside] == [0] * 2 * turns
    assert min(each.rate for each in beside) > 0
    assert set(statuses) <= {"400", "429", "503", "504"}


def measured(server: Server, seconds: float) -> Measured:
    """Ask short queries one after another for some seconds, on one connection, and check each answer."""
    connection = HTTPConnection(INNOCENT, server.port, timeout=PATIENCE)
    begun = time.monotonic()
    asked = wrong = 0
    while time.monotonic() - begun < seconds:
        number = asked % 2000
        path = f"/sparql?{urlencode({'query': SHORT.format(number=number)})}"
        connection.request("GET", path, headers={"Accept": "text/csv"})
        answer = connection.getresponse()
        body = answer.read()
        asked += 1
        wrong += (answer.status, body) != (200, f"o\r\nhttp://e/o{number}\r\n".encode())
    connection.close()
    return Measured(asked / (time.monotonic() - begun), wrong)


@contextmanager
def attacked(server: Server, statuses: dict[str, int]) -> Iterator[None]:
    """Have clients send queries that crash the engine until the block ends, and add up what they were answered."""
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", _ATTACK], stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps([server.port, CLIENTS, CONNECTIONS, CRASHES]) + "\n")
        process.stdin.flush()
        try:
            yield
        finally:
            process.stdin.close()
            for status, count in json.loads(process.stdout.readline()).items():
                statuses[status] = statuses.get(status, 0) + count
