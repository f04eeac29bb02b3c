"""Responses: refusals with a status and a reason, answers from files, compression, and caching by clients."""

from __future__ import annotations

import asyncio
import gzip
import os
import zlib
from collections.abc import Mapping
from contextlib import closing
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from starlette.datastructures import MutableHeaders
from starlette.responses import FileResponse, Response
from starlette.types import Receive, Scope, Send

from kg.publish.serve.temporary_quota import AnswerFile

SMALLEST = 1024
"""Shorter bodies are not compressed: they fit into one packet anyway."""
# The fastest: pages shrink to a third or a sixth; 6 saves another thirtieth in twice the time.
LEVEL = 1
_GZIP = 31
_PIECE = 256 * 1024
# Larger bodies are compressed in a thread, so that others are answered meanwhile.
_IN_THREAD = 32 * 1024
_CACHED = 256
_COMPRESSIBLE = ("application/n-triples", "application/n-quads", "application/trig", "application/javascript")
_NO_HEADERS: Mapping[str, str] = MappingProxyType({})


class Refusal(Exception):  # noqa: N818  # not an error, but an answer
    """A status, a message for people, and further headers.

    From status 500 on, the log gives the `kind` of error and its `cause`, which may name paths of this machine.
    """

    def __init__(self, status: int, message: str, headers: Mapping[str, str] = _NO_HEADERS) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = headers
        self.kind = "unexpected"
        self.cause = message

    def because(self, kind: str, cause: str = "") -> Refusal:
        """Return this refusal with what the log says about it; without a cause, the message."""
        self.kind = kind
        self.cause = cause or self.message
        return self


def busy(message: str, seconds: int = 5) -> Refusal:
    """Return the refusal of a request that may succeed after some seconds."""
    return Refusal(503, message, {"Retry-After": str(seconds)})


class SpooledResponse(Response):
    """An answer in a file, which is deleted when it is sent."""

    def __init__(self, answer: AnswerFile, media_type: str) -> None:
        self._answer = answer
        try:
            length = os.stat(answer.path).st_size
        except OSError:
            answer.close()
            raise
        answer.finish(length)
        self.is_compressed = False
        super().__init__(headers={"Content-Length": str(length), "Content-Type": media_type, "Vary": "Accept"})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002  # ASGI's signature
        """Send the answer, compressed piece by piece if `is_compressed` is set."""
        compressor = zlib.compressobj(LEVEL, wbits=_GZIP) if self.is_compressed else None
        with closing(self._answer), open(self._answer.path, "rb") as file:
            os.unlink(self._answer.path)
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            # The file was just written: reading it back does not wait for the disk.
            while scope["method"] != "HEAD" and (piece := file.read(_PIECE)):
                body = await asyncio.to_thread(compressor.compress, piece) if compressor else piece
                await send({"type": "http.response.body", "body": body, "more_body": True})
            end = compressor.flush() if compressor else b""
            await send({"type": "http.response.body", "body": end, "more_body": False})


class HeldFileResponse(FileResponse):
    """An answer from a file of a store; `held` keeps that from being deleted before it is sent.

    Raises `OSError` if there is no such file.
    """

    def __init__(self, path: Path, held: object, headers: Mapping[str, str], media_type: str) -> None:
        super().__init__(path, headers=headers, media_type=media_type, stat_result=path.stat())
        self._held = held


class Compression:
    """Compresses answers, those with an ETag only once."""

    def __init__(self) -> None:
        self._cached = lru_cache(_CACHED)(compressed)

    async def apply(self, response: Response) -> None:
        """Compress a response, unless it is small, not text, or compressed already."""
        headers = response.headers
        if "content-encoding" in headers or not is_compressible(headers.get("content-type", "")):
            return
        if isinstance(response, SpooledResponse):
            response.is_compressed = True
            del headers["Content-Length"]
            mark_compressed(headers)
        elif len(body := bytes(getattr(response, "body", b""))) >= SMALLEST:
            compress = self._cached if "etag" in headers else compressed
            is_long = len(body) > _IN_THREAD
            response.body = await asyncio.to_thread(compress, body) if is_long else compress(body)
            headers["Content-Length"] = str(len(response.body))
            mark_compressed(headers)


def compressed(body: bytes) -> bytes:
    """Return bytes compressed with gzip."""
    return gzip.compress(body, LEVEL, mtime=0)


def is_compressible(content_type: str) -> bool:
    """Return whether a media type is text."""
    media = content_type.partition(";")[0].strip()
    return media.startswith("text/") or media.endswith(("json", "xml")) or media in _COMPRESSIBLE


def mark_compressed(headers: MutableHeaders) -> None:
    """Set the headers of a body that was compressed."""
    headers["Content-Encoding"] = "gzip"
    if etag := headers.get("etag"):
        # The same content in other bytes.
        headers["ETag"] = f"W/{etag.removeprefix('W/')}"


def is_cached(tag: str, cached: str) -> bool:
    """Return whether a client has this version already, by its If-None-Match header (RFC 9110, section 13.1.2)."""
    return not {tag, "*"}.isdisjoint(each.strip().removeprefix("W/") for each in cached.split(","))
