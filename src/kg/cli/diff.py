"""`kg diff`."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli.console import harmless
from kg.cli.options import corpus_folder


@click.command(short_help="Say what happened to claims between two states of a corpus.")
@click.argument("old", type=click.Path())
@click.argument("new", type=click.Path(), required=False)
@click.option(
    "-f", "--format", "report", type=click.Choice(["text", "markdown", "json"]), default="text", show_default=True
)
def command(old: str, new: str | None, report: str) -> int:
    """Compare the corpus in OLD with the one in NEW, by default the current folder or seeds/.

    What annotators wrote counts, the layout of the files and drafts do not. To compare with an earlier revision,
    check it out into a folder outside the corpus, git worktree add ../before HEAD~1, and name that.

    \b
    Example:
      kg diff before
      kg diff before seeds --format markdown >> CHANGES.md
    """
    # Imported here: it reads the whole corpus.
    from kg.corpus import read_corpus
    from kg.corpus.folder import CONFIG
    from kg.history.changes import changes
    from kg.history.diff_report import as_json, as_markdown, as_text

    folder = corpus_folder(new)
    # In a checkout with its corpus in seeds/, an earlier checkout has it there, too.
    inside = Path(old, folder)
    earlier = str(inside) if not new and (inside / CONFIG).is_file() else corpus_folder(old)
    found = list(changes(read_corpus(earlier), read_corpus(folder)))
    if report == "json":
        click.echo(as_json(found), nl=False)
        return 0
    for line in (as_markdown if report == "markdown" else as_text)(found):
        click.echo(harmless(line))
    return 0
