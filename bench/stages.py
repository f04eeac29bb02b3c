"""What each stage of `kg` costs an article: `python -m bench.stages FOLDER` prints milliseconds of CPU time.

Each stage goes over all articles by itself, without garbage collection: all that it makes is kept, which a run of
`kg` does not. A corpus of some hundred articles is enough.
"""

from __future__ import annotations

import argparse
import gc
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.report import table
from kg.checks.article_checks import article_findings
from kg.corpus import read_article, sources
from kg.files.resources import shapes_files
from kg.formats import FORMATS
from kg.mappers.dataset import tally
from kg.mappers.graphs import article_graph, with_digest
from kg.meaning import read_meaning
from kg.pipeline.article import map_article
from kg.pipeline.publication import open_publication
from kg.rdf.terms import Graph
from kg.rdf.vocab import PREFIXES
from kg.shacl import compile_shapes, validate

T = TypeVar("T")
U = TypeVar("U")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    costs = stages(given.folder, given.rounds)
    whole = sum(ms for name, ms in costs.items() if not name.startswith("written as") or name.endswith("ttl"))
    rows = [(name, f"{ms:.3f}", f"{100 * ms / whole:.0f}") for name, ms in costs.items()]
    print(
        table(
            ("stage", "ms an article", "% of validated Turtle"),
            [*rows, ("validated Turtle", f"{whole:.3f}", "100")],
        )
    )


def stages(folder: Path, rounds: int) -> dict[str, float]:
    """Return milliseconds of CPU time an article for each stage, the least of the rounds."""
    publication = open_publication(folder, engine="none")
    index, shapes = publication.index, compile_shapes(shapes_files())
    timed = Stages(rounds)
    found = timed("found", lambda _: list(sources(publication.corpus)), [None])[0]
    timed.articles = len(found)
    written = timed("read", read_article, found)
    meant = [each.article for each in timed("meant", lambda each: read_meaning(each, index), written)]
    graphs = timed("mapped", lambda each: Graph(each.graph, article_graph(each, index.dataset)), meant)
    timed("digested", with_digest, graphs)
    timed("counted", tally, graphs)
    timed("checked", lambda each: article_findings(*each, index), list(zip(written, meant, strict=True)))
    units = [map_article(each, index) for each in written]
    timed("validated", lambda each: validate(each.graph.nodes, shapes, index.types), units)
    for form in FORMATS.values():
        writer = form.writer(PREFIXES, index.iris.base)
        timed(f"written as {form.name}", lambda each, writer=writer: writer.encoded(each.graph), units)
    return timed.costs


class Stages:
    """Times stages; `articles` is how many there are, known once they are found."""

    def __init__(self, rounds: int) -> None:
        self.rounds = rounds
        self.articles = 1
        self._seconds: dict[str, float] = {}

    def __call__(self, name: str, stage: Callable[[T], U], values: Sequence[T]) -> list[U]:
        """Return what the stage makes of each value, and note the least time of the rounds."""
        times = []
        results: list[U] = []
        gc.disable()
        for _ in range(self.rounds):
            start = time.process_time()
            results = [stage(value) for value in values]
            times.append(time.process_time() - start)
        gc.enable()
        self._seconds[name] = min(times)
        return results

    @property
    def costs(self) -> dict[str, float]:
        return {name: 1000 * seconds / self.articles for name, seconds in self._seconds.items()}


if __name__ == "__main__":
    main()
