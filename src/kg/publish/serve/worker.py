"""The process that reads and answers the queries of strangers, one after the other, within limits.

    python -m kg.publish.serve.worker FOLDER MEMORY ANSWER < REQUESTS > VERDICTS

FOLDER holds the files of an Oxigraph store; MEMORY and ANSWER are bytes. A request is a line of JSON, an object
with the fields of `Request`; its verdict is one too, written when the answer stands in the file that the request
names, or follows the line as `size` bytes: its `kind`, `rows` or `graph`, or with what it `failed` and the
`message`. Where the system cannot refuse sockets alone, a worker answers one request and ends.
"""

from __future__ import annotations

import ctypes
import json
import signal
import sys
from collections.abc import Mapping
from itertools import islice
from typing import IO, Any, NamedTuple, cast
from xml.parsers import expat

import pyoxigraph

from kg.errors import UsageError
from kg.files.temporary import Spool
from kg.publish.serve.rows import RowLimit, TooManyRowsError
from kg.query.store.messages import NO_NETWORK, has_control_character, syntax_message
from kg.query.store.sparql import names_its_graphs, refuse_what_is_no_query
from kg.query.store.worker import (
    RESULTS,
    address_space,
    allow_many_files,
    opened,
    refuse_what_is_not_open,
    turtle,
    without_sockets,
)
from kg.rdf.vocab import PREFIXES

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

GRAPHS = {"jsonld": pyoxigraph.RdfFormat.JSON_LD, "rdfxml": pyoxigraph.RdfFormat.RDF_XML}
ASKER = "this address"
IN_MEMORY = 128 * 1024
"""The largest answer that is not written to a file: to make one takes longer than to answer."""


class Request(NamedTuple):
    """A query, and how it is to be answered: in which format of solutions and of triples, `""` for none, into the
    file `path`, with so many rows and bytes at most, in so many seconds of computing.

    `default` and `named` are the graphs that the client has named beside the query, None where it has not.
    """

    query: str
    base: str
    path: str
    solutions: str
    triples: str
    rows: int
    seconds: float
    default: tuple[str, ...] | None = None
    named: tuple[str, ...] | None = None


class RefusedError(Exception):
    """Why a query is not answered: by what it failed, and the message."""


def main() -> None:
    """Answer the requests of stdin until it ends."""
    folder, memory, answer = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _end_with_parent()
    # Before the engine starts a thread: threads inherit what their process may not do.
    opens_files = without_sockets()
    if opens_files:
        allow_many_files()
    else:
        refuse_what_is_not_open(folder)
    store = opened(folder)
    _limit(memory, answer)
    _say({})
    for line in sys.stdin.buffer:
        request = Request(**json.loads(line))
        spool = Spool(request.path, in_memory=IN_MEMORY)
        _limit_time(request.seconds)
        if resource is not None and not opens_files:
            spool.use_file()
            resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
        _say(*verdict_on(store, request, spool))
        if not opens_files:
            break


def verdict_on(store: pyoxigraph.Store, request: Request, spool: Spool) -> tuple[dict[str, str], bytes | None]:
    """Return the verdict on a request, and its answer, None where that is in the file."""
    try:
        refuse_what_is_no_query(request.query, asker=ASKER)
        kind = _answer(store, request, spool)
        body = spool.content()
        if kind == "rows" and request.solutions == "xml" and _has_control_character(body, request.path):
            raise RefusedError("rows-only", "XML cannot hold the control characters of this answer")
        return {"kind": kind}, body
    except RefusedError as refusal:
        return {"failed": refusal.args[0], "message": refusal.args[1]}, b""
    except UsageError as error:
        return {"failed": "refused", "message": str(error)}, b""
    except TooManyRowsError:
        return {"failed": "rows", "message": ""}, b""
    except SyntaxError as error:
        return {"failed": "syntax", "message": syntax_message(str(error), request.query, "query")}, b""
    except (OSError, RuntimeError, ValueError, MemoryError) as error:
        return _failure(error), b""


def _has_control_character(body: bytes | None, path: str) -> bool:
    if body is not None:
        return has_control_character([body])
    with open(path, "rb") as file:
        return has_control_character(file)


def _answer(store: pyoxigraph.Store, request: Request, stream: Spool) -> str:
    """Write an answer, and return its kind."""
    results = store.query(request.query, base_iri=request.base, prefixes=PREFIXES, **_dataset(request))
    if isinstance(results, pyoxigraph.QueryTriples):
        if not request.triples:
            raise RefusedError("graph", "CONSTRUCT and DESCRIBE answer with a graph")
        stream.write(written(_distinct(results, request.rows), request.triples))
        return "graph"
    if not request.solutions:
        raise RefusedError("rows-only", "SELECT and ASK answer with rows")
    limited = RowLimit(stream, request.solutions, request.rows)
    if isinstance(results, pyoxigraph.QueryBoolean):
        results.serialize(cast(IO[bytes], stream), format=RESULTS[request.solutions])
    else:
        results.serialize(cast(IO[bytes], limited), format=RESULTS[request.solutions])
    return "rows"


def _dataset(request: Request) -> dict[str, Any]:
    """Return what the engine is told of the graphs; those of the protocol go before those of the query.

    https://www.w3.org/TR/sparql11-protocol/#dataset
    """
    if request.default is None and request.named is None:
        return {"use_default_graph_as_union": not names_its_graphs(request.query)}
    try:
        return {
            "default_graph": [pyoxigraph.NamedNode(each) for each in request.default or ()],
            "named_graphs": [pyoxigraph.NamedNode(each) for each in request.named or ()],
        }
    except ValueError as error:
        raise RefusedError("refused", f"A graph must be named by an absolute IRI: {error}.") from error


def _distinct(results: pyoxigraph.QueryTriples, most: int) -> list[pyoxigraph.Triple]:
    """Return the triples without repetitions, sorted, since the engine promises no order."""
    found: set[pyoxigraph.Triple] = set()
    while portion := list(islice(results, most + 1)):
        found.update(portion)
        if len(found) > most:
            raise TooManyRowsError
    return sorted(found, key=str)


def written(triples: list[pyoxigraph.Triple], form: str) -> bytes:
    """Return triples in an RDF format."""
    if form == "nt":
        return "".join(f"{triple} .\n" for triple in triples).encode()
    if form == "ttl":
        return turtle(triples, PREFIXES)
    text = pyoxigraph.serialize(triples, format=GRAPHS[form], prefixes=PREFIXES)
    assert text is not None
    if form == "rdfxml":
        # The engine writes what no XML reader takes: control characters, properties that end in a slash.
        try:
            expat.ParserCreate(namespace_separator=" ").Parse(text, True)
        except expat.ExpatError as error:
            raise RefusedError("graph", "XML cannot hold this graph") from error
    return text


def _failure(error: Exception) -> dict[str, str]:
    message = str(error)
    if any(sign in message for sign in NO_NETWORK):
        return {"failed": "refused", "message": f"SERVICE is refused: {ASKER} reaches no network."}
    failed = "bytes" if "File too large" in message else "memory" if isinstance(error, MemoryError) else "engine"
    return {"failed": failed, "message": message}


def _say(verdict: Mapping[str, str], body: bytes | None = b"") -> None:
    size = {} if body is None else {"size": len(body)}
    sys.stdout.buffer.write(json.dumps({**verdict, **size}).encode() + b"\n" + (body or b""))
    sys.stdout.buffer.flush()


def _end_with_parent() -> None:
    """Have the kernel kill this process when its parent dies, in the middle of a query too; only Linux can."""
    if sys.platform.startswith("linux"):
        parent_death_signal = 1
        ctypes.CDLL(None).prctl(parent_death_signal, signal.SIGKILL, 0, 0, 0)


def _limit(memory: int, answer: int) -> None:
    if resource is None:
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (answer, answer))
    if in_use := address_space():
        resource.setrlimit(resource.RLIMIT_AS, (in_use + memory, in_use + memory))


def _limit_time(seconds: float) -> None:
    """Give this process so many more seconds of computing, should its parent not end it."""
    if resource is None:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    allowed = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime + seconds) + 2, allowed))


if __name__ == "__main__":
    main()
