"""`kg export --spark`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

import click

from kg.cli.console import note, show_findings
from kg.cli.options import corpus_folder
from kg.errors import CorpusError, UsageError
from kg.files.compression import COMPRESSIONS
from kg.formats import format_named, format_of
from kg.pipeline.spark import SparkExport, SparkResult, export_with_spark, shared_path

LINE_FORMATS = ("nq", "nt", "ttl", "trig")
"""The formats whose parts other programs load one after another."""


def export_on_cluster(
    corpus: str | None, output: str, format_name: str | None, settings: Mapping[str, Any]
) -> None:
    """Export a corpus with Spark into a folder. Raises `CorpusError` with the worst findings for a violation."""
    wanted = _wanted(corpus, output, format_name, settings)
    verbose = click.get_current_context().obj.get("verbose")
    exported = export_with_spark(wanted, settings["master"], log="WARN" if verbose else "FATAL")
    _tell_of_more(exported)
    if not exported.manifest:
        raise CorpusError(exported.findings)
    show_findings(exported.findings)
    note(f"published: {exported.manifest}")


def _wanted(corpus: str | None, output: str, format_name: str | None, settings: Mapping[str, Any]) -> SparkExport:
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
        folder=output,
        format=form,
        compression=compression,
        engine="none" if settings["no_validate"] else "kg",
        https=settings["schema_org"] == "https",
    )


def _tell_of_more(exported: SparkResult) -> None:
    hidden = sum(exported.counts.values()) - len(exported.findings)
    if hidden > 0:
        note(f"{hidden} further findings are in {exported.folder}/findings-*.jsonl")
