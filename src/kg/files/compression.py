"""Packed files: gzip, zstd and bz2. Their libraries are loaded on demand, since most files are not packed."""

from __future__ import annotations

import sys
import zlib
from types import ModuleType
from typing import IO, cast

PIECE = 1 << 18
"""How many bytes are read at a time: with Python's own 8 kB, lines take four times as long."""


def opened(file: str) -> IO[bytes]:
    """Open a file for its bytes, unpacked if its name ends in `.gz`, `.zst` or `.bz2`."""
    if file.endswith(".gz"):
        import gzip

        return cast(IO[bytes], gzip.open(file, "rb"))
    if file.endswith(".bz2"):
        import bz2

        return cast(IO[bytes], bz2.open(file, "rb"))
    if file.endswith(".zst"):
        return cast(IO[bytes], zstd().open(file, "rb"))
    return open(file, "rb", buffering=PIECE)


def zstd() -> ModuleType:
    """Return Python's library for zstd, or what stands for it in older Pythons."""
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    return zstd


def unpacking_errors() -> tuple[type[Exception], ...]:
    """Return what a file raises that ends too early or is damaged; asked for where something is raised."""
    from gzip import BadGzipFile

    return EOFError, BadGzipFile, zlib.error, zstd().ZstdError
