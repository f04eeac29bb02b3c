"""Temporary storage for one run: bytes in a spool, rows in a database, both in memory while small, and folders."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from io import BytesIO
from pathlib import Path
from typing import IO, TYPE_CHECKING

from kg.errors import FileError, reason_of
from kg.files.compression import ByteStream
from kg.files.locks import FolderHold, delete_unless_held

if TYPE_CHECKING:
    import sqlite3

IN_MEMORY = 32 * 1024 * 1024
"""How many bytes a spool keeps in memory before it moves them to a file."""
_CHUNK = 1 << 16
_BUFFER = 1 << 18


class Spool:
    """Bytes that are appended and read back by position: in memory, and from `in_memory` bytes on in a file.

    The file is at `path`, and is kept when the spool is closed; without a path it is unnamed and deleted.
    Not tempfile's `SpooledTemporaryFile`: importing that module takes longer than most output does.
    """

    def __init__(self, path: str = "", *, in_memory: int | None = None) -> None:
        self.size = 0
        self._path = path
        self._limit = IN_MEMORY if in_memory is None else in_memory
        self._memory: BytesIO | None = BytesIO()
        self._stream: IO[bytes] = self._memory
        self._at_end = True

    def __enter__(self) -> Spool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def write(self, data: bytes, /) -> int:
        """Append bytes."""
        if self._memory is not None and self.size + len(data) > self._limit:
            self.use_file()
        if not self._at_end:
            self._stream.seek(0, 2)
            self._at_end = True
        self._stream.write(data)
        self.size += len(data)
        return len(data)

    def use_file(self) -> None:
        """Move what is in memory to the file, and append to that from now on."""
        if self._memory is None:
            return
        if self._path:
            self._stream = open(self._path, "w+b", buffering=_BUFFER)  # noqa: SIM115  # closed by `close`
        else:
            from tempfile import TemporaryFile

            self._stream = TemporaryFile(buffering=_BUFFER)  # noqa: SIM115  # closed by `close`
        self._stream.write(self._memory.getbuffer())
        self._memory, self._at_end = None, True

    def content(self) -> bytes | None:
        """Return all bytes, or None if they are in the file, which is then flushed."""
        if self._memory is not None:
            return self._memory.getvalue()
        self._stream.flush()
        return None

    def read(self, start: int, size: int) -> bytes:
        """Return the bytes from a position."""
        self._at_end = False
        self._stream.seek(start)
        return self._stream.read(size)

    def copy_to(self, stream: IO[bytes]) -> None:
        """Write all bytes to a stream.

        In small chunks: if the reader of a pipe goes away in the middle of a large one, Python does not say so.
        """
        self._at_end = False
        self._stream.seek(0)
        while chunk := self._stream.read(_CHUNK):
            stream.write(chunk)

    @contextmanager
    def reading(self) -> Iterator[IO[bytes]]:
        """Open all bytes as a stream, which must not be written to in the meantime."""
        self._at_end = False
        self._stream.seek(0)
        yield self._stream

    def flush(self) -> None:
        """Write what is buffered to the file."""
        self._stream.flush()

    def close(self) -> None:
        """Close the file."""
        self._stream.close()


@contextmanager
def output_at_end(stream: IO[bytes]) -> Iterator[ByteStream]:
    """Open a spool that is copied to a stream when the block ends, and dropped if it raises."""
    with Spool() as spool:
        yield spool
        spool.copy_to(stream)
        stream.flush()


@contextmanager
def temporary_folder(prefix: str) -> Iterator[Path]:
    """Open a temporary folder that is deleted when the block ends; delete those that killed processes left.

    The names of all begin with `prefix`; each is held by its process.
    """
    from tempfile import TemporaryDirectory, gettempdir

    if sys.platform != "win32":
        for name in os.listdir(gettempdir()):
            path = Path(gettempdir(), name)
            # It may be gone by now, or be no folder.
            with suppress(OSError):
                if name.startswith(prefix) and path.lstat().st_uid == os.geteuid():
                    delete_unless_held(path, without_locks=False)
    while True:
        with TemporaryDirectory(prefix=prefix, ignore_cleanup_errors=True) as name:
            try:
                hold = FolderHold(Path(name))
            except OSError:  # another process took it for that of a killed one
                continue
            with closing(hold):
                yield Path(name)
            return


@contextmanager
def temporary_database() -> Iterator[sqlite3.Connection]:
    """Open a database that is deleted when the block ends. Raises `FileError` if the disk is full.

    SQLite keeps it in memory while it is small, and then in a file without a name.
    """
    import sqlite3

    try:
        with closing(sqlite3.connect("", isolation_level=None)) as database:
            database.execute("pragma journal_mode = off")
            yield database
    except sqlite3.OperationalError as error:
        # https://www.sqlite.org/rescode.html: the last byte is the kind, the others are details.
        unwritable = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN)
        if error.sqlite_errorcode & 0xFF not in unwritable:
            raise
        raise _unwritable(str(error)) from error


@contextmanager
def temporary_writes() -> Iterator[None]:
    """Raise `FileError` if the disk is full while a temporary file is written."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise _unwritable(reason_of(error)) from error


def _unwritable(why: str) -> FileError:
    return FileError(
        f"a temporary file could not be written: {why}. Free space on the disk, or set TMPDIR to a folder on "
        "another one."
    )
