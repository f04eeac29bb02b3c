"""`kg diff`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from kg.cli.console import harmless
from kg.files.atomic_writes import atomic_file

_FORMATS = ("text", "markdown", "json", "html", "rdf-patch")


@click.command(short_help="Say what happened to claims between two states of a corpus.")
@click.argument("old")
@click.argument("new", required=False)
@click.option("-f", "--format", "report", type=click.Choice(_FORMATS), default="text", show_default=True)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="The file to write.", show_default="stdout")
def command(old: str, new: str | None, report: str, output: Path | None) -> int:
    """Compare OLD with NEW, by default with the corpus in the current folder or seeds/.

    Both are a folder with a corpus, a revision in git (v1.0, HEAD~1), a release or publication, or an RDF file that
    kg wrote. What annotators wrote counts, the layout of the files and drafts do not. The RDF Patch of --format
    rdf-patch makes the old graph into the new one.

    \b
    Example:
      kg diff HEAD~1
      kg diff claims.nq dist --format html -o changes.html
      kg diff before seeds --format markdown >> CHANGES.md
    """
    pieces = _pieces(old, new, report)
    if output:
        with atomic_file(output) as stream:
            for piece in pieces:
                stream.write(piece)
    else:
        for piece in pieces:
            click.echo(piece, nl=False)
    return 0


def _pieces(old: str, new: str | None, report: str) -> Iterator[bytes]:
    # Imported here: it reads the whole corpus.
    from kg.history.diff_report import report as written
    from kg.history.quad_comparison import rdf_patch
    from kg.history.states import graphs_compared, opened_states, state_changes

    with opened_states(old, new) as states:
        if report == "rdf-patch":
            with graphs_compared(*states) as comparison:
                yield from rdf_patch(comparison)
            return
        found = list(state_changes(*states))
        text = written(report, found, (states[0].name, states[1].name))
        yield (harmless(text) if report in ("text", "markdown") else text).encode()
