"""Measures `kg serve`: `python -m bench.serve --articles 200`.

In one run, on the same store: how many requests a second a short query is answered with, alone and beside cross
joins, by `kg serve` and by `oxigraph serve-read-only`, which has no limits and runs queries in its own process. The
query is the same each time, as a page asks it, or another each time, which no cache has. Both servers must give the
same rows. The `oxigraph` program is PyPI's, `wrk` is Debian's.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from itertools import product
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

from bench.store import exported
from kg.query.store import read_manifest

SHORT = """PREFIX schema: <http://schema.org/>
SELECT ?claim ?words WHERE { ?claim a schema:Claim ; schema:author ?who ; schema:text ?words } LIMIT 10"""
# Eight million million rows, of few triples: with all of them, the engine would soon run out of memory.
_SIDE = "{{ SELECT {0} {{ {0} ?p{1} ?o{1} }} LIMIT 20000 }}"
SIDES = " ".join(_SIDE.format(variable, number) for number, variable in enumerate(("?a", "?b", "?c")))
CROSS_JOIN = f"SELECT (COUNT(*) AS ?n) {{ {SIDES} FILTER(?a != ?c) }}"
CSV = {"Accept": "text/csv"}
# Cross joins come from another client.
NEIGHBOUR = "127.0.0.2"
# For wrk: a query with another comment at its end each time.
ANOTHER = """local count = math.random(1000000000)
request = function()
  count = count + 1
  return wrk.format("GET", wrk.path .. "%23" .. count)
end
"""
KINDS = ("the same", "another each time")


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
    parser.add_argument("--joins", default="0,1,20", help="How many cross joins run beside, case by case.")
    parser.add_argument("--folder", type=Path, help="Where to work; what was generated there is used again.")
    parser.add_argument("--oxigraph", default=shutil.which("oxigraph"), help="The program of PyPI's `oxigraph`.")
    given = parser.parse_args()
    with ExitStack() as stack, tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(ANOTHER)
        script.flush()
        given.script = script.name
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
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    at = f"127.0.0.1:{port}"
    servers = {
        "kg serve": ([sys.executable, "-m", "kg", "-q", "serve", str(store), "--port", port], "sparql"),
        "oxigraph serve-read-only": (
            [given.oxigraph, "serve-read-only", "-l", files, "-b", at, "--union-default-graph"],
            "query",
        ),
    }
    yield f"\n{manifest.triples:,} triples, {given.connections} connections, {given.seconds} s each\n"
    yield "| cross joins beside | query | server | requests/s | median | p99 | failed | CPU ms/request |"
    yield "|---:|---|---|---:|---:|---:|---:|---:|"
    rows = {}
    for joins, kind in product(map(int, given.joins.split(",")), KINDS):
        best: dict[str, Rate] = {}
        for _ in range(given.rounds):
            for name, (command, path) in servers.items():
                url = f"http://{at}/{path}"
                with running(command, url) as server:
                    rows[name] = asked(url, SHORT)
                    with beside(url, joins):
                        rate = hammered(url, given, server, is_same=kind == KINDS[0])
                    best[name] = max(best.get(name, rate), rate)
        for name, rate in best.items():
            # Beside a cross join, most of it is that of the cross join.
            cost = "" if joins else f"{rate.cost:.3f}"
            seen = f"{rate.requests:,.0f} | {rate.median} | {rate.slowest} | {rate.failed}"
            yield f"| {joins} | {kind} | {name} | {seen} | {cost} |"
    yield f"\nSame rows: {'yes' if len(set(map(frozenset, rows.values()))) == 1 else 'no'}"


@contextmanager
def running(command: list[str], url: str) -> Iterator[int]:
    """Start a server until the block ends, and give its process."""
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as server:
        try:
            while server.poll() is None:
                with suppress(OSError):
                    asked(url, "SELECT * {}")
                    break
                time.sleep(0.1)
            yield server.pid
        finally:
            # Oxigraph's would first end its cross join.
            server.kill()


@contextmanager
def beside(url: str, joins: int) -> Iterator[None]:
    """Run this many cross joins until the block ends, and again whenever they are stopped."""
    ending = threading.Event()

    def ask() -> None:
        while not ending.is_set():
            with suppress(OSError, HTTPException):
                asked(url, CROSS_JOIN, NEIGHBOUR)

    for _ in range(joins):
        threading.Thread(target=ask, daemon=True).start()
    time.sleep(4 if joins else 0)
    yield
    ending.set()


def asked(url: str, query: str, source: str = "127.0.0.1") -> list[str]:
    """Return the rows of an answer; `source` is the address that asks."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.netloc, timeout=600, source_address=(source, 0))
    with closing(connection):
        connection.request("GET", f"{parts.path}?{urlencode({'query': query})}", headers=CSV)
        return sorted(connection.getresponse().read().decode().splitlines())


def hammered(url: str, given: argparse.Namespace, server: int, *, is_same: bool) -> Rate:
    """Ask the short query for some seconds."""
    command = ["wrk", "-t1", f"-c{given.connections}", f"-d{given.seconds}", "--timeout", "20", "--latency"]
    command += [] if is_same else ["-s", given.script]
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
