"""A pool of child processes that execute function calls; none of them outlives the pool, even if it is killed.

A thread of the parent gives each child one call after the other.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from queue import SimpleQueue
from traceback import format_exception
from typing import Any, TypeVar

from kg.errors import WorkerError
from kg.processes import collect_seldom
from kg.processes.child import Child, ChildEndedError, Requests

T = TypeVar("T")

_KILLED = (
    "a worker process was killed from outside, most often by the system for want of memory, so nothing "
    "was written: run it again, with fewer `--jobs` if need be"
)


class WorkerPool:
    """Child processes that execute function calls."""

    def __init__(self, children: Sequence[Child], threads: ThreadPoolExecutor) -> None:
        self._children = children
        self._threads = threads
        self._idle: SimpleQueue[Child] = SimpleQueue()
        for child in children:
            self._idle.put(child)

    def in_order(self, function: Callable[..., T], calls: Iterable[tuple[Any, ...]]) -> Iterator[T]:
        """Call a function with each tuple of arguments, and yield what it returns, in the order of the calls.

        Raises what the function raises, and `WorkerError` as soon as one of the processes was killed.
        """
        return self._threads.map(partial(self._call, function), calls)

    def stop(self) -> None:
        """Kill all processes: their results are not needed any more."""
        for child in self._children:
            child.kill()

    def _call(self, function: Callable[..., T], arguments: tuple[Any, ...]) -> T:
        child = self._idle.get()
        try:
            child.send(pickle.dumps((function, arguments)))
            reply = child.receive()
        except ChildEndedError as error:
            self.stop()
            raise WorkerError(_KILLED) from error
        finally:
            self._idle.put(child)
        returned: T
        raised: BaseException | None
        returned, raised = pickle.loads(reply)
        if raised:
            raise raised
        return returned


@contextmanager
def worker_pool(jobs: int) -> Iterator[WorkerPool]:
    """Start processes, which end with the block; if it raises, they are killed at once."""
    with ExitStack() as ends:
        children = []
        for _ in range(jobs):
            children.append(ends.enter_context(Child("kg.processes.pool:work", trusted=True)))
        threads = ThreadPoolExecutor(jobs)
        ends.callback(threads.shutdown, cancel_futures=True)
        pool = WorkerPool(children, threads)
        failing = ends.enter_context(ExitStack())
        failing.callback(pool.stop)
        yield pool
        failing.pop_all()


def work(requests: Requests) -> None:
    """Execute function calls, in a child process."""
    collect_seldom()
    with ThreadPoolExecutor(1) as thread:  # its futures keep whatever a call raises
        for call in requests:
            outcome = thread.submit(_returned, call)
            if error := outcome.exception():
                outcome = thread.submit(_raised, error)
            requests.reply(outcome.result())


def _returned(call: bytes) -> bytes:
    function, arguments = pickle.loads(call)
    return pickle.dumps((function(*arguments), None))


def _raised(error: BaseException) -> bytes:
    """Return an error pickled, with its traceback as a note."""
    traceback = "".join(format_exception(error))
    error.add_note(f"In a worker process:\n{traceback}")
    try:
        pickled = pickle.dumps((None, error))
        pickle.loads(pickled)
    except (pickle.PicklingError, TypeError, AttributeError):  # some errors cannot be unpickled
        pickled = pickle.dumps((None, RuntimeError(traceback)))
    return pickled
