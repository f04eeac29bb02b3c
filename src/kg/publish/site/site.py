"""The pages of a data set as files: for any static host, below any path, or opened from a disk."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from kg.files.resources import published, shapes_files
from kg.formats import FORMATS as DOCUMENTS
from kg.pipeline.documents import Document
from kg.publish.site.folder import Folder
from kg.publish.site.layout import MISSING
from kg.publish.site.machines import sitemap
from kg.publish.site.overviews import LARGEST_ASKED
from kg.publish.site.pages import ASSETS, Pages
from kg.publish.site.printing import files_of, write_things
from kg.publish.site.search import index
from kg.query.store.load import load_graphs
from kg.rdf.terms import Graph

DOWNLOADS = ("ttl", "jsonld", "nq")
ASKED = "trig"
"""The format in which a browser is given the graphs: the shortest that keeps them apart."""


MOST_FILES = 20_000
"""So many files most hosts take."""


class Written(NamedTuple):
    """What a site has come to: how many pages and files it has, how many of the files changed."""

    pages: int
    files: int
    changed: int


class Wanted(NamedTuple):
    """What to write: where IRIs start, the version of `kg`, the languages of the pages (none: all there are).

    Where there would be more than `most_files`, claims are sections of their article's page. `jobs` is how many
    processes write.
    """

    base: str
    version: str
    languages: tuple[str, ...] = ()
    most_files: int = MOST_FILES
    jobs: int = 1


def write_site(folder: Folder, graphs: Iterable[Graph], wanted: Wanted, told: Callable[[str], object]) -> Written:
    """Write the site of graphs into a folder; `told` hears the path of each page. All graphs are read first."""
    work = folder.room / "work"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    try:
        store = work / "store"
        load_graphs(store, _written(graphs, work, wanted.base), wanted.base, wanted.version)
        pages = Pages(store, wanted.languages)
        if pages.outnumber(wanted.most_files):
            pages = Pages(store, wanted.languages, large=True)
        count = _write_overviews(folder, pages)
        for path in write_things(folder, pages, store, wanted.jobs):
            told(path)
            count += len(pages.languages)
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


def _write_overviews(folder: Folder, pages: Pages) -> int:
    """Write the pages that show no one thing, and return how many there are."""
    paths = [*pages.overviews(), MISSING]
    for path in paths:
        for name, content in files_of(pages, path):
            folder.write(name, content)
    return len(paths) * len(pages.languages)


def _write_beside(folder: Folder, pages: Pages) -> None:
    for asset in sorted(ASSETS.iterdir()):
        folder.write(f"assets/{asset.name}", asset.read_bytes())
    for ontology in sorted(published("ontology").glob("*.ttl")):
        folder.write(f"ontology/{ontology.name}", ontology.read_bytes())
    for shapes in shapes_files():
        folder.write(f"shapes/{shapes.name}", shapes.read_bytes())
    for machine in pages.machines():
        folder.write(machine.name, machine.content)
    shown = (path for path in pages.paths() if not pages.is_withdrawn(path))
    files = (pages.layout.file(path, language) for path in shown for language in pages.languages)
    for machine in sitemap(pages.quads.base, files):
        folder.write(machine.name, machine.content)


def _write_index(folder: Folder, pages: Pages, work: Path) -> None:
    for file in index(pages.readers.values(), pages.whole.articles):
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
