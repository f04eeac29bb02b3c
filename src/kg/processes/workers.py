"""Worker processes that end with the work, however it ends.

Each has a pipe, and a thread of ours gives it one call after the other. `ProcessPoolExecutor` fails with "handle is
closed" where one process is killed while the next one is started (Python 3.11.7).
"""

from __future__ import annotations

import os
import pickle
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection
from multiprocessing.resource_tracker import ensure_running
from queue import SimpleQueue
from threading import Thread
from traceback import format_exception
from typing import Any, TypeVar

from kg.errors import WorkerError

T = TypeVar("T")

_KILLED = (
    "a worker process was killed from outside, most often by the system for want of memory, so nothing "
    "was written: run it again, with fewer `--jobs` if need be"
)


class Workers:
    """Processes that work out calls."""

    def __init__(self, processes: Sequence[_Worker], threads: ThreadPoolExecutor) -> None:
        self._processes = processes
        self._threads = threads
        self._idle: SimpleQueue[_Worker] = SimpleQueue()
        for process in processes:
            self._idle.put(process)

    def in_order(self, function: Callable[..., T], calls: Iterable[tuple[Any, ...]]) -> Iterator[T]:
        """Yield what a function returns for each of its calls, in their order.

        Raises what the function raises, and `WorkerError` as soon as one of the processes was killed.
        """
        return self._threads.map(partial(self._call, function), calls)

    def stop(self) -> None:
        """Stop all processes at once: nobody wants what they do any more."""
        for process in self._processes:
            process.stop()

    def _call(self, function: Callable[..., T], arguments: tuple[Any, ...]) -> T:
        process = self._idle.get()
        try:
            packed = process.call(function, arguments)
        except (EOFError, OSError) as error:
            self.stop()
            raise WorkerError(_KILLED) from error
        finally:
            self._idle.put(process)
        returned: T
        raised: BaseException | None
        returned, raised = pickle.loads(packed)
        if raised:
            raise raised
        return returned


class _Worker:
    """A process, and our end of the pipe to it."""

    def __init__(self) -> None:
        context = get_context("spawn")  # works the same everywhere
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_work, args=(theirs,))
        self._process.start()
        theirs.close()

    def call(self, function: Callable[..., T], arguments: tuple[Any, ...]) -> bytes:
        """Return, packed, what a function returns and raises there.

        Raises `EOFError` or `OSError` where the process ends.
        """
        self._pipe.send((function, arguments))
        return self._pipe.recv_bytes()

    def stop(self) -> None:
        """Make the process end at once."""
        self._process.terminate()

    def end(self) -> None:
        """Tell the process that no more calls will come, and wait for its end."""
        self._pipe.close()
        self._process.join()


@contextmanager
def workers(jobs: int) -> Iterator[Workers]:
    """Start processes, none of which is left when the block ends; if it raises, they are stopped at once."""
    with ExitStack() as ends:
        processes = []
        with _no_interrupt():
            for _ in range(jobs):
                processes.append(_Worker())
                ends.callback(processes[-1].end)
        threads = ThreadPoolExecutor(jobs)
        ends.callback(threads.shutdown, cancel_futures=True)
        pool = Workers(processes, threads)
        failing = ends.enter_context(ExitStack())
        failing.callback(pool.stop)
        yield pool
        failing.pop_all()


def _work(pipe: Connection[Any, Any]) -> None:
    """Work out the calls that come, until there are no more.

    Ctrl-C, which reaches a worker too, is left to its parent; if that is killed, the worker ends.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()
    with ThreadPoolExecutor(1) as thread:  # its futures keep whatever a call raises
        while True:
            try:
                function, arguments = pipe.recv()
            except EOFError:
                return
            outcome = thread.submit(_returned, function, arguments)
            if raised := outcome.exception():
                outcome = thread.submit(_raised, raised)
            pipe.send_bytes(outcome.result())


def _returned(function: Callable[..., object], arguments: tuple[Any, ...]) -> bytes:
    return pickle.dumps((function(*arguments), None))


def _raised(error: BaseException) -> bytes:
    """Return an error packed, with a note that says where it was raised."""
    told = "".join(format_exception(error))
    error.add_note(f"In a worker process:\n{told}")
    try:
        packed = pickle.dumps((None, error))
        pickle.loads(packed)
    except (pickle.PicklingError, TypeError, AttributeError):  # some errors cannot be made again
        packed = pickle.dumps((None, RuntimeError(told)))
    return packed


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
    ensure_running()  # the first process would start it, and let Ctrl-C through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
