"""HTTP with a store: every request has a timeout, is sent again if that may help, and logs in if asked to.

Redirects are not followed: data and credentials are only for the address that the user gave. Credentials
come from the environment, `.netrc` or a prompt; never from arguments or a URL, where others could read them.
"""

from __future__ import annotations

import netrc
import os
import random
import re
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from typing import IO, Literal, NamedTuple
from urllib.parse import urlsplit

import httpx

from kg.errors import FileError, UsageError

Prompt = Callable[[str, str], tuple[str, str]]
"""Asks a person for a name and a password; the arguments are the store, and the name if it is known."""
Scheme = Literal["Basic", "Digest"]

USER, PASSWORD = "KG_USER", "KG_PASSWORD"
_SCHEME = re.compile(r"(basic|digest)\b(?:.*?\balgorithm=\"?([A-Za-z0-9-]+))?", re.IGNORECASE | re.DOTALL)
_ALGORITHMS = ("", "MD5", "MD5-SESS", "SHA", "SHA-SESS", "SHA-256", "SHA-256-SESS", "SHA-512", "SHA-512-SESS")
ATTEMPTS = 6
"""How often to send a request at most."""
SHORTEST, LONGEST = 0.5, 60.0
"""How many seconds to wait before the second attempt, and at most if the store says how long to wait."""
CONNECT = 10.0
LARGEST = 64 * 1024 * 1024
"""The most bytes of a reply that is not written to a file."""
_RETRIED_STATUSES = (429, 502, 503, 504)
_SHOWN = 300
_HINTS = {
    403: " It may be read-only, or you may not change it.",
    405: " It may be read-only.",
    413: " Let its proxy, as nginx, accept larger requests, or load with --protocol update.",
}
# The last two: the host is no valid name.
_FAILURES = (httpx.RequestError, NotImplementedError, httpx.InvalidURL, UnicodeError)
Sink = tuple[IO[bytes], int]
"""A file, and the most bytes that may go into it."""


class Credentials(NamedTuple):
    """A name and its password."""

    user: str
    password: str


def checked_url(url: str) -> str:
    """Return the URL of a store. Raises `UsageError` unless it is an http or https URL without credentials."""
    try:
        parts = urlsplit(url)
        is_web = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise UsageError("The URL of a store cannot be read: check its host and its port.") from None
    if "@" in parts.netloc:
        # The URL is not shown: others may read what is on the screen.
        raise UsageError(
            f"The URL of the store at {parts.hostname} contains a name or a password, which others can read: leave "
            f"them out of it, and set {USER} and {PASSWORD} instead."
        )
    if not is_web:
        raise UsageError(f"{url}: a store must be a folder, or a URL that begins with http:// or https://.")
    return url


def credentials(url: str, prompt: Prompt | None) -> Credentials:
    """Return the credentials for the host of a URL. Raises `FileError` if there are none."""
    user, password = os.environ.get(USER), os.environ.get(PASSWORD)
    if user is not None and password is not None:
        return Credentials(user, password)
    if user is None and (known := _from_netrc(urlsplit(url).hostname or "")):
        return known
    if prompt:
        return Credentials(*prompt(origin(url), user or ""))
    raise FileError(
        f"{origin(url)}: the store asks for a name and a password: set {USER} and {PASSWORD}, or use .netrc."
    )


def login_scheme(challenges: Iterable[str], url: str) -> Scheme:
    """Return how to log in by a store's `WWW-Authenticate`, but never so that others can read the password.

    Raises `UsageError` if the store asks for nothing safer, `FileError` if it asks for another kind of login.
    """
    found = [match for each in challenges if (match := _SCHEME.match(each))]
    if any(each[1].lower() == "digest" and (each[2] or "").upper() in _ALGORITHMS for each in found):
        return "Digest"
    if not any(each[1].lower() == "basic" for each in found):
        raise FileError(f"{origin(url)}: the store asks for a kind of login other than Basic and Digest.")
    if urlsplit(url).scheme == "http" and not is_loopback(url):
        raise UsageError(
            f"{origin(url)}: the store asks for the password in plain text, which everyone on the way there could "
            "read: use https."
        )
    return "Basic"


def is_loopback(url: str) -> bool:
    """Whether a URL is one of this machine itself."""
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def origin(url: str) -> str:
    """Return scheme, host and port of a URL, without credentials."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def _from_netrc(host: str) -> Credentials | None:
    try:
        found = netrc.netrc(os.environ.get("NETRC")).authenticators(host)
    except FileNotFoundError:
        return None
    except netrc.NetrcParseError as error:
        # Its own message may quote a password.
        raise FileError(
            f"{error.filename or '.netrc'}:{error.lineno or 1}: this line of .netrc cannot be understood."
        ) from None
    return Credentials(found[0] or "", found[2] or "") if found else None


class Request(NamedTuple):
    """A request, sent with its length: of a body in chunks, Virtuoso stores nothing and answers 201."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes = b""


class Reply(NamedTuple):
    """A response: its status, its body unless that went to a file, and its headers in lower case."""

    url: str
    status: int
    body: bytes
    headers: Mapping[str, str]


class Login(NamedTuple):
    """The way to log in at a host, and the password, which no message may show."""

    auth: httpx.Auth
    password: str


class Session:
    """An HTTP session with one or more hosts, which logs in when a host asks for it."""

    def __init__(self, prompt: Prompt | None, seconds: float) -> None:
        """Limit each request to `seconds`."""
        self._prompt = prompt
        self._seconds = seconds
        self._clients: dict[bool, httpx.Client] = {}
        self._logins: dict[str, Login] = {}
        self._reached: set[str] = set()

    def close(self) -> None:
        """Close all connections."""
        for client in self._clients.values():
            client.close()

    def send(self, request: Request, *, into: Sink | None = None, login: bool = True) -> Reply:
        """Send a request and return the reply; a body with status 200 goes `into` a file.

        It may be sent several times, so it must be idempotent. Without `login`, 401 is a reply like others. Raises
        `FileError` if the host cannot be reached, takes too long, or stays unavailable.
        """
        for attempt in range(1, ATTEMPTS + 1):
            wait: float | None = None
            try:
                reply, wait = self._sent(request, into, login=login)
                if reply.status not in _RETRIED_STATUSES:
                    return reply
                problem = refusal(reply)
            except (httpx.NetworkError, httpx.RemoteProtocolError) as error:
                problem = f"{origin(request.url)}: the store cannot be reached: {_reason(error)}."
                if origin(request.url) not in self._reached:
                    raise FileError(problem) from error
            except _FAILURES as error:
                raise self._failed(request.url, error) from error
            if attempt < ATTEMPTS:
                longer = SHORTEST * 2 ** (attempt - 1) * random.uniform(0.5, 1.5)
                time.sleep(longer if wait is None else wait)
        raise FileError(f"{problem} It was asked {ATTEMPTS} times.")

    def _sent(self, request: Request, into: Sink | None, *, login: bool) -> tuple[Reply, float | None]:
        """Send a request, logging in if asked to. Return the reply and how many seconds the store asks to wait."""
        response = self._response(request)
        try:
            if response.status_code == 401 and login:
                if origin(request.url) in self._logins:
                    raise FileError(f"{origin(request.url)}: the store does not accept this name and password.")
                self._log_in(request.url, response.headers.get_list("www-authenticate"))
                return self._sent(request, into, login=login)
            if 300 <= response.status_code < 400:
                raise _redirected(request.url, response.headers.get("location", ""))
            body, headers = self._read(response, into), dict(response.headers)
            reply = Reply(request.url, response.status_code, body, headers)
            return self._without_secrets(reply, response), _asked_to_wait(headers.get("retry-after", ""))
        finally:
            response.close()
            # httpx leaves a reference cycle here, which would keep the body of the request in memory.
            response.stream = httpx.ByteStream(b"")

    def _response(self, request: Request) -> httpx.Response:
        """Send a request once, and return the response, whose body is still to be read."""
        client = self._client(loopback=is_loopback(request.url))
        auth = self._logins[origin(request.url)].auth if origin(request.url) in self._logins else None
        built = client.build_request(request.method, request.url, headers=request.headers, content=request.body)
        response = client.send(built, auth=auth, stream=True)
        self._reached.add(origin(request.url))
        return response

    def _client(self, *, loopback: bool) -> httpx.Client:
        """Return the client; it uses the proxy of the environment unless the store is on this machine."""
        if loopback not in self._clients:
            timeout = httpx.Timeout(self._seconds, connect=min(CONNECT, self._seconds))
            self._clients[loopback] = httpx.Client(
                timeout=timeout, headers={"User-Agent": "kg"}, trust_env=not loopback
            )
        return self._clients[loopback]

    def _log_in(self, url: str, challenges: list[str]) -> None:
        scheme = login_scheme(challenges, url)
        user, password = credentials(url, self._prompt)
        auth = httpx.DigestAuth(user, password) if scheme == "Digest" else httpx.BasicAuth(user, password)
        self._logins[origin(url)] = Login(auth, password)

    def _without_secrets(self, reply: Reply, response: httpx.Response) -> Reply:
        """Return a reply without our password, which an error message may repeat."""
        login = self._logins.get(origin(reply.url))
        if login is None or reply.status < 400:
            return reply
        body = reply.body
        for secret in (login.password, response.request.headers.get("authorization", "").partition(" ")[2]):
            body = body.replace(secret.encode(), b"***") if secret else body
        return reply._replace(body=body)

    def _read(self, response: httpx.Response, into: Sink | None) -> bytes:
        """Return the body, or write it into a file. Raises `FileError` if it is too large or too slow."""
        file, most = into if into and response.status_code == 200 else (None, LARGEST)
        if file:
            file.seek(0)
            file.truncate()
        body, size, end = bytearray(), 0, time.monotonic() + self._seconds
        for piece in response.iter_bytes():
            size += len(piece)
            if size > most:
                raise FileError(f"{response.url}: the answer is larger than {most:,} bytes: narrow the question.")
            if time.monotonic() > end:
                raise self._late(str(response.url))
            if file:
                file.write(piece)
            else:
                body += piece
        return bytes(body)

    def _failed(self, url: str, error: Exception) -> FileError | UsageError:
        """Return the error of a request that is not worth another attempt."""
        if isinstance(error, httpx.TimeoutException):
            return self._late(url)
        if isinstance(error, httpx.RequestError):
            return FileError(f"{origin(url)}: the store does not speak HTTP as it should: {_reason(error)}.")
        if isinstance(error, NotImplementedError):
            return FileError(f"{origin(url)}: the store asks for a kind of Digest that kg does not know.")
        return UsageError(f"{origin(url)}: this is not a valid name of a host: {error}.")

    def _late(self, url: str) -> FileError:
        return FileError(
            f"{origin(url)}: the store has not answered within {self._seconds:g} seconds: give it more with "
            "--timeout."
        )


def refusal(reply: Reply) -> str:
    """Return why a store refused a request, in one line."""
    said = reply.body.decode(errors="replace").strip().split("\n")[0].strip()[:_SHOWN]
    if said.startswith("<"):
        said = ""  # a page for a browser
    shown = "".join(letter if letter.isprintable() else " " for letter in said)
    reason = f": {shown}" if shown else "."
    where = reply.url.partition("?")[0]
    return f"{where}: the store answers {reply.status}{reason}{_HINTS.get(reply.status, '')}"


def _redirected(url: str, location: str) -> FileError:
    parts = urlsplit(str(httpx.URL(url).join(location))) if location else urlsplit(url)
    target = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
    return FileError(
        f"{url.partition('?')[0]}: the store sends on to {target}, and kg takes your articles and your "
        "password nowhere else: give that address if you trust it."
    )


def _asked_to_wait(header: str) -> float | None:
    """Return the seconds of a `Retry-After`, at most `LONGEST`; None if it gives none."""
    if header.isdecimal():
        return min(float(header), LONGEST)
    with suppress(ValueError):
        until = parsedate_to_datetime(header)
        return min(max((until - datetime.now(UTC)).total_seconds(), 0.0), LONGEST)
    return None


def _reason(error: httpx.RequestError) -> str:
    """Return why a connection failed: `[Errno 111] Connection refused` without its number."""
    said = str(error).rpartition("] ")[2] or type(error).__name__
    return said.rstrip(".")
