"""Where records are kept: in the user's cache folder, under names that only a key of the user's gives.

A corpus may come from anybody, so nothing in it, or beside it, may say that it was validated. Records are therefore
signed with a key that never leaves the user's data folder, and those that somebody else wrote are as good as none.
Folders are those of https://specifications.freedesktop.org/basedir-spec/.
"""

from __future__ import annotations

import hmac
import os
import secrets
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, NamedTuple

from kg.pipeline.cache.stats import stat_of

VARIABLE = "KG_CACHE"
"""The environment variable that names another folder, or with `off` none."""
OFF = "off"
LARGEST = 1 << 30
"""The most bytes that the records of all corpora may have; beyond it, those that were used longest ago go."""
_KEY = "cache.key"
_KEY_SIZE = 32
_NAME = "kg-{}.records"
_PART = ("kg-", ".part")
_ABANDONED = 3_600_000_000_000
_TAG = "Signature: 8a477f597d28d172789f06886806bc55\n# Made by kg; it may be deleted at any time.\n"


class CacheFile(NamedTuple):
    """The file of the records of a corpus, and the key that they are signed with."""

    path: Path
    key: bytes


def cache_file(root: str) -> CacheFile | None:
    """Return where the records of a corpus are kept; None if nothing is, as by a user who has no home."""
    folder = cache_folder()
    if folder is None or (key := user_key()) is None:
        return None
    name = hmac.digest(key, os.fsencode(os.path.realpath(root)), "sha256")[:16].hex()
    return CacheFile(folder / _NAME.format(name), key)


def cache_folder() -> Path | None:
    """Return the folder of the records of all corpora; None if there is none."""
    named = os.environ.get(VARIABLE, "")
    if named:
        return None if named == OFF else Path(named)
    return _user_folder("XDG_CACHE_HOME", ".cache")


def user_key() -> bytes | None:
    """Return the user's key, which is made where there is none; None if it cannot be kept.

    A key that others may have read, or that is damaged, is replaced. One of another user's, who lent us their home
    (as `sudo` does), is left alone and not used.
    """
    folder = _user_folder("XDG_DATA_HOME", ".local/share")
    if folder is None:
        return None
    path = folder / _KEY
    try:
        return _read_key(path) or _make_key(path)
    except OSError:
        return None


def _user_folder(variable: str, default: str) -> Path | None:
    """Return kg's folder in one of the user's. Relative paths count for nothing: they would lead into a corpus."""
    named = os.environ.get(variable, "")
    if not os.path.isabs(named):
        home = os.environ.get("HOME", os.path.expanduser("~"))
        if not os.path.isabs(home):
            return None
        named = os.path.join(home, default)
    return Path(named, "kg")


def _read_key(path: Path) -> bytes | None:
    """Return the key, or nothing if others may have read it. Raises `OSError` for what is no file of this user."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except FileNotFoundError:
        return None
    with open(descriptor, "rb") as stream:
        found = os.fstat(descriptor)
        _refuse_foreign(found)
        if not stat.S_ISREG(found.st_mode):
            raise PermissionError("this is not a file")
        key = stream.read(_KEY_SIZE + 1)
    is_private = os.name != "posix" or not found.st_mode & 0o077
    return key if is_private and len(key) == _KEY_SIZE else None


def _make_key(path: Path) -> bytes | None:
    """Put a new key into its place, unless another run has just done so. Raises `OSError`."""
    _refuse_foreign(next(each for each in path.parents if each.exists()).stat())
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent)  # which only its owner can read
    try:
        with open(descriptor, "wb") as stream:
            stream.write(secrets.token_bytes(_KEY_SIZE))
        if _read_key(path) is None:
            os.replace(name, path)
    finally:
        with suppress(FileNotFoundError):
            os.unlink(name)
    return _read_key(path)


def _refuse_foreign(found: os.stat_result) -> None:
    if os.name == "posix" and found.st_uid != os.geteuid():
        raise PermissionError("this belongs to another user")


@contextmanager
def new_records(folder: Path) -> Iterator[IO[bytes] | None]:
    """Open a new file, which is gone when the block ends unless it was renamed; None where that is impossible."""
    try:
        stream = _made(folder)
    except OSError:
        yield None
        return
    try:
        yield stream
    finally:
        with suppress(OSError):
            stream.close()
        with suppress(OSError):
            os.unlink(stream.name)


def _made(folder: Path) -> IO[bytes]:
    if not folder.is_dir():
        folder.mkdir(mode=0o700, parents=True)
        (folder / ".gitignore").write_text("*\n")
        # https://bford.info/cachedir/
        (folder / "CACHEDIR.TAG").write_text(_TAG)
    descriptor, name = tempfile.mkstemp(_PART[1], _PART[0], folder)
    _drop_abandoned(folder, stat_of(descriptor)[1])
    os.close(descriptor)
    return open(name, "w+b")


def _drop_abandoned(folder: Path, now: int) -> None:
    """Delete what killed runs have left. Should one still live, it only cannot keep its records."""
    for path in folder.glob("*".join(_PART)):
        with suppress(OSError):
            if path.stat().st_mtime_ns < now - _ABANDONED:
                path.unlink()


def drop_oldest(kept: Path) -> None:
    """Delete the records that were used longest ago, other than those just `kept`, until the rest fits."""
    found = [(each.stat(), each) for each in kept.parent.glob(_NAME.format("*"))]
    size = sum(each.st_size for each, _ in found)
    for each, path in sorted(found, key=lambda pair: pair[0].st_mtime_ns):
        if size <= LARGEST:
            return
        if path != kept:
            path.unlink()
            size -= each.st_size
