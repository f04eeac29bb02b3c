"""`kg export`."""

from __future__ import annotations

import sys
from functools import partial
from typing import Any

import click

from kg.cli.console import note, progress, show_findings, shows_progress
from kg.cli.options import corpus_argument, corpus_folder, jobs_option
from kg.pipeline.export import ExportOptions, export
from kg.pipeline.publication import open_publication


@click.command(short_help="Validate a corpus, then write its graph.")
@corpus_argument
@click.option(
    "-f",
    "--format",
    "format_name",
    help="ttl, nt, nq, trig, jsonld, rdfxml, web-annotation, csv, claimreview; `kg formats`.",
)
@click.option("-o", "--output", default="-", help="A file, whose suffix tells the format; - is stdout.")
@click.option("--no-validate", is_flag=True, help="Write the graph even though it breaks the shapes.")
@click.option(
    "--schema-org",
    type=click.Choice(["http", "https"]),
    default="http",
    show_default=True,
    help="The scheme of schema.org's terms.",
)
@jobs_option
@click.option(
    "--spark", "master", metavar="MASTER", help="Let Spark do it (spark://HOST:7077, yarn); -o is a folder."
)
def command(corpus: str | None, output: str, format_name: str | None, **settings: Any) -> None:
    """Validate the corpus, then write its graph to stdout or a file.

    Nothing is written before the last article has passed. CORPUS is a folder with a corpus.yaml;
    left out, it is the folder you are in, or seeds/.

    \b
    Example:
      kg export --format ttl
      kg export seeds -o claims.nq.gz
    """
    if settings["master"]:
        from kg.cli.cluster import export_on_cluster

        export_on_cluster(corpus, output, format_name, settings)
        return
    publication = open_publication(corpus_folder(corpus), engine="none" if settings["no_validate"] else "kg")
    done = export(
        publication,
        sys.stdout.buffer if output == "-" else output,
        ExportOptions(format_name or "", settings["schema_org"] == "https", settings["jobs"]),
        partial(progress, "Exporting") if shows_progress() else None,
    )
    show_findings(done.findings)
    if done.note:
        note(done.note)
