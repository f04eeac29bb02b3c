"""The manifest: which files are the graph, what they hold. What it does not name is no part of the publication."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, version

import msgspec
from msgspec import Struct

from kg.errors import FileError, Severity
from kg.mappers.dataset import COUNTED, Tally
from kg.spark.storage import Storage
from kg.terms import Iri
from kg.vocab import SCHEMA

MANIFEST = "manifest.json"
_RUN = re.compile(r"run-([0-9]+)")


class Sum(Struct, frozen=True):
    """What a part holds: its tally, its findings by severity, its text's length and SHA-256 before compression."""

    part: int
    tally: Tally
    findings: dict[Severity, int]
    bytes: int
    sha256: str


class Part(Struct, frozen=True):
    """A file of the graph. `bytes` and `sha256` are those of its text before compression."""

    file: str
    articles: int
    claims: int
    triples: int
    bytes: int
    sha256: str


class Manifest(Struct, frozen=True):
    """What was published. Files are named from the folder of the manifest."""

    kg: str
    format: str
    media_type: str
    compression: str
    base: str
    articles: int
    claims: int
    triples: int
    findings: dict[Severity, int]
    findings_files: list[str]
    parts: list[Part]


def kg_version() -> str:
    """Return the version of kg that is installed here, `unknown` where it runs without being installed."""
    try:
        return version("kg-claims")
    except PackageNotFoundError:
        return "unknown"


def part_of(file: str, held: Sum) -> Part:
    """Return a file of the graph with its sum."""
    articles, claims = (_instances(held.tally, each) for each in (SCHEMA.NewsArticle, SCHEMA.Claim))
    return Part(file, articles, claims, held.tally.triples, held.bytes, held.sha256)


def write_manifest(target: Storage, manifest: Manifest) -> None:
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
    try:
        manifest = msgspec.json.decode(target.read(MANIFEST), type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        where = target.address(MANIFEST)
        raise FileError(f"{where}: it is not a manifest of kg's: give another folder, or delete it") from error
    return {part.file.partition("/")[0] for part in manifest.parts}


def _instances(tally: Tally, kind: Iri) -> int:
    return tally.instances[COUNTED.index(kind)]
