"""Writes the pages of a site and the data beside them, in several processes, if what they are made of changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from itertools import islice
from pathlib import Path
from typing import NamedTuple, TypeVar

from msgspec.msgpack import Decoder, encode

from kg.errors import WorkerError
from kg.files.atomic_writes import replacement
from kg.files.digests import digest_of
from kg.pipeline.cache.records import Stat
from kg.publish.site.downloads import GraphTexts
from kg.publish.site.explore_index import ExploreEntries, explore_entries
from kg.publish.site.node_store import NodeReader
from kg.publish.site.pages import Pages
from kg.publish.site.rendering import FORMATS, SiteLayout
from kg.publish.site.search_index import ArticleEntries, article_entries
from kg.publish.site.site_cache import settled, stats_of
from kg.rdf.terms import Iri

NODES = "nodes"
_PORTION = 32
"""How many pages a process gets at a time."""
_AHEAD = 64
"""How many portions for each process are queued at a time, so that memory does not grow with the data set."""
_KILLED = (
    "a worker process was killed from outside, most often by the system for want of memory, so the site is not "
    "complete: run `kg site` again, with fewer `--jobs` if need be"
)
T = TypeVar("T")


class PageFolder(NamedTuple):
    """Where pages are written: the layout of the site, its folder, and one for unfinished files.

    `graphs` is a folder with the graphs that they are made of: their nodes in `NODES`, and their texts.
    """

    graphs: Path
    layout: SiteLayout
    root: Path
    work_folder: Path


class PageTask(NamedTuple):
    """A page to write: whether what it is made of is the same as in the last run, and its files after that.

    These have digests, and stats unless these prove nothing.
    """

    path: str
    is_same: bool
    files: Mapping[str, bytes]
    stats: tuple[Stat, ...]


class WrittenPage(NamedTuple):
    """A page in all languages with its data: the digests of its files, and how many of these changed.

    `edited` are the files that somebody changed since the last run. `units` are those that the page is made of;
    None if the page was not made again; `stats` are then those of its files, if they prove something. `entries` are
    the `IndexEntries` of an article, encoded.
    """

    path: str
    files: Mapping[str, bytes]
    changed: int = 0
    edited: Sequence[str] = ()
    units: frozenset[str] | None = None
    entries: bytes = b""
    stats: tuple[Stat, ...] = ()


class IndexEntries(NamedTuple):
    """What the indexes of Search and of Explore have of an article."""

    search: ArticleEntries
    explore: ExploreEntries


decode_entries = Decoder(IndexEntries).decode


def page_files(pages: Pages, path: str) -> Iterator[tuple[str, bytes]]:
    """Yield the names and contents of a page's files: those of each language, its data and its feeds."""
    for language in pages.languages:
        page = pages.html(path, language)
        assert page is not None, path
        yield pages.layout.file(path, language), page
    for form in FORMATS if pages.layout.has_data(path) else ():
        if data := pages.data(path, form):
            yield f"{path}.{form}", data
    yield from pages.feeds(path)


def write_page(pages: Pages, task: PageTask, folder: PageFolder) -> WrittenPage:
    """Write the files of a page that differ; render nothing if its files and what it is made of are the same.

    Files are not read if their stats are those of files that were.
    """
    stats = stats_of(folder.root / name for name in task.files)  # before the files are read
    if task.is_same and stats and stats == task.stats:
        return WrittenPage(task.path, task.files, stats=stats)
    found = {name: _content(folder.root / name) for name in task.files}
    is_whole = all(held is not None and digest_of(held) == task.files[name] for name, held in found.items())
    if task.is_same and is_whole:
        return WrittenPage(task.path, task.files, stats=settled(stats))
    (files, entries), units = pages.quads.noting(partial(_made, pages, task.path))
    changed, edited = 0, []
    for name, content in files.items():
        held = found[name] if name in found else _content(folder.root / name)
        if held == content:
            continue
        changed += 1
        if held is not None and digest_of(held) != task.files.get(name, digest_of(held)):
            edited.append(name)
        with replacement(folder.root / name, folder=folder.work_folder) as stream:
            stream.write(content)
    digests = {name: digest_of(content) for name, content in files.items()}
    return WrittenPage(task.path, digests, changed, edited, units, entries)


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() and not path.is_symlink() else None


def _made(pages: Pages, path: str) -> tuple[dict[str, bytes], bytes]:
    """Return the files of a page, and the entries of an article in the indexes, encoded."""
    files = dict(page_files(pages, path))
    if not path.startswith("article/") or pages.replacement(path):
        return files, b""
    return files, encode(index_entries(pages, pages.quads.iri(path)))


def index_entries(pages: Pages, article: Iri) -> IndexEntries:
    """Return what the indexes across articles have of an article."""
    return IndexEntries(
        article_entries(list(pages.readers.values()), article), explore_entries(pages.quads, article)
    )


def write_pages(folder: PageFolder, pages: Pages, tasks: Iterable[PageTask], jobs: int) -> Iterator[WrittenPage]:
    """Write pages with several processes, and yield each when it is done. The bytes do not depend on the number."""
    if jobs == 1:
        yield from (write_page(pages, task, folder) for task in tasks)
        return
    # Imported here, because one process does not need it.
    from kg.processes.pool import worker_pool

    portions = _batches(tasks, _PORTION)
    try:
        with worker_pool(jobs) as pool:
            for known in _batches(portions, _AHEAD * jobs):
                for written in pool.in_order(write_portion, ((folder, portion) for portion in known)):
                    yield from written
    except WorkerError as error:
        raise WorkerError(_KILLED) from error


def write_portion(folder: PageFolder, portion: Sequence[PageTask]) -> list[WrittenPage]:
    """Write pages in a worker process."""
    pages = _opened(folder.graphs, folder.layout)
    return [write_page(pages, task, folder) for task in portion]


def open_pages(graphs: Path, layout: SiteLayout) -> Pages:
    """Return the pages of the graphs in a folder."""
    reader = NodeReader(graphs / NODES)
    texts = GraphTexts(graphs, reader.base)
    return Pages(reader, layout, texts=texts)


_opened = lru_cache(maxsize=1)(open_pages)
"""A worker opens the graphs once for all its portions."""


def _batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield lists of at most `size` items."""
    left = iter(items)
    while batch := list(islice(left, size)):
        yield batch
