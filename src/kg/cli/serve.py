"""`kg serve`."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from kg import __version__
from kg.cli.console import note, show_findings, with_label, with_progress, write_log
from kg.cli.options import corpus_folder
from kg.errors import Finding
from kg.files.temporary import temporary_folder
from kg.pipeline.publication import open_publication, validated_graphs
from kg.publish.serve.limits import LIMITS
from kg.query.load import load_graphs
from kg.query.store import NAME


def _byte_size(value: str) -> int:
    """Return a number of bytes, such as `500M` or `2G`, in units of 1024. Raises `BadParameter`."""
    match = re.fullmatch(r"([0-9]{1,9})([kKMGT]?)B?", value)
    if match is None or not int(match[1]):
        raise click.BadParameter(f"{value}: write a number of bytes above 0, such as 500M or 2G.")
    return int(match[1]) << " KMGT".index(match[2].upper() or " ") * 10


def _listen_address(value: str) -> tuple[str, int]:
    """Return a host, 127.0.0.1 if it is left out, and a port. Raises `BadParameter`."""
    match = re.fullmatch(r"(?:(\[[0-9a-fA-F:.]+\]|[^:\[\]]+):)?([0-9]{1,5})", value)
    if match is None or int(match[2]) > 65535:
        raise click.BadParameter(
            f"{value}: write a port, such as 9464, or a host and a port, such as 10.0.0.5:9464."
        )
    return (match[1] or "127.0.0.1").strip("[]"), int(match[2])


@click.command(short_help="Serve a corpus or a store over HTTP, to people and to queries.")
@click.argument("source", metavar="[CORPUS | STORE]", required=False, type=click.Path())
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to serve on.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="The port; 0 takes a free one."
)
@click.option(
    "--public-url",
    "public_urls",
    metavar="URL",
    multiple=True,
    help="A URL at which others reach it, such as https://www.claims.example/news; may be repeated.",
)
@click.option("--cors", is_flag=True, help="Let web pages of other sites read it.")
@click.option("--access-log", is_flag=True, help="Write a line about each request on stderr.")
@click.option(
    "--log-format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How lines about errors and requests are written on stderr.",
)
@click.option(
    "--metrics",
    type=_listen_address,
    metavar="[HOST:]PORT",
    help="Serve metrics for Prometheus on an address of their own; on 127.0.0.1 if no host is given.",
)
@click.option(
    "--drain-wait",
    type=click.FloatRange(0, 600),
    default=LIMITS.connections.notice_seconds,
    show_default=True,
    metavar="SECONDS",
    help="How long to answer requests after SIGTERM, while /health says 503.",
)
@click.option(
    "--temporary-bytes",
    type=_byte_size,
    metavar="SIZE",
    default=f"{LIMITS.temporary // 1024**2}M",
    show_default=True,
    help="How many bytes all answers in temporary files may take together.",
)
def command(source: str | None, **settings: Any) -> None:
    """Serve a corpus, or a store that `kg load` has made, until Ctrl-C: SPARQL at /sparql, and a page and data for
    each article, claim and speaker.

    The server is read-only. A corpus is validated and loaded first, and served in that state; a store that is
    loaded again is served within seconds. Queries have limits of time, rows and memory, and reach no network.

    \b
    Example:
      kg serve
      kg serve claims.store --port 80 --host 0.0.0.0
      kg serve claims.store --public-url https://www.claims.example/news
    """
    from kg.publish.serve.hosts import AllowedSites, public_url
    from kg.publish.serve.logs import ServerLog
    from kg.publish.serve.server import ServerEvents, ServerOptions, serve

    sites = AllowedSites([public_url(each) for each in settings["public_urls"]], settings["cors"])
    name, host = source or corpus_folder(None), settings["host"]
    with _store_of(name) as store:
        if not _is_loopback(host):
            note(
                f"{host} can be reached from other machines: whoever can connect can read all that is served, over "
                "plain HTTP. `docs/deploying.md` says how to put it behind a server with TLS."
            )
        events = ServerEvents(
            on_ready=lambda url: note(f"{url} serves {name}. Ctrl-C ends it."),
            log=ServerLog(write_log, form=settings["log_format"], requests=settings["access_log"]),
            on_metrics=lambda url: note(f"{url} has metrics."),
        )
        connections = LIMITS.connections._replace(notice_seconds=settings["drain_wait"])
        limits = LIMITS._replace(connections=connections, temporary=settings["temporary_bytes"])
        serve(store, ServerOptions((host, settings["port"]), sites, limits, settings["metrics"]), events)


@contextmanager
def _store_of(source: str) -> Iterator[Path]:
    """Open the named store, or a temporary one made from a corpus, until the block ends."""
    if Path(source, NAME).is_file():
        yield Path(source)
        return
    from kg.publish.serve.server import TEMPORARY
    from kg.publish.serve.stored_files import StoredFileMaker

    publication = open_publication(corpus_folder(source))
    with temporary_folder(TEMPORARY) as folder:
        store = folder / "store"
        findings: list[Finding] = []
        load_graphs(
            store,
            validated_graphs(publication, findings, with_label("Loading")),
            publication.index.iris.base,
            __version__,
            files=StoredFileMaker(with_progress),
        )
        show_findings(findings)
        yield store


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
