"""A worker process that answers queries to one store, one at a time, and the ways in which it can end."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple, cast

from kg.errors import reason_of
from kg.processes.child import ENVIRONMENT, LENGTH, command, frame_head
from kg.publish.serve.limits import Limits
from kg.publish.serve.temporary_quota import PORTION, AnswerFile
from kg.query.sparql import EngineOptions, QueryOutcome, QueryRequest, read_outcome
from kg.query.store import ENGINE, StoreGeneration
from kg.rdf.vocab import PREFIXES

_COMPLAINT = 1024 * 1024
_CRASHES = (signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGILL)


class StorageError(Exception):
    """A worker could not be started, open or read the store, or write its answer; the message says why."""


class WorkerDiedError(Exception):
    """A worker ended without an outcome; the message is its signal, and what it last wrote to stderr."""


class WorkerCrashedError(WorkerDiedError):
    """A worker was ended by what its query did, not killed from outside."""


class QueryAnswer(NamedTuple):
    """The outcome of a query, and the file that has the answer if the outcome has no body."""

    outcome: QueryOutcome
    file: AnswerFile


class QueryWorker(asyncio.SubprocessProtocol):
    """A process that answers queries to a store, one at a time; `start` starts it.

    A protocol and no streams: a reply then wakes the request that waits for it, and nothing else.
    """

    def __init__(self, store: StoreGeneration) -> None:
        self.store = store
        self.is_idle = True
        self.is_last = False
        self._process: asyncio.SubprocessTransport
        self._stdin: asyncio.WriteTransport
        self._received = bytearray()
        self._complaint = bytearray()
        self._reply: asyncio.Future[QueryOutcome]
        self._may_grow: Callable[[], bool] = bool
        self._ended = asyncio.get_running_loop().create_future()

    @classmethod
    async def start(cls, store: StoreGeneration, limits: Limits) -> QueryWorker:
        """Return a worker that is ready. Raises `StorageError`."""
        try:
            _, worker = await asyncio.get_running_loop().subprocess_exec(
                lambda: cls(store),
                *command(ENGINE),
                env={**os.environ, **ENVIRONMENT},
                # Ctrl-C is for the parent, which lets running queries end.
                start_new_session=True,
            )
        except OSError as error:
            raise StorageError(f"no process could be started: {reason_of(error)}") from error
        started = False
        try:
            options = EngineOptions(str(store.folder), limits.memory, limits.answer, PREFIXES)
            opened = await worker._send(options)
            if opened.failed:
                raise StorageError(opened.message)
            started = True
        except WorkerDiedError as error:
            raise StorageError(f"a worker ended while it opened the store ({error})") from error
        finally:
            if not started:
                await worker.end()
        return worker

    def ask(self, request: QueryRequest, file: AnswerFile) -> asyncio.Future[QueryOutcome]:
        """Return what will be the outcome; a large answer is in the file.

        It may raise `WorkerDiedError` and `StorageError`.
        """
        asked = request._replace(path=file.path, portion=PORTION)
        return self._send(asked._asdict(), file.grow)

    def lower_priority(self, niceness: int) -> None:
        """Lower the priority of the process. That cannot be undone, so this request is its last."""
        if not niceness:
            return
        self.is_last = True
        if hasattr(os, "setpriority"):
            with suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, self._process.get_pid(), niceness)

    def is_fit(self) -> bool:
        """Return whether it can answer another request."""
        return self.is_idle and not self.is_last and self._process.get_returncode() is None

    async def end(self) -> None:
        """Kill the process."""
        with suppress(ProcessLookupError):
            self._process.kill()
        await asyncio.shield(self._ended)

    def _send(self, request: object, may_grow: Callable[[], bool] = bool) -> asyncio.Future[QueryOutcome]:
        self.is_idle = False
        self._may_grow = may_grow
        self._reply = asyncio.get_running_loop().create_future()
        if self._ended.done():
            self._reply.set_exception(self._death())
        else:
            self._write(json.dumps(request).encode())
        return self._reply

    def _write(self, frame: bytes) -> None:
        self._stdin.write(frame_head(frame) + frame)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Note the pipes of the process."""
        self._process = cast(asyncio.SubprocessTransport, transport)
        self._stdin = cast(asyncio.WriteTransport, self._process.get_pipe_transport(0))

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        """Take what the process has written: replies, or complaints on stderr."""
        if fd != 1:
            self._complaint += data[: _COMPLAINT - len(self._complaint)]
            return
        self._received += data
        while len(self._received) >= LENGTH:
            end = LENGTH + int.from_bytes(self._received[:LENGTH], "little")
            if len(self._received) < end:
                return
            frame = bytes(self._received[LENGTH:end])
            del self._received[:end]
            if frame:
                self._finish(read_outcome(frame))
            else:
                self._write(b"yes" if self._may_grow() else b"")

    def _finish(self, outcome: QueryOutcome) -> None:
        is_unreadable = outcome.failed == "storage"
        self.is_idle = not is_unreadable
        if self._reply.done():  # nobody waits for it any more
            return
        if is_unreadable:
            self._reply.set_exception(StorageError(outcome.message))
        else:
            self._reply.set_result(outcome)

    def connection_lost(self, _: Exception | None) -> None:
        """Note that the process has ended, and that everything was read."""
        self._ended.set_result(None)
        if not self.is_idle and not self._reply.done():
            self._reply.set_exception(self._death())

    def _death(self) -> WorkerDiedError:
        """Return how the process ended."""
        complaint = self._complaint.decode(errors="replace")
        status = self._process.get_returncode() or 0
        died = WorkerCrashedError if -status in _CRASHES else WorkerDiedError
        how = signal.Signals(-status).name if status < 0 else f"exit status {status}"
        # The engine says more after it was out of memory.
        lines = [line for line in complaint.splitlines() if "memory" in line] or complaint.splitlines()
        return died(f"{how} {lines[-1]}" if lines else how)
