"""Proof: nobody waits for a download, however large the data set is."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter

import pytest
from bench.corpus import write_corpus

from kg.cli import run
from kg.files.digests import sha256_of
from kg.query.store import StoreGeneration, hold_generation
from support.served import Server, served

pytestmark = pytest.mark.slow

DOWNLOADS = ("kg.nq", "kg.ttl", "kg.jsonld")
HTML = {"Accept": "text/html", "Accept-Encoding": "gzip"}
# Clients in processes of their own: threads would keep the one that measures from running.
_CLIENT = """
import sys
from hashlib import sha256
from http.client import HTTPConnection
while True:
    connection = HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=600)
    connection.request("GET", sys.argv[2])
    answer, digest = connection.getresponse(), sha256()
    while piece := answer.read(1 << 18):
        digest.update(piece)
    print(digest.hexdigest(), flush=True)
"""


@contextmanager
def downloading(server: Server) -> Iterator[dict[str, subprocess.Popen[str]]]:
    """Download everything again and again until the block ends; each client writes the SHA-256 of what it got."""
    clients = {
        name: subprocess.Popen(
            [sys.executable, "-c", _CLIENT, str(server.port), f"/{name}"], stdout=subprocess.PIPE, text=True
        )
        for name in DOWNLOADS
    }
    try:
        yield clients
    finally:
        for client in clients.values():
            client.kill()
            client.communicate()


def latencies(server: Server, path: str, count: int) -> list[float]:
    """Return the milliseconds that each of `count` requests took, sorted."""
    found = []
    for _ in range(count):
        begun = perf_counter()
        assert server.ask(path, headers=HTML).status == 200
        found.append(1000 * (perf_counter() - begun))
    return sorted(found)


def p99(sorted_milliseconds: list[float]) -> float:
    """Return the time that 99 of 100 requests did not exceed."""
    return sorted_milliseconds[len(sorted_milliseconds) * 99 // 100]


def megabytes(folder: Path) -> float:
    """Return the size of all files in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


@pytest.fixture
def generation(rounds: Callable[[int, int], int], tmp_path: Path) -> StoreGeneration:
    """Return a store of a generated corpus: 1.75 million triples with all rounds."""
    write_corpus(tmp_path / "corpus", rounds(20, 2120), form="jsonl")
    assert run(["-q", "load", str(tmp_path / "store"), str(tmp_path / "corpus")]) == 0
    return hold_generation(tmp_path / "store")


def test_the_home_page_does_not_wait_for_downloads(
    generation: StoreGeneration,
    rounds: Callable[[int, int], int],
    show_figure: Callable[[str], None],
    tmp_path: Path,
) -> None:
    exported = {}
    for name in DOWNLOADS:
        assert run(["-q", "export", str(tmp_path / "corpus"), "-o", str(tmp_path / name)]) == 0
        exported[name] = sha256_of(tmp_path / name)
    count = rounds(100, 2000)

    begun = perf_counter()
    with served(generation.folder.parent) as server:
        start = 1000 * (perf_counter() - begun)
        alone = latencies(server, "/", count)
        with downloading(server) as clients:
            # At least one download of each is complete before the last request.
            received = {name: client.stdout.readline() for name, client in clients.items() if client.stdout}
            home, search = latencies(server, "/", count), latencies(server, "/search", count)
            are_running = [client.poll() is None for client in clients.values()]

    assert received == {name: f"{digest}\n" for name, digest in exported.items()}
    assert are_running == [True, True, True]
    show_figure(
        f"{generation.manifest.triples:,} triples: beside three downloads that never ended, the home page took "
        f"{p99(home):.0f} ms at p99 and {home[-1]:.0f} ms at most (alone {p99(alone):.0f} ms), search "
        f"{p99(search):.0f} ms; the server started in {start:.0f} ms; the store has "
        f"{megabytes(generation.folder):.0f} MB, its files {megabytes(generation.files):.0f} MB"
    )
