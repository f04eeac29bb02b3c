"""The folder of a site: files that changed are put in place one by one, those that no longer belong are deleted.

`.kg-site/files` lists what is ours, and has a name before its file is there: whoever was killed leaves nothing that
the next run does not know. Files that it does not list are never touched.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from filecmp import cmp
from pathlib import Path
from typing import IO

from kg.errors import FileError
from kg.files.atomic_writes import delete_temporary_files, folder_unless_empty, locked, replacement

ROOM = ".kg-site"
_LIST = "files"


class Folder:
    """A folder of files that fills; `changed` counts those that were not there as they are now."""

    def __init__(self, root: Path, earlier: set[str], log: IO[str]) -> None:
        self.root = root
        self.names: set[str] = set()
        self.changed = 0
        self._earlier = earlier
        self._log = log
        self._safe: set[Path] = set()

    @property
    def room(self) -> Path:
        """A place of our own for what is not to be seen."""
        return self.root / ROOM

    def write(self, name: str, content: bytes) -> None:
        """Put a file in place, unless it is there."""
        self.changed += put(self.place(name), content, self.room)

    def move(self, name: str, beside: Path) -> None:
        """Put a file that stands in our room in its place."""
        path = self.place(name)
        if path.is_symlink() or not path.is_file() or not cmp(path, beside, shallow=False):
            beside.replace(path)
            self.changed += 1

    def finish(self) -> None:
        """Delete what no longer belongs, and list what does."""
        for name in sorted(self._earlier - self.names):
            self._drop(name)
        with replacement(self.room / _LIST) as stream:
            stream.write("".join(f"{name}\n" for name in sorted(self.names)).encode())

    def place(self, name: str) -> Path:
        """Return where a file of ours goes, which has a name from now on. Raises `FileError` where another is."""
        path = self.root / name
        if name not in self._earlier:
            if path.exists() or path.is_symlink():
                raise FileError(f"{path}: this place must be free, and something else is there: move it away.")
            self._log.write(f"{name}\n")
            self._log.flush()
            self._earlier.add(name)
        self.names.add(name)
        if path.parent not in self._safe:
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.parent.resolve().is_relative_to(self.root.resolve()):
                raise FileError(f"{path.parent}: this must be a folder in {self.root}, not a link out of it.")
            self._safe.add(path.parent)
        return path

    def _drop(self, name: str) -> None:
        path = self.root / name
        with suppress(FileNotFoundError, NotADirectoryError):
            path.unlink()
        for parent in path.parents:
            if parent == self.root:
                break
            with suppress(OSError):
                parent.rmdir()


def put(path: Path, content: bytes, room: Path) -> bool:
    """Put a file in its place at one stroke, unless it is there; tell whether it was not. Several processes may."""
    if not path.is_symlink() and path.is_file() and path.read_bytes() == content:
        return False
    with replacement(path, folder=room) as stream:
        stream.write(content)
    return True


@contextmanager
def site_folder(root: Path) -> Iterator[Folder]:
    """Open the folder of a site. Raises `FileError` where it is neither new, nor empty, nor one of ours."""
    room = root / ROOM
    if root.exists() and (not root.is_dir() or (any(root.iterdir()) and not (room / _LIST).is_file())):
        raise FileError(
            f"{root}: this must be a site that kg has written, or a new or empty folder, and something else is "
            "there. Nothing was touched: name another folder with --output."
        )
    is_new = not (room / _LIST).exists()
    busy = f"{root}: another `kg site` is writing into this folder: wait until it has ended."
    try:
        with (
            folder_unless_empty(root),
            locked(room / "lock", busy),
            (room / _LIST).open("a+", encoding="utf-8") as log,
        ):
            # While the lock is held, and only then: before and after, what is here may be another writer's.
            try:
                log.seek(0)
                yield Folder(root, set(log.read().split("\n")) - {""}, log)
            finally:
                _tidy(room, is_new=is_new)
    except OSError as error:
        what = os.strerror(error.errno) if error.errno else str(error)
        raise FileError(f"{root}: the site could not be written: {what}. Run `kg site` again.") from error


def _tidy(room: Path, *, is_new: bool) -> None:
    """Delete temporary files, and the whole room of a new site that has no file."""
    delete_temporary_files(room)
    if is_new and not (room / _LIST).stat().st_size:
        shutil.rmtree(room, ignore_errors=True)
