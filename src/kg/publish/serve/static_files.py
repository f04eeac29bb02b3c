"""Files beside the pages, as `kg site` writes them: assets, ontology, shapes, search index, sitemap, downloads."""

from __future__ import annotations

import gzip
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from kg.formats import FORMATS
from kg.pipeline.documents import Document
from kg.publish.serve.responses import LEVEL
from kg.publish.site import Pages
from kg.publish.site.machine_files import SiteFile
from kg.publish.site.overviews import LARGEST_QUERIED
from kg.publish.site.search_index import search_index
from kg.publish.site.writer import DOWNLOADS, QUERIED, sitemap_files, static_files, write_query_data
from kg.rdf.terms import Graph, Iri, Node, iri_text

_SEARCH, _SITEMAP = "search/", "sitemap"
_GRAPH = f"{_SEARCH}graph.js"
_DOWNLOADS = tuple(f"kg.{form}" for form in DOWNLOADS)
_SMALL = 4 * 1024 * 1024
"""A file that is compressed as quickly as a page is made."""


class StaticFiles:
    """Files by name: only known names, so that no name leads to other files.

    Files that follow from the data are made in a folder when they are first asked for, and so are compressed ones.
    """

    def __init__(self, pages: Pages, folder: Path) -> None:
        self._pages = pages
        self._folder = folder
        self._files = static_files()
        self._compressed: dict[str, Path] = {}

    def close(self) -> None:
        """Delete the files that were made; those that are being read stay readable."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def takes_long(self, name: str, *, is_compressed: bool) -> bool:
        """Return whether making a file takes as long as reading the whole data set."""
        if name not in self._files:
            return name.startswith((_SEARCH, _SITEMAP)) or name in _DOWNLOADS
        return is_compressed and name not in self._compressed and self._files[name].stat().st_size > _SMALL

    def find(self, name: str) -> Path | None:
        """Return a file, None if there is no such file."""
        if name not in self._files:
            self._make(name)
        return self._files.get(name)

    def compressed(self, name: str, path: Path) -> Path:
        """Return a file compressed with gzip, with the same time of modification."""
        if name not in self._compressed:
            self._folder.mkdir(parents=True, exist_ok=True)
            target = self._folder / f"{name.replace('/', '-')}.gz"
            with path.open("rb") as source, gzip.open(target, "wb", LEVEL) as stream:
                shutil.copyfileobj(source, stream)
            times = path.stat()
            os.utime(target, ns=(times.st_atime_ns, times.st_mtime_ns))
            self._compressed[name] = target
        return self._compressed[name]

    def _make(self, name: str) -> None:
        if name in _DOWNLOADS:
            self._files[name] = self._download(name.partition(".")[2])
        elif name == _GRAPH:
            self._make_query_data()
        elif name.startswith(_SEARCH):
            self._write(search_index(self._pages.readers.values(), self._pages.dataset.articles))
        elif name.startswith(_SITEMAP):
            self._write(sitemap_files(self._pages))

    def _write(self, files: Iterable[SiteFile]) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        for file in files:
            path = self._folder / file.name.replace("/", "-")
            path.write_bytes(file.content)
            self._files[file.name] = path

    def _make_query_data(self) -> None:
        if self._pages.quads.triples <= LARGEST_QUERIED:
            path = self._folder / "graph.js"
            write_query_data(self._download(QUERIED), path)
            self._files[_GRAPH] = path

    def _download(self, form: str) -> Path:
        """Write the whole data set in a format, and return the file."""
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"kg.{form}"
        quads = self._pages.quads
        articles = sorted(iri_text(each).removeprefix(quads.base) for each in self._pages.dataset.articles)
        with path.open("wb") as stream:
            document = Document(FORMATS[form], stream, quads.base)
            document.begin()
            for name in (*articles, "entities", "dataset"):
                document.add(named_graph(self._pages, quads.iri(f"graph/{name}")))
            document.end()
        return path


def named_graph(pages: Pages, name: Iri) -> Graph:
    """Return a named graph of a store; without nodes if the store does not have it."""
    return Graph(name, [Node(each, pages.quads.properties(each)) for each in pages.quads.graph(name)])
