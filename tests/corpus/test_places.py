"""The places of values in YAML and JSON, and what a value without a place gets."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kg.corpus.reader import located
from kg.corpus.yaml_reader import yaml_tokens
from kg.errors import Finding, Place, Spot
from kg.files.json_reader import json_tokens
from kg.files.places import index_values

CLAIMS = """\
# a comment
claims:
  c01:
    speaker: macron
    words: [een, "twee"]
    said: {edtf: 2020-02, why: 😀 x}
    gist: >
      folded
  c01:
    speaker: again
"""


@pytest.fixture(autouse=True)
def _in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def places(*spots: Spot) -> list[object]:
    return [finding.at for finding in located([Finding("violation", "", "", spot) for spot in spots])]


def test_a_spot_is_placed_at_its_value_or_at_its_key() -> None:
    Path("a.claims.yaml").write_text(CLAIMS)

    def at(*path: str | int, key: bool = False) -> Spot:
        return Spot("a.claims.yaml", path, at_key=key)

    assert places(
        at(),
        at("claims"),
        at("claims", "c01"),
        at("claims", "c01", key=True),
        at("claims", "c01", "speaker"),
        at("claims", "c01", "words"),
        at("claims", "c01", "words", 1),
        at("claims", "c01", "words", 1, key=True),
        at("claims", "c01", "said", "why"),
        at("claims", "c01", "said", "why", key=True),
        at("claims", "c01", "gist"),
    ) == [
        Place("a.claims.yaml", line, column)
        for line, column in [
            (2, 1),
            (3, 3),
            (4, 5),
            (3, 3),
            (4, 14),
            (5, 12),
            (5, 18),
            (5, 18),
            (6, 32),
            (6, 27),
            (7, 11),
        ]
    ]


def test_a_path_that_is_not_there_is_placed_at_the_key_of_its_nearest_ancestor() -> None:
    Path("a.claims.yaml").write_text(CLAIMS)

    assert places(
        Spot("a.claims.yaml", ("claims", "c01", "said", "words")),
        Spot("a.claims.yaml", ("claims", "c01", "words", 7)),
        Spot("a.claims.yaml", ("claims", "c99", "words", 0)),
        Spot("a.claims.yaml", ("withdrawn", "c01")),
    ) == [
        Place("a.claims.yaml", 6, 5),
        Place("a.claims.yaml", 5, 5),
        Place("a.claims.yaml", 2, 1),
        Place("a.claims.yaml", 2, 1),
    ]


def test_a_spot_in_a_json_line_is_placed_in_that_line() -> None:
    Path("a.jsonl").write_text(
        '{"article": {"id": "a"}}\n\n{"article": {"id": "b\\"", "n": [1, "é", {"x" : null}]}}\n'
    )

    assert places(
        Spot("a.jsonl", ("article", "n", 1), 3),
        Spot("a.jsonl", ("article", "n", 2, "x"), 3),
        Spot("a.jsonl", ("article", "n", 2, "x"), 3, at_key=True),
        Spot("a.jsonl", ("article", "id"), 1),
        Spot("a.jsonl", ("claims", "c01"), 1),
        Spot("a.jsonl", (), 3),
    ) == [
        Place("a.jsonl", 3, 36),
        Place("a.jsonl", 3, 48),
        Place("a.jsonl", 3, 42),
        Place("a.jsonl", 1, 20),
        Place("a.jsonl", 1, 1),
        Place("a.jsonl", 3, 1),
    ]


def test_what_has_a_place_already_keeps_it_and_a_lost_file_has_its_start() -> None:
    Path("a.txt").write_text("one: two")
    kept = Finding("warning", "x", "y", Place("z", 7, 8))
    nowhere = Finding("info", "x", "y")

    assert located([kept, nowhere]) == [kept, nowhere]
    assert places(Spot("gone.yaml", ("a",)), Spot("gone.jsonl", ("a",), 4), Spot("a.txt", ("one",))) == [
        Place("gone.yaml", 1, 1),
        Place("gone.jsonl", 4, 1),
        Place("a.txt", 1, 1),
    ]


def test_behind_a_line_that_cannot_be_read_any_more_each_spot_is_placed_at_the_start_of_its_line() -> None:
    Path("a.jsonl").write_bytes(b'{"a": 1}\n\xff\n{"a": 1}\n')

    assert places(*(Spot("a.jsonl", ("a",), line) for line in (3, 2, 1))) == [
        Place("a.jsonl", 3, 1),
        Place("a.jsonl", 2, 1),
        Place("a.jsonl", 1, 7),
    ]


def test_the_first_of_two_equal_keys_is_the_one_that_has_the_path() -> None:
    assert index_values(json_tokens('{"a": 1, "b": {"c": 2, "c": 3}, "a": 4}')).repeated == [
        (("b", "c"), 23),
        (("a",), 32),
    ]


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x85\u2028\u2029"))
VALUES = st.recursive(
    st.one_of(st.integers(), st.booleans(), st.none(), TEXTS),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(TEXTS, inner)),
    max_leaves=20,
)


def walked(value: object, path: tuple[str | int, ...] = ()) -> dict[tuple[str | int, ...], object]:
    """Return every value inside a value by its path."""
    found = {path: value}
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, item in items:
        found |= walked(item, (*path, step))
    return found


@given(VALUES, st.sampled_from([None, 2]), st.booleans())
def test_at_each_place_in_json_is_the_value(value: object, indent: int | None, ascii: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii)
    found = index_values(json_tokens(text))
    decoder = json.JSONDecoder()

    assert {path: decoder.raw_decode(text, mark.value)[0] for path, mark in found.marks.items()} == walked(value)
    assert found.repeated == []


YAML_VALUES = st.recursive(
    TEXTS,
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(TEXTS, inner)),
    max_leaves=20,
)


@given(YAML_VALUES, st.sampled_from(['"', None]), st.booleans())
def test_at_each_place_in_yaml_is_the_value(value: object, style: str | None, flow: bool) -> None:
    text = yaml.safe_dump(value, default_style=style, default_flow_style=flow, allow_unicode=True, width=10**6)
    marks = index_values(yaml_tokens(text)).marks

    assert marks.keys() == walked(value).keys()
    for path, item in walked(value).items():
        if isinstance(item, str) and item and text[marks[path].value] not in "\"'|>":
            assert text.startswith(item.split("\n")[0], marks[path].value)


@given(st.text('{}[]:,"\\ \na1'))
def test_no_text_is_too_broken_for_the_walkers(text: str) -> None:
    for tokens in (json_tokens(text), yaml_tokens(text)):
        assert all(0 <= mark.value <= len(text) for mark in index_values(tokens).marks.values())
