"""The server: its socket, its parts, and its end."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import uvicorn

from kg.errors import FileError
from kg.publish.serve.app import App
from kg.publish.serve.compression import Compression
from kg.publish.serve.connection import Connection
from kg.publish.serve.gate import Gate, bracketed
from kg.publish.serve.generations import Watched
from kg.publish.serve.limits import CONNECTIONS, LIMITS, Limits
from kg.publish.serve.seats import Seats
from kg.publish.serve.things import Things

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

_FILES = 65_536
_TURN = 0.0005


class Told(NamedTuple):
    """Who hears of what: `ready` of the URL, when it can be asked, `request` of each request, in a line."""

    ready: Callable[[str], object]
    request: Callable[[str], object] | None = None


def serve(
    target: Path, address: tuple[str, int], told: Told, *, cors: bool = False, limits: Limits = LIMITS
) -> None:
    """Serve the store of a folder until the process is asked to end.

    Raises `UsageError` for a folder without a store, `FileError` for an address that cannot be had.
    """
    watched = Watched(target)
    with _listening(*address) as listener, tempfile.TemporaryDirectory(prefix="kg-serve-") as spool:
        _allow_many_files()
        port = listener.getsockname()[1]
        url = f"http://{bracketed(address[0])}:{port}/"
        seats = Seats(watched, Path(spool), limits)
        with (
            contextlib.closing(Things(target, Path(spool, "pages"))) as things,
            contextlib.closing(Compression()) as compression,
        ):
            app = App(watched, seats, things, Gate(address[0], watched.store.base, cors=cors), compression)
            app.told = told.request
            asyncio.run(_serve(app, listener, seats, lambda: told.ready(url)))


class _Server(uvicorn.Server):
    """Ends by SIGINT and SIGTERM as by itself."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        with super().capture_signals():
            yield
            # They would be raised again, and the process killed before it has tidied up.
            self._captured_signals.clear()


async def _serve(app: App, listener: socket.socket, seats: Seats, ready: Callable[[], object]) -> None:
    config = uvicorn.Config(
        app,
        http=Connection,
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="critical",
        access_log=False,
        server_header=False,
        timeout_keep_alive=CONNECTIONS.idle_seconds,
        timeout_graceful_shutdown=CONNECTIONS.drain_seconds,
        h11_max_incomplete_event_size=CONNECTIONS.url + 2 * CONNECTIONS.headers,
    )
    # Pages are made in threads, each turn of which keeps queries waiting.
    sys.setswitchinterval(_TURN)
    # It warns of a child that was killed before it had seen its end, which is nobody's concern.
    logging.getLogger("asyncio").setLevel(logging.ERROR)
    server = _Server(config)
    app.is_ending = lambda: server.should_exit
    await seats.open()
    watching = asyncio.create_task(app.watch())
    try:
        ready()
        await server.serve(sockets=[listener])
    finally:
        watching.cancel()
        await seats.close()


@contextlib.contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.create_server((host, port), family=family, backlog=CONNECTIONS.most)
        # An answer is sent in several pieces, none of which shall wait for the last to be acknowledged.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except OSError as error:
        reason = (error.strerror or str(error)).partition(" (while")[0]
        raise FileError(f"{host}:{port} cannot be served on: {reason}. Name another --host or --port.") from error
    with listener:
        yield listener


def _allow_many_files() -> None:
    """Let this process have as many connections as it takes."""
    if resource is not None:
        allowed = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        wanted = _FILES if allowed == resource.RLIM_INFINITY else min(_FILES, allowed)
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, allowed))
