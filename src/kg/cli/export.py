"""`kg export`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kg.cli.console import show_findings, with_progress
from kg.cli.options import corpus_argument, corpus_folder
from kg.errors import CorpusError, Finding
from kg.findings import fails
from kg.formats import (
    COMPRESSIONS,
    Compression,
    Format,
    compressed,
    format_named,
    format_of,
    prefixes_with_https,
    with_https,
    write,
)
from kg.output import held_back, whole_file
from kg.publication import open_publication, published
from kg.vocab import PREFIXES


@click.command(short_help="Validate a corpus, then write its graph.")
@corpus_argument
@click.option("-f", "--format", "format_name", help="ttl, nt, nq, trig, jsonld or rdfxml; see `kg formats`.")
@click.option("-o", "--output", default="-", help="A file, whose suffix tells the format; - is stdout.")
@click.option("--no-validate", is_flag=True, help="Write the graph even though it breaks the shapes.")
@click.option(
    "--schema-org",
    type=click.Choice(["http", "https"]),
    default="http",
    show_default=True,
    help="The scheme of schema.org's terms.",
)
def command(corpus: str | None, format_name: str | None, output: str, no_validate: bool, schema_org: str) -> None:
    """Validate the corpus, then write its graph to stdout or a file.

    Nothing is written before the last article has passed. CORPUS is a folder with a corpus.yaml;
    left out, it is the folder you are in, or seeds/.

    \b
    Example:
      kg export --format ttl
      kg export seeds -o claims.nq.gz
    """
    form, compression = _format(format_name, output)
    publication = open_publication(corpus_folder(corpus), engine="none" if no_validate else "kg")
    https = schema_org == "https"
    writer = form.writer(prefixes_with_https(PREFIXES) if https else PREFIXES, publication.index.iris.base)
    findings: list[Finding] = []
    graphs = published(with_progress(publication.units(), "Reading"), findings)
    target = held_back(sys.stdout.buffer) if output == "-" else whole_file(Path(output))
    with target as stream:
        for chunk in compressed(write(map(with_https, graphs) if https else graphs, writer), compression):
            stream.write(chunk)
        if fails(findings, "violation"):
            raise CorpusError(findings)
    show_findings(findings)


def _format(name: str | None, output: str) -> tuple[Format, Compression]:
    """Return the format named, else that of the file's suffix, else Turtle; and the compression of the suffix."""
    if output == "-":
        return format_named(name or "ttl"), ""
    if name:
        return format_named(name), COMPRESSIONS.get(Path(output).suffix, "")
    return format_of(output)
