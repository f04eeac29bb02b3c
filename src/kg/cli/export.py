"""`kg export`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from kg.cli.console import note, progress, show_findings, shows_progress
from kg.cli.options import corpus_argument, corpus_folder, jobs_option
from kg.errors import CorpusError, UsageError
from kg.files.atomic_writes import atomic_file
from kg.files.compression import COMPRESSIONS, Compression, compressing
from kg.files.temporary import output_at_end
from kg.formats import Format
from kg.formats.claim_formats import CLAIM_FORMATS, ClaimFormat, any_format_named, any_format_of, format_for
from kg.pipeline.documents import Document
from kg.pipeline.publication import open_publication
from kg.pipeline.run import make_plan, write_publication


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
    form, compression = _format(format_name, output)
    https = settings["schema_org"] == "https"
    if https and form.name in CLAIM_FORMATS:
        raise UsageError(f"`--schema-org` is for RDF, and {form.name} is always the same: leave it out.")
    publication = open_publication(corpus_folder(corpus), engine="none" if settings["no_validate"] else "kg")
    beside = None if output == "-" else Path(output).absolute().parent
    plan = make_plan(publication.corpus, settings["jobs"], beside=beside, counted=shows_progress())
    target = output_at_end(sys.stdout.buffer) if output == "-" else atomic_file(Path(output))
    with target as stream:
        with compressing(stream, compression) as packed, progress("Exporting", plan.size) as advance:
            index = publication.index
            document = Document(format_for(form.name, index), packed, index.iris.base, https=https)
            findings = write_publication(publication, [document], plan, advance).findings
        if any(finding.severity == "violation" for finding in findings):
            raise CorpusError(findings)
    show_findings(findings)
    if isinstance(form, ClaimFormat) and form.if_empty and document.is_empty:
        note(form.if_empty)


def _format(name: str | None, output: str) -> tuple[Format | ClaimFormat, Compression]:
    """Return the format named, else that of the file's suffix, else Turtle; and the compression of the suffix."""
    if output == "-":
        return any_format_named(name or "ttl"), ""
    if name:
        return any_format_named(name), COMPRESSIONS.get(Path(output).suffix, "")
    return any_format_of(output)
