"""The files of the caches: their folder, and the key that signs their rows. They are the user's own.

A corpus may come from anybody, so no file in it or beside it may prove that it was validated. Caches are signed
with a key that only the user can read, and caches with another signature are ignored. The folders are those of
https://specifications.freedesktop.org/basedir-spec/.
"""

from __future__ import annotations

import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

from kg.files.atomic_writes import replacement

VARIABLE = "KG_CACHE"
"""The environment variable that names another folder; `off` turns the cache off."""
OFF = "off"
MOST_BYTES = 1 << 30
"""The most bytes of all caches together."""
PATTERN = "kg-{}.sqlite"
_KEY = "cache.key"
_KEY_SIZE = 32
_TAG = "Signature: 8a477f597d28d172789f06886806bc55\n# Made by kg; it may be deleted at any time.\n"


def cache_folder() -> Path | None:
    """Return the folder of the caches of all corpora; None if the cache is off or the user has no home."""
    named = os.environ.get(VARIABLE, "")
    if named:
        return None if named == OFF else Path(named)
    return _user_folder("XDG_CACHE_HOME", ".cache")


def user_key() -> bytes | None:
    """Return the user's key; make one if there is none. Return None if it cannot be kept.

    A key that others may have read, or that is damaged, is replaced. If the home belongs to another user, as it may
    under `sudo`, no key is made there and theirs is not used.
    """
    folder = _user_folder("XDG_DATA_HOME", ".local/share")
    if folder is None:
        return None
    try:
        return _read_key(folder / _KEY) or _make_key(folder / _KEY)
    except OSError:
        return None


def _user_folder(variable: str, default: str) -> Path | None:
    """Return kg's folder in a folder of the user's. Relative paths are ignored: they would lead into a corpus."""
    named = os.environ.get(variable, "")
    if not os.path.isabs(named):
        home = os.environ.get("HOME", os.path.expanduser("~"))
        if not os.path.isabs(home):
            return None
        named = os.path.join(home, default)
    return Path(named, "kg")


def _read_key(path: Path) -> bytes | None:
    """Return the key; None if others may have read it. Raises `OSError` if it is not a file of this user."""
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
    """Write a new key, unless another run has just done so. Raises `OSError`."""
    _refuse_foreign(next(each for each in path.parents if each.exists()).stat())
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if _read_key(path) is None:
        with replacement(path, mode=0o600) as stream:  # readable by its owner only
            stream.write(secrets.token_bytes(_KEY_SIZE))
    return _read_key(path)


def _refuse_foreign(status: os.stat_result) -> None:
    if os.name == "posix" and status.st_uid != os.geteuid():
        raise PermissionError("this belongs to another user")


def prepare_file(path: Path) -> None:
    """Make sure that a file of the cache exists and is the user's own. Raises `OSError`."""
    folder = path.parent
    if not folder.is_dir():
        folder.mkdir(mode=0o700, parents=True)
        (folder / ".gitignore").write_text("*\n")
        (folder / "CACHEDIR.TAG").write_text(_TAG)  # https://bford.info/cachedir/
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR | getattr(os, "O_NOFOLLOW", 0), 0o600)
    try:
        _refuse_foreign(os.fstat(descriptor))
    finally:
        os.close(descriptor)


def evict(used: Path) -> None:
    """Mark a cache as just used; delete those that were used longest ago until the rest fits. Raises `OSError`."""
    os.utime(used)
    found = [(each.stat(), each) for each in used.parent.glob(PATTERN.format("*"))]
    size = sum(each.st_size for each, _ in found)
    for each, path in sorted(found, key=lambda pair: pair[0].st_mtime_ns):
        if size <= MOST_BYTES:
            return
        if path != used:
            drop(path)
            size -= each.st_size


def drop(path: Path) -> None:
    """Delete a cache, with the journal that a killed run may have left."""
    for each in (path, path.with_name(f"{path.name}-journal")):
        with suppress(OSError):
            each.unlink()
