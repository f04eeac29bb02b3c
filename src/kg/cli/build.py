"""`kg build`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from kg.cli.console import note, note_shapes, progress, show_findings, shows_progress, warn
from kg.cli.options import (
    corpus_argument,
    corpus_folder,
    engine_option,
    fresh_option,
    jobs_option,
    shapes_option,
    watch_option,
)
from kg.cli.watching import rerun_on_save
from kg.errors import numbered
from kg.pipeline.publication import open_publication
from kg.pipeline.run import make_plan
from kg.publish.build import build_in_jobs


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
@fresh_option
@watch_option
def command(corpus: str | None, output: Path, *, watch: bool, **settings: Any) -> None:
    """Validate the corpus, then write its publication into a folder: all of it, or nothing.

    The publication is the graph in every format, the JSON-LD context, the ontology and shapes, the description
    of the data set and its files, and SHA256SUMS. The same corpus gives the same bytes. The next build repairs the
    folder if one was killed; other files in the folder are left alone. Only articles that have changed since
    the last run are mapped and checked; --fresh does all.

    \b
    Example:
      kg build
      kg build seeds -o public
      kg build --watch
    """
    folder = corpus_folder(corpus)
    if watch:
        rerun_on_save([folder, *settings["more_shapes"]], lambda: _build(folder, output, **settings), but=[output])
    _build(folder, output, **settings)


def _build(folder: str, output: Path, **settings: Any) -> None:
    publication = open_publication(folder, engine=settings["engine"], more_shapes=settings["more_shapes"])
    note_shapes(folder, more_shapes=settings["more_shapes"], engine="kg")
    plan = make_plan(publication.corpus, settings["jobs"], counted=shows_progress())
    with publication.open_cache(fresh=settings["fresh"]) as cache, progress("Building", plan.size) as advance:
        built = build_in_jobs(output, publication, plan, advance, cache)
    show_findings(built.findings)
    for path in built.changed:
        warn(f"{path} was changed since kg wrote it: the change is not in the new publication")
    claims, triples = numbered(built.claims, "claim"), numbered(built.triples, "triple")
    note(f"{output}: {numbered(len(built.files), 'file')}, {claims}, {triples}")
    if built.note:
        note(built.note)
