"""Proxies, started for a test: nginx with settings of a test, and both as the documentation sets them up."""

from __future__ import annotations

import os
import re
import shutil
import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from getpass import getuser
from grp import getgrgid
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path
from typing import NamedTuple

import pytest

from support import ROOT
from support.served import Reply, reply_to
from support.triple_servers import free_port
from support.waiting import PATIENCE, eventually

DEPLOY = ROOT / "docs" / "deploy"
HOST = "claims.example"
"""The host in the examples of the documentation."""


class Proxy(NamedTuple):
    """A proxy: its ports for http and https, and what its certificate is verified with."""

    http: int
    https: int
    context: ssl.SSLContext

    def ask(
        self,
        path: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        source: str = "127.0.0.1",
    ) -> Reply:
        """Return the answer to a request with TLS; `source` is the address that it comes from."""
        connection = HTTPSConnection(HOST, context=self.context)
        connection.sock = self.connected(source)
        return reply_to(connection, method, path, body, dict(headers or {}))

    def status(self, path: str, headers: Mapping[str, str], body: bytes) -> int:
        """Return the status of the answer to a request by POST, which may come before the body is sent."""
        connection = HTTPSConnection(HOST, context=self.context)
        connection.sock = self.connected()
        with closing(connection):
            with suppress(OSError):
                connection.request("POST", path, body, dict(headers))
            return connection.getresponse().status

    def ask_without_tls(self, path: str) -> Reply:
        """Return the answer to a request without TLS."""
        connection = HTTPConnection(HOST)
        connection.sock = socket.create_connection(("127.0.0.1", self.http), timeout=PATIENCE)
        return reply_to(connection, "GET", path)

    def connected(self, source: str = "127.0.0.1") -> ssl.SSLSocket:
        """Return a connection with TLS."""
        plain = socket.create_connection(("127.0.0.1", self.https), timeout=PATIENCE, source_address=(source, 0))
        # Else a request waits 40 ms for an acknowledgement.
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self.context.wrap_socket(plain, server_hostname=HOST)


@contextmanager
def nginx(folder: Path, port: int, http: str) -> Iterator[None]:
    """Run nginx until the block ends; `http` are the settings of its `http` block, which listen on the port."""
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in kinds)
    (folder / "nginx.conf").write_text(
        f"user {getuser()} {getgrgid(os.getgid()).gr_name};\npid {folder}/pid;\nerror_log {folder}/log;\n"
        f"daemon off;\nevents {{ worker_connections 4096; }}\nhttp {{\naccess_log off;\n{temporary}{http}\n}}\n"
    )
    with _running(["nginx", "-e", f"{folder}/log", "-c", f"{folder}/nginx.conf"], [port], folder / "stderr"):
        yield


@contextmanager
def documented_nginx(folder: Path, kg: int, *, path: str = "/") -> Iterator[Proxy]:
    """Run nginx as documented, before `kg serve` at a port."""
    http, https, context = free_port(), free_port(), _certificate(folder)
    settings = (DEPLOY / "nginx.conf").read_text()
    live = f"/etc/letsencrypt/live/{HOST}"
    changes = [
        (r"listen \[::\].*\n", ""),
        ("listen 80;", f"listen 127.0.0.1:{http};"),
        ("listen 443 ", f"listen 127.0.0.1:{https} "),
        (f"{live}/fullchain.pem", f"{folder}/certificate.pem"),
        (f"{live}/privkey.pem", f"{folder}/key.pem"),
        ("127.0.0.1:8000", f"127.0.0.1:{kg}"),
        (r"location / (?=\{\n +proxy_pass)", f"location {path} "),
    ]
    with nginx(folder, https, _changed(settings, changes)):
        yield Proxy(http, https, context)


@contextmanager
def documented_caddy(folder: Path, kg: int) -> Iterator[Proxy]:
    """Run Caddy as documented, before `kg serve` at a port."""
    http, https, context = free_port(), free_port(), _certificate(folder)
    ports = f"{{\n\tadmin off\n\thttp_port {http}\n\thttps_port {https}\n\tdefault_bind 127.0.0.1\n"
    changes = [
        (r"(?m)^\{\n", ports),
        (rf"(?m)^{HOST} \{{\n", f"{HOST} {{\n\ttls {folder}/certificate.pem {folder}/key.pem\n"),
    ]
    (folder / "Caddyfile").write_text(_changed((DEPLOY / "Caddyfile").read_text(), changes))
    homes = {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "XDG_DATA_HOME": str(folder)}
    command = ["caddy", "run", "--config", f"{folder}/Caddyfile", "--adapter", "caddyfile"]
    with _running(command, [http, https], folder / "stderr", {**homes, "KG_ADDRESS": f"127.0.0.1:{kg}"}):
        yield Proxy(http, https, context)


def _changed(text: str, changes: Sequence[tuple[str, str]]) -> str:
    """Replace each pattern, which must occur."""
    for pattern, new in changes:
        text, count = re.subn(pattern, new, text)
        assert count, pattern
    return text


@contextmanager
def _running(
    command: Sequence[str], ports: Sequence[int], log: Path, more: Mapping[str, str] | None = None
) -> Iterator[None]:
    """Run a server until the block ends; it answers at its ports, or the test fails with what it logged."""
    if not shutil.which(command[0]):
        pytest.skip(f"{command[0]} is not installed")
    environment = {**os.environ, **(more or {})}
    with log.open("wb") as stderr, subprocess.Popen(command, stderr=stderr, env=environment) as running:
        try:
            eventually(lambda: running.poll() is not None or all(map(_answers, ports)))
            assert running.poll() is None, log.read_text()
            yield
        finally:
            running.terminate()


def _answers(port: int) -> bool:
    with socket.socket() as trying:
        return trying.connect_ex(("127.0.0.1", port)) == 0


def _certificate(folder: Path) -> ssl.SSLContext:
    """Write a certificate for the host of the examples and its key, and return what trusts it."""
    made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    files = ["-keyout", f"{folder}/key.pem", "-out", f"{folder}/certificate.pem"]
    names = ["-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}"]
    subprocess.run([*made, *files, *names], check=True, capture_output=True)
    return ssl.create_default_context(cafile=f"{folder}/certificate.pem")


DOCUMENTED: Mapping[str, Callable[[Path, int], AbstractContextManager[Proxy]]] = {
    "nginx": documented_nginx,
    "caddy": documented_caddy,
}
"""Run a proxy in a folder, as documented, before `kg serve` at a port."""
