"""`kg load`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click

from kg import __version__
from kg.cli.console import note, show_findings, with_progress
from kg.cli.options import corpus_folder
from kg.corpus.settings import CONFIG
from kg.errors import CorpusError, Finding, UsageError
from kg.findings import fails
from kg.foreign import media_type
from kg.partitioned import MANIFEST
from kg.publication import Publication, open_publication, published
from kg.store import Manifest
from kg.store.load import load_document, load_graphs, load_partition
from kg.terms import Graph

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")


@click.command(short_help="Make a store, which a large corpus is asked in at once.")
@click.argument("target", metavar="FOLDER")
@click.argument("source", metavar="[CORPUS | FILE | PARTS]", required=False, type=click.Path())
def command(target: str, source: str | None) -> None:
    """Make a store in FOLDER, which `kg query --store FOLDER` asks without reading the corpus again.

    It is made from a corpus, which is validated first and whose drafts are left out, or from a FILE that
    `kg export` or `kg build` has written, in any format, also .gz or .zst, or from the folder of PARTS that
    `kg export --spark` has written, each of which is checked against its sum. All or nothing: a store that stands
    there is replaced when the new one is whole. A folder that holds anything else is not touched.

    \b
    Example:
      kg load claims.store
      kg load claims.store seeds
      kg load claims.store claims.nq
    """
    if _URL.match(target):
        raise UsageError(f"{target}: only a folder can be loaded, not the URL of a store. Name a folder.")
    if source and (Path(source) / MANIFEST).is_file() and not (Path(source) / CONFIG).is_file():
        manifest = load_partition(Path(target), Path(source), __version__)
    elif source and Path(source).is_file():
        manifest = load_document(Path(target), source, media_type(source), __version__)
    else:
        manifest = _corpus_loaded(Path(target), open_publication(corpus_folder(source)))
    note(f"{target}: {manifest.triples} triples in {manifest.graphs} graphs")


def _corpus_loaded(target: Path, publication: Publication) -> Manifest:
    findings: list[Finding] = []
    manifest = load_graphs(target, _passed(publication, findings), publication.index.iris.base, __version__)
    show_findings(findings)
    return manifest


def _passed(publication: Publication, findings: list[Finding]) -> Iterator[Graph]:
    """Yield the graphs that are published. Raises `CorpusError` after the last, where one breaks the shapes."""
    yield from published(with_progress(publication.units(), "Loading"), findings)
    if fails(findings, "violation"):
        raise CorpusError(findings)
