"""The store that is served: its latest generation, and the switch to a new one when the store is loaded again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from kg.errors import KgError, error_message
from kg.publish.serve.logs import ServerLog
from kg.query.store import NAME, hold_generation

_RELOAD_SECONDS = 1.0


class ServedStore:
    """The latest generation of a store.

    Raises `UsageError` for a folder without a store, `FileError` for a store without files.
    """

    def __init__(self, target: Path, log: ServerLog) -> None:
        self._target = target
        self._log = log
        self._version = self._current_version()
        self.generation = hold_generation(target)

    @property
    def loaded_at(self) -> float:
        """When the generation became that of the store, in seconds since 1970; 0 if that is not known."""
        return self._version[0] / 1e9 if self._version else 0.0

    def reload(self) -> bool:
        """Switch to a new generation if there is one that can be read, and return whether there was."""
        version = self._current_version()
        if version == self._version:
            return False
        try:
            before, self.generation, self._version = self.generation, hold_generation(self._target), version
        except (KgError, OSError) as error:
            self._log.error("store-not-renewed", f"the previous data are still served: {error_message(error)}")
            return False
        return self.generation.folder != before.folder

    async def watch(self, renew: Callable[[], None]) -> None:
        """Call `renew` whenever there is a new generation, until cancelled."""
        folder = self.generation.folder
        while True:
            await asyncio.sleep(_RELOAD_SECONDS)
            self.reload()
            # A query may have called `reload`.
            if self.generation.folder != folder:
                folder = self.generation.folder
                renew()

    def _current_version(self) -> tuple[int, int] | None:
        with suppress(OSError):
            status = (self._target / NAME).stat()
            return status.st_mtime_ns, status.st_ino
        return None
