"""What an article is made from, known by stats or by digest."""

from __future__ import annotations

from kg.corpus import Source
from kg.errors import FileError
from kg.files.digests import digest_of, digest_of_files
from kg.pipeline.cache.records import Record
from kg.pipeline.cache.stats import Stat, is_settled, stat_of


class Content:
    """What an article is made from: the stats of its files, and the digest of what is in them, once asked for.

    `stats` were taken before anything was read, and are empty where a change could escape them, or of a line.
    """

    def __init__(self, source: Source, now: int) -> None:
        self.article = source.article
        self.raw = source.raw
        self.folder = source.folder
        self.files = tuple(file for file in (source.text_file, source.claims_file) if file)
        self.stats = () if source.line else _settled(self.files, now)
        # What is wrong with a folder is found anew each time.
        self._digest = None if self.files and not source.findings else b""

    @property
    def digest(self) -> bytes:
        """The digest of the files, or of the line; empty where they cannot be read."""
        if self._digest is None:
            try:
                self._digest = digest_of(self.raw) if self.raw else digest_of_files(self.files, self.folder)
            except (OSError, FileError):
                self._digest = b""
        return self._digest

    def is_of(self, record: Record) -> bool:
        """Tell whether a record was made from this."""
        return bool(self.stats and self.stats == record.stats) or self.digest == record.digest


def _settled(files: tuple[str, ...], now: int) -> tuple[Stat, ...]:
    try:
        stats = tuple(map(stat_of, files))
    except OSError:
        return ()
    return stats if all(is_settled(stat, now) for stat in stats) else ()
