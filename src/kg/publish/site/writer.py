"""The site as files for any static host: written by several processes into a folder that is kept up to date."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from filecmp import cmp
from functools import lru_cache
from itertools import chain, islice
from pathlib import Path
from typing import IO, NamedTuple, TypeVar

from kg.errors import FileError, WorkerError
from kg.files.atomic_writes import delete_temporary_files, folder_unless_empty, replacement
from kg.files.locks import locked
from kg.files.resources import resource_folder, shapes_files
from kg.publish.site.downloads import DOWNLOADS, with_downloads
from kg.publish.site.explore_index import ExploreIndex
from kg.publish.site.machine_files import SiteFile, sitemap
from kg.publish.site.node_store import NodeReader, write_nodes
from kg.publish.site.pages import Pages
from kg.publish.site.query_page import CLAIMS, LARGEST_QUERIED, PLACES, names_files, with_query_data
from kg.publish.site.rendering import ASSETS, FORMATS, MISSING, SiteLayout
from kg.publish.site.search_index import search_index
from kg.rdf.terms import Graph

QUERY_ASSETS = frozenset(
    f"assets/{name}.js" for name in ("oxigraph", "engine", "answers", "triples", "query", "editor")
)
"""The files that only the page of queries loads."""
MOST_FILES = 20_000
"""How many files most hosts take."""
WORK_FOLDER = ".kg-site"
_LIST = "files"
_PORTION = 32
"""How many resources a process gets at a time."""
_AHEAD = 64
"""How many portions for each process are queued at a time, so that memory does not grow with the data set."""
_KILLED = (
    "a worker process was killed from outside, most often by the system for want of memory, so the site is not "
    "complete: run `kg site` again, with fewer `--jobs` if need be"
)
T = TypeVar("T")


class SiteResult(NamedTuple):
    """How many pages and files a site has, and how many of the files changed."""

    pages: int
    files: int
    changed: int


class SiteOptions(NamedTuple):
    """The base of IRIs, the version of `kg`, the languages of the pages (empty: all).

    If there would be more than `most_files`, claims are sections of their article's page. `jobs` is the number of
    processes. Without `query`, no page answers queries.
    """

    base: str
    version: str
    languages: tuple[str, ...] = ()
    most_files: int = MOST_FILES
    jobs: int = 1
    query: bool = True


class PortionTask(NamedTuple):
    """The arguments that all portions share: the store, the layout of the pages, and the folders."""

    store: Path
    layout: SiteLayout
    root: Path
    work_folder: Path


class SiteFolder:
    """A folder of files that fills; `changed` counts new and changed files.

    `.kg-site/files` lists our files, and lists each before it is written: a killed run leaves no file that the next
    run does not find in it. Files that are not in the list are never touched.
    """

    def __init__(self, root: Path, earlier: set[str], log: IO[str]) -> None:
        self.root = root
        self.work_folder = root / WORK_FOLDER
        self.names: set[str] = set()
        self.changed = 0
        self._earlier = earlier
        self._log = log
        self._safe: set[Path] = set()

    def write(self, name: str, content: bytes) -> None:
        """Write a file, unless it has this content already."""
        self.changed += write_if_changed(self.claim(name), content, self.work_folder)

    def move(self, name: str, finished: Path) -> None:
        """Move a finished file to its place, unless the same content is there."""
        path = self.claim(name)
        if path.is_symlink() or not path.is_file() or not cmp(path, finished, shallow=False):
            finished.replace(path)
            self.changed += 1

    def finish(self) -> None:
        """Delete files of earlier runs that no longer belong, and write the list of files."""
        for name in sorted(self._earlier - self.names):
            self._delete(name)
        with replacement(self.work_folder / _LIST) as stream:
            stream.write("".join(f"{name}\n" for name in sorted(self.names)).encode())

    def claim(self, name: str) -> Path:
        """List a file as ours and return its path. Raises `FileError` if a file that is not ours is there."""
        path = self.root / name
        if name not in self._earlier:
            if path.exists() or path.is_symlink():
                raise FileError(f"{path}: this place must be free, and something else is there: move it away.")
            self._log.write(f"{name}\n")
            self._log.flush()
            self._earlier.add(name)
        self.names.add(name)
        if path.parent not in self._safe:
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.parent.resolve().is_relative_to(self.root.resolve()):
                raise FileError(f"{path.parent}: this must be a folder in {self.root}, not a link out of it.")
            self._safe.add(path.parent)
        return path

    def _delete(self, name: str) -> None:
        path = self.root / name
        with suppress(FileNotFoundError, NotADirectoryError):
            path.unlink()
        for parent in path.parents:
            if parent == self.root:
                break
            with suppress(OSError):
                parent.rmdir()


@contextmanager
def site_folder(root: Path) -> Iterator[SiteFolder]:
    """Open the folder of a site. Raises `FileError` if it has files but no site of ours."""
    work_folder = root / WORK_FOLDER
    is_new = not (work_folder / _LIST).is_file()
    # A run that was killed at its start may have left a work folder without a list.
    if root.exists() and (not root.is_dir() or (is_new and any(each != work_folder for each in root.iterdir()))):
        raise FileError(
            f"{root}: this must be a site that kg has written, or a new or empty folder, and something else is "
            "there. Nothing was touched: name another folder with --output."
        )
    busy = f"{root}: another `kg site` is writing into this folder: wait until it has ended."
    try:
        with (
            folder_unless_empty(root),
            locked(work_folder / "lock", busy),
            (work_folder / _LIST).open("a+", encoding="utf-8") as log,
        ):
            # Only while the lock is held: before and after, files here may be another writer's.
            try:
                log.seek(0)
                yield SiteFolder(root, set(log.read().split("\n")) - {""}, log)
            finally:
                delete_temporary_files(work_folder)
                if is_new and not (work_folder / _LIST).stat().st_size:
                    shutil.rmtree(work_folder, ignore_errors=True)
    except OSError as error:
        what = os.strerror(error.errno) if error.errno else str(error)
        raise FileError(f"{root}: the site could not be written: {what}. Run `kg site` again.") from error


def write_if_changed(path: Path, content: bytes, work_folder: Path) -> bool:
    """Replace a file atomically unless it has this content, and return whether it was written."""
    if not path.is_symlink() and path.is_file() and path.read_bytes() == content:
        return False
    with replacement(path, folder=work_folder) as stream:
        stream.write(content)
    return True


def write_site(
    folder: SiteFolder, graphs: Iterable[Graph], options: SiteOptions, on_page: Callable[[str], object]
) -> SiteResult:
    """Write the site of graphs, all of which are read first, and call `on_page` with the path of each page."""
    work = folder.work_folder / "work"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    try:
        store = work / "nodes"
        passing = with_downloads(graphs, work, options.base)
        if options.query:
            passing = with_query_data(passing, work, options.base)
        write_nodes(store, passing, options.base)
        pages = Pages(NodeReader(store), options.languages, query=options.query)
        if pages.exceeds(options.most_files):
            pages = Pages(NodeReader(store), options.languages, large=True, query=options.query)
        count = _write_overviews(folder, pages)
        for path in write_resource_pages(folder, pages, store, options.jobs):
            on_page(path)
            count += len(pages.languages)
        for name in DOWNLOADS:
            folder.move(f"kg.{name}", work / f"kg.{name}")
        _write_other_files(folder, pages, work)
        folder.finish()
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return SiteResult(count, len(folder.names), folder.changed)


def _write_overviews(folder: SiteFolder, pages: Pages) -> int:
    """Write the pages about the whole data set, and return how many there are."""
    paths = [*pages.overviews(), MISSING]
    for path in paths:
        for name, content in page_files(pages, path):
            folder.write(name, content)
    return len(paths) * len(pages.languages)


def static_files() -> dict[str, Path]:
    """Return the files that are the same in every site, by name: assets, ontology and shapes."""
    groups = {
        "assets": ASSETS.iterdir(),
        "ontology": resource_folder("ontology").glob("*.ttl"),
        "shapes": shapes_files(),
    }
    return {f"{group}/{path.name}": path for group, paths in groups.items() for path in paths if path.is_file()}


def sitemap_files(pages: Pages) -> Iterator[SiteFile]:
    """Yield the sitemap of all pages except those of withdrawn claims."""
    shown = (path for path in pages.paths() if not pages.is_withdrawn(path))
    return sitemap(pages.quads.base, (pages.layout.file(path, each) for path in shown for each in pages.languages))


def _write_other_files(folder: SiteFolder, pages: Pages, work: Path) -> None:
    is_queried = pages.layout.query and pages.quads.triples <= LARGEST_QUERIED
    for name, path in static_files().items():
        if is_queried or name not in QUERY_ASSETS:
            folder.write(name, path.read_bytes())
    explore = ExploreIndex(pages.quads)
    files = chain(
        pages.machine_files(),
        sitemap_files(pages),
        search_index(pages.readers.values(), explore.following(pages.dataset.articles)),
        explore.files(pages.readers.values()),
        names_files(pages.readers.values(), pages.dataset) if is_queried else (),
    )
    for file in files:
        folder.write(file.name, file.content)
    for part in (CLAIMS, PLACES) if is_queried else ():
        folder.move(f"search/{part}.js", work / f"{part}.js")


def write_resource_pages(folder: SiteFolder, pages: Pages, store: Path, jobs: int) -> Iterator[str]:
    """Write the pages and data of all resources with several processes, and yield each path when it is done.

    The bytes do not depend on the number of processes. A file is listed before a process writes it.
    """
    task = PortionTask(store, pages.layout, folder.root, folder.work_folder)
    portions = _batches(pages.resources(), _PORTION)
    if jobs == 1:
        for portion in portions:
            _claim(folder, pages.layout, portion)
            folder.changed += _write_portion(task, portion, pages)
            yield from portion
        return
    # Imported here, because one process does not need it.
    from kg.processes.pool import worker_pool

    try:
        with worker_pool(jobs) as pool:
            for known in _batches(portions, _AHEAD * jobs):
                for portion in known:
                    _claim(folder, pages.layout, portion)
                written = pool.in_order(write_portion, ((task, portion) for portion in known))
                for portion, changed in zip(known, written, strict=True):
                    folder.changed += changed
                    yield from portion
    except WorkerError as error:
        raise WorkerError(_KILLED) from error


def write_portion(task: PortionTask, portion: list[str]) -> int:
    """Write the files of resources in a worker process, and return how many changed."""
    return _write_portion(task, portion, _opened(task.store, task.layout))


@lru_cache(maxsize=1)  # a worker opens the store once for all its portions
def _opened(store: Path, layout: SiteLayout) -> Pages:
    return Pages(NodeReader(store), layout.languages, large=layout.large, query=layout.query)


def _write_portion(task: PortionTask, portion: list[str], pages: Pages) -> int:
    files = (file for path in portion for file in page_files(pages, path))
    return sum(write_if_changed(task.root / name, content, task.work_folder) for name, content in files)


def _claim(folder: SiteFolder, layout: SiteLayout, portion: list[str]) -> None:
    """List the files of resources as ours."""
    for path in portion:
        for language in layout.languages:
            folder.claim(layout.file(path, language))
        for form in FORMATS if layout.has_data(path) else ():
            folder.claim(f"{path}.{form}")


def page_files(pages: Pages, path: str) -> Iterator[tuple[str, bytes]]:
    """Yield the names and contents of a page's files: one for each language, then its data files, if any."""
    for language in pages.languages:
        page = pages.html(path, language)
        assert page is not None, path
        yield pages.layout.file(path, language), page
    for form in FORMATS if pages.layout.has_data(path) else ():
        if data := pages.data(path, form):
            yield f"{path}.{form}", data


def _batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield lists of at most `size` items."""
    left = iter(items)
    while batch := list(islice(left, size)):
        yield batch
