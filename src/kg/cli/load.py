"""`kg load`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from kg import __version__
from kg.cli.console import login_prompt, note, progress, show_findings, with_label
from kg.cli.options import corpus_folder, is_url
from kg.corpus.folder import CONFIG
from kg.errors import Finding, UsageError, numbered
from kg.files.manifests import MANIFEST
from kg.formats.rdf_reader import media_type
from kg.pipeline.publication import Publication, open_publication, validated_graphs
from kg.query.load import load_document, load_graphs, load_partition
from kg.query.store import REQUEST_SECONDS, Manifest
from kg.rdf.terms import iri_text

ONLY_REMOTE = {
    "protocol": "--protocol",
    "graph_store": "--graph-store",
    "update": "--update",
    "dry_run": "--dry-run",
    "delete": "--delete",
    "repair": "--repair",
    "timeout": "--timeout",
}


@click.command(short_help="Load a corpus into a store, to query it in milliseconds.")
@click.argument("target", metavar="FOLDER|URL")
@click.argument("source", metavar="[CORPUS | FILE | PARTS]", required=False, type=click.Path())
@click.option("--dry-run", is_flag=True, help="For a URL: only list the graphs that would be put and deleted.")
@click.option("--delete", is_flag=True, help="For a URL: delete even more than a tenth of the graphs there.")
@click.option("--repair", is_flag=True, help="For a URL: also put graphs that were changed there; reads them all.")
@click.option(
    "--protocol",
    type=click.Choice(["gsp", "update"]),
    show_default="what the store offers",
    help="For a URL: send whole graphs, or SPARQL Update.",
)
@click.option(
    "--graph-store", metavar="URL", show_default="found by asking", help="The Graph Store address of the store."
)
@click.option(
    "--update", metavar="URL", show_default="found by asking", help="The SPARQL Update address of the store."
)
@click.option(
    "--timeout",
    type=click.FloatRange(0, min_open=True),
    metavar="SECONDS",
    help=f"For a URL: how long the store may take for one request.  [default: {REQUEST_SECONDS:g}]",
)
def command(target: str, source: str | None, **settings: Any) -> None:
    """Load a corpus into a store, which `kg query --store` queries without reading the corpus again.

    A store in a FOLDER is made from a corpus, which is validated first and whose drafts are left out; from a FILE
    that `kg export` or `kg build` wrote, in any format, also .gz or .zst; or from the folder of PARTS that `kg
    export --spark` wrote, each checked against its checksum. An existing store is replaced only when the new one is
    complete. A folder with other files is not touched.

    At a URL, such as http://localhost:7878, a running store that supports SPARQL 1.1 gets the graphs of the corpus
    that differ from its own. Its graphs that are no longer in the corpus are deleted, and other graphs are not
    touched. Give your login with KG_USER and KG_PASSWORD, or in .netrc.

    \b
    Example:
      kg load claims.store
      kg load claims.store seeds
      kg load claims.store claims.nq
    """
    if is_url(target):
        _load_remote(target, source, settings)
        return
    if given := [option for name, option in ONLY_REMOTE.items() if settings[name]]:
        raise UsageError(f"{target}: {given[0]} is for the URL of a store, and this is a folder.")
    if source and _is_partition(source):
        manifest = load_partition(Path(target), Path(source), __version__)
    elif source and Path(source).is_file():
        manifest = load_document(Path(target), source, media_type(source), __version__)
    else:
        manifest = _corpus_loaded(Path(target), open_publication(corpus_folder(source)))
    note(f"{target}: {numbered(manifest.triples, 'triple')} in {numbered(manifest.graphs, 'graph')}")


def _is_partition(source: str) -> bool:
    return (Path(source) / MANIFEST).is_file() and not (Path(source) / CONFIG).is_file()


def _corpus_loaded(target: Path, publication: Publication) -> Manifest:
    findings: list[Finding] = []
    graphs = validated_graphs(publication, findings, with_label("Loading"))
    manifest = load_graphs(target, graphs, publication.index.iris.base, __version__)
    show_findings(findings)
    return manifest


def _load_remote(target: str, source: str | None, settings: dict[str, Any]) -> None:
    # Imported here: the HTTP client takes as long to import as everything else.
    from kg.query.remote_load import LoadOptions, articles_to_load, load_remote
    from kg.query.remote_store import StoreAddresses, connect

    if source and (Path(source).is_file() or _is_partition(source)):
        raise UsageError(f"{source}: a store at a URL is loaded from a corpus only. Name the folder of the corpus.")
    publication = open_publication(corpus_folder(source))
    addresses = StoreAddresses(settings["graph_store"] or "", settings["update"] or "", settings["protocol"])
    options = LoadOptions(settings["delete"], settings["dry_run"], settings["repair"])
    findings: list[Finding] = []
    articles = articles_to_load(publication, findings, with_label("Reading"))
    with connect(target, login_prompt(), settings["timeout"] or REQUEST_SECONDS, addresses) as store:
        outcome = load_remote(store, articles, publication.index.iris.base, progress, options)
    show_findings(findings)
    for verb, names in (("put", outcome.put), ("delete", outcome.delete)):
        for graph in names:
            click.echo(f"{verb} {iri_text(graph)}")
    put, delete, same, _ = outcome.plan
    if options.dry:
        note(f"{target}: graphs to put: {put}, to delete: {delete}, left as they are: {same}")
    else:
        note(
            f"{target}: graphs put: {put}, deleted: {delete}, left as they were: {same}; "
            f"{numbered(outcome.triples, 'triple')}"
        )
