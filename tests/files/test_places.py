"""Lines and columns of characters, bytes and values, and where each key and value ends."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.corpus.yaml_reader import yaml_tokens
from kg.errors import Path, Place
from kg.files.json_reader import json_tokens
from kg.files.places import Lines, PlaceCursor, PlacedBytes, index_values

YAML = """\
claims:
  c01:  # a comment
    speaker: [ann, "b c"]
    said: {edtf: 2020, why: x}
    words: one
      two

  c02: {}
"""


def cut(text: str, marks: object) -> dict[Path, tuple[str, str]]:
    """Return the key and the value at each path, cut out of the text."""
    assert isinstance(marks, dict)
    return {path: (text[m.key : m.key_end], text[m.value : m.value_end]) for path, m in marks.items()}


def test_keys_and_values_of_yaml_end_where_they_are_written_to_end() -> None:
    found = cut(YAML, index_values(yaml_tokens(YAML)).marks)

    assert found[("claims", "c01", "speaker")] == ("speaker", '[ann, "b c"]')
    assert found[("claims", "c01", "speaker", 1)] == ('"b c"', '"b c"')
    assert found[("claims", "c01", "said")] == ("said", "{edtf: 2020, why: x}")
    assert found[("claims", "c01", "said", "why")] == ("why", "x")
    assert found[("claims", "c01", "words")] == ("words", "one\n      two")
    assert found[("claims", "c02")] == ("c02", "{}")
    assert found[("claims", "c01")] == ("c01", YAML[YAML.index("speaker") : YAML.index("\n\n  c02")])
    assert found[("claims",)] == ("claims", YAML[YAML.index("c01") :].rstrip("\n"))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text('ab"\\é', max_size=3), inner, max_size=3),
    max_leaves=10,
)


@given(VALUES, st.sampled_from([None, 1]), st.booleans())
def test_what_is_cut_out_of_json_is_the_value_and_its_key(value: object, indent: int | None, ascii: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii)

    for path, (key, written) in cut(text, index_values(json_tokens(text)).marks).items():
        there = value
        for step in path:
            there = there[step]  # type: ignore[index]
        assert json.loads(written) == there
        if path and isinstance(path[-1], str):
            assert json.loads(key) == path[-1]


TEXTS = st.text("a\r\né😀", max_size=20)


@given(TEXTS, st.integers(1, 5))
def test_characters_and_bytes_have_the_same_places(text: str, size: int) -> None:
    lines, raw = Lines("x", text), text.encode()
    placed, cursor = PlacedBytes(raw, Place("x", 1, 1)), PlaceCursor(Place("x", 1, 1))
    for offset in range(len(text) + 1):
        if text[offset - 1 : offset + 1] != "\r\n":
            assert placed.place(len(text[:offset].encode())) == lines.place(offset)
    for at in range(0, len(raw), size):
        cursor.advance(raw[at : at + size])
    assert cursor.place == lines.place(len(text))


@pytest.mark.parametrize(("offset", "line", "column"), [(0, 4, 1), (2, 5, 1), (3, 5, 2)])
def test_lines_may_begin_further_on(offset: int, line: int, column: int) -> None:
    assert Lines("x", "a\nbc", first=4).place(offset) == Place("x", line, column)
