"""What a stranger may take. A client may lower the time and the rows of a query, and raise nothing."""

from __future__ import annotations

import math
from typing import NamedTuple

from kg.processes import cores

_KB, _MB = 1024, 1024 * 1024


class Level(NamedTuple):
    """Where queries are answered that have taken long by so much.

    `seats` are answered at once, each for so many `seconds`; the higher the `niceness`, the later their turn at the
    processor.
    """

    seats: int
    seconds: float
    niceness: int


class Limits(NamedTuple):
    """What one query may take, and all of them together."""

    seconds: float = 10
    rows: int = 100_000
    query: int = 64 * _KB
    request: int = 1 * _MB
    answer: int = 128 * _MB
    memory: int = 512 * _MB
    levels: tuple[Level, ...] = (
        Level(max(4, cores()), 0.1, 0),
        Level(max(2, cores() // 2), 1, 5),
        Level(max(1, cores() // 2), math.inf, 15),
    )
    waiting: int = 64
    """How many queries wait for a seat of each level; with one more, that client waits in vain who has most."""
    queue_seconds: float = 20
    """How long a query waits for a seat."""


class Connections(NamedTuple):
    """What connections may take."""

    most: int = 1_000
    """With one more, the one goes that has let us wait longest for its request."""
    url: int = 64 * _KB
    headers: int = 16 * _KB
    header_seconds: float = 10
    body_seconds: float = 20
    stalled_seconds: float = 20
    """How long a client may leave an answer unread."""
    idle_seconds: int = 15
    """How long a connection stays open between two requests."""
    drain_seconds: int = 15
    """How long answers that are under way may take when the server ends."""


LIMITS = Limits()
CONNECTIONS = Connections()
