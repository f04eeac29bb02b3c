"""SHA256SUMS: the list of a publication's files, which `sha256sum -c` checks and the next build knows them by."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

from kg.publish.build.staging import StagedFile

NAME = "SHA256SUMS"
# What a publication's files are called: no way out of the folder, nothing hidden.
FILE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*(?:/[A-Za-z0-9_][A-Za-z0-9_.-]*)*")
# A list that names these was written by `kg build`.
OURS = {"dataset.ttl", "kg.nt"}
_LINE = re.compile(r"([0-9a-f]{64}) [ *](.+)")


def sums(files: Iterable[StagedFile]) -> str:
    """Return the list, by name."""
    return "".join(f"{file.sha256}  {file.name}\n" for file in sorted(files))


def earlier_sums(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each file of the publication that a folder holds; empty where it holds none."""
    try:
        text = (folder / NAME).read_bytes().decode("utf-8", "replace")
    except FileNotFoundError:
        return {}
    lines = [match.groups() for match in map(_LINE.fullmatch, text.split("\n")) if match]
    found = {name: digest for digest, name in lines if FILE_NAME.fullmatch(name)}
    return found if found.keys() >= OURS else {}


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
