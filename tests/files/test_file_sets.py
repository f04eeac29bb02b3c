"""Sets of files that replace each other: somebody else's files, hostile lists, full disks, two writers at once."""

from __future__ import annotations

import hashlib
import os
import resource
import signal
import subprocess
from pathlib import Path
from threading import Event, Thread

import pytest

from kg.errors import FileError
from kg.files.file_sets import Staging, replace_file_set
from support.file_sets import (
    FILE_LIMITS,
    FOREIGN,
    KIND,
    NEW,
    OLD,
    STALE,
    lay_beside,
    needs_fork,
    snapshot,
    status_with_file_limit,
    write_set,
)

KILOBYTE = 1024


def test_a_set_lists_its_files_with_their_sums(tmp_path: Path) -> None:
    write_set(tmp_path, OLD)
    sums = {name: hashlib.sha256(content).hexdigest() for name, content in OLD.items()}

    assert (tmp_path / "SHA256SUMS").read_text() == "".join(f"{sums[name]}  {name}\n" for name in sorted(sums))


def test_the_file_of_somebody_else_is_not_overwritten(tmp_path: Path) -> None:
    """No list of an earlier set names it: it is somebody's own."""
    (tmp_path / "set" / "shapes").mkdir(parents=True)
    (tmp_path / "set" / "shapes" / "a.ttl").write_text("# mine")
    before = snapshot(tmp_path / "set")

    with pytest.raises(FileError) as raised:
        write_set(tmp_path / "set", NEW)

    assert str(raised.value) == (
        f"{tmp_path}/set/shapes/a.ttl: this is not a file that `kg test` wrote, and it is not overwritten: move it "
        "away, or name another folder with --output."
    )
    assert snapshot(tmp_path / "set") == before


def test_a_list_of_checksums_that_is_not_ours_names_no_files_of_ours(tmp_path: Path) -> None:
    """Somebody's SHA256SUMS stays, and so do the files in it."""
    (tmp_path / "image.iso").write_bytes(b"x")
    (tmp_path / "SHA256SUMS").write_text(f"{hashlib.sha256(b'x').hexdigest()}  image.iso\n")
    before = snapshot(tmp_path)

    with pytest.raises(FileError, match="SHA256SUMS: this is not a file that `kg test` wrote"):
        write_set(tmp_path, NEW)

    assert snapshot(tmp_path) == before


def test_files_that_were_changed_are_replaced_and_named(tmp_path: Path) -> None:
    write_set(tmp_path, OLD)
    for name in ("changed.txt", "shapes/a.ttl"):
        (tmp_path / name).write_bytes(OLD[name] + b", mine")
    with replace_file_set(tmp_path, KIND) as staging:
        for name, content in OLD.items():
            staging.write(name, content)

    assert staging.changed == (tmp_path / "changed.txt", tmp_path / "shapes/a.ttl")
    assert (tmp_path / "changed.txt").read_bytes() == OLD["changed.txt"]


def test_a_file_that_no_longer_belongs_but_was_changed_stays(tmp_path: Path) -> None:
    write_set(tmp_path, OLD)
    lay_beside(tmp_path)
    (tmp_path / "kg.hdt").write_bytes(b"changed")
    write_set(tmp_path, NEW)

    assert (tmp_path / "kg.hdt").read_bytes() == b"changed"
    assert not (tmp_path / "queries").exists()


def test_other_files_are_left_alone(tmp_path: Path) -> None:
    write_set(tmp_path, OLD)
    lay_beside(tmp_path)
    stamps = {name: (tmp_path / name).stat().st_mtime_ns for name in FOREIGN}
    write_set(tmp_path, NEW)

    assert {name: (tmp_path / name).stat().st_mtime_ns for name in FOREIGN} == stamps
    assert {name: (tmp_path / name).read_bytes() for name in FOREIGN} == FOREIGN


@pytest.mark.parametrize("name", ["../kept.txt", "/etc/hostname", "a/../../kept.txt", ".kg-test/lock", "C:x", ""])
def test_a_list_of_checksums_leads_nowhere_else(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "set"
    (tmp_path / "kept.txt").write_bytes(b"x")
    write_set(folder, OLD)
    with (folder / "SHA256SUMS").open("a") as stream:
        stream.write(f"{hashlib.sha256(b'x').hexdigest()}  {name}\n")
    write_set(folder, OLD)

    assert (tmp_path / "kept.txt").read_bytes() == b"x"


def test_a_symbolic_link_inside_the_folder_is_not_followed(tmp_path: Path) -> None:
    """A link to a folder elsewhere would have its files replaced."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "shapes").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(FileError, match="shapes: this is not a file that `kg test` wrote"):
        write_set(tmp_path / "set", NEW)

    assert snapshot(tmp_path / "elsewhere") == {}


def test_the_folder_itself_may_be_a_symbolic_link(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "set").symlink_to(tmp_path / "elsewhere")
    write_set(tmp_path / "set", OLD)
    write_set(tmp_path / "set", NEW)

    assert (tmp_path / "elsewhere" / "added.txt").is_file()


@pytest.mark.parametrize("journal", ["", "{", "[]", '{"install": ["../x"], "saved": [], "folders": []}'])
def test_a_journal_that_no_writer_wrote_is_refused(tmp_path: Path, journal: str) -> None:
    (tmp_path / KIND.work_folder).mkdir()
    (tmp_path / KIND.work_folder / "journal").write_text(journal)

    with pytest.raises(FileError, match="this journal was not written by `kg test`: delete the folder"):
        write_set(tmp_path, NEW)


@needs_fork
def test_the_lock_ends_with_its_process(tmp_path: Path) -> None:
    """While a writer is at work the next is refused; when it is killed its lock is nobody's."""
    folder = tmp_path / "set"
    write_set(folder, OLD)
    ready, tell = os.pipe()
    process = os.fork()
    if process == 0:
        with replace_file_set(folder, KIND):
            os.write(tell, b"!")
            signal.pause()
        os._exit(70)
    os.read(ready, 1)

    with pytest.raises(FileError, match="another `kg test` is writing into this folder: wait until it has ended"):
        write_set(folder, NEW)

    os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)
    write_set(folder, NEW)
    assert not (folder / KIND.work_folder).exists()


def test_writers_at_the_same_time_leave_one_whole_set(tmp_path: Path) -> None:
    """Each either writes or is refused."""
    expected = []
    for files in (OLD, NEW):
        write_set(tmp_path / "alone", files)
        expected.append(snapshot(tmp_path / "alone"))
    refused = []

    def write(number: int) -> None:
        for _ in range(10):
            try:
                write_set(tmp_path / "set", (OLD, NEW)[number % 2])
            except FileError as error:
                refused.append(str(error))

    writers = [Thread(target=write, args=(number,)) for number in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    busy = f"{tmp_path}/set: another `kg test` is writing into this folder: wait until it has ended."
    assert set(refused) <= {busy}
    assert snapshot(tmp_path / "set") in expected


def test_a_reader_sees_each_file_whole_while_it_is_replaced(tmp_path: Path) -> None:
    seen, stop = set(), Event()
    old, new = {**OLD, "changed.txt": b"old" * 50_000}, {**NEW, "changed.txt": b"new" * 60_000}
    write_set(tmp_path, old)

    def read() -> None:
        while not stop.is_set():
            seen.add((tmp_path / "changed.txt").read_bytes())

    reader = Thread(target=read)
    reader.start()
    for files in (new, old) * 10:
        write_set(tmp_path, files)
    stop.set()
    reader.join()

    assert seen <= {old["changed.txt"], new["changed.txt"]}


def test_a_file_of_which_the_disk_took_only_a_part_is_none(tmp_path: Path) -> None:
    """The last write takes what there is room for without an error."""
    staging = Staging(tmp_path)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (7, before[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            staging.write_chunks("part", [memoryview(b"0123456789")])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert not staging.files


def remount(folder: Path, options: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{options}", folder], check=True)


def used(folder: Path) -> int:
    """Return how many bytes of a file system are in use."""
    state = os.statvfs(folder)
    return (state.f_blocks - state.f_bfree) * state.f_frsize


def test_a_full_disk_leaves_the_folder_as_it_was(small_disk: Path) -> None:
    """Whatever room is left beside the old set: the error says so, and nothing of the new one stays."""
    folder = small_disk / "set"
    new = {**NEW, "changed.txt": bytes(200 * KILOBYTE)}
    write_set(folder, OLD)
    lay_beside(folder)
    before, taken = snapshot(folder), used(small_disk)
    failures = []
    for room in range(0, 2000, 8):
        remount(small_disk, f"size={taken + room * KILOBYTE}")
        try:
            write_set(folder, new)
        except FileError as error:
            failures.append(str(error))
            assert (room, snapshot(folder) == before) == (room, True)
        else:
            break

    assert len(failures) > 10
    assert set(failures) == {
        f"{folder}: the set could not be written: No space left on device. Nothing was changed."
    }
    assert not snapshot(folder).keys() & STALE.keys()


def test_a_disk_without_room_for_names_leaves_the_folder_as_it_was(small_disk: Path) -> None:
    folder = small_disk / "set"
    write_set(folder, OLD)
    before = snapshot(folder)
    state = os.statvfs(small_disk)
    failures = 0
    for names in range(state.f_files - state.f_ffree, state.f_files):
        remount(small_disk, f"nr_inodes={names}")
        try:
            write_set(folder, NEW)
        except FileError:
            failures += 1
            assert (names, snapshot(folder) == before) == (names, True)
        else:
            break

    assert failures > 5


@needs_fork
def test_a_limit_on_the_size_of_files_leaves_the_folder_as_it_was(tmp_path: Path) -> None:
    """The second way to a full disk, which needs no rights: every write above the limit fails."""
    folder = tmp_path / "set"
    new = {**NEW, "changed.txt": bytes(200 * KILOBYTE)}
    write_set(folder, OLD)
    before = snapshot(folder)
    for limit in FILE_LIMITS:
        assert (limit, status_with_file_limit(limit, lambda: write_set(folder, new))) == (limit, FileError.status)
        assert snapshot(folder) == before
