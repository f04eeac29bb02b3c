"""However slowly clients read, the temporary files of `kg serve` stay within their quota."""

from __future__ import annotations

import os
import socket
import stat
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Event

import pytest

from support.served import Server, numbered_store, served

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="only Linux lists the open files of a process"),
]
MB = 1024 * 1024
ROW = 25_000


def test_temporary_files_stay_within_the_quota_while_slow_readers_compete(
    tmp_path: Path, rounds: Callable[[int, int], int], show_figure: Callable[[str], None]
) -> None:
    answer, readers = rounds(6, 110), rounds(24, 64)
    quota = 8 * answer * MB
    store = numbered_store(tmp_path / "store", answer * MB // ROW)
    ended = Event()
    sizes = [0]

    def sample() -> None:
        while not ended.is_set():
            sizes.append(temporary_bytes(server))
            time.sleep(0.01)

    def innocent() -> Counter[int]:
        found: Counter[int] = Counter()
        while not ended.is_set():
            found[server.query("SELECT * { ?s ?p ?o } LIMIT 5", source="127.0.9.9").status] += 1
            time.sleep(0.05)
        return found

    with served(store, temporary=quota) as server, ThreadPoolExecutor(readers + 2) as pool:
        pool.submit(sample)
        others = pool.submit(innocent)
        try:
            reading = [pool.submit(read_slowly, server, number, ended) for number in range(readers)]
            time.sleep(rounds(8, 60))
        finally:
            ended.set()
        statuses = sum((each.result() for each in reading), Counter())
        deadline = time.monotonic() + 30
        while (left := temporary_bytes(server)) and time.monotonic() < deadline:
            time.sleep(0.1)

    assert max(sizes) <= quota
    assert max(sizes) >= quota // 2
    assert set(statuses) == {200, 503}
    assert set(others.result()) == {200}
    assert left == 0
    show_figure(
        f"temporary bytes: {max(sizes) / MB:.0f} of {quota / MB:.0f} MB at most ({len(sizes)} samples), with "
        f"{readers} slow readers of {answer} MB each: {statuses[200]} answers, {statuses[503]} refused; "
        f"{others.result()[200]} short answers beside them, none refused; 0 bytes afterwards"
    )


def read_slowly(server: Server, number: int, ended: Event) -> Counter[int]:
    """Ask for large answers and leave them unread, one after the other; every third reader shares an address."""
    query = f"SELECT%20(CONCAT(STR(%3Fs),'{'x' * ROW}')%20AS%20%3Fx)%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D"
    found: Counter[int] = Counter()
    while not ended.is_set():
        with socket.socket() as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.bind((f"127.0.8.{1 if number % 3 == 0 else number}", 0))
            connection.settimeout(60)
            connection.connect(("127.0.0.1", server.port))
            head = f"GET /sparql?query={query} HTTP/1.1\r\nHost: localhost\r\nAccept: text/csv\r\n\r\n"
            with suppress(OSError):
                connection.sendall(head.encode())
                found[int(connection.recv(13)[9:12] or 0)] += 1
                ended.wait(2)
    return found


def temporary_bytes(server: Server) -> int:
    """Return the bytes on disk of all files below the temporary folder that the server and its workers have open.

    Files without a name take space until they are closed, and `du` does not see them.
    """
    files: dict[int, int] = {}
    for process in (server.process.pid, *server.workers()):
        with suppress(OSError):
            for entry in os.scandir(f"/proc/{process}/fd"):
                with suppress(OSError):
                    if "/kg-serve-" in os.readlink(entry.path):
                        status = os.stat(entry.path)
                        files[status.st_ino] = status.st_blocks * 512 * stat.S_ISREG(status.st_mode)
    return sum(files.values())
