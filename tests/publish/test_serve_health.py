"""`/health` of `kg serve` says whether the store answers, and that the server will end, before it does."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path

import pytest

from kg.query.store import read_manifest
from support.served import HOSTILE, Server, numbered_store, served
from support.waiting import PATIENCE, eventually


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return numbered_store(tmp_path / "store", 100)


@pytest.mark.slow
def test_health_names_what_the_store_does_not_answer_for(store: Path) -> None:
    folder = store / read_manifest(store).folder
    with served(store) as server:
        well = health(server)
        folder.rename(store / "elsewhere")
        ill = health_with(server, 503)
        (store / "elsewhere").rename(folder)
        again = health_with(server, 200)

    assert (well, ill, again) == ((200, "ok"), (503, "store-missing"), (200, "ok"))


@pytest.mark.slow
def test_a_server_whose_workers_all_work_is_well(store: Path) -> None:
    levels = [(1, 0.1, 0), (1, 0.5, 5), (1, 1e9, 15)]
    with served(store, levels=levels) as server:
        connections = [HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE) for _ in range(3)]
        for each in connections:
            each.request("GET", f"/sparql?query={HOSTILE.replace(' ', '%20')}")
        server.slow_worker()

        found = health(server)
        for each in connections:
            each.close()

    assert found == (200, "ok")


def test_before_a_server_ends_its_health_says_so_while_it_answers(store: Path) -> None:
    with served(store, connections={"notice_seconds": 500}) as server:
        server.process.send_signal(signal.SIGTERM)
        draining = health_with(server, 503)
        page, query = server.ask("/sparql", headers={"Accept": "text/turtle"}), server.query("ASK {}")

    assert draining == (503, "draining")
    assert (page.status, query.status) == (200, 200)
    assert (page.headers["connection"], query.headers["connection"]) == ("close", "close")


@pytest.mark.slow
def test_a_server_ends_by_itself_when_it_has_said_so_for_long_enough(store: Path) -> None:
    with served(store, connections={"notice_seconds": 0.5}) as server:
        server.process.send_signal(signal.SIGTERM)

        assert server.process.wait(PATIENCE) == 0


@pytest.mark.slow
@pytest.mark.parametrize("signals", [[signal.SIGINT], [signal.SIGTERM, signal.SIGTERM]])
def test_ctrl_c_or_a_second_signal_ends_a_server_at_once(signals: list[signal.Signals], store: Path) -> None:
    with served(store, connections={"notice_seconds": 500}) as server:
        server.process.send_signal(signals[0])
        for each in signals[1:]:
            # Two signals at once may arrive as one.
            assert health_with(server, 503) == (503, "draining")
            server.process.send_signal(each)

        assert server.process.wait(PATIENCE) == 0


@pytest.mark.slow
def test_a_signal_during_the_start_ends_a_server(store: Path) -> None:
    command = [sys.executable, "-m", "kg", "serve", str(store), "--port", "0", "--drain-wait", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        process.stderr.readline()
        process.send_signal(signal.SIGTERM)

        assert process.wait(PATIENCE) == 0


def health(server: Server) -> tuple[int, str]:
    reply = server.ask("/health")
    return reply.status, json.loads(reply.body)["status"]


def health_with(server: Server, status: int) -> tuple[int, str]:
    """Return what its health says as soon as it has a status."""
    return eventually(lambda: health(server), lambda found: found[0] == status)
