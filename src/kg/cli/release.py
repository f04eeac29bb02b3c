"""`kg release`."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

import click

from kg.cli.console import note, progress, show_findings, shows_progress
from kg.cli.options import corpus_argument, corpus_folder, jobs_option
from kg.errors import numbered
from kg.pipeline.publication import open_publication
from kg.pipeline.run import Progress, make_plan


@click.command(short_help="Write a version of the publication that stays, with what changed.")
@click.argument("version")
@corpus_argument
@click.option("--issued", metavar="DAY", required=True, help="The day on which it is issued, as 2026-12-01.")
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    show_default="releases/VERSION",
    help="The folder of the release, beside those of earlier ones.",
)
@jobs_option
def command(version: str, corpus: str | None, issued: str, output: Path | None, jobs: int | None) -> None:
    """Validate the corpus, then write release VERSION of it: all of it, or nothing. A release is never changed.

    It is the publication of `kg build`, with what happened to claims since the last release beside it (CHANGES.md,
    changes.html, changes.json, changes.rdfp, feed.atom), and with metadata for archives (RO-Crate, DataCite,
    CITATION.cff). The graph says which claims it changed, when, and what they were before. The same corpus, day
    and earlier releases give the same bytes.

    \b
    Example:
      kg release 1.0 --issued 2026-12-01
      kg release 1.1 seeds --issued 2026-12-24 -o archive/1.1
    """
    from kg.publish.release import ReleaseRequest, make_release

    folder = output or Path("releases", version)
    publication = open_publication(corpus_folder(corpus))
    plan = make_plan(publication.corpus, jobs, counted=shows_progress())

    def watch(label: str) -> AbstractContextManager[Progress]:
        return progress(label, plan.size)

    released = make_release(publication, ReleaseRequest(version, issued, folder, plan, watch))
    show_findings(released.findings)
    note(f"{folder}: {released.summary}")
    built = released.built
    claims, triples = numbered(built.claims, "claim"), numbered(built.triples, "triple")
    note(f"{folder}: {numbered(len(built.files), 'file')}, {claims}, {triples}")
    for each in released.notes:
        note(f"{folder}: {each}")
