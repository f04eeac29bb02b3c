"""What all articles rest on, as one digest: `kg` itself, what it is built on, the shapes, corpus.yaml."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import msgspec

from kg.cache.stats import digest_of, digest_of_files
from kg.corpus import Corpus
from kg.errors import Spot
from kg.meaning import Index
from kg.resources import HERE

_BUILT_ON = ("kg-claims", "backports.zstd", "msgspec", "PyYAML", "pyshacl", "rdflib")


def environment(corpus: Corpus, index: Index, engine: str, shapes: Iterable[Path]) -> bytes:
    """Return the digest of what all articles of a corpus rest on. Raises `OSError` for what cannot be read."""
    wrong = [
        finding.at
        for finding in index.findings
        if finding.severity == "violation"
        and isinstance(finding.at, Spot)
        and finding.at.file == corpus.config_file
    ]
    code = digest_of_files(map(str, sorted(HERE.rglob("*.py"))))
    checks = digest_of_files(map(str, shapes))
    named = [(spot.path, spot.line, spot.at_key) for spot in wrong]
    told = (corpus.config, index.dataset, index.guidelines, index.annotators, named)
    return digest_of(
        msgspec.msgpack.encode((code, sys.version, platform.system(), _versions(), engine, checks, told))
    )


def _versions() -> list[str]:
    found = []
    for name in _BUILT_ON:
        try:
            found.append(version(name))
        except PackageNotFoundError:
            found.append("")
    return found
