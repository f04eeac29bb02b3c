"""Files and folders that are written completely or not at all.

New content is written under a temporary name and then renamed, so that readers see either the old file or the new
one. A process that is killed may leave a file that `is_temporary` recognises; it is harmless.
"""

from __future__ import annotations

import errno
import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO

from kg.errors import FileError, file_error, reason_of
from kg.files.compression import ByteStream
from kg.files.input_files import read_input
from kg.files.temporary import output_at_end

_TEMPORARY = re.compile(r"\.kg-[0-9a-f]{16}\.part")


def temporary_path(folder: Path) -> Path:
    """Return a path in a folder that no other file has, for a file or folder that is not yet whole.

    Not named after the process: in a container, the number of a killed process is soon used again. Not named after
    the file: its name may be as long as a name can be.
    """
    return folder / f".kg-{os.urandom(8).hex()}.part"


def is_temporary(name: str) -> bool:
    """Tell whether `temporary_path` made a file name."""
    return _TEMPORARY.fullmatch(name) is not None


def delete_temporary_files(folder: Path) -> None:
    """Delete what killed writers left in a folder. Call it only while nobody else can write there."""
    for name in os.listdir(folder):
        if is_temporary(name):
            _delete(folder / name)


@contextmanager
def replacement(path: Path, *, folder: Path | None = None, mode: int = 0o666) -> Iterator[IO[bytes]]:
    """Open a temporary file, beside `path` or in `folder`, that replaces `path` when the block ends.

    If the block raises, `path` stays as it was. A symbolic link at `path` is replaced, not followed. Call `sync` in
    the block if the content must survive a power failure. `mode` is the file mode before the umask. Raises
    `OSError`.
    """
    part = temporary_path(folder or path.parent)
    try:
        with open(part, "xb", opener=lambda name, flags: os.open(name, flags, mode)) as stream:
            yield stream
        part.replace(path)
    finally:
        _delete(part)


@contextmanager
def atomic_file(path: Path) -> Iterator[ByteStream]:
    """Open a file that appears under its name when the block ends, and not at all if it raises.

    A symbolic link is kept and its target is replaced. A device or a pipe is written to when the block ends.
    Raises `FileError` if the file cannot be written.
    """
    if path.exists() and not path.is_file():
        with _write_errors(path), path.open("wb") as device, output_at_end(device) as spool:
            yield spool
        return
    with _write_errors(path), replacement(path.resolve()) as stream:
        yield stream
        sync(stream)


@contextmanager
def _write_errors(path: Path) -> Iterator[None]:
    """Raise `FileError` for a file that cannot be written; let errors about other files pass."""
    try:
        yield
    except OSError as error:
        # A write that fails names no file.
        name = error.filename
        if name is not None and str(name) != str(path) and not is_temporary(os.path.basename(os.fspath(name))):
            raise
        raise file_error(path, error, "it could not be written") from error


def replace_if_same(path: Path, new: bytes | None, before: bytes | None) -> bool:
    """Replace a file that others write at any time, unless its content is not `before` any more.

    None means that there is no file. Returns False if somebody else wrote it, whose content then stays: on systems
    that can exchange two files atomically, even if they wrote it at the last moment. The file mode stays. Raises
    `OSError`.
    """
    part = temporary_path(path.parent)
    try:
        if new is None:
            path.rename(part)
            if _content(part) == before:
                return True
            _rename_to_free(part, path)
            return False
        with part.open("xb") as stream:
            if before is not None:
                os.chmod(part, path.stat().st_mode & 0o777)
            stream.write(new)
            sync(stream)
        if before is None:
            _rename_to_free(part, path)
            return True
        return _content(path) == before and _exchange_if_same(part, path, before)
    except (FileNotFoundError, FileExistsError):
        return False
    finally:
        _delete(part)
        sync_folder(path.parent)


def _exchange_if_same(part: Path, path: Path, before: bytes) -> bool:
    placed = _content(part)
    if not _exchange(part, path):
        part.replace(path)
        return True
    found = _content(part)
    if found == before:
        return True
    while True:
        _exchange(part, path)
        last, found = found, _content(part)
        if found == placed:
            return False
        placed = last  # saved once more, in between: the last one counts


def _content(path: Path) -> bytes:
    return read_input(str(path), str(path.parent))


_AT_CURRENT_FOLDER, _EXCHANGE = -100, 2
_NO_EXCHANGE = (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP)


def _exchange(first: Path, second: Path) -> bool:
    """Exchange two files at once; return False if the system or the file system cannot."""
    if sys.platform == "win32":
        return False
    import ctypes  # here, since only the desk needs it

    names = os.fsencode(first), os.fsencode(second)
    library = ctypes.CDLL(None, use_errno=True)
    if hasattr(library, "renameat2"):  # Linux
        failed = library.renameat2(_AT_CURRENT_FOLDER, names[0], _AT_CURRENT_FOLDER, names[1], _EXCHANGE)
    elif hasattr(library, "renamex_np"):  # macOS
        failed = library.renamex_np(*names, _EXCHANGE)
    else:
        return False
    if failed and ctypes.get_errno() not in _NO_EXCHANGE:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), os.fspath(second))
    return not failed


def write_new_files(files: Mapping[Path, str]) -> None:
    """Write texts to files that must not exist yet: all of them, or none if it raises.

    Raises `FileError` for the first file that exists or cannot be written.
    """
    with ExitStack() as at_the_end, ExitStack() as if_it_raises:
        parts = []
        for path, text in files.items():
            part = temporary_path(path.parent)
            at_the_end.callback(_delete, part)
            with _new_file_errors(path), part.open("x", encoding="utf-8", newline="\n") as stream:
                stream.write(text)
                sync(stream)
            parts.append((part, path))
        for part, path in parts:
            with _new_file_errors(path):
                _rename_to_free(part, path)
            if_it_raises.callback(_delete, path)
        if_it_raises.pop_all()


def _rename_to_free(part: Path, path: Path) -> None:
    """Give a file a name that no other file has. Raises `FileExistsError` if one has it."""
    try:
        os.link(part, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links: reserve the name with an empty file
        path.open("x").close()
        try:
            part.replace(path)
        except OSError:
            _delete(path)
            raise


@contextmanager
def _new_file_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except FileExistsError as error:
        raise FileError(f"{path}: the file exists and is not overwritten; nothing was written") from error
    except OSError as error:
        why = reason_of(error, path)
        raise FileError(f"{path}: it could not be written: {why}; nothing was written: try again") from error


@contextmanager
def atomic_folder(folder: Path, *, within: Path | None = None) -> Iterator[Path]:
    """Open a temporary folder, beside `folder` or `within` another, that gets its name when the block ends.

    It is deleted if the block raises. `folder` must not exist, or be empty. Raises `FileError` if it cannot be
    written.
    """
    place = folder.absolute()
    staged = temporary_path(within or place.parent)
    try:
        with folder_unless_empty(place.parent):
            staged.mkdir()
            try:
                yield staged
                with suppress(FileNotFoundError):
                    place.rmdir()
                staged.rename(place)
            finally:
                if staged.exists():
                    import shutil  # here, since it takes longer to import than most files to write

                    shutil.rmtree(staged, ignore_errors=True)
    except OSError as error:
        raise file_error(folder, error, "it could not be written") from error


@contextmanager
def folder_unless_empty(folder: Path) -> Iterator[None]:
    """Make a folder and its parents; delete those that are new and still empty when the block ends."""
    made = [each for each in (folder, *folder.parents) if not each.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    finally:
        for each in made:
            with suppress(OSError):
                each.rmdir()


def sync(stream: IO[bytes] | IO[str]) -> None:
    """Write a file's content to the disk."""
    stream.flush()
    os.fsync(stream.fileno())


def sync_folder(folder: Path) -> None:
    """Write a folder's names to the disk, if the system can."""
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


def _delete(path: Path) -> None:
    with suppress(OSError):
        path.unlink()
