"""`kg formats`."""

from __future__ import annotations

import click

from kg.formats import FORMATS
from kg.formats.claim_formats import CLAIM_FORMATS

GRAPHS = {True: "named", False: "merged"}


@click.command(short_help="List the formats that can be written and read.")
def command() -> None:
    """List the formats that can be written and read.

    Each is chosen by its name, one of its other names, or the suffix of the file;
    `.gz` and `.zst` behind the suffix compress. Those without graphs are no RDF, and
    are written only.

    \b
    Example:
      kg formats
      kg export -o claims.nq.zst
    """
    rows = [("NAME", "SUFFIX", "MEDIA TYPE", "GRAPHS", "OTHER NAMES")]
    rows.extend(
        (form.name, form.suffix, form.media_type, GRAPHS[form.named_graphs], ", ".join(form.aliases))
        for form in FORMATS.values()
    )
    # No RDF: no graphs.
    rows.extend(
        (form.name, form.suffix, form.media_type, "none", ", ".join(form.aliases))
        for form in CLAIM_FORMATS.values()
    )
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
