"""Drafts on their way to the second pass, on disk, so that memory does not grow with their number."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

import msgspec
from msgspec import Struct

from kg.annotations import ClaimsFile
from kg.errors import Place

_LENGTH = 4


class Spooled(Struct, frozen=True):
    """An article: its id, its text with the header, its claims file.

    `at` is where its document stood, `origins` where each claim did, `marks` the ids of its spans, its words first.
    """

    id: str
    text: str
    file: ClaimsFile
    at: Place
    origins: dict[str, Place]
    marks: dict[str, tuple[str, ...]]


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Spooled)


def put(stream: IO[bytes], article: Spooled) -> None:
    """Write an article to the end of a spool."""
    raw = _ENCODER.encode(article)
    stream.write(len(raw).to_bytes(_LENGTH, "little") + raw)


def taken(stream: IO[bytes]) -> Iterator[Spooled]:
    """Yield the articles of a spool in their order."""
    stream.seek(0)
    while head := stream.read(_LENGTH):
        yield _DECODER.decode(stream.read(int.from_bytes(head, "little")))
