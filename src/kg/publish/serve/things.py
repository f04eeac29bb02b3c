"""An answer under every IRI of ours: a page for people, data for machines."""

from __future__ import annotations

import asyncio
import itertools
import mimetypes
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from threading import Thread

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response

from kg.errors import KgError
from kg.formats import FORMATS, format_named, write
from kg.publish.serve.beside import Beside, graph_of
from kg.publish.serve.negotiation import chosen
from kg.publish.serve.refusals import Refusal, busy
from kg.publish.serve.wishes import DATA, OFFERS, Wish, wish_for
from kg.publish.site import Pages
from kg.publish.site.rendering import relative
from kg.rdf.vocab import PREFIXES

# What a page or data are about, but are not.
_THINGS = ("entity/", "annotator/", "occasion/", "source/")
# What shows one thing, and does not wait for what the data set says as a whole.
_SINGLE = ("claim/", "article/", "entity/", "occasion/", "source/", "assets/")
# Files for machines that mean the same here as on a host of files.
_MACHINES = ("feed.atom", "robots.txt")
_MEDIA = {"atom": "application/atom+xml", **{name: form.media_type for name, form in FORMATS.items()}}
_REMEMBERED = 256


class Things:
    """The pages and data of a store, made beside the loop that talks to clients: one after the other, and the files
    that take long apart from the pages."""

    def __init__(self, target: Path, room: Path) -> None:
        self._target = target
        self._rooms = (room / str(number) for number in itertools.count())
        self._executor = ThreadPoolExecutor(1, "pages")
        self._slow = ThreadPoolExecutor(1, "files")
        self._open()

    def close(self) -> None:
        """Wait until what is being made is done."""
        for each in (self._executor, self._slow):
            each.shutdown(cancel_futures=True)

    def renew(self) -> None:
        """Take up a new generation of the store, when what is being made is done."""
        self._executor.submit(self._reopen)

    async def answer(self, request: Request) -> Response:
        """Return what stands under the path of a request. Raises `Refusal`."""
        path = _path(request)
        takes_long = self._beside.must_be_made(path)
        waits = self._warming.is_alive() and not path.startswith(_SINGLE)
        executor, work = (self._slow, self._answer_later) if takes_long or waits else (self._executor, self._answer)
        try:
            return await asyncio.get_running_loop().run_in_executor(executor, work, request)
        except OSError as error:
            # The files of a store go when it is loaded anew, a moment before that is seen here.
            raise busy("What is served is being replaced: ask again.", 1) from error

    def _open(self) -> None:
        self._pages = Pages(self._target)
        self._beside = Beside(self._pages, next(self._rooms))
        # A daemon, since nobody waits for it when the server ends.
        self._warming = Thread(target=_warm, args=(self._pages,), daemon=True)
        self._warming.start()
        self._written: Callable[[str, str, str], bytes | None] = lru_cache(_REMEMBERED)(self._write)
        self._machine: Callable[[str], bytes | None] = lru_cache(self._pages.file)

    def _reopen(self) -> None:
        # What cannot be opened may be whole the next time; until then, what is open is served.
        with suppress(KgError, OSError):
            before = self._beside
            self._open()
            before.close()

    def _answer_later(self, request: Request) -> Response:
        self._warming.join()
        return self._answer(request)

    def _answer(self, request: Request) -> Response:
        path = _path(request)
        held = request.headers.get("if-none-match", "")
        if file := self._beside.find(path):
            return _file(file, _media_type(path), held)
        if path in _MACHINES and (content := self._machine(path)) is not None:
            return _unless_held(Response(content, media_type=_media_type(path)), held)
        if path == ".well-known/void":
            form = chosen(request.headers.get("accept", ""), DATA) or "ttl"
            return PlainTextResponse(status_code=303, headers={"Location": f"../dataset.{form}", **_VARYING})
        wish = wish_for(path, request, self._pages)
        if wish is None:
            raise _nothing(path)
        if wish.form:
            return self._given(wish, wish.form)
        return self._negotiated(wish)

    def _negotiated(self, wish: Wish) -> Response:
        offers = dict(OFFERS)
        while form := chosen(wish.accept, offers):
            if self._written(wish.path, form, wish.language) is not None:
                return self._seen_from(wish, form)
            del offers[form]
        left = [types[0] for form, types in offers.items() if self._written(wish.path, form, wish.language)]
        if not left:
            raise _nothing(wish.path)
        types = "".join(f"\n  {each}" for each in left)
        raise Refusal(406, f"The Accept header must name one of{types}", {"Vary": "Accept"})

    def _seen_from(self, wish: Wish, form: str) -> Response:
        """Return what is chosen, or the way to it where the thing is something else."""
        if wish.path.startswith(_THINGS) and wish.path != "entity/topics":
            headers = {"Location": self._file(wish, form), **_VARYING}
            return PlainTextResponse(f"See {headers['Location']}\n", 303, headers)
        return self._given(wish, form)

    def _given(self, wish: Wish, form: str) -> Response:
        body = self._written(wish.path, form, wish.language)
        if body is None:
            raise _nothing(wish.path)
        headers = {
            "Content-Location": self._file(wish, form),
            "Link": ", ".join(self._links(wish, form)),
            **_VARYING,
            **({"Content-Language": wish.language} if form == "html" else {}),
        }
        is_gone = wish.path.startswith("claim/") and self._pages.is_withdrawn(wish.path)
        response = Response(body, 410 if is_gone else 200, headers, OFFERS[form][0])
        return response if is_gone else _unless_held(response, wish.held)

    def _links(self, wish: Wish, form: str) -> list[str]:
        """Return the links to the other forms, and to what else there is to know (RFC 8288)."""
        base, licence = self._pages.quads.base, self._pages.dataset.description.licence
        return [
            *(
                f'<{self._file(wish, each)}>; rel="alternate"; type="{types[0]}"'
                for each, types in OFFERS.items()
                if each != form and self._written(wish.path, each, wish.language) is not None
            ),
            f'<{self._file(wish, "ttl")}>; rel="describedby"; type="text/turtle"',
            f'<{base}{wish.path}>; rel="cite-as"',
            f'<{base}dataset>; rel="collection"',
            *([f'<{licence}>; rel="license"'] if licence else []),
        ]

    def _file(self, wish: Wish, form: str) -> str:
        """Return the way to the file of a form."""
        if form == "html":
            return relative(self._pages.layout.file(wish.path, wish.language), wish.path)
        return relative(f"{wish.path or 'index'}.{form}", wish.path)

    def _write(self, path: str, form: str, tongue: str) -> bytes | None:
        """Return the page or the data of a path, None where there are none."""
        if form == "html":
            return self._pages.html(path, tongue)
        if not path.startswith("graph/"):
            return self._pages.data(path or "dataset", form)
        graph = graph_of(self._pages, self._pages.quads.iri(path))
        writer = format_named(form).writer(PREFIXES, self._pages.quads.base)
        return "".join(write([graph], writer)).encode() if graph.nodes else None


_VARYING = {"Vary": "Accept, Accept-Language", "Cache-Control": "no-cache"}


def _warm(pages: Pages) -> None:
    """Have read, before anybody asks, what pages say of the data set as a whole: all of it is read for that."""
    with suppress(KgError, OSError):
        pages.html("", pages.languages[0])


def _path(request: Request) -> str:
    return str(request.scope["path"]).removeprefix("/")


def _media_type(name: str) -> str:
    suffix = name.rpartition(".")[2]
    return _MEDIA.get(suffix) or mimetypes.guess_type(name)[0] or "text/plain"


def _unless_held(response: Response, held: str) -> Response:
    """Return the answer, or that the client has it already (RFC 9110, section 13.1.2)."""
    tag = f'"{sha256(bytes(response.body)).hexdigest()[:32]}"'
    response.headers["ETag"] = tag
    response.headers.setdefault("Cache-Control", "no-cache")
    if not _is_held(tag, held):
        return response
    kept = {
        name: value for name, value in response.headers.items() if name not in ("content-length", "content-type")
    }
    return Response(status_code=304, headers=kept)


def _file(path: Path, media: str, held: str) -> Response:
    """Return a file, which may be large."""
    status = path.stat()
    tag = f'"{status.st_mtime_ns:x}-{status.st_size:x}"'
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    if _is_held(tag, held):
        return Response(status_code=304, headers=headers)
    return FileResponse(path, headers=headers, media_type=media)


def _is_held(tag: str, held: str) -> bool:
    """Tell whether a client has this already, by its If-None-Match header."""
    return not {tag, "*"}.isdisjoint(each.strip().removeprefix("W/") for each in held.split(","))


def _nothing(path: str) -> Refusal:
    return Refusal(404, f"There is nothing under /{path[:200]}: no article, claim or entity of this data set.")
