"""Sets of files for the tests of `kg.files.file_sets`, and writers that are stopped at a chosen operation."""

from __future__ import annotations

import errno
import io
import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import BuiltinFunctionType, FrameType
from typing import Any, NamedTuple

import pytest

from kg.errors import KgError
from kg.files.digests import sha256_of
from kg.files.file_sets import FileSetKind, replace_file_set

KIND = FileSetKind("kg test", "set", ".kg-test", frozenset({"typical.txt"}))
OLD = {
    "typical.txt": b"typical",
    "changed.txt": b"old",
    "same.txt": b"same",
    **{f"data/{number}.txt": f"old {number}".encode() for number in range(12)},
    **{f"shapes/{name}.ttl": f"# old {name}".encode() for name in ("a", "b", "c")},
}
NEW = {
    "typical.txt": b"typical, too",
    "changed.txt": b"new and longer",
    "same.txt": b"same",
    "added.txt": b"added",
    **{f"data/{number}.txt": f"new {number}".encode() for number in range(14)},
    **{f"shapes/{name}.ttl": f"# new {name}".encode() for name in ("a", "b", "c")},
    "deep/er/added.txt": b"added",
}
FOREIGN = {
    "README.txt": b"mine",
    ".nojekyll": b"",
    "shapes/mine.ttl": b"# mine",
    "site/index.html": b"<p>",
    "kg.old": b"x",
}
# What an earlier version might have written.
STALE = {"kg.hdt": b"old", "queries/named/old.rq": b"ASK {}", "shapes/gone.ttl": b"# gone"}
MODULES = ("posix", "io", "_io")
OPERATIONS = {"write", "flush", "fsync", "link", "mkdir", "open", "remove", "rename", "replace", "rmdir", "unlink"}
DIED = -9
FILE_LIMITS = (0, 1, 100, 1000, 4096, 8192, 16384, 51200)
needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork and no SIGKILL")


def write_set(folder: Path, files: Mapping[str, bytes]) -> None:
    """Replace the set of files in a folder."""
    with replace_file_set(folder, KIND) as staging:
        for name, content in files.items():
            staging.write(name, content)


def lay_beside(folder: Path) -> None:
    """Put somebody else's files into a folder, and files of an earlier set that no longer belong."""
    sums = (folder / "SHA256SUMS").read_text()
    for name, content in {**FOREIGN, **STALE}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    lines = [*sums.splitlines(), *(f"{sha256_of(folder / name)}  {name}" for name in STALE)]
    (folder / "SHA256SUMS").write_text("".join(f"{line}\n" for line in sorted(lines, key=lambda line: line[66:])))


def snapshot(folder: Path) -> dict[str, bytes | None]:
    """Return everything in a folder: its files by path, its folders as None."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None
        for path in folder.rglob("*")
    }


class Stop(NamedTuple):
    """Where a writer is stopped: killed before its n-th operation (0: not), some of its renames failing."""

    kill: int = 0
    failing: range = range(0)


class Operations:
    """Counts a process's operations on files; fails one and dies at another."""

    def __init__(self, stop: Stop) -> None:
        self.stop = stop
        self.names: list[str] = []
        self.renames = 0
        self.failed_at = 0

    def start(self) -> None:
        sys.addaudithook(self._audit)
        sys.setprofile(self._profile)

    def _profile(self, _frame: FrameType, event: str, called: Any) -> None:
        if event == "c_call" and called.__name__ in OPERATIONS and _is_on_files(called):
            self.names.append(called.__name__)
            if len(self.names) == self.stop.kill:
                os.kill(os.getpid(), signal.SIGKILL)

    def _audit(self, event: str, _arguments: tuple[Any, ...]) -> None:
        if event == "os.rename":
            self.renames += 1
            if self.renames in self.stop.failing:
                self.failed_at = self.failed_at or len(self.names)
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


class Stopped(NamedTuple):
    """How a writer in a process of its own ended: its status, its operations, the first that failed (0: none)."""

    status: int
    operations: list[str]
    failed_at: int


def stopped(write: Callable[[], object], log: Path, stop: Stop) -> Stopped:
    """Write in a forked process that stops on the way; it notes its operations in the log."""
    process = os.fork()
    if process == 0:
        status = 70
        try:
            operations = Operations(stop)
            operations.start()
            try:
                write()
                status = 0
            except KgError as error:
                status = error.status
            sys.setprofile(None)
            log.write_text(json.dumps([operations.names, operations.failed_at]))
        finally:
            os._exit(status)
    _, ended = os.waitpid(process, 0)
    status = os.waitstatus_to_exitcode(ended)
    return Stopped(status, *(([], 0) if status == DIED else json.loads(log.read_text())))


def status_with_file_limit(limit: int, write: Callable[[], object]) -> int:
    """Return the status of a writer in a forked process in which no file can be larger than a limit."""
    process = os.fork()
    if process == 0:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        status = 70
        try:
            write()
            status = 0
        except KgError as error:
            status = error.status
        finally:
            os._exit(status)
    _, ended = os.waitpid(process, 0)
    return os.waitstatus_to_exitcode(ended)


def _is_on_files(called: Any) -> bool:
    if not isinstance(called, BuiltinFunctionType):
        return False
    return called.__module__ in MODULES or isinstance(called.__self__, io.BufferedRandom | io.BufferedWriter)


_KILLED = """
import os, signal, sys
from pathlib import Path
from kg.cli import run

left, move = int(sys.argv[1]), Path.replace

def replace(self, target):
    global left
    left -= 1
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return move(self, target)

Path.replace = replace
sys.exit(run(sys.argv[2:]))
"""


def killed_after(moves: int, arguments: Sequence[str]) -> bool:
    """Run kg in another process, kill it after a number of moved files, and return whether it was killed.

    First it moves the journal, which says that there are files to move.
    """
    command = [sys.executable, "-c", _KILLED, str(moves), *arguments]
    status = subprocess.run(command, capture_output=True, check=False).returncode
    assert status in (0, -signal.SIGKILL)
    return status != 0
