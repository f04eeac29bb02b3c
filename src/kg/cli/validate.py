"""`kg validate`."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import gettempdir
from typing import IO

import click

from kg.cli.console import in_colour, note, progress, shows_progress
from kg.cli.options import corpus_folder, engine_option, jobs_option, shapes_option
from kg.errors import SEVERITIES, CorpusError, FileError, Finding, Severity
from kg.files import opened
from kg.findings import counted, fails, in_order
from kg.foreign import media_type, read_nodes
from kg.jobs import make_plan, write_publication
from kg.positions import located
from kg.publication import Engine, check_foreign, open_publication
from kg.reports import REPORTS


@click.command(short_help="Check a corpus or an RDF file, and show each fault at its line.")
@click.argument("path", required=False)
@click.option("-f", "--format", "report", type=click.Choice(list(REPORTS)), default="text", show_default=True)
@click.option("--input-format", default="", help="The format of an RDF file, where its suffix does not tell.")
@click.option(
    "--fail-on",
    type=click.Choice(SEVERITIES),
    default="violation",
    show_default=True,
    help="The mildest finding that makes the exit status 1.",
)
@shapes_option
@engine_option
@jobs_option
def command(path: str | None, report: str, input_format: str, fail_on: Severity, **checks: object) -> int:
    """Check a corpus (a folder) or an RDF file (any format; - is stdin) and report every finding on stdout.

    The exit status is 0 where all is well, 1 where it is not. PATH left out is the folder you are in, or seeds/.

    \b
    Example:
      kg validate
      kg validate seeds --format github --fail-on warning
      kg validate somebody-elses.ttl --shapes my-shapes/
    """
    engine: Engine = checks["engine"]  # type: ignore[assignment]  # click has checked it
    more: Sequence[Path] = checks["more_shapes"]  # type: ignore[assignment]
    jobs: int | None = checks["jobs"]  # type: ignore[assignment]
    try:
        if path == "-" or (path and not Path(path).is_dir()):
            findings, subject = _of_file(path, input_format, engine, more)
        else:
            findings, subject = _of_corpus(corpus_folder(path), engine, more, jobs)
    except CorpusError as error:
        findings, subject = list(error.findings), "nothing else could be checked"
    findings = in_order(located(findings))
    for piece in REPORTS[report](findings, colour=report == "text" and in_colour(sys.stdout)):
        click.echo(piece, nl=False)
    note(f"{counted(findings)}: {subject}")
    return 1 if fails(findings, fail_on) else 0


def _of_corpus(folder: str, engine: Engine, more: Sequence[Path], jobs: int | None) -> tuple[list[Finding], str]:
    publication = open_publication(folder, engine=engine, more_shapes=more)
    plan = make_plan(publication.corpus, jobs, beside=Path(gettempdir()), counted=shows_progress())
    with progress("Checking", plan.size) as advance:
        found = write_publication(publication, [], plan, advance)
    articles, claims = found.articles, found.claims
    return found.findings, f"{articles} article{'s' * (articles != 1)}, {claims} claim{'s' * (claims != 1)} checked"


def _of_file(name: str, input_format: str, engine: Engine, more: Sequence[Path]) -> tuple[list[Finding], str]:
    media = media_type(name, input_format)
    try:
        with _stream(name) as stream:
            nodes = read_nodes(name, stream, media)
    except OSError as error:
        raise FileError(f"{name}: it cannot be read: {error.strerror}") from error
    return check_foreign(nodes, name, engine, more), f"{len(nodes)} node{'s' * (len(nodes) != 1)} checked"


@contextmanager
def _stream(name: str) -> Iterator[IO[bytes]]:
    if name == "-":
        yield sys.stdin.buffer
        return
    with opened(name) as stream:
        yield stream
