"""The web application: routes requests to their answers, refuses others, and sets headers for browsers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import NamedTuple
from urllib.parse import quote

from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from kg.publish.serve.content_request import accepts_gzip
from kg.publish.serve.health import StoreHealth
from kg.publish.serve.hosts import Hosts
from kg.publish.serve.logs import ServerLog
from kg.publish.serve.query_scheduler import QueryScheduler
from kg.publish.serve.request_checks import check_request
from kg.publish.serve.resources import Resources
from kg.publish.serve.responses import Compression, Refusal, is_compressible
from kg.publish.serve.served_store import ServedStore
from kg.publish.serve.sparql import METHODS, service_description, sparql

_READ_METHODS = ("GET", "HEAD")
# Pages are text and style; the query page also asks /sparql.
_PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; script-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# Pages of claims may be in frames of others. They have nothing that a stolen click could change.
_CLAIM_POLICY = _PAGE_POLICY.replace("frame-ancestors 'none'", "frame-ancestors *")
_DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"
_EXPOSED = ("Content-Location", "ETag", "Link", "Location", "Retry-After")
_DAY = 24 * 60 * 60
_MONTH = 30 * 24 * 60 * 60


class ServedParts(NamedTuple):
    """The parts that answer the requests of an app, and its log."""

    store: ServedStore
    scheduler: QueryScheduler
    resources: Resources
    health: StoreHealth
    log: ServerLog


class App:
    """Answers requests to a store (https://asgi.readthedocs.io)."""

    def __init__(self, parts: ServedParts, hosts: Hosts, *, has_cors: bool = False) -> None:
        self._served, self._scheduler, self._resources, self._health, self._log = parts
        self._compression = Compression()
        self._hosts = hosts
        self._has_cors = has_cors
        self.is_draining: Callable[[], bool] = bool

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        request = Request(scope, receive)
        try:
            check_request(scope, self._scheduler.limits.connections)
            response = await self._moved(request) or await self._answer(request)
        except Refusal as refusal:
            if refusal.status >= 500:
                self._log.error(refusal.kind, refusal.cause, status=refusal.status, scope=scope)
            response = PlainTextResponse(refusal.message + "\n", refusal.status, refusal.headers)
        media = response.headers.get("content-type", "")
        response.headers.update(self._browser_headers())
        if response.status_code != 304:
            # A browser obeys this for anything that it shows as a page. That of a 304 would replace what it has.
            response.headers["Content-Security-Policy"] = _policy(request.scope["path"], media)
        if self.is_draining():
            response.headers["Connection"] = "close"
        if is_compressible(media) or response.status_code == 304:
            response.headers.add_vary_header("Accept-Encoding")
        if accepts_gzip(",".join(request.headers.getlist("accept-encoding"))):
            await self._compression.apply(response)
        await response(scope, receive, send)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run workers, follow new generations of the store, and flush the log, until the block ends."""

        def renew() -> None:
            self._scheduler.renew()
            self._resources.renew()

        await self._scheduler.open()
        watching = asyncio.create_task(self._served.watch(renew))
        flushing = asyncio.create_task(self._log.flush_regularly())
        try:
            yield
        finally:
            watching.cancel()
            flushing.cancel()
            await self._scheduler.close()

    async def _moved(self, request: Request) -> Response | None:
        """Return a redirect for a URL that the corpus, or one that was merged into it, had before it moved."""
        manifest = self._served.generation.manifest
        moved = self._hosts.moved(request, manifest.base, manifest.moved_from)
        if moved is None:
            return None
        earlier, start, rest = moved
        # In a corpus that was merged into this one, the id may have meant something else than it does here.
        path, suffix = _without_suffix(rest)
        new = await self._resources.replacement(earlier, path)
        url = f"{start}{new.removeprefix(manifest.base)}{suffix}" if new else f"{start}{quote(rest)}"
        query = request.scope["query_string"].decode("latin-1")
        status = 301 if request.method in _READ_METHODS else 308  # which keeps the method
        return RedirectResponse(f"{url}?{query}" if query else url, status, {"Cache-Control": f"max-age={_DAY}"})

    async def _answer(self, request: Request) -> Response:
        self._hosts.refuse_others(request, self._served.generation.base)
        asked = request.scope["path"]
        path = self._hosts.path_below(asked, self._served.generation.base)
        if path is None:
            return RedirectResponse(f"{quote(asked.rpartition('/')[2])}/", 308)
        request.scope["path"] = path
        is_sparql = path.removesuffix("/") == "/sparql"
        methods = METHODS if is_sparql or path == "/*" else _READ_METHODS
        if request.method == "OPTIONS":
            return Response(status_code=204, headers={"Allow": ", ".join(methods)})
        if request.method not in methods:
            raise Refusal(405, f"This address only accepts {' and '.join(methods)}.", {"Allow": ", ".join(methods)})
        if path == "/health":
            return await self._state()
        if is_sparql:
            return await self._sparql(request)
        return await self._resources.answer(request)

    async def _sparql(self, request: Request) -> Response:
        is_browser = "text/html" in request.headers.get("accept", "")
        if is_browser and request.method != "POST" and not request.scope["query_string"]:
            return RedirectResponse("../query" if request.scope["path"].endswith("/") else "query", 303)
        manifest = self._served.generation.manifest
        endpoint = f"{self._hosts.url(request, manifest.base)}sparql"
        return service_description(request, endpoint, manifest) or await sparql(request, self._scheduler)

    async def _state(self) -> Response:
        """Return the state of the server, for load balancers and monitoring."""
        problem = "draining" if self.is_draining() else await self._health.problem()
        manifest = self._served.generation.manifest
        state = {
            "status": problem or "ok",
            "base": manifest.base,
            "triples": manifest.triples,
            "digest": manifest.digest,
            "waiting": self._scheduler.waiting,
        }
        return JSONResponse(state, 503 if problem else 200, {"Cache-Control": "no-store"})

    def _browser_headers(self) -> dict[str, str]:
        return {
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "cross-origin" if self._has_cors else "same-origin",
        }


def _without_suffix(path: str) -> tuple[str, str]:
    """Return a path without the suffix of a form, and the suffix: `entity/a` and `.nl.html`. Ids have no dots."""
    place, dot, suffix = path.partition(".")
    return place, dot + quote(suffix)


def _policy(path: str, media: str) -> str:
    """Return the content security policy of an answer."""
    if not media.startswith("text/html"):
        return _DATA_POLICY
    return _CLAIM_POLICY if path.startswith("/claim/") else _PAGE_POLICY


def with_cors(app: ASGIApp) -> ASGIApp:
    """Return an app whose answers pages of all sites may read."""
    return CORSMiddleware(
        app,
        allow_origins=("*",),
        allow_methods=METHODS,
        allow_headers=("If-None-Match",),
        expose_headers=_EXPOSED,
        max_age=_MONTH,
    )
