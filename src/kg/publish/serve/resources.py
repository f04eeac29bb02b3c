"""A response for every IRI of a data set: a page for people, data for programs, and the files beside them."""

from __future__ import annotations

import asyncio
import gzip
import itertools
import mimetypes
import os
import shutil
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from threading import Thread
from weakref import finalize

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from kg.errors import KgError
from kg.formats import FORMATS, format_named, write
from kg.pipeline.documents import Document
from kg.publish.serve.content_request import DATA, OFFERS, ContentRequest, accepts_gzip, chosen, content_request
from kg.publish.serve.logs import ServerLog
from kg.publish.serve.responses import (
    LEVEL,
    SMALLEST,
    HeldFileResponse,
    Refusal,
    busy,
    is_cached,
    is_compressible,
    mark_compressed,
)
from kg.publish.site import Pages
from kg.publish.site.machine_files import SiteFile
from kg.publish.site.overviews import LARGEST_QUERIED
from kg.publish.site.rendering import relative
from kg.publish.site.search_index import search_index
from kg.publish.site.writer import DOWNLOADS, QUERIED, sitemap_files, static_files, write_query_data
from kg.rdf.terms import iri_text
from kg.rdf.vocab import PREFIXES

# Not documents: their IRIs lead to the pages and data about them.
_ENTITIES = ("entity/", "annotator/", "occasion/", "source/")
# Pages of one resource do not wait for the counts over the whole data set.
_SINGLE = ("claim/", "article/", "entity/", "occasion/", "source/", "assets/")
# Files for machines that are the same on a server as on a static host.
_MACHINE_FILES = ("feed.atom", "robots.txt")
_MEDIA = {"atom": "application/atom+xml", **{name: form.media_type for name, form in FORMATS.items()}}
_CACHE_SIZE = 256
_NEGOTIATED = {"Vary": "Accept, Accept-Language", "Cache-Control": "no-cache"}


_SEARCH, _SITEMAP = "search/", "sitemap"
_GRAPH = f"{_SEARCH}graph.js"
_DOWNLOADS = tuple(f"kg.{form}" for form in DOWNLOADS)
_SMALL = 4 * 1024 * 1024
"""A file that is compressed as quickly as a page is made."""


class StaticFiles:
    """Files by name; only known names, so that no name leads to other files.

    Files that depend on the data, and compressed files, are made in a folder when they are first requested. It is
    deleted when nobody refers to this any more.
    """

    def __init__(self, pages: Pages, folder: Path) -> None:
        self._pages = pages
        self._folder = folder
        self._files = static_files()
        self._compressed: dict[str, Path] = {}
        finalize(self, shutil.rmtree, folder, ignore_errors=True)

    def takes_long(self, name: str, *, is_compressed: bool) -> bool:
        """Return whether making a file takes as long as reading the whole data set."""
        if name not in self._files:
            return name.startswith((_SEARCH, _SITEMAP)) or name in _DOWNLOADS
        return is_compressed and name not in self._compressed and self._files[name].stat().st_size > _SMALL

    def find(self, name: str) -> Path | None:
        """Return a file, None if there is no such file."""
        if name not in self._files:
            self._make(name)
        return self._files.get(name)

    def compressed(self, name: str, path: Path) -> Path:
        """Return a file compressed with gzip, with the same time of modification."""
        if name not in self._compressed:
            self._folder.mkdir(parents=True, exist_ok=True)
            target = self._folder / f"{name.replace('/', '-')}.gz"
            with path.open("rb") as source, gzip.open(target, "wb", LEVEL) as stream:
                shutil.copyfileobj(source, stream)
            times = path.stat()
            os.utime(target, ns=(times.st_atime_ns, times.st_mtime_ns))
            self._compressed[name] = target
        return self._compressed[name]

    def _make(self, name: str) -> None:
        if name in _DOWNLOADS:
            self._files[name] = self._download(name.partition(".")[2])
        elif name == _GRAPH:
            self._make_query_data()
        elif name.startswith(_SEARCH):
            self._write(search_index(self._pages.readers.values(), self._pages.dataset.articles))
        elif name.startswith(_SITEMAP):
            self._write(sitemap_files(self._pages))

    def _write(self, files: Iterable[SiteFile]) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        for file in files:
            path = self._folder / file.name.replace("/", "-")
            path.write_bytes(file.content)
            self._files[file.name] = path

    def _make_query_data(self) -> None:
        if self._pages.quads.triples <= LARGEST_QUERIED:
            path = self._folder / "graph.js"
            write_query_data(self._download(QUERIED), path)
            self._files[_GRAPH] = path

    def _download(self, form: str) -> Path:
        """Write the whole data set in a format, and return the file."""
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"kg.{form}"
        quads = self._pages.quads
        articles = sorted(iri_text(each).removeprefix(quads.base) for each in self._pages.dataset.articles)
        with path.open("wb") as stream:
            document = Document(FORMATS[form], stream, quads.base)
            document.begin()
            for name in (*articles, "entities", "extra", "dataset"):
                graph = quads.named_graph(quads.iri(f"graph/{name}"))
                if graph.nodes:
                    document.add(graph)
                of_text = quads.named_graph(quads.iri(f"graph/text/{name.removeprefix('article/')}"))
                if of_text.nodes:
                    document.add(of_text)
            document.end()
        return path


class Resources:
    """The pages, data and files of a store. One thread makes pages and data, another makes files that take long."""

    def __init__(self, target: Path, folder: Path, log: ServerLog) -> None:
        self._target = target
        self._log = log
        self._folders = (folder / str(number) for number in itertools.count())
        self._executor = ThreadPoolExecutor(1, "pages")
        self._slow_executor = ThreadPoolExecutor(1, "files")
        self._open()

    def close(self) -> None:
        """Wait until all files and pages in progress are made."""
        for each in (self._executor, self._slow_executor):
            each.shutdown(cancel_futures=True)

    def renew(self) -> None:
        """Switch to a new generation of the store after the files and pages in progress."""
        self._executor.submit(self._reopen)

    async def answer(self, request: Request) -> Response:
        """Return the response for the path of a request. Raises `Refusal`."""
        path = _path(request)
        takes_long = self._files.takes_long(path, is_compressed=_may_be_compressed(request))
        waits = self._counting.is_alive() and not path.startswith(_SINGLE)
        loop = asyncio.get_running_loop()
        try:
            if takes_long or waits:
                return await loop.run_in_executor(self._slow_executor, self._answer_when_counted, request)
            return await loop.run_in_executor(self._executor, self._answer, request)
        except OSError as error:
            # Reloading a store deletes the old files a moment before the new generation is noticed here.
            raise busy("The server cannot read its data at the moment.", 1).because(
                "store-unreadable", str(error)
            ) from error

    def _open(self) -> None:
        self._pages = Pages(self._target)
        self._files = StaticFiles(self._pages, next(self._folders))
        # A daemon, since nobody waits for it when the server ends.
        self._counting = Thread(target=self._count, args=(self._pages,), daemon=True)
        self._counting.start()
        self._written: Callable[[str, str, str], bytes | None] = lru_cache(_CACHE_SIZE)(self._write)
        self._machine_file: Callable[[str], bytes | None] = lru_cache(self._pages.file)

    def _reopen(self) -> None:
        try:
            self._open()
        except (KgError, OSError) as error:
            # It may be complete the next time; until then the old one is served.
            self._log.error("store-not-renewed", f"pages of the data before are served on: {error}")

    def _count(self, pages: Pages) -> None:
        """Compute the counts over the whole data set before a page needs them."""
        try:
            pages.html("", pages.languages[0])
        except (KgError, OSError) as error:
            self._log.error("store-unreadable", f"the counts for the pages could not be made: {error}")

    def _answer_when_counted(self, request: Request) -> Response:
        self._counting.join()
        return self._answer(request)

    def _answer(self, request: Request) -> Response:
        path = _path(request)
        cached = request.headers.get("if-none-match", "")
        if file := self._files.find(path):
            return self._file_response(path, file, request)
        if path in _MACHINE_FILES and (content := self._machine_file(path)) is not None:
            return _unless_cached(Response(content, media_type=_media_type(path)), cached)
        if path == ".well-known/void":
            form = chosen(request.headers.get("accept", ""), DATA) or "ttl"
            return PlainTextResponse(status_code=303, headers={"Location": f"../dataset.{form}", **_NEGOTIATED})
        asked = content_request(path, request, self._pages)
        if asked is None:
            raise _not_found(path)
        return self._in_form(asked, asked.form) if asked.form else self._negotiated(asked)

    def _file_response(self, name: str, file: Path, request: Request) -> Response:
        media = _media_type(name)
        status = file.stat()
        tag = f'"{status.st_mtime_ns:x}-{status.st_size:x}"'
        headers = MutableHeaders({"ETag": tag, "Cache-Control": "no-cache"})
        if is_cached(tag, request.headers.get("if-none-match", "")):
            return Response(status_code=304, headers=headers)
        if is_compressible(media) and status.st_size >= SMALLEST and _may_be_compressed(request):
            mark_compressed(headers)
            file = self._files.compressed(name, file)
        return HeldFileResponse(file, self._files, headers, media)

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
        headers = {
            "Content-Location": self._file(asked, form),
            "Link": ", ".join(self._links(asked, form)),
            **_NEGOTIATED,
            **({"Content-Language": asked.language} if form == "html" else {}),
        }
        is_gone = asked.path.startswith("claim/") and self._pages.is_withdrawn(asked.path)
        response = Response(body, 410 if is_gone else 200, headers, OFFERS[form][0])
        return response if is_gone else _unless_cached(response, asked.cached)

    def _links(self, asked: ContentRequest, form: str) -> list[str]:
        """Return links to the other forms and to related resources (RFC 8288)."""
        base, licence = self._pages.quads.base, self._pages.dataset.description.licence
        return [
            *(
                f'<{self._file(asked, each)}>; rel="alternate"; type="{types[0]}"'
                for each, types in OFFERS.items()
                if each != form and self._written(asked.path, each, asked.language) is not None
            ),
            f'<{self._file(asked, "ttl")}>; rel="describedby"; type="text/turtle"',
            f'<{base}{asked.path}>; rel="cite-as"',
            f'<{base}dataset>; rel="collection"',
            *([f'<{licence}>; rel="license"'] if licence else []),
        ]

    def _file(self, asked: ContentRequest, form: str) -> str:
        """Return the relative URL of a form."""
        if form == "html":
            return relative(self._pages.layout.file(asked.path, asked.language), asked.path)
        return relative(f"{asked.path or 'index'}.{form}", asked.path)

    def _write(self, path: str, form: str, language: str) -> bytes | None:
        """Return the page or the data of a path, None if there are none."""
        if form == "html":
            return self._pages.html(path, language)
        if not path.startswith("graph/"):
            return self._pages.data(path or "dataset", form)
        graph = self._pages.quads.named_graph(self._pages.quads.iri(path))
        writer = format_named(form).writer(PREFIXES, self._pages.quads.base)
        return "".join(write([graph], writer)).encode() if graph.nodes else None


def _path(request: Request) -> str:
    return str(request.scope["path"]).removeprefix("/")


def _may_be_compressed(request: Request) -> bool:
    accepted = ",".join(request.headers.getlist("accept-encoding"))
    return "range" not in request.headers and accepts_gzip(accepted)


def _media_type(name: str) -> str:
    suffix = name.rpartition(".")[2]
    return _MEDIA.get(suffix) or mimetypes.guess_type(name)[0] or "text/plain"


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
