"""Opens input files, and decides which files may be opened.

A file that the user named may be anything: a link, a pipe, `/dev/stdin`. A file that was found in a folder, or
that another file refers to, must be a regular file inside that folder: a folder may come from a stranger. Its links
could publish other files of this machine, and its pipes would never end.
"""

from __future__ import annotations

import os
import stat
from io import BufferedReader, FileIO

from kg.errors import FileError

CHUNK_SIZE = 1 << 18
"""How many bytes are read at a time: with Python's own 8 kB, reading lines takes four times as long."""

NAMED = ""
"""Instead of a folder, for a file that the user named."""

# Opening a pipe does not wait for its writer; a link that replaces the file in the meantime is not followed.
_FLAGS = os.O_RDONLY
for _name in ("O_CLOEXEC", "O_BINARY", "O_NOFOLLOW", "O_NONBLOCK", "O_NOCTTY"):
    _FLAGS |= getattr(os, _name, 0)


def open_input(file: str, folder: str = NAMED) -> BufferedReader:
    """Open a file that the user named or, with a `folder`, one that was found in it.

    Raises `FileError` for a file of a folder that is not a regular file or lies outside, which is never opened;
    `OSError` if there is no such file or it cannot be read.
    """
    if folder == NAMED:
        return BufferedReader(FileIO(file), CHUNK_SIZE)
    path = os.path.realpath(file) if _has_links(file, folder) else file
    if path is not file and not _is_below(path, folder):
        raise FileError(f"{file}: a link must not lead out of {folder}: copy the file there")
    if not stat.S_ISREG(os.lstat(path).st_mode):
        raise _no_file(file)
    descriptor = os.open(path, _FLAGS)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise _no_file(file)
    return BufferedReader(FileIO(descriptor), CHUNK_SIZE)


def read_input(file: str, folder: str) -> bytes:
    """Return the bytes of a file that was found in a folder. Raises as `open_input` does."""
    with open_input(file, folder) as stream:
        return stream.read()


def is_inside(file: str, folder: str) -> bool:
    """Tell whether a file of a folder is a regular file inside it, after following all links."""
    try:
        return os.path.isfile(file) and (not _has_links(file, folder) or _is_below(file, folder))
    except (OSError, ValueError):  # a name that is impossible for a file
        return False


def leads_out(file: str, folder: str) -> bool:
    """Tell whether a file of a folder is a link that leads out of it."""
    return os.path.islink(file) and not _is_below(file, folder)


def _has_links(file: str, folder: str) -> bool:
    """Tell whether a part of the path below the folder is a link, or leads back up."""
    start = "" if folder == os.curdir else os.path.join(folder, "")
    inner = file[len(start) :].split(os.sep)
    if not file.startswith(start) or os.path.isabs(file) != os.path.isabs(start) or os.pardir in inner:
        return True
    path = start
    for part in inner:
        path = os.path.join(path, part)
        if os.path.islink(path):
            return True
    return False


def _is_below(path: str, folder: str) -> bool:
    real = os.path.realpath(folder)
    return os.path.commonpath([real, os.path.realpath(path)]) == real


def _no_file(file: str) -> FileError:
    return FileError(f"{file}: a file must be a plain file, this is a folder, pipe or device: delete it")
