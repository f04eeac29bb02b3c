"""Answers as tables for people."""

from __future__ import annotations

from unicodedata import combining, east_asian_width

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.query.tables import Rows, read_rows, short_name, table

BASE = "https://kg.example/"


# Tables

CELLS = st.text(st.characters(categories=["L", "N", "P", "Zs", "Mn"]), max_size=60)


@given(st.integers(1, 6).flatmap(lambda n: st.lists(st.tuples(*[CELLS] * n), min_size=1, max_size=4)))
def test_a_table_fits_its_width_and_loses_no_letter(cells: list[tuple[str, ...]]) -> None:
    rows = Rows(tuple(f"c{n}" for n, _ in enumerate(cells[0])), tuple(cells))

    lines = list(table(rows, 80))

    assert all(columns_of(line) <= 80 for line in lines)
    shown = sorted("".join("".join(lines[2:]).split()))
    assert shown == sorted("".join("".join("".join(row) for row in cells).split()))


def test_wide_letters_with_accents_fit_too() -> None:
    lines = list(table(Rows(("a", "b"), (("漢" * 40 + "\u0301" * 80, "x"),)), 40))

    assert max(map(columns_of, lines)) <= 40


def columns_of(line: str) -> int:
    """Return how many columns of a terminal a line takes."""
    return sum(0 if combining(letter) else 2 if east_asian_width(letter) in "WF" else 1 for letter in line)


def test_a_narrow_table_breaks_long_ids_before_words() -> None:
    rows = Rows(("claim", "who"), (("000_411f4785dd135aae/c01", "stoltenberg says so"),))

    assert list(table(rows, 30)) == [
        "claim              who",
        "─────────────────  ───────────",
        "000_411f4785dd135  stoltenberg",
        "aae/c01            says so",
    ]


def test_a_table_without_a_width_has_one_line_a_row() -> None:
    assert list(table(Rows(("a", "b"), (("x" * 200, ""), ("y", "z"))))) == [
        "a" + " " * 201 + "b",
        "─" * 200 + "  ─",
        "x" * 200,
        "y" + " " * 201 + "z",
    ]


@pytest.mark.parametrize(
    ("iri", "short"),
    [
        (f"{BASE}entity/macron", "macron"),
        (f"{BASE}claim/a/c01", "a/c01"),
        (f"{BASE}article/a#newsroom", "a#newsroom"),
        (f"{BASE}dataset", "dataset"),
        ("https://w3id.org/kg-claims/acts#denies", "denies"),
        ("https://w3id.org/kg-claims#act", "kg:act"),
        ("http://schema.org/author", "schema:author"),
        ("http://schema.org/a/b", "http://schema.org/a/b"),
        ("http://www.wikidata.org/entity/Q142", "http://www.wikidata.org/entity/Q142"),
    ],
)
def test_iris_are_shown_short(iri: str, short: str) -> None:
    assert short_name(iri, BASE) == short


def test_a_terminal_obeys_no_value() -> None:
    results = {
        "head": {"vars": ["x"]},
        "results": {"bindings": [{"x": {"type": "literal", "value": "a\x1b[31m\nb\u202ec"}}, {}]},
    }

    assert read_rows(results, BASE).cells == (("a\\u001b[31m b\\u202ec",), ("",))
