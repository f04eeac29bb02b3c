"""Everything that the tools are given for one number of articles, prepared before anything is timed."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

import pyoxigraph

from bench.corpus import write_corpus
from bench.mappings import morph_kgc_settings, rdfizer_settings, rml
from bench.peers.lines import nodes
from bench.tables import classes, values, write_tables


class Case(NamedTuple):
    """The folder of one number of articles, with what `prepare` lays into it.

    `graph` is what validators are given: `graph`, which conforms, or `spoilt`, which does not.
    """

    folder: Path
    articles: int
    graph: str = "graph"

    def __truediv__(self, name: str) -> Path:
        return self.folder / name


def prepare(case: Case, kg: Path, shapes: Path) -> dict[str, int]:
    """Lay out the corpora, the graph and the inputs of the peers anew; return what the corpus counts.

    `kg` is the command that exports the graph from which the inputs of the peers are made.
    """
    shutil.rmtree(case.folder, ignore_errors=True)
    write_corpus(case / "yaml", case.articles)
    write_corpus(case / "jsonl", case.articles, form="jsonl")
    for name in ("graph.nt", "graph.nq"):
        subprocess.run([kg, "export", case / "jsonl", "-o", case / name], check=True)
    _tables(case)
    _nodes_as_yaml(case)
    _shapes(shapes, case / "shapes.ttl")
    _spoil(case / "graph.nt", case / "spoilt.nt")
    _spoil(case / "graph.nq", case / "spoilt.nq")
    return _counts(case)


def _counts(case: Case) -> dict[str, int]:
    texts = list((case / "yaml").rglob("*.txt"))
    claims = sum(1 for node in nodes(case / "graph.nt") if classes(node) == ("http://schema.org/Claim",))
    return {
        "articles": case.articles,
        "claims": claims,
        "text_bytes": sum(path.stat().st_size for path in texts),
        "jsonl_bytes": (case / "jsonl" / "articles.jsonl").stat().st_size,
    }


def _tables(case: Case) -> None:
    folder = case / "tables"
    tables = write_tables(case / "graph.nt", folder)
    mapping = folder / "rml.ttl"
    mapping.write_text(rml(tables, folder))
    for processes in (1, 2):
        settings = morph_kgc_settings(mapping, case / f"morph-kgc-{processes}.nt", processes=processes)
        (folder / f"morph-kgc-{processes}.ini").write_text(settings)
    mappings = []
    for n, table in enumerate(tables):
        mappings.append(folder / f"rml-{n}.ttl")
        mappings[-1].write_text(rml([table], folder))
    (folder / "sdm-rdfizer.ini").write_text(rdfizer_settings(mappings, case / "sdm-rdfizer.nt"))


def _nodes_as_yaml(case: Case) -> None:
    """Write the nodes for the naive script, a file for each thousand: JSON is YAML, and its quickest kind."""
    folder = case / "nodes"
    folder.mkdir(exist_ok=True)
    some: list[dict[str, object]] = []
    number = 0
    for node in nodes(case / "graph.nt"):
        by_predicate: dict[str, dict[str, list[str]]] = {}
        for each, terms in values(node).items():
            by_predicate.setdefault(each.predicate, {})[each.kind] = terms
        some.append({"id": node.subject[1:-1], "types": classes(node), "values": by_predicate})
        if len(some) == 1000:
            _write_yaml(folder / f"{number:06}.yaml", some)
            some, number = [], number + 1
    _write_yaml(folder / f"{number:06}.yaml", some)


def _write_yaml(path: Path, some: list[dict[str, object]]) -> None:
    text = json.dumps(some, ensure_ascii=False)
    # Line ends in YAML 1.1, and what its reader refuses unescaped.
    escaped = {code: f"\\u{code:04x}" for code in (*range(0x7F, 0xA0), 0x2028, 0x2029, 0xFEFF)}
    path.write_text(text.translate(escaped), encoding="utf-8")


def _shapes(folder: Path, path: Path) -> None:
    """Write all shapes into one file; N-Triples is Turtle, too."""
    turtle, lines = pyoxigraph.RdfFormat.TURTLE, pyoxigraph.RdfFormat.N_TRIPLES
    triples = [
        each.triple for file in sorted(folder.glob("*.ttl")) for each in pyoxigraph.parse(path=file, format=turtle)
    ]
    pyoxigraph.serialize(triples, output=path, format=lines)


def _spoil(graph: Path, path: Path) -> None:
    """Write a graph without every 97th line, which breaks shapes of all kinds."""
    with graph.open("rb") as lines, path.open("wb") as stream:
        stream.writelines(line for n, line in enumerate(lines) if n % 97)
