"""The log of the server: a line for each error, and for each request if that is asked for; as text or as JSON.

Answers tell clients what they can do; the log tells operators the cause. Only the log has paths of this machine.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from hashlib import sha256
from threading import Lock
from time import monotonic, perf_counter
from typing import Literal
from urllib.parse import parse_qsl, urlencode

from starlette.types import ASGIApp, Message, Receive, Scope, Send

LogForm = Literal["text", "json"]
LONGEST_LOGGED = 120
"""How many characters of a path, of a query string, and of a query, a line of the log shows."""
PERIOD = 10.0
"""For how many seconds further errors of a kind are counted."""
_MOST_LINES = 5
_LONGEST_MESSAGE = 1000
# Other fields of a URL may be passwords: they are not logged.
_LOGGED_FIELDS = ("query", "default-graph-uri", "named-graph-uri", "timeout", "limit", "q")
_MOST_FIELDS = 1000
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class _Window:
    """What was logged of one kind of error within `PERIOD`."""

    def __init__(self) -> None:
        self.end = monotonic() + PERIOD
        self.messages: set[str] = set()
        self.uncounted = 0


class ServerLog:
    """Writes lines about errors, and about requests if `requests` is set.

    Of each kind of error, five different messages are written within ten seconds; all others are counted, and
    `flush` writes their number. `counts` has how many errors of each kind there were.
    """

    def __init__(self, write: Callable[[str], object], *, form: LogForm = "text", requests: bool = False) -> None:
        self.has_requests = requests
        self.counts: Counter[str] = Counter()
        self._write = write
        self._form = form
        self._windows: dict[str, _Window] = {}
        self._lock = Lock()

    def error(self, kind: str, message: str, *, status: int | None = None, scope: Scope | None = None) -> None:
        """Write a line about an error, unless it is repeated; `status` is that of the answer to the request."""
        self.flush()
        shown = _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", message[:_LONGEST_MESSAGE])
        with self._lock:
            self.counts[kind] += 1
            window = self._windows.setdefault(kind, _Window())
            if shown in window.messages or len(window.messages) == _MOST_LINES:
                window.uncounted += 1
                return
            window.messages.add(shown)
            self._write(self._error_line(kind, shown, status, scope))

    def flush(self) -> None:
        """Write how often the errors of the last seconds were repeated."""
        with self._lock:
            ended = {kind for kind, window in self._windows.items() if window.end <= monotonic()}
            for kind in ended:
                more = self._windows.pop(kind).uncounted
                if more:
                    message = f"{more} more in {PERIOD:g} seconds"
                    self._write(self._line("error", kind, message, more=more))

    async def flush_regularly(self) -> None:
        """Call `flush` every `PERIOD` seconds until cancelled."""
        while True:
            await asyncio.sleep(PERIOD)
            self.flush()

    def request(self, scope: Scope, status: int | None, size: int, seconds: float) -> None:
        """Write a line about a request: in the common log format, with the seconds at its end, or as JSON."""
        client, method, url = _client(scope), scope["method"], _logged_url(scope)
        if self._form == "json":
            details = {"client": client, "method": method, "url": url, "status": status, "bytes": size}
            self._write(self._line("info", "request", "", **details, seconds=round(seconds, 3)))
            return
        now = datetime.now().astimezone().strftime("%d/%b/%Y:%H:%M:%S %z")
        request = f"{method} {url} HTTP/{scope['http_version']}"
        self._write(f'{client} - - [{now}] "{request}" {status or "-"} {size} {seconds:.3f}')

    def _error_line(self, kind: str, message: str, status: int | None, scope: Scope | None) -> str:
        if scope is None:
            return self._line("error", kind, message)
        client, method, url = _client(scope), scope["method"], _logged_url(scope)
        if self._form == "json":
            return self._line("error", kind, message, client=client, method=method, url=url, status=status)
        return self._line("error", kind, f'{message} [{status} for {client}, "{method} {url}"]')

    def _line(self, level: str, kind: str, message: str, **details: object) -> str:
        now = datetime.now().astimezone()
        if self._form == "json":
            start = {"time": now.isoformat(timespec="milliseconds"), "level": level, "kind": kind}
            return json.dumps({**start, **({"message": message} if message else {}), **details})
        return f"[{now.strftime('%d/%b/%Y:%H:%M:%S %z')}] {level} {kind}: {message}"


def with_request_log(app: ASGIApp, log: ServerLog) -> ASGIApp:
    """Return an app that logs each request."""

    async def logged(scope: Scope, receive: Receive, send: Send) -> None:
        status: int | None = None
        size = 0
        begun = perf_counter()

        async def counted(message: Message) -> None:
            nonlocal status, size
            status = message.get("status", status)
            size += len(message.get("body", b"")) * (scope["method"] != "HEAD")
            await send(message)

        try:
            await app(scope, receive, counted)
        finally:
            log.request(scope, status, size, perf_counter() - begun)

    return logged


class LibraryErrors(logging.Handler):
    """Passes errors that uvicorn and asyncio log to the log of the server: those that no code of ours expected."""

    def __init__(self, log: ServerLog) -> None:
        super().__init__(logging.WARNING)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """Log an error, but not a mistake of a client."""
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, Exception):
            frame = traceback.extract_tb(error.__traceback__)[-1:]
            where = "".join(f" ({each.filename}:{each.lineno})" for each in frame)
            self._log.error("unexpected", f"{type(error).__name__}: {error}{where}", status=500)
        elif "concurrency limit" in (message := record.getMessage()):
            self._log.error("connections-full", "more connections than allowed: requests get 503")
        elif record.levelno >= logging.ERROR and error is None:
            kind = "drain-timeout" if "graceful shutdown exceeded" in message else "unexpected"
            self._log.error(kind, message)


def named_query(query: str) -> str:
    """Return what the log says of a query: its start, and a digest by which it is recognised."""
    start = query if len(query) <= LONGEST_LOGGED else f"{query[:LONGEST_LOGGED]}..."
    return f"query {sha256(query.encode()).hexdigest()[:12]} of {len(query)} characters: {start}"


def _client(scope: Scope) -> str:
    return str((scope.get("client") or ("-",))[0])


def _logged_url(scope: Scope) -> str:
    path = _shortened(scope["raw_path"].decode("ascii", "backslashreplace"))
    fields = urlencode(list(_logged_fields(scope["query_string"].decode("latin-1"))))
    return f"{path}?{_shortened(fields)}" if fields else path


def _logged_fields(query_string: str) -> Iterator[tuple[str, str]]:
    try:
        fields = parse_qsl(query_string, max_num_fields=_MOST_FIELDS)
    except ValueError:
        return
    yield from ((name, value) for name, value in fields if name in _LOGGED_FIELDS)


def _shortened(text: str) -> str:
    plain = text.replace('"', "%22").replace("\\", "%5C")
    return plain if len(plain) <= LONGEST_LOGGED else f"{plain[:LONGEST_LOGGED]}..."
