"""The folder of a publication: corpora that are wrong, full disks, killed builds, two builds at once.

How a set of files replaces another is tested in tests/files/.
"""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
import time
from itertools import count
from pathlib import Path

import pytest

from kg.errors import CorpusError, FileError
from kg.pipeline.publication import Publication
from support.file_sets import DIED, FILE_LIMITS, Stop, lay_beside, needs_fork, snapshot, status_with_file_limit
from support.publications import NEW, OLD, built, mend, opened, stopped_build


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("corpora")


@pytest.fixture(scope="module")
def old(room: Path) -> Publication:
    return opened(room / "old", OLD)


@pytest.fixture(scope="module")
def new(room: Path) -> Publication:
    return opened(room / "new", NEW)


def test_a_first_build_that_fails_leaves_no_folder(tmp_path: Path, new: Publication) -> None:
    mend(new, tmp_path / "public" / "dist")

    assert snapshot(tmp_path) == {}


def test_an_invalid_corpus_leaves_the_folder_as_it_was(tmp_path: Path, old: Publication) -> None:
    """All faults of the corpus are reported."""
    folder = tmp_path / "dist"
    built(old, folder)
    before = snapshot(folder)
    claims = "claims: {c01: {speaker: ann-c, words: Ja}}\n"
    wrong = opened(tmp_path / "corpus", {**OLD, "a.claims.yaml": claims, "c.txt": "Ja", "c.claims.yaml": claims})

    with pytest.raises(CorpusError) as raised:
        built(wrong, folder)

    assert [(each.severity, each.rule) for each in raised.value.findings].count(
        ("violation", "unknown-reference")
    ) == 2
    assert snapshot(folder) == before


def test_the_file_of_somebody_else_is_not_overwritten(tmp_path: Path, new: Publication) -> None:
    (tmp_path / "dist" / "shapes").mkdir(parents=True)
    (tmp_path / "dist" / "shapes" / "claim.ttl").write_text("# mine")
    before = snapshot(tmp_path / "dist")

    with pytest.raises(FileError, match=r"shapes.claim\.ttl: this is not a file that `kg build` wrote"):
        built(new, tmp_path / "dist")

    assert snapshot(tmp_path / "dist") == before


def test_builds_at_the_same_time_leave_one_whole_publication(
    tmp_path: Path, old: Publication, new: Publication, room: Path
) -> None:
    """Each either builds or is refused."""
    expected = []
    for publication in (old, new):
        built(publication, tmp_path / "alone")
        expected.append(snapshot(tmp_path / "alone"))
    command = [sys.executable, "-m", "kg", "build", "--output", tmp_path / "dist"]
    builds = [
        subprocess.Popen([*command, room / ("old", "new")[number % 2]], stderr=subprocess.DEVNULL)
        for number in range(8)
    ]

    assert {process.wait() for process in builds} <= {0, 3}
    assert snapshot(tmp_path / "dist") in expected


def lay(state: Path, folder: Path) -> None:
    """Bring a folder into a state."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(state, folder)


@pytest.mark.slow
@needs_fork
def test_a_build_killed_at_any_operation_leaves_the_old_or_the_new(
    tmp_path: Path, old: Publication, new: Publication
) -> None:
    """Every eleventh operation: the others are tested with sets of files that take no time to build."""
    folder, state = tmp_path / "dist", tmp_path / "state"
    built(old, state)
    lay_beside(state)
    before = snapshot(state)
    lay(state, folder)
    built(new, folder)
    after = snapshot(folder)
    outcomes = []
    for kill in count(1, 11):
        lay(state, folder)
        if stopped_build(new, folder, Stop(kill)).status != DIED:
            break
        mend(new, folder)
        assert snapshot(folder) in (before, after), kill
        outcomes.append("old" if snapshot(folder) == before else "new")

    assert outcomes == ["old"] * outcomes.count("old") + ["new"] * outcomes.count("new")
    assert set(outcomes) == {"old", "new"}


@pytest.mark.slow
@needs_fork
def test_the_command_killed_at_random_moments_leaves_the_old_or_the_new(
    tmp_path: Path, old: Publication, new: Publication, room: Path
) -> None:
    """Killed at a moment of the clock instead of an operation: inside a write, or in the system."""
    moments = random.Random(2)
    folder, state = tmp_path / "dist", tmp_path / "state"
    built(old, state)
    before = snapshot(state)
    command = [sys.executable, "-m", "kg", "--quiet", "build", str(room / "new"), "--output", str(folder)]
    lay(state, folder)
    start = time.perf_counter()
    subprocess.run(command, check=True)
    takes, after = time.perf_counter() - start, snapshot(folder)
    for _ in range(20):
        lay(state, folder)
        process = subprocess.Popen(command)
        time.sleep(moments.uniform(0.4, 1.0) * takes)
        process.send_signal(signal.SIGKILL)
        process.wait()
        mend(new, folder)

        assert snapshot(folder) in (before, after)


@needs_fork
def test_a_limit_on_the_size_of_files_leaves_the_folder_as_it_was(
    tmp_path: Path, old: Publication, new: Publication
) -> None:
    """As on a full disk, every write above the limit fails."""
    folder = tmp_path / "dist"
    built(old, folder)
    before = snapshot(folder)
    for limit in FILE_LIMITS:
        assert (limit, status_with_file_limit(limit, lambda: built(new, folder))) == (limit, FileError.status)
        assert snapshot(folder) == before
