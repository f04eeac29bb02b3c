"""Records of what the last run wrote: of what each page was made, the digests of its files, the stats of others.

They are in the user's cache folder and not in the site, which may come from anybody: no file in it may prove that
another one is right.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple, TypeVar

from msgspec import DecodeError
from msgspec.msgpack import Decoder, encode

from kg.files.digests import digest_of, digest_of_files
from kg.files.resources import PACKAGE, resource_folder
from kg.pipeline.cache.folder_and_key import PATTERN
from kg.pipeline.cache.records import Stat, digest_of_code, settled_before, stat_of
from kg.pipeline.cache.signed_rows import SignedRows, open_rows

_PAGES, _FILES = "page", "files"
_FORMAT = b"site 5"
T = TypeVar("T")


class PageRecord(NamedTuple):
    """The record of a page: the units it is made of, their digest, and the digest of each of its files.

    `entries` are those of an article in the indexes, encoded. `stats` are those of the files when they had these
    digests; empty if a change could escape them.
    """

    path: str
    units: tuple[str, ...]
    digest: bytes
    files: Mapping[str, bytes]
    entries: bytes = b""
    stats: tuple[Stat, ...] = ()


_decode = Decoder(PageRecord).decode


class KeptFiles(NamedTuple):
    """Files that the last run left, by their stats, what it noted of them, and what they depend on.

    `digest` is theirs if a change could escape the stats, else empty.
    """

    environment: bytes
    stats: tuple[Stat, ...]
    notes: bytes
    digest: bytes = b""


_decode_files = Decoder(KeptFiles).decode


class SiteCache:
    """What the last run recorded of a site, and what this run does.

    `environment` is what all pages depend on; `code` what other files do, beside the graphs. `is_fresh` makes
    everything again.
    """

    def __init__(self, rows: SignedRows, code: bytes, *, is_fresh: bool = False) -> None:
        self.environment = b""
        self.is_fresh = is_fresh
        self._rows = rows
        self._code = code
        self._compared: set[str] = set()
        """What was found to have the digest that the last run noted."""

    def digest(self, units: Iterable[str], digests: Mapping[str, bytes]) -> bytes:
        """Return one digest of units, by the digests of all units, and of what all pages depend on."""
        return digest_of(encode((self.environment, [(unit, digests.get(unit, b"")) for unit in sorted(units)])))

    def earlier(self, path: str) -> PageRecord | None:
        """Return the record of a page that the last run made; None if there is none."""
        return _decoded(_decode, self._rows.earlier(_PAGES, path))

    def keep(self, path: str, stats: tuple[Stat, ...]) -> None:
        """Keep the record of a page that was not made again, but with other stats of its files."""
        earlier = self.earlier(path) if stats else None
        if earlier and earlier.stats != stats:
            self.add(earlier._replace(stats=stats))
        else:
            self._rows.keep(_PAGES, path)

    def add(self, record: PageRecord) -> None:
        """Add the record of a page that was made."""
        self._rows.add(_PAGES, record.path, encode(record))

    def entries(self, path: str) -> bytes:
        """Return the entries of an article in the indexes, from this run or the last; `b""` if unknown."""
        found = _decoded(_decode, self._rows.newest(_PAGES, path))
        return found.entries if found else b""

    def notes(self, name: str, files: Sequence[Path]) -> bytes | None:
        """Return what the last run noted of files, unless they were changed since; None if they were."""
        found = _decoded(_decode_files, self._rows.earlier(_FILES, name))
        if found is None or found.environment != self._code or self.is_fresh:
            return None
        if found.stats != stats_of(files):
            return None
        if found.digest and name not in self._compared:
            if _contents(files) != found.digest:
                return None
            self._compared.add(name)
        return found.notes

    def note(self, name: str, files: Sequence[Path], notes: bytes) -> None:
        """Note something of files that are in their places."""
        stats = stats_of(files)
        digest = b"" if settled(stats) else _contents(files)
        if stats and digest is not None:
            self._rows.add(_FILES, name, encode(KeptFiles(self._code, stats, notes, digest)))

    def file_beside(self, kind: str) -> Path | None:
        """Return the place of another file of the cache about this site; None if nothing is kept."""
        path = self._rows.path
        return path.with_name(PATTERN.format(f"{kind}-{path.stem.rpartition('-')[2]}")) if path else None

    def save(self) -> None:
        """Replace the records of the last run by those of this run."""
        self._rows.save({_PAGES: _PAGES, _FILES: _FILES})


def stats_of(files: Iterable[Path]) -> tuple[Stat, ...]:
    """Return the stats of files; none if one is missing."""
    try:
        return tuple(stat_of(file, follow_links=False) for file in files)
    except OSError:
        return ()


def _contents(files: Iterable[Path]) -> bytes | None:
    """Return the digest of files; None if one is missing."""
    try:
        return digest_of_files(map(str, files))
    except OSError:
        return None


def settled(stats: tuple[Stat, ...]) -> tuple[Stat, ...]:
    """Return stats if they show any change of the files from now on; else none.

    Their times of change do not count: moving a new file to its place has just set it.
    """
    before = settled_before()
    return stats if all(modified < before for _, modified, _, _ in stats) else ()


def _decoded(decode: Callable[[bytes], T], payload: bytes | None) -> T | None:
    if payload is not None:
        with suppress(DecodeError):  # another version of kg may have written it
            return decode(payload)
    return None


@contextmanager
def open_site_cache(site: Path, base: str, *, fresh: bool = False) -> Iterator[SiteCache]:
    """Open the records of a site's folder; `base` is the start of the publication's own IRIs.

    `fresh` makes everything again, but knows which files were changed since they were written.
    """
    folder = os.fsencode(os.path.realpath(site))
    with open_rows(_FORMAT, folder, b"", (_PAGES, _FILES)) as rows:
        yield SiteCache(rows, digest_of(encode((_FORMAT, digest_of_code(), base))), is_fresh=fresh)


def environment_of_pages(about: object) -> bytes:
    """Return a digest of what all pages depend on: the code of kg, and something more."""
    code = (digest_of_code(), digest_of_files(map(str, _other_code())))
    return digest_of(encode((_FORMAT, code, about)))


def _other_code() -> list[Path]:
    """Return the files on which pages depend, beside the modules: templates, strings, questions and such."""
    folders = (PACKAGE, resource_folder("ontology"), resource_folder("shapes"))
    found = {path for folder in folders for path in folder.rglob("*") if path.is_file()}
    code = {path for path in found if path.suffix in (".py", ".pyc")}
    return sorted((found - code) | set(resource_folder("docs").glob("annotating*.md")))
