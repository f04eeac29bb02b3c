"""Whether to send requests here, for load balancers: whether the store answers, and whether the server will end."""

from __future__ import annotations

import asyncio
import signal
from math import inf
from time import monotonic
from types import FrameType

import uvicorn

from kg.publish.serve.logs import ServerLog
from kg.publish.serve.query_scheduler import QueryScheduler
from kg.publish.serve.responses import Refusal

KEPT_SECONDS = 1.0
"""How long the result of a check is kept, so that many checks cost nothing."""


class StoreHealth:
    """Checks whether the store answers a question."""

    def __init__(self, scheduler: QueryScheduler, log: ServerLog) -> None:
        self._scheduler = scheduler
        self._log = log
        self._check: asyncio.Task[str] | None = None
        self._until = inf

    async def problem(self) -> str:
        """Return the kind of error if the store does not answer, else `""`."""
        if self._check is None or monotonic() > self._until:
            self._until = inf
            self._check = asyncio.create_task(self._ask())
        return await asyncio.shield(self._check)

    async def _ask(self) -> str:
        try:
            await self._scheduler.check()
        except Refusal as refusal:
            self._log.error(refusal.kind, refusal.cause)
            return refusal.kind
        finally:
            self._until = monotonic() + KEPT_SECONDS
        return ""


class DrainingServer(uvicorn.Server):
    """A server that still answers for some seconds after SIGTERM, while its health says that it will end.

    So load balancers send requests elsewhere before the socket closes. Ctrl-C or a second signal ends it at once.
    """

    def __init__(self, config: uvicorn.Config, seconds: float) -> None:
        super().__init__(config)
        self.is_draining = False
        self._seconds = seconds
        self._closing_at = inf

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to end."""
        if sig == signal.SIGINT or self.is_draining or not self._seconds:
            super().handle_exit(sig, frame)
        self.is_draining = True
        self._closing_at = min(self._closing_at, monotonic() + self._seconds)

    async def on_tick(self, counter: int) -> bool:
        """Return whether to close the socket; called every tenth of a second."""
        self.should_exit |= monotonic() >= self._closing_at
        return await super().on_tick(counter)
