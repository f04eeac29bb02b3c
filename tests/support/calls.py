"""Calls for worker processes, which import them from here, and how many lines a call runs."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from kg.errors import CorpusError, Finding


def double(number: int) -> int:
    return 2 * number


def fail(number: int) -> int:
    raise CorpusError([Finding("violation", f"no {number}", "test")])


def divide(number: int) -> float:
    return 1 / number


def kill(number: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return number


def sleep(number: int) -> int:
    time.sleep(600)
    return number


def stop_when_told(number: int, told: Path) -> int:
    """Return the number; the first call once the last was made, the others at once."""
    while number == 0 and not told.exists():
        time.sleep(0.001)
    if number == 5:
        told.touch()
    return number


def sleep_or_kill(number: int) -> int:
    return kill(number) if number else sleep(number)


class UnlikeError(Exception):
    """Not made of the one text that it is pickled as."""

    def __init__(self, what: str, why: str) -> None:
        super().__init__(f"{what}: {why}")


def refuse(number: int) -> None:
    raise UnlikeError(str(number), "it is odd")


def function_of(number: int) -> Callable[[], int]:
    return lambda: number


def lines_run(call: Callable[[], object]) -> int:
    """Return how many lines of Python a call runs, which no other process on the machine changes."""
    count = 0

    def trace(_frame: FrameType, event: str, _argument: object) -> Any:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        call()
    finally:
        sys.settrace(before)
    return count
