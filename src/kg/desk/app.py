"""The web application of the desk: who may ask, what may be asked, and the answers in JSON.

Only the browser that came with the address that `kg annotate` printed may ask: it exchanges the token in that
address for a cookie. Names of hosts and pages of other sites are refused as by `kg serve`.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from hmac import compare_digest
from typing import Any
from urllib.parse import quote

import msgspec
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from kg.desk.article_desk import (
    ArticleDesk,
    DatesRequest,
    EditsRequest,
    GuessRequest,
    RefuseRequest,
    UndoRequest,
    WordsRequest,
)
from kg.desk.article_files import EditConflict
from kg.desk.article_readings import DecideRequest
from kg.desk.article_state import general_findings, reader_name
from kg.desk.entity_edits import EntityRequest, add_named, entity_fields
from kg.desk.messages import in_language
from kg.desk.open_corpus import OpenCorpus
from kg.desk.pages import ASSET_FILES, LANGUAGES, desk_page
from kg.errors import CorpusError, KgError, Place
from kg.publish.serve.content_request import language as preferred_language
from kg.publish.serve.hosts import Hosts
from kg.publish.serve.limits import LIMITS
from kg.publish.serve.request_checks import check_request
from kg.publish.serve.responses import Refusal
from kg.publish.serve.sparql import body_of
from kg.publish.site.localisation import LocalText
from kg.text.anchors import AnchorError

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
_MEDIA = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
# With the icon, for which browsers would ask at an address that is not here.
_GO_ON = (
    '<!doctype html><meta http-equiv="refresh" content="0; url={0}"><link rel="icon" href="/assets/icon.svg">'
    '<a href="{0}">kg annotate</a>\n'
)
_API = "/api/articles"
_PROPOSALS = "/api/proposals"
_ENTITIES = "/api/entities"
_ACTIONS: dict[str, tuple[type[msgspec.Struct], Callable[[ArticleDesk, Any, str], Mapping[str, Any]]]] = {
    "guess": (GuessRequest, ArticleDesk.guess),
    "words": (WordsRequest, lambda desk, sent, _: desk.words(sent)),
    "dates": (DatesRequest, ArticleDesk.dates),
    "check": (EditsRequest, ArticleDesk.check),
    "edits": (EditsRequest, ArticleDesk.edit),
    "refuse": (RefuseRequest, ArticleDesk.refuse),
    "decide": (DecideRequest, ArticleDesk.decide),
    "undo": (UndoRequest, lambda desk, _, language: desk.undo(language)),
}
"""What a page may send about an article, by the last part of its address."""
_WAIT_SECONDS, _POLL_SECONDS = 25.0, 0.2
_COUNT_SECONDS = 0.5
"""How long proposals are counted before the page gets what is known so far, and others their turn."""


class AccessKeys:
    """The one-time token of the printed address, and the key in the cookie of the browser that came with it."""

    def __init__(self, port: int) -> None:
        # Cookies are shared by all ports of a host: two desks must not overwrite each other's.
        self.cookie = f"kg-desk-{port}"
        self.token = secrets.token_urlsafe(32)
        self._key = secrets.token_urlsafe(32)
        self._is_exchanged = False

    def exchange(self, token: str) -> str:
        """Return the key for the cookie in exchange for the token, once. Raises `Refusal`."""
        if self._is_exchanged or not compare_digest(token.encode(), self.token.encode()):
            raise Refusal(
                403, "This address was opened before, or it is not whole: start `kg annotate` again for a new one."
            )
        self._is_exchanged = True
        return self._key

    def has_cookie(self, request: Request) -> bool:
        """Tell whether a request comes from the browser that exchanged the token."""
        return compare_digest(request.cookies.get(self.cookie, "").encode(), self._key.encode())

    def admit(self, request: Request) -> None:
        """Raise `Refusal` for a request without the right cookie."""
        if not self.has_cookie(request):
            raise Refusal(401, "Open the address that `kg annotate` printed: this page is only for that browser.")


class DeskApp:
    """Answers the requests of the desk's page (https://asgi.readthedocs.io)."""

    def __init__(self, corpus: OpenCorpus, keys: AccessKeys, hosts: Hosts) -> None:
        self._corpus, self._keys, self._hosts = corpus, keys, hosts
        self._desks: dict[str, ArticleDesk] = {}
        self._unread_of: dict[str, tuple[object, int]] = {}
        # One after the other, in a thread: the corpus is not safe for threads, and waiting pages still get answers.
        self._lock = asyncio.Lock()
        self.is_ending: Callable[[], bool] = bool

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        request = Request(scope, receive)
        try:
            check_request(scope, LIMITS.connections)
            response = await self._answer(request)
        except Refusal as refusal:
            response = _refusal(refusal, request)
        except (AnchorError, KgError) as error:
            response = _of_error(error, _language(request))
        response.headers.update(_HEADERS)
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        self._hosts.refuse_others(request, "")
        path, is_post = request.scope["path"], request.method == "POST"
        if not is_post and request.method not in ("GET", "HEAD"):
            raise Refusal(405, "Only GET and POST are answered.", {"Allow": "GET, HEAD, POST"})
        if not is_post and path == "/" and (token := request.query_params.get("token")):
            return self._exchanged(token, request)
        self._keys.admit(request)
        if is_post:
            return await self._posted(path, request, await _body(request))
        if path.startswith("/assets/"):
            return _asset(path.removeprefix("/assets/"))
        if path.startswith("/api/"):
            return await self._read(path, request)
        if path == "/" or path.removeprefix("/article/") in self._corpus.articles:
            return Response(desk_page(), media_type="text/html")
        raise Refusal(404, "There is no such page: go to the list of articles.")

    def _exchanged(self, token: str, request: Request) -> Response:
        """Return a page that goes on to the article, if there is only one to edit, or to the list.

        A redirect would lose the cookie if the link is on a page of another site, such as a terminal in a browser.
        """
        ids = list(self._corpus.articles)
        start = f"/article/{quote(ids[0])}" if len(ids) == 1 else "/"
        response = Response(_GO_ON.format(start), media_type="text/html")
        if not self._keys.has_cookie(request):
            key = self._keys.exchange(token)
            response.set_cookie(self._keys.cookie, key, httponly=True, samesite="strict", path="/")
        return response

    async def _read(self, path: str, request: Request) -> Response:
        language = _language(request)
        if path == _API:
            return await self._in_turn(lambda: self._list(language))
        if path == _PROPOSALS:
            return await self._in_turn(lambda: self._proposals(request.query_params.get("after", "")))
        if path.startswith(f"{_ENTITIES}/"):
            return await self._in_turn(
                lambda: entity_fields(self._corpus, path.removeprefix(f"{_ENTITIES}/"), language)
            )
        id = path.removeprefix(f"{_API}/")
        if id not in self._corpus.articles and id.endswith("/changes"):
            id = id.removesuffix("/changes")
            return await self._changes(id, request, language)
        desk = self._desk(id)
        return await self._in_turn(lambda: desk.state(language))

    async def _posted(self, path: str, request: Request, body: bytes) -> Response:
        language = _language(request)
        if path == _ENTITIES:
            entity = _decoded(body, EntityRequest)
            return await self._in_turn(lambda: add_named(self._corpus, entity, language))
        id, _, action = path.removeprefix(f"{_API}/").rpartition("/")
        desk = self._desk(id)
        if action not in _ACTIONS:
            raise Refusal(404, "There is nothing to send here.")
        of, act = _ACTIONS[action]
        sent = _decoded(body, of)
        return await self._acted(desk, lambda: act(desk, sent, language), language)

    async def _acted(self, desk: ArticleDesk, act: Callable[[], Mapping[str, Any]], language: str) -> Response:
        """Return the result of an action, or what somebody else wrote at the same place."""
        try:
            return await self._in_turn(act)
        except EditConflict as conflict:
            conflicts = [each._asdict() for each in conflict.conflicts]
            response = await self._in_turn(lambda: {"conflicts": conflicts, "state": desk.state(language)})
            response.status_code = 409
            return response

    async def _changes(self, id: str, request: Request, language: str) -> Response:
        """Return the state of an article once its files have changed, null if they do not for a while.

        A page that is about to write stops waiting: then nobody reads the answer.
        """
        desk, version = self._desk(id), request.query_params.get("version", "")
        loop = asyncio.get_running_loop()
        end = loop.time() + _WAIT_SECONDS
        while not (is_changed := desk.is_changed(version)) and loop.time() < end and not self.is_ending():
            await asyncio.sleep(_POLL_SECONDS)
            if await request.is_disconnected():
                break
        if not is_changed:
            return JSONResponse({"state": None})
        return await self._in_turn(lambda: {"state": desk.state(language)})

    def _list(self, language: str) -> Mapping[str, Any]:
        self._corpus.renew()
        listed = self._corpus.scan()
        return {
            "articles": [
                {
                    "id": each.source.article,
                    "title": each.title,
                    "language": each.language,
                    "status": each.status,
                    "claims": each.claims,
                    "left": each.left,
                    "findings": each.findings,
                }
                for each in listed
            ],
            "findings": general_findings(self._corpus.faults, language),
            "reading": reader_name(self._corpus),
        }

    def _proposals(self, after: str) -> Mapping[str, Any]:
        """Count what nobody has decided on in the articles after one, proposals and claims of readings.

        `next` is the last article that was counted, `""` at the end.
        An article whose files cannot be read has no count; the list has its findings.
        """
        ids = list(self._corpus.articles)
        begin = ids.index(after) + 1 if after in self._corpus.articles else 0
        end = time.monotonic() + _COUNT_SECONDS
        counts: dict[str, int] = {}
        for id in ids[begin:]:
            with suppress(KgError):
                counts[id] = self._unread(id)
            if time.monotonic() > end and id != ids[-1]:
                return {"counts": counts, "next": id}
        return {"counts": counts, "next": ""}

    def _unread(self, id: str) -> int:
        """Count the undecided proposals of an article, again only if something that they depend on has changed.

        What kg guesses about every article would take much memory; only what is open on a page keeps it.
        """
        desk = self._desks.get(id) or ArticleDesk(self._corpus, id)
        depends_on = desk.fingerprints, self._corpus.names, frozenset(self._corpus.refused.of(id))
        if id not in self._unread_of or self._unread_of[id][0] != depends_on:
            self._unread_of[id] = depends_on, desk.unread()
        return self._unread_of[id][1]

    def _desk(self, id: str) -> ArticleDesk:
        if id not in self._corpus.articles:
            raise Refusal(404, "There is no such article: go to the list of articles.")
        if id not in self._desks:
            self._desks[id] = ArticleDesk(self._corpus, id)
        return self._desks[id]

    async def _in_turn(self, work: Callable[[], Mapping[str, Any]]) -> Response:
        """Return the result of work as JSON, once all earlier work is done."""
        async with self._lock:
            result = await asyncio.to_thread(work)
        return Response(msgspec.json.encode(result), media_type="application/json")


async def _body(request: Request) -> bytes:
    """Return the body of a POST that the page sent. Raises `Refusal`."""
    if not request.headers.get("origin"):
        raise Refusal(403, "Only the page itself may change something.")
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Refusal(415, "What is sent must be application/json.")
    return await body_of(request, LIMITS)


def _decoded(body: bytes, of: type[msgspec.Struct]) -> Any:
    try:
        return msgspec.json.decode(body, type=of)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Refusal(400, f"What was sent cannot be read: {error}.") from error


def _asset(name: str) -> Response:
    file = ASSET_FILES.get(name)
    if file is None:
        raise Refusal(404, "There is no such file.")
    return FileResponse(file, media_type=_MEDIA[name.rpartition(".")[2]])


def _refusal(refusal: Refusal, request: Request) -> Response:
    """Return a refusal as JSON, or as text for what a person opens."""
    message = in_language(refusal.message, _language(request))
    if request.scope["path"].startswith("/api/"):
        return _error(refusal.status, message, headers=refusal.headers)
    return PlainTextResponse(message.value + "\n", refusal.status, refusal.headers)


def _of_error(error: AnchorError | KgError, language: str) -> Response:
    """Return why nothing was written, or nothing can be shown: the first finding, with its line, or the message."""
    if not isinstance(error, CorpusError):
        detail = in_language(error.detail, language).value if isinstance(error, AnchorError) else ""
        return _error(400, in_language(str(error), language), detail)
    first = error.findings[0]
    at = first.at if isinstance(first.at, Place) else Place("", 0, 0)
    where = f"{at.file.rpartition('/')[2]}:{at.line}: " if at.line else ""
    message = in_language(first.message, language)
    return _error(400, message._replace(value=where + message.value), in_language(first.detail, language).value)


def _error(status: int, message: LocalText, detail: str = "", headers: Mapping[str, str] | None = None) -> Response:
    title, _, fix = message.value.rpartition(": ")
    error = {
        "title": title or fix,
        "detail": detail,
        "fix": fix if title else "",
        "language": message.language,
    }
    return JSONResponse({"error": error}, status, headers)


def _language(request: Request) -> str:
    """Return the language of the page that a request prefers."""
    return preferred_language(request.headers.get("accept-language", ""), LANGUAGES)
