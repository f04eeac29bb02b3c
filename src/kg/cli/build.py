"""`kg build`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from kg.build import build_in_jobs
from kg.cli.console import note, progress, show_findings, shows_progress
from kg.cli.options import corpus_argument, corpus_folder, engine_option, jobs_option, shapes_option
from kg.jobs import make_plan
from kg.publication import Engine, open_publication


@click.command(short_help="Write the whole publication into dist/.")
@corpus_argument
@click.option(
    "-o",
    "--output",
    default="dist",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder of the publication.",
)
@shapes_option
@engine_option
@jobs_option
def command(
    corpus: str | None, output: Path, more_shapes: Sequence[Path], engine: Engine, jobs: int | None
) -> None:
    """Validate the corpus, then write its publication into a folder: all of it, or nothing.

    The publication is the graph in every format, the JSON-LD context, the ontology and shapes, the description
    of the data set and its files, and SHA256SUMS. The same corpus gives the same bytes. The next build mends the
    folder where one was killed; other files in the folder are left alone.

    \b
    Example:
      kg build
      kg build seeds -o public
    """
    publication = open_publication(corpus_folder(corpus), engine=engine, more_shapes=more_shapes)
    plan = make_plan(publication.corpus, jobs, beside=output, counted=shows_progress())
    with progress("Building", plan.size) as advance:
        built = build_in_jobs(output, publication, plan, advance)
    show_findings(built.findings)
    note(f"{output}: {len(built.files)} files, {built.claims} claims, {built.triples} triples")
