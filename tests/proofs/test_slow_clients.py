"""Proof: behind a proxy, clients that never end their request do not keep others waiting."""

from __future__ import annotations

import resource
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest

from support.proxies import DOCUMENTED
from support.served import numbered_store, served
from support.waiting import PATIENCE

pytestmark = pytest.mark.slow
SHORT = f"/sparql?query={quote('SELECT ?s { ?s ?p ?o } LIMIT 1')}"


@contextmanager
def many_files() -> Iterator[None]:
    """Let this process open as many files as it may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.parametrize("name", list(DOCUMENTED))
def test_others_are_answered_while_many_connections_are_slow(
    name: str, tmp_path: Path, rounds: Callable[[int, int], int], show_figure: Callable[[str], None]
) -> None:
    many, times, statuses = rounds(300, 2000), [], set()
    store = numbered_store(tmp_path / "store", 2000, base="https://claims.example/")
    with many_files(), served(store) as server, DOCUMENTED[name](tmp_path, server.port) as proxy:
        for _ in range(4):  # the proxy ends slow connections after ten seconds
            with ExitStack() as slow:
                for _ in range(many):
                    connection = slow.enter_context(
                        socket.create_connection(("127.0.0.1", proxy.http), timeout=PATIENCE)
                    )
                    connection.sendall(b"GET /health HTTP/1.1\r\nHost: claims.example\r\nX: ")
                for _ in range(50):
                    begun = time.perf_counter()
                    statuses.add(proxy.ask(SHORT).status)
                    times.append(time.perf_counter() - begun)

    assert statuses == {200}
    half, last = sorted(times)[100], sorted(times)[-2]
    show_figure(
        f"beside {many} connections to {name} that never end their request, a query with its TLS handshake took "
        f"{half * 1000:.0f} ms (p50), {last * 1000:.0f} ms (p99)"
    )
