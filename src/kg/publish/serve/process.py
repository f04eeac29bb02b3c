"""A worker process, as its parent sees it."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from kg.publish.serve.limits import Limits
from kg.publish.serve.worker import Request

_LINE = 1024 * 1024


class Outcome(NamedTuple):
    """The verdict on a request, and the answer, None where it stands in the file that the request named."""

    kind: str = ""
    failed: str = ""
    message: str = ""
    body: bytes | None = None


class WorkerDiedError(Exception):
    """A worker ended before it had given its verdict; the message is what it last said."""


class Worker:
    """A worker of the store in a folder. It answers one request at a time; `start` makes one."""

    def __init__(self, folder: Path, process: asyncio.subprocess.Process) -> None:
        self.folder = folder
        self.is_idle = True
        self.is_last = False
        self._process = process

    @classmethod
    async def start(cls, folder: Path, limits: Limits) -> Worker:
        """Return a worker that is ready. Raises `WorkerDiedError`."""
        # -P: nothing in the current folder can stand in for a module.
        process = await asyncio.create_subprocess_exec(
            *(
                sys.executable,
                "-P",
                "-m",
                "kg.publish.serve.worker",
                str(folder),
                str(limits.memory),
                str(limits.answer),
            ),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=_LINE,
            # Each of glibc's arenas reserves address space, which is what its memory is measured by.
            env={**os.environ, "MALLOC_ARENA_MAX": "2"},
            # Ctrl-C is for the parent, which lets answers end that are under way.
            start_new_session=True,
        )
        worker = cls(folder, process)
        started = False
        try:
            await worker._heard()
            started = True
        finally:
            if not started:
                await worker.end()
        return worker

    async def ask(self, request: Request) -> Outcome:
        """Return the verdict on a request. Raises `WorkerDiedError`."""
        assert self._process.stdin is not None
        self.is_idle = False
        self._process.stdin.write(json.dumps(request._asdict()).encode() + b"\n")
        with suppress(ConnectionError):
            await self._process.stdin.drain()
        verdict = await self._heard()
        self.is_idle = True
        return verdict

    def make_way(self, niceness: int) -> None:
        """Let others have the processor first. That can never be taken back, so this request is the last."""
        if not niceness:
            return
        self.is_last = True
        if hasattr(os, "setpriority"):
            with suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, self._process.pid, niceness)

    def is_fit(self) -> bool:
        """Tell whether it may be asked once more."""
        return self.is_idle and not self.is_last and self._process.returncode is None

    async def end(self) -> None:
        """Kill it, whatever it is doing."""
        with suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()

    async def _heard(self) -> Outcome:
        """Return what the worker says next."""
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        line = await self._process.stdout.readline()
        if line.endswith(b"\n"):
            said = json.loads(line)
            size = said.pop("size", None)
            try:
                body = None if size is None else await self._process.stdout.readexactly(size)
                return Outcome(**said, body=body)
            except asyncio.IncompleteReadError:
                pass
        complaint = await self._process.stderr.read(_LINE)
        raise WorkerDiedError(complaint.decode(errors="replace").strip().rpartition("\n")[2])
