"""`kg build` on a full disk: the folder stays as it was."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
from pathlib import Path

import pytest

from kg.errors import FileError
from kg.files.file_sets import Staging
from kg.pipeline.publication import Publication
from kg.publish.build.incremental_document import ByteRange, chunks
from support.publications import NEW, OLD, STALE, built, lay_beside, needs_fork, opened, snapshot

KILOBYTE = 1024


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("corpora")


@pytest.fixture(scope="module")
def old(room: Path) -> Publication:
    return opened(room / "old", OLD)


@pytest.fixture(scope="module")
def new(room: Path) -> Publication:
    return opened(room / "new", NEW)


def test_a_file_of_which_the_disk_took_only_a_part_is_none(tmp_path: Path) -> None:
    """The last write takes what there is room for without an error."""
    whole = tmp_path / "whole"
    whole.write_bytes(b"0123456789")
    staging = Staging(tmp_path)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (7, before[1]))
    try:
        with whole.open("rb") as stream, pytest.raises(OSError, match="File too large"):
            staging.write_chunks("part", chunks([ByteRange(stream, 0, 10)]))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert not staging.files


def remount(folder: Path, options: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{options}", folder], check=True)


def used(folder: Path) -> int:
    """Return how many bytes of a file system are in use."""
    state = os.statvfs(folder)
    return (state.f_blocks - state.f_bfree) * state.f_frsize


def test_a_full_disk_leaves_the_folder_as_it_was(small_disk: Path, old: Publication, new: Publication) -> None:
    """Whatever room is left beside the old publication: the error says so, and nothing of the new one stays."""
    folder = small_disk / "dist"
    built(old, folder)
    lay_beside(folder)
    before, taken = snapshot(folder), used(small_disk)
    failures = []
    for room in range(0, 2000, 24):
        remount(small_disk, f"size={taken + room * KILOBYTE}")
        try:
            built(new, folder)
        except FileError as error:
            failures.append(str(error))
            assert (room, snapshot(folder) == before) == (room, True)
        else:
            break

    assert len(failures) > 10
    assert set(failures) == {
        f"{folder}: the publication could not be written: No space left on device. Nothing was changed."
    }
    assert not snapshot(folder).keys() & STALE.keys()


def test_a_disk_without_room_for_names_leaves_the_folder_as_it_was(
    small_disk: Path, old: Publication, new: Publication
) -> None:
    folder = small_disk / "dist"
    built(old, folder)
    before = snapshot(folder)
    state = os.statvfs(small_disk)
    failures = 0
    for names in range(state.f_files - state.f_ffree, state.f_files, 3):
        remount(small_disk, f"nr_inodes={names}")
        try:
            built(new, folder)
        except FileError:
            failures += 1
            assert (names, snapshot(folder) == before) == (names, True)
        else:
            break

    assert failures > 5


@needs_fork
def test_a_limit_on_the_size_of_files_leaves_the_folder_as_it_was(
    tmp_path: Path, old: Publication, new: Publication
) -> None:
    """The second way to a full disk, which needs no rights: every write above the limit fails."""
    resource = pytest.importorskip("resource")
    folder = tmp_path / "dist"
    built(old, folder)
    before = snapshot(folder)
    for limit in (0, 1, 100, 1000, 4 * KILOBYTE, 8 * KILOBYTE, 16 * KILOBYTE, 50 * KILOBYTE):
        process = os.fork()
        if process == 0:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
            status = 70
            try:
                built(new, folder)
                status = 0
            except FileError as error:
                status = error.status
            finally:
                os._exit(status)
        _, ended = os.waitpid(process, 0)
        assert (limit, os.waitstatus_to_exitcode(ended)) == (limit, FileError.status)
        assert snapshot(folder) == before
