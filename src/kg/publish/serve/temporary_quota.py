"""The quota of bytes that answers in temporary files share, and how it is divided between clients."""

from __future__ import annotations

import os
from collections import Counter
from contextlib import suppress

PORTION = 1024 * 1024
"""How many bytes an answer takes at a time."""


class TemporaryQuota:
    """Bytes of temporary files, shared between clients.

    A client may have at most as much as is still free then (dynamic thresholds, Choudhury and Hahne 1998): half of
    all if it is alone, a third if there are two, and something always remains for one more.
    """

    def __init__(self, total: int) -> None:
        self.total = total
        self.taken = 0
        self._taken_by: Counter[str] = Counter()

    def take(self, client: str, size: int) -> bool:
        """Take bytes for a client, and return whether it may have them."""
        if self._taken_by[client] + size > self.total - self.taken - size:
            return False
        self.taken += size
        self._taken_by[client] += size
        return True

    def give_back(self, client: str, size: int) -> None:
        """Give bytes back."""
        self.taken -= size
        self._taken_by -= Counter({client: size})


class AnswerFile:
    """The file of one answer to a client, and the bytes that it has taken of the quota."""

    def __init__(self, quota: TemporaryQuota, client: str, path: str) -> None:
        self.path = path
        self._quota = quota
        self._client = client
        self._taken = 0

    def grow(self) -> bool:
        """Take bytes before they are written, and return whether they may be."""
        is_allowed = self._quota.take(self._client, PORTION)
        if is_allowed:
            self._taken += PORTION
        return is_allowed

    def finish(self, size: int) -> None:
        """Give back what was taken beyond the final size."""
        unused = max(0, self._taken - size)
        if not unused:
            return
        self._taken -= unused
        self._quota.give_back(self._client, unused)

    def close(self) -> None:
        """Delete the file, if it is still there, and give all its bytes back. Nobody may write to it any more."""
        with suppress(FileNotFoundError):
            os.unlink(self.path)
        self.finish(0)
