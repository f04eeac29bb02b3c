"""Rows brought together by their article, on disk: those of one article need not stand together."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from types import TracebackType
from typing import NamedTuple

import msgspec

from kg.errors import FileError
from kg.importers.sheets.rows import Row

_SCHEMA = """
PRAGMA journal_mode = off;
PRAGMA synchronous = off;
PRAGMA cache_size = -16000;
CREATE TABLE articles (number INTEGER PRIMARY KEY, key BLOB UNIQUE, digest BLOB, text TEXT);
CREATE TABLE rows (number INTEGER PRIMARY KEY, article INTEGER, sheet INTEGER, cells BLOB);
"""
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Row).decode


class Group(NamedTuple):
    """The rows of an article, each with the number of its sheet; `text` is `""` where no row has it."""

    text: str
    rows: list[tuple[int, Row]]


class Groups:
    """Takes rows in any order, and gives them back article by article, in the order in which these were met."""

    def __init__(self) -> None:
        # A database without a name is a file that is gone when it is closed; in memory where it is small.
        self._base = sqlite3.connect("", isolation_level=None)
        self._last: tuple[bytes, int, bytes] = (b"", 0, b"")

    def __enter__(self) -> Groups:
        with _on_disk():
            self._base.executescript(_SCHEMA)
            self._base.execute("BEGIN")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._base.close()

    def add(self, name: str, text: str, sheet: int, row: Row) -> bool:
        """Keep a row of the article of this name; tell whether its text is none but what the article has."""
        key, digest = _digest(name), _digest(text) if text else b""
        with _on_disk():
            number, known = self._article(key)
            if digest and not known:
                self._base.execute(
                    "UPDATE articles SET digest = ?, text = ? WHERE number = ?", (digest, text, number)
                )
                known = digest
            self._last = key, number, known
            self._base.execute(
                "INSERT INTO rows (article, sheet, cells) VALUES (?, ?, ?)", (number, sheet, _encode(row))
            )
        return not digest or digest == known

    def _article(self, key: bytes) -> tuple[int, bytes]:
        """Return the number of an article, and the digest of its text, `b""` for none."""
        if key == self._last[0]:
            return self._last[1:]
        found = self._base.execute("SELECT number, digest FROM articles WHERE key = ?", (key,)).fetchone()
        if found:
            return found[0], found[1]
        made = self._base.execute("INSERT INTO articles (key, digest, text) VALUES (?, x'', '')", (key,))
        return made.lastrowid or 0, b""

    def __iter__(self) -> Iterator[Group]:
        with _on_disk():
            self._base.execute("CREATE INDEX by_article ON rows (article)")
        number = 0
        while found := self._next(number):
            number, group = found
            yield group

    def _next(self, number: int) -> tuple[int, Group] | None:
        with _on_disk():
            article = self._base.execute(
                "SELECT number, text FROM articles WHERE number > ? ORDER BY number LIMIT 1", (number,)
            ).fetchone()
            if article is None:
                return None
            rows = self._base.execute(
                "SELECT sheet, cells FROM rows WHERE article = ? ORDER BY number", (article[0],)
            )
            return article[0], Group(article[1], [(sheet, _decode(cells)) for sheet, cells in rows])


def _digest(text: str) -> bytes:
    return sha256(text.encode("utf-8", "surrogatepass")).digest()


@contextmanager
def _on_disk() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise FileError(
            f"the rows could not be sorted by their article: {error}: is there room on the disk?"
        ) from error
