"""Verifies that files and stores are as kg wrote them: recomputes the digest that each graph contains.

A digest shows accidents, and changes by somebody who did not compute it anew. It is no signature: whoever can
change a graph can also change its digest.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import IO, NamedTuple

import pyoxigraph

from kg.errors import CorpusError, FileError, Finding, Place, UsageError, numbered
from kg.files.compression import open_decompressed
from kg.files.digests import sha256_of
from kg.files.input_files import is_inside
from kg.files.manifests import MANIFEST, SUMS, damaged_sums, read_partition, read_sums
from kg.formats.rdf_reader import media_type
from kg.query.graph_digests import (
    VerifiedGraph,
    VerifiedLines,
    changed_graphs,
    miscounted,
    store_findings,
    verified_graph,
)
from kg.query.load import document_errors, lines_of, load_stream, open_parts
from kg.query.remote_store import TripleStore, unknown_corpus
from kg.query.store import DAMAGED, NAME, hold_generation
from kg.rdf.term_conversion import from_oxigraph

_ALL_GRAPHS = "kg.nq"
"""The file of a publication whose graphs are verified."""
_IN_MEMORY = 4 << 20
"""The largest file, in bytes, whose triples need no store on disk."""
Opened = Callable[[], Iterator[tuple[str, IO[bytes]]]]
"""Opens documents one after another, each to be read whole, and yields their names and streams."""


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


def verify_path(path: Path) -> Verification:
    """Verify a publication, a store that `kg load` made, a file, or the folder of an export in parts.

    A file that cannot be read as RDF is a finding. Raises `UsageError` for anything else.
    """
    if (path / SUMS).is_file():
        return _verify_publication(path)
    if (path / MANIFEST).is_file():
        return _verify_partition(path)
    if path.is_dir():
        if not (path / NAME).is_file():
            raise UsageError(
                f"{path}: there is no {SUMS}, {NAME} or {MANIFEST} in it. Name a publication, a store, an export "
                "in parts, or a file."
            )
        return _verify_loaded(path)
    return _verify_file(path)


def verify_remote(store: TripleStore, target: str, base: str = "") -> Verification:
    """Verify the graphs of every corpus in a store at a URL, or of the one with a base; other graphs are left out.

    Raises `FileError` if the store has no corpus, or gives no answer; `UsageError` if none has the base.
    """
    bases = store.bases()
    if not bases:
        raise FileError(f"{target}: the store has no corpus. Load one: kg load {target}")
    if base and base not in bases:
        raise unknown_corpus(target, base, bases)
    findings: list[Finding] = []
    verified = 0
    for each in [base] if base else bases:
        graphs = list(graphs_of_remote(store, each))
        findings += [*changed_graphs(graphs, target), *miscounted(graphs, store.promised_triples(each), target)]
        verified += len(graphs)
    return Verification(findings, graphs=verified)


def graphs_of_remote(store: TripleStore, base: str) -> Iterator[VerifiedGraph]:
    """Yield the graphs of a corpus in a store at a URL, in the order of their IRIs, one in memory at a time."""
    for graph, _ in store.graph_sizes(f"{base}graph/"):
        with tempfile.TemporaryFile() as file:
            store.write_graph(graph, file)
            file.seek(0)
            yield verified_graph(
                graph, map(from_oxigraph, pyoxigraph.parse(file, format=pyoxigraph.RdfFormat.N_TRIPLES))
            )


def _verify_loaded(target: Path) -> Verification:
    """Verify a store that `kg load` made, and the files beside it.

    Its tables are compared with their sums before Oxigraph reads them: it might break at a damaged one.
    """
    generation = hold_generation(target)
    loaded = generation.folder
    files = _verify_sums(generation.files)
    tables = {name: digest for name, digest in read_sums(loaded).items() if (loaded / name).exists()}
    if faults := [each for name, digest in tables.items() for each in _file_faults(loaded, name, digest)]:
        return files._replace(findings=files.findings + faults)
    try:
        graphs = _verify_store(pyoxigraph.Store.read_only(str(loaded)), str(target))
    except (OSError, RuntimeError) as error:
        if isinstance(error, RuntimeError) and not str(error).startswith(DAMAGED):
            raise
        message = f"a store must be readable, and this one is damaged ({error}): load it again"
        graphs = Verification([Finding("violation", message, "damaged", Place(str(target), 0, 0))])
    return Verification(files.findings + graphs.findings, files.files, graphs.graphs)


def _verify_publication(folder: Path) -> Verification:
    files = _verify_sums(folder)
    if _ALL_GRAPHS not in read_sums(folder) or not is_inside(str(folder / _ALL_GRAPHS), str(folder)):
        return files
    graphs = _verify_file(folder / _ALL_GRAPHS)
    return Verification(files.findings + graphs.findings, files.files, graphs.graphs)


def _verify_sums(folder: Path) -> Verification:
    """Compare the files that a SHA256SUMS lists with their sums; nothing if there is none."""
    sums = read_sums(folder)
    message = (
        f"each line of {SUMS} must be a SHA-256 and the name of a file, and this one is not: make or copy the "
        "folder again"
    )
    findings = [
        Finding("violation", message, "damaged", Place(str(folder / SUMS), number, 0))
        for number in damaged_sums(folder)
    ]
    findings += [finding for name, digest in sums.items() for finding in _file_faults(folder, name, digest)]
    return Verification(findings, len(sums))


def _file_faults(folder: Path, name: str, digest: str) -> Iterator[Finding]:
    path = folder / name
    if not is_inside(str(path), str(folder)):
        message = f"each file of {SUMS} must be there, and this one is missing: make or copy the folder again"
        yield Finding("violation", message, "missing-file", Place(str(path), 0, 0))
    elif sha256_of(path) != digest:
        message = f"a file must have the SHA-256 that {SUMS} gives, and this one was changed: make it again"
        yield Finding("violation", message, "changed-file", Place(str(path), 0, 0))


def _verify_file(path: Path) -> Verification:
    name, media = str(path), media_type(str(path))

    def opened() -> Iterator[tuple[str, IO[bytes]]]:
        with open_decompressed(name) as stream:
            yield name, stream

    return _verify_documents(name, media, opened, is_small=path.stat().st_size <= _IN_MEMORY)


def _verify_partition(folder: Path) -> Verification:
    partition = read_partition(folder)
    size = sum(part.bytes for part in partition.parts)
    opened = partial(open_parts, folder, partition)
    found = _verify_documents(str(folder), partition.media_type, opened, is_small=size <= _IN_MEMORY)
    return found._replace(files=len(partition.parts))


def _verify_documents(name: str, media: str, opened: Opened, *, is_small: bool) -> Verification:
    """Verify documents that have all graphs together, while they are read or else in a store."""
    lines = VerifiedLines()
    try:
        for document, stream in opened():
            with document_errors(document, media):
                for portion in lines_of(stream, media):
                    lines.add(portion)
        if lines.is_intact():
            return Verification([], graphs=lines.graphs)
        with tempfile.TemporaryDirectory(prefix="kg-") as folder:
            store = pyoxigraph.Store(None if is_small else folder)
            for document, stream in opened():
                load_stream(store, stream, document, media)
            return _verify_store(store, name)
    except CorpusError as error:
        return Verification(list(error.findings))


def _verify_store(store: pyoxigraph.Store, name: str) -> Verification:
    findings, graphs = store_findings(store, name)
    return Verification(findings, graphs=graphs)
