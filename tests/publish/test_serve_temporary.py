"""The temporary files of `kg serve`: all clients share a quota, and those of killed servers are deleted."""

from __future__ import annotations

import os
import signal
import socket
from contextlib import suppress
from pathlib import Path

import pytest

from kg.files.temporary import temporary_folder
from kg.publish.serve.temporary_quota import PORTION, TemporaryQuota
from support.served import numbered_store, served

LARGE = f"SELECT (CONCAT(STR(?s), '{'x' * 25_000}') AS ?x) {{ ?s ?p ?o }}"


def test_each_client_may_have_as_much_as_is_still_free_then() -> None:
    quota = TemporaryQuota(12)
    taken = {client: sum(quota.take(client, 1) for _ in range(12)) for client in ("first", "second", "third")}

    assert taken == {"first": 6, "second": 3, "third": 1}
    quota.give_back("first", 6)
    assert quota.taken == 4
    assert sum(quota.take("fourth", 1) for _ in range(12)) == 4


def test_the_answer_that_exceeds_the_quota_is_refused_and_then_there_is_room_again(tmp_path: Path) -> None:
    store = numbered_store(tmp_path / "store", 120)
    with served(store, temporary=8 * PORTION) as server, socket.socket() as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.connect(("127.0.0.1", server.port))
        query = LARGE.replace(" ", "%20").replace("{", "%7B").replace("}", "%7D")
        slow.sendall(f"GET /sparql?query={query} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        assert slow.recv(12) == b"HTTP/1.1 200"
        refused = server.query(LARGE)
        small = server.query("ASK {}")
        other = server.query(LARGE.replace("}", "} LIMIT 20"), source="127.0.0.2")
        slow.close()
        while (later := server.query(LARGE)).status != 200:
            assert later.status == 503

    assert (refused.status, refused.headers["retry-after"], refused.text) == (
        503,
        "10",
        "The server holds as many large answers as it may: ask again later, or add a LIMIT.\n",
    )
    assert (small.status, other.status) == (200, 200)
    assert len(later.body) > 120 * 25_000


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="Windows has no locks of folders")
def test_the_next_server_deletes_the_files_of_a_killed_one_and_no_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    store = numbered_store(tmp_path / "store", 10)
    (tmp_path / "kg-serve-file").touch()
    (tmp_path / "kg-serve-link").symlink_to(store)
    with served(store), temporary_folder("kg-another-") as another:
        (alive,) = folders(tmp_path)
        dead = folder_of_a_killed_server(store)
        assert folders(tmp_path) == {alive, dead}
        with served(store):
            assert dead not in folders(tmp_path)
            assert alive in folders(tmp_path)
        assert another.is_dir()

    assert sorted(path.name for path in tmp_path.glob("kg-*")) == ["kg-serve-file", "kg-serve-link"]
    assert (store / "kg-store.json").is_file()


def folder_of_a_killed_server(store: Path) -> Path:
    before = folders(store.parent)
    with suppress(AssertionError), served(store) as killed:
        (folder,) = folders(store.parent) - before
        (folder / "1").write_bytes(b"an answer")
        killed.process.send_signal(signal.SIGKILL)
        assert killed.process.wait() == 0
    return folder


def folders(root: Path) -> set[Path]:
    return {path for path in root.glob("kg-serve-*") if path.is_dir() and not path.is_symlink()}
