"""Files beside the pages, as `kg site` writes them: style, scripts, terms and rules, search and downloads."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from kg.files.resources import resource_folder, shapes_files
from kg.formats import FORMATS
from kg.pipeline.documents import Document
from kg.publish.site import Pages
from kg.publish.site.machine_files import SiteFile, sitemap
from kg.publish.site.overviews import LARGEST_QUERIED
from kg.publish.site.pages import ASSETS
from kg.publish.site.search_index import search_index
from kg.publish.site.writer import DOWNLOADS, QUERIED, write_query_data
from kg.rdf.terms import Graph, Iri, Node, iri_text

_SEARCH, _SITE_MAP = "search/", "sitemap"
_GRAPH = f"{_SEARCH}graph.js"
_DOWNLOADS = tuple(f"kg.{form}" for form in DOWNLOADS)


class Beside:
    """Files by their names: only those that are known, so that no name leads anywhere else.

    What follows from the data is made when it is first asked for, in a folder.
    """

    def __init__(self, pages: Pages, room: Path) -> None:
        self._pages = pages
        self._room = room
        self._made: set[str] = set()
        self._files = {
            **{f"assets/{each.name}": each for each in ASSETS.iterdir() if each.is_file()},
            **{f"shapes/{each.name}": each for each in shapes_files()},
            **{f"ontology/{each.name}": each for each in resource_folder("ontology").glob("*.ttl")},
        }

    def close(self) -> None:
        """Remove what was made; whoever is reading it reads on."""
        shutil.rmtree(self._room, ignore_errors=True)

    def must_be_made(self, name: str) -> bool:
        """Tell whether to find a file takes as long as reading the whole data set."""
        return name not in self._files and (name.startswith((_SEARCH, _SITE_MAP)) or name in _DOWNLOADS)

    def find(self, name: str) -> Path | None:
        """Return the file of a name, None where there is none."""
        if self.must_be_made(name):
            self._room.mkdir(parents=True, exist_ok=True)
            if name in _DOWNLOADS:
                self._files[name] = self._download(name.partition(".")[2])
            elif name == _GRAPH:
                self._make_graph()
            else:
                self._make_once(_SEARCH if name.startswith(_SEARCH) else _SITE_MAP)
        return self._files.get(name)

    def _make_once(self, kind: str) -> None:
        if kind not in self._made:
            for file in self._index() if kind == _SEARCH else self._site_map():
                path = self._room / file.name.replace("/", "-")
                path.write_bytes(file.content)
                self._files[file.name] = path
            self._made.add(kind)

    def _index(self) -> Iterator[SiteFile | SiteFile]:
        yield from search_index(self._pages.readers.values(), self._pages.dataset.articles)

    def _site_map(self) -> Iterator[SiteFile | SiteFile]:
        pages = self._pages
        shown = (each for each in pages.paths() if not pages.is_withdrawn(each))
        yield from sitemap(
            pages.quads.base, (pages.layout.file(path, language) for path in shown for language in pages.languages)
        )

    def _make_graph(self) -> None:
        if self._pages.quads.triples > LARGEST_QUERIED:
            return
        path = self._room / "graph.js"
        write_query_data(self._download(QUERIED), path)
        self._files[_GRAPH] = path

    def _download(self, form: str) -> Path:
        """Return the whole data set as a file."""
        path = self._room / f"kg.{form}"
        with path.open("wb") as stream:
            document = Document(FORMATS[form], stream, self._pages.quads.base)
            document.begin()
            for graph in self._graphs():
                document.add(graph)
            document.end()
        return path

    def _graphs(self) -> Iterator[Graph]:
        quads = self._pages.quads
        articles = sorted(iri_text(each).removeprefix(quads.base) for each in self._pages.dataset.articles)
        for name in (*articles, "entities", "dataset"):
            yield graph_of(self._pages, quads.iri(f"graph/{name}"))


def graph_of(pages: Pages, name: Iri) -> Graph:
    """Return a named graph of a store; one that it does not have has no nodes."""
    return Graph(name, [Node(each, pages.quads.properties(each)) for each in pages.quads.graph(name)])
