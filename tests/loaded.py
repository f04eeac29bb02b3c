"""Stores that `kg load` makes, for tests."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph
import pytest

from kg.cli import run
from kg.store.manifest import read_manifest


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
