"""A cache in memory for the answers of one generation of a store."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

from kg.query.sparql import QueryOutcome, QueryRequest
from kg.query.store import StoreGeneration

# A query with one of these words, or with an escape that may spell one, gets another answer each time.
_CHANGING = re.compile(r"\b(?:now|rand|uuid|struuid)\b|\\u", re.IGNORECASE)
_OVERHEAD = 1024
"""How many bytes an answer takes besides its text and its key."""
T = TypeVar("T")


class AnswerCache(Generic[T]):
    """Answers of one generation. If they take more than `most` bytes, the least recently used are dropped.

    `hits` counts the answers that were found.
    """

    def __init__(self, most: int) -> None:
        self.hits = 0
        self._most = most
        self._bytes = 0
        self._generation: StoreGeneration | None = None
        self._answers: OrderedDict[Hashable, tuple[T, int]] = OrderedDict()

    def find(self, key: Hashable, generation: StoreGeneration) -> T | None:
        """Return the answer of a generation to a request with this key, None if it is not in the cache."""
        if generation is not self._generation or key not in self._answers:
            return None
        self._answers.move_to_end(key)
        self.hits += 1
        return self._answers[key][0]

    def keep(self, key: Hashable, answer: T, size: int, generation: StoreGeneration) -> None:
        """Keep an answer of `size` bytes with its key, and drop those of other generations."""
        if generation is not self._generation:
            self._generation, self._bytes = generation, 0
            self._answers.clear()
        if key in self._answers:
            return
        self._answers[key] = answer, size + _OVERHEAD
        self._bytes += size + _OVERHEAD
        while self._bytes > self._most:
            self._bytes -= self._answers.popitem(last=False)[1][1]


def query_key(request: QueryRequest) -> Hashable:
    """Return the key of a request: all that its answer depends on within a generation."""
    return request.query, request.solutions, request.triples, request.rows, request.default, request.named


def may_keep(request: QueryRequest, outcome: QueryOutcome) -> bool:
    """Whether an answer may be cached: the same request always gets it, and it is in memory."""
    return not outcome.failed and outcome.body is not None and not _CHANGING.search(request.query)


def size_of(request: QueryRequest, outcome: QueryOutcome) -> int:
    """Return the bytes of a query and its answer; Python keeps up to four for a character."""
    return 4 * len(request.query) + len(outcome.body or b"")
