"""Chance that falls the same on every machine and in every version of Python."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Chance:
    """Draws from a seed by `Random.random()` alone, the one method of it that is promised never to change."""

    def __init__(self, seed: str) -> None:
        self._next = random.Random(seed).random

    def below(self, limit: int) -> int:
        """Return a whole number from 0 to below the limit."""
        return int(self._next() * limit)

    def between(self, low: int, high: int) -> int:
        """Return a whole number from `low` to `high`, both included."""
        return low + self.below(high - low + 1)

    def happens(self, share: float) -> bool:
        """Tell true in the given share of cases."""
        return self._next() < share

    def pick(self, some: Sequence[T]) -> T:
        """Return one of them."""
        return some[self.below(len(some))]

    def several(self, some: Sequence[T], count: int) -> list[T]:
        """Return as many different ones, in the order they were drawn."""
        left = list(some)
        return [left.pop(self.below(len(left))) for _ in range(min(count, len(left)))]
