"""`kg site`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from kg import __version__
from kg.cli.console import note, show_findings, shows_progress, warn, with_label, with_progress
from kg.cli.options import corpus_argument, corpus_folder, fresh_option, jobs_option
from kg.errors import Finding, numbered
from kg.history.releases import is_release, read_release, release_graphs
from kg.pipeline.publication import open_publication
from kg.pipeline.run import make_plan
from kg.processes import cores
from kg.publish.site.graph_cache import SiteGraph, site_graphs
from kg.publish.site.localisation import LANGUAGES
from kg.publish.site.site_folder import site_folder
from kg.publish.site.writer import MOST_FILES, SiteOptions, SiteResult, write_site
from kg.rdf.terms import Graph


@click.command(short_help="Write the data set as web pages into dist/site/.")
@corpus_argument
@click.option(
    "-o",
    "--output",
    default="dist/site",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder of the site.",
)
@click.option(
    "--language",
    "languages",
    multiple=True,
    type=click.Choice(LANGUAGES),
    help="The languages of the pages, the first without a tag in its files' names; left out, all there are.",
)
@click.option(
    "--most-files",
    type=click.IntRange(min=0),
    default=MOST_FILES,
    show_default=True,
    help="If separate pages for claims would make more files, claims are sections of their article's page.",
)
@click.option(
    "--without-query",
    is_flag=True,
    help="Leave out the page that answers questions, with its engine and its copy of the data.",
)
@fresh_option
@jobs_option
def command(  # noqa: PLR0913  # an option each
    corpus: str | None,
    output: Path,
    languages: tuple[str, ...],
    most_files: int,
    *,
    without_query: bool,
    fresh: bool,
    jobs: int | None,
) -> None:
    """Validate the corpus, then write it as web pages, with its data, a search and a place to ask questions.

    CORPUS may also be the folder of a release, which was validated when it was made. The pages work on any static
    host, below any path, and opened from a disk. Only what changed is written again; other files in the folder are
    left alone. The same corpus gives the same bytes.

    \b
    Example:
      kg site
      kg site seeds -o public --language en
    """
    findings: list[Finding] = []
    base, graphs, jobs = _source(corpus, output, findings, jobs, fresh=fresh)
    options = SiteOptions(
        base=base,
        version=__version__,
        languages=tuple(dict.fromkeys(languages)),
        most_files=most_files,
        jobs=jobs,
        query=not without_query,
        fresh=fresh,
    )
    with site_folder(output) as folder:
        written = write_site(folder, graphs, options, with_progress)
    show_findings(findings)
    _report(written, output, most_files)


def _report(written: SiteResult, output: Path, most_files: int) -> None:
    """Say what was written."""
    for path in written.edited:
        warn(f"{path} was changed since kg wrote it: it was written again")
    pages, files = numbered(written.pages, "page"), numbered(written.files, "file")
    made = f"{numbered(written.made, 'page')} rendered"
    note(f"{output}: {pages} in {files}, {written.changed} of them new or changed; {made}")
    if written.files > most_files:
        note(
            f"{output}: these are more than {most_files} files, which not all hosts take (see `docs/site.md`); "
            "`--language` writes fewer, in one language."
        )


def _source(
    corpus: str | None, output: Path, findings: list[Finding], jobs: int | None, *, fresh: bool
) -> tuple[str, Iterator[Graph] | Iterator[SiteGraph], int]:
    """Return the base and the graphs of a corpus or a release, and how many processes to use."""
    if corpus and is_release(Path(corpus)):
        release = read_release(Path(corpus))
        return release.manifest.base, release_graphs(release), jobs or cores()
    publication = open_publication(corpus_folder(corpus))
    plan = make_plan(publication.corpus, jobs, counted=shows_progress())
    watched = with_label("Reading", plan.size or None)
    graphs = site_graphs(publication, output, findings, watched, fresh=fresh)
    return publication.index.iris.base, graphs, plan.jobs
