"""Stores that `kg load` makes, for tests."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pyoxigraph
import pytest

from kg import __version__
from kg.cli import run
from kg.pipeline.publication import open_publication, published
from kg.publish.serve.stored_files import StoredFileMaker
from kg.query.load import load_graphs
from kg.query.query_parameters import QueryableStore
from kg.query.store import read_manifest


def stores_of(corpora: Mapping[str, Path], room: Path) -> dict[str, Path]:
    """Make a store of each corpus, and return their folders."""
    for name, folder in corpora.items():
        publication = open_publication(folder)
        graphs = published(publication.mapped_articles(), [])
        base = publication.index.iris.base
        load_graphs(room / name, graphs, base, __version__, files=StoredFileMaker())
    return {name: room / name for name in corpora}


def answer(store: QueryableStore, query: str) -> str:
    """Return the answer to a query as CSV."""
    return store.ask(query, "csv").path.read_bytes().decode().replace("\r\n", "\n")


class Loads:
    """Runs `kg load` and gives its status and what is on stderr."""

    def __init__(self, capfd: pytest.CaptureFixture[str]) -> None:
        self.capfd = capfd

    def __call__(self, *arguments: str | Path) -> tuple[int, str]:
        status = run(["load", *map(str, arguments)])
        return status, self.capfd.readouterr().err


def held(target: Path, *, named: bool = True) -> list[str]:
    """Return the lines of all that a store holds, sorted: N-Quads, or N-Triples without the graphs' names."""
    store = pyoxigraph.Store.read_only(str(target / read_manifest(target).folder))
    return sorted({str(quad if named else quad.triple) for quad in store})


def snapshot(folder: Path) -> dict[str, bytes | None]:
    """Return all that a folder holds: the bytes of each file, None for a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }
