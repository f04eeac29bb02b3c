"""Worker processes: results in the order of the calls, and no process that outlives the work, however it ends."""

from __future__ import annotations

import errno
import gc
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from pickle import PicklingError
from typing import Any

import pytest

from kg.errors import CorpusError, Finding, WorkerError
from kg.processes.pool import worker_pool
from support.calls import divide, double, fail, function_of, kill, refuse, sleep, sleep_or_kill, stop_when_told


def test_results_come_in_the_order_of_the_calls(tmp_path: Path) -> None:
    with worker_pool(2) as pool:
        assert list(pool.in_order(double, [(number,) for number in range(20)])) == list(range(0, 40, 2))
        calls = [(number, tmp_path / "told") for number in range(6)]
        assert list(pool.in_order(stop_when_told, calls)) == list(range(6))


@pytest.mark.parametrize("dying", [0, 1])
def test_a_worker_that_is_killed_while_others_start_is_reported_as_any_other(
    dying: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the system may kill one at any time."""
    started: list[subprocess.Popen[bytes]] = []

    class Killed(subprocess.Popen[bytes]):
        def __init__(self, *given: Any, **options: Any) -> None:
            super().__init__(*given, **options)
            started.append(self)
            if len(started) == dying + 1:
                self.kill()
                self.wait()

    monkeypatch.setattr(subprocess, "Popen", Killed)
    with pytest.raises(WorkerError, match="was killed from outside"), worker_pool(2) as pool:
        list(pool.in_order(double, [(number,) for number in range(20)]))
    assert [process.poll() is None for process in started] == [False, False]


def test_processes_that_were_started_end_where_another_cannot_be(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []

    class OnlyOne(subprocess.Popen[bytes]):
        def __init__(self, *given: Any, **options: Any) -> None:
            if started:
                raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
            super().__init__(*given, **options)
            started.append(self)

    monkeypatch.setattr(subprocess, "Popen", OnlyOne)
    with pytest.raises(BlockingIOError), worker_pool(2):
        pass
    assert [process.poll() is None for process in started] == [False]


@pytest.mark.parametrize(("function", "error"), [(fail, CorpusError), (kill, WorkerError)])
def test_what_ends_one_process_ends_them_all(function: Callable[[int], int], error: type[Exception]) -> None:
    """At once, though another would work for ten minutes more."""
    with pytest.raises(error), worker_pool(2) as pool:  # noqa: PT012  # the second call ends the first
        pool.in_order(sleep, [(0,)])
        list(pool.in_order(function, [(1,)]))


def test_a_killed_worker_is_reported_before_what_another_returns() -> None:
    with pytest.raises(WorkerError), worker_pool(2) as pool:
        list(pool.in_order(sleep_or_kill, [(0,), (1,)]))


def test_a_fault_says_where_it_was_raised() -> None:
    with pytest.raises(ZeroDivisionError) as caught, worker_pool(1) as pool:
        list(pool.in_order(divide, [(0,)]))

    note = "".join(caught.value.__notes__)
    assert (note.startswith("In a worker process:\nTraceback"), "return 1 / number" in note) == (True, True)


@pytest.mark.parametrize(
    ("function", "error", "told"),
    [
        (refuse, RuntimeError, "UnlikeError: 1: it is odd"),
        (function_of, (AttributeError, PicklingError), "local object"),
    ],
)
def test_what_cannot_be_sent_is_reported(function: Callable[[int], object], error: Any, told: str) -> None:
    with pytest.raises(error, match=told), worker_pool(1) as pool:
        list(pool.in_order(function, [(1,)]))


def test_the_garbage_collector_of_a_worker_runs_as_seldom_as_that_of_a_command() -> None:
    with worker_pool(1) as pool:
        (threshold, *_), *_ = pool.in_order(gc.get_threshold, [()])

    assert threshold > 10 * gc.get_threshold()[0]


def test_an_error_is_the_same_in_another_process() -> None:
    with pytest.raises(CorpusError, match="no 5") as caught, worker_pool(1) as pool:
        list(pool.in_order(fail, [(5,)]))

    assert caught.value.findings == (Finding("violation", "no 5", "test"),)
