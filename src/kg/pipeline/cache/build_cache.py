"""The cache of a corpus: a row for each article, and where its text is in the documents of the last publication.

A row states a fact that does not depend on other rows, so that several runs may write to the file, and be killed
at any moment.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
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
from kg.pipeline.cache.records import (
    Content,
    PackedArticle,
    ReadArticle,
    Record,
    Recorder,
    Row,
    decode_record,
    encode,
    environment,
    name_of_content,
)
from kg.pipeline.cache.signed_rows import SignedRows, open_rows

_TABLES = ("article", "extent", "published")
_FORMAT = b"corpus 6"


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
    """The records of earlier runs, and those of this run."""

    def __init__(self, recorder: Recorder, rows: SignedRows) -> None:
        self.is_kept = rows.is_kept
        self._recorder = recorder
        self._rows = rows
        self._is_ignored = False
        self._is_complete = False
        self._is_usable: Callable[[PackedArticle], bool] | None = None
        self._extents_signed_as = ""
        self._documents: int | None = None
        """The number of documents from which text is copied; None if no text is needed."""
        self._extents: dict[str, tuple[int, ...]] = {}
        self._new_publication: Published | None = None

    def ignore(self) -> None:
        """Ignore the records of earlier runs, but save those of this run."""
        self._is_ignored = True

    def require(self, is_usable: Callable[[PackedArticle], bool]) -> None:
        """Map an article again, even if it is known, unless this holds: that its graph can be had elsewhere."""
        self._is_usable = is_usable

    @property
    def knows_nothing(self) -> bool:
        """Whether every article has to be mapped."""
        if self._is_ignored or self._documents == 0:
            return True
        return not self._rows.has_any("article")

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
        payload = self._rows.earlier("published", "")
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
        self._rows.add("extent", digest, struct.pack(f"<{len(extents)}Q", *extents))

    def publish(self, folder: Path, files: Iterable[FileSum]) -> None:
        """Note that the documents were published in a folder, from which the next run may copy."""
        self._new_publication = Published(os.path.realpath(folder), tuple(files))

    def save(self) -> None:
        """Save the records of a complete run."""
        if not self._is_complete:
            return
        signed_as = {"article": "article"}
        if self._new_publication is not None:
            published = encode(self._new_publication)
            self._rows.add("published", "", published)
            signed_as |= {"extent": _extents_of(published), "published": "published"}
        self._rows.save(signed_as)

    def _known(self, content: Content) -> Record | None:
        """Return the record of an article that need not be mapped."""
        if self._is_ignored or not content.files:
            return None
        payload = self._rows.earlier("article", name_of_content(content))
        if payload is None:
            return None
        record = decode_record(payload)
        is_same = record.article == content.article and (
            bool(content.stats and content.stats == record.stats) or content.digest == record.digest
        )
        if not is_same or self._recorder.entities.of(record.uses) != record.entities:
            return None
        if self._is_usable and not self._is_usable(record.packed):
            return None
        return record if self._documents is None or self._has_text(record) else None

    def _has_text(self, record: Record) -> bool:
        """Return whether the text of an article can be copied, if it has any; note where it is."""
        article = record.packed
        if article.draft or article.claims is None:
            return True
        if not self._documents:
            return False
        payload = self._rows.earlier("extent", article.digest, signed_as=self._extents_signed_as)
        if payload is None or len(payload) != 16 * self._documents:
            return False
        self._extents[article.digest] = struct.unpack(f"<{2 * self._documents}Q", payload)
        return True

    def _recorded(self, source: ArticleSource, content: Content, record: Record) -> MappedArticle:
        name = name_of_content(content)
        if content.stats != record.stats:
            self._add(Row(name, encode(replace(record, stats=content.stats))))
        else:
            self._rows.keep("article", name)
        return self._recorder.packing.unpacked(record.packed, source.line)

    def _add(self, row: Row) -> None:
        self._rows.add("article", *row)


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
    about = (os.fsencode(os.path.realpath(corpus.root)), checks)
    with open_rows(_FORMAT, about, environment(corpus, index, checks), _TABLES) as rows:
        cache = BuildCache(Recorder(corpus, index), rows)
        if fresh:
            cache.ignore()
        try:
            yield cache
        finally:
            cache.save()
