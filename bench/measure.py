"""Runs a command and measures it: `python -I -S measure.py RESULT COMMAND…` writes what it cost to RESULT as JSON.

A process of its own, so that the size of the benchmark does not count: a child starts with its parent's peak.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import NamedTuple

EVERY = 0.05
"""Seconds between two looks at the processes that run."""
KIB = 1 if sys.platform == "darwin" else 1024


class Usage(NamedTuple):
    """What a command cost. Seconds; bytes: `peak` of its largest process, `together` of all at one moment."""

    status: int
    wall: float
    cpu: float
    peak: int
    together: int


def measured(command: list[str], *, timeout: float, folder: Path, log: Path) -> Usage:
    """Run a command in a folder, its output in a log; the status is 124 where it took longer than the timeout."""
    result = log.with_suffix(".usage")
    result.unlink(missing_ok=True)
    wrapper = [sys.executable, "-I", "-S", __file__, str(result), str(timeout), *command]
    with log.open("wb") as stream:
        subprocess.run(
            wrapper, cwd=folder, stdout=stream, stderr=subprocess.STDOUT, check=True, env=plain_environment()
        )
    return Usage(*json.loads(result.read_text()))


def plain_environment() -> dict[str, str]:
    """Return the environment without what makes Python slow to start: a bytecode cache that is never written."""
    left_out = ("PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "PYTHONUNBUFFERED", "VIRTUAL_ENV")
    return {name: value for name, value in os.environ.items() if name not in left_out}


def _run(result: str, timeout: float, command: list[str]) -> None:
    together = _Together()
    start = time.perf_counter()
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
    threading.Thread(target=together.watch, args=(process.pid,), daemon=True).start()
    try:
        status = process.wait(timeout)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, 9)
        process.wait()
        status = 124
    wall = time.perf_counter() - start
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    peak = used.ru_maxrss * KIB
    usage = Usage(status, wall, used.ru_utime + used.ru_stime, peak, max(peak, together.most))
    Path(result).write_text(json.dumps(usage))


class _Together:
    """The most memory that the processes of a session had together, as far as it could be seen."""

    def __init__(self) -> None:
        self.most = 0

    def watch(self, session: int) -> None:
        while Path("/proc/self/statm").exists():
            self.most = max(self.most, sum(_resident(pid, session) for pid in os.listdir("/proc") if pid.isdigit()))
            time.sleep(EVERY)


def _resident(pid: str, session: int) -> int:
    """Return the resident bytes of a process of the session, 0 for any other and for one that has just ended."""
    try:
        if os.getsid(int(pid)) != session:
            return 0
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * resource.getpagesize()
    except (OSError, IndexError):
        return 0


if __name__ == "__main__":
    _run(sys.argv[1], float(sys.argv[2]), sys.argv[3:])
