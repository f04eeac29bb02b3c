"""`kg agree`."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

import click

from kg.cli.console import note
from kg.cli.options import corpus_argument, corpus_folder
from kg.errors import numbered
from kg.files.atomic_writes import atomic_file


@click.command(short_help="Measure how far several annotators agree.")
@corpus_argument
@click.option(
    "--annotator", "annotators", multiple=True, metavar="NAME", help="Only these annotators.", show_default="all"
)
@click.option("--published", is_flag=True, help="Compare with what is published, too.")
@click.option(
    "--overlap",
    type=click.FloatRange(0.01, 1),
    default=0.5,
    show_default=True,
    help="The share of characters that makes two claims the same.",
)
@click.option("--gamma", is_flag=True, help="Also compute γ of the passages; needs the extra `gamma`, and is slow.")
@click.option("--by-article", is_flag=True, help="Also show each article.")
@click.option(
    "-f", "--format", "report", type=click.Choice(["table", "csv", "html"]), default="table", show_default=True
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="The file to write.", show_default="stdout")
def command(corpus: str | None, report: str, output: Path | None, *, by_article: bool, **settings: Any) -> int:
    """Compare the readings of several annotators: readings/NAME/ARTICLE.claims.yaml, beside the corpus.

    First which claims they both found (precision, recall, F1), then how far they agree on the speaker, act, form,
    date, addressees, topics and relations of those (Krippendorff's alpha: 1 is always, 0 as often as by chance).
    The page of --format html shows the differences side by side.

    \b
    Example:
      kg agree
      kg agree --published --by-article
      kg agree --format html -o agreement.html
    """
    from kg.api import open_corpus
    from kg.history.agreement_report import as_csv, as_html, as_table

    opened = open_corpus(corpus_folder(corpus))
    found = opened.agreement(**settings)
    if report == "table":
        width = shutil.get_terminal_size().columns if sys.stdout.isatty() and not output else 0
        text = "".join(f"{line}\n" for line in as_table(found, width, by_article=by_article))
    else:
        text = as_csv(found) if report == "csv" else as_html(found, opened.entities)
    if output:
        with atomic_file(output) as stream:
            stream.write(text.encode())
    else:
        click.echo(text, nl=False)
    articles, drafts = numbered(len(found.articles), "article"), numbered(found.drafts, "draft")
    left_out = f"; {drafts} left out" if found.drafts else ""
    if found.gamma and found.gamma.left_out:
        left_out += f"; gamma is without {numbered(len(found.gamma.left_out), 'article')}"
    note(f"{articles} read by at least two of {', '.join(found.annotators)}{left_out}")
    return 0
