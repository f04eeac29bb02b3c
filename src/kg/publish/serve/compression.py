"""Answers compressed on their way, for clients that take that. https://www.rfc-editor.org/rfc/rfc9110#section-8.4

One thread compresses, one piece of one answer after the other: never more than one core is busy with it, and no
answer waits for the whole of another.
"""

from __future__ import annotations

import asyncio
import zlib
from concurrent.futures import ThreadPoolExecutor

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import Message, Scope, Send

from kg.publish.serve.negotiation import takes_gzip

SMALLEST = 1024
"""Fewer bytes than these go as they are: the packet in which they travel would be sent all the same."""
# The quickest: pages come to a third or a sixth of their size; 6 saves another thirtieth in twice the time.
_LEVEL = 1
_GZIP = 31
# What is compressed where it is asked for, in less time than it takes to hand it to the thread and back.
_AT_ONCE = 16 * 1024
_AS_TEXT = ("application/n-triples", "application/n-quads", "application/trig", "application/javascript")
_WITHOUT = (204, 206, 304)


class Compression:
    """Compresses answers until it is closed."""

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(1, "compression")

    def close(self) -> None:
        """End its thread."""
        self._executor.shutdown(cancel_futures=True)

    def on_its_way(self, scope: Scope, send: Send) -> Send:
        """Return what sends an answer compressed, or as it is where it is small, no text, or not wanted so."""
        return _Answer(scope, send, self._executor)


class _Answer:
    """One answer. Its head is held back until the first piece tells how long it is, if that is all."""

    def __init__(self, scope: Scope, send: Send, executor: ThreadPoolExecutor) -> None:
        self._is_taken = takes_gzip(",".join(Headers(scope=scope).getlist("accept-encoding")))
        self._has_body = scope["method"] != "HEAD"
        self._send = send
        self._executor = executor
        self._head: Message | None = None
        self._packer: zlib._Compress | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            await self._begin(message)
        elif self._packer is None:
            await self._send(message)
        else:
            await self._continue(self._packer, message.get("body", b""), more=message.get("more_body", False))

    async def _begin(self, head: Message) -> None:
        headers = MutableHeaders(raw=head["headers"])
        is_text = _is_text(headers.get("content-type", ""))
        if is_text or head["status"] == 304:
            headers.add_vary_header("Accept-Encoding")
        is_small = int(headers.get("content-length", "0")) < SMALLEST
        if not is_text or is_small or head["status"] in _WITHOUT or not self._is_taken:
            await self._send(head)
            return
        headers["Content-Encoding"] = "gzip"
        for name in ("Content-Length", "Accept-Ranges"):
            del headers[name]
        if etag := headers.get("etag"):
            # The same thing, in other bytes.
            headers["ETag"] = f"W/{etag.removeprefix('W/')}"
        self._packer = zlib.compressobj(_LEVEL, wbits=_GZIP)
        head["headers"] = headers.raw
        self._head = head

    async def _continue(self, packer: zlib._Compress, piece: bytes, *, more: bool) -> None:
        if len(piece) <= _AT_ONCE:
            packed = _packed(packer, piece, more=more)
        else:
            loop = asyncio.get_running_loop()
            packed = await loop.run_in_executor(self._executor, lambda: _packed(packer, piece, more=more))
        if self._head:
            if not more and (self._has_body or piece):
                self._head["headers"].append((b"content-length", str(len(packed)).encode()))
            await self._send(self._head)
            self._head = None
        await self._send({"type": "http.response.body", "body": packed, "more_body": more})


def _packed(packer: zlib._Compress, piece: bytes, *, more: bool) -> bytes:
    packed = packer.compress(piece)
    return packed if more else packed + packer.flush()


def _is_text(content_type: str) -> bool:
    media = content_type.partition(";")[0].strip()
    return media.startswith("text/") or media.endswith(("json", "xml")) or media in _AS_TEXT
