"""Child processes: starts them safely, limits their resources, and pools them."""

from __future__ import annotations

import gc
import os

# kg makes no reference cycles, and searching for them takes a tenth of the time of a command or a worker.
_OBJECTS_BETWEEN_COLLECTIONS = 50_000


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def collect_seldom() -> None:
    """Have the garbage collector run seldom. It is a setting of the process, so only for those that kg starts."""
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
