"""Records of the pages that the last run wrote: what each was made of, and the digests of its files.

They are in the user's cache folder and not in the site, which may come from anybody: no file in it may prove that
another one is right. Rows that are damaged or that somebody else signed are ignored. No fault of the file is an
error: the run then makes every page.
"""

from __future__ import annotations

import hmac
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from msgspec import DecodeError
from msgspec.msgpack import Decoder, encode

from kg.files.digests import digest_of, digest_of_files
from kg.files.resources import PACKAGE, resource_folder
from kg.pipeline.cache.folder_and_key import (
    PATTERN,
    RowSigner,
    cache_folder,
    drop,
    evict,
    is_harm,
    open_database,
    user_key,
)
from kg.pipeline.cache.records import digest_of_code

_TABLES = """
create table if not exists main.page (number integer primary key, payload blob, signature blob);
create temp table new_page (number integer primary key, payload blob, signature blob);
"""
_SAVE = """
begin;
delete from main.page where number not in (select number from new_page);
insert or replace into main.page select * from new_page where payload is not null order by number;
commit;
"""
_FORMAT = b"kg site 1"


class PageRecord(NamedTuple):
    """The record of a page: the units it is made of, their digest, and the digest of each of its files.

    `entries` are those of an article in the search index, encoded.
    """

    path: str
    units: tuple[str, ...]
    digest: bytes
    files: Mapping[str, bytes]
    entries: bytes = b""


_decode = Decoder(PageRecord).decode


class SiteCache:
    """The records of the last run, and those of this run; `environment` is what all pages depend on."""

    def __init__(self, database: sqlite3.Connection | None, signer: RowSigner, environment: bytes) -> None:
        self.fault: sqlite3.Error | None = None
        self._database = database
        self._signer = signer
        self._environment = environment

    def digest(self, units: Iterable[str], digests: Mapping[str, bytes]) -> bytes:
        """Return one digest of units, by the digests of all units, and of what all pages depend on."""
        return digest_of(encode((self._environment, [(unit, digests.get(unit, b"")) for unit in sorted(units)])))

    def earlier(self, path: str) -> PageRecord | None:
        """Return the record of the last run; None if there is none."""
        if self._database is None:
            return None
        row = self._execute("select payload, signature from main.page where number = ?", (_number(path),))
        return self._verified(path, row[0]) if row else None

    def keep(self, path: str) -> None:
        """Keep the record of a page that was not made again."""
        self._execute("insert or replace into new_page values (?, null, null)", (_number(path),))

    def add(self, record: PageRecord) -> None:
        """Add the record of a page that was made."""
        if self._database is not None:
            number, payload = _number(record.path), encode(record)
            row = (number, payload, self._signer.sign("page", number, payload))
            self._execute("insert or replace into new_page values (?, ?, ?)", row)

    def entries(self, path: str) -> bytes:
        """Return the entries of an article in the search index, from this run or the last; `b""` if unknown."""
        number = (_number(path),)
        rows = self._execute(
            "select payload, signature from new_page where number = ? and payload is not null", number
        )
        found = self._verified(path, rows[0]) if rows else self.earlier(path)
        return found.entries if found else b""

    def save(self) -> None:
        """Replace the records of the last run by those of this run."""
        if self._database is not None:
            try:
                self._database.executescript(_SAVE)
            except sqlite3.Error as error:
                self._give_up(error)

    def _verified(self, path: str, row: tuple[object, object]) -> PageRecord | None:
        payload = self._signer.verified("page", _number(path), row)
        if payload is not None:
            with suppress(DecodeError):  # another version of kg may have written it
                record = _decode(payload)
                return record if record.path == path else None
        return None

    def _execute(self, statement: str, values: tuple[object, ...]) -> list[tuple[object, object]]:
        if self._database is None:
            return []
        try:
            return self._database.execute(statement, values).fetchall()
        except sqlite3.Error as error:
            self._give_up(error)
            return []

    def _give_up(self, error: sqlite3.Error) -> None:
        """Go on without records, so that every page is made: the file is damaged, or the disk is full."""
        self.fault, self._database = error, None


@contextmanager
def open_site_cache(site: Path, environment: object) -> Iterator[SiteCache]:
    """Open the records of a site's folder; `environment` is what all its pages depend on, beside the code of kg."""
    folder, key = cache_folder(), user_key()
    code = (digest_of_code(), digest_of_files(map(str, _other_code())))
    everything = digest_of(encode((_FORMAT, code, environment)))
    if folder is None or key is None:
        yield SiteCache(None, RowSigner(b""), everything)
        return
    name = hmac.digest(key, encode((_FORMAT, os.fsencode(os.path.realpath(site)))), "sha256")
    path = folder / PATTERN.format(f"site-{name[:16].hex()}")
    with ExitStack() as stack:
        database = open_database(path, _TABLES, stack)
        cache = SiteCache(database, RowSigner(hmac.digest(key, name, "sha256")), everything)
        try:
            yield cache
        finally:
            stack.close()
            if cache.fault and is_harm(cache.fault):
                drop(path)
            with suppress(OSError):
                if database:
                    evict(path)


def _other_code() -> list[Path]:
    """Return the files on which pages depend, beside the modules: templates, strings, questions and such."""
    folders = (PACKAGE, resource_folder("ontology"), resource_folder("shapes"))
    found = {path for folder in folders for path in folder.rglob("*") if path.is_file()}
    code = {path for path in found if path.suffix in (".py", ".pyc")}
    return sorted((found - code) | {resource_folder("docs") / "annotating.md"})


def _number(path: str) -> int:
    return int.from_bytes(digest_of(path.encode("utf-8", "surrogateescape"))[:8], signed=True)
