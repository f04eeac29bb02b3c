"""Measures `kg diff` of two releases: `python -m bench.releases [--articles 2000] [--changed 20]`.

The graph of a generated corpus is indexed as `kg release` does, once as it is and once with some claims reworded.
The other formats, which `kg diff` does not read, are not written. The figures are those of the third of three runs,
with the start of the command.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.corpus import write_corpus
from kg.files.manifests import manifest_json
from kg.history.quad_comparison import graph_extents
from kg.history.releases import ALL_GRAPHS, CLAIMS, GRAPHS, MANIFEST, ReleaseManifest, write_index

BASE = "https://kg.example/"
_WORDS = b"<https://w3id.org/kg-claims#words>"
_DIGEST = b"<https://w3id.org/kg-claims#digest>"


def reworded(graph: bytes) -> bytes:
    """Return the lines of a graph with the first words of a claim changed, and with its new digest."""
    lines = graph.splitlines(keepends=True)
    number = next(n for n, line in enumerate(lines) if _WORDS in line)
    lines[number] = lines[number].replace(_WORDS + b' "', _WORDS + b' "(Reworded.) ')
    digest = hashlib.sha256(b"".join(sorted(lines[:-1]))).hexdigest().encode()
    before, after = lines[-1].split(_DIGEST + b' "')
    return b"".join([*lines[:-1], before, _DIGEST, b' "', digest, after[64:]])


def edited(nq: Path, changed: int) -> Iterator[bytes]:
    """Yield the graphs of N-Quads; one claim in some of them is reworded."""
    with nq.open("rb") as stream:
        extents = list(graph_extents(stream, BASE))
        articles = [each for each in extents if "/graph/article/" in each.graph]
        step = max(1, len(articles) // changed)
        chosen = {each.graph for each in articles[::step][:changed]}
        for each in extents:
            stream.seek(each.start)
            graph = stream.read(each.size)
            yield reworded(graph) if each.graph in chosen else graph


def pieces(nq: Path) -> Iterator[bytes]:
    """Yield a file in pieces."""
    with nq.open("rb") as stream:
        while piece := stream.read(1 << 24):
            yield piece


def lay(folder: Path, version: str, graphs: Iterator[bytes]) -> None:
    """Write what `kg diff` reads of a release."""
    folder.mkdir()
    with (folder / ALL_GRAPHS).open("wb") as file:
        file.writelines(graphs)
    with (
        (folder / ALL_GRAPHS).open("rb") as nq,
        (folder / GRAPHS).open("wb") as index,
        (folder / CLAIMS).open("wb") as claims,
    ):
        write_index(nq, BASE, index, claims)
    (folder / MANIFEST).write_bytes(manifest_json(ReleaseManifest(version, "2026-12-01", BASE)))


def timed(*arguments: str) -> tuple[float, float, bytes]:
    """Return the seconds and the CPU seconds of the third of three runs of `kg`, and what it printed."""
    for _ in range(3):
        before, started = os.times(), time.perf_counter()
        done = subprocess.run([sys.executable, "-m", "kg", *arguments], check=True, capture_output=True)
        took, after = time.perf_counter() - started, os.times()
        cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return took, cpu, done.stdout


def main() -> None:
    """Print what two releases of a generated corpus take to compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=2000)
    parser.add_argument("--changed", type=int, default=20)
    parser.add_argument(
        "--graph", type=Path, help="the N-Quads of a corpus of bench.corpus that was exported before"
    )
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kg-bench-") as name:
        place = Path(name)
        graph = given.graph or place / "graph.nq"
        if not given.graph:
            write_corpus(place / "corpus", given.articles, form="jsonl")
            subprocess.run([sys.executable, "-m", "kg", "export", place / "corpus", "-o", graph], check=True)
        lay(place / "1", "1", pieces(graph))
        lay(place / "2", "2", edited(graph, given.changed))
        size = (place / "1" / ALL_GRAPHS).stat().st_size / 1e6
        index = sum((place / "1" / each).stat().st_size for each in (GRAPHS, CLAIMS)) / 1e6
        print(f"{size:.0f} MB of N-Quads, {index:.1f} MB of index")
        for report in ("text", "rdf-patch"):
            took, cpu, printed = timed("diff", str(place / "1"), str(place / "2"), "--format", report)
            first = printed.partition(b"\n")[0].decode() if report == "text" else f"{len(printed):,} bytes"
            print(f"kg diff --format {report}: {took:.2f} s, {cpu:.2f} CPU s: {first}")


if __name__ == "__main__":
    main()
