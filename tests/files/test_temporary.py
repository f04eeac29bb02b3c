"""Temporary databases: what is told where the disk does not take them."""

from __future__ import annotations

import json
import resource
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kg.checks.cross_references import ArticleIds, open_cross_references
from kg.errors import FileError
from kg.files.temporary import temporary_database
from kg.query.remote_load import open_inventory
from kg.rdf.terms import iri
from support.corpora import CONFIG, ENTITIES, lay

MANY = 100_000
TOLD = (
    "a temporary file could not be written: disk I/O error. Free space on the disk, or set TMPDIR to a folder on "
    "another one."
)
# Files have at most 100,000 bytes for who runs this.
LIMITED = """
import resource, sys
from kg.cli import run
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
sys.exit(run(sys.argv[1:]))
"""


@contextmanager
def no_room() -> Iterator[None]:
    """Let no file grow until the block ends."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def fill_whole() -> None:
    with open_cross_references() as references:
        for number in range(MANY):
            references.add(ArticleIds(f"article-{number}", "x.jsonl", number, "done"))


def fill_inventory() -> None:
    with open_inventory() as inventory:
        for number in range(MANY):
            inventory.want_unread(iri(f"https://kg.example/graph/{number}"), "0" * 64, 1)


@pytest.mark.parametrize("fill", [fill_whole, fill_inventory])
def test_a_disk_that_is_full_is_told_with_what_to_do(fill: Callable[[], None]) -> None:
    with no_room(), pytest.raises(FileError) as told:
        fill()

    assert str(told.value) == TOLD


def test_a_corpus_too_large_for_the_disk_is_told_in_one_line(tmp_path: Path) -> None:
    article = {"text": "Ja", "published": "2020-02"}
    lines = (json.dumps({"article": {"id": f"article-{number}", **article}}) for number in range(10_000))
    corpus = lay(tmp_path, {"corpus.yaml": CONFIG, "entities.yaml": ENTITIES, "x.jsonl": "\n".join(lines)})
    command = [sys.executable, "-c", LIMITED, "validate", str(corpus), "--jobs", "1"]
    done = subprocess.run(command, text=True, capture_output=True)

    assert (done.returncode, done.stdout, done.stderr) == (3, "", f"kg: {TOLD}\n")


def test_a_mistake_in_a_statement_is_none_of_the_disk() -> None:
    with pytest.raises(sqlite3.OperationalError, match="syntax error"), temporary_database() as database:
        database.execute("nonsense")
