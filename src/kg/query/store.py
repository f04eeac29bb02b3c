"""A corpus laid out for queries: for one command as N-Quads, or for good in a folder that `kg load` has made."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Literal, NamedTuple, cast

from kg.errors import FileError, UsageError
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
from kg.query.store_folder import read_manifest
from kg.rdf.terms import Graph

ENGINE = "kg.query.engine:answer_queries"
"""What the child process runs. Not imported here: it loads Oxigraph, which this process does not need."""
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
    """What a query may take: seconds, bytes of memory in addition to the graph, bytes of its answer."""

    seconds: float = 30
    memory: int = 2048 * _MIB
    answer: int = 1024 * _MIB


LIMITS = QueryLimits()


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
        with (folder / "graph.nq").open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(write(graphs, format_named("nq").writer({}, base)))
        yield Store(folder, base)


@contextmanager
def open_loaded(target: Path) -> Iterator[Store]:
    """Open a store that `kg load` has made for queries until the block ends. Raises `UsageError` if it is none."""
    manifest = read_manifest(target)
    with tempfile.TemporaryDirectory(prefix="kg-") as name:
        yield Store(Path(name), manifest.base, target / manifest.folder)


def _outcome(source: Path, request: QueryRequest, limits: QueryLimits) -> QueryOutcome:
    """Have a child process answer a query. Raises `FileError` if it does not."""
    options = EngineOptions(str(source), limits.memory, limits.answer)
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
