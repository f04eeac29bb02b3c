"""No query that is asked of a loaded store reaches the network, though the engine may open the store's files."""

from __future__ import annotations

import itertools
import json
import socket
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pyoxigraph
import pytest

from kg.cli import run
from kg.errors import FileError, UsageError
from kg.processes.child import Child
from kg.query.engine import OPENED_AT_ONCE
from kg.query.sparql import read_outcome
from kg.query.store import LIMITS, Store, open_loaded, read_manifest
from support import SEEDS
from support.query_cases import SERVICES

linux_only = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux can refuse sockets")


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Open a store of more files than the engine opens at once."""
    target = tmp_path_factory.mktemp("store") / "large"
    assert run(["-q", "load", str(target), str(SEEDS)]) == 0
    folder = target / read_manifest(target).folder
    lines = (
        f"<http://e/s{n}> <http://e/p{n % 7}> <http://e/o{n}> <http://e/g{n % 11}> .\n".encode()
        for n in itertools.count()
    )
    # The engine may merge files at any time: so until there are enough of them.
    for portions in range(3, 30):
        store = pyoxigraph.Store(str(folder))
        for _ in range(portions):
            store.bulk_load(input=b"".join(itertools.islice(lines, 2000)), format=pyoxigraph.RdfFormat.N_QUADS)
        del store
        if len(list(folder.glob("*.sst"))) > OPENED_AT_ONCE:
            break
    assert len(list(folder.glob("*.sst"))) > OPENED_AT_ONCE
    with open_loaded(target) as opened:
        yield opened


@linux_only
def test_a_store_of_many_files_answers_from_all_of_them(large: Store) -> None:
    """It is for this that the worker may open files."""
    counted = large.ask("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "csv").path.read_text().split()
    found = large.ask("SELECT ?o { <http://e/s4711> ?p ?o }", "csv").path.read_text().split()

    holds = len(pyoxigraph.Store.read_only(str(large.loaded)))
    assert (counted, found) == (["n", str(holds)], ["o", "http://e/o4711"])


@pytest.mark.slow
@linux_only
@pytest.mark.parametrize("read", [True, False], ids=["read", "unread"])
def test_no_query_of_a_store_reaches_the_network(read: bool, large: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor where the reading of the query, which is for the message, would let it pass."""
    if not read:
        monkeypatch.setattr("kg.query.store.refuse_service_and_updates", lambda _query, _asker: None)
    limits = LIMITS._replace(seconds=10)
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.02)
        url = f"http://127.0.0.1:{server.getsockname()[1]}/sparql"
        hits = []
        for query in SERVICES:
            with suppress(UsageError, FileError):
                large.ask(query.replace("URL", url), "table", limits=limits)
            with suppress(TimeoutError):
                hits.append((query, server.accept()))

    assert hits == []


@linux_only
def test_a_call_that_only_the_kernel_refuses_is_reported_as_what_it_is(large: Store) -> None:
    """The reading takes `SERVICE:` for a name."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/sparql"
        with pytest.raises(UsageError, match="SERVICE is refused"):
            large.ask(f"PREFIX : <{url}> SELECT * {{ VALUES ?t {{ true }}.SERVICE:{{ ?a ?b ?c }} }}")


def test_where_sockets_cannot_be_refused_a_large_store_is(tmp_path: Path) -> None:
    """There the process may open nothing more, and the engine has not opened all of the store."""
    for number in range(OPENED_AT_ONCE + 1):
        (tmp_path / f"{number}.sst").touch()
    with Child("support.children:answer_without_refusing_sockets") as engine:
        engine.send(json.dumps([str(tmp_path), 2**28, 2**20, {}]).encode())
        outcome = read_outcome(engine.receive())

    assert (outcome.failed, "on Linux only" in outcome.message) == ("store", True)
