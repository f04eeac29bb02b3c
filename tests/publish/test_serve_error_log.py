"""The log of `kg serve` gives the cause of each failure; its clients see no path of the machine."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path

import pytest

from kg.publish.serve.logs import ServerLog
from kg.query.store import read_manifest
from support.served import PATIENT, Reply, Server, numbered_store
from support.waiting import PATIENCE, eventually

LINE = re.compile(r"\[\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\] error (?P<kind>[a-z-]+): (?P<message>.*)")
SLOW = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l FILTER(?a = ?l) }"
UNREADABLE = "The server cannot read its data or write answers at the moment. Its log says why.\n"
LARGE = "SELECT ?a ?c ?e { ?a ?p ?b . ?c ?q ?d . ?e ?r ?f } LIMIT 90000"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return numbered_store(tmp_path / "store", 100)


class Run:
    """A `kg serve` of its own, and what it has written on stderr."""

    def __init__(self, server: Server, log: Path, temporary: Path) -> None:
        self.server = server
        self.temporary = temporary
        self._log = log

    def errors(self, kind: str) -> list[str]:
        """Return the messages of one kind of error, as soon as there are any."""

        def messages() -> list[str]:
            found = [LINE.fullmatch(line) for line in self._log.read_text().splitlines()]
            return [match["message"] for match in found if match and match["kind"] == kind]

        return eventually(messages)


@contextmanager
def run(store: Path, *options: str, temporary: Path | None = None) -> Iterator[Run]:
    """Run `kg serve` with a folder of its own for temporary files."""
    temporary = temporary or store.parent / "temporary"
    temporary.mkdir(exist_ok=True)
    log = store.parent / "log"
    with log.open("w") as stderr:
        command = [*PATIENT, "serve", str(store), "--port", "0", "--drain-wait", "0", *options]
        process = subprocess.Popen(command, stderr=stderr, text=True, env={**os.environ, "TMPDIR": str(temporary)})
    try:
        eventually(lambda: process.poll() is not None or " serves " in log.read_text())
        ready = re.search(r":(\d+)/ serves", log.read_text())
        assert ready
        yield Run(Server(int(ready[1]), process), log, temporary)
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
    finally:
        process.kill()
        process.wait()


def test_the_log_names_a_store_whose_folder_was_removed_and_clients_see_no_path(store: Path) -> None:
    folder = store / read_manifest(store).folder
    with run(store) as running:
        shutil.rmtree(folder)
        # Workers that have opened the store answer on; each query shows the server at most two dead ones.
        reply = eventually(lambda: asked_without_workers(running.server), lambda reply: reply.text == UNREADABLE)
        errors = running.errors("store-missing")

    assert (reply.status, reply.text) == (503, UNREADABLE)
    assert errors[0].startswith(f"{folder}: the folder of the store is gone: load the store again")


def asked_without_workers(server: Server) -> Reply:
    for worker in server.workers():
        with suppress(ProcessLookupError):
            os.kill(worker, signal.SIGKILL)
    return server.query("ASK {}")


def test_the_log_names_temporary_files_that_were_removed_and_clients_see_no_path(store: Path) -> None:
    with run(store) as running:
        (folder,) = running.temporary.glob("kg-serve-*")
        shutil.rmtree(folder)
        reply = running.server.query(LARGE)
        errors = running.errors("temporary-missing")

    assert reply.status == 503
    assert str(store.parent) not in reply.text
    assert errors[0].startswith(
        f"{folder}: the folder of temporary files is gone: restart the server [503 for 127.0"
    )


@pytest.mark.slow
def test_the_log_names_a_full_disk_and_short_answers_go_on(store: Path, small_disk: Path) -> None:
    with run(store, "--temporary-bytes", "1G", temporary=small_disk) as running:
        reply = running.server.query(f"SELECT (CONCAT(STR(?s), '{'x' * 30_000}') AS ?x) {{ ?s ?p ?o . ?a ?b ?c }}")
        errors = running.errors("temporary-full")
        short = running.server.query("ASK {}")

    assert (reply.status, short.status) == (503, 200)
    assert str(small_disk) not in reply.text
    assert re.match(rf"{small_disk}/kg-serve-[^ ]*: .*No space left on device", errors[0])


def test_the_log_names_the_query_that_ended_a_worker_and_its_client(store: Path) -> None:
    digest = sha256(SLOW.encode()).hexdigest()[:12]
    with run(store) as running, ThreadPoolExecutor(1) as asking:
        reply = asking.submit(running.server.query, SLOW)
        os.kill(running.server.slow_worker(), signal.SIGSEGV)
        errors = running.errors("worker-crashed")

    assert reply.result().status == 400
    assert errors == [f"SIGSEGV; client 127.0.0.1, query {digest} of {len(SLOW)} characters: {SLOW}"]


@pytest.mark.slow
def test_the_log_names_a_store_that_cannot_be_renewed(store: Path) -> None:
    with run(store) as running:
        (store / "kg-store.json").write_text("{")
        errors = running.errors("store-not-renewed")
        status = running.server.query("ASK {}").status

    assert errors[0].startswith("the previous data are still served: ")
    assert status == 200


def test_lines_about_errors_and_requests_are_json_on_request(store: Path) -> None:
    with run(store, "--log-format", "json", "--access-log") as running:
        running.server.query(SLOW, timeout=0.2)
        running.server.ask("/claim/none")
    lines = [json.loads(line) for line in (store.parent / "log").read_text().splitlines()[1:]]

    assert [(line["level"], line["kind"], line["status"], line["method"]) for line in lines] == [
        ("error", "query-timeout", 504, "GET"),
        ("info", "request", 504, "GET"),
        ("info", "request", 404, "GET"),
    ]
    assert lines[2]["url"] == "/claim/none"


def test_errors_that_are_repeated_are_counted_instead_of_written() -> None:
    lines: list[str] = []
    log = ServerLog(lines.append)
    for number in range(100):
        log.error("first", "always the same")
        log.error("second", f"always another: {number}\n")

    assert [LINE.fullmatch(line)["message"] for line in lines] == [  # type: ignore[index]
        "always the same",
        *(f"always another: {number}\\x0a" for number in range(5)),
    ]
    assert log.counts == {"first": 100, "second": 100}
