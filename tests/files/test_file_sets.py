"""Sets of files that replace each other: somebody else's files, hostile lists, full disks, two writers at once."""

from __future__ import annotations

import hashlib
import os
import resource
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import pytest

from kg.errors import FileError
from kg.files.digests import sha256_of
from kg.files.file_sets import Staging, finish_files, replace_file_set, replace_files
from support.file_sets import (
    FILE_LIMITS,
    FOREIGN,
    KIND,
    NEW,
    OLD,
    STALE,
    Stop,
    lay_beside,
    needs_fork,
    snapshot,
    status_with_file_limit,
    stopped,
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


def change_both(folder: Path) -> None:
    """Replace `a` and `c`, delete `b` and make `d`, unless somebody changed one of them."""
    with replace_files(folder, KIND) as staging:
        staging.expected.update({name: sha256_of(folder / name) for name in "abc"}, d="")
        staging.deleted.add("b")
        for name in "acd":
            staging.write(name, f"new {name}".encode())


def killed_changes(place: Path) -> Iterator[tuple[Path, dict[str, bytes]]]:
    """Yield folders in which a change was killed, each a step later, with the files before it."""
    for kill in range(1, 200):
        folder = place / str(kill)
        folder.mkdir()
        before = lay_files(folder)
        if stopped(lambda folder=folder: change_both(folder), place / "log", Stop(kill)).status == 0:
            return
        yield folder, before


def lay_files(folder: Path) -> dict[str, bytes]:
    before = {name: f"old {name}".encode() for name in "abc"}
    for name, content in before.items():
        (folder / name).write_bytes(content)
    return before


@pytest.mark.parametrize("edited", "bcd")
def test_what_somebody_wrote_while_other_files_were_replaced_stays(
    tmp_path: Path, edited: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = lay_files(tmp_path)
    move = Path.replace

    def and_an_editor_writes(path: Path, target: Path) -> Path:
        if target == tmp_path / "a" and path.read_bytes() == b"new a":
            (tmp_path / edited).write_bytes(b"edited")
        return move(path, target)

    monkeypatch.setattr(Path, "replace", and_an_editor_writes)
    with pytest.raises(
        FileError, match=f"{edited}: somebody else changed this file meanwhile: nothing was written"
    ):
        change_both(tmp_path)

    assert snapshot(tmp_path) == {**before, edited: b"edited"}


@pytest.mark.parametrize(("edited", "others"), [("a", ["b", "c"]), ("d", ["a", "b", "c"])])
def test_what_somebody_wrote_into_a_new_file_stays_if_the_others_are_taken_back(
    tmp_path: Path, edited: str, others: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = lay_files(tmp_path)
    move, moved = Path.replace, []

    def and_an_editor_writes(path: Path, target: Path) -> Path:
        if path.parent.name == "new":
            moved.append(target.name)
            if len(moved) == 3:  # `a`, `c` and `d`; then `b` is deleted, which somebody changed as well
                move(path, target)
                (tmp_path / edited).write_bytes(b"edited")
                (tmp_path / "b").write_bytes(b"mine")
                return target
        return move(path, target)

    monkeypatch.setattr(Path, "replace", and_an_editor_writes)
    with pytest.raises(FileError) as raised:
        change_both(tmp_path)

    assert str(raised.value) == (
        f"{tmp_path}/{edited}: somebody changed this file while others were written, so it stays as saved, and no "
        "other file was changed: look at what was saved, then run the same command again."
    )
    expected = {**before, "b": b"mine", edited: b"edited"}
    assert snapshot(tmp_path) == {name: expected[name] for name in (*others, edited)}


@needs_fork
@pytest.mark.parametrize("journal", ["journal", pytest.param("undo", marks=pytest.mark.slow)])
def test_what_somebody_wrote_into_a_new_file_after_a_kill_stays_and_is_named(tmp_path: Path, journal: str) -> None:
    """Whether the next process takes the change back since another file was changed, or goes on to do so."""
    outcomes = set()
    for folder, before in killed_changes(tmp_path):
        if (folder / "a").read_bytes() != b"new a" or (folder / "c").read_bytes() != b"old c":
            continue
        (folder / "a").write_bytes(b"edited")
        (folder / "c").write_bytes(b"edited, too")
        if journal == "undo":
            (folder / KIND.work_folder / "journal").rename(folder / KIND.work_folder / "undo")
        with pytest.raises(FileError, match=f"^{folder}/a: somebody changed this file while others were written"):
            finish_files(folder, KIND)
        finish_files(folder, KIND)
        found = {name: content for name, content in snapshot(folder).items() if not name.startswith(".kg-test")}
        assert found == {**before, "a": b"edited", "c": b"edited, too"}, folder
        outcomes.add(folder)
    assert outcomes


@needs_fork
@pytest.mark.parametrize("in_place", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_what_somebody_wrote_after_a_kill_stays(tmp_path: Path, *, in_place: bool) -> None:
    """The next process takes the change back if somebody has changed a file before it was moved."""
    outcomes = set()
    for folder, before in killed_changes(tmp_path):
        if (folder / "c").read_bytes() == b"new c":
            continue  # it moved before it was edited
        if not in_place:
            (folder / "c").unlink()
        (folder / "c").write_bytes(b"edited")
        finish_files(folder, KIND)
        found = {name: content for name, content in snapshot(folder).items() if not name.startswith(".kg-test")}
        assert found == {**before, "c": b"edited"}, folder
        outcomes.add(folder)
    assert len(outcomes) > 10
