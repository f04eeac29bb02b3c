"""Schedules queries on worker processes: short ones first, fair between clients, none that crashed a worker again.

A query does not show how long it will take. So each begins at the first level of `Limits.levels`, and moves to the
next when its time there is up.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from kg.publish.serve.answer_cache import AnswerCache, may_keep, query_key, size_of
from kg.publish.serve.limits import Limits
from kg.publish.serve.logs import ServerLog, named_query
from kg.publish.serve.query_worker import (
    QueryAnswer,
    QueryWorker,
    StorageError,
    WorkerCrashedError,
    WorkerDiedError,
)
from kg.publish.serve.responses import Refusal, busy
from kg.publish.serve.served_store import ServedStore
from kg.publish.serve.temporary_quota import AnswerFile, TemporaryQuota
from kg.query.sparql import QueryOutcome, QueryRequest
from kg.query.store import StoreGeneration

_SHORT = 1024
"""The answer to a health check has fewer bytes, so that it needs no file."""
_FULL = "Too many queries wait to be answered: ask again in a few seconds."


class FairSemaphore:
    """A fair semaphore: the client that has the fewest slots goes next, with its query that waits longest.

    One client gets at most `slots - reserved` slots, so that another one need not wait. If more than `waiting`
    queries wait, the newest of the client with the most waiting queries is refused.
    """

    def __init__(self, slots: int, waiting: int, seconds: float, *, reserved: int = 0) -> None:
        self.free = slots
        self._most_held = slots - reserved
        self._most = waiting
        self._seconds = seconds
        self._held: Counter[str] = Counter()
        self._queue: list[tuple[str, asyncio.Future[None]]] = []

    @property
    def waiting(self) -> int:
        """The number of queries that wait."""
        return len(self._queue)

    def take_free(self, client: str) -> bool:
        """Take a slot if there is one for the client, and return whether there was."""
        if not self.free or self._held.get(client, 0) >= self._most_held:
            return False
        self.free -= 1
        self._held[client] += 1
        return True

    async def take(self, client: str) -> None:
        """Wait for a slot. Raises `Refusal` if that takes too long or too many wait."""
        if self.take_free(client):
            return
        turn = asyncio.get_running_loop().create_future()
        self._queue.append((client, turn))
        if len(self._queue) > self._most:
            self._refuse_newest()
        has_slot = False
        try:
            async with asyncio.timeout(self._seconds):
                await turn
            has_slot = True
        except TimeoutError as error:
            raise busy(_FULL).because("queue-full") from error
        finally:
            if (client, turn) in self._queue:
                self._queue.remove((client, turn))
            if not has_slot and turn.done() and not turn.cancelled() and not turn.exception():
                self.release(client)

    def release(self, client: str) -> None:
        """Release a slot, and give it to the client whose turn it is."""
        self.free += 1
        self._held[client] -= 1
        if not self._held[client]:
            del self._held[client]
        while self.free and self._queue:
            place = min(range(len(self._queue)), key=lambda each: self._held.get(self._queue[each][0], 0))
            following, turn = self._queue[place]
            if not turn.done() and not self.take_free(following):
                return
            self._queue.pop(place)
            if not turn.done():
                turn.set_result(None)

    def _refuse_newest(self) -> None:
        counts = Counter(client for client, _ in self._queue)
        greatest = max(counts.values())
        place = max(each for each, (client, _) in enumerate(self._queue) if counts[client] == greatest)
        _, turn = self._queue.pop(place)
        if not turn.done():
            turn.set_exception(busy(_FULL).because("queue-full"))


class Slot:
    """A slot that a client occupies."""

    def __init__(self, semaphore: FairSemaphore, client: str) -> None:
        self._semaphore = semaphore
        self._client = client

    def move(self, semaphore: FairSemaphore) -> bool:
        """Move to a free slot of another semaphore, and return whether there was one."""
        if not semaphore.take_free(self._client):
            return False
        self.release()
        self._semaphore = semaphore
        return True

    def release(self) -> None:
        """Release the slot."""
        self._semaphore.release(self._client)


@asynccontextmanager
async def slot_for(client: str, semaphore: FairSemaphore) -> AsyncIterator[Slot]:
    """Occupy a slot until the block ends."""
    await semaphore.take(client)
    slot = Slot(semaphore, client)
    try:
        yield slot
    finally:
        slot.release()


class CrashLimit:
    """Refuses the queries of a client for a while after several of them ended a worker."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._crashes: dict[str, list[float]] = {}

    def check(self, client: str) -> None:
        """Raise `Refusal` if the client must wait."""
        times = self._recent(client)
        if len(times) < self._limits.crashes:
            return
        seconds = max(1, round(times[0] + self._limits.crash_seconds - time.monotonic()))
        message = f"{len(times)} queries from this address broke the engine: ask again in {seconds} seconds."
        raise Refusal(429, message, {"Retry-After": str(seconds)}).because("crash-limit")

    def has_crashed(self, client: str) -> bool:
        """Return whether a query of the client has ended a worker lately."""
        return bool(self._recent(client))

    def note(self, client: str) -> None:
        """Count a crash."""
        self._crashes = {each: times for each in self._crashes if (times := self._recent(each))}
        self._crashes.setdefault(client, []).append(time.monotonic())

    def _recent(self, client: str) -> list[float]:
        start = time.monotonic() - self._limits.crash_seconds
        return [moment for moment in self._crashes.get(client, ()) if moment > start]


_Answering = asyncio.Future[QueryOutcome]


class QueryScheduler:
    """Runs queries in workers, which are started in advance.

    A query that moves to the next level while no slot is free there is stopped, and begins again when one is.
    `waits` counts how often a query took a slot, and `waited_seconds` is how long all of them waited together.
    `cache` contains the small answers.
    """

    def __init__(self, served: ServedStore, spool: Path, limits: Limits, log: ServerLog) -> None:
        self.limits = limits
        self._log = log
        self._served = served
        self._spool = spool
        self.quota = TemporaryQuota(limits.temporary)
        self.cache: AnswerCache[QueryOutcome] = AnswerCache(limits.cache)
        self.waits = 0
        self.waited_seconds = 0.0
        self._busy = 0
        self._numbers = itertools.count()
        self._crash_limit = CrashLimit(limits)
        self._levels = [
            FairSemaphore(each.slots, limits.waiting, limits.queue_seconds, reserved=each.reserved)
            for each in limits.levels
        ]
        self._idle: list[QueryWorker] = []
        self._starting: set[asyncio.Task[None]] = set()
        self._ending: set[asyncio.Task[None]] = set()

    @property
    def generation(self) -> StoreGeneration:
        """The generation of the store that answers."""
        return self._served.generation

    @property
    def waiting(self) -> int:
        """How many queries wait."""
        return sum(level.waiting for level in self._levels)

    @property
    def workers(self) -> dict[str, int]:
        """How many workers answer a query, wait for one, and are being started."""
        return {"busy": self._busy, "idle": len(self._idle), "starting": len(self._starting)}

    async def open(self) -> None:
        """Start the workers."""
        self.renew()
        await asyncio.gather(*self._starting)

    async def close(self) -> None:
        """End the workers, when no query is running any more."""
        for task in self._starting:
            task.cancel()
        await asyncio.gather(*self._starting, return_exceptions=True)
        while self._idle:
            self._end(self._idle.pop())
        await asyncio.gather(*self._ending)

    def renew(self) -> None:
        """Replace idle workers of an earlier generation of the store."""
        for worker in [each for each in self._idle if not self._serves(each)]:
            self._idle.remove(worker)
            self._end(worker)
        self._refill()

    def cached_answer(self, request: QueryRequest, client: str) -> QueryOutcome | None:
        """Return the answer that is in the cache, None if there is none, or if the client may have to wait."""
        generation = self.cached_for(client)
        return self.cache.find(query_key(request), generation) if generation else None

    def cached_for(self, client: str) -> StoreGeneration | None:
        """Return the generation whose cached answers a client gets, None if it may have to wait."""
        return None if self._crash_limit.has_crashed(client) else self._served.generation

    async def answer(self, request: QueryRequest, client: str) -> QueryAnswer:
        """Return the outcome, and if that has no body, the file of the answer, which the caller closes.

        Raises `Refusal` if it took too long, too many wait, it crashed the worker, or the client must wait. If too
        many wait, or the client must, the refusal comes after a pause: clients that repeat it at once take others'
        time.
        """
        try:
            self._crash_limit.check(client)
            return await self._answer(request, client)
        except Refusal as refusal:
            if refusal.kind in ("crash-limit", "queue-full"):
                await asyncio.sleep(self.limits.refusal_pause)
            raise

    async def _answer(self, request: QueryRequest, client: str) -> QueryAnswer:
        """Return the answer.

        A query is asked a second time if the store was replaced in the meantime, or the worker was killed from
        outside.
        """
        for is_last in (False, True):
            store = self._served.generation
            try:
                answer = await self._attempt(request._replace(base=store.base), client)
                # A store may be deleted while it is read: then it is not the query that fails.
                if answer.outcome.failed != "engine" or is_last or not self._is_replaced(store):
                    self._cache_outcome(request, answer.outcome, store)
                    return answer
            except StorageError as error:
                if is_last or not self._is_replaced(store):
                    raise self._unreadable(str(error)) from error
            except WorkerCrashedError as error:
                if is_last or not self._is_replaced(store):
                    self._crash_limit.note(client)
                    raise self._crash(error, request, client) from error
            except WorkerDiedError as error:
                self._log.error("worker-killed", f"a worker ended before it had answered ({error})")
                if is_last:
                    raise busy("Two processes that tried to answer were ended from outside: ask again.").because(
                        "worker-killed", "two workers in turn ended before they had answered a query"
                    ) from error
            finally:
                self._refill()
        raise AssertionError("the last attempt returns or raises")

    def _cache_outcome(self, request: QueryRequest, outcome: QueryOutcome, store: StoreGeneration) -> None:
        """Put an outcome into the cache if it is an answer that stays the same, of the store as it is now."""
        if store is self._served.generation and may_keep(request, outcome):
            self.cache.keep(query_key(request), outcome, size_of(request, outcome), store)

    async def check(self) -> None:
        """Ask the store a question, past all queries that wait. Raises `Refusal` if it is not answered in time."""
        seconds = self.limits.health_seconds
        base = self._served.generation.base
        question = QueryRequest("ASK { ?s ?p ?o }", base, "", "json", "", seconds, in_memory=_SHORT)
        try:
            async with asyncio.timeout(seconds), self._asked(question, "") as (_, _, answer):
                await answer
        except TimeoutError as error:
            raise Refusal(503, "").because("store-slow", f"no answer within {seconds:g} seconds") from error
        except (StorageError, WorkerDiedError) as error:
            raise self._unreadable(str(error)) from error
        if not (self._served.generation.folder.is_dir() and self._spool.is_dir()):
            raise self._unreadable("")

    def _unreadable(self, complaint: str) -> Refusal:
        """Return the refusal of a query whose files could not be read or written."""
        refusal = busy("The server cannot read its data or write answers at the moment. Its log says why.")
        return refusal.because(*self._trouble(complaint))

    def _trouble(self, complaint: str) -> tuple[str, str]:
        """Return the kind and the cause of an error of the files that are served or written."""
        folder = self._served.generation.folder
        if not folder.is_dir():
            return "store-missing", f"{folder}: the folder of the store is gone: load the store again"
        if not self._spool.is_dir():
            return "temporary-missing", f"{self._spool}: the folder of temporary files is gone: restart the server"
        if "No space left" in complaint:
            return (
                "temporary-full",
                f"{self._spool}: {complaint}: free space there, or set TMPDIR to another folder",
            )
        return "store-unreadable", f"{folder}: {complaint}"

    def _crash(self, error: WorkerCrashedError, request: QueryRequest, client: str) -> Refusal:
        """Log a crash, and return the refusal of the query that caused it."""
        self._log.error("worker-crashed", f"{error}; client {client}, {named_query(request.query)}")
        if "memory" in str(error).lower():
            return busy("The query needs more memory than it may take: narrow it, or add a LIMIT.").because(
                "query-memory"
            )
        return Refusal(400, "The query broke the engine: it is too long or nested too deeply. Simplify it.")

    def _is_replaced(self, store: StoreGeneration) -> bool:
        """Tell whether there is a newer generation than the one that was asked."""
        self._served.reload()
        return self._served.generation.folder != store.folder

    async def _attempt(self, request: QueryRequest, client: str) -> QueryAnswer:
        level = self._first_level(client)
        while True:
            begun = time.monotonic()
            async with slot_for(client, self._levels[level]) as slot:
                self.waits += 1
                self.waited_seconds += time.monotonic() - begun
                # Queries of the same client may have crashed a worker while this one waited.
                self._crash_limit.check(client)
                if level < self._first_level(client):
                    level = self._first_level(client)
                    continue
                async with self._asked(request, client) as (worker, file, answer):
                    level = await self._run(slot, worker, answer, level, request)
                    if answer.done():
                        return QueryAnswer(answer.result(), file)

    def _first_level(self, client: str) -> int:
        """Return the level at which queries begin: the last for a client that may crash a worker again."""
        return len(self._levels) - 1 if self._crash_limit.has_crashed(client) else 0

    async def _run(
        self, slot: Slot, worker: QueryWorker, answer: _Answering, level: int, request: QueryRequest
    ) -> int:
        """Wait for the answer from level to level, and return the level that had no free slot, or the last.

        Raises `Refusal` when the time is up.
        """
        spent, most = 0.0, request.seconds
        while True:
            here = self.limits.levels[level]
            seconds = min(here.seconds, most - spent)
            worker.lower_priority(here.niceness)
            await asyncio.wait([answer], timeout=seconds)
            spent += seconds
            if answer.done():
                return level
            if spent >= most:
                message = f"The query took more than {most:g} seconds and was stopped: narrow it, or add a LIMIT."
                raise Refusal(504, message).because(
                    "query-timeout", f"stopped after {most:g} seconds, {named_query(request.query)}"
                )
            level += 1
            if not slot.move(self._levels[level]):
                return level
            self._refill()

    @asynccontextmanager
    async def _asked(
        self, request: QueryRequest, client: str
    ) -> AsyncIterator[tuple[QueryWorker, AnswerFile, _Answering]]:
        """Have a worker answer until the block ends; if it has not, end it and delete what it wrote."""
        worker = await self._worker(client)
        file = AnswerFile(self.quota, client, f"{self._spool}{os.sep}{next(self._numbers)}")
        answer = worker.ask(request, file)
        self._busy += 1
        try:
            yield worker, file, answer
        finally:
            self._busy -= 1
            answer.cancel()
            ending = self._keep(worker)
            if not answer.cancelled() and not answer.exception() and answer.result().is_in_file:
                pass  # whoever gets the answer closes the file
            elif ending:  # it may write as long as it lives
                ending.add_done_callback(lambda _: file.close())
            else:
                file.close()

    async def _worker(self, client: str) -> QueryWorker:
        """Return an idle worker, one that is being started, or else a new one.

        A client whose queries have crashed a worker always gets a new one.
        """
        may_crash = self._crash_limit.has_crashed(client)
        while not may_crash and (self._idle or self._starting):
            if not self._idle:
                await asyncio.wait(self._starting, return_when=asyncio.FIRST_COMPLETED)
                continue
            worker = self._idle.pop()
            if worker.is_fit() and self._serves(worker):
                self._refill()
                return worker
            self._end(worker)
        return await QueryWorker.start(self._served.generation, self.limits)

    def _keep(self, worker: QueryWorker) -> asyncio.Task[None] | None:
        """Keep a worker for the next query, if it can be used; else return the task that ends it."""
        if worker.is_fit() and self._serves(worker) and len(self._idle) < self.limits.levels[0].slots:
            self._idle.append(worker)
            return None
        return self._end(worker)

    def _end(self, worker: QueryWorker) -> asyncio.Task[None]:
        task = asyncio.create_task(worker.end())
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)
        return task

    def _serves(self, worker: QueryWorker) -> bool:
        current = self._served.generation
        return worker.store is current or worker.store.folder == current.folder

    def _refill(self) -> None:
        """Start an idle worker for each free slot of the first level."""
        for _ in range(self._levels[0].free - len(self._idle) - len(self._starting)):
            task = asyncio.create_task(self._start())
            self._starting.add(task)
            task.add_done_callback(self._starting.discard)

    async def _start(self) -> None:
        # The next query tries again.
        try:
            self._keep(await QueryWorker.start(self._served.generation, self.limits))
        except StorageError as error:
            self._log.error(*self._trouble(str(error)))
