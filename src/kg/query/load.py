"""Make a store from graphs or from an export, with Oxigraph's bulk loader."""

from __future__ import annotations

import hashlib
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import IO, Protocol, cast

import pyoxigraph

from kg.errors import CorpusError, Finding, Place
from kg.files.compression import decompression_errors, open_decompressed
from kg.files.digests import sha256_of
from kg.files.manifests import MANIFEST, SUMS, FileSum, Partition, read_partition, sums_text
from kg.formats import format_named, write
from kg.mappers.dataset import ONTOLOGY_VERSION, base_of_dataset
from kg.query.graph_digests import VerifiedLines, base_of, promised_triples, store_findings, text_values
from kg.query.store import Manifest, StoreGeneration, new_generation, unreadable_store
from kg.rdf.term_conversion import to_oxigraph
from kg.rdf.terms import Graph, Iri, Iris
from kg.rdf.vocab import DCTERMS, KG

# How many bytes to give the bulk loader at once: it sorts them in memory, in six times as much.
PORTION = 40_000_000
BY_LINE = ("application/n-quads", "application/n-triples")
_BATCH = 4096
"""How many quads are written as text at a time."""
NO_BASE = "http://base.invalid/"
Fill = Callable[[pyoxigraph.Store, Path], None]


class FileMaker(Protocol):
    """Makes files beside a store, in the folder `StoreGeneration.files`."""

    def watched(self, graphs: Iterable[Graph], folder: Path, base: str) -> Iterator[Graph]:
        """Yield graphs, and write into the folder what can be written while they pass."""

    def make(self, generation: StoreGeneration) -> None:
        """Make the files of a store that is complete."""


def load_graphs(
    target: Path, graphs: Iterable[Graph], base: str, version: str, *, files: FileMaker | None = None
) -> Manifest:
    """Make a store of graphs, replacing the one in the target, if any; `version` is that of `kg`.

    With `files`, files are made beside it.

    All or nothing: if the iterator raises, the store is as it was. Raises `FileError` if the target is neither a
    store of ours nor free for one.
    """

    def fill(store: pyoxigraph.Store, folder: Path) -> None:
        watched = files.watched(graphs, folder, base) if files else graphs
        pieces = (piece.encode() for piece in write(watched, format_named("nq").writer({}, base)))
        for portion in _portions(pieces):
            # Our own writer has checked and escaped everything.
            store.bulk_load(input=portion, format=pyoxigraph.RdfFormat.N_QUADS, lenient=True)

    return _load(target, fill, version, files=files)


def load_document(target: Path, name: str, media: str, version: str, *, files: FileMaker | None = None) -> Manifest:
    """Make a store of an export, like `load_graphs`; `media` is the media type of the file.

    Raises `CorpusError` with the place of a syntax error, if the export is not complete, or if a graph is not as kg
    wrote it.
    """

    def fill(store: pyoxigraph.Store, _folder: Path) -> None:
        lines = VerifiedLines()
        with open_decompressed(name) as stream:
            load_stream(store, stream, name, media, lines)
        _refuse_truncated(store, name)
        _refuse_changed(store, name, lines)

    return _load(target, fill, version, name, files=files)


def load_partition(target: Path, folder: Path, version: str, *, files: FileMaker | None = None) -> Manifest:
    """Make a store of an export in parts, like `load_document`; the folder has their manifest.

    Raises `CorpusError` for a part that differs from what the manifest says, `FileError` for one that is missing.
    """
    partition = read_partition(folder)

    def fill(store: pyoxigraph.Store, _folder: Path) -> None:
        lines = VerifiedLines()
        for name, stream in open_parts(folder, partition):
            load_stream(store, stream, name, partition.media_type, lines)
        _refuse_truncated(store, str(folder))
        _refuse_changed(store, str(folder), lines)

    return _load(target, fill, version, str(folder), files=files)


def open_parts(folder: Path, partition: Partition) -> Iterator[tuple[str, IO[bytes]]]:
    """Open the parts of an export one after another, each to be read whole, and yield their names and streams.

    Raises `CorpusError` after a part that differs from what the manifest says.
    """
    for part in partition.parts:
        name = str(folder / part.file)
        with open_decompressed(name, str(folder)) as stream:
            summed = HashingReader(stream)
            yield name, cast(IO[bytes], summed)
        if (summed.size, summed.sha256.hexdigest()) != (part.bytes, part.sha256):
            message = f"a part must have the SHA-256 that {MANIFEST} gives, and this one has another: copy it again"
            raise _broken(message, "damaged", Place(name, 0, 0))


class HashingReader:
    """A stream that computes the size and the SHA-256 of what is read."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.size = 0
        self.sha256 = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        return self._seen(self._stream.read(size))

    def readline(self) -> bytes:
        return self._seen(self._stream.readline())

    def _seen(self, piece: bytes) -> bytes:
        self.size += len(piece)
        self.sha256.update(piece)
        return piece


def load_stream(
    store: pyoxigraph.Store, stream: IO[bytes], name: str, media: str, lines: VerifiedLines | None = None
) -> None:
    """Load a document, and show its lines to `lines`. Raises `CorpusError` as `document_errors` does."""
    form = pyoxigraph.RdfFormat.N_TRIPLES if media == "application/n-triples" else pyoxigraph.RdfFormat.N_QUADS
    loaded = 0
    with document_errors(name, media, lambda: loaded):
        for portion in lines_of(stream, media):
            if lines:
                lines.add(portion)
            store.bulk_load(input=portion, format=form)
            loaded += portion.count(b"\n")


def lines_of(stream: IO[bytes], media: str) -> Iterator[bytes]:
    """Yield a document as lines of N-Quads or N-Triples, in portions for the bulk loader. Raises `SyntaxError`."""
    if media in BY_LINE:
        return _portions(_lines(stream))
    quads = pyoxigraph.parse(stream, format=pyoxigraph.RdfFormat.from_media_type(media), base_iri=NO_BASE)
    batches = iter(lambda: list(islice(quads, _BATCH)), [])
    return _portions(pyoxigraph.serialize(batch, format=pyoxigraph.RdfFormat.N_QUADS) or b"" for batch in batches)


@contextmanager
def document_errors(name: str, media: str, lines: Callable[[], int] = int) -> Iterator[None]:
    """Raise `CorpusError` for damaged compression or a syntax error, whose line is counted from `lines()`."""
    try:
        yield
    except SyntaxError as error:
        before = lines() if media in BY_LINE else 0
        place = Place(name, before + (error.lineno or 0), error.offset or 0)
        raise _broken(f"this must be {media}: {error.msg}", "bad-rdf", place) from error
    except decompression_errors() as error:
        message = (
            f"a compressed file must be readable, and this one is damaged ({error}): copy or compress it again"
        )
        raise _broken(message, "damaged", Place(name, 0, 0)) from error


def read_only_store(folder: Path) -> pyoxigraph.Store:
    """Open the store of a generation. Raises `FileError` if its files are missing or damaged."""
    try:
        return pyoxigraph.Store.read_only(str(folder))
    except (OSError, RuntimeError) as error:  # for missing and for damaged files
        raise unreadable_store(folder, str(error)) from error


def _load(target: Path, fill: Fill, version: str, name: str = "", *, files: FileMaker | None = None) -> Manifest:
    with new_generation(target) as (folder, put_in_place):
        try:
            manifest = _filled(folder, fill, name or str(target), version)
        finally:
            # The engine closes a store, and stops writing its files, when nothing refers to it any more: errors do.
            traceback.clear_frames(sys.exc_info()[2])
        _write_sums(folder)
        if files:
            files.make(StoreGeneration(folder, manifest))
        put_in_place(manifest)
    return manifest


def _write_sums(folder: Path) -> None:
    """List the tables of a store with their sums. Oxigraph changes none, but may replace some if it is updated."""
    tables = [FileSum(path.name, path.stat().st_size, sha256_of(path)) for path in folder.glob("*.sst")]
    (folder / SUMS).write_text(sums_text(tables), encoding="utf-8", newline="\n")


def _filled(folder: Path, fill: Fill, name: str, version: str) -> Manifest:
    """Make a store in an empty folder, and return its manifest."""
    store = pyoxigraph.Store(str(folder))
    fill(store, StoreGeneration(folder, Manifest()).files)
    store.optimize()
    manifest = _manifest(store, name, version)
    store.flush()
    return manifest


def _manifest(store: pyoxigraph.Store, name: str, version: str) -> Manifest:
    """Return the manifest of a store. Raises `CorpusError` unless it has exactly one data set."""
    base, graphs = base_of(store, name), sum(1 for _ in store.named_graphs())
    replaced = store.quads_for_pattern(to_oxigraph(Iris(base).dataset), to_oxigraph(DCTERMS.replaces), None, None)
    moved_from = tuple(sorted(filter(None, (base_of_dataset(str(quad.object)) for quad in replaced))))
    return Manifest(
        kg=version,
        base=base,
        digest=_digest(store, base),
        triples=len(store),
        graphs=graphs,
        moved_from=moved_from,
    )


def _refuse_truncated(store: pyoxigraph.Store, name: str) -> None:
    """Raise `CorpusError` unless a store has a complete export: all triples its data set counts, and the digest.

    The data set counts the triples of the other graphs; in a format without named graphs, its own are among them.
    """
    base = base_of(store, name)
    _refuse_other_graph(store, name)
    own = store.quads_for_pattern(None, None, None, to_oxigraph(Iri(f"<{base}graph/dataset>")))
    promised = promised_triples(store, base)
    triples = len(store) - sum(1 for _ in own)
    if triples < promised:
        found = f"this one should have {promised} triples, and has {triples}"
    elif not _digest(store, base):
        found = "the last line of this one, with the digest of its data set, is missing"
    else:
        return
    raise _broken(f"an export must be complete: {found}: copy it again", "cut-off", Place(name, 0, 0))


def _refuse_changed(store: pyoxigraph.Store, name: str, lines: VerifiedLines) -> None:
    """Raise `CorpusError` unless each graph has its digest; graphs in another order than kg's are read again."""
    if not lines.is_intact() and (findings := store_findings(store, name)[0]):
        raise CorpusError(findings)


def _refuse_other_graph(store: pyoxigraph.Store, name: str) -> None:
    """Raise `CorpusError` for an export whose graph is of another version."""
    version = (None, to_oxigraph(DCTERMS.conformsTo), to_oxigraph(ONTOLOGY_VERSION), None)
    if next(store.quads_for_pattern(*version), None) is None:
        message = (
            "this was exported by another version of kg, whose graph has other terms: export the corpus again with "
            "this version, and load that"
        )
        raise _broken(message, "graph-1", Place(name, 0, 0))


def _digest(store: pyoxigraph.Store, base: str) -> str:
    """Return the digest that the graph of the data set gives, `""` for none."""
    graph = f"<{base}graph/dataset>"
    return next((value for subject, value in text_values(store, KG.digest) if subject == graph), "")


def _portions(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield pieces joined to portions for the bulk loader."""
    pending: list[bytes] = []
    size = 0
    for piece in pieces:
        pending.append(piece)
        size += len(piece)
        if size >= PORTION:
            yield b"".join(pending)
            pending, size = [], 0
    if pending:
        yield b"".join(pending)


def _lines(stream: IO[bytes]) -> Iterator[bytes]:
    """Yield a document in pieces of whole lines."""
    while piece := stream.read(1 << 20):
        yield piece + stream.readline()


def _broken(message: str, rule: str, place: Place) -> CorpusError:
    return CorpusError([Finding("violation", message, rule, place)])
