"""Foreign files, read by another process that may take only so much memory and time."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from math import inf
from tempfile import TemporaryFile
from threading import Event, Thread
from time import monotonic
from typing import IO

import msgspec

from kg.errors import FileError
from kg.importers.core.documents import AnnotatedText, Heartbeat, Skipped
from kg.importers.core.frames import Chosen, Done, Failed, Frame, Request, printable, raised, read_frame

PATIENCE = 120.0
"""After how many seconds without a document or another sign of life a reader is given up."""
_PIECE = 1 << 16
_LAST_WORDS = 300


def read_items(request: Request) -> Iterator[Chosen | AnnotatedText | Skipped]:
    """Yield the mapping that is read with, then each document, and each record that is left out.

    Raises `CorpusError` for a file that is not what it should be, `FileError` for one that cannot be read or takes
    too much memory or time, `UsageError` where something for it is missing.
    """
    for name in (request.source, request.texts):
        if name != printable(name):
            raise FileError(f"{printable(name)}: a file must have a name in UTF-8, this one has not: rename it")
    with TemporaryFile() as errors, _child(request, errors) as child:
        for frame in _frames(child, request):
            if isinstance(frame, Done):
                return
            if isinstance(frame, Failed):
                raise raised(frame)
            if not isinstance(frame, Heartbeat):
                yield frame
        raise _gone(child.wait(), errors, request)


@contextmanager
def _child(request: Request, errors: IO[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """Start the process that reads; it is gone when the block ends."""
    command = [sys.executable, "-P", "-m", "kg.importers.core.child"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors) as child:
        try:
            assert child.stdin is not None
            child.stdin.write(msgspec.json.encode(request) + b"\n")
            child.stdin.flush()
            yield child
        finally:
            child.kill()


def _frames(child: subprocess.Popen[bytes], request: Request) -> Iterator[Frame]:
    """Yield what a process says, until it ends. Raises `FileError` where it says nothing for too long."""
    assert child.stdout is not None
    buffer = bytearray()
    with _Watch(child) as watch:
        while piece := watch.read(child.stdout.fileno()):
            buffer += piece
            yield from read_frame(buffer)
    if watch.lost_patience:
        raise FileError(f"{request.source}: for {PATIENCE:g} seconds nothing more could be read: split the file")


class _Watch(Thread):
    """Kills a process that lets its reader wait for too long. (`select` would do, but not for pipes on Windows.)"""

    def __init__(self, child: subprocess.Popen[bytes]) -> None:
        super().__init__(daemon=True)
        self.child = child
        self.lost_patience = False
        self._until = inf
        self._over = Event()

    def __enter__(self) -> _Watch:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()

    def read(self, descriptor: int) -> bytes:
        """Return what the process says next, nothing at its end."""
        self._until = monotonic() + PATIENCE
        piece = os.read(descriptor, _PIECE)
        self._until = inf
        return piece

    def run(self) -> None:
        while not self._over.wait(1):
            if monotonic() > self._until:
                self.lost_patience = True
                self.child.kill()
                return


def _gone(status: int, errors: IO[bytes], request: Request) -> FileError:
    """Return why a process ended before it had read all."""
    errors.seek(0)
    said = errors.read().decode(errors="replace").strip()
    if status < 0 and not said:
        why = "its reader was killed from outside, most often for want of memory: try again"
    else:
        why = f"its reader failed, please report it: {said.rpartition(chr(10))[2][:_LAST_WORDS] or status}"
    return FileError(f"{request.source}: {why}")
