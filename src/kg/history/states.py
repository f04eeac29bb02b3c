"""What `kg diff` compares: folders of corpora, revisions in git, releases, publications and RDF files.

Two corpora are compared by what people wrote. Anything else is compared by its graph, a corpus too if the other is
none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from os import PathLike
from pathlib import Path
from typing import NamedTuple

from kg.corpus import read_corpus
from kg.corpus.folder import CONFIG
from kg.errors import CorpusError, UsageError
from kg.files.compression import open_decompressed
from kg.files.manifests import MANIFEST, read_partition
from kg.files.temporary import Spool
from kg.formats import format_for
from kg.formats.rdf_reader import media_type, read_quads
from kg.history.changes import Change, changes
from kg.history.git_revision import corpus_at
from kg.history.graph_content import graph_changes
from kg.history.quad_comparison import QuadComparison, QuadSource, compare_quads, graph_extents, spooled_quads
from kg.history.releases import is_release, read_release, release_quads
from kg.pipeline.documents import Document
from kg.pipeline.export import unwatched
from kg.pipeline.publication import open_publication
from kg.pipeline.run import make_plan, write_publication
from kg.query.load import open_parts

Named = str | PathLike[str]
"""A folder, a file, or a revision in git."""
SEEDS = "seeds"
_ALL_GRAPHS = "kg.nq"


class State(NamedTuple):
    """One side of a comparison: the path of what it is, and whether that is the folder of a corpus."""

    name: str
    path: Path
    is_corpus: bool


@contextmanager
def opened_states(old: Named, new: Named | None = None) -> Iterator[tuple[State, State]]:
    """Open both sides; without `new`, that is the corpus in the current folder or in `seeds/`.

    A name that is no file and no folder is a revision in git: of the corpus that `new` is in, or else of that in
    the current folder, or that `old` is in. Raises `UsageError` if it is neither.
    """
    with ExitStack() as open_until_end:
        later = _at_path(new) if new is not None and Path(new).exists() else None
        here = str(later.path) if later and later.is_corpus else _corpus_here()
        if not here and new is not None and later is None and Path(old).exists():
            earlier = _at_path(old)
            here = str(earlier.path) if earlier.is_corpus else ""
        if later is None:
            later = _state(new, here, open_until_end) if new is not None else _corpus_state(here, here)
        yield _state(old, here, open_until_end, like=here), later


def _corpus_here() -> str:
    for folder in (".", SEEDS):
        if Path(folder, CONFIG).is_file():
            return folder
    return ""


def _state(named: Named, here: str, open_until_end: ExitStack, *, like: str = "") -> State:
    if Path(named).exists():
        return _at_path(named, like)
    if not here:
        raise UsageError(
            f"{named}: this is neither a file nor a folder, and there is no corpus here whose revision it "
            "could be: name the state to compare."
        )
    return State(str(named), Path(open_until_end.enter_context(corpus_at(str(named), here))), is_corpus=True)


def _name(named: Named) -> str:
    """Return what a state is called in reports: `.` and `..` by the name that the folder has."""
    path = Path(named)
    return str(named) if path.name not in ("", "..") else path.resolve().name or str(named)


def _at_path(named: Named, like: str = "") -> State:
    """Return what is at a path; in a checkout, the corpus may be where the other one is, `like`, or in seeds."""
    path = Path(named)
    for folder in dict.fromkeys((path, *([path / like] if like else []), path / SEEDS)):
        if (folder / CONFIG).is_file():
            return State(_name(named), folder, is_corpus=True)
    if path.is_file() or is_release(path) or any((path / name).is_file() for name in (_ALL_GRAPHS, MANIFEST)):
        return State(_name(named), path, is_corpus=False)
    raise UsageError(
        f"{named}: there is no {CONFIG} in it, nor a publication or release. Name the folder of a corpus, of a "
        "publication or of a release, an RDF file, or a revision in git."
    )


def _corpus_state(name: str, folder: str) -> State:
    if not folder:
        raise UsageError(f"there is no {CONFIG} here, nor in {SEEDS}/: give NEW, the state to compare it with.")
    return State(_name(name), Path(folder), is_corpus=True)


def state_changes(old: State, new: State) -> Iterator[Change]:
    """Yield what differs between two states, in the words of annotations.

    Raises `CorpusError` if an article or a file cannot be read, or a corpus that is compared by its graph has a
    violation.
    """
    if old.is_corpus and new.is_corpus:
        yield from changes(read_corpus(old.path), read_corpus(new.path))
        return
    with graphs_compared(old, new) as comparison:
        for source in (comparison.old, comparison.new):
            if not source.base:
                raise UsageError(
                    f"{source.name}: there is no data set of kg's in it, with claims to compare. To compare "
                    "any two RDF files, give --format rdf-patch."
                )
        yield from graph_changes(comparison)


@contextmanager
def graphs_compared(old: State, new: State) -> Iterator[QuadComparison]:
    """Open the comparison of the graphs of two states. Raises as `state_changes` does."""
    with quads_of(old) as before, quads_of(new) as after, compare_quads(before, after) as comparison:
        yield comparison


@contextmanager
def quads_of(state: State) -> Iterator[QuadSource]:
    """Open the graph of a state as N-Quads."""
    if is_release(state.path):
        with release_quads(read_release(state.path)) as source:
            yield source
    elif state.is_corpus:
        with Spool() as spool:
            base = _write_corpus(state.path, spool)
            with spool.reading() as stream:
                extents = list(graph_extents(stream, base))
            yield QuadSource(state.name, base, spool.read, extents)
    else:
        with spooled_quads(state.name, _pieces(state.path)) as source:
            yield source


def _write_corpus(folder: Path, spool: Spool) -> str:
    """Write the graph of a corpus as N-Quads, and return its base."""
    publication = open_publication(folder)
    document = Document(format_for("nq", publication.index), spool, publication.index.iris.base)
    with unwatched(0) as progress:
        written = write_publication(publication, [document], make_plan(publication.corpus, 1), progress)
    if any(finding.severity == "violation" for finding in written.findings):
        raise CorpusError(written.findings)
    return publication.index.iris.base


def _pieces(path: Path) -> Iterable[bytes]:
    """Yield the N-Quads of a publication, an export in parts, or a file."""
    if (path / MANIFEST).is_file():
        partition = read_partition(path)
        for name, stream in open_parts(path, partition):
            yield from read_quads(name, stream, partition.media_type)
        return
    file = str(path / _ALL_GRAPHS) if path.is_dir() else str(path)
    with open_decompressed(file) as stream:
        yield from read_quads(file, stream, media_type(file))
