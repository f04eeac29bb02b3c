"""Files of other projects that tests read from `../shared/data`, which is not part of this repository.

Where a file is missing, the tests that read it are skipped with its name. Tests that take a folder file by file
take the names from `tests/data/shared_cases.txt`, so that the same tests are collected with and without the files.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support import ROOT, SHARED

LIST = ROOT / "tests" / "data" / "shared_cases.txt"
# Where cases are, and what a file must contain to be one.
PATTERNS = {
    "annotation-tools/webanno-tsv/*/reference.tsv": "",
    "shacl-core/core/**/*.ttl": "sht:Validate",
    "web-annotation/correct/*.json": "",
}


def why_missing(name: str) -> str:
    """Return why a test that reads a file or folder is skipped, `""` if it is there."""
    return "" if (SHARED / name).exists() else f"../shared/data/{name} is not here"


def needs_shared(name: str) -> pytest.MarkDecorator:
    """Return the mark that skips a test where a file or folder is missing."""
    return pytest.mark.skipif(bool(why_missing(name)), reason=why_missing(name))


def shared_file(name: str) -> Path:
    """Return a file; the test that asks for it is skipped where it is missing."""
    if why_missing(name):
        pytest.skip(why_missing(name))
    return SHARED / name


def shared_cases(folder: str) -> list[str]:
    """Return the names of the cases in a folder, as they are committed."""
    return [name for name in LIST.read_text("utf-8").splitlines() if name.startswith(f"{folder}/")]


def found_cases() -> Iterator[str]:
    """Yield the names of the cases that are there."""
    for pattern, content in PATTERNS.items():
        for file in sorted(SHARED.glob(pattern)):
            if content in file.read_text("utf-8"):
                yield file.relative_to(SHARED).as_posix()
