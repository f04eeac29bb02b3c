"""Parses and answers queries in a child process, because a query can neither be stopped nor trusted.

Forty kilobytes of parentheses overflow the parser's stack, an evaluation may take gigabytes, nothing ends it but
the end of its process, and SERVICE would reach the network. So Oxigraph answers in a child process with limits, and
without sockets.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from itertools import islice
from typing import IO, Any, cast

import pyoxigraph

from kg.errors import UsageError, error_message
from kg.files.temporary import Spool
from kg.processes import limits
from kg.processes.child import Requests
from kg.query.sparql import (
    EngineOptions,
    QueryOutcome,
    QueryRequest,
    has_control_character,
    has_from,
    outcome_frame,
    refuse_deep_nesting,
    refuse_service_and_updates,
    service_refused,
    syntax_message,
)

RESULTS = {
    "csv": pyoxigraph.QueryResultsFormat.CSV,
    "tsv": pyoxigraph.QueryResultsFormat.TSV,
    "json": pyoxigraph.QueryResultsFormat.JSON,
    "xml": pyoxigraph.QueryResultsFormat.XML,
}
GRAPHS = {"jsonld": pyoxigraph.RdfFormat.JSON_LD, "rdfxml": pyoxigraph.RdfFormat.RDF_XML}
# What the system says about a connection that this process may not make.
_NO_NETWORK = ("Too many open files", "lookup address", "Permission denied")
# How many files of a store the engine opens at once; the others, when it needs them.
OPENED_AT_ONCE = 16
Prefixes = dict[str, str]
_PIECE = 1 << 20


class RefusedError(Exception):
    """Why a query is not answered: how it failed, and the message."""


class TooManyRowsError(Exception):
    """The result has more rows than it may."""


class NoSpaceError(Exception):
    """The answer would take more space than is left for temporary files."""


def answer_queries(requests: Requests) -> None:
    """Answer, in a child process, one query after the other, once the store of the first request is open.

    If the system cannot refuse sockets alone, or the store is in memory, the process answers one query, opening
    nothing more, and ends.
    """
    frames = iter(requests)
    options = EngineOptions(*json.loads(next(frames)))
    # Before the engine starts a thread: threads inherit the restrictions. Only a folder needs further files.
    opens_files = os.path.isdir(options.source) and limits.refuse_sockets()
    try:
        store = _opened(options.source, opens_files=opens_files)
    except (OSError, RuntimeError) as error:  # Oxigraph raises both for files that are missing or damaged
        requests.reply(outcome_frame(QueryOutcome(failed="store", message=error_message(error))))
        return
    limits.limit_memory(options.memory)
    limits.limit_file_size(options.answer)
    requests.reply(outcome_frame(QueryOutcome()))

    def may_grow() -> bool:
        requests.reply(b"")
        return bool(next(frames))

    for frame in frames:
        spool = AnswerSpool(QueryRequest(**json.loads(frame)), may_grow)
        requests.reply(outcome_frame(_spooled(store, spool, options.prefixes, opens_files=opens_files)))
        if not opens_files:
            return


def _spooled(store: pyoxigraph.Store, spool: AnswerSpool, prefixes: Prefixes, *, opens_files: bool) -> QueryOutcome:
    """Answer a query within its limits into a spool, and close that."""
    limits.limit_seconds(spool.request.seconds)
    if not opens_files:
        spool.use_file()
        limits.refuse_files()
    outcome = answered(store, spool.request, spool, prefixes)
    # Before the reply: an open file takes space even when the parent has deleted it. If the end of an answer cannot
    # be written, the outcome says so already.
    with suppress(OSError):
        spool.close()
    return outcome


class AnswerSpool(Spool):
    """The spool of an answer, which asks its parent before it writes to the file."""

    def __init__(self, request: QueryRequest, may_grow: Callable[[], bool]) -> None:
        super().__init__(request.path, in_memory=request.in_memory)
        self.request = request
        self._granted = 0
        self._may_grow = may_grow

    def write(self, data: bytes, /) -> int:
        """Append bytes. Raises `NoSpaceError`."""
        size = self.size + len(data)
        portion = self.request.portion
        if portion and (size > self._limit or self._memory is None):
            while size > self._granted:
                if not self._may_grow():
                    raise NoSpaceError
                self._granted += portion
        return super().write(data)


def _opened(source: str, *, opens_files: bool) -> pyoxigraph.Store:
    """Return the store of a folder, or one in memory with a file of N-Quads. Raises `OSError`.

    A large store opens files as it needs them, so that it cannot be kept from the network by refusing files.
    """
    if not os.path.isdir(source):
        store = pyoxigraph.Store()
        store.bulk_load(path=source, format=pyoxigraph.RdfFormat.N_QUADS)
        return store
    limits.allow_many_files()
    if not opens_files and sum(name.endswith(".sst") for name in os.listdir(source)) > OPENED_AT_ONCE:
        raise OSError("so large a store can be asked on Linux only, which can keep a query from the network")
    return pyoxigraph.Store.read_only(source)


_QUOTED_IN_CSV = re.compile('[",\r\n]')
_ROWS_AT_ONCE = 1000


def answered(store: pyoxigraph.Store, request: QueryRequest, spool: Spool, prefixes: Prefixes) -> QueryOutcome:
    """Write the answer to a query into a spool, and return the outcome."""
    try:
        refuse_deep_nesting(request.query)
        if request.unread:
            refuse_service_and_updates(request.query, request.asker)
        kind = _write_answer(store, request, spool, prefixes)
        body = spool.content()
        if request.solutions == "xml" and kind == "solutions" and _has_control_character(spool):
            raise RefusedError("xml", "XML cannot have the control characters of this answer")
    except RefusedError as refusal:
        return QueryOutcome(failed=refusal.args[0], message=refusal.args[1])
    except UsageError as error:
        return QueryOutcome(failed="refused", message=str(error))
    except TooManyRowsError:
        return QueryOutcome(failed="rows")
    except NoSpaceError:
        return QueryOutcome(failed="space")
    except SyntaxError as error:
        return QueryOutcome(failed="syntax", message=syntax_message(str(error), request.query, request.name))
    except (OSError, RuntimeError, ValueError, MemoryError) as error:
        return _failure(error, request.asker)
    return QueryOutcome(kind=kind, body=body)


def _failure(error: Exception, asker: str) -> QueryOutcome:
    message = str(error)
    if any(sign in message for sign in _NO_NETWORK):
        return QueryOutcome(failed="refused", message=service_refused(asker))
    if isinstance(error, OSError):
        return QueryOutcome(failed="bytes" if "File too large" in message else "storage", message=message)
    return QueryOutcome(failed="memory" if isinstance(error, MemoryError) else "engine", message=message)


def _has_control_character(spool: Spool) -> bool:
    # Pieces overlap, so that no character is cut. The file is not opened again: that may be refused by now.
    pieces = (spool.read(start, _PIECE + 3) for start in range(0, spool.size, _PIECE))
    return has_control_character(pieces)


def _write_answer(store: pyoxigraph.Store, request: QueryRequest, spool: Spool, prefixes: Prefixes) -> str:
    """Write an answer, and return the kind of the query."""
    results = store.query(request.query, base_iri=request.base, prefixes=prefixes, **_dataset(request))
    if isinstance(results, pyoxigraph.QueryTriples):
        if not request.triples:
            raise RefusedError("graph", "CONSTRUCT and DESCRIBE answer with a graph")
        spool.write(graph_document(_distinct(results, request.rows), request.triples, prefixes))
        return "triples"
    if not request.solutions:
        raise RefusedError("rows-only", "SELECT and ASK answer with rows")
    form = RESULTS[request.solutions]
    if isinstance(results, pyoxigraph.QueryBoolean):
        results.serialize(cast(IO[bytes], spool), format=form)
        return "boolean"
    limited = spool if request.rows is None else RowLimit(spool, request.solutions, request.rows)
    write_solutions(results, cast(IO[bytes], limited), request.solutions)
    return "solutions"


def write_solutions(results: pyoxigraph.QuerySolutions, stream: IO[bytes], form: str) -> None:
    """Write rows in one of `RESULTS`. Not with the engine as CSV: it does not quote an IRI that has a comma."""
    if form != "csv":
        results.serialize(stream, format=RESULTS[form])
        return
    stream.write((",".join(variable.value for variable in results.variables) + "\r\n").encode())
    rows = (",".join(map(_csv_cell, solution)) + "\r\n" for solution in results)
    while portion := "".join(islice(rows, _ROWS_AT_ONCE)):
        stream.write(portion.encode())


def _csv_cell(term: object) -> str:
    """Return a term as a cell: https://www.w3.org/TR/sparql11-results-csv-tsv/#csv"""
    if term is None:
        return ""
    text = term.value if isinstance(term, pyoxigraph.NamedNode | pyoxigraph.Literal) else str(term)
    return '"' + text.replace('"', '""') + '"' if _QUOTED_IN_CSV.search(text) else text


def _dataset(request: QueryRequest) -> dict[str, Any]:
    """Return the engine's options for the graphs; those of the protocol go before those of the query.

    https://www.w3.org/TR/sparql11-protocol/#dataset
    """
    if request.default is None and request.named is None:
        return {"use_default_graph_as_union": not has_from(request.query)}
    try:
        return {
            "default_graph": [pyoxigraph.NamedNode(each) for each in request.default or ()],
            "named_graphs": [pyoxigraph.NamedNode(each) for each in request.named or ()],
        }
    except ValueError as error:
        raise RefusedError("refused", f"A graph must be named by an absolute IRI: {error}.") from error


def _distinct(results: pyoxigraph.QueryTriples, most: int | None) -> set[pyoxigraph.Triple]:
    found: set[pyoxigraph.Triple] = set()
    for triple in results:
        found.add(triple)
        if most is not None and len(found) > most:
            raise TooManyRowsError
    return found


def graph_document(triples: Iterable[pyoxigraph.Triple], form: str, prefixes: Prefixes) -> bytes:
    """Return triples in an RDF format, sorted, because the engine promises no order."""
    ordered = sorted(triples, key=str)
    if form == "nt":
        return "".join(f"{triple} .\n" for triple in ordered).encode()
    if form == "ttl":
        return turtle(ordered, prefixes)
    document = pyoxigraph.serialize(ordered, format=GRAPHS[form], prefixes=prefixes)
    assert document is not None
    if form == "rdfxml":
        from xml.parsers import expat

        # The engine writes RDF/XML that no reader accepts: control characters, properties that end in a slash.
        try:
            expat.ParserCreate(namespace_separator=" ").Parse(document, True)
        except expat.ExpatError as error:
            raise RefusedError("graph", "XML cannot represent this graph") from error
    return document


def turtle(triples: Iterable[pyoxigraph.Triple], prefixes: Prefixes) -> bytes:
    """Return triples as Turtle, in their order, with the prefixes that they use, sorted."""
    written = pyoxigraph.serialize(triples, format=pyoxigraph.RdfFormat.TURTLE, prefixes=prefixes)
    assert written is not None
    # The head comes in another order each time. A line of the body cannot begin so: line ends are escaped there.
    lines = written.splitlines(keepends=True)
    body = b"".join(line for line in lines if not line.startswith(b"@prefix "))
    head = (line for line in sorted(lines) if line.startswith(b"@prefix "))
    used = [line for line in head if b"%b:" % line.split()[1][:-1] in body]
    return b"".join([*used, b"\n" if used else b"", body])


class RowLimit:
    """A stream that counts the rows of a SPARQL result while it is written, and raises at the first one too many.

    Oxigraph writes a result in pieces that end anywhere, without blanks between its parts.
    """

    def __init__(self, stream: Spool, form: str, most: int) -> None:
        self._stream = stream
        self._most = most
        self._count = {"json": self._json, "xml": self._xml, "csv": self._csv, "tsv": self._tsv}[form]
        self._held = b""
        self._in_quotes = False
        # Counted but not rows: the head of a table, the outermost object of a JSON result.
        self.rows = 0 if form == "xml" else -1

    def write(self, piece: bytes) -> int:
        """Write a piece. Raises `TooManyRowsError`."""
        self.rows += self._count(piece)
        if self.rows > self._most:
            raise TooManyRowsError
        return self._stream.write(piece)

    def flush(self) -> None:
        """Flush the stream."""
        self._stream.flush()

    def _tsv(self, piece: bytes) -> int:
        # Line ends in literals are escaped.
        return piece.count(b"\n")

    def _csv(self, piece: bytes) -> int:
        return self._outside(piece, lambda part: part.count(b"\n"))

    def _xml(self, piece: bytes) -> int:
        text = self._held + piece
        # One byte too short to be counted again.
        self._held = text[-(len(b"<result>") - 1) :]
        return text.count(b"<result>")

    def _json(self, piece: bytes) -> int:
        text = self._held + piece
        # An escape or `:{` may be cut by the end of the piece.
        whole = text.rstrip(b"\\:")
        self._held = text[len(whole) :]
        bare = whole.replace(b"\\\\", b"").replace(b'\\"', b"")
        # Every object is a row, except the whole result and those that are the value of a key.
        return self._outside(bare, lambda part: part.count(b"{") - part.count(b":{"))

    def _outside(self, text: bytes, count: Callable[[bytes], int]) -> int:
        """Return the sum over the parts outside quotation marks."""
        parts = text.split(b'"')
        found = sum(map(count, parts[self._in_quotes :: 2]))
        self._in_quotes ^= len(parts) % 2 == 0
        return found
