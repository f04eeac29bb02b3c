"""`kg serve --metrics` shows Prometheus what clients ask and how the server is, on a listener of its own."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from kg.query.store import read_manifest
from support.served import HOSTILE, PATIENT, Reply, Server, numbered_store
from support.waiting import eventually

Figures = dict[tuple[str, ...], float]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return numbered_store(tmp_path / "store", 100)


@contextmanager
def measured(store: Path, address: str = "0") -> Iterator[tuple[Server, Server]]:
    """Serve a store; gives the server, and the same process at the address of its metrics."""
    command = [*PATIENT, "serve", str(store), "--port", "0", "--drain-wait", "0"]
    with subprocess.Popen([*command, "--metrics", address], stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        metrics, ready = (
            re.findall(rf":(\d+)/{end}", process.stderr.readline()) for end in ("metrics has metrics", " serves")
        )
        yield Server(int(ready[0]), process), Server(int(metrics[0]), process)
        process.send_signal(signal.SIGTERM)


def figures(metrics: Server) -> Figures:
    """Return the value of each sample, by its name and the values of its labels."""
    reply = metrics.ask("/metrics")
    assert reply.headers["content-type"].startswith("text/plain; version=0.0.4")
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(reply.text)
        for sample in family.samples
    }


def until(metrics: Server, holds: Callable[[Figures], bool]) -> Figures:
    return eventually(lambda: figures(metrics), holds)


def test_metrics_count_requests_errors_and_waiting_and_show_the_store(store: Path) -> None:
    with measured(store) as (server, metrics):
        for path in ("/sparql?query=ASK%7B%7D", "/sparql?query=nonsense", "/health", "/claim/none", "/some/path"):
            server.ask(path)
        server.query(HOSTILE, timeout=0.2)
        found = figures(metrics)

    requests = {key[1:]: value for key, value in found.items() if key[0] == "kg_requests_total"}
    assert requests == {
        ("sparql", "200"): 1,
        ("sparql", "400"): 1,
        ("sparql", "504"): 1,
        ("health", "200"): 1,
        ("claim", "404"): 1,
        ("other", "404"): 1,
    }
    assert found["kg_request_seconds_count", "sparql"] == 3
    # The third took at least 0.2 seconds, the others perhaps longer on a busy machine.
    assert found["kg_request_seconds_bucket", "0.1", "sparql"] <= 2
    assert found["kg_request_seconds_bucket", "30.0", "sparql"] == 3
    assert found["kg_errors_total", "query-timeout"] == 1
    assert found["kg_query_wait_seconds_count",] >= 3
    assert found["kg_store_triples",] == 100
    assert found["kg_store_info", "https://kg.example/", "", ""] == 1
    assert found["kg_store_loaded_timestamp_seconds",] == (store / "kg-store.json").stat().st_mtime_ns / 1e9
    assert (found["kg_temporary_bytes",], found["kg_temporary_bytes_limit",]) == (0, 1024**3)
    assert found["kg_draining",] == 0
    if sys.platform == "linux":
        assert found["process_open_fds",] > 10


@pytest.mark.slow
def test_metrics_show_a_worker_that_crashes_and_a_query_that_runs(store: Path) -> None:
    with measured(store) as (server, metrics):
        connection = HTTPConnection("127.0.0.1", server.port)
        connection.request("GET", f"/sparql?query={HOSTILE.replace(' ', '%20')}")
        running = until(metrics, lambda found: found["kg_workers", "busy"] == 1)
        for worker in server.workers():
            os.kill(worker, signal.SIGSEGV)
        crashed = until(metrics, lambda found: ("kg_errors_total", "worker-crashed") in found)
        connection.close()

    assert running["kg_workers", "busy"] == 1
    assert running["kg_connections",] == 1
    assert crashed["kg_errors_total", "worker-crashed"] == 1


@pytest.mark.slow
def test_metrics_follow_a_store_that_is_loaded_again(store: Path) -> None:
    with measured(store) as (_, metrics):
        before = figures(metrics)
        numbered_store(store, 50)
        after = until(metrics, lambda found: found["kg_store_triples",] == 50)

    assert (before["kg_store_triples",], after["kg_store_triples",]) == (100, 50)
    assert read_manifest(store).triples == 50


@pytest.mark.slow
def test_pages_of_other_sites_cannot_read_the_metrics_under_their_name(store: Path) -> None:
    with measured(store) as (_, metrics):
        replies: list[Reply] = [
            metrics.ask("/metrics", headers={"Host": host}) for host in ("localhost:1", "127.0.0.1", "evil.example")
        ]

    assert [reply.status for reply in replies] == [200, 200, 421]
    assert replies[2].text == "Metrics are served under localhost only.\n"


@pytest.mark.parametrize("address", ["metrics", "1.2.3.4", "70000", "a:b:1"])
def test_an_address_for_metrics_that_is_none_is_refused(address: str, store: Path) -> None:
    command = [sys.executable, "-m", "kg", "serve", str(store), "--metrics", address]
    done = subprocess.run(command, capture_output=True, text=True)

    assert done.returncode == 2
    assert f"{address}: write a port, such as 9464, or a host and a port, such as 10.0.0.5:9464." in done.stderr


def test_an_address_for_metrics_that_is_taken_is_said(store: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        command = [sys.executable, "-m", "kg", "serve", str(store), "--port", "0", "--metrics", address]
        done = subprocess.run(command, capture_output=True, text=True)

    assert done.returncode == 3
    assert done.stderr.splitlines()[-1] == (
        f"kg: {address} cannot be used for --metrics: Address already in use. Name another."
    )
