"""The server: its socket, its parts, how it starts and ends."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import uvicorn
from starlette.types import ASGIApp

from kg.errors import FileError
from kg.publish.serve.app import App, with_access_log, with_cors
from kg.publish.serve.hosts import NO_OTHER_SITES, AllowedSites, Hosts, bracketed
from kg.publish.serve.limits import LIMITS, ConnectionLimits, Limits
from kg.publish.serve.query_scheduler import QueryScheduler, ServedStore
from kg.publish.serve.resources import Resources

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

_OPEN_FILES = 65_536
_SWITCH_SECONDS = 0.0005


class ServerEvents(NamedTuple):
    """Functions to call: `on_ready` with the URL when the server answers, `on_request` with a log line for each
    request, `on_problem` with a sentence about what an operator may want to mend."""

    on_ready: Callable[[str], object]
    on_request: Callable[[str], object] | None = None
    on_problem: Callable[[str], object] | None = None


def serve(
    target: Path,
    address: tuple[str, int],
    events: ServerEvents,
    *,
    sites: AllowedSites = NO_OTHER_SITES,
    limits: Limits = LIMITS,
) -> None:
    """Serve the store in a folder until the process is asked to end.

    Raises `UsageError` for a folder without a store, `FileError` for an address that cannot be served on.
    """
    served = ServedStore(target)
    with (
        _listening(address, limits.connections) as listener,
        tempfile.TemporaryDirectory(prefix="kg-serve-") as spool,
        contextlib.closing(Resources(target, Path(spool, "files"))) as resources,
    ):
        _allow_many_files()
        scheduler = QueryScheduler(served, Path(spool), limits)
        hosts = Hosts(address[0], sites, events.on_problem)
        app = App(served, scheduler, resources, hosts, has_cors=sites.cors)
        outer: ASGIApp = with_cors(app) if sites.cors else app
        if events.on_request:
            outer = with_access_log(outer, events.on_request)
        server = uvicorn.Server(_config(outer, limits.connections))
        app.is_ending = lambda: server.should_exit
        url = f"http://{bracketed(address[0])}:{listener.getsockname()[1]}/"
        with _ending_quietly():
            asyncio.run(_serve(server, app, listener, lambda: events.on_ready(url)))


def _config(app: ASGIApp, limits: ConnectionLimits) -> uvicorn.Config:
    """Return the settings of uvicorn.

    Granian 2.8 spends 0.03 to 0.11 ms less on a request (of 0.19 to 0.43) and has deadlines for request heads. But
    its server for an event loop of ours is experimental, does not take a socket that is bound already, and weighs
    22 MB; heads are left to a proxy instead.
    """
    return uvicorn.Config(
        app,
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="critical",
        access_log=False,
        server_header=False,
        limit_concurrency=limits.most,
        timeout_keep_alive=limits.idle_seconds,
        timeout_graceful_shutdown=limits.drain_seconds,
        h11_max_incomplete_event_size=limits.url + 2 * limits.headers,
    )


async def _serve(server: uvicorn.Server, app: App, listener: socket.socket, on_ready: Callable[[], object]) -> None:
    # Pages are made in threads, which would keep queries waiting for longer.
    sys.setswitchinterval(_SWITCH_SECONDS)
    # asyncio warns of a child that was killed before its end was noticed, which does not matter here.
    logging.getLogger("asyncio").setLevel(logging.ERROR)
    async with app.running():
        on_ready()
        await server.serve(sockets=[listener])


@contextlib.contextmanager
def _ending_quietly() -> Iterator[None]:
    """Ignore SIGINT and SIGTERM while the server does not handle them.

    uvicorn ends the server at a signal and then raises the signal again for the handlers that were there before it:
    the defaults would kill the process before it has tidied up.
    """
    ended_by = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(each, lambda *_: None) for each in ended_by]
    try:
        yield
    finally:
        for each, handler in zip(ended_by, before, strict=True):
            signal.signal(each, handler)


@contextlib.contextmanager
def _listening(address: tuple[str, int], limits: ConnectionLimits) -> Iterator[socket.socket]:
    host, port = address
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.create_server((host, port), family=family, backlog=limits.most)
    except OSError as error:
        reason = (error.strerror or str(error)).partition(" (while")[0]
        raise FileError(f"{host}:{port} cannot be served on: {reason}. Name another --host or --port.") from error
    with listener:
        # Connections inherit these. An answer is sent in several pieces, which must not wait for acknowledgements.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux: the system drops clients that leave an answer unread
            milliseconds = int(limits.stalled_seconds * 1000)
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, milliseconds)
        yield listener


def _allow_many_files() -> None:
    """Raise the limit of open files, for many connections."""
    if resource is not None:
        allowed = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        wanted = _OPEN_FILES if allowed == resource.RLIM_INFINITY else min(_OPEN_FILES, allowed)
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, allowed))
