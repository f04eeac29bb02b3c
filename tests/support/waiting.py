"""Waiting for what must come sometime, however slow the machine is. No test asserts how long something takes."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

PATIENCE = 120
"""Seconds: a core or a disk of a busy machine may stall for half a minute. Who gets what they wait for goes on."""


def eventually(look: Callable[[], T], holds: Callable[[T], object] = bool) -> T:
    """Return what `look` returns as soon as that holds. Raises `AssertionError` with the last if it never does."""
    end = time.monotonic() + PATIENCE
    while not holds(found := look()):
        assert time.monotonic() < end, f"still {found!r} after {PATIENCE} seconds"
        time.sleep(0.02)
    return found


def children(process: int) -> list[int]:
    """Return the processes that a process started."""
    found: list[int] = []
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        with suppress(OSError):  # a thread that has ended
            found += map(int, task.read_text().split())
    return found


def descendants(process: int) -> list[int]:
    """Return the processes that a process started, and those that they started."""
    return [each for child in children(process) for each in (child, *descendants(child))]


def is_alive(process: int) -> bool:
    """Tell whether a process has not ended; one that nobody has waited for yet has."""
    try:
        status = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"
