"""Suggestions of kg that a person has refused: they are not made again as long as this is remembered.

A refusal says nothing about the article: it is not written into its files, but among the user's own caches, which
may be lost without harm. Then kg suggests the same once more.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from contextlib import suppress
from hashlib import sha256

import msgspec

from kg.files.atomic_writes import replacement
from kg.pipeline.cache.folder_and_key import cache_folder, prepare_file

_MOST_BYTES = 4_000_000
"""The size of the file; it has room for 200,000 refusals, and is written anew with each."""
_Refused = dict[str, set[str]]


def suggestion_key(words: object, field: str = "", value: object = None) -> str:
    """Return the key of a suggestion: a claim with these words as its file writes them, or a value of its field."""
    return sha256(msgspec.json.encode([words, field, value], order="deterministic")).hexdigest()[:16]


class RefusedSuggestions:
    """What was refused in the articles of one corpus, by this user on this machine.

    When there is more than the file may have, the articles in which nothing was refused for the longest time are
    forgotten. If there is no folder of caches, all is remembered as long as this object is there.
    """

    def __init__(self, root: str) -> None:
        folder = cache_folder()
        name = sha256(os.path.realpath(root).encode(errors="surrogateescape")).hexdigest()[:32]
        self._file = folder / f"refused-{name}.json" if folder else None
        self._refused = self._read()
        """The keys by article; where something was refused last comes last."""

    def of(self, article: str) -> Collection[str]:
        """Return the keys of what was refused in an article."""
        return self._refused.get(article, set())

    def add(self, article: str, keys: Iterable[str]) -> None:
        """Remember what is refused in an article."""
        # Another desk may have written meanwhile.
        for other, known in self._read().items():
            self._refused.setdefault(other, set()).update(known)
        self._refused[article] = self._refused.pop(article, set()) | set(keys)
        self._write()

    def forget(self, article: str) -> None:
        """Let everything be suggested again in an article."""
        self._refused = self._read() | self._refused
        if self._refused.pop(article, None):
            self._write()

    def _read(self) -> _Refused:
        if self._file is None:
            return {}
        try:
            with self._file.open("rb") as stream:
                content = stream.read(_MOST_BYTES + 1)
            # No desk has written a longer one.
            return msgspec.json.decode(content, type=_Refused) if len(content) <= _MOST_BYTES else {}
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
            # There is none yet, or a power cut has damaged it.
            return {}

    def _write(self) -> None:
        if self._file is None:
            return
        content = msgspec.json.encode(self._refused)
        while len(content) > _MOST_BYTES:
            # Half of them at once: it will be long until there are too many again.
            for article in list(self._refused)[: (len(self._refused) + 1) // 2]:
                del self._refused[article]
            content = msgspec.json.encode(self._refused)
        # A full disk must not stop anybody from annotating.
        with suppress(OSError):
            prepare_file(self._file)
            with replacement(self._file, mode=0o600) as stream:
                stream.write(content)
