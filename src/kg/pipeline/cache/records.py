"""The file of records: one for each article in the order of the sources, signed; then what they share.

A signature covers all before it, so that nothing counts that stands behind damage, or that somebody else wrote.
The file is written beside the old one and takes its place by a rename: who reads it sees the one or the other, and
of two writers the last one stays.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from contextlib import suppress
from hmac import compare_digest, digest
from typing import IO, Any

import msgspec
from msgspec import Struct

from kg.pipeline.cache.stats import Stat

_MAGIC = b"kg cache 2\n"
_FRAME = struct.Struct("<I16s")
_END = struct.Struct("<Q16s")
_START = bytes(16)
_LARGEST = 1 << 30
_DAMAGE = (OSError, ValueError, struct.error, msgspec.MsgspecError)


class Kept(Struct, array_like=True, frozen=True):
    """What came of an article: its unit without the graph, packed by `kg.pipeline.cache.packing`."""

    id: str
    file: str
    line: int
    findings: list[Any]
    claims: list[str] | None
    needs: list[Any]
    draft: bool
    holds: tuple[int, tuple[int, ...], str]
    digest: str


class Record(Struct, array_like=True, frozen=True):
    """An article: what it was made from, what came of it, where its text stands in the published documents.

    `stats` are empty where they prove nothing. `uses` are the ids of the entities that it asked for, also those
    that there were none of; `extents` are pairs of start and length, in bytes, in the order of the documents.
    """

    article: str
    digest: bytes
    stats: tuple[Stat, ...]
    uses: msgspec.Raw
    kept: Kept
    extents: tuple[int, ...] = ()


class Published(Struct, array_like=True, frozen=True):
    """The documents of a publication: its folder, and the name and the stat of each."""

    folder: str
    stats: dict[str, Stat]


class Shared(Struct, array_like=True, frozen=True):
    """What all records of a file rest on: the digest of what all articles share, and that of each entity."""

    environment: bytes
    entities: dict[str, bytes]
    published: Published


decode_record = msgspec.msgpack.Decoder(Record).decode
_decode_shared = msgspec.msgpack.Decoder(Shared).decode
decode_uses = msgspec.msgpack.Decoder(list[str]).decode
encode = msgspec.msgpack.Encoder().encode


class RecordsWriter:
    """Writes records to a stream, signed with a key."""

    def __init__(self, stream: IO[bytes], key: bytes) -> None:
        self.stream = stream
        self.key = key
        self.sum = _START
        stream.write(_MAGIC)

    def add(self, payload: bytes) -> None:
        """Write a record, encoded."""
        self.sum = _sum(self.key, payload, self.sum)
        self.stream.write(_FRAME.pack(len(payload), self.sum) + payload)

    def end(self, shared: Shared) -> None:
        """Write what the records share."""
        payload = encode(shared)
        at = self.stream.tell()
        self.stream.write(payload + _END.pack(at, _sum(self.key, payload, _END.pack(at, b""))))
        self.stream.flush()


class RecordsReader:
    """Reads a file of records. `shared` is None where the file is none of ours or its end is damaged."""

    def __init__(self, stream: IO[bytes], key: bytes) -> None:
        self.stream = stream
        self.key = key
        self.end = 0
        self.shared: Shared | None = None
        with suppress(*_DAMAGE):
            self.shared = self._shared()

    def records(self) -> Iterator[tuple[bytes, Record]]:
        """Yield each record, as it was encoded and decoded, up to the first damage."""
        self.stream.seek(len(_MAGIC))
        left, known = self.end - len(_MAGIC), _START
        try:
            while left > 0:
                length, expected = _FRAME.unpack(self.stream.read(_FRAME.size))
                left -= _FRAME.size + length
                payload = self.stream.read(length) if left >= 0 else b""
                known = _sum(self.key, payload, known)
                if not compare_digest(known, expected):
                    return
                yield payload, decode_record(payload)
        except _DAMAGE:
            return

    def _shared(self) -> Shared | None:
        size = self.stream.seek(0, os.SEEK_END)
        self.stream.seek(0)
        if size < _END.size or self.stream.read(len(_MAGIC)) != _MAGIC:
            return None
        self.stream.seek(size - _END.size)
        at, expected = _END.unpack(self.stream.read(_END.size))
        if not 0 < at <= size - _END.size or size - at > _LARGEST:
            return None
        self.stream.seek(at)
        payload = self.stream.read(size - _END.size - at)
        if not compare_digest(_sum(self.key, payload, _END.pack(at, b"")), expected):
            return None
        self.end = at
        return _decode_shared(payload)


def _sum(key: bytes, payload: bytes, before: bytes) -> bytes:
    """Return the signature of a payload that follows `before`, which has one length for each use."""
    return digest(key, before + payload, "sha256")[:16]
