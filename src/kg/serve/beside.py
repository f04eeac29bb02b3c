"""Files beside the pages, as `kg site` writes them: style, scripts, terms and rules, search and downloads."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

from kg.documents import Document
from kg.formats import FORMATS
from kg.pages import Pages
from kg.pages.machines import sitemap
from kg.pages.overviews import LARGEST_ASKED
from kg.pages.pages import ASSETS
from kg.pages.search import index
from kg.pages.site import DOWNLOADS
from kg.resources import published, shapes_files
from kg.terms import Graph, Iri, Node, iri_text

_SEARCH, _SITE_MAP = "search/", "sitemap.xml"
_GRAPH = f"{_SEARCH}graph.js"
_DOWNLOADS = tuple(f"kg.{form}" for form in DOWNLOADS)


class Beside:
    """Files by their names: only those that are known, so that no name leads anywhere else.

    What follows from the data is made when it is first asked for, in a folder.
    """

    def __init__(self, pages: Pages, room: Path) -> None:
        self._pages = pages
        self._room = room
        self._has_index = False
        self._files = {
            **{f"assets/{each.name}": each for each in ASSETS.iterdir() if each.is_file()},
            **{f"shapes/{each.name}": each for each in shapes_files()},
            "ontology.ttl": published("ontology") / "kg.ttl",
        }

    def close(self) -> None:
        """Remove what was made; whoever is reading it reads on."""
        shutil.rmtree(self._room, ignore_errors=True)

    def must_be_made(self, name: str) -> bool:
        """Tell whether to find a file takes as long as reading the whole data set."""
        return name not in self._files and (name.startswith(_SEARCH) or name in (_SITE_MAP, *_DOWNLOADS))

    def find(self, name: str) -> Path | None:
        """Return the file of a name, None where there is none."""
        if name not in self._files:
            if name in _DOWNLOADS:
                self._files[name] = self._download(name.partition(".")[2])
            elif name == _GRAPH and self._pages.quads.triples <= LARGEST_ASKED:
                quads = self._download("nq").read_text(encoding="utf-8")
                self._write(name, f"kgGraph({json.dumps(quads, ensure_ascii=False)});\n".encode())
            elif name.startswith(_SEARCH) and not self._has_index:
                self._make_index()
            elif name == _SITE_MAP:
                self._make_site_map()
        return self._files.get(name)

    def _make_index(self) -> None:
        pages = self._pages
        self._room.mkdir(parents=True, exist_ok=True)
        for file in index(pages.readers.values(), pages.whole.articles, self._room / "words"):
            self._write(file.name, file.content)
        self._has_index = True

    def _make_site_map(self) -> None:
        pages = self._pages
        shown = (each for each in pages.paths() if pages.layout.has_page(each) and not pages.is_withdrawn(each))
        files = (pages.layout.file(path, language) for path in shown for language in pages.languages)
        for machine in sitemap(pages.quads.base, files):
            self._write(machine.name, machine.content)

    def _write(self, name: str, content: bytes) -> None:
        path = self._room / name.replace("/", "-")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        self._files[name] = path

    def _download(self, form: str) -> Path:
        """Return the whole data set as a file."""
        path = self._room / f"kg.{form}"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as stream:
            document = Document(FORMATS[form], stream, self._pages.quads.base)
            document.begin()
            for graph in self._graphs():
                document.add(graph)
            document.end()
        return path

    def _graphs(self) -> Iterator[Graph]:
        quads = self._pages.quads
        articles = sorted(iri_text(each).removeprefix(quads.base) for each in self._pages.whole.articles)
        for name in (*articles, "entities", "dataset"):
            yield graph_of(self._pages, quads.iri(f"graph/{name}"))


def graph_of(pages: Pages, name: Iri) -> Graph:
    """Return a named graph of a store; one that it does not have has no nodes."""
    return Graph(name, [Node(each, pages.quads.properties(each)) for each in pages.quads.graph(name)])
