"""`kg build` killed, again and again: the folder ends as the whole old or the whole new publication.

A build is killed before each of its operations on files (a write, a sync, a rename, …), a build that mends the
folder after that likewise, and one that fails and goes back; and some at random moments. The folder is looked at
after the next build, which here finds a mistake in its corpus and so writes nothing of its own.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import NamedTuple

import pytest

from kg.pipeline.publication import Publication
from support.publications import (
    DIED,
    FOREIGN,
    NEW,
    OLD,
    STALE,
    Stop,
    built,
    lay_beside,
    mend,
    needs_fork,
    opened,
    snapshot,
    stopped_build,
)

pytestmark = needs_fork
Record = Callable[[str, object], None]


class Bench(NamedTuple):
    """A folder with an old publication, what is to replace it, and both as they should be afterwards."""

    folder: Path
    publication: Publication
    old: dict[str, bytes | None]
    new: dict[str, bytes | None]

    def lay(self, state: Path) -> None:
        """Bring the folder into a state."""
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(state, self.folder)

    def outcome(self) -> str:
        """Mend the folder and tell what it holds."""
        mend(self.publication, self.folder)
        return self.held()

    def held(self) -> str:
        """Tell what the folder holds."""
        found = snapshot(self.folder)
        return "old" if found == self.old else "new" if found == self.new else "neither"

    @property
    def old_state(self) -> Path:
        return self.folder.with_name("old")


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    """Lay both publications out; in memory where that is possible, since a killed process loses no disk."""
    memory = Path("/dev/shm")
    room = Path(tempfile.mkdtemp(dir=memory if os.access(memory, os.W_OK) else None))
    old, new = opened(room / "corpus-old", OLD), opened(room / "corpus-new", NEW)
    for state in ("old", "new"):
        built(old, room / state)
        lay_beside(room / state)
    built(new, room / "new")
    yield Bench(room / "folder", new, snapshot(room / "old"), snapshot(room / "new"))
    shutil.rmtree(room)


def test_a_publication_takes_the_place_of_the_old_one_and_of_nothing_else(bench: Bench, tmp_path: Path) -> None:
    """What no longer belongs is gone, what somebody else put there is still there."""
    built(bench.publication, tmp_path / "fresh")
    fresh = snapshot(tmp_path / "fresh")

    assert bench.new == {**fresh, **FOREIGN, "site": None}
    assert bench.old.keys() - bench.new.keys() == {*STALE, "queries", "queries/named"}


def test_a_build_killed_at_any_operation_leaves_the_old_or_the_new(bench: Bench, record_property: Record) -> None:
    """Up to one operation it is the old publication, from there on the new one, and each file is always whole."""
    outcomes = []
    for kill in count(1):
        bench.lay(bench.old_state)
        if stopped_build(bench.publication, bench.folder, Stop(kill)).status != DIED:
            break
        torn = [
            name
            for name, content in snapshot(bench.folder).items()
            if not name.startswith(".kg-build") and content not in (bench.old.get(name), bench.new.get(name))
        ]
        assert (kill, torn) == (kill, [])
        outcomes.append(bench.outcome())
    record_property("kills", len(outcomes))
    before, after = outcomes.count("old"), outcomes.count("new")

    assert outcomes == ["old"] * before + ["new"] * after
    assert before + after >= 200, f"{before} kills left the old, {after} the new publication"
    assert before
    assert after
    assert bench.held() == "new"


def test_a_first_build_killed_at_any_operation_leaves_nothing_or_all(bench: Bench, record_property: Record) -> None:
    """Every third operation: the empty folder is what a kill before the journal leaves."""
    fresh = {name: content for name, content in bench.new.items() if name not in FOREIGN and name != "site"}
    outcomes = []
    for kill in count(1, 3):
        shutil.rmtree(bench.folder, ignore_errors=True)
        if stopped_build(bench.publication, bench.folder, Stop(kill)).status != DIED:
            break
        mend(bench.publication, bench.folder)
        outcomes.append({0: "nothing", len(fresh): "all"}[len(snapshot(bench.folder))])
        assert snapshot(bench.folder) in ({}, fresh)
    record_property("kills", len(outcomes))

    assert outcomes == ["nothing"] * outcomes.count("nothing") + ["all"] * outcomes.count("all")
    assert set(outcomes) == {"nothing", "all"}


def test_a_build_that_mends_may_be_killed_as_well(bench: Bench, record_property: Record) -> None:
    """Kill a build while it moves files, kill the next one while it completes that, then look."""
    kills = 0
    bench.lay(bench.old_state)
    operations = stopped_build(bench.publication, bench.folder, Stop()).operations
    # The first rename is the journal's: from there on there is something to mend.
    for kill in range(operations.index("replace") + 2, len(operations) + 1, 9):
        bench.lay(bench.old_state)
        stopped_build(bench.publication, bench.folder, Stop(kill))
        stopped = bench.folder.with_name("stopped")
        shutil.rmtree(stopped, ignore_errors=True)
        bench.folder.rename(stopped)
        for second in count(1, 4):
            bench.lay(stopped)
            if stopped_build(bench.publication, bench.folder, Stop(second), fails=True).status != DIED:
                break
            kills += 1
            assert (kill, second, bench.outcome()) == (kill, second, "new")
    record_property("kills", kills)

    assert kills >= 100


def test_a_build_that_fails_while_it_moves_files_moves_them_back(bench: Bench) -> None:
    """Each rename in turn finds the disk full; nothing is left of the build."""
    for failing in count(1):
        bench.lay(bench.old_state)
        stopped = stopped_build(bench.publication, bench.folder, Stop(failing=range(failing, failing + 1)))
        if stopped.status == 0:
            break
        assert (failing, stopped.status, bench.held()) == (failing, 3, "old")

    assert failing > len(bench.new) - len(FOREIGN) - 3


def test_a_build_may_be_killed_while_it_moves_files_back(bench: Bench, record_property: Record) -> None:
    """The old publication comes back whole, whatever was already moved back."""
    kills = 0
    for failing in (2, 7, 16, 27):
        stop = Stop(failing=range(failing, failing + 1))
        bench.lay(bench.old_state)
        ran = stopped_build(bench.publication, bench.folder, stop)
        undo = ran.operations.index("replace", ran.failed_at) + 2
        for kill in range(undo, len(ran.operations) + 1, 4):
            bench.lay(bench.old_state)
            assert stopped_build(bench.publication, bench.folder, stop._replace(kill=kill)).status == DIED
            kills += 1
            assert (failing, kill, bench.outcome()) == (failing, kill, "old")
    record_property("kills", kills)

    assert kills >= 50


def test_a_build_that_can_move_files_neither_on_nor_back_leaves_that_to_the_next(bench: Bench) -> None:
    """All renames fail from some point on: the folder is between two publications until it can be mended."""
    bench.lay(bench.old_state)
    stopped = stopped_build(bench.publication, bench.folder, Stop(failing=range(9, 999)))

    assert (stopped.status, bench.held()) == (3, "neither")
    assert bench.outcome() == "new"


def test_the_command_killed_at_random_moments_leaves_the_old_or_the_new(bench: Bench) -> None:
    """Killed at a moment of the clock instead of an operation: inside a write, or in the system."""
    moments = random.Random(2)
    command = [sys.executable, "-m", "kg", "--quiet", "build", str(bench.folder.with_name("corpus-new"))]
    command += ["--output", str(bench.folder)]
    bench.lay(bench.old_state)
    start = time.perf_counter()
    subprocess.run(command, check=True)
    whole = time.perf_counter() - start

    outcomes = []
    for _ in range(20):
        bench.lay(bench.old_state)
        process = subprocess.Popen(command)
        time.sleep(moments.uniform(0.4, 1.0) * whole)
        process.send_signal(signal.SIGKILL)
        process.wait()
        outcomes.append(bench.outcome())

    assert set(outcomes) <= {"old", "new"}
