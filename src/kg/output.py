"""Files written whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from kg.errors import FileError

IN_MEMORY = 32 * 1024 * 1024
"""How much output waits in memory before it waits on disk."""


@contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """Open a file that appears under its name when the block ends, and not at all if it raises.

    A device or a pipe stays what it is: it is written to when the block ends. Raises `FileError` where it cannot be
    written.
    """
    if path.exists() and not path.is_file():
        with _to_device(path) as stream:
            yield stream
        return
    target = path.resolve()  # so that a link stays one
    beside = target.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with beside.open("xb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(target)
    except OSError as error:
        raise FileError(f"{path}: it could not be written: {error.strerror or error}") from error
    finally:
        with suppress(FileNotFoundError):
            beside.unlink()


@contextmanager
def _to_device(path: Path) -> Iterator[IO[bytes]]:
    try:
        with path.open("wb") as device, held_back(device) as stream:
            yield stream
    except OSError as error:
        raise FileError(f"{path}: it could not be written: {error.strerror or error}") from error


@contextmanager
def held_back(stream: IO[bytes]) -> Iterator[IO[bytes]]:
    """Open a buffer that reaches the stream when the block ends, and not at all if it raises."""
    with tempfile.SpooledTemporaryFile(IN_MEMORY) as buffer:
        yield buffer
        buffer.seek(0)
        shutil.copyfileobj(buffer, stream)
        stream.flush()
