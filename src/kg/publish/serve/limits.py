"""Limits for clients. A client may lower the time and rows of its query, and raise nothing."""

from __future__ import annotations

import math
from typing import NamedTuple

from kg.processes import cores

_KB, _MB = 1024, 1024 * 1024


class Level(NamedTuple):
    """Where queries run that were not answered by the levels before.

    `slots` queries run at once, each for at most `seconds`; those of a higher `niceness` get the processor later.
    One client gets at most `slots - reserved` of them; the others are for other clients.
    """

    slots: int
    seconds: float
    niceness: int
    reserved: int = 0


class ConnectionLimits(NamedTuple):
    """Limits for connections. Slow request heads are left to a proxy in front (see docs/deploying.md)."""

    most: int = 1_000
    """With more, requests are refused with 503."""
    url: int = 64 * _KB
    headers: int = 16 * _KB
    body_seconds: float = 20
    stalled_seconds: float = 20
    """How long a client may leave an answer unread."""
    idle_seconds: int = 15
    """How long a connection stays open between two requests."""
    notice_seconds: float = 2
    """How long requests are still answered after SIGTERM, while `/health` says that the server will end."""
    drain_seconds: int = 15
    """How long answers under way may take then."""


class Limits(NamedTuple):
    """Limits for one query, and for all queries together."""

    seconds: float = 10
    rows: int = 100_000
    query: int = 64 * _KB
    request: int = 1 * _MB
    answer: int = 128 * _MB
    memory: int = 512 * _MB
    temporary: int = 1024 * _MB
    """How many bytes all answers in temporary files may take together, until their clients have read them."""
    cache: int = 32 * _MB
    """How many bytes of answers, each of up to 128 kB, are cached in memory."""
    levels: tuple[Level, ...] = (
        Level(cores() + 2, 0.1, 0, reserved=2),
        Level(max(2, cores() // 2), 1, 5),
        Level(max(1, cores() // 2), math.inf, 15),
    )
    waiting: int = 64
    """How many queries wait for a slot of each level; with one more, the client with the most loses its newest."""
    crashes: int = 3
    """How many of a client's queries may end the engine's process within `crash_seconds`; then it must wait."""
    crash_seconds: float = 60
    refusal_pause: float = 1
    """How many seconds a client waits for the refusal of a query that is one too many, or after crashes."""
    queue_seconds: float = 20
    """How long a query waits for a slot."""
    health_seconds: float = 2
    """How long the store may take for the question of a health check."""
    connections: ConnectionLimits = ConnectionLimits()


LIMITS = Limits()
