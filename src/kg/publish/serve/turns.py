"""Seats, and whose turn it is when there are fewer than are wanted."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from kg.publish.serve.responses import busy

_FULL = "Too many queries wait to be answered: ask again in a few seconds."


class Turns:
    """So many seats. The client with the fewest has the next turn, and of its queries the one that waits longest.

    So many queries may wait: with one more, the newest of the client that has most of them is sent away.
    """

    def __init__(self, seats: int, waiting: int, seconds: float) -> None:
        self.free = seats
        self._most = waiting
        self._seconds = seconds
        self._seated: Counter[str] = Counter()
        self._queue: list[tuple[str, asyncio.Future[None]]] = []

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._queue)

    def take_free(self, client: str) -> bool:
        """Take a seat if one is free, and tell whether it was."""
        if not self.free:
            return False
        self.free -= 1
        self._seated[client] += 1
        return True

    async def take(self, client: str) -> None:
        """Wait for a seat. Raises `Refusal` where that takes too long or too many wait."""
        if self.take_free(client):
            return
        turn = asyncio.get_running_loop().create_future()
        self._queue.append((client, turn))
        if len(self._queue) > self._most:
            self._send_away()
        seated = False
        try:
            async with asyncio.timeout(self._seconds):
                await turn
            seated = True
        except TimeoutError as error:
            raise busy(_FULL) from error
        finally:
            if (client, turn) in self._queue:
                self._queue.remove((client, turn))
            if not seated and turn.done() and not turn.cancelled() and not turn.exception():
                self.give_back(client)

    def give_back(self, client: str) -> None:
        """Leave a seat to whose turn it is."""
        self.free += 1
        self._seated -= Counter([client])
        while self.free and self._queue:
            place = min(range(len(self._queue)), key=lambda each: self._seated[self._queue[each][0]])
            following, turn = self._queue.pop(place)
            if not turn.done():
                self.take_free(following)
                turn.set_result(None)

    def _send_away(self) -> None:
        counts = Counter(client for client, _ in self._queue)
        greatest = max(counts.values())
        place = max(each for each, (client, _) in enumerate(self._queue) if counts[client] == greatest)
        _, turn = self._queue.pop(place)
        if not turn.done():
            turn.set_exception(busy(_FULL))


class Seat:
    """A seat that a client has."""

    def __init__(self, turns: Turns, client: str) -> None:
        self._turns = turns
        self._client = client

    def move(self, turns: Turns) -> bool:
        """Change to a free seat of other turns, and tell whether there was one."""
        if not turns.take_free(self._client):
            return False
        self.leave()
        self._turns = turns
        return True

    def leave(self) -> None:
        """Give the seat back."""
        self._turns.give_back(self._client)


@asynccontextmanager
async def seated(turns: Turns, client: str) -> AsyncIterator[Seat]:
    """Have a seat until the block ends."""
    await turns.take(client)
    seat = Seat(turns, client)
    try:
        yield seat
    finally:
        seat.leave()
