"""`kg serve` for tests: stores, and servers in processes of their own, asked over loopback."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from hashlib import sha256
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

import pyoxigraph

from kg.files.manifests import SUMS, FileSum, sums_text
from kg.publish.site.rendering import ASSETS
from kg.query.store import Manifest, StoreGeneration, new_generation, read_manifest
from support.waiting import PATIENCE, children, eventually

BASE = "https://kg.example/"
HOSTILE = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l FILTER(?a != ?l) }"
# Whoever tests a limit sets it. All others are out of reach, however slow the machine is.
_OUT_OF_REACH = """
from kg.publish.serve import limits
connections = {"body_seconds": 1000, "stalled_seconds": 1000, "idle_seconds": 1000, "drain_seconds": 1000}
seconds = {"seconds": 1000, "queue_seconds": 1000, "health_seconds": 1000, "crash_seconds": 1000}
connections = limits.LIMITS.connections._replace(**connections)
limits.LIMITS = limits.LIMITS._replace(connections=connections, **seconds)
"""
PATIENT = [
    sys.executable,
    "-c",
    f"{_OUT_OF_REACH}\nimport sys\nfrom kg.cli import run\nsys.exit(run(sys.argv[1:]))",
]
"""The command `kg` with these limits."""
_SCRIPT = f"""
{_OUT_OF_REACH}
import json, sys
from pathlib import Path
from kg.publish.serve.hosts import AllowedSites, public_url
from kg.publish.serve.limits import LIMITS, Level
from kg.publish.serve.logs import ServerLog
from kg.publish.serve.server import ServerEvents, ServerOptions, serve
given = json.loads(sys.argv[2])
if "levels" in given["limits"]:
    given["limits"]["levels"] = tuple(Level(*each) for each in given["limits"]["levels"])
connections = LIMITS.connections._replace(**{{"notice_seconds": 0, **given["limits"].pop("connections", {{}})}})
limits = LIMITS._replace(connections=connections, **given["limits"])
sites = AllowedSites([public_url(each) for each in given["public_urls"]], given["cors"])
log = ServerLog(lambda line: print(line, file=sys.stderr, flush=True))
events = ServerEvents(lambda url: print(url, flush=True), log)
serve(Path(sys.argv[1]), ServerOptions(("127.0.0.1", 0), sites, limits), events)
"""


class Reply(NamedTuple):
    """An answer of a server."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()

    @property
    def media(self) -> str:
        """The media type, without parameters."""
        return self.headers.get("content-type", "").partition(";")[0]

    @property
    def rows(self) -> int:
        """How many rows a result has."""
        if self.media == "application/sparql-results+json":
            return len(json.loads(self.body)["results"]["bindings"])
        return self.text.count("<result>") if self.media.endswith("xml") else self.text.count("\n") - 1

    @property
    def names(self) -> list[str]:
        """The first variable of each row of a JSON result, after the last slash."""
        results = json.loads(self.body)
        name = results["head"]["vars"][0]
        return sorted(row[name]["value"].rpartition("/")[2] for row in results["results"]["bindings"])


def reply_to(connection: HTTPConnection, *request: Any) -> Reply:
    """Return the answer to a request, whose parts are those of `HTTPConnection.request`; ends the connection."""
    with closing(connection):
        connection.request(*request)
        answer = connection.getresponse()
        return Reply(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())


class Server(NamedTuple):
    """A running server: its port and process."""

    port: int
    process: subprocess.Popen[str]

    def ask(
        self,
        path: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        source: str = "127.0.0.1",
    ) -> Reply:
        """Return the answer to a request; `source` is the address that it comes from."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE, source_address=(source, 0))
        return reply_to(connection, method, path, body, dict(headers or {}))

    def query(self, query: str, accept: str = "application/json", **fields: Any) -> Reply:
        """Return the answer to a query that is sent by GET."""
        source = fields.pop("source", "127.0.0.1")
        path = f"/sparql?{urlencode({'query': query, **fields}, doseq=True)}"
        return self.ask(path, headers={"Accept": accept}, source=source)

    def raw(self, sent: bytes) -> bytes:
        """Return all that the server answers to these bytes until it closes the connection."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE) as connection:
            connection.sendall(sent)
            parts = []
            # If it has not read everything, the system closes the connection with a reset.
            with suppress(ConnectionResetError):
                while part := connection.recv(65536):
                    parts.append(part)
            return b"".join(parts)

    def workers(self) -> list[int]:
        """Return the processes of its workers."""
        return children(self.process.pid)

    def slow_worker(self) -> int:
        """Return a worker whose query has taken more than a tenth of a second: it has a lower priority."""
        usual = os.getpriority(os.PRIO_PROCESS, self.process.pid)
        return eventually(lambda: [each for each in self.workers() if _priority(each) > usual])[0]


def _priority(process: int) -> int:
    with suppress(ProcessLookupError):
        return os.getpriority(os.PRIO_PROCESS, process)
    return -20


@contextmanager
def served(store: Path, *, cors: bool = False, public_urls: Sequence[str] = (), **limits: Any) -> Iterator[Server]:
    """Serve a store until the block ends; the server must then end by itself at SIGTERM.

    `limits` are those that the test can reach.
    """
    given = json.dumps({"cors": cors, "public_urls": public_urls, "limits": limits})
    process = subprocess.Popen(
        [sys.executable, "-c", _SCRIPT, str(store), given], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        port = int(process.stdout.readline().rstrip("/\n").rpartition(":")[2])
        yield Server(port, process)
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


@contextmanager
def served_in_reach(store: Path, rows: int) -> Iterator[Server]:
    """Serve a store with limits that a test can reach, and at most `rows` rows."""
    levels = [(4, 0.1, 0), (2, 0.5, 5), (1, 1e9, 15)]
    with served(store, rows=rows, answer=2**20, memory=2**28, levels=levels, waiting=24) as running:
        yield running


def store_of(target: Path, quads: Iterator[pyoxigraph.Quad] | list[pyoxigraph.Quad], base: str = BASE) -> Path:
    """Make a store of any quads."""
    with new_generation(target) as (folder, put):
        store = pyoxigraph.Store(str(folder))
        store.bulk_extend(quads)
        store.optimize()
        store.flush()
        count = len(store)
        del store
        _with_files(StoreGeneration(folder, Manifest()).files)
        put(Manifest(base=base, triples=count))
    return target


def _with_files(folder: Path) -> None:
    """Make a folder of files to serve: a front page and its style."""
    contents = {"index.html": b"<!doctype html>", "assets/site.css": (ASSETS / "site.css").read_bytes()}
    for name, content in contents.items():
        path = folder / name
        path.parent.mkdir(parents=True)
        path.write_bytes(content)
    sums = [FileSum(name, len(each), sha256(each).hexdigest()) for name, each in contents.items()]
    (folder / SUMS).write_text(sums_text(sums))


def quad(subject: str, predicate: str, value: str, graph: str) -> pyoxigraph.Quad:
    """Return a quad of things under `http://e/`."""
    return pyoxigraph.Quad(
        *(pyoxigraph.NamedNode(f"http://e/{each}") for each in (subject, predicate, value, graph))
    )


def numbered_store(target: Path, count: int, base: str = BASE) -> Path:
    """Make a store of as many triples, with subjects `s0`, `s1` and so on."""
    return store_of(target, [quad(f"s{number}", "p", f"o{number}", "g") for number in range(count)], base)


def described_paths(store: Path) -> list[str]:
    """Return the paths of all resources below the base that a store describes, without their parts."""
    opened = pyoxigraph.Store.read_only(str(store / read_manifest(store).folder))
    base = read_manifest(store).base
    subjects = {quad.subject.value for quad in opened if isinstance(quad.subject, pyoxigraph.NamedNode)}
    return sorted("/" + each.removeprefix(base) for each in subjects if each.startswith(base) and "#" not in each)
