"""Queries answered by a worker process, because a query can neither be stopped nor trusted.

Forty kilobytes of parentheses overflow the parser's stack, an evaluation may take gigabytes, and nothing ends it
but the end of its process.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, NamedTuple

from kg.errors import FileError, UsageError
from kg.formats import format_named, write
from kg.query.store.manifest import read_manifest
from kg.query.store.messages import NO_NETWORK, has_control_character, syntax_message
from kg.query.store.sparql import names_its_graphs, refuse_what_is_no_query
from kg.rdf.terms import Graph
from kg.rdf.vocab import PREFIXES

WORKER = Path(__file__).with_name("worker.py")
# The results format and the RDF format of each format that can be asked for; "" where it has none.
FORMATS: dict[str, tuple[str, str]] = {
    "table": ("json", "ttl"),
    "csv": ("csv", ""),
    "tsv": ("tsv", ""),
    "json": ("json", ""),
    "xml": ("xml", ""),
    "ttl": ("", "ttl"),
}
_MIB = 1024 * 1024
_START = 64 * 1024


class Limits(NamedTuple):
    """What a query may take: seconds of time, bytes of memory beside the graph, bytes of answer."""

    seconds: float = 30
    memory: int = 2048 * _MIB
    answer: int = 1024 * _MIB


LIMITS = Limits()


class Answer(NamedTuple):
    """The answer to a query: the kind of query, and the file of the answer, which the next one overwrites."""

    kind: Literal["solutions", "boolean", "triples"]
    path: Path

    def holds_something(self, form: str) -> bool:
        """Tell whether there is a row or a triple in it; a boolean always is something."""
        with self.path.open("rb") as file:
            start = file.read(_START)
        empty = {"json": b'"bindings":[]' in start, "xml": b"<result>" not in start, "ttl": not start.strip()}
        lines = start.count(b"\n")
        return self.kind == "boolean" or len(start) == _START or not empty.get(form, lines < 2)


class Store(NamedTuple):
    """A corpus laid out for queries: its graphs together are the default graph, `base` resolves relative IRIs.

    Answers are written into `folder`; the graphs are in `loaded`, the folder of an Oxigraph store, else in the
    folder's `graph.nq`.
    """

    folder: Path
    base: str
    loaded: Path | None = None

    def ask(self, query: str, form: str = "json", *, name: str = "", limits: Limits = LIMITS) -> Answer:
        """Answer a query in one of `FORMATS`; `name` is the file it comes from.

        Raises `UsageError` for what is no query or does not fit the format, `FileError` for what takes too long
        or too much.
        """
        refuse_what_is_no_query(query)
        solutions, triples = FORMATS[form]
        request = {
            "query": query,
            "base": self.base,
            "prefixes": PREFIXES,
            "solutions": solutions,
            "triples": triples,
            "union": not names_its_graphs(query),
            **limits._asdict(),
        }
        path = self.folder / "answer"
        verdict = _verdict(request, self.loaded or self.folder / "graph.nq", path, limits.seconds)
        if failed := verdict.get("failed"):
            if self.loaded and not self.loaded.exists():
                raise FileError(
                    f"{self.loaded.parent}: its files are not there; if it was just loaded anew, ask again."
                )
            raise _failure(failed, verdict["message"], query, name)
        if form == "xml":
            with path.open("rb") as file:
                if has_control_character(file):
                    raise UsageError("XML cannot hold the control characters of this answer: ask for json.")
        return Answer(verdict["kind"], path)


@contextmanager
def open_store(graphs: Iterable[Graph], base: str) -> Iterator[Store]:
    """Lay graphs out for queries until the block ends."""
    with tempfile.TemporaryDirectory(prefix="kg-") as name:
        folder = Path(name)
        with (folder / "graph.nq").open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(write(graphs, format_named("nq").writer({}, base)))
        yield Store(folder, base)


@contextmanager
def open_loaded(target: Path) -> Iterator[Store]:
    """Open what `kg load` has made for queries until the block ends. Raises `UsageError` where it has made none."""
    manifest = read_manifest(target)
    with tempfile.TemporaryDirectory(prefix="kg-") as name:
        yield Store(Path(name), manifest.base, target / manifest.folder)


def _verdict(request: Mapping[str, object], graph: Path, answer: Path, seconds: float) -> dict[str, Any]:
    """Return what the worker says. Raises `FileError` where it says nothing."""
    # -P: nothing beside the script can stand in for a module.
    arguments = [sys.executable, "-P", str(WORKER), str(graph), str(answer)]
    with subprocess.Popen(
        arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as worker:
        try:
            verdict, complaint = worker.communicate(json.dumps(request).encode(), timeout=seconds)
        except subprocess.TimeoutExpired as error:
            raise FileError(
                f"The query took more than {seconds:g} seconds and was stopped: narrow it, or give it more with "
                "--timeout."
            ) from error
        finally:
            worker.kill()
    if worker.returncode:
        raise _crash(worker.returncode, complaint.decode(errors="replace"))
    outcome: dict[str, Any] = json.loads(verdict)
    return outcome


def _crash(status: int, complaint: str) -> FileError:
    if "MemoryError" in complaint or "memory allocation" in complaint:
        return FileError("The query needs more memory than it may take: narrow it, or add a LIMIT.")
    if status < 0 or "overflow" in complaint:
        return FileError(
            f"The query broke the engine (signal {-status}): it is nested too deeply, or needs more memory than it "
            "may take. Simplify it."
        )
    last = complaint.strip().splitlines()[-1:] or [f"exit status {status}"]
    return FileError(f"The query engine failed: {last[0]}")


def _failure(failed: str, message: str, query: str, name: str) -> UsageError | FileError:
    if failed == "syntax":
        return UsageError(syntax_message(message, query, name or "the query"))
    if failed == "refused":
        if message == "triples":
            return UsageError("CONSTRUCT and DESCRIBE answer with a graph: ask for it with --format ttl.")
        return UsageError("SELECT and ASK answer with rows: ask for table, csv, tsv, json or xml, not ttl.")
    if failed == "store":
        return FileError(f"The store could not be opened: {message}.")
    if any(sign in message for sign in NO_NETWORK):
        return UsageError("SERVICE is refused: `kg query` asks this corpus only, and reaches no network.")
    if "File too large" in message:
        return FileError("The answer is larger than can be handed on: narrow the query, or add a LIMIT.")
    return FileError(f"The query could not be answered: {message}")
