"""Spools, and temporary databases on a full disk."""

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
from kg.files.temporary import Spool, temporary_database
from kg.query.remote_load import open_comparison
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
    with open_comparison() as comparison:
        for number in range(MANY):
            comparison.add_unread(iri(f"https://kg.example/graph/{number}"), "0" * 64, 1)


@pytest.mark.parametrize("fill", [fill_whole, fill_inventory])
def test_a_disk_that_is_full_is_reported_with_what_to_do(fill: Callable[[], None]) -> None:
    with no_room(), pytest.raises(FileError) as told:
        fill()

    assert str(told.value) == TOLD


@pytest.mark.slow
def test_a_corpus_too_large_for_the_disk_is_reported_in_one_line(tmp_path: Path) -> None:
    article = {"text": "Ja", "published": "2020-02"}
    lines = (json.dumps({"article": {"id": f"article-{number}", **article}}) for number in range(10_000))
    corpus = lay(tmp_path, {"corpus.yaml": CONFIG, "entities.yaml": ENTITIES, "x.jsonl": "\n".join(lines)})
    command = [sys.executable, "-c", LIMITED, "validate", str(corpus), "--jobs", "1"]
    done = subprocess.run(command, text=True, capture_output=True)

    assert (done.returncode, done.stdout, done.stderr) == (3, "", f"kg: {TOLD}\n")


def test_a_mistake_in_a_statement_is_none_of_the_disk() -> None:
    with pytest.raises(sqlite3.OperationalError, match="syntax error"), temporary_database() as database:
        database.execute("nonsense")


@pytest.mark.parametrize("in_memory", [0, 7, 100])
def test_what_is_appended_is_read_back_by_its_place(in_memory: int) -> None:
    with Spool(in_memory=in_memory) as spool:
        places = []
        for piece in (b"one", b"two", b"", b"three"):
            places.append((spool.size, len(piece)))
            spool.write(piece)
            assert spool.read(*places[0]) == b"one"

        assert [spool.read(*place) for place in reversed(places)] == [b"three", b"", b"two", b"one"]


def test_a_spool_with_a_path_is_a_file_once_it_is_large(tmp_path: Path) -> None:
    path = tmp_path / "spool"
    with Spool(str(path), in_memory=4) as spool:
        spool.write(b"one")
        assert (spool.content(), path.exists()) == (b"one", False)
        spool.write(b"two")
        assert (spool.content(), path.read_bytes()) == (None, b"onetwo")

    assert path.read_bytes() == b"onetwo"
