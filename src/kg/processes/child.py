"""Child processes: each runs one function of kg and ends with its parent, however that ends.

Parent and child send each other frames, each a length and so many bytes: requests on the child's stdin, replies on
its stdout. A child imports nothing from the current folder, whose files may be anybody's.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import IO

LENGTH = 4
_START = "import sys; sys.path[:] = sys.argv[2:]; from kg.processes.child import run; run(sys.argv[1])"


def command(target: str) -> list[str]:
    """Return the command line of a child that runs `module:function`, with the import path of this process.

    `-P` keeps the current folder off the import path while Python starts. It is taken from ours too, where
    `python -m` and `python -c` put it. The folder of kg comes last, for a kg that is run from its source folder.
    """
    here = os.getcwd()
    path = [entry for entry in sys.path if entry and os.path.abspath(entry) != here]
    return [sys.executable, "-P", "-c", _START, target, *path, str(Path(__file__).parents[2])]


class Child:
    """The parent's end of a child process."""

    def __init__(self, target: str) -> None:
        with _no_interrupt():
            self._process = subprocess.Popen(command(target), stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def send(self, frame: bytes) -> None:
        """Send a request. Raises `OSError` if the child has ended."""
        assert self._process.stdin is not None
        write_frame(self._process.stdin, frame)

    def receive(self) -> bytes:
        """Return the next reply. Raises `EOFError` if the child has ended."""
        assert self._process.stdout is not None
        return read_frame(self._process.stdout)

    def kill(self) -> None:
        """End the child at once."""
        self._process.kill()

    def close(self) -> None:
        """Send no more requests, which ends the child, and wait until it has ended."""
        assert self._process.stdin is not None
        with self._process, suppress(OSError):  # a request that the child did not take
            self._process.stdin.close()


class Requests:
    """The child's end: iterate over the requests and answer each by `reply`."""

    def __init__(self) -> None:
        self._frames: SimpleQueue[bytes] = SimpleQueue()
        # What the child prints, or a library in it, must not come between the frames.
        self._replies = os.fdopen(os.dup(1), "wb", buffering=1 << 16)
        os.dup2(2, 1)
        Thread(target=self._read, daemon=True).start()

    def __iter__(self) -> Iterator[bytes]:
        while True:
            yield self._frames.get()

    def reply(self, frame: bytes) -> None:
        """Send a reply."""
        write_frame(self._replies, frame)

    def _read(self) -> None:
        # Not by `sys.stdin`: a thread that waits in there keeps Python from ending in peace.
        with open(0, "rb", closefd=False) as stream:
            try:
                while True:
                    self._frames.put(read_frame(stream))
            except EOFError:
                os._exit(0)


def run(target: str) -> None:
    """Run a child's function, `module:function`, with its requests."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is left to the parent
    requests = Requests()
    module, _, function = target.partition(":")
    getattr(import_module(module), function)(requests)
    os._exit(0)  # threads that are left behind are not waited for


def write_frame(stream: IO[bytes], frame: bytes) -> None:
    """Write a frame at once."""
    stream.write(len(frame).to_bytes(LENGTH, "little"))
    stream.write(frame)
    stream.flush()


def read_frame(stream: IO[bytes]) -> bytes:
    """Return the next frame. Raises `EOFError` if the stream ends before it does."""
    head = stream.read(LENGTH)
    length = int.from_bytes(head, "little")
    frame = stream.read(length)
    if len(head) < LENGTH or len(frame) < length:
        raise EOFError
    return frame


@contextmanager
def _no_interrupt() -> Iterator[None]:
    """Hold back Ctrl-C while a child starts: it inherits that, and ignores Ctrl-C from its first moment."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
