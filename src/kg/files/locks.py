"""Locks that the system releases when a process ends, however it ends: against a second writer, and on folders.

Processes that read a folder hold it, so that others do not delete it meanwhile. Windows and some network file
systems have no locks on folders: there, nothing is held.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from kg.errors import FileError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

# How often another process may delete its lock just as we open it.
_TRIES = 100


@contextmanager
def locked(file: Path, busy: str) -> Iterator[None]:
    """Lock a file, which exists while the block runs; its folder is made, and deleted if it is empty at the end.

    Raises `FileError` with the message `busy`
    if another process has the lock.
    """
    try:
        stream = _locked_file(file, busy)
        try:
            yield
        finally:
            # Deleted before it is released: afterwards it may be the next process's. Windows deletes no open file.
            if sys.platform == "win32":
                stream.close()
            with suppress(OSError):
                file.unlink()
            stream.close()
    finally:
        with suppress(OSError):
            file.parent.rmdir()


def _locked_file(file: Path, busy: str) -> IO[bytes]:
    for _ in range(_TRIES):
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            stream = file.open("ab")
        except (FileNotFoundError, FileExistsError):
            continue
        try:
            _lock(stream)
        except (BlockingIOError, PermissionError):
            stream.close()
            break
        except OSError:
            stream.close()
            raise
        if sys.platform == "win32" or _is_at(stream, file):
            return stream
        stream.close()
    raise FileError(busy)


def _lock(stream: IO[bytes]) -> None:
    if sys.platform == "win32":
        msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _is_at(stream: IO[bytes], path: Path) -> bool:
    """Tell whether a path still leads to an open file."""
    try:
        return os.path.samestat(os.fstat(stream.fileno()), path.stat())
    except FileNotFoundError:
        return False


class FolderHold:
    """A lock on a folder, which `delete_unless_held` then leaves: until `close`, or until nothing refers to this.

    Raises `OSError` if there is no such folder, or it is being deleted. systemd, too, does not clean up a folder in
    /tmp that is locked.
    """

    def __init__(self, folder: Path) -> None:
        self._descriptor: int | None = None
        if sys.platform != "win32":
            self._descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            try:
                _lock_folder(self._descriptor, fcntl.LOCK_SH)
                if not os.path.samestat(os.fstat(self._descriptor), folder.stat()):
                    raise FileNotFoundError(f"{folder} was replaced")
            except OSError:
                self.close()
                raise

    def close(self) -> None:
        """Release the folder."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)

    def __del__(self) -> None:
        self.close()


def delete_unless_held(folder: Path, *, without_locks: bool = True) -> bool:
    """Delete a folder, unless a process holds it, and return whether it is gone. Raises `OSError`.

    With `without_locks`, it is deleted also where there are no locks on folders.
    """
    import shutil  # here, since it takes longer to import than most files to write

    if sys.platform == "win32":
        shutil.rmtree(folder)
        return True
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        if not _lock_folder(descriptor, fcntl.LOCK_EX) and not without_locks:
            return False
        shutil.rmtree(folder)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True


def _lock_folder(descriptor: int, kind: int) -> bool:
    """Lock a folder, and return whether its file system can. Raises `BlockingIOError` if it is locked already."""
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        raise
    except OSError:
        return False
    return True
