"""The store that is served, which may be loaded anew at any time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from kg.errors import KgError
from kg.query.store_folder import NAME, Manifest, read_manifest

_SECONDS = 1.0


class Served(NamedTuple):
    """One generation of a store: the folder of Oxigraph's files, and what `kg load` says of it."""

    folder: Path
    manifest: Manifest

    @property
    def base(self) -> str:
        """The IRI under which everything of the store stands."""
        return self.manifest.base


class Watched:
    """A store that `kg load` has made. Raises `UsageError` where it has made none."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self._mark = self._seen()
        self.store = self._read()

    def look(self) -> bool:
        """See whether there is a new generation, and tell. One that cannot be read is none."""
        mark = self._seen()
        if mark == self._mark:
            return False
        with suppress(KgError, OSError):
            before, self.store, self._mark = self.store, self._read(), mark
            return self.store.folder != before.folder
        return False

    async def watch(self, renew: Callable[[], None]) -> None:
        """Call `renew` whenever there is a new generation, for ever."""
        folder = self.store.folder
        while True:
            await asyncio.sleep(_SECONDS)
            self.look()
            # Somebody else may have looked.
            if self.store.folder != folder:
                folder = self.store.folder
                renew()

    def _read(self) -> Served:
        manifest = read_manifest(self._target)
        return Served(self._target / manifest.folder, manifest)

    def _seen(self) -> tuple[int, int] | None:
        with suppress(OSError):
            status = (self._target / NAME).stat()
            return status.st_mtime_ns, status.st_ino
        return None
