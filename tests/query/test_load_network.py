"""No query that is asked of a loaded store reaches the network, though the engine may open the store's files."""

from __future__ import annotations

import errno
import itertools
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pyoxigraph
import pytest

from kg.cli import run
from kg.errors import FileError, UsageError
from kg.query.store import LIMITS, Store, open_loaded, worker
from kg.query.store.manifest import read_manifest
from query.test_query_safety import SERVICES
from support import SEEDS

linux_only = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux can refuse sockets")
WAYS = {
    "socket": "socket.socket(socket.AF_INET, socket.SOCK_STREAM)",
    "socket6": "socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)",
    "unix": "socket.socket(socket.AF_UNIX)",
    "pair": "socket.socketpair()",
    "connect": "socket.socket(fileno=held.fileno()).connect(('127.0.0.1', 9))",
    "thread": "threaded()",
    "child": "child()",
}


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
        if len(list(folder.glob("*.sst"))) > worker.OPENED_AT_ONCE:
            break
    assert len(list(folder.glob("*.sst"))) > worker.OPENED_AT_ONCE
    with open_loaded(target) as opened:
        yield opened


@linux_only
def test_a_store_of_many_files_answers_from_all_of_them(large: Store) -> None:
    """It is for this that the worker may open files."""
    counted = large.ask("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "csv").path.read_text().split()
    found = large.ask("SELECT ?o { <http://e/s4711> ?p ?o }", "csv").path.read_text().split()

    holds = len(pyoxigraph.Store.read_only(str(large.loaded)))
    assert (counted, found) == (["n", str(holds)], ["o", "http://e/o4711"])


@linux_only
@pytest.mark.parametrize("read", [True, False], ids=["read", "unread"])
def test_no_query_of_a_store_reaches_the_network(read: bool, large: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor where the reading of the query, which is for the message, would let it pass."""
    if not read:
        monkeypatch.setattr("kg.query.store.answers.refuse_what_is_no_query", lambda _query: None)
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
def test_a_call_that_only_the_kernel_refuses_is_told_as_what_it_is(large: Store) -> None:
    """The reading takes `SERVICE:` for a name."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/sparql"
        with pytest.raises(UsageError, match="SERVICE is refused"):
            large.ask(f"PREFIX : <{url}> SELECT * {{ VALUES ?t {{ true }}.SERVICE:{{ ?a ?b ?c }} }}")


@linux_only
@pytest.mark.parametrize("way", WAYS)
def test_the_worker_has_no_way_to_a_socket(way: str, tmp_path: Path) -> None:
    """And files can still be opened."""
    script = (
        "import os, socket, subprocess, sys, threading\n"
        "from kg.query.store import worker\n"
        "held = socket.socket()\n"
        "assert worker.without_sockets()\n"
        "def threaded():\n"
        "    thrown = []\n"
        "    def attempt():\n"
        "        try: socket.socket()\n"
        "        except OSError as error: thrown.append(error)\n"
        "    thread = threading.Thread(target=attempt); thread.start(); thread.join()\n"
        "    raise thrown[0]\n"
        "def child():\n"
        "    code = 'import socket, sys\\ntry: socket.socket()\\nexcept OSError as error: sys.exit(error.errno)'\n"
        "    raise OSError(subprocess.run([sys.executable, '-c', code]).returncode, 'in a child')\n"
        f"open({str(tmp_path / 'file')!r}, 'w').write('x')\n"
        f"try: {WAYS[way]}\n"
        "except OSError as error: print(error.errno)\n"
    )
    outcome = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert outcome.stdout == f"{errno.EACCES}\n"
    assert (tmp_path / "file").read_text() == "x"


def test_where_sockets_cannot_be_refused_a_large_store_is(tmp_path: Path) -> None:
    """There the worker may open nothing more, and the engine has not opened all of it."""
    for number in range(worker.OPENED_AT_ONCE):
        (tmp_path / f"{number}.sst").touch()
    worker.refuse_what_is_not_open(str(tmp_path))
    (tmp_path / "one-more.sst").touch()

    with pytest.raises(OSError, match="on Linux only"):
        worker.refuse_what_is_not_open(str(tmp_path))


def test_a_machine_that_is_not_known_refuses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "MACHINES", {})

    assert not worker.without_sockets()
