"""Checks of each request by the rules of HTTP: its version, its length, its target, its ranges.

h11 refuses what is not HTTP; these are the rules that it leaves to the server.
https://www.rfc-editor.org/rfc/rfc9112, https://www.rfc-editor.org/rfc/rfc9110
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from starlette.types import Scope

from kg.publish.serve.hosts import bracketed
from kg.publish.serve.limits import ConnectionLimits
from kg.publish.serve.responses import Refusal

_CLOSE = {"Connection": "close"}
# RFC 9110, section 9, and RFC 5789.
_KNOWN_METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH")
_ABSOLUTE = re.compile(rb"https?://([^/?#@]+)(/.*)?", re.IGNORECASE)
_NO_ENCODING = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_ONE_RANGE = re.compile(rb"bytes=[ \t]*(?:([0-9]{1,18})-([0-9]{0,18})|-[0-9]{1,18})[ \t]*", re.IGNORECASE)


def check_request(scope: Scope, limits: ConnectionLimits) -> None:
    """Bring the target and the headers of a request into one form. Raises `Refusal` if HTTP does not allow it."""
    _check_framing(scope)
    if scope["method"] not in _KNOWN_METHODS:
        raise Refusal(501, "No address here knows this method.")
    _refuse_large(scope, limits)
    _settle_target(scope)
    _settle_range(scope)


def _check_framing(scope: Scope) -> None:
    """Raise `Refusal` where this server and a proxy in front of it may see the end of a request in two places.

    Then requests can be smuggled past the proxy: RFC 9112, sections 6.1 and 6.3.
    """
    if not scope["http_version"].startswith("1."):
        raise Refusal(505, "This server speaks HTTP/1.1.", _CLOSE)
    if _values(scope, b"transfer-encoding"):
        if _values(scope, b"content-length"):
            raise Refusal(400, "A request must have Content-Length or Transfer-Encoding, not both.", _CLOSE)
        if scope["http_version"] == "1.0":
            raise Refusal(400, "HTTP/1.0 has no Transfer-Encoding.", _CLOSE)


def _refuse_large(scope: Scope, limits: ConnectionLimits) -> None:
    if len(scope["raw_path"]) + len(scope["query_string"]) > limits.url:
        raise Refusal(414, f"A URL may have {limits.url // 1024} kB at most: send a long query by POST.")
    if sum(len(name) + len(value) for name, value in scope["headers"]) > limits.headers:
        raise Refusal(431, f"The headers may have {limits.headers // 1024} kB at most.")


def _settle_target(scope: Scope) -> None:
    """Give the scope a path that begins with a slash and a Host header: RFC 9112, section 3.2.

    The host of a target in absolute form goes before the Host header; HTTP/1.0 needs neither.
    """
    target, host = scope["raw_path"], b""
    if match := _ABSOLUTE.fullmatch(target):
        host, target = match[1], match[2] or b"/"
        scope.update(raw_path=target, path=unquote(target.decode("ascii")))
    elif not target.startswith(b"/") and (target, scope["method"]) != (b"*", "OPTIONS"):
        raise Refusal(400, "The target of a request must be a path that begins with `/`, or a whole http:// URL.")
    elif scope["http_version"] == "1.0" and not _values(scope, b"host"):
        host = bracketed((scope.get("server") or ("localhost",))[0]).encode()
    if _NO_ENCODING.search(target):
        raise Refusal(400, "In a URL, `%` must be followed by two hexadecimal digits; `%25` stands for `%` itself.")
    if host:
        scope["headers"] = [*(each for each in scope["headers"] if each[0] != b"host"), (b"host", host)]


def _settle_range(scope: Scope) -> None:
    """Ignore a Range header that does not ask for one range of bytes, as a server may (RFC 9110, section 14.2).

    Many small ranges would cost more than the whole file; ranges in other units, and those of other methods than
    GET, must be ignored.
    """
    ranges = _values(scope, b"range")
    match = _ONE_RANGE.fullmatch(ranges[0]) if len(ranges) == 1 and scope["method"] == "GET" else None
    if ranges and (match is None or (match[2] and int(match[1]) > int(match[2]))):
        scope["headers"] = [each for each in scope["headers"] if each[0] != b"range"]


def _values(scope: Scope, name: bytes) -> list[bytes]:
    return [value for each, value in scope["headers"] if each == name]
