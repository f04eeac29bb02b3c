"""A graph in many files, as a cluster writes it: the manifest that says which files, and what they hold.

What the manifest does not name is no part of the publication.
"""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import msgspec
from msgspec import Struct

from kg.errors import FileError, Severity

MANIFEST = "manifest.json"


class Part(Struct, frozen=True):
    """A file of the graph. `bytes` and `sha256` are those of its text before compression."""

    file: str
    articles: int
    claims: int
    triples: int
    bytes: int
    sha256: str


class Partition(Struct, frozen=True):
    """What was published. Files are named from the folder of the manifest, with `/`."""

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


def read_partition(folder: Path) -> Partition:
    """Return what the manifest in a folder says.

    Raises `FileError` where it is none, or names files that lie elsewhere or are not there.
    """
    manifest = folder / MANIFEST
    try:
        partition = decoded(manifest.read_bytes(), str(manifest))
    except OSError as error:
        raise FileError(f"{manifest}: cannot be read: {error.strerror}") from error
    for part in partition.parts:
        path = PurePosixPath(part.file)
        if path.is_absolute() or ".." in path.parts:
            raise FileError(f"{manifest}: a part must lie below the manifest's folder, not at {part.file}")
        if not (folder / path).is_file():
            raise FileError(f"{manifest}: it names {part.file}, which is not there: copy the folder whole")
    return partition


def decoded(raw: bytes, where: str) -> Partition:
    """Return a manifest. Raises `FileError` for a file that is not one."""
    try:
        return msgspec.json.decode(raw, type=Partition)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise FileError(f"{where}: it is not a manifest of kg's: give another folder, or delete it") from error
