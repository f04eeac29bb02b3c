"""Files that list other files: SHA256SUMS beside a publication, and the manifest of a graph in several parts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import NamedTuple, TypeVar

import msgspec
from msgspec import Struct

from kg.errors import FileError, Severity, file_error
from kg.files.input_files import is_inside, read_input

SUMS = "SHA256SUMS"
MANIFEST = "manifest.json"
# A path that does not lead out of the folder, without hidden names.
_FILE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*(?:/[A-Za-z0-9_][A-Za-z0-9_.-]*)*")
_SUM = re.compile(r"([0-9a-f]{64}) [ *](.+)")
_Manifest = TypeVar("_Manifest", bound=Struct)


class FileSum(NamedTuple):
    """A file's name, its size in bytes and its SHA-256."""

    name: str
    size: int
    sha256: str


def is_plain_name(name: str) -> bool:
    """Tell whether a name with `/` leads to a visible file below its folder."""
    return _FILE_NAME.fullmatch(name) is not None


def sums_text(files: Iterable[FileSum]) -> str:
    """Return the content of a SHA256SUMS, which `sha256sum -c` checks."""
    return "".join(f"{file.sha256}  {file.name}\n" for file in sorted(files))


def read_sums(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each file that the SHA256SUMS in a folder lists; empty if there is none."""
    return {name: digest for digest, name in filter(None, _sum_lines(folder))}


def damaged_sums(folder: Path) -> list[int]:
    """Return the numbers of the lines of a SHA256SUMS that give no sum of a file in its folder."""
    return [number for number, line in enumerate(_sum_lines(folder), start=1) if line is None]


def _sum_lines(folder: Path) -> list[tuple[str, str] | None]:
    """Return the SHA-256 and the name in each line, None for a line without."""
    try:
        text = read_input(str(folder / SUMS), str(folder)).decode("utf-8", "replace")
    except (FileNotFoundError, NotADirectoryError):
        return []
    matches = map(_SUM.fullmatch, text.removesuffix("\n").split("\n"))
    return [(match[1], match[2]) if match and is_plain_name(match[2]) else None for match in matches]


def manifest_json(manifest: Struct) -> bytes:
    """Return a manifest as indented JSON."""
    return msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n"


def decode_manifest(raw: bytes, kind: type[_Manifest], complaint: str) -> _Manifest:
    """Decode a manifest. Raises `FileError` with the complaint if the JSON is not one."""
    try:
        return msgspec.json.decode(raw, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise FileError(f"{complaint} ({error})") from error


class PartFile(Struct, frozen=True):
    """A file of a graph. `bytes` and `sha256` are those of its text before compression."""

    file: str
    articles: int
    claims: int
    triples: int
    bytes: int
    sha256: str


class Partition(Struct, frozen=True):
    """A graph in several files, named relative to the manifest. Other files there are no part of the graph."""

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
    parts: list[PartFile]


def read_partition(folder: Path) -> Partition:
    """Return the manifest in a folder.

    Raises `FileError` if it is not one of ours, or names files that do not exist or lie outside the folder.
    """
    manifest = folder / MANIFEST
    try:
        partition = decode_partition(read_input(str(manifest), str(folder)), str(manifest))
    except OSError as error:
        raise file_error(manifest, error) from error
    for part in partition.parts:
        path = PurePosixPath(part.file)
        if path.is_absolute() or ".." in path.parts:
            raise FileError(f"{manifest}: a part must lie below the manifest's folder, not at {part.file}")
        if not is_inside(str(folder / path), str(folder)):
            raise FileError(f"{manifest}: it names {part.file}, which does not exist: copy the whole folder")
    return partition


def decode_partition(raw: bytes, file: str) -> Partition:
    """Return a manifest that was read from a file. Raises `FileError` if it is not one of ours."""
    return decode_manifest(
        raw, Partition, f"{file}: this is not a manifest that kg wrote: give another folder, or delete it"
    )
