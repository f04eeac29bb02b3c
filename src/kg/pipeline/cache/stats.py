"""Files known by their stat, so that an unchanged one need not be read."""

from __future__ import annotations

import os
from pathlib import Path

Stat = tuple[int, int, int, int]
"""Size, time of modification, time of change (both in nanoseconds), number of the file."""


def stat_of(file: str | Path | int) -> Stat:
    """Return the stat of a file. Raises `OSError`."""
    return as_stat(os.stat(file))


def as_stat(found: os.stat_result) -> Stat:
    """Return what is kept of the system's stat."""
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino


def is_moved(stat: Stat, before: Stat) -> bool:
    """Tell whether a stat is that of the same file, under another name maybe, which changes one of its times."""
    size, modified, _, number = stat
    return (size, modified, number) == (before[0], before[1], before[3])


def is_settled(stat: Stat, now: int) -> bool:
    """Tell whether any change from `now` on, in nanoseconds of the file system's clock, would show in the stat.

    That clock ticks so slowly that a file may be changed twice in one tick (as git's racy entries:
    https://git-scm.com/docs/racy-git).
    """
    _, modified, changed, _ = stat
    return modified < now and changed < now
