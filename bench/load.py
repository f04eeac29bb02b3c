"""Measures the loading of running stores: `python bench/load.py --articles 1000`.

In one run, on the same generated claims: how long `kg load URL` takes into Oxigraph's server and into Virtuoso, the
first time, again, and after the edit of one article, against the stores' own bulk loaders, which read an export
that is there already. All must hold the same number of triples in each graph. The programs are `oxigraph` (PyPI),
`virtuoso-t` and `isql-vt` (Debian's virtuoso-opensource-7-bin).
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.append(str(Path(__file__).resolve().parent.parent / "tests"))  # which know how to start stores

from bench.corpus import write_corpus
from bench.serve import spent
from bench.store import Cost, cost
from support.triple_servers import Server, oxigraph, program, virtuoso

BUFFERS = 170_000
"""As Virtuoso recommends for 2 GB of memory."""
HEAD = (
    "",
    "| store | loader | wall s | CPU s of the loader | CPU s of the server | triples/s |",
    "|---|---|---:|---:|---:|---:|",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=1000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        for line in compared(Path(name), given.articles):
            print(line, flush=True)


def compared(folder: Path, count: int) -> Iterator[str]:
    """Yield a table of what each loader takes. Raises `AssertionError` where stores differ."""
    corpus, exports = folder / "corpus", folder / "exports"
    write_corpus(corpus, count, form="jsonl")
    exports.mkdir()
    took = cost([sys.executable, "-m", "kg", "export", str(corpus), "-o", str(exports / "claims.nq")])
    triples = (exports / "claims.nq").read_bytes().count(b"\n")
    yield f"{count} articles, {triples} triples; `kg export` of them, validated, takes {took.wall:.1f} s"
    yield from HEAD
    with ExitStack() as stack:
        server = stack.enter_context(virtuoso(folder / "own", buffers=BUFFERS, readable=str(exports)))
        bulk = stack.enter_context(oxigraph(folder / "bulk"))
        bulk.running.kill()  # type: ignore[union-attr]
        load = [program("oxigraph"), "load", "-l", str(folder / "bulk" / "store"), "-f", str(exports / "claims.nq")]
        yield row("Oxigraph", "`oxigraph load`", cost(load), triples=triples)
        bulk.running.start()  # type: ignore[union-attr]
        yield row("Virtuoso", "its own loader", *watched(own_load(server, exports), server), triples=triples)
        held = [bulk.holds(), server.holds()]
        remote = [stack.enter_context(oxigraph(folder / "o"))]
        remote.append(stack.enter_context(virtuoso(folder / "v", buffers=BUFFERS)))
        os.environ.update(remote[1].login)
        for name, each in zip(("Oxigraph", "Virtuoso"), remote, strict=True):
            yield from loads(name, each, corpus, triples)
            held.append(each.holds())
    assert all(sizes(each) == sizes(held[0]) for each in held), "stores differ"


def loads(name: str, server: Server, corpus: Path, triples: int) -> Iterator[str]:
    """Yield the rows of `kg load URL`, one after the other. The edit is undone again."""
    command = [sys.executable, "-m", "kg", "--quiet", "load", server.url, str(corpus)]
    yield row(name, "`kg load URL`, validated", *watched(command, server), triples=triples)
    cost(command)  # takes note of what the corpus is
    yield row(name, "again, nothing changed", *watched(command, server))
    file = corpus / "articles.jsonl"
    before = file.read_bytes()
    edit(file)
    yield row(name, "again, one article edited", *watched(command, server))
    file.write_bytes(before)
    cost(command)


def edit(file: Path) -> None:
    """Add a note to the first claim of the first article."""
    first, rest = file.read_text(encoding="utf-8").split("\n", 1)
    record = json.loads(first)
    next(iter(record["claims"].values()))["note"] = "An edit."
    file.write_text(f"{json.dumps(record, ensure_ascii=False)}\n{rest}", encoding="utf-8")


def own_load(server: Server, exports: Path) -> list[str]:
    """Return the command that has Virtuoso load the exports of a folder."""
    sql = f"ld_dir('{exports}', '*.nq', 'urn:none'); rdf_loader_run(); checkpoint;"
    return [program("isql-vt"), f"127.0.0.1:{server.sql}", server.user, server.password, f"exec={sql}"]


def sizes(held: dict[str, tuple[int, str]]) -> dict[str, int]:
    """Return how many triples each graph has."""
    return {graph: count for graph, (count, _) in held.items()}


def watched(command: list[str], server: Server) -> tuple[Cost, float]:
    """Return what a command took, and the seconds of processor that a server spent meanwhile."""
    assert server.running
    before = spent(server.running.process)
    took = cost(command)
    return took, (spent(server.running.process) - before) / 1000


def row(store: str, loader: str, took: Cost, server: float = 0, *, triples: int = 0) -> str:
    rate = f"{triples / took.wall:,.0f}" if triples else ""
    return f"| {store} | {loader} | {took.wall:.1f} | {took.cpu:.1f} | {server:.1f} | {rate} |"


if __name__ == "__main__":
    main()
