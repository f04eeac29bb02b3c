"""A worker process that answers queries to one store, one at a time, and the ways in which it can end."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

from kg.processes.child import ENVIRONMENT, LENGTH, command, frame_head
from kg.publish.serve.limits import Limits
from kg.publish.serve.temporary_quota import PORTION, AnswerFile
from kg.query.sparql import EngineOptions, QueryOutcome, QueryRequest, read_outcome
from kg.query.store import ENGINE, StoreGeneration

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

    @property
    def is_in_file(self) -> bool:
        """Whether the answer is in the file."""
        return not self.outcome.failed and self.outcome.body is None


class QueryWorker:
    """A process that answers queries to a store, one at a time; `start` starts it."""

    def __init__(self, store: StoreGeneration, process: asyncio.subprocess.Process) -> None:
        self.store = store
        self.is_idle = True
        self.is_last = False
        self._process = process

    @classmethod
    async def start(cls, store: StoreGeneration, limits: Limits) -> QueryWorker:
        """Return a worker that is ready. Raises `StorageError`."""
        pipe = asyncio.subprocess.PIPE
        try:
            process = await asyncio.create_subprocess_exec(
                *command(ENGINE),
                stdin=pipe,
                stdout=pipe,
                stderr=pipe,
                env={**os.environ, **ENVIRONMENT},
                # Ctrl-C is for the parent, which lets running queries end.
                start_new_session=True,
            )
        except OSError as error:
            raise StorageError(f"no process could be started: {error}") from error
        worker = cls(store, process)
        started = False
        try:
            opened = await worker._reply_to(EngineOptions(str(store.folder), limits.memory, limits.answer))
            if opened.failed:
                raise StorageError(opened.message)
            started = True
        except WorkerDiedError as error:
            raise StorageError(f"a worker ended while it opened the store ({error})") from error
        finally:
            if not started:
                await worker.end()
        return worker

    async def ask(self, request: QueryRequest, file: AnswerFile) -> QueryAnswer:
        """Return the answer, in the file if it is large. Raises `WorkerDiedError` and `StorageError`."""
        self.is_idle = False
        asked = request._replace(path=str(file.path), portion=PORTION)
        outcome = await self._reply_to(asked._asdict(), file.grow)
        if outcome.failed == "storage":
            raise StorageError(outcome.message)
        self.is_idle = True
        return QueryAnswer(outcome, file)

    def lower_priority(self, niceness: int) -> None:
        """Lower the priority of the process. That cannot be undone, so this request is its last."""
        if not niceness:
            return
        self.is_last = True
        if hasattr(os, "setpriority"):
            with suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, self._process.pid, niceness)

    def is_fit(self) -> bool:
        """Return whether it can answer another request."""
        return self.is_idle and not self.is_last and self._process.returncode is None

    async def end(self) -> None:
        """Kill the process."""
        with suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()

    async def _reply_to(self, request: object, may_grow: Callable[[], bool] = bool) -> QueryOutcome:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        frame = json.dumps(request).encode()
        try:
            while True:
                self._process.stdin.write(frame_head(frame) + frame)
                with suppress(ConnectionError):
                    await self._process.stdin.drain()
                length = int.from_bytes(await self._process.stdout.readexactly(LENGTH), "little")
                if length:
                    return read_outcome(await self._process.stdout.readexactly(length))
                frame = b"yes" if may_grow() else b""
        except asyncio.IncompleteReadError as error:
            complaint = (await self._process.stderr.read(_COMPLAINT)).decode(errors="replace")
            status = await self._process.wait()
            died = WorkerCrashedError if -status in _CRASHES else WorkerDiedError
            how = signal.Signals(-status).name if status < 0 else f"exit status {status}"
            # The engine says more after it was out of memory.
            lines = [line for line in complaint.splitlines() if "memory" in line] or complaint.splitlines()
            raise died(f"{how} {lines[-1]}" if lines else how) from error
