"""Verifies that files and stores are as kg wrote them: recomputes the digest that each graph contains.

A digest shows accidents, and changes by somebody who did not compute it anew. It is no signature: whoever can
change a graph can also change its digest.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import pyoxigraph

from kg.errors import CorpusError, FileError, Finding, Place, UsageError, numbered
from kg.files.compression import open_decompressed
from kg.files.digests import sha256_of
from kg.files.input_files import is_inside
from kg.files.manifests import SUMS, read_sums
from kg.formats import FORMATS
from kg.formats.rdf_reader import media_type
from kg.mappers.graphs import digest_of_graph
from kg.query.load import base_of, load_stream, promised_triples
from kg.query.remote_store import TripleStore
from kg.query.store import NAME, read_manifest
from kg.rdf.term_conversion import from_oxigraph, to_oxigraph
from kg.rdf.terms import Graph, Iri, Node, Term, iri_text, literal_value
from kg.rdf.vocab import KG

WITH_GRAPHS = ("nq", "trig")
"""Formats that say which graph a triple belongs to."""
_ALL_GRAPHS = "kg.nq"
"""The file of a publication whose graphs are verified."""
_IN_MEMORY = 4 << 20
"""The largest file, in bytes, whose triples need no store on disk."""


class Verification(NamedTuple):
    """The findings, and how many files and graphs were compared."""

    findings: list[Finding]
    files: int = 0
    graphs: int = 0

    @property
    def subject(self) -> str:
        """What was verified: `27 files, 3 graphs verified`."""
        counts = ((self.files, "file"), (self.graphs, "graph"))
        verified = ", ".join(numbered(count, noun) for count, noun in counts if count)
        return f"{verified} verified" if verified else "nothing else could be verified"


class VerifiedGraph(NamedTuple):
    """A graph, its number of triples, the digests that it contains, and the digest of its other triples."""

    iri: Iri
    triples: int
    stated: tuple[str, ...]
    actual: str

    @property
    def is_intact(self) -> bool:
        """Whether the graph has its own digest, once."""
        return self.stated == (self.actual,)


def verify_path(path: Path) -> Verification:
    """Verify a publication, a store that `kg load` made, or a file in a format with graphs.

    A file that cannot be read as RDF is a finding. Raises `UsageError` for anything else.
    """
    if (path / SUMS).is_file():
        return _verify_publication(path)
    if path.is_dir():
        if not (path / NAME).is_file():
            raise UsageError(
                f"{path}: there is neither {SUMS} nor {NAME} in it. Name a publication, a store or a file."
            )
        return _verify_store(pyoxigraph.Store.read_only(str(path / read_manifest(path).folder)), str(path))
    return _verify_file(path)


def verify_remote(store: TripleStore, target: str, base: str = "") -> Verification:
    """Verify the graphs of every corpus in a store at a URL, or of the one with a base; other graphs are left out.

    Raises `FileError` if the store has no corpus, or gives no answer.
    """
    bases = [base] if base else store.bases()
    if not bases:
        raise FileError(f"{target}: the store has no corpus. Load one: kg load {target}")
    findings: list[Finding] = []
    verified = 0
    for base in bases:
        graphs = list(graphs_of_remote(store, base))
        findings += [*_changed(graphs, target), *_miscounted(graphs, store.promised_triples(base), target)]
        verified += len(graphs)
    return Verification(findings, graphs=verified)


def graphs_of_remote(store: TripleStore, base: str) -> Iterator[VerifiedGraph]:
    """Yield the graphs of a corpus in a store at a URL, in the order of their IRIs, one in memory at a time."""
    for graph, _ in store.graph_sizes(f"{base}graph/"):
        with tempfile.TemporaryFile() as file:
            store.write_graph(graph, file)
            file.seek(0)
            yield _verified(
                graph, map(from_oxigraph, pyoxigraph.parse(file, format=pyoxigraph.RdfFormat.N_TRIPLES))
            )


def _verify_publication(folder: Path) -> Verification:
    sums = read_sums(folder)
    findings = [finding for name, digest in sums.items() for finding in _file_faults(folder, name, digest)]
    if _ALL_GRAPHS not in sums or not is_inside(str(folder / _ALL_GRAPHS), str(folder)):
        return Verification(findings, len(sums))
    graphs = _verify_file(folder / _ALL_GRAPHS)
    return Verification(findings + graphs.findings, len(sums), graphs.graphs)


def _file_faults(folder: Path, name: str, digest: str) -> Iterator[Finding]:
    path = folder / name
    if not is_inside(str(path), str(folder)):
        message = f"each file of {SUMS} must be there, and this one is missing: build or copy the publication again"
        yield Finding("violation", message, "missing-file", Place(str(path), 0, 0))
    elif sha256_of(path) != digest:
        message = f"a file must have the SHA-256 that {SUMS} gives, and this one was changed: build it again"
        yield Finding("violation", message, "changed-file", Place(str(path), 0, 0))


def _verify_file(path: Path) -> Verification:
    media = media_type(str(path))
    if media not in [FORMATS[name].media_type for name in WITH_GRAPHS]:
        raise UsageError(
            f"{path}: this format does not say which graph a triple is in, so no digest can be compared. "
            f"Name a file in {' or '.join(WITH_GRAPHS)}."
        )
    with tempfile.TemporaryDirectory(prefix="kg-") as folder:
        store = pyoxigraph.Store(folder if path.stat().st_size > _IN_MEMORY else None)
        try:
            with open_decompressed(str(path)) as stream:
                load_stream(store, stream, str(path), media)
            return _verify_store(store, str(path))
        except CorpusError as error:
            return Verification(list(error.findings))


def _verify_store(store: pyoxigraph.Store, name: str) -> Verification:
    base = base_of(store, name)
    named = sorted(str(graph) for graph in store.named_graphs())
    graphs = [_verified(Iri(graph), _triples(store, to_oxigraph(Iri(graph)))) for graph in named]
    outside = sum(1 for _ in store.quads_for_pattern(None, None, None, pyoxigraph.DefaultGraph()))
    findings = [*_changed(graphs, name), *_miscounted(graphs, promised_triples(store, base), name, outside)]
    return Verification(findings, graphs=len(graphs))


def _triples(store: pyoxigraph.Store, graph: pyoxigraph.NamedNode) -> Iterator[tuple[Iri, Iri, Term]]:
    return map(from_oxigraph, store.quads_for_pattern(None, None, None, graph))


def _verified(graph: Iri, triples: Iterable[tuple[Iri, Iri, Term]]) -> VerifiedGraph:
    nodes: dict[Iri, dict[Iri, list[Term]]] = {}
    stated: list[str] = []
    count = 0
    for subject, predicate, value in triples:
        count += 1
        if subject == graph and predicate == KG.digest and value[0] == '"':
            stated.append(literal_value(value).lexical)
        else:
            nodes.setdefault(subject, {}).setdefault(predicate, []).append(value)
    actual = digest_of_graph(Graph(graph, [Node(*each) for each in nodes.items()]))
    return VerifiedGraph(graph, count, tuple(sorted(stated)), actual)


def _changed(graphs: Iterable[VerifiedGraph], name: str) -> Iterator[Finding]:
    for graph in graphs:
        if graph.is_intact:
            continue
        iri = iri_text(graph.iri)
        if not graph.stated:
            message = (
                f"a graph must contain its digest, and {iri} has none: kg has not written it, or not to its end"
            )
        elif len(graph.stated) > 1:
            message = f"a graph must contain one digest, and {iri} has {len(graph.stated)}: load it again"
        else:
            message = f"a graph must be as kg wrote it, and {iri} was changed: export or load it again"
        yield Finding("violation", message, "changed-graph", Place(name, 0, 0), focus=graph.iri)


def _miscounted(graphs: Iterable[VerifiedGraph], promised: int, name: str, outside: int = 0) -> Iterator[Finding]:
    """Yield a finding if there are more or fewer triples than the data set counts in its other graphs."""
    found = sum(graph.triples for graph in graphs if not graph.iri.endswith("graph/dataset>")) + outside
    if found != promised:
        message = (
            f"the graphs must have the {promised} triples that the data set counts, and have {found}: "
            f"{'some were added' if found > promised else 'some are missing'}"
        )
        yield Finding("violation", message, "wrong-count", Place(name, 0, 0))
