"""`kg annotate`."""

from __future__ import annotations

import webbrowser
from collections.abc import Sequence
from pathlib import Path
from threading import Thread

import click

from kg.cli.console import note, with_label, write_log
from kg.cli.options import corpus_and_articles


@click.command(short_help="Annotate articles in the browser, checked while you type.")
@click.argument("names", nargs=-1, metavar="[CORPUS | ARTICLE.txt …]", type=click.Path(path_type=Path))
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, show_default="a free one", help="The port on this machine."
)
@click.option("--as", "reading", metavar="NAME", default="", help="Edit this annotator's own readings instead.")
@click.option("--no-browser", is_flag=True, help="Print the address without opening it.")
def command(names: Sequence[Path], *, port: int, reading: str, no_browser: bool) -> None:
    """Edit the claims of a CORPUS, or of some of its articles, in the browser, until Ctrl-C.

    Select words to make a claim. What kg guesses about it is only suggested, and what is wrong is shown as
    kg validate does. The files stay yours: only what you change is written, and you may edit them in another
    program at the same time. The page is served to this machine only, and the printed address works once.

    With --as anna, the claims are those of Anna's own readings, in readings/anna/, which nothing publishes. Without
    it, claims of readings that nobody has decided on are shown, to publish or refuse.

    \b
    Example:
      kg annotate seeds
      kg annotate seeds/000_411f4785dd135aae.txt --no-browser
      kg annotate my-claims --as anna
    """
    from kg.desk.open_corpus import OpenCorpus
    from kg.desk.server import serve_desk
    from kg.history.shared_files import finish_changes
    from kg.publish.serve.logs import ServerLog

    root, only = corpus_and_articles(names)
    finish_changes(Path(root))
    corpus = OpenCorpus(root, only, with_label("Reading"), reading=reading)

    def on_ready(url: str) -> None:
        click.echo(url)
        note("Open this address in your browser; it works once. Ctrl-C ends this, all that you accepted is saved.")
        if not no_browser:
            # In a thread: a browser in the terminal would keep the page from being served.
            Thread(target=webbrowser.open, args=(url,), daemon=True).start()

    serve_desk(corpus, port, on_ready, ServerLog(write_log))
