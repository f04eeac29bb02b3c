"""New files, written beside the old ones, on disk before anything moves."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple

from msgspec import Struct

from kg.pipeline.cache.stats import Stat, stat_of

_BUFFER = 1 << 17  # what stays in a processor's own cache costs half the copying
_LONGEST = 1 << 25  # so much of a file the system keeps in memory after it was copied


class StagedFile(NamedTuple):
    """A file as it was written: its path in the publication, its bytes and their SHA-256, its stat."""

    name: str
    size: int
    sha256: str
    stat: Stat


class Piece(Struct):
    """A stretch of a file, in bytes; `end` is exclusive."""

    stream: IO[bytes]
    start: int
    end: int


class Staging:
    """A folder of new files, which fills."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files: dict[str, StagedFile] = {}

    @contextmanager
    def file(self, name: str) -> Iterator[IO[bytes]]:
        """Open a new file, which is on disk when the block ends."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x+b") as stream:
            yield stream
            sync(stream)
            stream.seek(0)
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
            self.files[name] = StagedFile(name, stream.tell(), digest, stat_of(stream.fileno()))

    @contextmanager
    def scratch(self, name: str) -> Iterator[IO[bytes]]:
        """Open a new file that is gone when the block ends."""
        path = self.folder / f"{name}.scratch"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x+b") as stream:
            yield stream
        path.unlink()

    def join(self, name: str, pieces: Iterable[Piece]) -> None:
        """Write a new file that is made of pieces of others, hashed as it is copied."""
        digest = hashlib.sha256()
        with (self.folder / name).open("xb", buffering=0) as file:
            for chunk in _chunks(pieces):
                digest.update(chunk)
                written = 0
                while written < len(chunk):  # a disk that is nearly full takes a part, and tells only the next time
                    written += file.write(chunk[written:])
            sync(file)
            self.files[name] = StagedFile(name, file.tell(), digest.hexdigest(), stat_of(file.fileno()))

    def write(self, name: str, content: bytes) -> None:
        """Write a new file."""
        with self.file(name) as stream:
            stream.write(content)


def _chunks(pieces: Iterable[Piece]) -> Iterator[memoryview]:
    """Yield what pieces hold, one after the other, in a buffer that is filled anew each time."""
    buffer = memoryview(bytearray(_BUFFER))
    done = 0
    for stream, start, end in _short(pieces):
        stream.seek(start)
        at = start
        while at < end:
            # To the next multiple of the buffer: what begins within a page takes longer to write.
            room = buffer[: min(end - at, _BUFFER - done % _BUFFER)]
            size = stream.readinto(room)  # type: ignore[attr-defined]  # a stream of bytes has it
            if not size:
                raise OSError(errno.EIO, "this file was cut off while it was read", stream.name)
            yield room[:size]
            at += size
            done += size
        _let_go(stream, start, end)


def _short(pieces: Iterable[Piece]) -> Iterator[tuple[IO[bytes], int, int]]:
    """Yield the stream, start and end of stretches, none of them long, that are together the pieces."""
    for piece in pieces:
        for start in range(piece.start, piece.end, _LONGEST):
            yield piece.stream, start, min(start + _LONGEST, piece.end)


def _let_go(stream: IO[bytes], start: int, end: int) -> None:
    """Let the system forget what it keeps in memory of a piece: once it is copied, the earlier file is deleted.

    Else the old and the new publication may fill all memory, and the new one has to wait for every page.
    """
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(stream.fileno(), start, end - start, os.POSIX_FADV_DONTNEED)


def sync(stream: IO[bytes]) -> None:
    """Bring a file's bytes to the disk."""
    stream.flush()
    os.fsync(stream.fileno())


def sync_folder(folder: Path) -> None:
    """Bring a folder's names to the disk, where the system can."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        # Some network file systems have nothing to sync here.
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(descriptor)
