"""Queries on their way to workers: short ones first, each client its share, and again where a worker died."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from kg.publish.serve.generations import Watched
from kg.publish.serve.limits import Limits
from kg.publish.serve.process import Worker, WorkerDiedError
from kg.publish.serve.responses import Refusal, busy
from kg.publish.serve.turns import Seat, Turns, seated
from kg.query.sparql import QueryOutcome, QueryRequest

_Verdict = asyncio.Task[QueryOutcome]


class Seats:
    """The workers, kept warm, and who is asking them.

    Whether a query will take long cannot be seen in it. So each begins at the first level, and when its time there
    is up it moves to the next; where that has no free seat, it is stopped, and begins again when there is one.
    """

    def __init__(self, watched: Watched, spool: Path, limits: Limits) -> None:
        self.limits = limits
        self._watched = watched
        self._spool = spool
        self._numbers = itertools.count()
        self._turns = [Turns(each.seats, limits.waiting, limits.queue_seconds) for each in limits.levels]
        self._idle: list[Worker] = []
        self._starting: set[asyncio.Task[None]] = set()
        self._ending: set[asyncio.Task[None]] = set()

    @property
    def waiting(self) -> int:
        """How many queries wait."""
        return sum(turns.waiting for turns in self._turns)

    async def open(self) -> None:
        """Start the workers."""
        self.renew()
        await asyncio.gather(*self._starting)

    async def close(self) -> None:
        """End the workers; no query is under way any more."""
        for task in self._starting:
            task.cancel()
        await asyncio.gather(*self._starting, return_exceptions=True)
        while self._idle:
            self._end(self._idle.pop())
        await asyncio.gather(*self._ending)

    def renew(self) -> None:
        """Replace the workers that have a store which has been replaced."""
        for worker in [each for each in self._idle if not self._serves(each)]:
            self._idle.remove(worker)
            self._end(worker)
        self._refill()

    async def answer(self, request: QueryRequest, client: str) -> tuple[Path, QueryOutcome]:
        """Return the file of the answer, which is the caller's to remove, and the verdict.

        Raises `Refusal` where it took too long, too many wait, or two workers have died of it.
        """
        for is_last in (False, True):
            store = self._watched.store
            path = self._spool / f"{next(self._numbers)}"
            kept = False
            try:
                verdict = await self._attempt(request._replace(base=store.base, path=str(path)), client)
                # A store may go while it is read: what then fails is not the query.
                if verdict.failed != "engine" or is_last or not self._watched.look():
                    kept = True
                    return path, verdict
            except WorkerDiedError as error:
                self._watched.look()
                if is_last:
                    raise _death(str(error)) from error
            finally:
                self._refill()
                if not kept:
                    path.unlink(missing_ok=True)
        raise AssertionError("the last attempt returns or raises")

    async def _attempt(self, request: QueryRequest, client: str) -> QueryOutcome:
        level = 0
        while True:
            async with seated(self._turns[level], client) as seat, self._asked(request) as (worker, verdict):
                level = await self._rise(seat, worker, verdict, level, request.seconds)
                if verdict.done():
                    return verdict.result()

    async def _rise(self, seat: Seat, worker: Worker, verdict: _Verdict, level: int, most: float) -> int:
        """Wait for a verdict from level to level. Return the one at which there is no seat when it is wanted.

        Raises `Refusal` when the time is up.
        """
        spent = 0.0
        while True:
            here = self.limits.levels[level]
            seconds = min(here.seconds, most - spent)
            worker.make_way(here.niceness)
            await asyncio.wait([verdict], timeout=seconds)
            spent += seconds
            if verdict.done():
                return level
            if spent >= most:
                raise Refusal(
                    504, f"The query took more than {most:g} seconds and was stopped: narrow it, or add a LIMIT."
                )
            level += 1
            if not seat.move(self._turns[level]):
                return level
            self._refill()

    @asynccontextmanager
    async def _asked(self, request: QueryRequest) -> AsyncIterator[tuple[Worker, _Verdict]]:
        """Ask a worker until the block ends; if that is before its verdict, the worker ends too."""
        worker = await self._worker()
        verdict = asyncio.create_task(worker.ask(request))
        try:
            yield worker, verdict
        finally:
            verdict.cancel()
            self._keep(worker)

    async def _worker(self) -> Worker:
        while self._idle:
            worker = self._idle.pop()
            if worker.is_fit() and self._serves(worker):
                self._refill()
                return worker
            self._end(worker)
        return await Worker.start(self._watched.store.folder, self.limits)

    def _keep(self, worker: Worker) -> None:
        """Let a worker wait for the next query, if it can be of use."""
        if worker.is_fit() and self._serves(worker) and len(self._idle) < self.limits.levels[0].seats:
            self._idle.append(worker)
        else:
            self._end(worker)

    def _end(self, worker: Worker) -> None:
        task = asyncio.create_task(worker.end())
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    def _serves(self, worker: Worker) -> bool:
        return worker.folder == self._watched.store.folder

    def _refill(self) -> None:
        """Have an idle worker for each free seat of the first level, soon."""
        for _ in range(self._turns[0].free - len(self._idle) - len(self._starting)):
            task = asyncio.create_task(self._start())
            self._starting.add(task)
            task.add_done_callback(self._starting.discard)

    async def _start(self) -> None:
        # Whoever needs one then will try again, and say why there is none.
        with suppress(WorkerDiedError, OSError):
            self._keep(await Worker.start(self._watched.store.folder, self.limits))


def _death(complaint: str) -> Refusal:
    if "memory" in complaint.lower():
        return busy("The query needs more memory than it may take: narrow it, or add a LIMIT.")
    if "overflow" in complaint:
        return busy("The query broke the engine: it is nested too deeply. Simplify it.")
    return busy("The query could not be answered: two processes that tried were ended. Ask again, or simplify it.")
