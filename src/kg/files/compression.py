"""gzip, zstd and bz2, as files and as streams. Their libraries are loaded on demand: most runs need none."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import IO, Literal, Protocol, cast

from kg.errors import file_error
from kg.files.input_files import NAMED, open_input

Compression = Literal["", "gzip", "zstd"]
COMPRESSIONS: dict[str, Compression] = {".gz": "gzip", ".zst": "zstd"}
"""The compressions that `kg` writes, by the suffix of a file's name."""

# zlib's own gzip wrapper: its header has neither a time nor a file's name.
_GZIP_WRAPPER = 16 + zlib.MAX_WBITS


class ByteStream(Protocol):
    """Accepts bytes: a file, or a compressor in front of one."""

    def write(self, data: bytes, /) -> object:
        """Write bytes."""


class _Compressor(Protocol):
    def compress(self, data: bytes, /) -> bytes: ...
    def flush(self) -> bytes: ...


@contextmanager
def open_decompressed(file: str, folder: str = NAMED) -> Iterator[IO[bytes]]:
    """Open a file as `open_input` does for its bytes, decompressed if it ends in `.gz`, `.zst` or `.bz2`.

    Raises `FileError` also if there is no such file or it cannot be read.
    """
    try:
        opened = open_input(file, folder)
    except OSError as error:
        raise file_error(file, error) from error
    with opened as stream, _decompressed(file, stream) as decompressed:
        yield decompressed


def _decompressed(file: str, stream: IO[bytes]) -> IO[bytes]:
    if file.endswith(".gz"):
        import gzip

        return cast(IO[bytes], gzip.open(stream, "rb"))
    if file.endswith(".bz2"):
        import bz2

        return cast(IO[bytes], bz2.open(stream, "rb"))
    if file.endswith(".zst"):
        return cast(IO[bytes], zstd().open(stream, "rb"))
    return stream


def compressed(chunks: Iterable[str | bytes], compression: Compression) -> Iterator[bytes]:
    """Yield the chunks as bytes (UTF-8), compressed; no compression (`""`) only encodes."""
    encoded = (chunk.encode() if isinstance(chunk, str) else chunk for chunk in chunks)
    if not compression:
        yield from encoded
        return
    compressor = _compressor(compression)
    for chunk in encoded:
        if out := compressor.compress(chunk):
            yield out
    yield compressor.flush()


@contextmanager
def compressing(stream: ByteStream, compression: Compression) -> Iterator[ByteStream]:
    """Open a writer that compresses into a stream; all bytes are written when the block ends."""
    if not compression:
        yield stream
        return
    compressor = _compressor(compression)
    yield _CompressedStream(stream, compressor)
    stream.write(compressor.flush())


class _CompressedStream:
    def __init__(self, stream: ByteStream, compressor: _Compressor) -> None:
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


def zstd() -> ModuleType:
    """Return Python's library for zstd, or its backport in older Pythons."""
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    return zstd


def decompression_errors() -> tuple[type[Exception], ...]:
    """Return the exceptions of truncated and damaged files; loads the libraries: call it in the `except` clause."""
    from gzip import BadGzipFile

    return EOFError, BadGzipFile, zlib.error, zstd().ZstdError
