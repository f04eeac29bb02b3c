"""The journal: what moves from the staging folder into the publication, how it goes on and how it goes back.

Both directions may be stopped anywhere and begun again: each step asks what is still to do.
"""

from __future__ import annotations

import os
import shutil
from contextlib import ExitStack, suppress
from pathlib import Path

import msgspec
from msgspec import Struct

from kg.errors import FileError
from kg.publish.build.staging import sync, sync_folder
from kg.publish.build.sums import FILE_NAME

ROOM = ".kg-build"
"""The folder of the lock, the staging and the journal, inside the publication's."""


class Change(Struct, frozen=True, forbid_unknown_fields=True):
    """What moves. `saved` are the files that were there and are replaced or removed, `folders` those to make."""

    install: tuple[str, ...]
    saved: tuple[str, ...]
    folders: tuple[str, ...]

    @property
    def removed(self) -> tuple[str, ...]:
        """The files that no longer belong."""
        return tuple(name for name in self.saved if name not in self.install)


def exchange(folder: Path, change: Change) -> None:
    """Move the staged files into the folder, all or none. Raises `OSError`; then all is as it was.

    A second failure, on the way back, leaves the rest of it to `recover`.
    """
    room = folder / ROOM
    for name in change.saved:
        _save(folder / name, room / "old" / name)
    for parent in {path.parent for path in room.rglob("*")} | {room, folder}:
        sync_folder(parent)
    with (room / "journal.part").open("wb") as stream:
        stream.write(msgspec.json.encode(change))
        sync(stream)
    (room / "journal.part").replace(room / "journal")
    sync_folder(room)
    with ExitStack() as failing:
        failing.callback(_undo, folder, change)
        _complete(folder, change)
        failing.pop_all()


def recover(folder: Path) -> None:
    """Bring a folder in which a build was stopped to the whole new publication, or else to the old one.

    Raises `OSError` where neither can be done, `FileError` where the journal is not one of ours.
    """
    room = folder / ROOM
    if (room / "undo").exists():
        _undo(folder, _read(room / "undo"))
    elif (room / "journal").exists():
        change = _read(room / "journal")
        try:
            _complete(folder, change)
        except OSError:
            _undo(folder, change)


def is_between(folder: Path) -> bool:
    """Tell whether the folder is between two publications."""
    return (folder / ROOM / "journal").exists() or (folder / ROOM / "undo").exists()


def _complete(folder: Path, change: Change) -> None:
    new = folder / ROOM / "new"
    for name in change.folders:
        (folder / name).mkdir(exist_ok=True)
    for name in change.install:
        if (new / name).exists():
            (new / name).replace(folder / name)
    for name in change.removed:
        (folder / name).unlink(missing_ok=True)
        _drop_empty(folder, name)
    _close(folder, change, "journal")


def _undo(folder: Path, change: Change) -> None:
    room = folder / ROOM
    if (room / "journal").exists():
        (room / "journal").replace(room / "undo")
        sync_folder(room)
    for name in change.saved:
        if (room / "old" / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (room / "old" / name).replace(folder / name)
    for name in change.install:
        if name not in change.saved:
            (folder / name).unlink(missing_ok=True)
    for name in reversed(change.folders):
        with suppress(OSError):
            (folder / name).rmdir()
    _close(folder, change, "undo")


def _close(folder: Path, change: Change, journal: str) -> None:
    """Delete the journal once the moves are on disk."""
    for parent in {(folder / name).parent for name in (*change.install, *change.saved)}:
        if parent.is_dir():
            sync_folder(parent)
    (folder / ROOM / journal).unlink()


def _drop_empty(folder: Path, name: str) -> None:
    """Delete the folders of a removed file that are now empty."""
    for parent in (folder / name).parents:
        if parent == folder:
            return
        with suppress(OSError):
            parent.rmdir()


def _save(path: Path, copy: Path) -> None:
    """Give a file a second name; where the file system has no hard links, a copy."""
    copy.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(path, copy)
    except OSError:
        shutil.copy2(path, copy)
        with copy.open("r+b") as stream:
            sync(stream)


def _read(path: Path) -> Change:
    try:
        change = msgspec.json.decode(path.read_bytes(), type=Change)
    except msgspec.MsgspecError as error:
        raise _not_ours(path) from error
    if not all(map(FILE_NAME.fullmatch, (*change.install, *change.saved, *change.folders))):
        raise _not_ours(path)
    return change


def _not_ours(path: Path) -> FileError:
    return FileError(f"{path}: the journal of a build must be as `kg build` left it: delete {path.parent}.")
