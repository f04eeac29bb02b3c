"""Whom a store is told that we are, and when it is told not to be.

From the environment, `.netrc` or a prompt; never from arguments or a URL, where others could read them.
"""

from __future__ import annotations

import netrc
import os
import re
from collections.abc import Callable, Iterable
from ipaddress import ip_address
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

from kg.errors import FileError, UsageError

Prompt = Callable[[str, str], tuple[str, str]]
"""Asks a person for a name and a password: given where, and the name where that is known."""
Scheme = Literal["Basic", "Digest"]

USER, PASSWORD = "KG_USER", "KG_PASSWORD"
_SCHEME = re.compile(r"(basic|digest)\b(?:.*?\balgorithm=\"?([A-Za-z0-9-]+))?", re.IGNORECASE | re.DOTALL)
_ALGORITHMS = ("", "MD5", "MD5-SESS", "SHA", "SHA-SESS", "SHA-256", "SHA-256-SESS", "SHA-512", "SHA-512-SESS")


class Credentials(NamedTuple):
    """A name and its password."""

    user: str
    password: str


def checked_url(url: str) -> str:
    """Return the URL of a store. Raises `UsageError` unless it is one of http or https without credentials."""
    try:
        parts = urlsplit(url)
        is_web = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise UsageError("The URL of a store cannot be read: check its host and its port.") from None
    if "@" in parts.netloc:
        # Not shown: others may read what is on the screen.
        raise UsageError(
            f"The URL of the store at {parts.hostname} holds a name or a password, which others can read: leave "
            f"them out of it, and set {USER} and {PASSWORD} instead."
        )
    if not is_web:
        raise UsageError(f"{url}: a store must be a folder, or a URL that begins with http:// or https://.")
    return url


def credentials(url: str, prompt: Prompt | None) -> Credentials:
    """Return who we are to the host of a URL. Raises `FileError` where nobody has said."""
    user, password = os.environ.get(USER), os.environ.get(PASSWORD)
    if user is not None and password is not None:
        return Credentials(user, password)
    if user is None and (known := _of_netrc(urlsplit(url).hostname or "")):
        return known
    if prompt:
        return Credentials(*prompt(origin(url), user or ""))
    raise FileError(
        f"{origin(url)}: the store wants to know who you are: set {USER} and {PASSWORD}, or write them into .netrc."
    )


def scheme_of(challenges: Iterable[str], url: str) -> Scheme:
    """Return how to say who we are, as a store's `WWW-Authenticate` asks: never so that others can read it.

    Raises `UsageError` where only that is asked for, `FileError` for what is not known.
    """
    found = [match for each in challenges if (match := _SCHEME.match(each))]
    if any(each[1].lower() == "digest" and (each[2] or "").upper() in _ALGORITHMS for each in found):
        return "Digest"
    if not any(each[1].lower() == "basic" for each in found):
        raise FileError(f"{origin(url)}: the store asks for a kind of login other than Basic and Digest.")
    if urlsplit(url).scheme == "http" and not is_loopback(url):
        raise UsageError(
            f"{origin(url)}: the store asks for the password in plain text, which all between here and there could "
            "read: use https."
        )
    return "Basic"


def is_loopback(url: str) -> bool:
    """Tell whether a URL leads to this machine itself."""
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def origin(url: str) -> str:
    """Return scheme, host and port of a URL, without credentials."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def _of_netrc(host: str) -> Credentials | None:
    try:
        found = netrc.netrc(os.environ.get("NETRC")).authenticators(host)
    except FileNotFoundError:
        return None
    except netrc.NetrcParseError as error:
        # Its own message may quote a password.
        raise FileError(
            f"{error.filename or '.netrc'}:{error.lineno or 1}: this is not as a .netrc must be."
        ) from None
    return Credentials(found[0] or "", found[2] or "") if found else None
