"""The pages of a data set as files: for any static host, below any path, or opened from a disk."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from kg.documents import Document
from kg.formats import FORMATS as DOCUMENTS
from kg.pages.folder import Folder
from kg.pages.layout import FORMATS
from kg.pages.machines import sitemap
from kg.pages.overviews import LARGEST_ASKED
from kg.pages.pages import ASSETS, Pages
from kg.pages.search import index
from kg.resources import published, shapes_files
from kg.store.load import load_graphs
from kg.terms import Graph

DOWNLOADS = ("ttl", "jsonld", "nq")
ASKED = "trig"
"""The format in which a browser is given the graphs: the shortest that keeps them apart."""


class Written(NamedTuple):
    """What a site has come to: how many pages and files it has, how many of the files changed."""

    pages: int
    files: int
    changed: int


class Wanted(NamedTuple):
    """What to write: where IRIs start, the version of `kg`, the languages of the pages (none: all there are)."""

    base: str
    version: str
    languages: tuple[str, ...] = ()


def write_site(folder: Folder, graphs: Iterable[Graph], wanted: Wanted, told: Callable[[str], object]) -> Written:
    """Write the site of graphs into a folder; `told` hears the path of each page. All graphs are read first."""
    work = folder.room / "work"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    try:
        load_graphs(work / "store", _written(graphs, work, wanted.base), wanted.base, wanted.version)
        pages = Pages(work / "store", wanted.languages)
        count = _write_pages(folder, pages, told)
        for name in DOWNLOADS:
            folder.move(f"kg.{name}", work / f"kg.{name}")
        _write_beside(folder, pages)
        _write_index(folder, pages, work)
        folder.finish()
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return Written(count, len(folder.names), folder.changed)


def _written(graphs: Iterable[Graph], work: Path, base: str) -> Iterator[Graph]:
    """Yield graphs, each after it was written into the downloads."""
    with ExitStack() as files:
        streams = {name: files.enter_context((work / f"kg.{name}").open("wb")) for name in (*DOWNLOADS, ASKED)}
        documents = [Document(DOCUMENTS[name], stream, base) for name, stream in streams.items()]
        for document in documents:
            document.begin()
        for graph in graphs:
            for document in documents:
                document.add(graph)
            yield graph
        for document in documents:
            document.end()


def _write_pages(folder: Folder, pages: Pages, told: Callable[[str], object]) -> int:
    count = 0
    for path in pages.paths():
        told(path)
        if not pages.layout.has_page(path):
            continue
        for language in pages.languages:
            page = pages.html(path, language)
            assert page is not None
            folder.write(pages.layout.file(path, language), page)
            count += 1
        for form in FORMATS if pages.layout.has_data(path) else ():
            if said := pages.data(path, form):
                folder.write(f"{path}.{form}", said)
    return count


def _write_beside(folder: Folder, pages: Pages) -> None:
    for asset in sorted(ASSETS.iterdir()):
        folder.write(f"assets/{asset.name}", asset.read_bytes())
    for ontology in sorted(published("ontology").glob("*.ttl")):
        folder.write(f"ontology/{ontology.name}", ontology.read_bytes())
    for shapes in shapes_files():
        folder.write(f"shapes/{shapes.name}", shapes.read_bytes())
    for machine in pages.machines():
        folder.write(machine.name, machine.content)
    shown = (path for path in pages.paths() if pages.layout.has_page(path) and not pages.is_withdrawn(path))
    files = (pages.layout.file(path, language) for path in shown for language in pages.languages)
    for machine in sitemap(pages.quads.base, files):
        folder.write(machine.name, machine.content)


def _write_index(folder: Folder, pages: Pages, work: Path) -> None:
    for file in index(pages.readers.values(), pages.whole.articles, work / "words"):
        folder.write(file.name, file.content)
    if pages.quads.triples <= LARGEST_ASKED:
        write_asked(work / f"kg.{ASKED}", work / "graph.js")
        folder.move("search/graph.js", work / "graph.js")


def write_asked(graphs: Path, script: Path) -> None:
    """Write graphs as a script, since a page that is opened from a disk may load nothing else."""
    with graphs.open(encoding="utf-8") as lines, script.open("wb") as stream:
        stream.write(b"kgGraph([\n")
        stream.writelines(f"{json.dumps(line, ensure_ascii=False)},\n".encode() for line in lines)
        stream.write(b"]);\n")
