"""Connections that nobody can hold by being slow: uvicorn's have no deadline for a request or its reader."""

from __future__ import annotations

import asyncio
from typing import Literal

from uvicorn.protocols.http.h11_impl import H11Protocol

from kg.publish.serve.limits import CONNECTIONS

_CLOSE = b"Connection: close\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: %d\r\n%b\r\n%b"
_LATE = b"The request did not come to its end in time.\n"
_FULL = b"Too many connections are open: try again in a few seconds.\n"
_Phase = Literal["idle", "head", "body", "answer"]


class Connection(H11Protocol):
    """One connection: by when its request must be there, and its answer taken.

    `waits_since` is the time since when we have been waiting for its request, infinite while it waits for us.
    """

    waits_since = float("inf")
    _phase: _Phase = "idle"
    _deadline: asyncio.TimerHandle | None = None
    _stalled: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        """Begin; where there are too many, in place of the one that has let us wait longest."""
        super().connection_made(transport)
        self._enter("head")
        if len(self.connections) > CONNECTIONS.most:
            others = (each for each in self.connections if isinstance(each, Connection) and each is not self)
            oldest = min(others, key=lambda each: each.waits_since)
            if oldest.waits_since < float("inf"):
                oldest.refuse(b"408 Request Timeout", _LATE)
            else:
                self.refuse(b"503 Service Unavailable", _FULL, b"Retry-After: 5\r\n")

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        self._cancel()
        if self._stalled:
            self._stalled.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what has come of a request."""
        if self._phase == "idle":
            self._enter("head")
        super().data_received(data)
        self._follow()

    def on_response_complete(self) -> None:
        """See an answer written, and what came behind its request."""
        self._enter("idle")
        super().on_response_complete()
        self._follow()
        if self.transport.get_write_buffer_size():
            self._stall()

    def pause_writing(self) -> None:
        """See that the client does not read as fast as we write."""
        super().pause_writing()
        self._stall()

    def resume_writing(self) -> None:
        """See that it has read."""
        super().resume_writing()
        if self._stalled:
            self._stalled.cancel()
            self._stalled = None

    def refuse(self, status: bytes, message: bytes, header: bytes = b"") -> None:
        """Close the connection, with a word unless an answer has begun."""
        if self.cycle is None or self.cycle.response_complete or not self.cycle.response_started:
            self.transport.write(b"HTTP/1.1 " + status + b"\r\n" + _CLOSE % (len(message), header, message))
        self.waits_since = float("inf")
        self.transport.close()
        # The word may wait for a client that reads nothing.
        self.loop.call_later(1, self.transport.abort)

    def _follow(self) -> None:
        """Enter the phase in which the request is."""
        if self.cycle is not None and not self.cycle.response_complete:
            self._enter("body" if self.cycle.more_body else "answer")

    def _enter(self, phase: _Phase) -> None:
        if phase == self._phase:
            # A deadline is not put off by one more byte.
            return
        self._phase = phase
        self._cancel()
        self.waits_since = float("inf") if phase == "answer" else self.loop.time()
        seconds = {"head": CONNECTIONS.header_seconds, "body": CONNECTIONS.body_seconds}.get(phase)
        if seconds is not None:
            self._deadline = self.loop.call_later(seconds, self.refuse, b"408 Request Timeout", _LATE)

    def _cancel(self) -> None:
        if self._deadline:
            self._deadline.cancel()
            self._deadline = None

    def _stall(self) -> None:
        if self._stalled is None:
            self._stalled = self.loop.call_later(CONNECTIONS.stalled_seconds, self.transport.abort)
