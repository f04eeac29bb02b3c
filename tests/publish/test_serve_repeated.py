"""`kg serve` answers the same query again from memory, if that is certain to be the answer."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.publish.serve.answer_cache import AnswerCache
from kg.query.store import Manifest, StoreGeneration
from support.served import Server, numbered_store, served

ALL = "SELECT ?s { ?s ?p ?o } ORDER BY ?s"
CRASHING = "ASK { FILTER(" + "!" * 30_000 + "true) }"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return numbered_store(tmp_path_factory.mktemp("repeated") / "store", 12)


@pytest.fixture(scope="module")
def server(store: Path) -> Iterator[Server]:
    with served(store) as running:
        yield running


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc lists the workers")
def test_the_same_query_gets_the_same_answer_without_a_worker(store: Path) -> None:
    with served(store, levels=[(1, 1e9, 0)]) as server:
        first = server.query(ALL)
        for worker in server.workers():
            os.kill(worker, signal.SIGSTOP)
        again = [server.query(ALL) for _ in range(4)]
        for worker in server.workers():
            os.kill(worker, signal.SIGCONT)

    assert first.rows == 12
    assert [(reply.status, reply.body) for reply in again] == [(200, first.body)] * 4
    assert {tuple(sorted(reply.headers)) for reply in again} == {tuple(sorted(first.headers))}


@pytest.mark.parametrize("expression", ["RAND()", "rand ( )", "NOW()", "UUID()", "StrUUID()", "# now\nNOW # a\n()"])
def test_a_query_whose_answer_changes_is_answered_anew(expression: str, server: Server) -> None:
    asked = []
    for _ in range(3):
        asked.append(server.query(f"SELECT ({expression} AS ?x) {{}}").text)
        time.sleep(0.002)

    assert len(set(asked)) == 3


def test_what_a_request_asks_for_besides_its_query_makes_another_answer(server: Server) -> None:
    for _ in range(3):
        assert server.query(ALL, "text/csv").media == "text/csv"
        assert server.query(ALL, "text/turtle").status == 406
        assert server.query(ALL, limit=11).status == 422
        assert server.query(ALL, limit=12).rows == 12
        assert server.query(ALL, **{"default-graph-uri": "http://e/none"}).rows == 0
        assert server.query(ALL, **{"default-graph-uri": "http://e/g"}).rows == 12
        assert server.query(ALL).rows == 12
        head, get = (server.ask("/sparql?query=ASK%7B%7D", method=method) for method in ("HEAD", "GET"))
        assert (head.status, head.body, head.headers["content-length"]) == (200, b"", str(len(get.body)))


@pytest.mark.slow
def test_the_answer_of_a_store_that_was_loaded_again_is_the_new_one(tmp_path: Path) -> None:
    store = numbered_store(tmp_path / "store", 3)
    with served(store) as server:
        assert [server.query(ALL).rows for _ in range(4)] == [3] * 4
        numbered_store(store, 5)
        deadline = time.monotonic() + 20
        while (found := server.query(ALL).rows) != 5 and time.monotonic() < deadline:
            time.sleep(0.05)

        assert found == 5
        assert [server.query(ALL).rows for _ in range(4)] == [5] * 4


@pytest.mark.slow
def test_a_client_that_must_wait_gets_no_answer_from_memory_either(store: Path) -> None:
    with served(store, refusal_pause=0) as server:
        for _ in range(4):
            assert server.query(ALL).status == 200
        for _ in range(3):
            headers = {"Content-Type": "application/sparql-query"}
            server.ask("/sparql", method="POST", body=CRASHING.encode(), headers=headers)

        assert server.query(ALL).status == 429
        assert server.query(ALL, source="127.0.0.2").status == 200


def test_a_cache_holds_one_generation_and_no_more_than_it_may() -> None:
    cache: AnswerCache[str] = AnswerCache(10_000)
    first, second = (StoreGeneration(Path(name), Manifest()) for name in ("one", "two"))
    for number in range(3):
        cache.keep(number, f"answer {number}", 2_000, first)
    cache.find(0, first)
    cache.keep(3, "answer 3", 2_000, first)
    found = [cache.find(number, first) for number in range(4)]
    cache.keep(0, "another", 20, second)

    assert found == ["answer 0", None, "answer 2", "answer 3"]
    assert [cache.find(0, each) for each in (first, second)] == [None, "another"]
