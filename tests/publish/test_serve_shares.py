"""`kg serve` gives each client its share, and never a wrong answer, whatever happens to its workers."""

from __future__ import annotations

import os
import random
import signal
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from http.client import HTTPConnection
from pathlib import Path
from select import select
from urllib.parse import quote

import pytest

from support.served import HOSTILE, Reply, Server, numbered_store, served, served_in_reach
from support.waiting import PATIENCE, eventually, is_alive

pytestmark = pytest.mark.slow

linux_only = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux can refuse sockets")
LONG = bool(os.environ.get("KG_TEST_LONG"))
Record = Callable[[str, str], None]
ROWS = 300
ALL = "SELECT ?s { ?s ?p ?o }"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a store of some hundred triples."""
    return numbered_store(tmp_path_factory.mktemp("limits") / "store", ROWS)


@pytest.fixture(scope="module")
def server(store: Path) -> Iterator[Server]:
    with served_in_reach(store, ROWS - 1) as running:
        yield running


def test_short_queries_are_answered_while_cross_joins_run(server: Server, record_property: Record) -> None:
    with ThreadPoolExecutor(20) as pool:
        joins = [pool.submit(server.query, HOSTILE, source=f"127.0.1.{n % 4 + 1}", timeout=0.7) for n in range(20)]
        server.slow_worker()
        found, times = [], []
        while not all(each.done() for each in joins) and len(found) < 200:
            begun = time.monotonic()
            found.append(server.query(f"{ALL} LIMIT 3 #{len(found)}").rows)
            times.append(time.monotonic() - begun)
        statuses = Counter(each.result().status for each in joins)
    times.sort()
    record_property("seconds", f"p50 {times[len(times) // 2]:.3f}, p99 {times[-len(times) // 100]:.3f}")
    assert found
    assert set(found) == {3}
    assert statuses[200] == 0
    assert set(statuses) <= {503, 504}


def test_no_client_takes_all_places_in_the_queue(server: Server) -> None:
    """Where more wait than may, it is the one with most that is sent away."""
    path = f"/sparql?query={quote(HOSTILE)}"
    with ExitStack() as stack:
        many = [stack.enter_context(closing(_connected(server, "127.0.2.1"))) for _ in range(40)]
        for each in many:
            each.request("GET", path)
        eventually(lambda: _answered(many))
        one = server.query("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f }", source="127.0.2.2")
        refused = [each.getresponse() for each in _answered(many)]
        said = {(reply.status, reply.headers["retry-after"], reply.read()) for reply in refused}
    assert one.status == 200
    assert said == {(503, "5", b"Too many queries wait to be answered: ask again in a few seconds.\n")}


def _connected(server: Server, source: str) -> HTTPConnection:
    return HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE, source_address=(source, 0))


def _answered(connections: list[HTTPConnection]) -> list[HTTPConnection]:
    """Return the connections on which there is something to read."""
    readable, _, _ = select([each.sock for each in connections], [], [], 0)
    return [each for each in connections if each.sock in readable]


def _posted(server: Server, query: str, source: str) -> Reply:
    headers = {"Content-Type": "application/sparql-query"}
    return server.ask("/sparql", method="POST", body=query.encode(), headers=headers, source=source)


@pytest.mark.parametrize(
    "query", ["ASK " + "{" * 101, "SELECT (" + "(" * 20_000 + "1 AS ?x) {}", r"ASK " + r"\u007B" * 101]
)
def test_a_query_that_is_nested_too_deeply_is_refused_before_it_is_parsed(query: str, server: Server) -> None:
    replies = [_posted(server, query, "127.0.3.1") for _ in range(5)]

    message = "A query may be nested 100 deep at most, and this one is nested too deeply: simplify it.\n"
    assert [(reply.status, reply.text) for reply in replies] == [(400, message)] * 5


def test_a_client_whose_queries_crash_workers_must_wait_and_others_need_not(server: Server) -> None:
    replies = [_posted(server, "ASK { FILTER(" + "!" * 30_000 + "true) }", "127.0.3.2") for _ in range(4)]

    assert [reply.status for reply in replies] == [400, 400, 400, 429]
    assert replies[0].text == "The query broke the engine: it is too long or nested too deeply. Simplify it.\n"
    seconds = replies[3].headers["retry-after"]
    assert replies[3].text == f"3 queries from this address broke the engine: ask again in {seconds} seconds.\n"
    assert server.query(f"{ALL} LIMIT 3", source="127.0.3.3").rows == 3


@linux_only
def test_a_client_that_goes_away_ends_its_query(store: Path) -> None:
    with served(store) as server:
        connection = socket.create_connection(("127.0.0.1", server.port))
        connection.sendall(f"GET /sparql?query={quote(HOSTILE)} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        busy = server.slow_worker()
        connection.close()

        eventually(lambda: not is_alive(busy))
        assert server.query("ASK {}").status == 200


# Deaths


@linux_only
def test_no_answer_is_wrong_while_workers_are_killed(store: Path, record_property: Record) -> None:
    """Killed twice, a query is refused; it is never answered in part."""
    with served(store, levels=[(2, 1e9, 0)]) as server:
        ending = threading.Event()
        killed = 0

        def kill() -> None:
            nonlocal killed
            chance = random.Random(2)
            while not ending.is_set():
                for worker in chance.sample(workers := server.workers(), min(1, len(workers))):
                    with suppress(ProcessLookupError):
                        os.kill(worker, signal.SIGKILL)
                        killed += 1
                time.sleep(chance.uniform(0, 0.06))

        thread = threading.Thread(target=kill)
        thread.start()
        with ThreadPoolExecutor(3) as pool:
            # Each is another query: no answer is from memory.
            replies = list(pool.map(server.query, (f"{ALL} #{n}" for n in range(1000 if LONG else 80))))
        ending.set()
        thread.join()
        statuses = Counter(reply.status for reply in replies)
        wrong = sum(reply.rows != ROWS for reply in replies if reply.status == 200)
        record_property("kills", f"{killed}: {dict(statuses)}, wrong: {wrong}")
        assert (wrong, set(statuses) <= {200, 503}) == (0, True)
        assert {reply.headers["retry-after"] for reply in replies if reply.status == 503} <= {"5"}
        assert server.query(ALL).rows == ROWS
