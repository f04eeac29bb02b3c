"""Worker processes that end with the work, however it ends."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager
from multiprocessing import active_children, get_context, parent_process
from multiprocessing.process import BaseProcess
from threading import Thread
from typing import Any, TypeVar

from kg.errors import WorkerError

T = TypeVar("T")

_PATIENCE = 1.0
"""After how many seconds without a result the pool is made to look after its processes."""
_KILLED = (
    "a worker process was killed from outside, most often by the system for want of memory, so nothing "
    "was written: run it again, with fewer `--jobs` if need be"
)


@contextmanager
def workers(jobs: int) -> Iterator[ProcessPoolExecutor]:
    """Open a pool of processes, none of which is left when the block ends; if it raises, they are stopped at once.

    Raises `WorkerError` where one of them was killed.
    """
    others = active_children()
    # `spawn` works the same everywhere; unlike `multiprocessing.Pool`, this one does not hang on a killed process.
    with ProcessPoolExecutor(jobs, get_context("spawn"), _begin) as pool, ExitStack() as failing:
        failing.callback(_stop, others)
        try:
            yield pool
        except BrokenProcessPool as error:
            raise WorkerError(_KILLED) from error
        failing.pop_all()


def in_order(
    pool: ProcessPoolExecutor, function: Callable[..., T], calls: Iterable[tuple[Any, ...]]
) -> Iterator[T]:
    """Yield what a function returns for each of its calls, in their order, worked out by the pool."""
    with _no_interrupt():
        waiting: list[Future[T]] = [_submit(pool, function, *call) for call in calls]
    waiting.reverse()
    while waiting:
        future = waiting.pop()
        while not wait([future], _PATIENCE).done:
            # Until something happens, a pool does not see the end of a process that it started last.
            _submit(pool, int)
        yield future.result()


def _submit(pool: ProcessPoolExecutor, function: Callable[..., T], *arguments: Any) -> Future[T]:
    """Submit a call. Raises `BrokenProcessPool` also where a process is killed while it is being started."""
    try:
        return pool.submit(function, *arguments)
    except BrokenPipeError as error:
        raise BrokenProcessPool("a process ended before it had been told what to do") from error


def _begin() -> None:
    """Make a worker leave Ctrl-C, which reaches it too, to its parent, and end if that is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@contextmanager
def _no_interrupt() -> Iterator[None]:
    """Hold back Ctrl-C while processes start, which inherit that until they can say so themselves."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _stop(others: list[BaseProcess]) -> None:
    """Stop the processes that were started since: nobody wants what they do any more."""
    for process in active_children():
        if process not in others:
            process.terminate()
