"""However slowly clients read, the temporary files of `kg serve` stay within their quota."""

from __future__ import annotations

import os
import re
import socket
import stat
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from threading import Event

import pytest

from support.served import Server, numbered_store, served
from support.waiting import PATIENCE, eventually

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="only Linux lists the open files of a process"),
]
MB = 1024 * 1024
ROW = 25_000


def test_temporary_files_stay_within_the_quota_while_slow_readers_compete(
    tmp_path: Path, rounds: Callable[[int, int], int], show_figure: Callable[[str], None]
) -> None:
    """Each reader leaves its answer unread for a while; then it asks again, as if it had been refused."""
    answer, readers, refusals = rounds(6, 30), rounds(24, 40), rounds(10, 60)
    quota = 8 * answer * MB
    store = numbered_store(tmp_path / "store", answer * MB // ROW)
    ended = Event()
    sizes = [0]
    outcomes: Counter[str] = Counter()
    short: Counter[int] = Counter()

    def sample() -> None:
        while not ended.is_set():
            sizes.append(temporary_bytes(server))
            time.sleep(0.01)

    def innocent() -> None:
        while not ended.is_set():
            query = f"SELECT * {{ ?s ?p ?o }} LIMIT 5 #{short.total()}"  # another each time: not from memory
            short[server.query(query, source="127.0.9.9").status] += 1
            time.sleep(0.05)

    def read_slowly(number: int) -> None:
        while not ended.is_set():
            with suppress(OSError), large_answer(server, number) as outcome:
                outcomes[outcome] += 1
                ended.wait(rounds(4, 20) if outcome == "200" else 0.1)

    with served(store, temporary=quota) as server:
        with ThreadPoolExecutor(readers + 2) as pool:
            try:
                for work in (sample, innocent, *(partial(read_slowly, number) for number in range(readers))):
                    pool.submit(work)
                for number in range(refusals):
                    eventually(lambda before=number: outcomes["503, 10"] > before)
            finally:
                ended.set()
        eventually(lambda: not temporary_bytes(server))

    assert quota // 2 <= max(sizes) <= quota
    assert set(outcomes) <= {"200", "503, 10", "503, 5"}
    assert set(short) == {200}
    show_figure(
        f"temporary bytes: {max(sizes) / MB:.0f} of {quota / MB:.0f} MB at most ({len(sizes)} samples), with "
        f"{readers} slow readers of {answer} MB each: {outcomes['200']} answers, {outcomes['503, 10']} refused; "
        f"{short[200]} short answers beside them, none refused; 0 bytes afterwards"
    )


@contextmanager
def large_answer(server: Server, number: int) -> Iterator[str]:
    """Ask for a large answer and leave it unread in the block; gives its status, with the seconds of Retry-After.

    Every third reader shares an address.
    """
    query = f"SELECT%20(CONCAT(STR(%3Fs),'{'x' * ROW}')%20AS%20%3Fx)%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D"
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.bind((f"127.0.8.{1 if number % 3 == 0 else number}", 0))
        connection.settimeout(PATIENCE)
        connection.connect(("127.0.0.1", server.port))
        head = f"GET /sparql?query={query} HTTP/1.1\r\nHost: localhost\r\nAccept: text/csv\r\n\r\n"
        connection.sendall(head.encode())
        said = connection.recv(1000).decode()
        again = re.findall(r"(?i)retry-after: (\d+)", said)
        yield ", ".join([said[9:12], *again])


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
