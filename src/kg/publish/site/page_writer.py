"""Writes the pages of a site and the data beside them, in several processes, if what they are made of changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from itertools import islice
from pathlib import Path
from typing import NamedTuple, TypeVar

from msgspec.msgpack import encode

from kg.errors import WorkerError
from kg.files.atomic_writes import replacement
from kg.files.digests import digest_of
from kg.publish.site.node_store import NodeReader
from kg.publish.site.pages import Pages
from kg.publish.site.rendering import FORMATS, SiteLayout
from kg.publish.site.search_index import article_entries

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
    """Where pages are written: the nodes, the layout of the site, its folder, and one for unfinished files."""

    nodes: Path
    layout: SiteLayout
    root: Path
    work_folder: Path


class PageTask(NamedTuple):
    """A page to write: the digests of its files after the last run, and whether what it is made of is the same."""

    path: str
    files: Mapping[str, bytes]
    is_same: bool


class WrittenPage(NamedTuple):
    """A page in all languages with its data: the digests of its files, and how many of these changed.

    `edited` are the files that somebody changed since the last run. `units` are those that the page is made of;
    None if the page was not made again. `entries` are those of an article in the search index, encoded.
    """

    path: str
    files: Mapping[str, bytes]
    changed: int = 0
    edited: Sequence[str] = ()
    units: frozenset[str] | None = None
    entries: bytes = b""


def page_files(pages: Pages, path: str) -> Iterator[tuple[str, bytes]]:
    """Yield the names and contents of a page's files: one for each language, then its data files, if any."""
    for language in pages.languages:
        page = pages.html(path, language)
        assert page is not None, path
        yield pages.layout.file(path, language), page
    for form in FORMATS if pages.layout.has_data(path) else ():
        if data := pages.data(path, form):
            yield f"{path}.{form}", data


def write_page(pages: Pages, task: PageTask, folder: PageFolder) -> WrittenPage:
    """Write the files of a page that differ; render nothing if its files and what it is made of are the same."""
    found = {name: _content(folder.root / name) for name in task.files}
    is_whole = all(held is not None and digest_of(held) == task.files[name] for name, held in found.items())
    if task.is_same and is_whole:
        return WrittenPage(task.path, task.files)
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
    """Return the files of a page, and the entries of an article in the search index, encoded."""
    files = dict(page_files(pages, path))
    if not path.startswith("article/"):
        return files, b""
    return files, encode(article_entries(list(pages.readers.values()), pages.quads.iri(path)))


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
    pages = _opened(folder.nodes, folder.layout)
    return [write_page(pages, task, folder) for task in portion]


@lru_cache(maxsize=1)  # a worker opens the nodes once for all its portions
def _opened(nodes: Path, layout: SiteLayout) -> Pages:
    return Pages(NodeReader(nodes), layout.languages, large=layout.large, query=layout.query)


def _batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield lists of at most `size` items."""
    left = iter(items)
    while batch := list(islice(left, size)):
        yield batch
