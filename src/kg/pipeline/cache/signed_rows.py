"""Rows that a run keeps for the next one: in a file of the cache, each signed with a key of the user's.

Rows that are damaged or that somebody else signed are ignored. No fault of the file is an error: the run then works
everything out again.
"""

from __future__ import annotations

import hmac
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from hashlib import blake2b
from pathlib import Path
from typing import Any

from msgspec.msgpack import encode

from kg.pipeline.cache.folder_and_key import PATTERN, cache_folder, drop, evict, prepare_file, user_key

_UNHARMED = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY)
# A row of this run without payload keeps that of the last run.
_TABLE = """
create table if not exists main.{0} (number integer primary key, payload blob, signature blob);
create temp table new_{0} (number integer primary key, name blob, payload blob);
"""
_REPLACE = (
    "delete from main.{0} where number not in (select number from new_{0})",
    "insert or replace into main.{0} select number, payload, signature(?, name, payload) from new_{0} "
    "where payload is not null order by number",
)


class SignedRows:
    """The rows of earlier runs by table and name, and those of this run. Without a database there are none.

    A signature counts only for the same table and name in the same file, and with the same key.
    """

    def __init__(self, database: sqlite3.Connection | None, key: bytes, path: Path | None = None) -> None:
        self.path = path
        self.is_kept = database is not None
        self.fault: sqlite3.Error | None = None
        self._database = database
        self._key = key
        if database:
            database.create_function("signature", 3, self._signature, deterministic=True)

    def has_any(self, table: str) -> bool:
        """Return whether earlier runs left any rows, right or not."""
        return bool(self._execute(f"select 1 from main.{table} limit 1"))

    def earlier(self, table: str, name: str, *, signed_as: str = "") -> bytes | None:
        """Return a row of an earlier run if its signature is right."""
        for payload, signature in self._execute(
            f"select payload, signature from main.{table} where number = ?", (_number(name),)
        ):
            if isinstance(payload, bytes) and isinstance(signature, bytes):
                right = self._signature(signed_as or table, _encoded(name), payload)
                return payload if hmac.compare_digest(right, signature) else None
        return None

    def newest(self, table: str, name: str) -> bytes | None:
        """Return a row of this run, or else of an earlier one."""
        query = f"select payload from new_{table} where number = ? and name = ?"
        found = self._execute(query, (_number(name), _encoded(name)))
        return found[0][0] if found else self.earlier(table, name)

    def add(self, table: str, name: str, payload: bytes) -> None:
        """Add a row of this run."""
        self._execute(
            f"insert or replace into new_{table} values (?, ?, ?)", (_number(name), _encoded(name), payload)
        )

    def keep(self, table: str, name: str) -> None:
        """Keep a row of an earlier run, unless this run has another."""
        self._execute(f"insert or ignore into new_{table} values (?, null, null)", (_number(name),))

    def save(self, tables: Mapping[str, str]) -> None:
        """Replace the rows of tables by those of this run, all or nothing; the values are the names to sign as."""
        self._execute("begin immediate")
        for table, signed_as in tables.items():
            delete, insert = (each.format(table) for each in _REPLACE)
            self._execute(delete)
            self._execute(insert, (signed_as,))
        self._execute("commit")

    def _signature(self, table: str, name: bytes, payload: bytes) -> bytes:
        return hmac.digest(self._key, encode((table, name)) + payload, "sha256")

    def _execute(self, statement: str, values: tuple[object, ...] = ()) -> list[tuple[Any, ...]]:
        if self._database is None:
            return []
        try:
            return self._database.execute(statement, values).fetchall()
        except sqlite3.Error as error:  # the file is damaged or in use, or the disk is full
            self.fault, self._database = error, None
            return []


@contextmanager
def open_rows(kind: bytes, of: object, environment: bytes, tables: Sequence[str]) -> Iterator[SignedRows]:
    """Open the rows of a kind about something, such as a folder, in a file whose name only the user's key gives.

    `kind` is the start of the file's name and a version, as in `site 2`. Rows count only in the same `environment`.
    """
    folder = cache_folder()
    if folder is None or (key := user_key()) is None:
        yield SignedRows(None, b"")
        return
    named = hmac.digest(key, encode((kind, of)), "sha256")
    path = folder / PATTERN.format(f"{kind.partition(b' ')[0].decode()}-{named[:16].hex()}")
    with ExitStack() as stack:
        database = _opened(path, tables, stack)
        rows = SignedRows(database, hmac.digest(key, encode((named, environment)), "sha256"), path)
        try:
            yield rows
        finally:
            stack.close()
            if rows.fault and _is_harm(rows.fault):
                drop(path)
            if database:
                with suppress(OSError):
                    evict(path)


def _opened(path: Path, tables: Sequence[str], stack: ExitStack) -> sqlite3.Connection | None:
    """Open a file of the cache until the stack is closed, and make its tables; None if that is not possible."""
    try:
        prepare_file(path)
        database = sqlite3.connect(path, isolation_level=None)
        stack.callback(database.close)
        # Nothing is lost that a run could not work out again; a file that a power cut damages is ignored.
        database.executescript(
            "pragma synchronous = off; pragma trusted_schema = off; pragma cell_size_check = on;"
        )
        database.executescript("".join(map(_TABLE.format, tables)))
    except OSError:
        return None
    except sqlite3.Error as error:
        if _is_harm(error):
            drop(path)
        return None
    return database


def _is_harm(error: sqlite3.Error) -> bool:
    """Return whether an error is a fault of the file, which is then to be deleted."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF not in _UNHARMED


def _encoded(name: str) -> bytes:
    return name.encode("utf-8", "surrogateescape")


def _number(name: str) -> int:
    """Return the number of a row. If two names have the same one, the signature shows whose row it is."""
    return int.from_bytes(blake2b(_encoded(name), digest_size=8).digest(), signed=True)
