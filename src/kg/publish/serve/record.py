"""What became of a request, in a line that tells enough to watch a server and nothing to regret."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from time import perf_counter
from urllib.parse import parse_qsl, urlencode

from starlette.types import Message, Scope, Send

LONGEST = 120
"""How many characters a line shows of a path, and of what was asked of it."""
# What else stands in a URL may be a password, and is not written down.
_KNOWN = ("query", "default-graph-uri", "named-graph-uri", "timeout", "limit", "q")
_MOST_FIELDS = 1000


class Record:
    """Follows an answer on its way: its status, 0 before it has one, and the bytes of its body."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self.status = 0
        self.size = 0
        self._request = f"{scope['method']} {_shown(scope)} HTTP/{scope['http_version']}"
        self._client = (scope.get("client") or ("-",))[0]
        self._has_body = scope["method"] != "HEAD"
        self._send = send
        self._begun = perf_counter()

    async def send(self, message: Message) -> None:
        """Send a part of the answer."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
        self.size += len(message.get("body", b"")) * self._has_body
        await self._send(message)

    def line(self) -> str:
        """Return the line, in the common log format with the seconds at its end."""
        now = datetime.now().astimezone().strftime("%d/%b/%Y:%H:%M:%S %z")
        took = perf_counter() - self._begun
        return f'{self._client} - - [{now}] "{self._request}" {self.status or "-"} {self.size} {took:.3f}'


def _shown(scope: Scope) -> str:
    path = _short(scope["raw_path"].decode("ascii", "backslashreplace"))
    asked = urlencode(list(_fields(scope["query_string"].decode("latin-1"))))
    return f"{path}?{_short(asked)}" if asked else path


def _fields(asked: str) -> Iterator[tuple[str, str]]:
    try:
        yield from (
            (name, value) for name, value in parse_qsl(asked, max_num_fields=_MOST_FIELDS) if name in _KNOWN
        )
    except ValueError:
        return


def _short(text: str) -> str:
    plain = text.replace('"', "%22").replace("\\", "%5C")
    return plain if len(plain) <= LONGEST else f"{plain[:LONGEST]}..."
