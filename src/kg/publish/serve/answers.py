"""What goes back to a client."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from kg.publish.serve.refusals import Refusal

_PIECE = 256 * 1024


class Spooled(Response):
    """The answer in a file, which is removed when it is opened. Its length is known before its status is sent."""

    def __init__(self, path: Path, media_type: str) -> None:
        self._file = path.open("rb")
        path.unlink()
        length = self._file.seek(0, 2)
        self._file.seek(0)
        super().__init__(headers={"Content-Length": str(length), "Content-Type": media_type, "Vary": "Accept"})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002  # ASGI's signature
        with self._file as file:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            # The file was written a moment ago: it is read from memory, and waits for no disk.
            while scope["method"] != "HEAD" and (piece := file.read(_PIECE)):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})


def refused(refusal: Refusal) -> Response:
    """Return a refusal as text."""
    headers: Mapping[str, str] = refusal.headers
    return PlainTextResponse(refusal.message + "\n", refusal.status, headers)
