"""Answers requests that repeat an earlier one byte by byte, as pages send them, without parsing them.

If the answer to a request to `/sparql` was in memory, the bytes of the request and of the answer are kept here. The
next request with the same bytes, from the same client, is looked up before anything parses it. uvicorn and h11 do
everything else.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from time import perf_counter
from typing import Any, NamedTuple, cast

import h11
import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from kg.publish.serve.answer_cache import AnswerCache
from kg.publish.serve.query_scheduler import QueryScheduler
from kg.query.store import StoreGeneration

_LONGEST = 8 * 1024
"""Longer requests are not kept."""
_KEY, _CACHED = "kg.key", "kg.cached"
_END = b"\r\n\r\n"
_SCOPE = 4096
"""About how many bytes the scope of a request takes."""
_KEEP_ALIVE = (b"connection", b"keep-alive")
# What makes a request have a body, or its answer be the last of a connection.
_LEFT_OUT = (b"content-length", b"transfer-encoding", b"expect", b"connection", b"upgrade")
Observer = Callable[[Scope, int, int, float], object]
"""Called for each answer with the scope of its request, its status, the bytes of its body, and its seconds."""


class RepeatedAnswer(NamedTuple):
    """An answer with status 200: its headers except those of uvicorn, its body, and the scope of its request."""

    headers: bytes
    body: bytes
    scope: Scope


class RepeatedRequests:
    """An app that keeps the cached answers of another app, which nothing may change afterwards.

    `observers` are called for each answer that is given again. No answer is given again while the server drains,
    since connections are then closed.
    """

    def __init__(self, app: ASGIApp, scheduler: QueryScheduler, observers: Sequence[Observer]) -> None:
        self.is_draining: Callable[[], bool] = bool
        self._app = app
        self._scheduler = scheduler
        self._observers = observers
        self._answers: AnswerCache[RepeatedAnswer] = AnswerCache(scheduler.limits.cache)

    def find(self, key: Hashable) -> RepeatedAnswer | None:
        """Return the answer to a request, None if it must be read."""
        if self.is_draining():
            return None
        answer = self._answers.find(key, self._scheduler.generation)
        return answer if answer and self._scheduler.cached_for(client_of(answer.scope)) else None

    def count(self, answer: RepeatedAnswer, seconds: float) -> None:
        """Count an answer that is given again."""
        self._scheduler.cache.hits += 1
        for each in self._observers:
            each(answer.scope, 200, len(answer.body), seconds)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request by the other app, and keep the answer."""
        key = scope["state"].get(_KEY)
        messages: list[Message] = []

        async def seen(message: Message) -> None:
            messages.append(message)
            await send(message)

        await self._app(scope, receive, seen if key else send)
        if key and (generation := scope["state"].get(_CACHED)) and _is_repeatable(scope, messages):
            start, end = messages
            headers = b"".join(b"%b: %b\r\n" % tuple(each) for each in start["headers"])
            size = len(key[0]) + len(headers) + len(end["body"]) + _SCOPE
            self._answers.keep(key, RepeatedAnswer(headers, end["body"], scope), size, generation)


def mark_cached(scope: Scope, generation: StoreGeneration | None) -> None:
    """Say that the answer to a request is from the cache of a generation."""
    scope["state"][_CACHED] = generation


def client_of(scope: Scope) -> str:
    """Return the address of a client."""
    return str((scope.get("client") or ("",))[0])


def _is_repeatable(scope: Scope, messages: Sequence[Message]) -> bool:
    """Whether the same bytes get the same answer, whole and with more to follow on the connection."""
    if len(messages) != 2 or messages[0]["status"] != 200 or scope["http_version"] != "1.1":
        return False
    asked = {name for name, value in scope["headers"] if (name, value.lower()) != _KEEP_ALIVE}
    return asked.isdisjoint(_LEFT_OUT) and b"connection" not in dict(messages[0]["headers"])


class RepeatingProtocol(H11Protocol):
    """uvicorn's protocol, which looks requests up in the app, `RepeatedRequests`, before it reads them."""

    def __init__(self, config: uvicorn.Config, *arguments: Any, **options: Any) -> None:
        super().__init__(config, *arguments, **options)
        self._repeated = cast(RepeatedRequests, config.app)
        self._given = self.app_state

    def data_received(self, data: bytes) -> None:
        """Answer a request that came before, or have it read."""
        begun = perf_counter()
        key = (data, self.client and self.client[0], self.server) if self._is_whole_request(data) else None
        answer = self._repeated.find(key) if key and self._may_write() else None
        if answer:
            self._repeated.count(answer, perf_counter() - begun)
            self._unset_keepalive_if_required()
            defaults = b"".join(b"%b: %b\r\n" % each for each in self.server_state.default_headers)
            self.transport.write(b"".join((b"HTTP/1.1 200 OK\r\n", defaults, answer.headers, b"\r\n", answer.body)))
            self.on_response_complete()
            return
        # What the scope of the request gets as its state.
        self.app_state = {**self._given, _KEY: key} if key else self._given
        super().data_received(data)

    def _is_whole_request(self, data: bytes) -> bool:
        """Whether data are the head of one request by GET, and the one before was answered."""
        return (
            len(data) <= _LONGEST
            and data.startswith(b"GET ")
            and data.find(_END) == len(data) - len(_END)
            and self.conn.our_state is h11.IDLE
            and self.conn.their_state is h11.IDLE
            and not self.conn.trailing_data[0]
        )

    def _may_write(self) -> bool:
        """Whether the client reads its answers, and there are not too many connections."""
        most = self.limit_concurrency or 0
        return not (
            self.flow.write_paused
            or self.transport.is_closing()
            or len(self.connections) >= most
            or len(self.tasks) >= most
        )
