"""SHA-256 of files and bytes, whole or cut to 16 bytes."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import file_digest, sha256
from pathlib import Path

from kg.files.input_files import NAMED, open_input

DIGEST_SIZE = 16


def digest_of_files(files: Iterable[str], folder: str = NAMED) -> bytes:
    """Return one short digest of the contents of several files. Raises as `open_input` does."""
    whole = sha256()
    for file in files:
        with open_input(file, folder) as stream:
            whole.update(file_digest(stream, "sha256").digest())
    return whole.digest()[:DIGEST_SIZE]


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    with path.open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest()


def digest_of(content: bytes) -> bytes:
    """Return the short digest of bytes."""
    return sha256(content).digest()[:DIGEST_SIZE]
