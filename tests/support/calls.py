"""Calls for worker processes, which import them from here; and what a call costs, whatever the machine does."""

from __future__ import annotations

import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any

from kg.errors import CorpusError, Finding
from support.waiting import eventually


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


def must_end(call: Callable[[], object]) -> None:
    """Make a call in a forked process, which has minutes for a second's work, and must end without an exception."""
    process = os.fork()
    if process == 0:
        status = 1
        try:
            call()
            status = 0
        finally:
            if status:
                traceback.print_exc()
                sys.stderr.flush()
            os._exit(status)
    try:
        assert eventually(lambda: os.waitpid(process, os.WNOHANG), lambda ended: ended[0]) == (process, 0)
    except AssertionError:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
        with suppress(ChildProcessError):
            os.waitpid(process, 0)
        raise


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
