"""The lock that keeps two builds apart. The system lets go of it when its process ends, however it ends."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from kg.errors import FileError
from kg.files.locks import take

# How often another build may tidy up its lock just as we open it.
_TRIES = 100


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock, a file in a folder of its own; both are made, and gone afterwards where the folder is empty.

    Raises `FileError` where another process holds it.
    """
    stream = _locked_file(path)
    try:
        yield
    finally:
        # Deleted while it is held, so that nobody deletes the next one's; Windows deletes no open file anyway.
        if sys.platform == "win32":
            stream.close()
        with suppress(OSError):
            path.unlink()
        stream.close()
        with suppress(OSError):
            path.parent.rmdir()


def _locked_file(path: Path) -> IO[bytes]:
    for _ in range(_TRIES):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            stream = path.open("ab")
        except (FileNotFoundError, FileExistsError):
            continue
        try:
            take(stream)
        except (BlockingIOError, PermissionError):
            stream.close()
            break
        except OSError:
            stream.close()
            raise
        if sys.platform == "win32" or _is_at(stream, path):
            return stream
        stream.close()
    raise FileError(
        f"{path.parent.parent}: another `kg build` is writing into this folder: wait until it has ended."
    )


def _is_at(stream: IO[bytes], path: Path) -> bool:
    """Tell whether an open file still stands under its name."""
    try:
        return os.path.samestat(os.fstat(stream.fileno()), path.stat())
    except FileNotFoundError:
        return False
