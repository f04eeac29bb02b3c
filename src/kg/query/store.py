"""A corpus for queries: as N-Quads for one command, or as a store in a folder that `kg load` made."""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep
from typing import Literal, NamedTuple, cast

from msgspec import Struct
from msgspec.structs import replace

from kg.errors import FileError, UsageError, file_error, reason_of
from kg.files.atomic_writes import delete_temporary_files, is_temporary, replacement, sync, sync_folder
from kg.files.input_files import read_input
from kg.files.locks import FolderHold, delete_unless_held, locked
from kg.files.manifests import decode_manifest, manifest_json
from kg.files.temporary import temporary_writes
from kg.formats import format_named, write
from kg.processes.child import Child, ChildEndedError
from kg.query.sparql import (
    KG_QUERY,
    EngineOptions,
    QueryOutcome,
    QueryRequest,
    read_outcome,
    refuse_service_and_updates,
)
from kg.rdf.terms import Graph
from kg.rdf.vocab import PREFIXES

ENGINE = "kg.query.engine:answer_queries"
"""The function of the child process. Not imported here: it loads Oxigraph, which this process does not need."""
# The results format and the RDF format of each output format; "" for none.
FORMATS: dict[str, tuple[str, str]] = {
    "table": ("json", "ttl"),
    "csv": ("csv", ""),
    "tsv": ("tsv", ""),
    "json": ("json", ""),
    "xml": ("xml", ""),
    "ttl": ("", "ttl"),
}
NOT_ROWS = "CONSTRUCT and DESCRIBE answer with a graph: ask for it with --format ttl."
NOT_A_GRAPH = "SELECT and ASK answer with rows: ask for table, csv, tsv, json or xml, not ttl."
_MIB = 1024 * 1024
_START = 64 * 1024


class QueryLimits(NamedTuple):
    """Limits for a query: seconds, bytes of memory in addition to the graph, bytes of its answer."""

    seconds: float = 30
    memory: int = 2048 * _MIB
    answer: int = 1024 * _MIB


LIMITS = QueryLimits()
REQUEST_SECONDS = 120.0
"""How long a store at a URL may take for one request of `kg load` or `kg verify`."""


AnswerKind = Literal["solutions", "boolean", "triples"]


class Answer(NamedTuple):
    """The answer to a query: its kind, and the file that has it, which the next answer overwrites."""

    kind: AnswerKind
    path: Path

    def has_results(self, form: str) -> bool:
        """Whether it has a row, a triple or a boolean."""
        with self.path.open("rb") as file:
            start = file.read(_START)
        empty = {"json": b'"bindings":[]' in start, "xml": b"<result>" not in start, "ttl": not start.strip()}
        lines = start.count(b"\n")
        return self.kind == "boolean" or len(start) == _START or not empty.get(form, lines < 2)


class Store(NamedTuple):
    """A corpus for queries: the union of its graphs is the default graph, `base` resolves relative IRIs.

    Answers are written into `folder`; the graphs are in `loaded`, the folder of an Oxigraph store, or else in the
    folder's `graph.nq`.
    """

    folder: Path
    base: str
    loaded: Path | None = None

    def ask(self, query: str, form: str = "json", *, name: str = "", limits: QueryLimits = LIMITS) -> Answer:
        """Answer a query in one of `FORMATS`; `name` is the file it comes from.

        Raises `UsageError` if it is no query or does not fit the format, `FileError` if it takes too long or too
        much.
        """
        refuse_service_and_updates(query, KG_QUERY)
        solutions, triples = FORMATS[form]
        path = self.folder / "answer"
        request = QueryRequest(
            query, self.base, str(path), solutions, triples, limits.seconds, name=name or "the query"
        )
        outcome = _outcome(self.loaded or self.folder / "graph.nq", request, limits)
        if outcome.failed:
            if self.loaded and not self.loaded.exists():
                raise FileError(
                    f"{self.loaded.parent}: its files are missing; if it was just loaded again, repeat the query."
                )
            if self.loaded and (outcome.failed == "store" or DAMAGED in outcome.message):
                raise unreadable_store(self.loaded, outcome.message)
            raise _failure(outcome)
        if outcome.kind == "boolean" or (outcome.kind == "solutions" and solutions in ("json", "xml")):
            with path.open("ab") as file:
                file.write(b"\n")
        return Answer(cast(AnswerKind, outcome.kind), path)


@contextmanager
def open_store(graphs: Iterable[Graph], base: str) -> Iterator[Store]:
    """Open graphs for queries until the block ends."""
    with tempfile.TemporaryDirectory(prefix="kg-") as name:
        folder = Path(name)
        path = folder / "graph.nq"
        with temporary_writes(), path.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(write(graphs, format_named("nq").writer({}, base)))
        yield Store(folder, base)


@contextmanager
def open_loaded(target: Path) -> Iterator[Store]:
    """Open a store that `kg load` has made for queries until the block ends. Raises `UsageError` if it is none."""
    generation = hold_generation(target)
    with tempfile.TemporaryDirectory(prefix="kg-") as name:
        yield Store(Path(name), generation.base, generation.folder)


def _outcome(source: Path, request: QueryRequest, limits: QueryLimits) -> QueryOutcome:
    """Have a child process answer a query. Raises `FileError` if it does not."""
    options = EngineOptions(str(source), limits.memory, limits.answer, PREFIXES)
    end = monotonic() + limits.seconds
    with Child(ENGINE) as engine:
        try:
            engine.send(json.dumps(options).encode())
            opened = read_outcome(engine.receive(limits.seconds))
            if opened.failed:
                return opened
            engine.send(json.dumps(request._asdict()).encode())
            return read_outcome(engine.receive(end - monotonic()))
        except TimeoutError as error:
            raise FileError(
                f"The query took more than {limits.seconds:g} seconds and was stopped: narrow it, or give it more "
                "with --timeout."
            ) from error
        except ChildEndedError as error:
            raise _crash(error) from error


def _crash(engine: ChildEndedError) -> FileError:
    if engine.lacked_memory:
        return FileError("The query needs more memory than it may take: narrow it, or add a LIMIT.")
    if engine.status < 0 or "overflow" in engine.complaint:
        return FileError(
            f"The query broke the engine (signal {-engine.status}): it is nested too deeply, or needs more memory "
            "than it may take. Simplify it."
        )
    return FileError(f"The query engine failed: {engine.last_words or f'exit status {engine.status}'}")


def _failure(outcome: QueryOutcome) -> UsageError | FileError:
    match outcome.failed:
        case "syntax" | "refused":
            return UsageError(outcome.message)
        case "graph":
            return UsageError(NOT_ROWS)
        case "rows-only":
            return UsageError(NOT_A_GRAPH)
        case "xml":
            return UsageError(f"{outcome.message}: ask for json.")
        case "store":
            return FileError(f"The store could not be opened: {outcome.message}.")
        case "bytes":
            return FileError("The answer is larger than can be handed on: narrow the query, or add a LIMIT.")
        case "memory":
            return FileError("The query needs more memory than it may take: narrow it, or add a LIMIT.")
    return FileError(f"The query could not be answered: {outcome.message}")


DAMAGED = "Corruption: "
"""How Oxigraph's errors about damaged files begin."""
NAME = "kg-store.json"
FORM = 1
"""The version of this layout; a `kg` with another version does not read the store, but may replace it."""
GRAPH = 2
"""The version of the graph in a store: the terms of another version have other meanings."""


OTHER_GRAPH = "this store was loaded by another version of kg, whose graph has other terms"
OTHER_FORM = "this store was loaded by another version of kg, which arranges its files in another way"


class Manifest(Struct, frozen=True, rename="kebab"):
    """The content of a store. `folder`, beside the manifest, has Oxigraph's files; `""` until a load is done.

    `files`, beside it, has pages and downloads for `kg serve`; `""` if they were not made. `digest` is the
    `kg:digest` of the data set's graph, which covers all others; `kg` is the version that loaded.
    `moved_from` are earlier bases, whose IRIs `kg serve` redirects.
    """

    form: int = FORM
    graph: int = 1
    kg: str = ""
    base: str = ""
    digest: str = ""
    triples: int = 0
    graphs: int = 0
    folder: str = ""
    files: str = ""
    moved_from: tuple[str, ...] = ()


class _MadeBy(Struct, frozen=True):
    """What the manifest of every version says."""

    form: int
    kg: str = ""


class StoreGeneration(NamedTuple):
    """One generation of a store: the folder of Oxigraph's files, and the manifest of `kg load`.

    As long as somebody refers to `hold`, no load deletes its files; a store that is being loaded has none.
    """

    folder: Path
    manifest: Manifest
    hold: FolderHold | None = None

    @property
    def base(self) -> str:
        """The start of the store's own IRIs."""
        return self.manifest.base

    @property
    def files(self) -> Path:
        """The folder of the pages and downloads about the whole data set; missing if they were not made."""
        return self.folder.with_name(f"files-{self.folder.name.rpartition('-')[2]}")


def read_manifest(target: Path) -> Manifest:
    """Return the manifest of a store that can be queried. Raises `UsageError` if there is none."""
    if not (target / NAME).is_file():
        if target.is_file():
            store = target.with_name(f"{target.name.partition('.')[0]}.store")
            raise UsageError(f"{target}: this is a file, and no store. Load it into one: kg load {store} {target}")
        what = "there is no such folder" if not target.exists() else "this is not a store that `kg load` has made"
        raise UsageError(f"{target}: {what}. Make one: kg load {target}")
    manifest = own_manifest(target)
    if manifest is not None and manifest.form != FORM:
        raise UsageError(f"{target}: {OTHER_FORM}: load it again with this version: kg load {target}")
    if manifest is None or not manifest.folder:
        raise UsageError(f"{target}: loading this store was never completed. Run `kg load {target}` again.")
    if manifest.graph != GRAPH:
        raise UsageError(f"{target}: {OTHER_GRAPH}: load it again with this version: kg load {target}")
    return manifest


def hold_generation(target: Path) -> StoreGeneration:
    """Return the generation of a store that can be queried, with a hold on its files, which loads then leave.

    Raises `UsageError` if there is none, `FileError` if its files are missing.
    """
    while True:
        manifest = read_manifest(target)
        folder = target / manifest.folder
        try:
            return StoreGeneration(folder, manifest, FolderHold(folder))
        except OSError as error:
            if read_manifest(target).folder == manifest.folder:
                raise FileError(
                    f"{folder}: these files cannot be read ({reason_of(error, folder)}): load the store again."
                ) from error


def unreadable_store(folder: Path, why: str) -> FileError:
    """Return the error for a store whose files, in the folder of a generation, are missing or damaged."""
    return FileError(
        f"{folder.parent}: this store cannot be read ({why}). If its files are damaged, load it again."
    )


def own_manifest(target: Path) -> Manifest | None:
    """Return the manifest of a folder, or None; only `form` and `kg` of one in another form.

    Raises `FileError` if `kg load` did not write it.
    """
    try:
        raw = read_input(str(target / NAME), str(target))
    except (FileNotFoundError, NotADirectoryError):
        return None
    complaint = (
        f"{target / NAME}: this is not as `kg load` writes it: delete the folder {target}, and load the store again"
    )
    made_by = decode_manifest(raw, _MadeBy, complaint)
    if made_by.form != FORM:
        return Manifest(form=made_by.form, kg=made_by.kg)
    manifest = decode_manifest(raw, Manifest, complaint)
    if not all(each == "" or _GENERATION.fullmatch(each) for each in (manifest.folder, manifest.files)):
        raise FileError(complaint)
    return manifest


def write_manifest(target: Path, manifest: Manifest) -> None:
    """Replace the manifest atomically."""
    with replacement(target / NAME) as stream:
        stream.write(manifest_json(manifest))
        sync(stream)
    sync_folder(target)  # on disk before the store that it replaces is deleted


_RELEASE_SECONDS = 5.0
_GENERATION = re.compile(r"(?:oxigraph|files)-([1-9][0-9]*)")


@contextmanager
def new_generation(target: Path) -> Iterator[tuple[Path, Callable[[Manifest], None]]]:
    """Open an empty folder for Oxigraph's files, and a function that makes it the store's by writing its manifest.

    `StoreGeneration.files` may be made beside it. If the load is killed or fails before that, the store is as it
    was. Raises `FileError` if the target is neither a store of ours nor free for one, or another load is running.
    """
    is_new = _claimed(target)
    busy = f"{target}: another `kg load` is writing this store: wait until it has ended."
    try:
        with locked(target / "lock", busy):
            _tidy(target)
            number = max(
                (int(match[1]) for match in map(_GENERATION.fullmatch, _names(target)) if match), default=0
            )
            folder = target / f"oxigraph-{number + 1}"
            folder.mkdir()
            try:
                yield folder, lambda manifest: write_manifest(target, _named(manifest, folder))
            finally:
                _tidy(target, newest=number)
    except OSError as error:
        raise file_error(target, error, "the store could not be loaded") from error
    finally:
        if is_new and own_manifest(target) == Manifest():
            _abandon(target)


def _named(manifest: Manifest, folder: Path) -> Manifest:
    """Return the manifest with the names of the generation's folders."""
    files = StoreGeneration(folder, manifest).files
    return replace(manifest, folder=folder.name, files=files.name if files.is_dir() else "", graph=GRAPH)


def _claimed(target: Path) -> bool:
    """Make a folder a store, and return whether it is new. Raises `FileError` if it has something else in it."""
    own = own_manifest(target)
    if own is not None:
        _refuse_strangers(target, own)
        return False
    # A load that was killed while it wrote its first manifest leaves a temporary file.
    if target.is_symlink() or (
        target.exists() and not (target.is_dir() and all(map(is_temporary, _names(target))))
    ):
        raise FileError(
            f"{target}: this must be a store that `kg load` has made, or a new or empty folder, but something else "
            "is in it. Nothing was changed: name another folder."
        )
    try:
        target.mkdir(parents=True, exist_ok=True)
        write_manifest(target, Manifest())
    except OSError as error:
        raise file_error(target, error, "the folder could not be made") from error
    return True


def _refuse_strangers(target: Path, manifest: Manifest) -> None:
    """Raise `FileError` if another version of kg has files in a store that this one does not know."""
    if manifest.form == FORM:
        return
    names = [each for each in _names(target) if each not in (NAME, "lock") and not is_temporary(each)]
    if names := [each for each in names if not _GENERATION.fullmatch(each)]:
        raise FileError(
            f"{target}: {OTHER_FORM}, and {names[0]} is not known here. Nothing was changed: load a new folder."
        )


def _tidy(target: Path, *, newest: int | None = None) -> None:
    """Delete the remains of killed loads, and files that a newer load has replaced and nobody reads.

    A server lets go of them within seconds. What it still sends to slow clients is left to the next load. In a
    store of another version, only what this load has made is deleted: generations after the `newest` one there.
    """
    delete_temporary_files(target)
    manifest = own_manifest(target)
    if manifest is None:
        return
    kept = 0 if manifest.form == FORM else newest
    end = monotonic() + _RELEASE_SECONDS
    # Pages and downloads after their store: whoever reads them holds the store, too.
    for name in reversed(_names(target)):
        match = _GENERATION.fullmatch(name)
        if match is None or name in (manifest.folder, manifest.files) or kept is None or int(match[1]) <= kept:
            continue
        path, store = target / name, target / f"oxigraph-{match[1]}"
        if path.is_symlink() or not path.is_dir() or (path != store and store.exists()):
            continue
        while not delete_unless_held(path) and monotonic() < end:
            sleep(_RELEASE_SECONDS / 100)


def _abandon(target: Path) -> None:
    """Restore a new folder as it was: empty, or missing."""
    with suppress(OSError):
        (target / NAME).unlink()
        target.rmdir()


def _names(target: Path) -> list[str]:
    return sorted(os.listdir(target))
