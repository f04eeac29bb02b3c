"""Who is let in: no page of another site, under whatever name it has this machine's address.

A page may have its name lead to 127.0.0.1 and read as its own what is served there (DNS rebinding); the name is
still in the Host header.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.requests import Request

from kg.publish.serve.refusals import Refusal

_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::[0-9]{1,5})?", re.IGNORECASE)
_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
# The pages are text and style; the page that asks queries runs WebAssembly, in a worker of its own.
_CONTENT = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "script-src 'self' 'wasm-unsafe-eval'; "
    "worker-src 'self' blob:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_MONTH = str(30 * 24 * 60 * 60)


class Gate:
    """Lets in what is addressed to the host that is served on, or to that of the base; `cors`: from any site."""

    def __init__(self, host: str, base: str, *, cors: bool) -> None:
        self._hosts = {*_LOOPBACK, bracketed(host), bracketed(urlsplit(base).hostname or "")}
        self._cors = cors

    def refuse_strangers(self, request: Request) -> None:
        """Raise `Refusal` for what is addressed to somebody else, or sent by a page of another site."""
        written = request.headers.get("host", "")
        match = _HOST.fullmatch(written)
        if match is None:
            raise Refusal(400, "The Host header must name a host.")
        here = bracketed((request.scope.get("server") or ("",))[0])
        if match[1].lower().rstrip(".") not in {*self._hosts, here}:
            raise Refusal(
                421,
                "This is served under another name: the Host header must be the host of the base, or this address.",
            )
        origin = request.headers.get("origin")
        if origin is not None and not self._cors and origin.partition("://")[2].lower() != written.lower():
            raise Refusal(403, "Pages of other sites may not read this; `kg serve --cors` lets them.")

    def headers(self, *, is_page: bool) -> Mapping[str, str]:
        """Return what every answer says to browsers."""
        return {
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "cross-origin" if self._cors else "same-origin",
            # A browser obeys this for whatever it shows as a page.
            "Content-Security-Policy": _CONTENT if is_page else "default-src 'none'; frame-ancestors 'none'",
            **(self._open() if self._cors else {}),
        }

    def preflight(self) -> Mapping[str, str]:
        """Return what a browser is told that asks before it sends a page's request."""
        if not self._cors:
            return {}
        return {
            "Access-Control-Allow-Methods": "GET, HEAD, POST",
            "Access-Control-Allow-Headers": "Accept, Accept-Language, Content-Type, If-None-Match",
            "Access-Control-Max-Age": _MONTH,
        }

    def _open(self) -> Mapping[str, str]:
        return {
            "Access-Control-Allow-Origin": "*",
            "Access-Control-Expose-Headers": "Content-Location, ETag, Link, Location, Retry-After",
        }


def bracketed(host: str) -> str:
    """Return a host as URLs have it: an IPv6 address in brackets."""
    return f"[{host}]" if ":" in host and not host.startswith("[") else host.lower()
