"""Where records are kept: beside corpus.yaml, in a folder that neither git nor backups take."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from kg.files.digests import digest_of
from kg.pipeline.cache.stats import stat_of

FOLDER = ".kg-cache"
VARIABLE = "KG_CACHE"
"""The environment variable that names another folder, or with `off` none."""
OFF = "off"
_NAME = "records"
_PART = ".part"
_ABANDONED = 3_600_000_000_000
_TAG = "Signature: 8a477f597d28d172789f06886806bc55\n# Made by kg; it may be deleted at any time.\n"


def cache_folder(root: str) -> Path | None:
    """Return the folder of the records of a corpus; None where there shall be none."""
    named = os.environ.get(VARIABLE, "")
    if named == OFF:
        return None
    if not named:
        return Path(root, FOLDER)
    return Path(named) / digest_of(os.fsencode(os.path.realpath(root))).hex()


def records_file(folder: Path) -> Path:
    """Return the file of records in a folder."""
    return folder / _NAME


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
        folder.mkdir(parents=True)
        (folder / ".gitignore").write_text("*\n")
        # https://bford.info/cachedir/
        (folder / "CACHEDIR.TAG").write_text(_TAG)
    descriptor, name = tempfile.mkstemp(_PART, _NAME + ".", folder)
    _drop_abandoned(folder, stat_of(descriptor)[1])
    os.close(descriptor)
    return open(name, "w+b")


def _drop_abandoned(folder: Path, now: int) -> None:
    """Delete what killed runs have left. Should one still live, it only cannot keep its records."""
    for path in folder.glob(f"*{_PART}"):
        with suppress(OSError):
            if path.stat().st_mtime_ns < now - _ABANDONED:
                path.unlink()
