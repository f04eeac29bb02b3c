"""`kg new`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from kg.cli.console import note
from kg.cli.options import language_tag
from kg.drafts import DraftFile, drafts, new_corpus, write_drafts
from kg.errors import UsageError, numbered


@click.command(short_help="Draft the claims file of an article, or start a corpus.")
@click.argument("articles", nargs=-1, metavar="[ARTICLE.txt …]", type=click.Path(path_type=Path))
@click.option("--stdout", is_flag=True, help="Print the draft of one article instead of writing a file.")
@click.option(
    "--language",
    type=language_tag,
    default="",
    metavar="TAG",
    help="The language of the articles, if not that of the corpus: fr.",
)
@click.option(
    "--corpus", type=click.Path(path_type=Path), metavar="FOLDER", help="Write a small corpus into a new folder."
)
def command(articles: Sequence[Path], *, stdout: bool, language: str, corpus: Path | None) -> None:
    """Write a draft of the claims file beside each ARTICLE, the text NAME.txt in a corpus.

    Each quotation becomes a claim. Guesses about who said it, by which verb and when are comments, and so are
    sentences that may be claims without quotation marks. kg validate then lists what is left to decide. No file is
    overwritten.

    \b
    Example:
      kg new --corpus my-claims
      kg new seeds/000_411f4785dd135aae.txt --stdout
    """
    if corpus:
        if articles or stdout or language:
            raise UsageError("--corpus only makes a corpus: draft its articles afterwards.")
        _note_corpus(corpus, new_corpus(corpus))
        return
    if not articles:
        raise UsageError("Name the text of an article, or a folder for a new corpus with --corpus.")
    if stdout and len(articles) > 1:
        raise UsageError("--stdout prints one draft: name one article.")
    started = drafts(articles, language=language, beside=not stdout)
    if stdout:
        click.echo(started[0].draft.text, nl=False)
        return
    write_drafts(started)
    _note_drafts(started)


def _note_drafts(started: Sequence[DraftFile]) -> None:
    for file, draft, _ in started:
        more = f", {draft.more} more in comments" if draft.more else ""
        note(f"{file}: {numbered(draft.claims, 'claim')} to decide{more}")
    for root in dict.fromkeys(each.root for each in started):
        note(f"`kg validate {root} --watch` lists what is left to decide, every time you save.")


def _note_corpus(folder: Path, files: Sequence[Path]) -> None:
    for file in files:
        note(str(file))
    note(f"`kg validate {folder}` finds nothing wrong. Now change corpus.yaml and entities.yaml.")
    note(f"Put an article there as NAME.txt, and annotate it in the browser: kg annotate {folder}")
