"""Metrics for Prometheus, on a listener of their own: the requests of clients, and the state of the server.

https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
"""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from threading import Thread
from time import perf_counter
from typing import Any, cast
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, make_wsgi_app
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric, SummaryMetricFamily
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kg.publish.serve.app import ServedParts
from kg.publish.serve.health import DrainingServer
from kg.publish.serve.hosts import address_error, bracketed

_ROUTES = frozenset(
    ("sparql", "health", "query", "search", "assets", "claim", "article", "entity", "occasion", "source", "graph")
)
_BUCKETS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30)
_READ_SECONDS = 10
_LOOPBACK = re.compile(r"(localhost|127(\.[0-9]+){3}|\[::1\])(:[0-9]+)?", re.IGNORECASE)


class Metrics:
    """Counts requests and the seconds until their answers begin, and shows them with the state of the server."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "kg_requests", "Requests that were answered.", ["route", "status"], registry=self._registry
        )
        self._seconds = Histogram(
            "kg_request_seconds",
            "Seconds until an answer began.",
            ["route"],
            registry=self._registry,
            buckets=_BUCKETS,
        )
        ProcessCollector(registry=self._registry)

    def counting(self, app: ASGIApp) -> ASGIApp:
        """Return an app whose requests are counted."""

        async def counted(scope: Scope, receive: Receive, send: Send) -> None:
            begun = perf_counter()

            async def seen(message: Message) -> None:
                if message["type"] == "http.response.start":
                    self.count(scope, message["status"], 0, perf_counter() - begun)
                await send(message)

            await app(scope, receive, seen)

        return counted

    def count(self, scope: Scope, status: int, _size: int, seconds: float) -> None:
        """Count a request, whose answer begins after some seconds."""
        # The app has removed the path of the base by now.
        route = _route(scope["path"])
        self._requests.labels(route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    @contextmanager
    def listening(self, address: tuple[str, int], parts: ServedParts, server: DrainingServer) -> Iterator[str]:
        """Serve metrics in a thread until the block ends; gives the URL. Raises `FileError` if it cannot."""
        host = address[0]
        self._registry.register(cast(Collector, StateCollector(parts, server)))
        try:
            listener = _MetricsListener(address)
        except OSError as error:
            raise address_error(address, error, "cannot be used for --metrics", "Name another.") from error
        with listener:
            app = make_wsgi_app(self._registry)
            is_loopback = _LOOPBACK.fullmatch(bracketed(str(listener.server_address[0])))
            listener.set_app(_for_loopback(app) if is_loopback else app)
            Thread(target=listener.serve_forever, name="metrics", daemon=True).start()
            try:
                yield f"http://{bracketed(host)}:{listener.server_address[1]}/metrics"
            finally:
                listener.shutdown()


def _route(path: str) -> str:
    """Return the kind of a path: one of a few, whatever clients ask for."""
    first = path.strip("/").partition("/")[0].partition(".")[0]
    if first == "kg":
        return "download"
    return first if first in _ROUTES else "other"


class StateCollector:
    """Reads the state of the server when metrics are asked for. The event loop may change it meanwhile."""

    def __init__(self, parts: ServedParts, server: DrainingServer) -> None:
        self._parts = parts
        self._server = server

    def collect(self) -> Iterable[Metric]:
        """Yield the metrics."""
        errors = CounterMetricFamily("kg_errors", "Errors by kind, as in the log.", labels=["kind"])
        for kind, count in sorted(self._parts.log.counts.copy().items()):
            errors.add_metric([kind], count)
        yield errors
        yield _gauge("kg_connections", "Open connections of clients.", len(self._server.server_state.connections))
        yield _gauge("kg_draining", "1 once the server was asked to end, else 0.", self._server.is_draining)
        yield from self._queries()
        yield from self._store()

    def _queries(self) -> Iterator[Metric]:
        scheduler = self._parts.scheduler
        yield _gauge("kg_queries_waiting", "Queries that wait for a slot.", scheduler.waiting)
        yield SummaryMetricFamily(
            "kg_query_wait_seconds",
            "Seconds that queries waited for a slot.",
            scheduler.waits,
            scheduler.waited_seconds,
        )
        yield CounterMetricFamily(
            "kg_cached_answers", "Answers to queries that were in memory.", value=scheduler.cache.hits
        )
        workers = GaugeMetricFamily("kg_workers", "Processes that answer queries.", labels=["state"])
        for state, count in scheduler.workers.items():
            workers.add_metric([state], count)
        yield workers
        yield _gauge("kg_temporary_bytes", "Bytes of answers in temporary files.", scheduler.quota.taken)
        yield _gauge("kg_temporary_bytes_limit", "The most that these may be.", scheduler.quota.total)

    def _store(self) -> Iterator[Metric]:
        store = self._parts.store
        manifest = store.generation.manifest
        about = GaugeMetricFamily("kg_store_info", "The data that are served.", labels=["base", "digest", "kg"])
        about.add_metric([manifest.base, manifest.digest, manifest.kg], 1)
        yield about
        yield _gauge("kg_store_triples", "Triples that are served.", manifest.triples)
        yield _gauge("kg_store_loaded_timestamp_seconds", "When the store was loaded.", store.loaded_at)


def _gauge(name: str, what: str, value: float) -> Metric:
    return GaugeMetricFamily(name, what, value)


def _for_loopback(app: Callable[..., Any]) -> Callable[..., Any]:
    """Return an app that pages of other sites cannot read by DNS rebinding (see `hosts`)."""

    def guarded(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        if _LOOPBACK.fullmatch(environ.get("HTTP_HOST", "")):
            return app(environ, start_response)
        start_response("421 Misdirected Request", [("Content-Type", "text/plain")])
        return [b"Metrics are served under localhost only.\n"]

    return guarded


class _QuietHandler(WSGIRequestHandler):
    timeout = _READ_SECONDS

    def log_message(self, *_: Any) -> None:
        """Log nothing: whoever scrapes metrics does so every few seconds."""


class _MetricsListener(ThreadingMixIn, WSGIServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int]) -> None:
        self.address_family = socket.getaddrinfo(*address, type=socket.SOCK_STREAM)[0][0]
        super().__init__(address, _QuietHandler)
