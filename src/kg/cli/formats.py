"""`kg formats`."""

from __future__ import annotations

import click

from kg.formats import FORMATS


@click.command(short_help="List the formats that can be written and read.")
def command() -> None:
    """List the formats that can be written and read.

    Each is chosen by its name, one of its other names, or the suffix of the file;
    `.gz` and `.zst` behind the suffix compress.

    \b
    Example:
      kg formats
      kg export -o claims.nq.zst
    """
    rows = [("NAME", "SUFFIX", "MEDIA TYPE", "GRAPHS", "OTHER NAMES")]
    rows.extend(
        (each.name, each.suffix, each.media_type, "named" if each.named_graphs else "merged", ", ".join(each.aliases))
        for each in FORMATS.values()
    )
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
