"""The SPARQL endpoint."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Mapping
from typing import Any, TypeVar

from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.types import Receive

from kg.publish.serve.limits import Limits
from kg.publish.serve.protocol import (
    CONTENT_TYPES,
    SOLUTIONS,
    TRIPLES,
    asked,
    posted_fields,
    refuse_other_kinds,
    url_fields,
)
from kg.publish.serve.responses import Refusal, SpooledResponse, busy
from kg.publish.serve.seats import Seats
from kg.query.sparql import QueryOutcome, QueryRequest

T = TypeVar("T")
METHODS = ("GET", "HEAD", "POST")
_LONGEST_MESSAGE = 2000


async def sparql(http: HttpRequest, seats: Seats) -> Response:
    """Answer a query. Raises `Refusal`."""
    request = await _read(http, seats.limits)
    client = http.client.host if http.client else ""
    path, outcome = await unless_gone(http.receive, seats.answer(request, client))
    if outcome.failed:
        path.unlink(missing_ok=True)
        raise _refusal(outcome, request)
    form = request.triples if outcome.kind == "triples" else request.solutions
    if outcome.body is None:
        return SpooledResponse(path, CONTENT_TYPES[form])
    return Response(outcome.body, headers={"Content-Type": CONTENT_TYPES[form], "Vary": "Accept"})


async def _read(http: HttpRequest, limits: Limits) -> QueryRequest:
    in_url = url_fields(http.scope["query_string"])
    accept = ",".join(http.headers.getlist("accept"))
    if http.method != "POST":
        await body_of(http, limits)
        return asked(in_url, accept, limits, too_long=414)
    content_type = http.headers.get("content-type", "")
    refuse_other_kinds(content_type)
    if http.headers.get("content-encoding", "identity") != "identity":
        raise Refusal(415, "The body must not be compressed.", {"Accept-Encoding": "identity"})
    fields = posted_fields(content_type, await body_of(http, limits), in_url)
    return asked(fields, accept, limits, too_long=413)


async def body_of(http: HttpRequest, limits: Limits) -> bytes:
    """Return the body of a request. Raises `Refusal` as soon as it is too large, and if it is too slow."""
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


async def _body_parts(http: HttpRequest) -> AsyncIterator[bytes]:
    while True:
        message = await http.receive()
        if message["type"] == "http.disconnect":
            raise Refusal(400, "The client has gone away.")
        yield message.get("body", b"")
        if not message.get("more_body"):
            return


async def unless_gone(receive: Receive, work: Coroutine[Any, Any, T]) -> T:
    """Return what work gives; it is stopped when the client, whose whole request was read, goes away."""
    working = asyncio.create_task(work)
    leaving = asyncio.create_task(_gone(receive))
    try:
        await asyncio.wait((working, leaving), return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise Refusal(400, "The client has gone away.")
        return working.result()
    finally:
        leaving.cancel()
        if not working.done():
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _refusal(outcome: QueryOutcome, request: QueryRequest) -> Refusal:
    """Return what an outcome means in HTTP."""
    failed, message = outcome.failed, outcome.message
    if failed == "rows":
        return Refusal(
            422,
            f"The answer has more than {request.rows:,} rows, of which none is given: add a LIMIT, or narrow it.",
        )
    if failed == "bytes":
        return Refusal(422, "The answer is larger than can be handed on: add a LIMIT, or narrow it.")
    if failed == "memory":
        return busy("The query needs more memory than it may take: narrow it, or add a LIMIT.")
    if failed == "engine":
        return Refusal(500, f"The query could not be answered: {message[:_LONGEST_MESSAGE]}")
    if failed in ("graph", "rows-only", "xml"):
        return _no_format(failed, message)
    if len(message) > _LONGEST_MESSAGE:
        # A query on one line is shown whole: too much for a query of 64 kB.
        message = message.partition("\n")[0][:_LONGEST_MESSAGE]
    return Refusal(400, message)


def _no_format(failed: str, message: str) -> Refusal:
    offers: Mapping[str, tuple[str, ...]] = TRIPLES if failed == "graph" else SOLUTIONS
    types = "".join(f"\n  {each}" for each in dict.fromkeys(each for types in offers.values() for each in types))
    return Refusal(406, f"{message}. The Accept header must name one of{types}", {"Vary": "Accept"})
