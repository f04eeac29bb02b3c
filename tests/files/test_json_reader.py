"""Long JSON arrays are read element by element, each value with its place."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import CorpusError, Place
from kg.files.json_reader import JsonError, JsonValue, json_elements, parse_json

AT = Place("export.json", 1, 1)
TEXTS = st.text(st.sampled_from('a"\\{}[], \n\r\té😀\ud83d'), max_size=8)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)


def pieces(raw: bytes, size: int) -> Iterator[bytes]:
    for at in range(0, len(raw), size):
        yield raw[at : at + size]


@given(st.lists(JSON, max_size=5), st.sampled_from((None, 0, 2)), st.booleans(), st.integers(1, 40))
def test_elements_are_those_of_the_array_however_it_comes_in(
    array: list[object], indent: int | None, escaped: bool, size: int
) -> None:
    text = json.dumps(array, indent=indent, ensure_ascii=escaped)
    raw = text.encode("utf-8", "replace")

    read = [json.loads(element) for element, _ in json_elements(pieces(raw, size), "export.json")]

    assert read == json.loads(raw)


@given(st.lists(JSON, min_size=1, max_size=5), st.sampled_from((None, 1)), st.integers(1, 40))
def test_what_begins_at_a_place_is_the_value_that_says_so(
    array: list[object], indent: int | None, size: int
) -> None:
    text = json.dumps(array, indent=indent, ensure_ascii=False).encode("utf-8", "replace").decode()
    lines = text.split("\n")

    def there(at: Place) -> str:
        return "\n".join([lines[at.line - 1][at.column - 1 :], *lines[at.line :]])

    for raw, at in json_elements(pieces(text.encode(), size), "export.json"):
        assert there(at).startswith(raw.decode())
        for entry in parse_json(raw, at).entries():
            assert there(entry.place).startswith(entry.raw.decode())


def test_places_are_found_in_any_order() -> None:
    first, second = parse_json(b'[1,\r\n "\xc3\xa9", {"a": [2]}]', AT).entries()[1:]

    places = [second.members()["a"].place, first.place, second.place]

    assert places == [Place("export.json", 2, 13), Place("export.json", 2, 2), Place("export.json", 2, 7)]


@pytest.mark.parametrize(
    ("raw", "at", "rule"),
    [
        ("", (1, 1), "not-json"),
        ("hello", (1, 1), "not-json"),
        ('"hello"', (1, 1), "not-json"),
        ("[1, {", (1, 5), "cut-off"),
        ('[1,\n "a', (2, 2), "cut-off"),
        ("[1", (1, 2), "cut-off"),
        ("[1 2]", (1, 4), "not-json"),
        ("[1,,2]", (1, 4), "not-json"),
        ("[1] x", (1, 5), "not-json"),
        ("[1}", (1, 3), "not-json"),
        ("{}{}", (1, 3), "not-json"),
        ("\ufeff[1,}", (1, 4), "not-json"),
    ],
)
def test_what_is_no_array_is_an_error_with_its_place(raw: str, at: tuple[int, int], rule: str) -> None:
    with pytest.raises(CorpusError) as raised:
        list(json_elements(iter([raw.encode()]), "export.json"))

    (finding,) = raised.value.findings
    assert (finding.at, finding.rule) == (Place("export.json", *at), rule)


def test_utf_16_is_an_error_that_names_it() -> None:
    with pytest.raises(CorpusError, match="UTF-16"):
        list(json_elements(iter(["[]".encode("utf-16")]), "export.json"))


def test_an_element_above_the_limit_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.files.json_reader.LINE_LIMIT", 2_000_000)
    endless = (b'["' if not number else b"a" * 100_000 for number in range(10_000))

    with pytest.raises(CorpusError, match="must have at most 2 MB") as raised:
        list(json_elements(endless, "export.json"))

    assert [finding.at for finding in raised.value.findings] == [Place("export.json", 1, 2)]


def test_what_only_lenient_readers_take_becomes_what_all_do() -> None:
    raw = rb'{"half": "\ud83d \\ud83d \udc00", "pair": "\ud83d\ude00", "number": NaN, "list": [-Infinity, "NaN"]}'

    assert parse_json(raw, AT).read() == {
        "half": "\ufffd \\ud83d \ufffd",
        "pair": "😀",
        "number": "",
        "list": ["", "NaN"],
    }


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"[" * 100_000 + b"]" * 100_000, "nested too deeply"),
        (b'{"a": "\xff"}', "not UTF-8"),
        (b"{'a': 1}", "not JSON"),
        (b"", "not JSON"),
        (b"1" * 5000, "not JSON"),
        (b"1e999", "not JSON"),
    ],
)
def test_what_cannot_be_read_says_why(raw: bytes, why: str) -> None:
    with pytest.raises(JsonError, match=why):
        parse_json(raw, AT).read()


def test_of_what_is_neither_nothing_is_inside() -> None:
    number: JsonValue = parse_json(b"1", AT)

    assert (number.entries(), number.members()) == ([], {})
