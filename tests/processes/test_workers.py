"""Worker processes: results in the order of the calls, and no process that outlives the work, however it ends."""

from __future__ import annotations

import errno
import os
import signal
import time
from collections.abc import Callable
from multiprocessing.context import SpawnProcess
from pathlib import Path
from pickle import PicklingError
from typing import Any

import pytest

from kg.errors import CorpusError, Finding, WorkerError
from kg.processes.workers import workers


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


def test_results_come_in_the_order_of_the_calls(tmp_path: Path) -> None:
    with workers(2) as pool:
        assert list(pool.in_order(double, [(number,) for number in range(20)])) == list(range(0, 40, 2))
        calls = [(number, tmp_path / "told") for number in range(6)]
        assert list(pool.in_order(stop_when_told, calls)) == list(range(6))


@pytest.mark.parametrize("dying", [0, 1])
def test_a_worker_that_is_killed_while_others_start_is_told_as_any_other(
    dying: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the system may kill one at any time."""
    started: list[SpawnProcess] = []
    start = SpawnProcess.start

    def start_and_kill(process: SpawnProcess) -> None:
        start(process)
        started.append(process)
        if len(started) == dying + 1:
            process.kill()
            process.join()

    monkeypatch.setattr(SpawnProcess, "start", start_and_kill)
    with pytest.raises(WorkerError, match="was killed from outside"), workers(2) as pool:
        list(pool.in_order(double, [(number,) for number in range(20)]))
    assert [process.is_alive() for process in started] == [False, False]


def test_processes_that_were_started_end_where_another_cannot_be(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[SpawnProcess] = []
    start = SpawnProcess.start

    def start_one(process: SpawnProcess) -> None:
        if started:
            raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        start(process)
        started.append(process)

    monkeypatch.setattr(SpawnProcess, "start", start_one)
    with pytest.raises(BlockingIOError), workers(2):
        pass
    assert [process.exitcode for process in started] == [0]


@pytest.mark.parametrize(("function", "error"), [(fail, CorpusError), (kill, WorkerError)])
def test_what_ends_one_process_ends_them_all(function: Callable[[int], int], error: type[Exception]) -> None:
    """At once, though another would work for ten minutes more."""
    with pytest.raises(error), workers(2) as pool:  # noqa: PT012  # the second call ends the first
        pool.in_order(sleep, [(0,)])
        list(pool.in_order(function, [(1,)]))


def test_a_killed_worker_is_told_before_what_another_returns() -> None:
    with pytest.raises(WorkerError), workers(2) as pool:
        list(pool.in_order(sleep_or_kill, [(0,), (1,)]))


def test_a_fault_says_where_it_was_raised() -> None:
    with pytest.raises(ZeroDivisionError) as caught, workers(1) as pool:
        list(pool.in_order(divide, [(0,)]))

    note = "".join(caught.value.__notes__)
    assert (note.startswith("In a worker process:\nTraceback"), "return 1 / number" in note) == (True, True)


class UnlikeError(Exception):
    """Not made of the one text that it is pickled as."""

    def __init__(self, what: str, why: str) -> None:
        super().__init__(f"{what}: {why}")


def refuse(number: int) -> None:
    raise UnlikeError(str(number), "it is odd")


def function_of(number: int) -> Callable[[], int]:
    return lambda: number


@pytest.mark.parametrize(
    ("function", "error", "told"),
    [
        (refuse, RuntimeError, "UnlikeError: 1: it is odd"),
        (function_of, (AttributeError, PicklingError), "local object"),
    ],
)
def test_what_cannot_be_sent_is_told(function: Callable[[int], object], error: Any, told: str) -> None:
    with pytest.raises(error, match=told), workers(1) as pool:
        list(pool.in_order(function, [(1,)]))


def test_an_error_is_the_same_in_another_process() -> None:
    with pytest.raises(CorpusError, match="no 5") as caught, workers(1) as pool:
        list(pool.in_order(fail, [(5,)]))

    assert caught.value.findings == (Finding("violation", "no 5", "test"),)
