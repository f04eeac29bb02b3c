"""Rows that a run keeps for the next one: what counts, and what is left of those that a run did not need."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from kg.pipeline.cache.signed_rows import SignedRows, open_rows

TABLES = ("one", "two")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Use caches of this test only."""
    monkeypatch.setenv("KG_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@contextmanager
def rows(environment: bytes = b"", of: str = "here") -> Iterator[SignedRows]:
    with open_rows(b"test 1", of, environment, TABLES) as opened:
        yield opened


def saved(**content: bytes) -> None:
    """Save rows in the table `one`."""
    with rows() as opened:
        for name, payload in content.items():
            opened.add("one", name, payload)
        opened.save({"one": "one"})


def test_a_run_has_its_rows_and_those_of_the_last_that_it_keeps() -> None:
    saved(a=b"1", b=b"2", c=b"3")
    with rows() as opened:
        opened.keep("one", "a")
        opened.add("one", "b", b"4")
        assert [opened.earlier("one", name) for name in "abc"] == [b"1", b"2", b"3"]
        assert [opened.newest("one", name) for name in "abc"] == [b"1", b"4", b"3"]
        opened.save({"one": "one"})

    with rows() as opened:
        assert [opened.earlier("one", name) for name in "abc"] == [b"1", b"4", None]


def test_what_a_run_does_not_save_leaves_the_rows_as_they_were() -> None:
    saved(a=b"1")
    with rows() as opened:
        opened.add("one", "a", b"2")

    with rows() as opened:
        assert opened.earlier("one", "a") == b"1"


def test_a_row_counts_only_where_it_was_signed(folder: Path) -> None:
    saved(a=b"1", b=b"2")
    (file,) = folder.glob("kg-test-*.sqlite")
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("insert into two select * from one")
        database.execute("update one set payload = (select max(payload) from one)")

    with rows() as opened:
        assert [opened.earlier("one", name) for name in "ab"] == [None, b"2"]
        assert [opened.earlier("two", name) for name in "ab"] == [None, None]
    with rows(environment=b"another") as opened:
        assert opened.has_any("one")
        assert opened.earlier("one", "b") is None
    with rows(of="elsewhere") as opened:
        assert not opened.has_any("one")


@pytest.mark.parametrize("value", [None, "text", 7, b""])
def test_rows_of_a_stranger_are_ignored(folder: Path, value: object) -> None:
    saved(a=b"1")
    (file,) = folder.glob("kg-test-*.sqlite")
    for column in ("payload", "signature"):
        with closing(sqlite3.connect(file)) as database, database:
            database.execute(f"update one set {column} = ?", (value,))
        with rows() as opened:
            assert opened.earlier("one", "a") is None


def test_a_file_that_is_damaged_is_made_anew(folder: Path) -> None:
    saved(a=b"1")
    (file,) = folder.glob("kg-test-*.sqlite")
    file.write_bytes(b"nothing of the kind" * 1000)
    saved(a=b"2")  # finds the fault, and deletes the file
    saved(a=b"3")

    with rows() as opened:
        assert opened.earlier("one", "a") == b"3"
