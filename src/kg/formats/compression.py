"""gzip and zstd, as a stream."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Literal, Protocol

from kg.files.compression import zstd

Compression = Literal["", "gzip", "zstd"]
COMPRESSIONS: dict[str, Compression] = {".gz": "gzip", ".zst": "zstd"}

# zlib's own gzip wrapper: its header has neither a time nor a file's name.
_GZIP_WRAPPER = 16 + zlib.MAX_WBITS


class Bytes(Protocol):
    """What takes bytes: a file, or what packs them on their way to one."""

    def write(self, data: bytes, /) -> object:
        """Take some bytes."""


class _Compressor(Protocol):
    def compress(self, data: bytes, /) -> bytes: ...
    def flush(self) -> bytes: ...


def compressed(chunks: Iterable[str | bytes], compression: Compression) -> Iterator[bytes]:
    """Yield the chunks as bytes (UTF-8), compressed; no compression (`""`) only encodes."""
    pieces = (chunk.encode() if isinstance(chunk, str) else chunk for chunk in chunks)
    if not compression:
        yield from pieces
        return
    compressor = _compressor(compression)
    for piece in pieces:
        if out := compressor.compress(piece):
            yield out
    yield compressor.flush()


@contextmanager
def packing(stream: Bytes, compression: Compression) -> Iterator[Bytes]:
    """Open what takes bytes and writes them compressed to a stream; all of them, once the block ends."""
    if not compression:
        yield stream
        return
    compressor = _compressor(compression)
    yield _Packing(stream, compressor)
    stream.write(compressor.flush())


class _Packing:
    def __init__(self, stream: Bytes, compressor: _Compressor) -> None:
        self._stream = stream
        self._compressor = compressor

    def write(self, data: bytes, /) -> None:
        if out := self._compressor.compress(data):
            self._stream.write(out)


def _compressor(compression: Compression) -> _Compressor:
    if compression == "gzip":
        return zlib.compressobj(wbits=_GZIP_WRAPPER)
    compressor: _Compressor = zstd().ZstdCompressor()
    return compressor
