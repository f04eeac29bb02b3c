"""The server of the desk: on this machine only, until Ctrl-C."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from functools import partial

from kg.desk.app import AccessKeys, DeskApp
from kg.desk.open_corpus import OpenCorpus
from kg.publish.serve.health import DrainingServer
from kg.publish.serve.hosts import NO_OTHER_SITES, Hosts
from kg.publish.serve.limits import ConnectionLimits
from kg.publish.serve.logs import ServerLog
from kg.publish.serve.server import ended_by_signals, library_errors, listening, server_config

_HOST = "127.0.0.1"
_LIMITS = ConnectionLimits(most=100, drain_seconds=2, notice_seconds=0)


def serve_desk(corpus: OpenCorpus, port: int, on_ready: Callable[[str], object], log: ServerLog) -> None:
    """Serve the desk of a corpus until the process is asked to end; port 0 takes a free one.

    `on_ready` is called with the address to open, which admits one browser. Raises `FileError` for a port that
    cannot be served on.
    """
    with listening((_HOST, port), _LIMITS, "Name another --port, or none.") as listener:
        number = listener.getsockname()[1]
        keys = AccessKeys(number)
        app = DeskApp(corpus, keys, Hosts(_HOST, NO_OTHER_SITES))
        server = DrainingServer(server_config(app, _LIMITS), _LIMITS.notice_seconds)
        app.is_ending = lambda: server.should_exit
        url = f"http://{_HOST}:{number}/?token={keys.token}"
        with ended_by_signals(server), library_errors(log):
            asyncio.run(_serve(server, listener, partial(on_ready, url)))


async def _serve(server: DrainingServer, listener: socket.socket, on_ready: Callable[[], object]) -> None:
    on_ready()
    await server.serve(sockets=[listener])
