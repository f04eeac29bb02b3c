"""What child processes do in tests: each is the function that a child runs."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from kg.processes import limits
from kg.processes.child import Requests


def echo(requests: Requests) -> None:
    for frame in requests:
        sys.stdout.write("a child may print\n")
        sys.stdout.flush()
        requests.reply(frame)


def end(requests: Requests) -> None:
    sys.stderr.write("first\nlast words\n")
    sys.stderr.flush()
    os._exit(int(next(iter(requests))))


def sleep(requests: Requests) -> None:
    requests.reply(str(os.getpid()).encode())
    time.sleep(600)


def reserve(requests: Requests) -> None:
    limits.limit_memory(int(next(iter(requests))))
    bytearray(500_000_000)


def compute(requests: Requests) -> None:
    limits.limit_seconds(float(next(iter(requests))))
    while True:
        pass


def write(requests: Requests) -> None:
    limits.limit_file_size(1000)
    try:
        Path(next(iter(requests)).decode()).write_bytes(b"x" * 1001)
    except OSError as error:
        requests.reply(str(error.strerror).encode())


def connect(requests: Requests) -> None:
    refused = limits.refuse_sockets()
    if not refused:
        limits.refuse_files()
    try:
        socket.create_connection(("127.0.0.1", int(next(iter(requests)))))
    except OSError:
        requests.reply(b"refused")


def answer_without_refusing_sockets(requests: Requests) -> None:
    """As on a system that cannot refuse them."""
    from kg.query.engine import answer_queries

    limits.SOCKET_CALLS.clear()
    answer_queries(requests)
    open("/dev/null").close()


def try_socket(requests: Requests) -> None:
    """Evaluate an expression without sockets; a file can still be written."""
    held = socket.socket()
    assert limits.refuse_sockets()

    def threaded() -> None:
        with ThreadPoolExecutor(1) as thread:
            thread.submit(socket.socket).result()

    def child() -> None:
        code = "import socket, sys\ntry: socket.socket()\nexcept OSError as error: sys.exit(error.errno)"
        raise OSError(subprocess.run([sys.executable, "-c", code]).returncode, "in a child")

    way, file = next(iter(requests)).decode().split("\n")
    Path(file).write_text("x")
    try:
        eval(way, {"socket": socket, "held": held, "threaded": threaded, "child": child})
    except OSError as error:
        requests.reply(str(error.errno).encode())
