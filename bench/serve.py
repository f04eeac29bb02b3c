"""Measures `kg serve`: `python -m bench.serve --articles 200`.

In one run, on the same store: how many requests a second a short query is answered with, alone and while one cross
join runs, by `kg serve` and by `oxigraph serve-read-only`, which has no limits and runs queries in its own process.
Both must give the same rows. The `oxigraph` program is PyPI's, `wrk` is Debian's.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from bench.store import exported
from kg.query.store import read_manifest

PORT = 17880
SHORT = """PREFIX schema: <http://schema.org/>
SELECT ?claim ?words WHERE { ?claim a schema:Claim ; schema:author ?who ; schema:text ?words } LIMIT 10"""
# Three million million rows of a million triples.
CROSS_JOIN = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?a != ?g) }"
CSV = {"Accept": "text/csv"}


class Rate(NamedTuple):
    """What `wrk` saw: requests a second, latencies in its own words, and how many were not answered with 200.

    `cost` is what the server and its workers spent on a request, in milliseconds of processor.
    """

    requests: float
    median: str
    slowest: str
    failed: int
    cost: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=200)
    parser.add_argument("--seconds", type=int, default=10, help="How long each is asked.")
    parser.add_argument("--rounds", type=int, default=3, help="The best of so many counts.")
    parser.add_argument("--connections", type=int, default=4)
    parser.add_argument("--folder", type=Path, help="Where to work; what was generated there is used again.")
    parser.add_argument("--oxigraph", default=shutil.which("oxigraph"), help="The program of PyPI's `oxigraph`.")
    given = parser.parse_args()
    with ExitStack() as stack:
        folder = given.folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for line in measured(loaded(folder, given.articles), given):
            print(line, flush=True)


def loaded(folder: Path, articles: int) -> Path:
    """Return a store of generated articles."""
    store = folder / f"{articles}.store"
    if not store.exists():
        export = exported(folder, articles)
        subprocess.run([sys.executable, "-m", "kg", "-q", "load", str(store), str(export)], check=True)
    return store


def measured(store: Path, given: argparse.Namespace) -> Iterator[str]:
    """Yield a table."""
    manifest = read_manifest(store)
    files = str(store / manifest.folder)
    at = f"127.0.0.1:{PORT}"
    servers = {
        "kg serve": ([sys.executable, "-m", "kg", "-q", "serve", str(store), "--port", str(PORT)], "sparql"),
        "oxigraph serve-read-only": (
            [given.oxigraph, "serve-read-only", "-l", files, "-b", at, "--union-default-graph"],
            "query",
        ),
    }
    yield f"\n{manifest.triples:,} triples, {given.connections} connections, {given.seconds} s each\n"
    yield "| server | beside | requests/s | median | p99 | failed | CPU ms/request |"
    yield "|---|---|---:|---:|---:|---:|---:|"
    rows = {}
    for crossed in (False, True):
        best: dict[str, Rate] = {}
        for _ in range(given.rounds):
            for name, (command, path) in servers.items():
                url = f"http://{at}/{path}"
                with running(command, url) as server:
                    rows[name] = asked(url, SHORT)
                    with beside(url) if crossed else ExitStack():
                        rate = hammered(url, given, server)
                    best[name] = max(best.get(name, rate), rate)
        for name, rate in best.items():
            # Beside a cross join, most of it is that of the cross join.
            what, cost = ("one cross join", "") if crossed else ("", f"{rate.cost:.2f}")
            seen = f"{rate.requests:,.0f} | {rate.median} | {rate.slowest} | {rate.failed}"
            yield f"| {name} | {what} | {seen} | {cost} |"
    yield f"\nSame rows: {'yes' if len(set(map(frozenset, rows.values()))) == 1 else 'no'}"


@contextmanager
def running(command: list[str], url: str) -> Iterator[int]:
    """Start a server until the block ends, and give its process."""
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as server:
        try:
            while server.poll() is None:
                with suppress(URLError):
                    asked(url, "SELECT * {}")
                    break
                time.sleep(0.1)
            yield server.pid
        finally:
            # Oxigraph's would first end its cross join.
            server.kill()


@contextmanager
def beside(url: str) -> Iterator[None]:
    """Run a cross join until the block ends, again and again where it is stopped."""
    ending = threading.Event()

    def ask() -> None:
        while not ending.is_set():
            with suppress(OSError):
                asked(url, CROSS_JOIN)

    threading.Thread(target=ask, daemon=True).start()
    time.sleep(2)
    yield
    ending.set()


def asked(url: str, query: str) -> list[str]:
    """Return the rows of an answer."""
    with urlopen(Request(f"{url}?{urlencode({'query': query})}", headers=CSV), timeout=600) as response:
        return sorted(response.read().decode().splitlines())


def hammered(url: str, given: argparse.Namespace, server: int) -> Rate:
    """Ask the short query for some seconds."""
    command = ["wrk", "-t1", f"-c{given.connections}", f"-d{given.seconds}", "--timeout", "20", "--latency"]
    asking = f"{url}?{urlencode({'query': SHORT})}"
    before = spent(server)
    said = subprocess.run([*command, "-H", "Accept: text/csv", asking], capture_output=True, text=True, check=True)
    after = spent(server)
    found = dict(re.findall(r"(50%|99%|Requests/sec:|responses:)\s+(\S+)", said.stdout))
    count = int(re.findall(r"(\d+) requests in", said.stdout)[0])
    failed = int(found.get("responses:", 0))
    return Rate(float(found["Requests/sec:"]), found["50%"], found["99%"], failed, (after - before) / count)


def spent(process: int) -> float:
    """Return the milliseconds of processor of a process and of its workers, as Linux tells it."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    ticks = 0
    for each in (process, *children):
        with suppress(FileNotFoundError):
            fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
    return 1000 * ticks / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
