"""What all articles rest on, as one digest: `kg` itself, what it is built on, the shapes, corpus.yaml."""

from __future__ import annotations

import platform
import sys
from functools import cache

import msgspec

from kg.corpus import Corpus
from kg.errors import Spot
from kg.files.digests import digest_of, digest_of_files
from kg.files.resources import HERE
from kg.meaning import CorpusIndex

_BUILT_ON = ("kg-claims", "backports.zstd", "msgspec", "PyYAML", "pyshacl", "rdflib")


def environment(corpus: Corpus, index: CorpusIndex, checks: tuple[str, bytes]) -> bytes:
    """Return the digest of what all articles of a corpus rest on; `checks` are engine and digest of the shapes."""
    wrong = [
        finding.at
        for finding in index.findings
        if finding.severity == "violation"
        and isinstance(finding.at, Spot)
        and finding.at.file == corpus.config_file
    ]
    named = [(spot.path, spot.line, spot.at_key) for spot in wrong]
    told = (corpus.config, index.dataset, index.guidelines, index.annotators, named)
    return digest_of(msgspec.msgpack.encode((_code(), sys.version, platform.system(), _versions(), checks, told)))


@cache  # what has been imported stays as it is, even if somebody edits it while this process watches
def _code() -> bytes:
    return digest_of_files(map(str, sorted(HERE.rglob("*.py"))))


@cache
def _versions() -> tuple[str, ...]:
    # Here, not above: an export asks for none, and would wait for it.
    from importlib.metadata import PackageNotFoundError, version

    found = []
    for name in _BUILT_ON:
        try:
            found.append(version(name))
        except PackageNotFoundError:
            found.append("")
    return tuple(found)
