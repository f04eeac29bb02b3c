"""Writers of file sets that are killed, again and again: the folder ends as the whole old or the whole new set.

A writer is killed before each of its operations on files (a write, a sync, a rename, …), a writer that mends the
folder after that likewise, and one that fails and moves files back. The folder is looked at after the next writer,
which here fails before it has written anything of its own.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import NamedTuple

import pytest

from kg.errors import KgError
from kg.files.file_sets import replace_file_set
from support.file_sets import (
    DIED,
    FOREIGN,
    KIND,
    NEW,
    OLD,
    STALE,
    Stop,
    Stopped,
    lay_beside,
    needs_fork,
    snapshot,
    stopped,
    write_set,
)

pytestmark = [pytest.mark.slow, needs_fork]
Record = Callable[[str, object], None]


class Bench(NamedTuple):
    """A folder with an old set, and what both sets should be afterwards."""

    folder: Path
    old: dict[str, bytes | None]
    new: dict[str, bytes | None]

    def lay(self, state: Path) -> None:
        """Bring the folder into a state."""
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(state, self.folder)

    def write(self, stop: Stop) -> Stopped:
        """Write the new set in a process that stops on the way."""
        return stopped(lambda: write_set(self.folder, NEW), self.folder.with_name("log"), stop)

    def mend(self) -> None:
        """Let a writer put the folder right and then fail."""
        with suppress(KgError), replace_file_set(self.folder, KIND):
            raise KgError("nothing to write")

    def outcome(self) -> str:
        """Mend the folder and return its content."""
        self.mend()
        return self.held()

    def held(self) -> str:
        """Return the folder's content."""
        found = snapshot(self.folder)
        return "old" if found == self.old else "new" if found == self.new else "neither"

    @property
    def old_state(self) -> Path:
        return self.folder.with_name("old")


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    """Write both sets; in memory where that is possible, since a killed process loses no disk."""
    memory = Path("/dev/shm")
    room = Path(tempfile.mkdtemp(dir=memory if os.access(memory, os.W_OK) else None))
    for state in ("old", "new"):
        write_set(room / state, OLD)
        lay_beside(room / state)
    write_set(room / "new", NEW)
    yield Bench(room / "folder", snapshot(room / "old"), snapshot(room / "new"))
    shutil.rmtree(room)


def test_a_set_replaces_the_old_one_and_nothing_else(bench: Bench, tmp_path: Path) -> None:
    """What no longer belongs is gone, what somebody else put there is still there."""
    write_set(tmp_path / "fresh", NEW)
    fresh = snapshot(tmp_path / "fresh")

    assert bench.new == {**fresh, **FOREIGN, "site": None}
    assert bench.old.keys() - bench.new.keys() == {*STALE, "queries", "queries/named"}


def test_a_writer_killed_at_any_operation_leaves_the_old_or_the_new(bench: Bench, record_property: Record) -> None:
    """Up to one operation it is the old set, from there on the new one, and each file is always whole."""
    outcomes = []
    for kill in count(1):
        bench.lay(bench.old_state)
        if bench.write(Stop(kill)).status != DIED:
            break
        torn = [
            name
            for name, content in snapshot(bench.folder).items()
            if not name.startswith(KIND.work_folder) and content not in (bench.old.get(name), bench.new.get(name))
        ]
        assert (kill, torn) == (kill, [])
        outcomes.append(bench.outcome())
    record_property("kills", len(outcomes))
    before, after = outcomes.count("old"), outcomes.count("new")

    assert outcomes == ["old"] * before + ["new"] * after
    assert before + after >= 200, f"{before} kills left the old, {after} the new set"
    assert before
    assert after
    assert bench.held() == "new"


def test_a_first_writer_killed_at_any_operation_leaves_nothing_or_all(
    bench: Bench, record_property: Record
) -> None:
    """The empty folder is what a kill before the journal leaves."""
    fresh = {name: content for name, content in bench.new.items() if name not in FOREIGN and name != "site"}
    outcomes = []
    for kill in count(1):
        shutil.rmtree(bench.folder, ignore_errors=True)
        if bench.write(Stop(kill)).status != DIED:
            break
        bench.mend()
        outcomes.append({0: "nothing", len(fresh): "all"}[len(snapshot(bench.folder))])
        assert snapshot(bench.folder) in ({}, fresh)
    record_property("kills", len(outcomes))

    assert outcomes == ["nothing"] * outcomes.count("nothing") + ["all"] * outcomes.count("all")
    assert set(outcomes) == {"nothing", "all"}


def test_a_writer_that_mends_may_be_killed_as_well(bench: Bench, record_property: Record) -> None:
    """Kill a writer while it moves files, kill the next one while it completes that, then look."""
    kills = 0
    bench.lay(bench.old_state)
    operations = bench.write(Stop()).operations
    # The first rename is the journal's: from there on there is something to mend.
    for kill in range(operations.index("replace") + 2, len(operations) + 1, 5):
        bench.lay(bench.old_state)
        bench.write(Stop(kill))
        state = bench.folder.with_name("stopped")
        shutil.rmtree(state, ignore_errors=True)
        bench.folder.rename(state)
        for second in count(1, 3):
            bench.lay(state)
            if stopped(bench.mend, bench.folder.with_name("log"), Stop(second)).status != DIED:
                break
            kills += 1
            assert (kill, second, bench.outcome()) == (kill, second, "new")
    record_property("kills", kills)

    assert kills >= 100


def test_a_writer_that_fails_while_it_moves_files_moves_them_back(bench: Bench) -> None:
    """Each rename in turn finds the disk full; nothing is left of the new set."""
    for failing in count(1):
        bench.lay(bench.old_state)
        ended = bench.write(Stop(failing=range(failing, failing + 1)))
        if ended.status == 0:
            break
        assert (failing, ended.status, bench.held()) == (failing, 3, "old")

    assert failing > len(NEW)


def test_a_writer_may_be_killed_while_it_moves_files_back(bench: Bench, record_property: Record) -> None:
    """The old set comes back whole, whatever was already moved back."""
    kills = 0
    for failing in (2, 7, 12, 20):
        stop = Stop(failing=range(failing, failing + 1))
        bench.lay(bench.old_state)
        ran = bench.write(stop)
        undo = ran.operations.index("replace", ran.failed_at) + 2
        for kill in range(undo, len(ran.operations) + 1, 3):
            bench.lay(bench.old_state)
            assert bench.write(stop._replace(kill=kill)).status == DIED
            kills += 1
            assert (failing, kill, bench.outcome()) == (failing, kill, "old")
    record_property("kills", kills)

    assert kills >= 50


def test_a_writer_that_can_move_files_neither_on_nor_back_leaves_that_to_the_next(bench: Bench) -> None:
    """All renames fail from some point on: some files are new and some are old until the next writer."""
    bench.lay(bench.old_state)
    ended = bench.write(Stop(failing=range(9, 999)))

    assert (ended.status, bench.held()) == (3, "neither")
    assert bench.outcome() == "new"
