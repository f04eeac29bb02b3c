"""The site as files for any static host: written by several processes into a folder that is kept up to date."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from filecmp import cmp
from itertools import chain
from pathlib import Path
from typing import IO, NamedTuple, Protocol, TypeVar

from kg.errors import FileError
from kg.files.atomic_writes import delete_temporary_files, folder_unless_empty, replacement
from kg.files.locks import locked
from kg.files.resources import resource_folder, shapes_files
from kg.publish.site.downloads import DOWNLOADS, with_downloads
from kg.publish.site.explore_index import ExploreIndex
from kg.publish.site.machine_files import SiteFile, sitemap
from kg.publish.site.node_store import NodeReader, write_nodes
from kg.publish.site.page_writer import PageFolder, PageTask, write_pages
from kg.publish.site.pages import Pages
from kg.publish.site.query_page import CLAIMS, LARGEST_QUERIED, PLACES, names_files, with_query_data
from kg.publish.site.rendering import ASSETS, FORMATS, MISSING
from kg.publish.site.search_index import ArticleEntries, article_entries, decode_entries, search_files
from kg.publish.site.site_cache import PageRecord, SiteCache, open_site_cache
from kg.publish.site.store_reader import LocalisedReader
from kg.rdf.terms import Graph, Iri

QUERY_ASSETS = frozenset(
    f"assets/{name}.js" for name in ("oxigraph", "engine", "answers", "triples", "query", "editor")
)
"""The files that only the page of queries loads."""
MOST_FILES = 20_000
"""How many files most hosts take."""
WORK_FOLDER = ".kg-site"
_LIST = "files"
T = TypeVar("T")


class SiteResult(NamedTuple):
    """How many pages and files a site has, how many of the files changed, and how many of the pages were made.

    `edited` are the files that somebody else changed since an earlier run, and that were written again.
    """

    pages: int
    files: int
    changed: int
    made: int
    edited: Sequence[Path] = ()


class Watch(Protocol):
    """Shows how far a run is, while it passes items on; `size` is how many there are."""

    def __call__(self, items: Iterable[T], label: str, size: int) -> Iterator[T]:
        """Yield the items."""


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


def _unwatched(items: Iterable[T], label: str, size: int) -> Iterator[T]:  # noqa: ARG001  # as `Watch`
    return iter(items)


def write_site(
    folder: SiteFolder, graphs: Iterable[Graph], options: SiteOptions, watch: Watch = _unwatched
) -> SiteResult:
    """Read all graphs, then write their site."""
    work = folder.work_folder / "work"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    try:
        nodes = work / "nodes"
        passing = with_downloads(graphs, work, options.base)
        if options.query:
            passing = with_query_data(passing, work, options.base)
        write_nodes(nodes, passing, options.base)
        pages = Pages(NodeReader(nodes), options.languages, query=options.query)
        if pages.exceeds(options.most_files):
            pages = Pages(NodeReader(nodes), options.languages, large=True, query=options.query)
        about = (options.version, options.base, pages.layout, pages.dataset.identity)
        with open_site_cache(folder.root, about) as cache:
            run = _SiteRun(folder, pages, cache, watch)
            result = run.write_pages(PageFolder(nodes, pages.layout, folder.root, folder.work_folder), options.jobs)
            for name in DOWNLOADS:
                folder.move(f"kg.{name}", work / f"kg.{name}")
            run.write_other_files(work)
            folder.finish()
            cache.save()
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return result._replace(files=len(folder.names), changed=folder.changed)


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


class _SiteRun:
    """Writes the pages and indexes of a site, with the records of the last run."""

    def __init__(self, folder: SiteFolder, pages: Pages, cache: SiteCache, watch: Watch) -> None:
        self._folder = folder
        self._pages = pages
        self._cache = cache
        self._watch = watch

    def write_pages(self, beside: PageFolder, jobs: int) -> SiteResult:
        """Write all pages. A file is listed as ours before a process writes it."""
        digests = self._pages.quads.digests()
        overviews, resources = [*self._pages.overviews(), MISSING], list(self._pages.resources())
        written = chain(
            write_pages(beside, self._pages, (self._task(path, digests) for path in overviews), 1),
            write_pages(beside, self._pages, (self._task(path, digests) for path in resources), jobs),
        )
        total, made, edited = len(overviews) + len(resources), 0, list[Path]()
        for page in self._watch(written, "Writing pages", total):
            self._folder.changed += page.changed
            edited += [self._folder.root / name for name in page.edited]
            if page.units is None:
                self._cache.keep(page.path)
            else:
                made += 1
                digest = self._cache.digest(page.units, digests)
                units = tuple(sorted(page.units))
                self._cache.add(PageRecord(page.path, units, digest, page.files, page.entries))
        languages = len(self._pages.languages)
        return SiteResult(total * languages, 0, 0, made * languages, edited)

    def _task(self, path: str, digests: Mapping[str, bytes]) -> PageTask:
        """List the files of a page as ours, and return how to write it."""
        layout, quads = self._pages.layout, self._pages.quads
        for language in layout.languages:
            self._folder.claim(layout.file(path, language))
        if layout.has_data(path) and path and quads.has(quads.iri(path)):
            for form in FORMATS:
                self._folder.claim(f"{path}.{form}")
        earlier = self._cache.earlier(path)
        if earlier is None:
            return PageTask(path, {}, is_same=False)
        return PageTask(path, earlier.files, self._cache.digest(earlier.units, digests) == earlier.digest)

    def write_other_files(self, work: Path) -> None:
        """Write assets, files for machines, the indexes of Search and Explore, and the data for queries."""
        pages, readers = self._pages, list(self._pages.readers.values())
        is_queried = pages.layout.query and pages.quads.triples <= LARGEST_QUERIED
        for name, path in static_files().items():
            if is_queried or name not in QUERY_ASSETS:
                self._folder.write(name, path.read_bytes())
        explore, articles = ExploreIndex(pages.quads), pages.dataset.articles
        passing = explore.following(self._watch(articles, "Writing the search index", len(articles)))
        files = chain(
            pages.machine_files(),
            sitemap_files(pages),
            search_files(pages.languages, (self._entries(readers, article) for article in passing)),
            explore.files(readers),
            names_files(readers, pages.dataset) if is_queried else (),
        )
        for file in files:
            self._folder.write(file.name, file.content)
        for part in (CLAIMS, PLACES) if is_queried else ():
            self._folder.move(f"search/{part}.js", work / f"{part}.js")

    def _entries(self, readers: Sequence[LocalisedReader], article: Iri) -> ArticleEntries:
        """Return the entries of an article in the search index, as they were recorded when its page was made."""
        known = self._cache.entries(self._pages.quads.path(article))
        return decode_entries(known) if known else article_entries(readers, article)
