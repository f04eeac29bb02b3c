"""The SPARQL endpoint: requests by the SPARQL 1.1 Protocol, their answers, and its description.

https://www.w3.org/TR/sparql11-protocol/#query-operation, https://www.w3.org/TR/sparql11-service-description/
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Coroutine, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVar
from urllib.parse import parse_qsl

import pyoxigraph
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive

from kg.publish.serve.content_request import chosen
from kg.publish.serve.limits import Limits
from kg.publish.serve.query_scheduler import QueryScheduler
from kg.publish.serve.repeated_requests import client_of, mark_cached
from kg.publish.serve.responses import Refusal, SpooledResponse, busy
from kg.query.engine import graph_document
from kg.query.sparql import QueryOutcome, QueryRequest
from kg.query.store import Manifest
from kg.rdf.vocab import PREFIXES

FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"
UPDATE = "application/sparql-update"
SOLUTIONS = {
    "json": ("application/sparql-results+json", "application/json"),
    "xml": ("application/sparql-results+xml", "application/xml", "text/xml"),
    "csv": ("text/csv",),
    "tsv": ("text/tab-separated-values",),
}
TRIPLES = {
    "ttl": ("text/turtle", "application/x-turtle"),
    "nt": ("application/n-triples",),
    "jsonld": ("application/ld+json", "application/json"),
    "rdfxml": ("application/rdf+xml", "application/xml", "text/xml"),
}
CONTENT_TYPES = {
    **{name: types[0] for name, types in (SOLUTIONS | TRIPLES).items()},
    "csv": "text/csv; charset=utf-8; header=present",
    "tsv": "text/tab-separated-values; charset=utf-8; header=present",
    "ttl": "text/turtle; charset=utf-8",
}
_GIVE = (
    "Give one query: GET with ?query=…, or POST as application/x-www-form-urlencoded with query=…, or as "
    "application/sparql-query with the query as its body."
)
_READS_ONLY = "This address reads and never writes: an update is refused."
_MOST_FIELDS = 1000
_REMEMBERED = 256
"""For how many Accept headers the formats are remembered."""
IN_MEMORY = 128 * 1024
"""The largest answer that is not written to a file, which would take longer than the answer."""
Fields = Sequence[tuple[str, str]]


def url_fields(query_string: bytes) -> Fields:
    """Return the fields of a query string. Raises `Refusal`."""
    return _fields(query_string.decode("latin-1"))


def posted_fields(content_type: str, body: bytes, in_url: Fields) -> Fields:
    """Return the fields of a POST, from its body and its URL. Raises `Refusal`."""
    kind = _kind(content_type)
    text = _text(body)
    if kind == FORM:
        return _fields(text)
    if kind == DIRECT:
        return [("query", text), *in_url]
    raise Refusal(403, _READS_ONLY)


def refuse_other_kinds(content_type: str) -> None:
    """Raise `Refusal` for a content type that no query has; the body need not be read."""
    kind = _kind(content_type)
    if kind == UPDATE:
        raise Refusal(403, _READS_ONLY)
    if kind not in (FORM, DIRECT):
        found = f"not {kind}" if kind else "and none is given"
        raise Refusal(
            415, f"The Content-Type must be {FORM} or {DIRECT}, {found}.", {"Accept-Post": f"{FORM}, {DIRECT}"}
        )


def query_request(fields: Fields, accept: str, limits: Limits, *, too_long: int) -> QueryRequest:
    """Return the request to the engine; `too_long` is the status of a query that is too long. Raises `Refusal`."""
    queries = [value for name, value in fields if name == "query"]
    if any(name == "update" for name, _ in fields):
        raise Refusal(403, _READS_ONLY)
    if len(queries) != 1:
        raise Refusal(400, _GIVE if not queries else f"There must be one query, not {len(queries)}. {_GIVE}")
    if len(queries[0].encode()) > limits.query:
        raise Refusal(too_long, f"A query may have {limits.query // 1024} kB at most.")
    default = tuple(value for name, value in fields if name == "default-graph-uri")
    named = tuple(value for name, value in fields if name == "named-graph-uri")
    has_dataset = bool(default or named)
    solutions, triples = _formats(accept)
    return QueryRequest(
        query=queries[0],
        base="",
        path="",
        solutions=solutions,
        triples=triples,
        rows=int(_lowered(fields, "limit", limits.rows)),
        seconds=_lowered(fields, "timeout", limits.seconds),
        default=default if has_dataset else None,
        named=named if has_dataset else None,
        in_memory=IN_MEMORY,
        unread=True,
        asker="this address",
    )


@lru_cache(_REMEMBERED)
def _formats(accept: str) -> tuple[str, str]:
    """Return the formats of rows and of graphs that a client prefers, `""` for none."""
    return chosen(accept, SOLUTIONS) or "", chosen(accept, TRIPLES) or ""


def _lowered(fields: Fields, name: str, most: float) -> float:
    """Return a limit, which a client may lower."""
    given = [value for field, value in fields if field == name]
    if not given:
        return most
    try:
        wanted = float(given[-1])
    except ValueError:
        wanted = math.nan
    if not wanted >= 0 or (name == "timeout" and not wanted):
        raise Refusal(400, f"`{name}` must be a number above 0, not {given[-1][:40]!r}.")
    return min(wanted, most)


def _kind(content_type: str) -> str:
    kind, _, parameters = content_type.partition(";")
    charset = parameters.lower().replace(" ", "").replace('"', "")
    if charset.startswith("charset=") and charset != "charset=utf-8":
        raise Refusal(415, f"The body must be in UTF-8, not {parameters.strip()[:40]}.")
    return kind.strip().lower()


def _fields(text: str) -> Fields:
    try:
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
    except UnicodeDecodeError as error:
        raise Refusal(400, "What is percent-encoded must be UTF-8.") from error
    except ValueError as error:
        raise Refusal(400, f"There may be {_MOST_FIELDS} fields at most.") from error


def _text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise Refusal(400, "The body must be UTF-8.") from error


T = TypeVar("T")
METHODS = ("GET", "HEAD", "POST")
_LONGEST_MESSAGE = 2000
_UNWATCHED_SECONDS = 0.02


async def sparql(http: Request, scheduler: QueryScheduler) -> Response:
    """Answer a query. Raises `Refusal`."""
    request = await _read(http, scheduler.limits)
    client = client_of(http.scope)
    if cached := scheduler.cached_answer(request, client):
        mark_cached(http.scope, scheduler.generation)
        return _response(cached, request)
    outcome, file = await unless_gone(http.receive, scheduler.answer(request, client))
    if outcome.failed:
        raise _refusal(outcome, request)
    if outcome.is_in_file:
        return SpooledResponse(file, _content_type(outcome, request))
    return _response(outcome, request)


def _response(outcome: QueryOutcome, request: QueryRequest) -> Response:
    return Response(outcome.body, headers={"Content-Type": _content_type(outcome, request), "Vary": "Accept"})


def _content_type(outcome: QueryOutcome, request: QueryRequest) -> str:
    return CONTENT_TYPES[request.triples if outcome.kind == "triples" else request.solutions]


async def _read(http: Request, limits: Limits) -> QueryRequest:
    in_url = url_fields(http.scope["query_string"])
    accept = ",".join(http.headers.getlist("accept"))
    if http.method != "POST":
        await body_of(http, limits)
        return query_request(in_url, accept, limits, too_long=414)
    content_type = http.headers.get("content-type", "")
    refuse_other_kinds(content_type)
    if http.headers.get("content-encoding", "identity") != "identity":
        raise Refusal(415, "The body must not be compressed.", {"Accept-Encoding": "identity"})
    fields = posted_fields(content_type, await body_of(http, limits), in_url)
    return query_request(fields, accept, limits, too_long=413)


async def body_of(http: Request, limits: Limits) -> bytes:
    """Return the body of a request. Raises `Refusal` as soon as it is too large, and if it is too slow."""
    if "content-length" not in http.headers and "transfer-encoding" not in http.headers:
        return b""
    # The connection stays open for the rest, which is discarded: closing it would lose this answer.
    refusal = Refusal(413, f"A request may have {limits.request // 1024} kB at most.")
    declared = http.headers.get("content-length", "0")
    if not declared.isdecimal() or int(declared) > limits.request:
        raise refusal
    parts, size = [], 0
    try:
        async with asyncio.timeout(limits.connections.body_seconds):
            async for part in _body_parts(http):
                parts.append(part)
                size += len(part)
                if size > limits.request:
                    raise refusal
    except TimeoutError as error:
        raise Refusal(408, "The body did not arrive in time.", {"Connection": "close"}) from error
    return b"".join(parts)


async def _body_parts(http: Request) -> AsyncIterator[bytes]:
    while True:
        message = await http.receive()
        if message["type"] == "http.disconnect":
            raise Refusal(400, "The client has gone away.")
        yield message.get("body", b"")
        if not message.get("more_body"):
            return


async def unless_gone(receive: Receive, work: Coroutine[Any, Any, T]) -> T:
    """Return the result of work, cancelled if the client goes away. The whole request must have been read.

    Whether the client is still there is asked only of work that takes longer than most.
    """
    task = asyncio.current_task()
    assert task is not None
    leaving: list[asyncio.Task[None]] = []
    is_gone = False

    def stop(watch: asyncio.Task[None]) -> None:
        nonlocal is_gone
        if not watch.cancelled() and leaving:
            is_gone = True
            task.cancel()

    def begin() -> None:
        leaving.append(asyncio.create_task(_gone(receive)))
        leaving[0].add_done_callback(stop)

    timer = asyncio.get_running_loop().call_later(_UNWATCHED_SECONDS, begin)
    try:
        return await work
    except asyncio.CancelledError as error:
        if not is_gone or task.uncancel():
            raise
        raise Refusal(400, "The client has gone away.") from error
    finally:
        timer.cancel()
        while leaving:
            leaving.pop().cancel()


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _refusal(outcome: QueryOutcome, request: QueryRequest) -> Refusal:
    """Return the refusal for an outcome without answer."""
    failed, message = outcome.failed, outcome.message
    if failed == "rows":
        return Refusal(
            422,
            f"The answer has more than {request.rows:,} rows, and none is sent: add a LIMIT, or narrow it.",
        )
    if failed == "bytes":
        return Refusal(422, "The answer is larger than can be handed on: add a LIMIT, or narrow it.")
    if failed == "space":
        return busy(
            "The server holds as many large answers as it may: ask again later, or add a LIMIT.", 10
        ).because(
            "temporary-quota",
            "answers that clients have not read yet take all temporary bytes, or this client's share of them: "
            "raise --temporary-bytes if the disk has room",
        )
    if failed == "memory":
        return busy("The query needs more memory than it may take: narrow it, or add a LIMIT.").because(
            "query-memory"
        )
    if failed == "engine":
        return Refusal(500, f"The query could not be answered: {message[:_LONGEST_MESSAGE]}").because("engine")
    if failed in ("graph", "rows-only", "xml"):
        return _no_format(failed, message)
    if len(message) > _LONGEST_MESSAGE:
        # The message shows the line with the error, which may be the whole query.
        message = message.partition("\n")[0][:_LONGEST_MESSAGE]
    return Refusal(400, message)


def _no_format(failed: str, message: str) -> Refusal:
    offers: Mapping[str, tuple[str, ...]] = TRIPLES if failed == "graph" else SOLUTIONS
    types = "".join(f"\n  {each}" for each in dict.fromkeys(each for types in offers.values() for each in types))
    return Refusal(406, f"{message}. The Accept header must name one of{types}", {"Vary": "Accept"})


_SD = "http://www.w3.org/ns/sparql-service-description#"
# https://www.w3.org/ns/formats/
_FORMATS = (
    *("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV"),
    *("Turtle", "N-Triples", "JSON-LD", "RDF_XML"),
)
_TYPE = pyoxigraph.NamedNode(f"{PREFIXES['rdf']}type")
_COUNT = pyoxigraph.NamedNode(f"{PREFIXES['void']}triples")


def service_description(request: Request, endpoint: str, manifest: Manifest) -> Response | None:
    """Return the description of the service at a URL if the request has no query and accepts RDF; else None."""
    if request.method == "POST" or request.scope["query_string"]:
        return None
    form = chosen(",".join(request.headers.getlist("accept")), TRIPLES)
    if form is None:
        return None
    body = graph_document(_triples(endpoint, manifest), form, PREFIXES)
    return Response(body, headers={"Content-Type": CONTENT_TYPES[form], "Vary": "Accept"})


def _triples(endpoint: str, manifest: Manifest) -> Iterator[pyoxigraph.Triple]:
    service, dataset, default = (_ours(manifest, fragment) for fragment in ("", "#dataset", "#default-graph"))
    for subject, kind in ((service, "Service"), (dataset, "Dataset"), (default, "Graph")):
        yield pyoxigraph.Triple(subject, _TYPE, _term(kind))
    yield pyoxigraph.Triple(service, _term("endpoint"), pyoxigraph.NamedNode(endpoint))
    yield pyoxigraph.Triple(service, _term("supportedLanguage"), _term("SPARQL11Query"))
    # Without FROM, the default graph is the union of all named graphs.
    yield pyoxigraph.Triple(service, _term("feature"), _term("UnionDefaultGraph"))
    for name in _FORMATS:
        form = pyoxigraph.NamedNode(f"http://www.w3.org/ns/formats/{name}")
        yield pyoxigraph.Triple(service, _term("resultFormat"), form)
    yield pyoxigraph.Triple(service, _term("defaultDataset"), dataset)
    yield pyoxigraph.Triple(dataset, _term("defaultGraph"), default)
    yield pyoxigraph.Triple(default, _COUNT, pyoxigraph.Literal(manifest.triples))


def _ours(manifest: Manifest, fragment: str) -> pyoxigraph.NamedNode:
    return pyoxigraph.NamedNode(f"{manifest.base}sparql{fragment}")


def _term(name: str) -> pyoxigraph.NamedNode:
    return pyoxigraph.NamedNode(_SD + name)
