"""A corpus opened for publication: its index, what checks it, and one pass over its units."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal

from msgspec import Struct

from kg.corpus import Corpus, read_corpus
from kg.errors import Finding
from kg.graph import Unit
from kg.meaning import Index, read_index
from kg.resources import shapes_files
from kg.shapes import compile_shapes, validate, validate_with_pyshacl
from kg.terms import Graph
from kg.units import Check, read_units

Engine = Literal["kg", "pyshacl", "none"]


class Publication(Struct, frozen=True):
    """A corpus with its index and what checks its graphs."""

    corpus: Corpus
    index: Index
    check: Check

    def units(self) -> Iterator[Unit]:
        """Yield every unit, mapped and validated; see `kg.units.read_units`."""
        return read_units(self.corpus, self.index, self.check)


def open_publication(folder: str | Path, *, engine: Engine = "kg", more_shapes: Sequence[Path] = ()) -> Publication:
    """Return a corpus opened for publication. Raises `CorpusError` if its corpus.yaml or entities are wrong."""
    corpus = read_corpus(folder)
    return Publication(corpus, read_index(corpus), checker(engine, more_shapes))


def checker(engine: Engine, more_shapes: Sequence[Path] = ()) -> Check:
    """Return what validates nodes against kg's own shapes and more. Raises `FileError` for bad shapes."""
    if engine == "none":
        return lambda _nodes, _types: []
    shapes = compile_shapes(shapes_files(*more_shapes))
    run = validate_with_pyshacl if engine == "pyshacl" else validate
    return lambda nodes, types: run(nodes, shapes, types)


def published(units: Iterable[Unit], findings: list[Finding]) -> Iterator[Graph]:
    """Yield the graphs that are published, not those of drafts, and gather each unit's findings on the way."""
    for unit in units:
        findings.extend(unit.findings)
        if unit.graph and not unit.draft:
            yield unit.graph
