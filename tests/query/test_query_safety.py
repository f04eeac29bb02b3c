"""No query can harm who asks it: what is refused, and what ends a query."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from kg.errors import FileError, UsageError
from kg.query.store import LIMITS, open_store
from support import ROOT, SEEDS
from support.query_cases import SERVICES, Asked, Kg, asked
from support.waiting import PATIENCE, eventually

BASE = "https://kg.example/"
posix_only = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limits of resources")


@pytest.fixture(autouse=True)
def _in_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


@pytest.fixture(scope="module")
def seeds() -> Iterator[Asked]:
    with asked(SEEDS) as opened:
        yield opened


# Safety


@posix_only
@pytest.mark.parametrize("query", SERVICES)
def test_no_query_reaches_the_network(query: str, seeds: Asked) -> None:
    """Not refused by its spelling alone: the process that answers can open no connection."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        url = f"http://127.0.0.1:{server.getsockname()[1]}/sparql"
        with suppress(UsageError, FileError):
            seeds.store.ask(query.replace("URL", url), "table")
        with pytest.raises(TimeoutError):
            server.accept()


@pytest.mark.slow
@posix_only
def test_a_worker_without_the_reading_of_the_query_reaches_no_network_either(
    seeds: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kg.query.store.refuse_service_and_updates", lambda _query, _asker: None)

    for query in SERVICES:
        test_no_query_reaches_the_network(query, seeds)


# `true.SERVICE:` reads as a prefixed name, and only the worker refuses it.
@pytest.mark.parametrize("query", [query for query in SERVICES[:20] if "true.SERVICE:" not in query])
def test_service_is_refused_in_words(query: str, kg: Kg) -> None:
    assert kg("-e", query.replace("URL", "http://127.0.0.1:9/")) == (
        2,
        "",
        "kg: SERVICE is refused: `kg query` asks this corpus only, and reaches no network.\n",
    )


@pytest.mark.parametrize("form", ["?service", "'SERVICE'", "<http://e/SERVICE>", "schema:service"])
def test_the_word_service_elsewhere_is_no_call(form: str, kg: Kg) -> None:
    assert kg("-e", f"ASK {{ # SERVICE\n ?s ?p {form} }}")[0] == 0


@pytest.mark.parametrize(
    "update",
    [
        "INSERT DATA { <a:a> <a:b> <a:c> }",
        "PREFIX s: <http://select/> delete where { ?s ?p ?o }",
        "BASE <a:b>\nWITH <g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
        "LOAD <http://127.0.0.1:9/>",
        "CLEAR ALL",
        "drop all",
        "COPY DEFAULT TO <a:b>",
    ],
)
def test_updates_are_refused(update: str, kg: Kg) -> None:
    status, out, err = kg("-e", update)

    assert (status, out, "is refused: `kg query` reads and never writes." in err) == (2, "", True)


ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l FILTER(?a != ?l) }"


def test_a_query_is_stopped_when_its_time_is_up(kg: Kg) -> None:
    outcome = kg("--timeout", "0.5", "-e", ENDLESS)

    assert outcome == (
        3,
        "",
        "kg: The query took more than 0.5 seconds and was stopped: narrow it, or give it more with --timeout.\n",
    )


@posix_only
def test_a_query_is_stopped_when_kg_is(tmp_path: Path) -> None:
    with asked(SEEDS) as opened, open_store(opened.graphs, BASE) as store:
        script = (
            "from pathlib import Path\n"
            "from kg.query.store import LIMITS, Store\n"
            f"store = Store(Path({str(store.folder)!r}), {BASE!r})\n"
            f"store.ask({ENDLESS!r}, limits=LIMITS._replace(seconds={10 * PATIENCE}))\n"
        )
        with subprocess.Popen([sys.executable, "-c", script], cwd=tmp_path) as asking:
            eventually(lambda: _workers(tmp_path))
            asking.kill()
        eventually(lambda: not _workers(tmp_path))


def _workers(folder: Path) -> list[str]:
    """Return the processes that answer queries and were started in a folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if "kg.query.engine" in process.read_text() and process.with_name("cwd").resolve() == folder:
                found.append(process.parent.name)
        except OSError:
            continue
    return found


@pytest.mark.parametrize(
    "query",
    ["SELECT (" + "!" * 200_000 + "true AS ?x) {}", "SELECT (" + "1+" * 100_000 + "1 AS ?x) {}"],
    ids=["negations", "sums"],  # the name of a test is in the environment, where there is less room
)
def test_a_query_that_breaks_the_engine_breaks_nothing_else(query: str, kg: Kg) -> None:
    status, out, err = kg("-e", query)

    assert (status, out, "nested too deeply" in err) == (3, "", True), err


@posix_only
@pytest.mark.parametrize(
    ("query", "limits", "message"),
    [
        (
            "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?a ?d ?g",
            {"memory": 64 * 1024 * 1024},
            "memory",
        ),
        ("SELECT * { ?a ?b ?c . ?d ?e ?f }", {"answer": 1024 * 1024}, "The answer is larger than can be handed on"),
    ],
)
def test_a_query_gets_its_share_and_no_more(query: str, limits: dict[str, Any], message: str, seeds: Asked) -> None:
    with pytest.raises(FileError, match=message):
        seeds.store.ask(query, limits=LIMITS._replace(**limits))


@posix_only
@pytest.mark.parametrize("answer", [24_000, 30_000, 65_536, 80_000])
@pytest.mark.parametrize("form", ["json", "ttl"])
def test_an_answer_too_large_is_told_so_whatever_was_written_of_it(form: str, answer: int, seeds: Asked) -> None:
    """A file is written in pieces of eight kilobytes; the limit may cut one."""
    query = "SELECT * { ?a ?b ?c }" if form == "json" else "CONSTRUCT WHERE { ?a ?b ?c }"
    with pytest.raises(FileError, match="The answer is larger than can be handed on"):
        seeds.store.ask(query, form, limits=LIMITS._replace(answer=answer))


def test_queries_do_not_disturb_each_other(seeds: Asked) -> None:
    """A store answers one question after the other, also after one that failed."""
    with pytest.raises(UsageError):
        seeds.store.ask("nonsense")

    assert json.loads(seeds.store.ask("ASK {}").path.read_text()) == {"head": {}, "boolean": True}


def test_threads_may_ask_at_once(seeds: Asked) -> None:
    """Each from a store of its own."""
    answers: list[str] = []

    def ask() -> None:
        with open_store(seeds.graphs, BASE) as store:
            answers.append(store.ask("ASK {}").path.read_text())

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == ['{"head":{},"boolean":true}\n'] * 3
