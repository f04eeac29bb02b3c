"""Real triple stores on loopback, each started once, and what stands in front of one to see what it is sent."""

from __future__ import annotations

import http.client
import itertools
import os
import random
import re
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from support.waiting import PATIENCE, eventually

KINDS = ("oxigraph", "virtuoso", "nginx", "rdflib")
GRAPHS = "https://kg.example/graph/"
_VIRTUOSO = """
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
[TempDatabase]
DatabaseFile = temp.db
TransactionFile = temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
NumberOfBuffers = {buffers}
MaxDirtyBuffers = {dirty}
DirsAllowed = {readable}
[HTTPServer]
ServerPort = 127.0.0.1:{port}
ServerThreads = 10
[SPARQL]
ResultSetMaxRows = {rows}
"""
# One process: a worker would outlive its master, which is killed.
_NGINX = """
daemon off;
master_process off;
user root;
pid nginx.pid;
error_log error.log;
events {{}}
http {{
  access_log off;
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path f; uwsgi_temp_path u; scgi_temp_path s;
  server {{
    listen 127.0.0.1:{port};
    auth_basic "kg";
    auth_basic_user_file users;
    location / {{ proxy_pass http://127.0.0.1:{behind}; }}
  }}
}}
"""


class Server(NamedTuple):
    """A running store: where it is, and whom it lets in."""

    kind: str
    url: str
    user: str = ""
    password: str = ""
    running: Running | None = None
    sql: int = 0

    @property
    def path(self) -> str:
        """Where it is asked."""
        return {"oxigraph": "query", "nginx": "query", "virtuoso": "sparql", "rdflib": ""}[self.kind]

    @property
    def login(self) -> dict[str, str]:
        """The environment in which `kg` knows who it is."""
        return {"KG_USER": self.user, "KG_PASSWORD": self.password} if self.user else {}

    def holds(self) -> dict[str, tuple[int, str]]:
        """Return what it says of each graph under the base: its triples and its digest."""
        counts = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
        digests = "SELECT ?g ?n { GRAPH ?g { ?g <https://w3id.org/kg-claims#digest> ?n } }"
        found, told = self.rows(counts), self.rows(digests)
        return {
            graph: (int(count), " ".join(digest for each, digest in told if each == graph))
            for graph, count in found
            if graph.startswith(GRAPHS)
        }

    def rows(self, query: str) -> list[list[str]]:
        """Return the rows of an answer, by another way than kg's."""
        auth = (self.user, self.password) if self.kind == "nginx" else None
        headers = {"Accept": "application/sparql-results+json"}
        reply = httpx.get(
            f"{self.url}/{self.path}", params={"query": query}, headers=headers, auth=auth, timeout=PATIENCE
        )
        found = reply.raise_for_status().json()
        # rdflib makes one group of nothing, which has no values.
        rows = filter(None, found["results"]["bindings"])
        return [[row[name]["value"] for name in found["head"]["vars"]] for row in rows]


def _ports() -> Iterator[int]:
    """Yield each port from 20,000 to 32,000 that is this process's, of all that run tests at once, from any on."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    ports = range(20_000 + worker, 32_000, workers)
    start = random.SystemRandom().randrange(len(ports))
    return itertools.cycle([*ports[start:], *ports[:start]])


_OUR_PORTS = _ports()


def free_port() -> int:
    """Return a free port that nobody else gets in the meantime, for a server that starts slowly.

    The system gives none of these to a connection.
    """
    while True:
        port = next(_OUR_PORTS)
        with socket.socket() as each, suppress(OSError):
            each.bind(("127.0.0.1", port))
            return port


def program(name: str) -> str:
    """Return where a program is: beside Python, or where the system has it. Skips where it is nowhere."""
    places = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", ""), "/usr/sbin"])
    found = shutil.which(name, path=places)
    if not found:
        pytest.skip(f"the program {name} is not installed")
    return found


class Running:
    """A program that serves, which can be killed and started again."""

    def __init__(self, command: list[str], url: str, folder: Path) -> None:
        self._command, self._url, self._folder = command, url, folder
        self.start()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        with (self._folder / "output").open("wb") as output:
            self._process = subprocess.Popen(self._command, cwd=self._folder, stdout=output, stderr=output)
        try:
            eventually(lambda: self._process.poll() is not None or self._answers())
        except AssertionError:
            self.kill()
        if self._process.poll() is not None:
            said = (self._folder / "output").read_text()[-500:]
            pytest.fail(f"{self._command[0]} did not start: {said}")

    def _answers(self) -> bool:
        with suppress(httpx.TransportError):
            httpx.get(self._url, timeout=PATIENCE)
            return True
        return False

    @property
    def process(self) -> int:
        """Its process."""
        return self._process.pid

    def kill(self) -> None:
        """End it, without a chance to tidy up."""
        self._process.kill()
        self._process.wait()


@contextmanager
def started(command: list[str], url: str, folder: Path) -> Iterator[Running]:
    """Run a server until the block ends, which begins when it answers."""
    running = Running(command, url, folder)
    try:
        yield running
    finally:
        running.kill()


@contextmanager
def oxigraph(folder: Path) -> Iterator[Server]:
    folder.mkdir()
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [program("oxigraph"), "serve", "-l", str(folder / "store"), "-b", f"127.0.0.1:{port}"]
    with started(command, url, folder) as running:
        yield Server("oxigraph", url, running=running)


@contextmanager
def virtuoso(folder: Path, *, rows: int = 10_000, buffers: int = 2_000, readable: str = ".") -> Iterator[Server]:
    """Run Virtuoso with so many buffers of 8 kB; its own loader may read one folder."""
    folder.mkdir()
    port, sql = free_port(), free_port()
    url = f"http://127.0.0.1:{port}"
    settings = {"rows": rows, "buffers": buffers, "dirty": buffers * 3 // 4, "readable": readable}
    (folder / "virtuoso.ini").write_text(_VIRTUOSO.format(sql=sql, port=port, **settings))
    command = [program("virtuoso-t"), "+foreground", "+configfile", "virtuoso.ini"]
    with started(command, f"{url}/sparql", folder) as running:
        yield Server("virtuoso", url, "dba", "dba", running, sql)


@contextmanager
def nginx(folder: Path) -> Iterator[Server]:
    """Run Oxigraph behind nginx, which asks for a password."""
    folder.mkdir()
    port = free_port()
    command = [program("nginx"), "-p", str(folder), "-c", "nginx.conf"]
    with oxigraph(folder / "behind") as behind:
        (folder / "nginx.conf").write_text(_NGINX.format(port=port, behind=urlsplit(behind.url).port))
        (folder / "users").write_text("ann:{PLAIN}a b%c\n")
        url = f"http://127.0.0.1:{port}"
        with started(command, url, folder):
            yield Server("nginx", url, "ann", "a b%c")


@contextmanager
def rdflib_endpoint(folder: Path) -> Iterator[Server]:
    folder.mkdir()
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    options = ["serve", "--enable-update", "--host", "127.0.0.1", "--port", str(port)]
    with started([program("rdflib-endpoint"), *options], url, folder):
        yield Server("rdflib", url)


STARTERS: Mapping[str, Callable[[Path], AbstractContextManager[Server]]] = {
    "oxigraph": oxigraph,
    "virtuoso": virtuoso,
    "nginx": nginx,
    "rdflib": rdflib_endpoint,
}


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Server]]:
    """Return what gives the server of a kind, started when it is first asked for."""
    running: dict[str, Server] = {}
    with ExitStack() as stack:

        def of_kind(kind: str) -> Server:
            if kind not in running:
                starter = STARTERS[kind](tmp_path_factory.mktemp("server") / kind)
                running[kind] = stack.enter_context(starter)
            return running[kind]

        yield of_kind


class Seen(NamedTuple):
    """A request that came by: whether it may change something, and which graphs it names."""

    method: str
    target: str
    body: bytes
    authorization: str
    status: int

    @property
    def writes(self) -> bool:
        return self.method in ("PUT", "DELETE") or b"INSERT" in self.body or b"DROP" in self.body

    @property
    def graph(self) -> str:
        """The first graph that it names, without the base."""
        named = parse_qs(urlsplit(self.target).query).get("graph") or [""]
        text = named[0] or parse_qs(self.body.decode()).get("update", [self.body.decode()])[0]
        return re.search(f"{GRAPHS}([^> ]*)", text)[1]  # type: ignore[index]


HANG_UP = 0
"""The status of a reply that is none: the connection ends."""
Own = Callable[[Seen, int], tuple[int, Mapping[str, str], bytes] | None]
"""Answers a request, told how many came before; None lets it through."""


class Front:
    """What stands in front of a server, hands everything on, and remembers it."""

    def __init__(self, url: str = "", own: Own = lambda _seen, _before: None) -> None:
        self.seen: list[Seen] = []
        front, behind = self, urlsplit(url)

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: object) -> None:
                pass

            def answer(self) -> None:
                assert "chunked" not in self.headers.get("Transfer-Encoding", "")
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                seen = Seen(self.command, self.path, body, self.headers.get("Authorization", ""), 0)
                reply = own(seen, len(front.seen)) or self.beyond(body)
                front.seen.append(seen._replace(status=reply[0]))
                if reply[0] == HANG_UP:
                    self.close_connection = True
                    return
                self.send_response(reply[0])
                for name, value in reply[1].items():
                    if name.lower() not in ("content-length", "transfer-encoding", "connection", "date", "server"):
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(reply[2])))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(reply[2])

            def beyond(self, body: bytes) -> tuple[int, Mapping[str, str], bytes]:
                connection = http.client.HTTPConnection(behind.netloc, timeout=PATIENCE)
                try:
                    headers = {k: v for k, v in self.headers.items() if k.lower() not in ("host", "connection")}
                    connection.request(self.command, behind.path + self.path, body or None, headers)
                    reply = connection.getresponse()
                    return reply.status, dict(reply.getheaders()), reply.read()
                finally:
                    connection.close()

            do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = answer  # noqa: N815  # http.server's names

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]  # clients are killed, and give up
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def __enter__(self) -> Front:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def written(self) -> list[str]:
        """What was changed: the method and the graph, once for each request that was accepted."""
        return [f"{each.method} {each.graph}" for each in self.seen if each.writes and each.status < 300]
