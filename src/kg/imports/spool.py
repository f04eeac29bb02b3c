"""Drafts on their way to the second pass, on disk, so that memory does not grow with their number."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from typing import IO

from msgspec import Struct

from kg.annotations import ClaimsFile
from kg.errors import Place


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


def put(stream: IO[bytes], article: Spooled) -> None:
    """Write an article to the end of a spool."""
    pickle.dump(article, stream, protocol=pickle.HIGHEST_PROTOCOL)


def taken(stream: IO[bytes]) -> Iterator[Spooled]:
    """Yield the articles of a spool, which this process has written, in their order."""
    stream.seek(0)
    while True:
        try:
            # Not as msgspec has it, which refuses what only the reader of a corpus may judge, with reasons.
            article = pickle.load(stream)
        except EOFError:
            return
        assert isinstance(article, Spooled)
        yield article
