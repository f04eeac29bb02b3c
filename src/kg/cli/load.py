"""`kg load`."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg import __version__
from kg.cli.console import login_prompt, note, progress, show_findings, shows_progress, with_label, with_progress
from kg.cli.options import corpus_folder, is_url
from kg.corpus.folder import CONFIG
from kg.errors import Finding, UsageError, numbered
from kg.files.manifests import MANIFEST
from kg.findings.results import counted
from kg.formats.rdf_reader import media_type
from kg.history.releases import ALL_GRAPHS, articles_of_release, is_release, read_release
from kg.pipeline.publication import Publication, open_publication, validated_graphs
from kg.pipeline.run import make_plan
from kg.query.load import FileMaker, load_document, load_graphs, load_partition
from kg.query.store import REQUEST_SECONDS, Manifest
from kg.rdf.terms import iri_text

if TYPE_CHECKING:
    from kg.query.remote_load import LoadOutcome
    from kg.query.remote_store import TripleStore

ONLY_REMOTE = {
    "protocol": "--protocol",
    "graph_store": "--graph-store",
    "update": "--update",
    "dry_run": "--dry-run",
    "delete": "--delete",
    "repair": "--repair",
    "forget": "--forget",
    "timeout": "--timeout",
}


@click.command(short_help="Load a corpus into a store, to query it in milliseconds.")
@click.argument("target", metavar="FOLDER|URL")
@click.argument("source", metavar="[CORPUS | RELEASE | FILE | PARTS]", required=False, type=click.Path())
@click.option("--no-pages", is_flag=True, help="For a FOLDER: leave out what `kg serve` needs: for queries only.")
@click.option("--dry-run", is_flag=True, help="For a URL: only list the graphs that would be put and deleted.")
@click.option("--delete", is_flag=True, help="For a URL: delete even more than a tenth of the articles there.")
@click.option("--repair", is_flag=True, help="For a URL: also put graphs that were changed there; reads them all.")
@click.option("--forget", metavar="BASE", help="For a URL: load nothing, delete the corpus with this base there.")
@click.option("--verify", is_flag=True, help="Then read the store again, and compare each graph with its digest.")
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
def command(target: str, source: str | None, **settings: Any) -> int:
    """Load a corpus into a store, which `kg query --store` queries without reading the corpus again.

    A store in a FOLDER is made from a corpus, which is validated first and whose drafts are left out; from the
    folder of a RELEASE; from a FILE that `kg export` or `kg build` wrote, in any format, also .gz or .zst; or from
    the folder of PARTS that `kg export --spark` wrote, each checked against its checksum. An existing store is
    replaced only when the new one is complete. A folder with other files is not touched. For `kg serve`, the pages
    about the whole data set, the search index and the downloads are made beside it.

    At a URL, such as http://localhost:7878, a running store that supports SPARQL 1.1 gets the graphs of the corpus
    or release that differ from its own. Its graphs that are no longer there are deleted, and other graphs are not
    touched. Give your login with KG_USER and KG_PASSWORD, or in .netrc. With --verify, the exit status is 1 if a
    graph in the store differs from its digest.

    \b
    Example:
      kg load claims.store
      kg load claims.store seeds
      kg load claims.store claims.nq
    """
    if is_url(target):
        if settings["no_pages"]:
            raise UsageError(f"{target}: --no-pages is for a folder, and this is the URL of a store.")
        return _forget(target, source, settings) if settings["forget"] else _load_remote(target, source, settings)
    if given := [option for name, option in ONLY_REMOTE.items() if settings[name]]:
        raise UsageError(f"{target}: {given[0]} is for the URL of a store, and this is a folder.")
    if settings["no_pages"]:
        manifest, also = _loaded(Path(target), source, None), ""
    else:
        from kg.publish.serve.stored_files import StoredFileMaker  # not for `--no-pages` or a URL

        files = StoredFileMaker(with_progress)
        manifest = _loaded(Path(target), source, files)
        also = f"; {numbered(files.count, 'file')} of {files.size / 1e6:.1f} MB for kg serve"
    note(f"{target}: {numbered(manifest.triples, 'triple')} in {numbered(manifest.graphs, 'graph')}{also}")
    return _verified(target, None, manifest.base) if settings["verify"] else 0


def _loaded(target: Path, source: str | None, files: FileMaker | None) -> Manifest:
    """Load a folder from whatever the source is."""
    if source and is_release(Path(source)):
        name = str(read_release(Path(source)).path / ALL_GRAPHS)
        return load_document(target, name, media_type(name), __version__, files=files)
    if source and _is_partition(source):
        return load_partition(target, Path(source), __version__, files=files)
    if source and Path(source).is_file():
        return load_document(target, source, media_type(source), __version__, files=files)
    return _corpus_loaded(target, open_publication(corpus_folder(source)), files)


def _is_partition(source: str) -> bool:
    return (Path(source) / MANIFEST).is_file() and not (Path(source) / CONFIG).is_file()


def _corpus_loaded(target: Path, publication: Publication, files: FileMaker | None) -> Manifest:
    findings: list[Finding] = []
    size = make_plan(publication.corpus, 1, counted=shows_progress()).size
    graphs = validated_graphs(publication, findings, with_label("Loading", size or None))
    manifest = load_graphs(target, graphs, publication.index.iris.base, __version__, files=files)
    show_findings(findings)
    return manifest


def _load_remote(target: str, source: str | None, settings: dict[str, Any]) -> int:
    # Imported here: the HTTP client takes as long to import as everything else.
    from kg.query.remote_load import LoadOptions, articles_to_load, load_remote

    if source and (Path(source).is_file() or _is_partition(source)):
        raise UsageError(f"{source}: a store at a URL is loaded from a corpus or a release. Name its folder.")
    if settings["verify"] and settings["dry_run"]:
        raise UsageError(f"--dry-run loads nothing that --verify could verify. To verify only: kg verify {target}")
    findings: list[Finding] = []
    if source and is_release(Path(source)):
        release = read_release(Path(source))
        base, moved_from, articles = (
            release.manifest.base,
            release.manifest.moved_from,
            articles_of_release(release),
        )
    else:
        publication = open_publication(corpus_folder(source))
        base, moved_from = publication.index.iris.base, publication.index.dataset.moved_from
        articles = articles_to_load(publication, findings, with_label("Reading"))
    options = LoadOptions(settings["delete"], settings["dry_run"], settings["repair"], moved_from)
    with _connected(target, settings) as store:
        outcome = load_remote(store, articles, base, progress, options)
        show_findings(findings)
        _show_outcome(target, outcome, dry=options.dry)
        _note_others(target, store, {base, *outcome.moved_from})
        return _verified(target, store, base) if settings["verify"] else 0


def _forget(target: str, source: str | None, settings: dict[str, Any]) -> int:
    from kg.query.remote_load import LoadOptions, forget_remote

    if given := [f"--{name}" for name in ("repair", "verify") if settings[name]] or ([source] if source else []):
        raise UsageError(f"--forget only deletes, so it does not take {given[0]}: leave that out.")
    options = LoadOptions(settings["delete"], settings["dry_run"])
    with _connected(target, settings) as store:
        outcome = forget_remote(
            store, settings["forget"], progress, options, lambda what: note(f"{target}: {what}")
        )
    if options.dry:
        _show_outcome(target, outcome, dry=True)
    else:
        note(f"{target}: graphs deleted: {outcome.plan.delete}")
    return 0


def _connected(target: str, settings: dict[str, Any]) -> AbstractContextManager[TripleStore]:
    from kg.query.remote_store import StoreAddresses, connect

    addresses = StoreAddresses(settings["graph_store"] or "", settings["update"] or "", settings["protocol"])
    return connect(target, login_prompt(), settings["timeout"] or REQUEST_SECONDS, addresses)


def _show_outcome(target: str, outcome: LoadOutcome, *, dry: bool) -> None:
    for verb, names in (("put", outcome.put), ("delete", outcome.delete)):
        for graph in names:
            click.echo(f"{verb} {iri_text(graph)}")
    put, delete, same, _ = outcome.plan
    if outcome.moved_from:
        deleted = "are to be deleted" if dry else "were deleted"
        note(f"{target}: the corpus has moved: its graphs under {' and '.join(outcome.moved_from)} {deleted}")
    if dry:
        note(f"{target}: graphs to put: {put}, to delete: {delete}, left as they are: {same}")
    else:
        note(
            f"{target}: graphs put: {put}, deleted: {delete}, left as they were: {same}; "
            f"{numbered(outcome.triples, 'triple')}"
        )


def _note_others(target: str, store: TripleStore, known: set[str]) -> None:
    """Print which other corpora the store has: it may be this one, under a base that it had before."""
    for other in [each for each in store.bases() if each not in known]:
        note(
            f"{target}: the store also has the corpus {other}. If this corpus has moved from there, write "
            f"`moved_from: {other}` in corpus.yaml and load again; to delete the other: "
            f"kg load {target} --forget {other}"
        )


def _verified(target: str, store: TripleStore | None, base: str) -> int:
    """Verify a store that was loaded, in a folder if `store` is None, and return the exit status."""
    from kg.query.verification import verify_path, verify_remote  # imported here: it loads Oxigraph

    found = verify_remote(store, target, base) if store else verify_path(Path(target))
    show_findings(found.findings)
    note(f"{counted(found.findings)}: {found.subject}")
    if found.findings and store:
        note("To put the graphs that differ again, load with --repair.")
    return 1 if found.findings else 0
