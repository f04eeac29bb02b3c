"""Every request: let in, answered, and said to browsers what they may do with the answer."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from kg.publish.serve.answers import refused
from kg.publish.serve.compression import Compression
from kg.publish.serve.description import description
from kg.publish.serve.gate import Gate
from kg.publish.serve.generations import Watched
from kg.publish.serve.limits import CONNECTIONS
from kg.publish.serve.record import Record
from kg.publish.serve.refusals import Refusal
from kg.publish.serve.seats import Seats
from kg.publish.serve.sparql import METHODS, sparql
from kg.publish.serve.things import Things

_READING = ("GET", "HEAD")


class App:
    """What uvicorn calls (https://asgi.readthedocs.io)."""

    def __init__(
        self, watched: Watched, seats: Seats, things: Things, gate: Gate, compression: Compression
    ) -> None:
        self._watched = watched
        self._seats = seats
        self._things = things
        self._gate = gate
        self._compression = compression
        self.is_ending: Callable[[], bool] = bool
        self.told: Callable[[str], object] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; `told` hears what became of it."""
        if self.told is None:
            await self._respond(scope, receive, send)
            return
        record = Record(scope, send)
        try:
            await self._respond(scope, receive, record.send)
        finally:
            self.told(record.line())

    async def _respond(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            self._gate.refuse_strangers(request)
            response = await self._answer(request)
        except Refusal as refusal:
            response = refused(refusal)
        is_page = response.headers.get("content-type", "").startswith("text/html")
        response.headers.update(self._gate.headers(is_page=is_page))
        await response(scope, receive, self._compression.on_its_way(scope, send))

    async def watch(self) -> None:
        """Take up each new generation of the store, for ever."""

        def renew() -> None:
            self._seats.renew()
            self._things.renew()

        await self._watched.watch(renew)

    async def _answer(self, request: Request) -> Response:
        # A proxy in front may or may not have taken away the path of the base.
        prefix = urlsplit(self._watched.store.base).path
        path = request.scope["path"] = f"/{request.scope['path'].removeprefix(prefix).removeprefix('/')}"
        methods = METHODS if path == "/sparql" else _READING
        if request.method == "OPTIONS":
            return Response(status_code=204, headers={"Allow": ", ".join(methods), **self._gate.preflight()})
        if request.method not in methods:
            raise Refusal(
                405, f"This address can be asked with {' and '.join(methods)} only.", {"Allow": ", ".join(methods)}
            )
        self._refuse_large(request)
        if path == "/health":
            return self._health()
        if path == "/sparql":
            if request.method != "POST" and not request.scope["query_string"] and _is_person(request):
                return RedirectResponse("query", 303)
            if about := description(request, self._watched.store.manifest):
                return about
            return await sparql(request, self._seats)
        return await self._things.answer(request)

    def _health(self) -> Response:
        """Return whether all is well, for whoever watches the server."""
        manifest = self._watched.store.manifest
        found = {
            "status": "ending" if self.is_ending() else "ok",
            "base": manifest.base,
            "triples": manifest.triples,
            "digest": manifest.digest,
            "waiting": self._seats.waiting,
        }
        return JSONResponse(found, 503 if self.is_ending() else 200, {"Cache-Control": "no-store"})

    def _refuse_large(self, request: Request) -> None:
        url = len(request.scope["raw_path"]) + len(request.scope["query_string"])
        if url > CONNECTIONS.url:
            raise Refusal(414, f"A URL may have {CONNECTIONS.url // 1024} kB at most: send a long query by POST.")
        head = sum(len(name) + len(value) for name, value in request.headers.raw)
        if head > CONNECTIONS.headers:
            raise Refusal(431, f"The headers may have {CONNECTIONS.headers // 1024} kB at most.")


def _is_person(request: Request) -> bool:
    """Tell a browser, which has nothing to ask yet, from a program that has forgotten its query."""
    return "text/html" in request.headers.get("accept", "")
