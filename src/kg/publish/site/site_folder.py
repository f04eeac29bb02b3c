"""The folder of a site: which files in it are ours, and that only what differs is written."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from filecmp import cmp
from pathlib import Path
from typing import IO

from kg.errors import FileError, reason_of
from kg.files.atomic_writes import delete_temporary_files, folder_unless_empty, replacement
from kg.files.locks import locked

WORK_FOLDER = ".kg-site"
_LIST = "files"


class SiteFolder:
    """A folder of files that fills; `changed` counts new and changed files.

    `.kg-site/files` lists our files, and lists each before it is written: a killed run leaves no file that the next
    run does not find in it. Files that are not in the list are never touched.
    """

    def __init__(self, root: Path, earlier: set[str], log: IO[str]) -> None:
        self.root = root
        self.work_folder = root / WORK_FOLDER
        self.names: set[str] = set()
        self.changed = 0
        self._earlier = earlier
        self._log = log
        self._safe: set[Path] = set()

    def write(self, name: str, content: bytes) -> None:
        """Write a file, unless it has this content already."""
        path = self.claim(name)
        if path.is_symlink() or not path.is_file() or path.read_bytes() != content:
            with replacement(path, folder=self.work_folder) as stream:
                stream.write(content)
            self.changed += 1

    def move(self, name: str, finished: Path) -> None:
        """Move a finished file to its place, unless the same content is there."""
        path = self.claim(name)
        if path.is_symlink() or not path.is_file() or not cmp(path, finished, shallow=False):
            finished.replace(path)
            self.changed += 1

    def finish(self) -> None:
        """Delete files of earlier runs that no longer belong, and write the list of files."""
        for name in sorted(self._earlier - self.names):
            self._delete(name)
        with replacement(self.work_folder / _LIST) as stream:
            stream.write("".join(f"{name}\n" for name in sorted(self.names)).encode())

    def claim(self, name: str) -> Path:
        """List a file as ours and return its path. Raises `FileError` if a file that is not ours is there."""
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

    def _delete(self, name: str) -> None:
        path = self.root / name
        with suppress(FileNotFoundError, NotADirectoryError):
            path.unlink()
        for parent in path.parents:
            if parent == self.root:
                break
            with suppress(OSError):
                parent.rmdir()


@contextmanager
def site_folder(root: Path) -> Iterator[SiteFolder]:
    """Open the folder of a site. Raises `FileError` if it has files but no site of ours."""
    work_folder = root / WORK_FOLDER
    is_new = not (work_folder / _LIST).is_file()
    # A run that was killed at its start may have left a work folder without a list.
    if root.exists() and (not root.is_dir() or (is_new and any(each != work_folder for each in root.iterdir()))):
        raise FileError(
            f"{root}: this must be a site that kg has written, or a new or empty folder, and something else is "
            "there. Nothing was touched: name another folder with --output."
        )
    busy = f"{root}: another `kg site` is writing into this folder: wait until it has ended."
    try:
        with (
            folder_unless_empty(root),
            locked(work_folder / "lock", busy),
            (work_folder / _LIST).open("a+", encoding="utf-8") as log,
        ):
            # Only while the lock is held: before and after, files here may be another writer's.
            try:
                log.seek(0)
                yield SiteFolder(root, set(log.read().split("\n")) - {""}, log)
            finally:
                delete_temporary_files(work_folder)
                if is_new and not (work_folder / _LIST).stat().st_size:
                    shutil.rmtree(work_folder, ignore_errors=True)
    except OSError as error:
        why = reason_of(error)
        raise FileError(f"{root}: the site could not be written: {why}. Run `kg site` again.") from error
