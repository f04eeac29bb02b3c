"""Files of a corpus that several programs write: a change that was stopped, others who write, links."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from threading import Thread

import pytest

from kg.errors import FileError
from kg.history.shared_files import FileChange, finish_changes, one_writer, write_changes
from support.file_sets import Stop, needs_fork, snapshot, stopped

BEFORE = {"a.yaml": b"old a", "b.yaml": b"old b"}
AFTER = {"a.yaml": b"new a", "b.yaml": b"new b"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with two files."""
    lay_files(tmp_path / "corpus")
    return tmp_path / "corpus"


def lay_files(folder: Path) -> None:
    folder.mkdir()
    for name, content in BEFORE.items():
        (folder / name).write_bytes(content)


def change(folder: Path) -> None:
    """Change both files."""
    write_changes(folder, [FileChange(str(folder / name), BEFORE[name], AFTER[name]) for name in BEFORE])


def stop_half_way(folder: Path, log: Path) -> None:
    """Kill a process that changes both files when it has changed one."""
    for kill in range(1, 200):
        shutil.rmtree(folder)
        lay_files(folder)
        stopped(lambda: change(folder), log, Stop(kill))
        if [(folder / name).read_bytes() for name in BEFORE] == [AFTER["a.yaml"], BEFORE["b.yaml"]]:
            return
    pytest.fail("no process was killed between the two files")


@needs_fork
def test_a_change_that_was_stopped_is_finished_while_nobody_else_writes(folder: Path, tmp_path: Path) -> None:
    """Two commands that start at once must not both finish it, nor the second fail."""
    stop_half_way(folder, tmp_path / "log")
    half = snapshot(folder)
    second = Thread(target=finish_changes, args=(folder,))

    with one_writer(folder):
        second.start()
        second.join(0.3)
        assert second.is_alive()
        assert {name: content for name, content in snapshot(folder).items() if ".lock" not in name} == half
    second.join()

    assert snapshot(folder) == AFTER


@pytest.mark.slow
@needs_fork
def test_several_commands_finish_a_stopped_change_together(folder: Path, tmp_path: Path) -> None:
    stop_half_way(folder, tmp_path / "log")
    failures: list[FileError] = []

    def finish() -> None:
        try:
            finish_changes(folder)
        except FileError as error:
            failures.append(error)

    commands = [Thread(target=finish) for _ in range(8)]
    for command in commands:
        command.start()
    for command in commands:
        command.join()

    assert not failures
    assert snapshot(folder) == AFTER


@needs_fork
def test_each_file_is_read_only_to_see_whether_somebody_else_changed_it(folder: Path) -> None:
    """Once before any file is changed, and once before it is replaced itself."""
    process = os.fork()
    if process == 0:
        reads = []

        def count(event: str, arguments: tuple[object, ...]) -> None:
            if event == "open" and str(arguments[0]) == str(folder / "a.yaml"):
                reads.append(event)

        sys.addaudithook(count)
        change(folder)
        os._exit(len(reads))

    assert os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == 2
    assert snapshot(folder) == AFTER


@pytest.mark.parametrize("now", [b"mine", None])
def test_a_file_that_somebody_else_changed_or_deleted_is_not_overwritten(folder: Path, now: bytes | None) -> None:
    (folder / "b.yaml").unlink()
    if now:
        (folder / "b.yaml").write_bytes(now)
    before = snapshot(folder)

    with pytest.raises(FileError, match=r"b\.yaml: somebody else changed this file meanwhile: nothing was written"):
        change(folder)
    assert snapshot(folder) == before


def test_a_link_is_not_followed(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere.yaml").write_bytes(BEFORE["b.yaml"])
    (folder / "b.yaml").unlink()
    (folder / "b.yaml").symlink_to(tmp_path / "elsewhere.yaml")

    with pytest.raises(FileError, match=r"b\.yaml: a link is not followed here"):
        change(folder)
    assert (tmp_path / "elsewhere.yaml").read_bytes() == BEFORE["b.yaml"]
    assert (folder / "a.yaml").read_bytes() == BEFORE["a.yaml"]
