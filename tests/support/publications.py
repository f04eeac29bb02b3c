"""Publications on disk for the tests of `kg build`, and builds that are stopped at a chosen operation."""

from __future__ import annotations

import errno
import io
import json
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import BuiltinFunctionType, FrameType
from typing import Any, NamedTuple

import pytest

from kg.errors import KgError
from kg.files.manifests import sha256_of
from kg.mappers.graphs import Unit
from kg.pipeline.publication import Publication, open_publication
from kg.publish.build import Built, build
from support.corpora import CONFIG, lay

OLD = {
    "corpus.yaml": CONFIG + "annotators: {ann: {name: Ann}}\n",
    "a.txt": "date 2020-02-03 “Ja”, zei Ann B.\n",
    "a.claims.yaml": "annotation: {by: ann, on: 2020-03-01}\nclaims: {c01: {speaker: ann-b, words: Ja}}\n",
}
NEW = {
    **OLD,
    "b.txt": "date 2020-03 “Nee”, zei Ann B.\n",
    "b.claims.yaml": "annotation: {by: ann, on: 2020-04-01}\nclaims: {c01: {speaker: ann-b, words: Nee}}\n",
}
# One with all that a data set's description may say.
CORPUS = OLD | {"entities.yaml": "ann-b: {type: Person, name: Ann B}\nacme: {type: Organization, name: Acme}\n"}
CORPUS["corpus.yaml"] += "publisher: acme\n"
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
needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork and no SIGKILL")


def opened(folder: Path, files: dict[str, str]) -> Publication:
    """Return a corpus of these files, laid into a folder and opened."""
    return open_publication(lay(folder, files), engine="none")


def built(publication: Publication, folder: Path) -> Built:
    """Build a publication into a folder."""
    return build(folder, publication.units(), publication.index)


def failing_units() -> Iterator[Unit]:
    """Be a corpus in which a mistake is found, so that its build is none."""
    raise KgError("a mistake")
    yield


def mend(publication: Publication, folder: Path) -> None:
    """Let a build put a folder right and then fail by a mistake in its corpus."""
    with suppress(KgError):
        build(folder, failing_units(), publication.index)


def lay_beside(folder: Path) -> None:
    """Put somebody else's files into a folder, and files of an earlier publication that no longer belong."""
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
    """Where a build is stopped: killed before its n-th operation (0: not), some of its renames failing."""

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
    """How a build in a process of its own ended: its status, its operations, the first that failed (0: none)."""

    status: int
    operations: list[str]
    failed_at: int


def stopped_build(publication: Publication, folder: Path, stop: Stop, *, fails: bool = False) -> Stopped:
    """Build in a forked process that stops on the way; `fails`: put the folder right and do no more."""
    log = folder.with_name("operations.json")
    process = os.fork()
    if process == 0:
        status = 70
        try:
            operations = Operations(stop)
            operations.start()
            try:
                build(folder, failing_units() if fails else publication.units(), publication.index)
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


def _is_on_files(called: Any) -> bool:
    if not isinstance(called, BuiltinFunctionType):
        return False
    return called.__module__ in MODULES or isinstance(called.__self__, io.BufferedRandom | io.BufferedWriter)
