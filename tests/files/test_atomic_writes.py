"""Files appear whole or not at all."""

from __future__ import annotations

import os
import tempfile
from io import BytesIO
from pathlib import Path
from threading import Thread

import pytest

from kg.errors import FileError
from kg.files import temporary
from kg.files.atomic_writes import atomic_file
from kg.files.temporary import output_at_end


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
def test_what_fails_with_another_file_is_told_of_that(name: str, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as told, atomic_file(tmp_path / name):
        (tmp_path / "nowhere" / "x").open()

    assert told.value.filename == str(tmp_path / "nowhere" / "x")
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_told_of_the_file(small_disk: Path) -> None:
    path = small_disk / "a"
    with pytest.raises(FileError) as told, atomic_file(path) as stream:
        stream.write(b"x" * 9_000_000)

    assert str(told.value) == f"{path}: it could not be written: No space left on device"
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
    reader.join(10)

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
