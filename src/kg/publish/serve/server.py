"""The server: its socket, its parts, how it starts and ends."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from kg.files.temporary import temporary_folder
from kg.publish.serve.app import App, ServedParts, with_cors
from kg.publish.serve.health import DrainingServer, StoreHealth
from kg.publish.serve.hosts import NO_OTHER_SITES, AllowedSites, Hosts, address_error, bracketed
from kg.publish.serve.limits import LIMITS, ConnectionLimits, Limits
from kg.publish.serve.logs import LibraryErrors, ServerLog, with_request_log
from kg.publish.serve.query_scheduler import QueryScheduler
from kg.publish.serve.repeated_requests import Observer, RepeatedRequests, RepeatingProtocol
from kg.publish.serve.resources import Resources
from kg.publish.serve.served_store import ServedStore

if TYPE_CHECKING:
    from kg.publish.serve.metrics import Metrics

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

TEMPORARY = "kg-serve-"
"""How the names of the temporary folders of servers begin."""
_OPEN_FILES = 65_536
_SWITCH_SECONDS = 0.0005


class ServerOptions(NamedTuple):
    """The address to serve on, the sites whose names and pages are allowed, the limits, and an address for metrics.

    Port 0 takes a free one.
    """

    address: tuple[str, int]
    sites: AllowedSites = NO_OTHER_SITES
    limits: Limits = LIMITS
    metrics: tuple[str, int] | None = None


class ServerEvents(NamedTuple):
    """A function that is called with the URL when the server answers, the log, and one for the URL of metrics."""

    on_ready: Callable[[str], object]
    log: ServerLog
    on_metrics: Callable[[str], object] = str


def serve(target: Path, options: ServerOptions, events: ServerEvents) -> None:
    """Serve the store in a folder until the process is asked to end.

    Raises `UsageError` for a folder without a store, `FileError` for an address that cannot be served on.
    """
    served, limits, host = ServedStore(target, events.log), options.limits, options.address[0]
    with (
        listening(options.address, limits.connections) as listener,
        temporary_folder(TEMPORARY) as spool,
        contextlib.closing(Resources(target, events.log)) as resources,
    ):
        _allow_many_files()
        scheduler = QueryScheduler(served, spool, limits, events.log)
        hosts = Hosts(host, options.sites, partial(events.log.error, "name-refused"))
        parts = ServedParts(served, scheduler, resources, StoreHealth(scheduler, events.log), events.log)
        app = App(parts, hosts, has_cors=options.sites.cors)
        metrics = _metrics() if options.metrics else None
        repeated = _wrapped(app, parts, options, metrics)
        config = server_config(repeated, limits.connections, protocol=RepeatingProtocol)
        server = DrainingServer(config, limits.connections.notice_seconds)
        app.is_draining = repeated.is_draining = lambda: server.is_draining
        url = f"http://{bracketed(host)}:{listener.getsockname()[1]}/"
        with contextlib.ExitStack() as stack, ended_by_signals(server), library_errors(events.log):
            if metrics and options.metrics:
                events.on_metrics(stack.enter_context(metrics.listening(options.metrics, parts, server)))
            asyncio.run(_serve(server, app, listener, partial(events.on_ready, url)))


def _metrics() -> Metrics:
    # Imported here, because few servers have metrics.
    from kg.publish.serve.metrics import Metrics

    return Metrics()


def _wrapped(app: App, parts: ServedParts, options: ServerOptions, metrics: Metrics | None) -> RepeatedRequests:
    """Return the app with what surrounds it."""
    outer: ASGIApp = with_cors(app) if options.sites.cors else app
    observers: list[Observer] = []
    if parts.log.has_requests:
        outer = with_request_log(outer, parts.log)
        observers.append(parts.log.request)
    if metrics:
        outer = metrics.counting(outer)
        observers.append(metrics.count)
    return RepeatedRequests(outer, parts.scheduler, observers)


def server_config(
    app: ASGIApp, limits: ConnectionLimits, *, protocol: type[H11Protocol] = H11Protocol
) -> uvicorn.Config:
    """Return the settings of uvicorn for an app.

    Granian 2.8 spends 0.03 to 0.11 ms less on a request (of 0.19 to 0.43) and has deadlines for request heads. But
    its server for an event loop of ours is experimental, does not take a socket that is bound already, and weighs
    22 MB; heads are left to a proxy instead. httptools spends 0.06 ms less than h11, but accepts what the rules of
    HTTP refuse: two Hosts, folded headers, lines that end with LF, targets that are no paths, other versions.
    """
    return uvicorn.Config(
        app,
        http=protocol,
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        limit_concurrency=limits.most,
        timeout_keep_alive=limits.idle_seconds,
        timeout_graceful_shutdown=limits.drain_seconds,
        h11_max_incomplete_event_size=limits.url + 2 * limits.headers,
    )


async def _serve(server: DrainingServer, app: App, listener: socket.socket, on_ready: Callable[[], object]) -> None:
    # Pages are made in threads, which would keep queries waiting for longer.
    sys.setswitchinterval(_SWITCH_SECONDS)
    async with app.running():
        on_ready()
        await server.serve(sockets=[listener])


@contextlib.contextmanager
def library_errors(log: ServerLog) -> Iterator[None]:
    """Log the errors of uvicorn and asyncio until the block ends."""
    loggers = [logging.getLogger(name) for name in ("uvicorn.error", "asyncio")]
    handler = LibraryErrors(log)
    for each in loggers:
        each.addHandler(handler)
        each.propagate = False
    try:
        yield
    finally:
        for each in loggers:
            each.removeHandler(handler)
            each.propagate = True


@contextlib.contextmanager
def ended_by_signals(server: DrainingServer) -> Iterator[None]:
    """Have SIGINT and SIGTERM end the server and nothing else until the block ends.

    uvicorn has handlers while it serves, and then raises the signal again for the handlers that were there before:
    the defaults would kill the process before it has tidied up, or before uvicorn has its handlers.
    """
    ended_by = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(each, server.handle_exit) for each in ended_by]
    try:
        yield
    finally:
        for each, handler in zip(ended_by, before, strict=True):
            signal.signal(each, handler)


@contextlib.contextmanager
def listening(
    address: tuple[str, int], limits: ConnectionLimits, advice: str = "Name another --host or --port."
) -> Iterator[socket.socket]:
    """Listen on an address until the block ends. Raises `FileError` with the advice if it cannot be served on."""
    host, port = address
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.create_server((host, port), family=family, backlog=limits.most)
    except OSError as error:
        raise address_error(address, error, "cannot be served on", advice) from error
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
