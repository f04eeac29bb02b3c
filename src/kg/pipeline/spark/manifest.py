"""The manifest on its way to the storage, and the runs that it does not name."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, version

import msgspec
from msgspec import Struct

from kg.errors import Severity
from kg.files.manifests import MANIFEST, PartFile, Partition, decode_partition
from kg.mappers.dataset import COUNTED, Tally
from kg.pipeline.spark.storage import Storage
from kg.rdf.terms import Iri
from kg.rdf.vocab import SCHEMA

_RUN = re.compile(r"run-([0-9]+)")


class Sum(Struct, frozen=True):
    """What a part holds: its tally, its findings by severity, its text's length and SHA-256 before compression."""

    part: int
    tally: Tally
    findings: dict[Severity, int]
    bytes: int
    sha256: str


def kg_version() -> str:
    """Return the version of kg that is installed here, `unknown` where it runs without being installed."""
    try:
        return version("kg-claims")
    except PackageNotFoundError:
        return "unknown"


def part_of(file: str, held: Sum) -> PartFile:
    """Return a file of the graph with its sum."""
    articles, claims = (_instances(held.tally, each) for each in (SCHEMA.NewsArticle, SCHEMA.Claim))
    return PartFile(file, articles, claims, held.tally.triples, held.bytes, held.sha256)


def write_manifest(target: Storage, manifest: Partition) -> None:
    """Publish: from now on the files that the manifest names are the graph."""
    text = msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n"
    target.write(MANIFEST, text)


def next_run(target: Storage) -> str:
    """Return the name of a new run's folder, and delete what runs that came to no end left behind."""
    runs = [name for name in target.folders() if _RUN.fullmatch(name)]
    published = _published_runs(target)
    for name in set(runs) - published:
        target.delete(name)
    return f"run-{max((int(name[4:]) for name in published), default=0) + 1}"


def delete_other_runs(target: Storage, run: str) -> None:
    """Delete what earlier runs wrote."""
    for name in target.folders():
        if _RUN.fullmatch(name) and name != run:
            target.delete(name)


def _published_runs(target: Storage) -> set[str]:
    """Return the runs that the manifest names files of; none where there is no manifest, or not one of ours."""
    if not target.exists(MANIFEST):
        return set()
    manifest = decode_partition(target.read(MANIFEST), target.address(MANIFEST))
    return {part.file.partition("/")[0] for part in manifest.parts}


def _instances(tally: Tally, kind: Iri) -> int:
    return tally.instances[COUNTED.index(kind)]
