"""Files appear whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
from io import BytesIO
from itertools import count
from pathlib import Path
from threading import Thread
from time import sleep

import pytest

from kg.errors import FileError
from kg.files import atomic_writes, temporary
from kg.files.atomic_writes import (
    atomic_file,
    atomic_folder,
    delete_temporary_files,
    folder_unless_empty,
    is_temporary,
    replace_if_same,
    replacement,
)
from kg.files.locks import locked
from kg.files.temporary import output_at_end
from support.file_sets import DIED, Stop, needs_fork, snapshot, stopped
from support.waiting import PATIENCE


def test_a_file_appears_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "a"
    with atomic_file(path) as stream:
        stream.write(b"new")
        assert not path.exists()

    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_stays_as_it_was_where_writing_fails(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")
    with pytest.raises(TypeError), atomic_file(path) as stream:
        [stream.write(piece) for piece in (b"new", None)]  # type: ignore[arg-type]  # the second fails

    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_what_a_killed_run_of_the_same_process_number_left_is_in_nobody_s_way(tmp_path: Path) -> None:
    path, stale = tmp_path / "a", tmp_path / f".a.{os.getpid()}.part"
    stale.write_bytes(b"left")
    with atomic_file(path) as stream:
        stream.write(b"new")

    assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == {"a": b"new", stale.name: b"left"}


def test_a_file_has_the_rights_of_any_new_file(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        with atomic_file(tmp_path / "a"):
            pass
        (tmp_path / "b").touch()
    finally:
        os.umask(before)

    assert (tmp_path / "a").stat().st_mode == (tmp_path / "b").stat().st_mode


@pytest.mark.parametrize("name", ["a", "/dev/null"])
def test_what_fails_with_another_file_is_reported_for_that_file(name: str, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as told, atomic_file(tmp_path / name):
        (tmp_path / "nowhere" / "x").open()

    assert told.value.filename == str(tmp_path / "nowhere" / "x")
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_reported_with_the_file(small_disk: Path) -> None:
    path = small_disk / "a"
    with pytest.raises(FileError) as told, atomic_file(path) as stream:
        stream.write(b"x" * 9_000_000)

    assert str(told.value) == f"{path}: it could not be written: No space left on device: free space on the disk"
    assert list(small_disk.iterdir()) == []


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    path, link = tmp_path / "a", tmp_path / "link"
    path.write_bytes(b"old")
    link.symlink_to(path)
    with atomic_file(link) as stream:
        stream.write(b"new")

    assert link.is_symlink()
    assert path.read_bytes() == b"new"


def test_a_pipe_or_a_device_is_written_to_and_never_replaced(tmp_path: Path) -> None:
    """Renaming a file over /dev/null would take it from the whole machine."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    with atomic_file(pipe) as stream:
        stream.write(b"new")
    reader.join(PATIENCE)

    assert read == [b"new"]
    assert pipe.is_fifo()


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="could not be written: Is a directory"), atomic_file(tmp_path):
        pass


@pytest.mark.parametrize("most", [0, 3, 100])
def test_output_is_held_back_to_the_end_in_memory_or_on_disk(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(temporary, "IN_MEMORY", most)
    stream = BytesIO()
    with output_at_end(stream) as held:
        for piece in (b"one ", b"two ", b"three ", b"four"):
            held.write(piece)
        assert stream.getvalue() == b""

    assert stream.getvalue() == b"one two three four"


def used(folder: Path) -> int:
    """Return how many blocks of a file system are in use."""
    state = os.statvfs(folder)
    return state.f_blocks - state.f_bfree


def hold_back(stream: BytesIO, megabytes: int) -> None:
    """Write to a stream, and raise at the end."""
    with output_at_end(stream) as held:
        for _ in range(megabytes):
            held.write(b"x" * 1024 * 1024)
        raise FileError("the block raises")


@pytest.mark.parametrize(("megabytes", "message"), [(20, "No space left on device"), (4, "the block raises")])
def test_of_what_waits_on_disk_nothing_stays_after_an_error(
    megabytes: int, message: str, small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(temporary, "IN_MEMORY", 1024 * 1024)
    monkeypatch.setattr(tempfile, "tempdir", str(small_disk))
    stream, before = BytesIO(), used(small_disk)
    with pytest.raises((OSError, FileError), match=message):
        hold_back(stream, megabytes)

    assert (stream.getvalue(), os.listdir(small_disk), used(small_disk)) == (b"", [], before)


@needs_fork
def test_a_writer_killed_at_any_operation_leaves_the_old_file_or_the_new(tmp_path: Path) -> None:
    """What else it may leave is known as temporary, and deleted by whoever is alone in the folder."""
    folder = tmp_path / "folder"
    folder.mkdir()
    path = folder / "a"

    def write() -> None:
        with atomic_file(path) as stream:
            stream.write(b"new")

    outcomes = []
    for kill in count(1):
        path.write_bytes(b"old")
        status = stopped(write, tmp_path / "log", Stop(kill)).status
        outcomes.append(path.read_bytes())
        assert all(is_temporary(each.name) for each in folder.iterdir() if each != path)
        delete_temporary_files(folder)
        assert list(folder.iterdir()) == [path]
        if status != DIED:
            break

    assert outcomes == [b"old"] * outcomes.count(b"old") + [b"new"] * outcomes.count(b"new")
    assert set(outcomes) == {b"old", b"new"}


@needs_fork
def test_a_writer_of_a_folder_killed_at_any_operation_leaves_nothing_or_all(tmp_path: Path) -> None:
    folder = tmp_path / "in" / "folder"

    def write() -> None:
        with atomic_folder(folder) as staged:
            (staged / "a").write_bytes(b"a")
            (staged / "b").write_bytes(b"b")

    for kill in count(1):
        shutil.rmtree(tmp_path / "in", ignore_errors=True)
        status = stopped(write, tmp_path / "log", Stop(kill)).status
        assert not folder.exists() or snapshot(folder) == {"a": b"a", "b": b"b"}
        if status != DIED:
            break

    assert snapshot(folder) == {"a": b"a", "b": b"b"}


def test_a_folder_takes_the_place_of_an_empty_one_and_of_no_other(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").touch()
    for name in ("empty", "full"):
        with suppress(FileError), atomic_folder(tmp_path / name) as staged:
            (staged / "a").touch()

    assert snapshot(tmp_path) == {"empty": None, "empty/a": b"", "full": None, "full/mine": b""}


def test_a_folder_of_a_block_that_raises_is_gone(tmp_path: Path) -> None:
    with pytest.raises(TypeError), atomic_folder(tmp_path / "in" / "folder") as staged:
        (staged / "a").write_bytes(None)  # type: ignore[arg-type]

    assert snapshot(tmp_path) == {}


def test_folders_that_stay_empty_are_gone_and_others_stay(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    with folder_unless_empty(tmp_path / "old" / "a" / "b"):
        pass
    with folder_unless_empty(tmp_path / "old" / "c" / "d"):
        (tmp_path / "old" / "c" / "file").touch()

    assert snapshot(tmp_path) == {"old": None, "old/c": None, "old/c/file": b""}


def test_a_replacement_does_not_follow_a_link(tmp_path: Path) -> None:
    (tmp_path / "target").write_bytes(b"theirs")
    (tmp_path / "link").symlink_to(tmp_path / "target")
    with replacement(tmp_path / "link") as stream:
        stream.write(b"ours")

    assert snapshot(tmp_path) == {"target": b"theirs", "link": b"ours"}
    assert not (tmp_path / "link").is_symlink()


def test_a_file_may_have_a_name_as_long_as_names_can_be(tmp_path: Path) -> None:
    path = tmp_path / ("a" * 255)
    with atomic_file(path) as stream:
        stream.write(b"new")

    assert path.read_bytes() == b"new"


def test_a_lock_is_held_by_one_and_gone_afterwards(tmp_path: Path) -> None:
    file = tmp_path / "work" / "lock"
    with locked(file, "busy"):
        with pytest.raises(FileError, match="busy"), locked(file, "busy"):
            pass
        assert file.exists()

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("found", "before", "new", "left"),
    [
        (b"old", b"old", b"new", b"new"),
        (b"other", b"old", b"new", b"other"),
        (None, b"old", b"new", None),
        (None, None, b"new", b"new"),
        (b"other", None, b"new", b"other"),
        (b"old", b"old", None, None),
        (b"other", b"old", None, b"other"),
        (None, b"old", None, None),
    ],
)
def test_a_file_is_replaced_if_it_is_the_same(
    tmp_path: Path, found: bytes | None, before: bytes | None, new: bytes | None, left: bytes | None
) -> None:
    path = tmp_path / "a"
    if found is not None:
        path.write_bytes(found)
        path.chmod(0o640)

    is_replaced = replace_if_same(path, new, before)

    assert is_replaced == (found == before)
    assert [each.read_bytes() for each in tmp_path.iterdir()] == ([] if left is None else [left])
    if found is not None and left is not None:
        assert path.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("saves", range(1, 7))
def test_the_last_of_many_saves_at_the_last_moment_stays(
    saves: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, draft = tmp_path / "a", tmp_path / "draft"
    path.write_bytes(b"old")
    read, looks = atomic_writes.read_input, count()

    def read_and_save(*names: str) -> bytes:
        content = read(*names)
        if 1 <= (look := next(looks)) <= saves:  # the first look finds the file as it was
            draft.write_bytes(b"saved %d" % look)
            draft.replace(path)
        return content

    monkeypatch.setattr(atomic_writes, "read_input", read_and_save)

    assert not replace_if_same(path, b"new", b"old")
    assert snapshot(tmp_path) == {"a": b"saved %d" % saves}


@pytest.mark.slow
@pytest.mark.parametrize("into_the_old_file", [False, True])
def test_what_somebody_saves_at_the_last_moment_is_not_lost(tmp_path: Path, into_the_old_file: bool) -> None:
    path, draft = tmp_path / "a", tmp_path / "draft"
    path.write_bytes(b"0 0")
    running = True

    def replace_again_and_again() -> None:
        for number in count(1):
            before = path.read_bytes()
            if before:
                replace_if_same(path, b"%d %b" % (number, before.split()[1]), before)
            if not running:
                return

    writer = Thread(target=replace_again_and_again)
    writer.start()
    for saved in range(1, 2500):
        content = b""
        while not content:
            content = path.read_bytes()
        new = b"%b %d" % (content.split()[0], saved)
        if into_the_old_file:
            path.write_bytes(new)
        else:
            draft.write_bytes(new)
            draft.replace(path)
        # The writer's content may be there until it sees that it is not wanted, on a busy disk for seconds.
        if not any(path.read_bytes().endswith(b" %d" % saved) or sleep(0.001) for _ in range(120_000)):
            break
    running = False
    writer.join()

    assert path.read_bytes().split()[1] == b"2499"
