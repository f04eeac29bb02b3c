"""The names that a server answers to, and the sites whose pages may read it.

Another site may let its host name lead to 127.0.0.1, so that its pages can read what is served there (DNS
rebinding); that name is still in the Host header. Starlette's `TrustedHostMiddleware` would need a fixed list of
hosts, but on `--host 0.0.0.0` the address that a client used is allowed too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple
from urllib.parse import SplitResult, quote, unquote, urlsplit

from starlette.requests import Request

from kg.errors import FileError, UsageError, reason_of
from kg.publish.serve.responses import Refusal

_NAME = r"\[[0-9a-f:.]+\]|[a-z0-9._-]+"
_HOST = re.compile(rf"({_NAME})(?::[0-9]{{1,5}})?", re.IGNORECASE)
_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
_DEFAULT_PORTS = {"http": 80, "https": 443}
_MOST_REPORTED = 100
"""Clients may send any name: this many are reported, each once."""


class PublicUrl(NamedTuple):
    """A URL at which a server is reached from outside, such as that of a proxy in front of it.

    `origin` is as browsers send it; `path` begins and ends with a slash and is not percent-encoded.
    """

    origin: str
    host: str
    path: str

    @property
    def url(self) -> str:
        """The URL, with a slash at its end."""
        return self.origin + quote(self.path)


class AllowedSites(NamedTuple):
    """The URLs at which a server is reached besides its base and its address; `cors` lets all pages read it."""

    public_urls: Sequence[PublicUrl] = ()
    cors: bool = False


NO_OTHER_SITES = AllowedSites()


def public_url(written: str) -> PublicUrl:
    """Read a URL such as `https://www.claims.example/news`. Raises `UsageError` if it cannot be a public URL."""
    try:
        parts = urlsplit(written)
        port = parts.port
    except ValueError as error:
        raise _no_public_url(written, f"this is no URL: {error}.") from error
    host = bracketed(parts.hostname or "").rstrip(".")
    if complaint := _complaint(written, parts, host):
        raise _no_public_url(written, complaint)
    has_port = port is not None and port != _DEFAULT_PORTS[parts.scheme]
    origin = f"{parts.scheme}://{host}:{port}" if has_port else f"{parts.scheme}://{host}"
    return PublicUrl(origin, host, _directory(parts.path))


def _complaint(written: str, parts: SplitResult, host: str) -> str:
    """Return why a URL cannot be a public one, `""` if it can."""
    if parts.scheme not in _DEFAULT_PORTS:
        name = written.rpartition("://")[2]
        return (
            f"write http:// or https:// before the host, as in https://{name.strip('/') or 'www.claims.example'}/."
        )
    if not host.isascii():
        return "write the host as in DNS: other letters than a to z as xn--…."
    if not re.fullmatch(_NAME, host):
        return "name a host, as in https://www.claims.example/."
    if "@" in parts.netloc or "?" in written or "#" in written:
        return "give only scheme, host, port and path: no name and password, no `?` and no `#`."
    return ""


def _no_public_url(written: str, complaint: str) -> UsageError:
    return UsageError(f"--public-url {written}: {complaint}")


class MovedUrl(NamedTuple):
    """A URL below an earlier base: that base, the start of current URLs, and the path below both, not encoded."""

    earlier: str
    start: str
    path: str


class Hosts:
    """Refuses requests to other hosts and from pages of other sites, and knows the paths and URLs of its own.

    `host` is the address that is served on. `report` is called with a sentence for the operator about a refused
    name, once for each.
    """

    def __init__(self, host: str, sites: AllowedSites, report: Callable[[str], object] | None = None) -> None:
        self._own = {*_LOOPBACK, bracketed(host)}
        self._public = sites.public_urls
        self._names = {each.host for each in sites.public_urls}
        self._origins = {each.origin for each in sites.public_urls}
        self._cors = sites.cors
        self._report = report
        self._reported: set[str] = set()
        self._prefixes_of: dict[str, tuple[str, ...]] = {}

    def refuse_others(self, request: Request, base: str) -> None:
        """Raise `Refusal` for a request to another host, or one that a page of another site sent."""
        written = request.headers.get("host", "")
        match = _HOST.fullmatch(written)
        if match is None:
            raise Refusal(400, "The Host header must name a host.")
        name = match[1].lower().rstrip(".")
        if name not in self._own and name not in self._names and name not in (_here(request), _host(base)):
            self._say_once(
                f"Refused a request to {name} with 421: if this server is reached under that name, start it with "
                f"--public-url and the address that browsers show, such as --public-url https://{name}/"
            )
            raise Refusal(421, "This server does not answer under the name in the Host header.")
        self._refuse_other_origins(request.headers.get("origin"), written)

    def moved(self, request: Request, base: str, earlier: Sequence[str]) -> MovedUrl | None:
        """Return what is requested at an earlier base, and where it is now; None for other requests.

        A request is at an earlier base if it has its host, and that is not one of this server; or if it has its
        path, unless the path of the base or of a public URL is longer. A path of `/` does not count: a proxy may
        have removed that of the base.
        """
        if not earlier:
            return None
        name, path = _host(f"//{request.headers.get('host', '')}"), request.scope["path"]
        is_own = name in self._own or name in self._names or name == _host(base)
        paths = {_directory(urlsplit(base).path), *(each.path for each in self._public)}
        current = max((len(each) for each in paths if path.startswith(each)), default=1)
        for each in sorted(earlier, key=len, reverse=True):
            directory = _directory(urlsplit(each).path)
            rest = path.removeprefix(directory).removeprefix("/")
            if name == _host(each) and not is_own:
                return MovedUrl(each, base, rest)
            if is_own and path.startswith(directory) and len(directory) > current:
                return MovedUrl(each, self.url(request, base), rest)
        return None

    def path_below(self, path: str, base: str) -> str | None:
        """Return a path without that of the base or a public URL, which a proxy may or may not have removed.

        Returns None if only the slash at its end is missing.
        """
        for prefix in self._prefixes(base):
            if path.startswith(prefix):
                return f"/{path.removeprefix(prefix).removeprefix('/')}"
            if path == prefix.rstrip("/"):
                return None
        return f"/{path.removeprefix('/')}"

    def _prefixes(self, base: str) -> tuple[str, ...]:
        """Return the paths of the base and of the public URLs, the longest first, without `/`."""
        if base not in self._prefixes_of:
            prefixes = {_directory(urlsplit(base).path), *(each.path for each in self._public)} - {"/"}
            self._prefixes_of = {base: tuple(sorted(prefixes, key=len, reverse=True))}
        return self._prefixes_of[base]

    def url(self, request: Request, base: str) -> str:
        """Return the URL at which a client reaches the data set: a public one, the base, or the Host header's."""
        written = request.headers.get("host", "").lower()
        name = _host(f"//{written}")
        own = [each for each in self._public if each.host == name]
        if own:
            return own[0].url
        if name == _host(base):
            return base
        return self._public[0].url if self._public else f"{request.scope['scheme']}://{written}/"

    def _refuse_other_origins(self, origin: str | None, host: str) -> None:
        if origin is None or self._cors or origin.lower() in self._origins:
            return
        if origin.partition("://")[2].lower() == host.lower():
            return
        if _HOST.fullmatch(origin.partition("://")[2]):
            self._say_once(
                f"Refused a request from a page of {origin} with 403: if visitors read this server there, start it "
                f"with --public-url {origin}/; --cors lets the pages of all sites read it."
            )
        raise Refusal(403, "Pages of other sites may not read this.")

    def _say_once(self, sentence: str) -> None:
        if self._report and sentence not in self._reported and len(self._reported) < _MOST_REPORTED:
            self._reported.add(sentence)
            self._report(sentence)


def address_error(address: tuple[str, int], error: OSError, fault: str, advice: str) -> FileError:
    """Return the error for an address on which nothing can listen, without what Python adds about the call."""
    host, port = address
    return FileError(f"{host}:{port} {fault}: {reason_of(error).partition(' (while')[0]}. {advice}")


def bracketed(host: str) -> str:
    """Return a host as in a URL: an IPv6 address in brackets."""
    return f"[{host}]" if ":" in host and not host.startswith("[") else host.lower()


def _here(request: Request) -> str:
    """Return the address that a client has connected to."""
    return bracketed((request.scope.get("server") or ("",))[0])


def _host(url: str) -> str:
    return bracketed(urlsplit(url).hostname or "").rstrip(".")


def _directory(path: str) -> str:
    """Return the path of a URL without percent-encoding, and with a slash at both ends."""
    inner = unquote(path).strip("/")
    return f"/{inner}/" if inner else "/"
