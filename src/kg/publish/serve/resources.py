"""A response for every IRI of a data set: a page for people, data for programs, and the files beside them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache, partial
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote, urlencode

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from kg.errors import KgError, error_message
from kg.formats import format_named, write
from kg.publish.serve.content_request import (
    DATA,
    FEED,
    OFFERS,
    ContentRequest,
    accepts_gzip,
    chosen,
    content_request,
    feed_choices,
    is_path,
    language,
)
from kg.publish.serve.logs import ServerLog
from kg.publish.serve.responses import HeldFileResponse, Refusal, busy, is_cached, mark_compressed
from kg.publish.serve.stored_files import StoredFile, StoredFiles, media_type
from kg.publish.site import Pages, page_named
from kg.publish.site.feeds import MOST
from kg.publish.site.rendering import external, relative
from kg.publish.site.store_reader import QuadReader
from kg.query.store import StoreGeneration, hold_generation
from kg.rdf.terms import Iri, iri_text
from kg.rdf.vocab import PREFIXES

# Not documents: their IRIs lead to the pages and data about them.
_ENTITIES = ("entity/", "annotator/", "occasion/", "source/")
# Pages of one resource are made when they are asked for; those about the whole data set were made by `kg load`.
_SINGLE = ("claim/", "article/", "guideline/", *_ENTITIES)
_CACHE_SIZE = 256
_DAY = 24 * 60 * 60
_NEGOTIATED = {"Vary": "Accept, Accept-Language", "Cache-Control": "no-cache"}


class ServedGeneration:
    """What one generation of a store answers: the files that `kg load` made, and pages and data made on demand."""

    def __init__(self, generation: StoreGeneration) -> None:
        self._files = StoredFiles(generation)
        self._pages = Pages(QuadReader(generation))
        # Not a method: a reference cycle would keep the store open until the next garbage collection.
        self._written = lru_cache(_CACHE_SIZE)(partial(_written, self._files, self._pages))

    def stored(self, request: Request) -> Response | None:
        """Return the answer to a request for a file that `kg load` made; None for other requests."""
        path = _path(request)
        if path == FEED and request.scope["query_string"]:
            return None
        if file := self._files.find(path):
            return self._file_response(path, file, request)
        if path == ".well-known/void":
            form = chosen(request.headers.get("accept", ""), DATA) or "ttl"
            return PlainTextResponse(status_code=303, headers={"Location": f"../dataset.{form}", **_NEGOTIATED})
        is_page = not path.startswith(_ENTITIES) or path == "entity/topics"
        if is_page and chosen(",".join(request.headers.getlist("accept")), OFFERS) == "html":
            preferred = language(request.headers.get("accept-language", ""), self._pages.languages)
            name = self._pages.layout.file(path, preferred)
            if file := self._files.find(name):
                return self._file_response(name, file, request)
        return None

    def made(self, request: Request) -> Response:
        """Return the answer to any other request, which reads the store. Raises `Refusal`."""
        path = _path(request)
        if feed := self._feed(path, request):
            return _unless_cached(feed, request.headers.get("if-none-match", ""))
        asked = content_request(path, request, self._pages)
        if asked is None:
            raise _not_found(path)
        if new := self._pages.replacement(asked.path):
            query = request.scope["query_string"].decode("latin-1")
            url = relative(new + path.removeprefix(asked.path), path)
            return RedirectResponse(f"{url}?{query}" if query else url, 301, {"Cache-Control": f"max-age={_DAY}"})
        return self._in_form(asked, asked.form) if asked.form else self._negotiated(asked)

    def _feed(self, path: str, request: Request) -> Response | None:
        """Return the feed of an entity or of a selection; None if something else is asked for. Raises `Refusal`."""
        body: bytes | None = None
        if path == FEED:
            choices = feed_choices(request.scope["query_string"].decode("latin-1"))
            try:
                body = self._pages.selection_feed(choices, urlencode(choices, doseq=True, safe="/"))
            except ValueError as error:
                raise Refusal(
                    400, f"More than {MOST} claims have this `{error}`: choose something narrower."
                ) from error
        elif path.startswith("feed/") and path.endswith(".atom"):
            name = path.removesuffix(".atom").rpartition("/")[2]
            body = next((each.content for each in self._pages.feeds(f"entity/{name}") if each.name == path), None)
        return Response(body, media_type=media_type(FEED)) if body else None

    def replacement(self, base: str, path: str) -> str:
        """Return the IRI that replaced a former one, `""` for others."""
        new = self._pages.quads.replacement(Iri(f"<{base}{path}>")) if is_path(path) else None
        return iri_text(new) if new else ""

    def _file_response(self, name: str, file: StoredFile, request: Request) -> Response:
        tag = f'"{file.sha256[:32]}"'
        headers = MutableHeaders({"ETag": tag, "Cache-Control": "no-cache", **self._page_headers(name)})
        if is_cached(tag, request.headers.get("if-none-match", "")):
            return Response(status_code=304, headers=headers)
        # Ranges are those of the content itself.
        accepted = ",".join(request.headers.getlist("accept-encoding"))
        gzipped = file.gzipped if "range" not in request.headers and accepts_gzip(accepted) else None
        if gzipped:
            mark_compressed(headers)
        return HeldFileResponse(gzipped or file.path, self, headers, media_type(name))

    def _page_headers(self, name: str) -> dict[str, str]:
        """Return further headers of a file that is a page, none for others."""
        page = page_named(name, self._pages.languages)
        if page is None:
            return {}
        path, page_language = page
        asked = ContentRequest(path, "html", page_language, "", "")
        has_data = path in ("", "dataset") or path.startswith(_ENTITIES)
        return self._headers(asked, "html", tuple(DATA) if has_data else ())

    def _negotiated(self, asked: ContentRequest) -> Response:
        offers = dict(OFFERS)
        while form := chosen(asked.accept, offers):
            if self._written(asked.path, form, asked.language) is not None:
                return self._redirected(asked, form)
            del offers[form]
        left = [types[0] for form, types in offers.items() if self._written(asked.path, form, asked.language)]
        if not left:
            raise _not_found(asked.path)
        types = "".join(f"\n  {each}" for each in left)
        raise Refusal(406, f"The Accept header must name one of{types}", {"Vary": "Accept"})

    def _redirected(self, asked: ContentRequest, form: str) -> Response:
        """Return the chosen form, or a redirect to it for an entity, which is no document."""
        if asked.path.startswith(_ENTITIES) and asked.path != "entity/topics":
            headers = {"Location": self._file(asked, form), **_NEGOTIATED}
            return PlainTextResponse(f"See {headers['Location']}\n", 303, headers)
        return self._in_form(asked, form)

    def _in_form(self, asked: ContentRequest, form: str) -> Response:
        body = self._written(asked.path, form, asked.language)
        if body is None:
            raise _not_found(asked.path)
        others = [each for each in OFFERS if each != form and self._written(asked.path, each, asked.language)]
        headers = self._headers(asked, form, others)
        is_gone = asked.path.startswith("claim/") and self._pages.is_withdrawn(asked.path)
        response = Response(body, 410 if is_gone else 200, headers, OFFERS[form][0])
        return response if is_gone else _unless_cached(response, asked.cached)

    def _headers(self, asked: ContentRequest, form: str, others: Iterable[str]) -> dict[str, str]:
        """Return the headers of a resource in a form; `others` are its other forms (RFC 8288)."""
        base, licence = _uri(self._pages.quads.base), _uri(external(self._pages.dataset.description.licence))
        links = [
            *(f'<{self._file(asked, each)}>; rel="alternate"; type="{OFFERS[each][0]}"' for each in others),
            f'<{self._file(asked, "ttl")}>; rel="describedby"; type="text/turtle"',
            f'<{base}{asked.path}>; rel="cite-as"',
            f'<{base}dataset>; rel="collection"',
            *([f'<{licence}>; rel="license"'] if licence else []),
        ]
        return {
            "Content-Location": self._file(asked, form),
            "Link": ", ".join(links),
            **_NEGOTIATED,
            **({"Content-Language": asked.language} if form == "html" else {}),
        }

    def _file(self, asked: ContentRequest, form: str) -> str:
        """Return the relative URL of a form."""
        if form == "html":
            return relative(self._pages.layout.file(asked.path, asked.language), asked.path)
        return relative(f"{asked.path or 'index'}.{form}", asked.path)


def _written(files: StoredFiles, pages: Pages, path: str, form: str, language: str) -> bytes | None:
    """Return the page or the data of a path, None if there are none."""
    if form == "html":
        if file := files.find(pages.layout.file(path, language)):
            return file.path.read_bytes()
        return pages.html(path, language) if path.startswith(_SINGLE) else None
    if not path.startswith("graph/"):
        return pages.data(path or "dataset", form)
    assert isinstance(pages.quads, QuadReader)  # a site has no pages of graphs
    graph = pages.quads.named_graph(pages.quads.iri(path))
    writer = format_named(form).writer(PREFIXES, pages.quads.base)
    return "".join(write([graph], writer)).encode() if graph.nodes else None


class Resources:
    """The pages, data and files of a store. Files are sent at once, and one thread makes pages and data."""

    def __init__(self, target: Path, log: ServerLog) -> None:
        self._target = target
        self._log = log
        self._executor = ThreadPoolExecutor(1, "pages")
        self._served = ServedGeneration(hold_generation(target))

    def close(self) -> None:
        """Wait until all pages in progress are made."""
        self._executor.shutdown(cancel_futures=True)

    def renew(self) -> None:
        """Switch to a new generation of the store after the pages in progress."""
        # A future of asyncio, which logs an error that nobody expected.
        asyncio.get_running_loop().run_in_executor(self._executor, self._reopen)

    async def answer(self, request: Request) -> Response:
        """Return the response for the path of a request. Raises `Refusal`."""
        served = self._served
        try:
            if response := served.stored(request):
                return response
            return await asyncio.get_running_loop().run_in_executor(self._executor, served.made, request)
        except OSError as error:
            refusal = busy("The server cannot read its data at the moment.", 1)
            raise refusal.because("store-unreadable", error_message(error)) from error

    async def replacement(self, base: str, path: str) -> str:
        """Return the IRI that replaced a former one under an earlier base, `""` for others."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._executor, self._served.replacement, base, path)

    def _reopen(self) -> None:
        try:
            self._served = ServedGeneration(hold_generation(self._target))
        except (KgError, OSError) as error:
            # The next generation may be readable; until then the old one is served.
            self._log.error(
                "store-not-renewed", f"pages of the previous data are still served: {error_message(error)}"
            )


def _path(request: Request) -> str:
    return str(request.scope["path"]).removeprefix("/")


def _uri(iri: str) -> str:
    """Return an IRI for a header: with non-ASCII letters percent-encoded (RFC 3987, section 3.1)."""
    return quote(iri, safe="%/:?#[]@!$&'()*+,;=~")


def _unless_cached(response: Response, cached: str) -> Response:
    """Return a response with its ETag, or 304 if the client has it already."""
    tag = f'"{sha256(bytes(response.body)).hexdigest()[:32]}"'
    response.headers["ETag"] = tag
    response.headers.setdefault("Cache-Control", "no-cache")
    if not is_cached(tag, cached):
        return response
    kept = {
        name: value for name, value in response.headers.items() if name not in ("content-length", "content-type")
    }
    return Response(status_code=304, headers=kept)


def _not_found(path: str) -> Refusal:
    return Refusal(404, f"There is nothing under /{path[:200]}: no article, claim or entity of this data set.")
