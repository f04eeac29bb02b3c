"""The site as files for any static host: written by several processes, with what the last run left."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from itertools import chain
from pathlib import Path
from typing import NamedTuple, Protocol, TypeVar

from kg.errors import FileError
from kg.files.resources import resource_folder, shapes_files
from kg.pipeline.cache.folder_and_key import MOST_BYTES
from kg.publish.site.downloads import DOWNLOADS, EXTENTS, EarlierTexts, decode_extents, with_graph_texts
from kg.publish.site.explore_index import ExploreIndex
from kg.publish.site.feeds import feed_names
from kg.publish.site.graph_cache import SiteGraph
from kg.publish.site.machine_files import SiteFile, sitemap
from kg.publish.site.node_store import write_nodes
from kg.publish.site.page_writer import (
    NODES,
    IndexEntries,
    PageFolder,
    PageTask,
    decode_entries,
    index_entries,
    open_pages,
    write_pages,
)
from kg.publish.site.pages import Pages
from kg.publish.site.query_page import CLAIMS, LARGEST_QUERIED, PLACES, SCRIPT_EXTENTS, names_files, with_query_data
from kg.publish.site.rendering import ASSETS, FORMATS, MISSING, SiteLayout
from kg.publish.site.search_index import ArticleEntries, search_files
from kg.publish.site.site_cache import PageRecord, SiteCache, environment_of_pages, open_site_cache
from kg.publish.site.site_folder import SiteFolder
from kg.rdf.terms import Graph, Iri

QUERY_ASSETS = frozenset(
    f"assets/{name}.js" for name in ("oxigraph", "engine", "answers", "triples", "query", "editor")
)
"""The files that only the page of queries loads."""
MOST_FILES = 20_000
"""How many files most hosts take."""
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
    processes. Without `query`, no page answers queries. `fresh` makes everything again, and reads each file.
    """

    base: str
    version: str
    languages: tuple[str, ...] = ()
    most_files: int = MOST_FILES
    jobs: int = 1
    query: bool = True
    fresh: bool = False


def _unwatched(items: Iterable[T], label: str, size: int) -> Iterator[T]:  # noqa: ARG001  # as `Watch`
    return iter(items)


def write_site(
    folder: SiteFolder, graphs: Iterable[Graph | SiteGraph], options: SiteOptions, watch: Watch = _unwatched
) -> SiteResult:
    """Read all graphs, then write their site. What the last run left is used if nobody changed it."""
    work = folder.work_folder / "work"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    try:
        with open_site_cache(folder.root, options.base, fresh=options.fresh) as cache:
            nodes = KeptNodes(cache, work / NODES)
            result = _write_files(folder, graphs, options, cache, watch)
            nodes.keep()
            cache.save()
    except sqlite3.Error as error:
        raise FileError(
            f"{folder.root}: the site's nodes could not be kept: {error}. Run `kg site` again."
        ) from error
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return result._replace(files=len(folder.names), changed=folder.changed)


def _write_files(
    folder: SiteFolder, graphs: Iterable[Graph | SiteGraph], options: SiteOptions, cache: SiteCache, watch: Watch
) -> SiteResult:
    """Write all files of a site, and delete those of the last run that no longer belong."""
    work = folder.work_folder / "work"
    downloads = KeptTexts(cache, folder, [f"kg.{name}" for name in DOWNLOADS], EXTENTS)
    scripts = KeptTexts(cache, folder, [f"search/{name}.js" for name in (CLAIMS, PLACES)], SCRIPT_EXTENTS)
    known = (each if isinstance(each, SiteGraph) else SiteGraph.of(each) for each in graphs)
    with downloads.opened() as earlier, scripts.opened() as earlier_scripts:
        passing = with_graph_texts(known, work, options.base, earlier)
        if options.query:
            passing = with_query_data(passing, work, options.base, earlier_scripts)
        write_nodes(work / NODES, passing, options.base)
    pages = open_pages(work, SiteLayout(options.languages, query=options.query))
    if pages.exceeds(options.most_files):
        pages = open_pages(work, pages.layout._replace(large=True))
    about = (options.version, options.base, pages.layout, pages.dataset.identity)
    cache.environment = environment_of_pages(about)
    run = _SiteRun(folder, pages, cache, watch)
    result = run.write_pages(PageFolder(work, pages.layout, folder.root, folder.work_folder), options.jobs)
    downloads.replace(work)
    run.write_other_files()
    if run.is_queried:
        scripts.replace(work)
    folder.finish()
    return result


class KeptTexts:
    """Files of the last run, from which the text of unchanged graphs is copied.

    `extents` is the name of the file in which is noted where the texts in the new files are.
    """

    def __init__(self, cache: SiteCache, folder: SiteFolder, names: Sequence[str], extents: str) -> None:
        self._cache = cache
        self._folder = folder
        self._names = names
        self._extents = extents
        self._paths = [folder.root / name for name in names]
        self._earlier = self._notes()

    @contextmanager
    def opened(self) -> Iterator[EarlierTexts | None]:
        """Open them if nobody changed them. Raises `FileError` if somebody does so in the meantime."""
        if self._earlier is None:
            yield None
            return
        with ExitStack() as opened:
            yield EarlierTexts(self._paths, decode_extents(self._earlier), opened)
        if self._notes() is None:
            raise FileError(f"{self._paths[0]}: somebody changed this file meanwhile: run `kg site` again.")

    def replace(self, work: Path) -> None:
        """Move the new files to their places, unless they are the same, and note where their texts are."""
        extents = (work / self._extents).read_bytes()
        is_same = extents == self._earlier == self._notes()
        for name, path in zip(self._names, self._paths, strict=True):
            if is_same:
                self._folder.claim(name)
            else:
                self._folder.move(name, work / path.name)
        self._cache.note(self._extents, self._paths, extents)

    def _notes(self) -> bytes | None:
        return self._cache.notes(self._extents, self._paths)


class KeptNodes:
    """The database of nodes that the last run left in the cache, moved to where this run changes it."""

    def __init__(self, cache: SiteCache, path: Path) -> None:
        self._cache = cache
        self._path = path
        self._kept = cache.file_beside("nodes")
        if self._kept and cache.notes("nodes", [self._kept]) is not None:
            try:
                shutil.move(self._kept, path)
            except OSError:
                path.unlink(missing_ok=True)

    def keep(self) -> None:
        """Move the database back for the next run, unless it would take more than half of the cache."""
        if self._kept and self._path.stat().st_size <= MOST_BYTES // 2:
            with suppress(OSError):
                self._path.chmod(0o600)
                shutil.move(self._path, self._kept)
                self._cache.note("nodes", [self._kept], b"")


def static_files() -> dict[str, Path]:
    """Return the files that are the same in every site, by name: assets, ontology and shapes."""
    groups = {
        "assets": ASSETS.iterdir(),
        "ontology": resource_folder("ontology").glob("*.ttl"),
        "shapes": shapes_files(),
    }
    return {f"{group}/{path.name}": path for group, paths in groups.items() for path in paths if path.is_file()}


def sitemap_files(pages: Pages) -> Iterator[SiteFile]:
    """Yield the sitemap of all pages except those of withdrawn claims and at former addresses."""
    shown = (path for path in pages.paths() if not pages.is_withdrawn(path) and not pages.replacement(path))
    return sitemap(pages.quads.base, (pages.layout.file(path, each) for path in shown for each in pages.languages))


class _SiteRun:
    """Writes the pages and indexes of a site, with the records of the last run."""

    def __init__(self, folder: SiteFolder, pages: Pages, cache: SiteCache, watch: Watch) -> None:
        self._folder = folder
        self._pages = pages
        self._cache = cache
        self._watch = watch

    @property
    def is_queried(self) -> bool:
        """Whether the site has the data for queries."""
        return self._pages.layout.query and self._pages.quads.triples <= LARGEST_QUERIED

    def write_pages(self, beside: PageFolder, jobs: int) -> SiteResult:
        """Write all pages. A file is listed as ours before a process writes it."""
        # Whether two speakers have a dossier depends on all others: it is a unit of its own.
        dossiers = dict.fromkeys(self._pages.dataset.dossiers, b"is there")
        digests = {**self._pages.quads.digests(), **dossiers}
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
                self._cache.keep(page.path, page.stats)
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
        for _, name in feed_names(quads, path):
            self._folder.claim(name)
        earlier = self._cache.earlier(path)
        if earlier is None:
            return PageTask(path, is_same=False, files={}, stats=())
        is_same = not self._cache.is_fresh and self._cache.digest(earlier.units, digests) == earlier.digest
        return PageTask(path, is_same, earlier.files, earlier.stats)

    def write_other_files(self) -> None:
        """Write assets, files for machines, and the indexes of Search and Explore."""
        pages, readers, is_queried = self._pages, list(self._pages.readers.values()), self.is_queried
        for name, path in static_files().items():
            if is_queried or name not in QUERY_ASSETS:
                self._folder.write(name, path.read_bytes())
        explore, articles = ExploreIndex(pages.quads), pages.dataset.articles
        passing = map(self._entries, self._watch(articles, "Writing the search index", len(articles)))
        files = chain(
            pages.machine_files(),
            sitemap_files(pages),
            search_files(pages.languages, _searched(passing, explore)),
            explore.files(readers),
            names_files(readers, pages.dataset) if is_queried else (),
        )
        for file in files:
            self._folder.write(file.name, file.content)

    def _entries(self, article: Iri) -> IndexEntries:
        """Return what the indexes have of an article, as it was recorded when its page was made."""
        known = self._cache.entries(self._pages.quads.path(article))
        return decode_entries(known) if known else index_entries(self._pages, article)


def _searched(articles: Iterable[IndexEntries], explore: ExploreIndex) -> Iterator[ArticleEntries]:
    """Yield what the search index has of articles, and add each to Explore's."""
    for article in articles:
        explore.add_entries(article.explore)
        yield article.search
