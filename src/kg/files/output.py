"""Files written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from io import BytesIO
from pathlib import Path
from typing import IO, TYPE_CHECKING

from kg.errors import FileError

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

IN_MEMORY = 32 * 1024 * 1024
"""How much output waits in memory before it waits on disk."""
_PIECE = 1 << 16


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
    part = part_of(target)
    with _told(path, part):
        stream = part.open("xb")
        try:
            with stream:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)


def part_of(path: Path) -> Path:
    """Return where a file or folder stands until it is whole: beside it, under a name that nobody else has.

    The number of the process would not do: in a container, that of a run that was killed comes again.
    """
    return path.with_name(f".{path.name}.{os.urandom(4).hex()}.part")


@contextmanager
def _to_device(path: Path) -> Iterator[IO[bytes]]:
    with _told(path, path), path.open("wb") as device, held_back(device) as stream:
        yield stream


@contextmanager
def _told(path: Path, opened: Path) -> Iterator[None]:
    """Tell of a file that cannot be written, as `FileError`; `opened` is the name under which it is."""
    try:
        yield
    except OSError as error:
        # A write that fails names no file; what names another is not about this one.
        if error.filename is not None and str(error.filename) != str(opened):
            raise
        raise FileError(f"{path}: it could not be written: {error.strerror or error}") from error


def write_new(files: Mapping[Path, str]) -> None:
    """Write texts to files of which none may be there: all of them, and none if it raises.

    Raises `FileError` for the first that is there, or cannot be written.
    """
    with ExitStack() as at_the_end, ExitStack() as if_it_raises:
        parts = []
        for path, text in files.items():
            part = part_of(path.with_name("new"))  # the file's own name may be as long as a name can be
            at_the_end.callback(_delete, part)
            with _told_of_new(path), part.open("x", encoding="utf-8", newline="\n") as stream:
                stream.write(text)
                stream.flush()
                os.fsync(stream.fileno())
            parts.append((part, path))
        for part, path in parts:
            with _told_of_new(path):
                _give_name(part, path)
            if_it_raises.callback(_delete, path)
        if_it_raises.pop_all()


def _give_name(part: Path, path: Path) -> None:
    """Give a file a name that no other has. Raises `FileExistsError` if one has it."""
    try:
        os.link(part, path)
    except FileExistsError:
        raise
    except OSError:  # as on a file system without hard links; there, the name is taken before the file has it
        path.open("x").close()
        try:
            part.replace(path)
        except OSError:
            _delete(path)
            raise


@contextmanager
def _told_of_new(path: Path) -> Iterator[None]:
    """Raise `FileError` for a new file that cannot be written."""
    try:
        yield
    except FileExistsError as error:
        raise FileError(f"{path}: it is there already and is not overwritten; nothing was written") from error
    except OSError as error:
        why = error.strerror or error
        raise FileError(
            f"{path}: it could not be written: {why}; nothing was: run it again when it can be"
        ) from error


def _delete(path: Path) -> None:
    with suppress(OSError):
        path.unlink()


@contextmanager
def held_back(stream: IO[bytes]) -> Iterator[IO[bytes]]:
    """Open a buffer that reaches the stream when the block ends, and not at all if it raises."""
    with _Held() as held:
        yield held
        held.release(stream)
        stream.flush()


class _Held(BytesIO):
    """Bytes in memory, and on disk those before them where they are many.

    Not tempfile's own `SpooledTemporaryFile`: most output is small, and would wait for that module.
    """

    def __init__(self) -> None:
        super().__init__()
        self._before: IO[bytes] | None = None

    def write(self, piece: ReadableBuffer) -> int:
        if self.tell() > IN_MEMORY:
            if self._before is None:
                from tempfile import TemporaryFile

                self._before = TemporaryFile()  # noqa: SIM115  # closed with this
            self._empty(self._before)
        return super().write(piece)

    def release(self, stream: IO[bytes]) -> None:
        """Write all bytes to a stream."""
        if self._before:
            self._before.seek(0)
            while piece := self._before.read(_PIECE):
                stream.write(piece)
        self._empty(stream)

    def close(self) -> None:
        if self._before:
            self._before.close()
        super().close()

    def _empty(self, stream: IO[bytes]) -> None:
        # In pieces: of one larger than a pipe, Python does not tell that the reader went away in the middle.
        self.seek(0)
        while piece := self.read(_PIECE):
            stream.write(piece)
        self.seek(0)
        self.truncate()
