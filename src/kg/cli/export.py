"""`kg export`, in this process, in several, or on a cluster."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import partial
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import click

from kg.cli.console import note, progress, show_findings, shows_progress
from kg.cli.options import corpus_argument, corpus_folder, jobs_option
from kg.errors import CorpusError, UsageError
from kg.files.compression import COMPRESSIONS
from kg.formats import FORMATS, all_formats, format_named, format_of
from kg.pipeline.export import ExportOptions, chosen_format, export
from kg.pipeline.publication import open_publication

if TYPE_CHECKING:
    from kg.pipeline.spark import SparkExport, SparkResult


def complete_formats(_context: click.Context, _option: click.Parameter, incomplete: str) -> list[str]:
    """Complete the name of a format."""
    return [name for name in all_formats() if name.startswith(incomplete)]


@click.command(short_help="Validate a corpus, then write its graph.")
@corpus_argument
@click.option(
    "-f",
    "--format",
    "format_name",
    shell_complete=complete_formats,
    show_default="by the suffix of --output, else ttl",
    help="ttl, nt, nq, trig, jsonld, rdfxml, web-annotation, csv, claimreview; see `kg formats`.",
)
@click.option(
    "-o", "--output", default="-", show_default=True, help="A file, whose suffix says the format; - is stdout."
)
@click.option("--no-validate", is_flag=True, help="Write the graph even if it does not conform to the shapes.")
@click.option(
    "--schema-org",
    type=click.Choice(["http", "https"]),
    default="http",
    show_default=True,
    help="The scheme of schema.org's terms.",
)
@click.option("--readings", is_flag=True, help="Add the readings that were overruled, as annotations, not claims.")
@jobs_option
@click.option(
    "--spark", "master", metavar="MASTER", help="Export with Spark (spark://HOST:7077, yarn); -o is a folder."
)
def command(corpus: str | None, output: str, format_name: str | None, **settings: Any) -> None:
    """Validate the corpus, then write its graph to stdout or a file.

    Nothing is written before the last article was validated. CORPUS is a folder with a corpus.yaml;
    if omitted, it is the current folder, or seeds/.

    \b
    Example:
      kg export --format ttl
      kg export seeds -o claims.nq.gz
    """
    if settings["master"]:
        _export_on_cluster(corpus, output, format_name, settings)
        return
    publication = open_publication(corpus_folder(corpus), engine="none" if settings["no_validate"] else "kg")
    if settings["readings"]:
        from kg.history.overruled_readings import with_overruled_readings  # only here: few exports have them

        if chosen_format(format_name or "", sys.stdout.buffer if output == "-" else output)[0].name not in FORMATS:
            raise UsageError(f"`--readings` is for RDF: give --format {', '.join(FORMATS)}, or leave it out.")
        publication = with_overruled_readings(publication)
    done = export(
        publication,
        sys.stdout.buffer if output == "-" else output,
        ExportOptions(format_name or "", settings["schema_org"] == "https", settings["jobs"]),
        partial(progress, "Exporting") if shows_progress() else None,
    )
    show_findings(done.findings)
    for line in done.note.splitlines():
        note(line)


LINE_FORMATS = ("nq", "nt", "ttl", "trig")
"""The formats whose parts other programs load one after another."""


def _export_on_cluster(
    corpus: str | None, output: str, format_name: str | None, settings: Mapping[str, Any]
) -> None:
    """Export a corpus with Spark into a folder. Raises `CorpusError` with the worst findings for a violation."""
    from kg.pipeline.spark import export_with_spark

    export = _spark_export(corpus, output, format_name, settings)
    verbose = click.get_current_context().obj.get("verbose")
    exported = export_with_spark(export, settings["master"], log="WARN" if verbose else "FATAL")
    _note_hidden_findings(exported)
    if not exported.manifest:
        raise CorpusError(exported.findings)
    show_findings(exported.findings)
    note(f"published: {exported.manifest}")


def _spark_export(
    corpus: str | None, output: str, format_name: str | None, settings: Mapping[str, Any]
) -> SparkExport:
    from kg.pipeline.spark import SparkExport, shared_path

    if settings["readings"]:
        raise UsageError("`--spark` writes no readings: leave out `--readings`, or `--spark`.")
    if output == "-":
        raise UsageError("`--spark` writes a folder of parts: name one with -o.")
    if settings["jobs"]:
        raise UsageError(
            "`--spark` and `--jobs` exclude each other: how many tasks there are is the cluster's setting."
        )
    name = format_name or ("" if PurePath(output).suffix else "nq")
    form = format_named(name) if name else format_of(output)[0]
    if form.name not in LINE_FORMATS:
        raise UsageError(f"Spark writes {', '.join(LINE_FORMATS)}, not {form.name}.")
    compression = COMPRESSIONS.get(PurePath(output).suffix, "")
    return SparkExport(
        corpus=corpus_folder(shared_path(corpus) if corpus else None),
        folder=shared_path(output),
        format=form,
        compression=compression,
        engine="none" if settings["no_validate"] else "kg",
        https=settings["schema_org"] == "https",
    )


def _note_hidden_findings(exported: SparkResult) -> None:
    hidden = sum(exported.counts.values()) - len(exported.findings)
    if hidden > 0:
        note(f"{hidden} further findings are in {exported.folder}/findings-*.jsonl")
