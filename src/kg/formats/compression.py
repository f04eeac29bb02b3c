"""gzip and zstd, as a stream."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Iterable, Iterator
from typing import Literal, Protocol

Compression = Literal["", "gzip", "zstd"]
COMPRESSIONS: dict[str, Compression] = {".gz": "gzip", ".zst": "zstd"}

# zlib's own gzip wrapper: its header has neither a time nor a file's name.
_GZIP_WRAPPER = 16 + zlib.MAX_WBITS


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


def _compressor(compression: Compression) -> _Compressor:
    if compression == "gzip":
        return zlib.compressobj(wbits=_GZIP_WRAPPER)
    # Here, not above: most runs write no zstd, and loading the library takes longer than writing a small graph.
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    return zstd.ZstdCompressor()
