"""A lock on an open file. The system lets go of it when the process ends, however it ends."""

from __future__ import annotations

import sys
from typing import IO

if sys.platform == "win32":
    import msvcrt

    def take(stream: IO[bytes]) -> None:
        """Take the lock. Raises `OSError` at once where another process holds it."""
        msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def take(stream: IO[bytes]) -> None:
        """Take the lock. Raises `BlockingIOError` at once where another process holds it."""
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
