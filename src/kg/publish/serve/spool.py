"""An answer while it is written: held in memory as long as it is small, then in a file."""

from __future__ import annotations

from io import BytesIO
from typing import BinaryIO

SMALL = 128 * 1024


class Spool:
    """A stream. To make a file for each small answer would take longer than to answer."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._held = BytesIO()
        self._file: BinaryIO | None = None

    def use_file(self) -> None:
        """Write into the file from now on."""
        if self._file is None:
            self._file = open(self._path, "wb")  # noqa: SIM115  # it is `close` that closes it
            self._file.write(self._held.getvalue())

    def write(self, piece: bytes) -> int:
        """Write a piece."""
        if self._file is None and self._held.tell() + len(piece) > SMALL:
            self.use_file()
        return (self._file or self._held).write(piece)

    def flush(self) -> None:
        """Write what is held back."""
        if self._file:
            self._file.flush()

    def close(self) -> bytes | None:
        """Return what was written, None where it stands in the file."""
        if self._file is None:
            return self._held.getvalue()
        self._file.close()
        return None
