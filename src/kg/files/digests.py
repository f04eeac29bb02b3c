"""Short digests of what files hold."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import file_digest, sha256

from kg.files.input_files import NAMED, open_input

DIGEST_SIZE = 16


def digest_of_files(files: Iterable[str], folder: str = NAMED) -> bytes:
    """Return the digest of the contents of several files, each closed off from the next.

    Raises as `open_input` does.
    """
    whole = sha256()
    for file in files:
        with open_input(file, folder) as stream:
            whole.update(file_digest(stream, "sha256").digest())
    return whole.digest()[:DIGEST_SIZE]


def digest_of(content: bytes) -> bytes:
    """Return the digest of bytes."""
    return sha256(content).digest()[:DIGEST_SIZE]
