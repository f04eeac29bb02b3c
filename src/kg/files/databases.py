"""Databases for one run, in memory while they are small, else in a temporary file that has no name."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

from kg.errors import FileError

_UNWRITABLE = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN)


@contextmanager
def temporary_database() -> Iterator[sqlite3.Connection]:
    """Open a database that is gone when the block ends. Raises `FileError` where the disk does not take it."""
    try:
        with closing(sqlite3.connect("", isolation_level=None)) as database:
            database.execute("pragma journal_mode = off")
            yield database
    except sqlite3.OperationalError as error:
        # https://www.sqlite.org/rescode.html: the last byte is the kind, the others tell more.
        if error.sqlite_errorcode & 0xFF not in _UNWRITABLE:
            raise
        raise FileError(
            f"a temporary file could not be written: {error}. Free space on the disk, or set TMPDIR to a folder on "
            "another one."
        ) from error
