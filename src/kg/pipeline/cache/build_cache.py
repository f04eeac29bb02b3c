"""The cache of a corpus: one SQLite file, each row of which is signed with a key of the user's.

A row states a fact that does not depend on other rows, so that several runs may write to the file, and be killed
at any moment. Rows that are damaged or that somebody else signed are ignored. No fault of the file is an error: the
run then maps every article.
"""

from __future__ import annotations

import hmac
import os
import sqlite3
import struct
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO, NamedTuple, cast

import msgspec
from msgspec.structs import replace

from kg.corpus import ArticleSource, CorpusDefinition
from kg.errors import FileError
from kg.files.digests import digest_of
from kg.files.input_files import open_input
from kg.files.manifests import FileSum, read_sums
from kg.meaning import CorpusIndex
from kg.pipeline.article import MappedArticle
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
from kg.pipeline.cache.records import (
    Content,
    ReadArticle,
    Record,
    Recorder,
    Row,
    decode_record,
    encode,
    environment,
    number_of,
    number_of_content,
)

_TABLES = """
create table if not exists main.article (number integer primary key, payload blob, signature blob);
create table if not exists main.extent (number integer primary key, payload blob, signature blob);
create table if not exists main.published (number integer primary key, payload blob, signature blob);
create temp table new_article (number integer primary key, payload blob, signature blob);
create temp table new_extent (number integer primary key, payload blob);
"""
# Rows of unchanged articles are in new_article too, without payload.
_SAVE_ARTICLES = """
delete from main.article where number not in (select number from new_article);
insert or replace into main.article select * from new_article where payload is not null order by number;
"""
_FORMAT = b"kg cache 5"


class Published(NamedTuple):
    """The documents of a publication: the path of its folder, their names, sizes and SHA-256."""

    folder: str = ""
    files: tuple[FileSum, ...] = ()


class EarlierFiles(NamedTuple):
    """The open documents of the last publication by name, and the SHA-256 they had; empty if it is of no use."""

    folder: Path
    streams: dict[str, IO[bytes]]
    sha256: dict[str, str]


_NOTHING = EarlierFiles(Path(), {}, {})
_decode_published = msgspec.msgpack.Decoder(Published).decode


class BuildCache:
    """The records of earlier runs, and those of this run. Without a database there are none, and none are saved."""

    def __init__(self, recorder: Recorder, database: sqlite3.Connection | None, signer: RowSigner) -> None:
        self.is_kept = database is not None
        self.fault: sqlite3.Error | None = None
        self._recorder = recorder
        self._database = database
        self._signer = signer
        self._is_ignored = False
        self._is_complete = False
        self._extents_signed_as = ""
        self._documents: int | None = None
        """The number of documents from which text is copied; None if no text is needed."""
        self._extents: dict[str, tuple[int, ...]] = {}
        self._new_publication: Published | None = None

    def ignore(self) -> None:
        """Ignore the records of earlier runs, but save those of this run."""
        self._is_ignored = True

    @property
    def knows_nothing(self) -> bool:
        """Whether every article has to be mapped."""
        if self._is_ignored or self._documents == 0:
            return True
        return not self._row("select 1, 1 from main.article limit 1")

    def articles(self, sources: Iterable[ArticleSource], read: ReadArticle) -> Iterator[MappedArticle]:
        """Yield the article of each source, without its graph if it is known."""
        for source in sources:
            content = Content(source)
            if record := self._known(content):
                yield self._recorded(source, content, record)
            else:
                yield self._recorder.article(source, content, read, self._add)
        self._is_complete = True

    def add_rows(self, rows: Iterable[Row]) -> None:
        """Add what another process recorded."""
        for row in rows:
            self._add(row)

    def complete(self) -> None:
        """Note that every article was recorded: the rows of all others will be deleted."""
        self._is_complete = True

    def count_changed(self, sources: Iterable[ArticleSource]) -> tuple[int, int]:
        """Return how many articles there are, and how many of them have to be mapped."""
        size = changed = 0
        for source in sources:
            size += 1
            changed += self._known(Content(source)) is None
            self._extents.clear()
        return size, changed

    @contextmanager
    def open_documents(self, names: Sequence[str]) -> Iterator[EarlierFiles]:
        """Open the documents of the last publication if they have these names and its checksums; else none.

        In the block, an article is known only if its text can be copied from them, after it none is. Whoever copies
        must verify the SHA-256 of each: SHA256SUMS only shows whether another build has replaced them.
        """
        payload = self._verified("published", 0)
        with ExitStack() as opened:
            earlier = _NOTHING
            if payload and not self._is_ignored:
                published = _decode_published(payload)
                if [each.name for each in published.files] == list(names):
                    with suppress(OSError, FileError):
                        earlier = _opened_documents(published, opened)
            self._documents = len(earlier.streams)
            self._extents_signed_as = _extents_of(payload or b"")
            yield earlier
        self._documents = 0

    def take_extents(self, digest: str) -> tuple[int, ...]:
        """Return start and length in each document of a known article, by its graph's digest; only once."""
        return self._extents.pop(digest)

    def note_extents(self, digest: str, extents: Sequence[int]) -> None:
        """Note start and length of a graph in each document that the run writes."""
        packed = struct.pack(f"<{len(extents)}Q", *extents)
        self._execute("insert or replace into new_extent values (?, ?)", (number_of(digest), packed))

    def publish(self, folder: Path, files: Iterable[FileSum]) -> None:
        """Note that the documents were published in a folder, from which the next run may copy."""
        self._new_publication = Published(os.path.realpath(folder), tuple(files))

    def save(self) -> None:
        """Save the records of a complete run."""
        if self._database is None or not self._is_complete:
            return
        try:
            self._database.execute("begin immediate")
            for statement in _SAVE_ARTICLES.split(";"):
                self._database.execute(statement)
            if self._new_publication is not None:
                self._save_publication(self._database, encode(self._new_publication))
            self._database.execute("commit")
        except sqlite3.Error as error:
            self._give_up(error)

    def _save_publication(self, database: sqlite3.Connection, published: bytes) -> None:
        table, sign = _extents_of(published), self._signer.sign
        rows = database.execute("select number, payload from new_extent order by number")
        database.execute("delete from main.extent")
        database.executemany(
            "insert into main.extent values (?, ?, ?)",
            ((number, payload, sign(table, number, payload)) for number, payload in rows),
        )
        row = (0, published, sign("published", 0, published))
        database.execute("insert or replace into main.published values (?, ?, ?)", row)

    def _known(self, content: Content) -> Record | None:
        """Return the record of an article that need not be mapped."""
        if self._is_ignored or not content.files:
            return None
        payload = self._verified("article", number_of_content(content))
        if payload is None:
            return None
        record = decode_record(payload)
        is_same = record.article == content.article and (
            bool(content.stats and content.stats == record.stats) or content.digest == record.digest
        )
        if not is_same or self._recorder.entities.of(record.uses) != record.entities:
            return None
        return record if self._documents is None or self._has_text(record) else None

    def _has_text(self, record: Record) -> bool:
        """Return whether the text of an article can be copied, if it has any; note where it is."""
        article = record.packed
        if article.draft or article.claims is None:
            return True
        if not self._documents:
            return False
        payload = self._verified("extent", number_of(article.digest), self._extents_signed_as)
        if payload is None or len(payload) != 16 * self._documents:
            return False
        self._extents[article.digest] = struct.unpack(f"<{2 * self._documents}Q", payload)
        return True

    def _recorded(self, source: ArticleSource, content: Content, record: Record) -> MappedArticle:
        number = number_of_content(content)
        if content.stats != record.stats:
            self._add(Row(number, encode(replace(record, stats=content.stats))))
        else:
            self._execute("insert or ignore into new_article values (?, null, null)", (number,))
        return self._recorder.packing.unpacked(record.packed, source.line)

    def _add(self, row: Row) -> None:
        signature = self._signer.sign("article", *row)
        self._execute("insert or replace into new_article values (?, ?, ?)", (*row, signature))

    def _verified(self, table: str, number: int, signed_as: str = "") -> bytes | None:
        row = self._row(f"select payload, signature from main.{table} where number = ?", (number,))
        return self._signer.verified(signed_as or table, number, row)

    def _row(self, query: str, values: tuple[object, ...] = ()) -> tuple[object, object] | None:
        if self._database is None:
            return None
        try:
            row: tuple[object, object] | None = self._database.execute(query, values).fetchone()
        except sqlite3.Error as error:
            self._give_up(error)
            return None
        return row

    def _execute(self, statement: str, values: tuple[object, ...]) -> None:
        if self._database is None:
            return
        try:
            self._database.execute(statement, values)
        except sqlite3.Error as error:
            self._give_up(error)

    def _give_up(self, error: sqlite3.Error) -> None:
        self.fault, self._database = error, None


def _opened_documents(published: Published, opened: ExitStack) -> EarlierFiles:
    """Open the documents of a publication; none if their sizes, or their sums in SHA256SUMS, are others.

    Raises `OSError` or `FileError` if one is missing or no plain file.
    """
    folder, files = Path(published.folder), published.files
    sums = read_sums(folder)
    streams = {}
    for name, size, sha256 in files:
        # Without the buffer: the reader has one.
        stream = opened.enter_context(cast(IO[bytes], open_input(str(folder / name), str(folder)).detach()))
        if sums.get(name) != sha256 or os.fstat(stream.fileno()).st_size != size:
            return _NOTHING
        streams[name] = stream
    return EarlierFiles(folder, streams, {each.name: each.sha256 for each in files})


def _extents_of(published: bytes) -> str:
    """Return the name under which extents are signed: they belong to the documents of one publication only."""
    return f"extent of {digest_of(published).hex()}"


@contextmanager
def open_cache(
    corpus: CorpusDefinition, index: CorpusIndex, checks: tuple[str, bytes], *, fresh: bool = False
) -> Iterator[BuildCache]:
    """Open the cache of a corpus, and save the records of the run when it ends.

    `checks` are the engine and the digest of the shapes; each pair has a separate cache. `fresh` ignores
    earlier runs.
    """
    recorder = Recorder(corpus, index)
    path, key = _file_and_key(corpus, checks)
    signer = RowSigner(hmac.digest(key, environment(corpus, index, checks), "sha256"))
    with ExitStack() as stack:
        database = open_database(path, _TABLES, stack) if path else None
        cache = BuildCache(recorder, database, signer)
        if fresh:
            cache.ignore()
        try:
            yield cache
        finally:
            cache.save()
            if path and database:
                stack.close()
                if cache.fault and is_harm(cache.fault):
                    drop(path)
                with suppress(OSError):
                    evict(path)


def _file_and_key(corpus: CorpusDefinition, checks: tuple[str, bytes]) -> tuple[Path | None, bytes]:
    """Return the file of a corpus, whose name only the user's key gives, and the key of the file."""
    folder = cache_folder()
    if folder is None or (key := user_key()) is None:
        return None, b""
    name = hmac.digest(key, encode((_FORMAT, os.fsencode(os.path.realpath(corpus.root)), checks)), "sha256")
    return folder / PATTERN.format(name[:16].hex()), hmac.digest(key, name, "sha256")
