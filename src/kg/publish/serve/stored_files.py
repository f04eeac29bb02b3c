"""The files about the whole data set: `kg load` makes them beside a store, and `kg serve` only sends them.

They are the pages that need counts over all claims, the search index, the site map, the feed, the downloads, and
the assets, which are the same for every data set. Each text also has a compressed copy. `SHA256SUMS` lists them.
"""

from __future__ import annotations

import gzip
import mimetypes
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

from kg.errors import UsageError
from kg.files.digests import sha256_of
from kg.files.manifests import SUMS, FileSum, is_plain_name, read_sums, sums_text
from kg.formats import FORMATS
from kg.processes import cores
from kg.publish.serve.responses import SMALLEST, is_compressible
from kg.publish.site import Pages
from kg.publish.site.downloads import stored_downloads, with_downloads
from kg.publish.site.explore_index import ExploreIndex
from kg.publish.site.machine_files import SiteFile
from kg.publish.site.query_page import names_files
from kg.publish.site.search_index import search_index
from kg.publish.site.store_reader import QuadReader
from kg.publish.site.writer import sitemap_files, static_files
from kg.query.store import StoreGeneration
from kg.rdf.terms import Graph

ENDPOINT = "sparql"
MANY = 2_000
"""A page about a resource that more triples refer to is made at load too: making it reads them all."""
_MEDIA = {"atom": "application/atom+xml", **{name: form.media_type for name, form in FORMATS.items()}}
_MACHINE_FILES = ("feed.atom", "robots.txt")
# 9 takes three times as long, and saves a fiftieth.
_LEVEL = 6
_PIECE = 1 << 20
# The script that answers queries in a browser, which is not needed where there is a server.
_LEFT_OUT = "assets/oxigraph.js"
Watch = Callable[[Iterable[Any], str], Iterable[Any]]
"""Yields all items unchanged, and may show progress under a label."""


def media_type(name: str) -> str:
    """Return the media type of a file by its suffix."""
    suffix = name.rpartition(".")[2]
    return _MEDIA.get(suffix) or mimetypes.guess_type(name)[0] or "text/plain"


class StoredFile(NamedTuple):
    """A file to send: its path, the SHA-256 of its content, and its compressed copy, None if there is none."""

    path: Path
    sha256: str
    gzipped: Path | None


class StoredFiles:
    """The files of one generation of a store, by name; only names that were listed at load lead to a file.

    Raises `UsageError` if the store was loaded without files.
    """

    def __init__(self, generation: StoreGeneration) -> None:
        target, self._folder = generation.folder.parent, generation.files
        self._sums = read_sums(self._folder) if generation.manifest.files else {}
        if not self._sums:
            raise UsageError(
                f"{target}: this store has no pages and downloads to serve: it was loaded with `--no-pages`, or by "
                f"an older kg. Load it again: kg load {target}"
            )

    def find(self, name: str) -> StoredFile | None:
        """Return a file, None if there is no such file."""
        if name not in self._sums or name.endswith(".gz"):
            return None
        gzipped = self._folder / f"{name}.gz" if f"{name}.gz" in self._sums else None
        return StoredFile(self._folder / name, self._sums[name], gzipped)


def unwatched(items: Iterable[Any], _label: str) -> Iterable[Any]:
    """Return the items, without showing progress."""
    return items


class StoredFileMaker:
    """Makes the files of a store while it is loaded; a `FileMaker` for `kg.query.load`."""

    def __init__(self, watch: Watch = unwatched) -> None:
        self._watch = watch
        self.count = 0
        self.size = 0
        """The bytes of all files, compressed copies included."""

    def watched(self, graphs: Iterable[Graph], folder: Path, base: str) -> Iterator[Graph]:
        """Yield graphs, and write the downloads while they pass."""
        folder.mkdir()
        return with_downloads(graphs, folder, base)

    def make(self, generation: StoreGeneration) -> None:
        """Make the files of a store that is complete; the downloads too, unless the graphs were `watched`."""
        folder = generation.files
        reader = QuadReader(generation)
        pages = Pages(reader, endpoint=ENDPOINT)
        if not folder.exists():
            folder.mkdir()
            articles = self._watch(sorted(pages.dataset.articles), "Writing downloads")
            for _ in stored_downloads(reader, articles, folder):
                pass
        for file in self._small_files(pages):
            if is_plain_name(file.name):
                path = folder / file.name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(file.content)
        sums = self._compressed(folder)
        (folder / SUMS).write_text(sums_text(sums), encoding="utf-8", newline="\n")
        self.count, self.size = len(sums), sum(file.size for file in sums)
        # The manifest that names this folder is written next, and the old files are deleted then.
        if hasattr(os, "sync"):
            os.sync()

    def _small_files(self, pages: Pages) -> Iterator[SiteFile]:
        """Yield all files but the downloads."""
        for name, path in static_files().items():
            if name != _LEFT_OUT:
                yield SiteFile(name, path.read_bytes())
        for path in self._watch([*pages.overviews(), *_often_named(pages)], "Writing pages"):
            for language in pages.languages:
                if page := pages.html(path, language):
                    yield SiteFile(pages.layout.file(path, language), page)
        yield from (file for file in pages.machine_files() if file.name in _MACHINE_FILES)
        yield from sitemap_files(pages)
        explore = ExploreIndex(pages.quads)
        articles = self._watch(pages.dataset.articles, "Writing the search index")
        yield from search_index(pages.readers.values(), explore.following(articles))
        yield from explore.files(pages.readers.values())
        yield from names_files(pages.readers.values(), pages.dataset)

    def _compressed(self, folder: Path) -> list[FileSum]:
        """Compress files with gzip, and return the sums of all."""
        names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
        # Compressing and hashing let other threads run.
        with ThreadPoolExecutor(cores()) as executor:
            found = executor.map(lambda name: list(_sums(folder, name)), names)
            return [each for sums in self._watch_all(found, names) for each in sums]

    def _watch_all(self, found: Iterator[list[FileSum]], names: list[str]) -> Iterator[list[FileSum]]:
        return (next(found) for _ in self._watch(names, "Compressing"))


def _often_named(pages: Pages) -> Iterator[str]:
    """Yield the paths of resources, other than claims and articles, that many triples refer to."""
    for path in pages.resources():
        if not path.startswith(("claim/", "article/")) and pages.quads.is_named_often(pages.quads.iri(path), MANY):
            yield path


def _sums(folder: Path, name: str) -> Iterator[FileSum]:
    """Yield the sum of a file, and that of the compressed copy that is made of it."""
    path = folder / name
    yield FileSum(name, path.stat().st_size, sha256_of(path))
    if is_compressible(media_type(name)) and path.stat().st_size >= SMALLEST:
        gzipped = folder / f"{name}.gz"
        with (
            path.open("rb") as source,
            gzipped.open("wb") as stream,
            gzip.GzipFile("", "wb", _LEVEL, stream, mtime=0) as compressing,
        ):
            shutil.copyfileobj(source, compressing, _PIECE)
        # The same Last-Modified for the same content.
        os.utime(gzipped, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns))
        yield FileSum(f"{name}.gz", gzipped.stat().st_size, sha256_of(gzipped))
