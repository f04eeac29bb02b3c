"""`kg validate`."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copyfileobj
from typing import Any

import click

from kg.cli.console import in_colour, note, note_shapes, progress, shows_progress
from kg.cli.options import (
    corpus_folder,
    engine_option,
    fresh_option,
    instead_of_spreadsheet,
    is_spreadsheet,
    jobs_option,
    only_shapes_option,
    shapes_option,
    watch_option,
)
from kg.cli.watching import rerun_on_save
from kg.corpus.folder import JSON_LINES, TEXT
from kg.corpus.reader import located
from kg.errors import SEVERITIES, CorpusError, Finding, Severity, UsageError, file_error, numbered
from kg.files.compression import open_decompressed
from kg.files.temporary import Spool
from kg.findings.reports import REPORTS
from kg.findings.results import RdfDocument, counted, fails, in_order, with_places
from kg.formats.rdf_reader import media_type, read_nodes
from kg.history.readings import reading_findings
from kg.pipeline.publication import check_rdf, open_publication
from kg.pipeline.run import make_plan, validate_publication

_OF_A_CORPUS = (".yaml", ".yml", TEXT, *JSON_LINES)


@click.command(short_help="Check a corpus or an RDF file; show each mistake at its line.")
@click.argument("path", required=False)
@click.option("-f", "--format", "report", type=click.Choice(list(REPORTS)), default="text", show_default=True)
@click.option("--input-format", default="", help="The format of an RDF file.", show_default="by its suffix")
@click.option(
    "--fail-on",
    type=click.Choice(SEVERITIES),
    default="violation",
    show_default=True,
    help="The least severe finding that makes the exit status 1.",
)
@click.option("--all", "every", is_flag=True, help="Show each finding, even if many are alike.")
@shapes_option
@only_shapes_option
@engine_option
@jobs_option
@fresh_option
@watch_option
def command(path: str | None, *, watch: bool, only_shapes: tuple[Path, ...], **settings: Any) -> int:
    """Check a corpus (a folder) or an RDF file (any format; - is stdin) and report every finding on stdout.

    The exit status is 1 if something is wrong. Without PATH, the current folder or seeds/ is checked. Only
    articles that have changed since the last run are checked; --fresh checks all.

    \b
    Example:
      kg validate
      kg validate --watch
      kg validate seeds --format github --fail-on warning
      kg validate somebody-elses.ttl --shapes my-shapes/
      kg validate somebody-elses.ttl --only-shapes my-shapes/
    """
    if only_shapes:
        settings |= {"more_shapes": (*settings["more_shapes"], *only_shapes), "own_shapes": False}
    target = path if path and _is_rdf(path) else corpus_folder(path)
    if watch:
        if target == "-":
            raise UsageError("What comes on stdin cannot be watched: name a file or a folder.")
        rerun_on_save([target, *settings["more_shapes"]], lambda: _validate(target, **settings))
    return _validate(target, **settings)


def _is_rdf(path: str) -> bool:
    return path == "-" or not Path(path).is_dir()


def _validate(path: str, report: str, input_format: str, *, fail_on: Severity, **settings: Any) -> int:
    every, jobs, fresh = (settings.pop(name) for name in ("every", "jobs", "fresh"))
    try:
        if _is_rdf(path):
            findings, subject = _of_file(path, input_format, **settings)
        else:
            findings, subject = _of_corpus(path, jobs, fresh=fresh, **settings)
    except CorpusError as error:
        findings, subject = list(error.findings), "nothing else could be checked"
    findings = in_order(located(findings))
    for piece in REPORTS[report](findings, colour=report == "text" and in_colour(sys.stdout), every=every):
        click.echo(piece, nl=False)
    note(f"{counted(findings)}: {subject}")
    return 1 if fails(findings, fail_on) else 0


def _of_corpus(folder: str, jobs: int | None, *, fresh: bool, **shapes: Any) -> tuple[list[Finding], str]:
    publication = open_publication(folder, **shapes)
    note_shapes(folder, **shapes)
    plan = make_plan(publication.corpus, jobs, counted=shows_progress())
    with publication.open_cache(fresh=fresh) as cache, progress("Checking", plan.size) as advance:
        found = validate_publication(publication, plan, advance, cache)
    articles, claims = found.articles, found.claims
    findings = [*found.findings, *reading_findings(publication)]
    return findings, f"{numbered(articles, 'article')}, {numbered(claims, 'claim')} checked"


def _of_file(name: str, input_format: str, **shapes: Any) -> tuple[list[Finding], str]:
    try:
        with _document(name, _media_type(name, input_format)) as document:
            with document.open() as stream:
                nodes = read_nodes(name, stream, document.media)
            note_shapes("", **shapes)
            findings = with_places(check_rdf(nodes, name, **shapes), nodes, document)
    except OSError as error:
        raise file_error(name, error) from error
    return findings, f"{numbered(len(nodes), 'node')} checked"


def _media_type(name: str, input_format: str) -> str:
    """Return the media type of an RDF file. Raises `UsageError` with the next step if there is none."""
    try:
        return media_type(name, input_format, otherwise=" Or name the format with --input-format.")
    except UsageError as error:
        if input_format or name == "-":
            raise
        if not Path(name).exists():
            message = "there is no such file or folder. Name the folder that has your corpus.yaml, or an RDF file."
            raise UsageError(f"{name}: {message}") from error
        if is_spreadsheet(name):
            raise UsageError(f"{name}: {instead_of_spreadsheet(name)}") from error
        if name.endswith(_OF_A_CORPUS):
            raise UsageError(_not_alone(name)) from error
        raise


def _not_alone(name: str) -> str:
    folder = next((each for each in Path(name).parents if (each / "corpus.yaml").is_file()), None)
    message = f"{name}: a file of a corpus is checked with all others. Name the folder that has corpus.yaml"
    return f"{message}: kg validate {folder}" if folder else f"{message}."


@contextmanager
def _document(name: str, media: str) -> Iterator[RdfDocument]:
    """Open a document that can be read twice: what comes from stdin or a pipe is kept on the way."""
    if name != "-" and os.path.isfile(name):
        yield RdfDocument(name, media, lambda: open_decompressed(name))
        return
    with sys.stdin.buffer if name == "-" else open_decompressed(name) as pipe, Spool() as spool:
        copyfileobj(pipe, spool)
        yield RdfDocument(name, media, spool.reading)
