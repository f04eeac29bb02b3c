"""Offsets that count UTF-16 units or grapheme clusters, and how doccano's are recognised."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.importers.core.offsets import GraphemeOffsets, Utf16Offsets
from kg.importers.doccano import OffsetCounting
from kg.text.spans import Span

TEXTS = st.text(st.characters(codec=None) | st.sampled_from("a😀𝒳\ud83d\ude00"))


def test_an_offset_behind_an_emoji_counts_it_once() -> None:
    assert [Utf16Offsets("a😀b").code_point(unit) for unit in range(-1, 6)] == [None, 0, 1, None, 2, 3, None]


def test_a_text_without_characters_beyond_the_basic_plane_counts_alike() -> None:
    assert [Utf16Offsets("Zoë, één").is_plain, Utf16Offsets("").is_plain, Utf16Offsets("Zoë 😀").is_plain] == [
        True,
        True,
        False,
    ]


@given(TEXTS)
def test_every_code_point_is_found_by_the_units_before_it(text: str) -> None:
    offsets = Utf16Offsets(text)
    units = [sum(2 if sign > "\uffff" else 1 for sign in text[:end]) for end in range(len(text) + 1)]

    assert [offsets.code_point(unit) for unit in units] == list(range(len(text) + 1))
    assert offsets.units == units[-1]
    assert all(offsets.code_point(unit) is None for unit in range(units[-1]) if unit not in units)


WORDS = st.text(st.sampled_from("abcé"), min_size=1, max_size=6)
SIGNS = st.sampled_from(["😀", "👩\u200d👧", "👍🏽", "🇳🇱", "e\u0301", "\r\n", "🇳🇱🇧🇪", "❤\ufe0f"])


@pytest.mark.parametrize(
    ("text", "starts"),
    [
        ("", [0]),
        ("Zoë – één", list(range(10))),
        ("😀a", [0, 1, 2]),
        ("e\u0301e\u0302\u0303", [0, 2, 5]),
        ("👩\u200d👩\u200d👧b", [0, 5, 6]),
        ("👍🏽!", [0, 2, 3]),
        ("🇳🇱🇧🇪🇩", [0, 2, 4, 5]),
        ("a\r\nb\n\u0301", [0, 1, 3, 4, 5, 6]),
        ("❤\ufe0f", [0, 2]),
        ("中\u3099国", [0, 2, 3]),
    ],
)
def test_a_cluster_is_what_a_reader_takes_for_one_character(text: str, starts: list[int]) -> None:
    clusters = GraphemeOffsets(text)

    assert [clusters.code_point(number) for number in range(-1, len(starts) + 1)] == [None, *starts, None]
    assert clusters.is_plain == (len(starts) == len(text) + 1)


@given(st.lists(WORDS | SIGNS, min_size=1, max_size=8), st.data(), st.sampled_from(("units", "clusters", "plain")))
def test_a_way_to_count_that_is_no_guess_is_the_right_one(parts: list[str], data: st.DataObject, way: str) -> None:
    text = " ".join(parts)
    index = data.draw(st.integers(0, len(parts) - 1))
    start = len(" ".join(parts[:index])) + bool(index)
    span = Span(start, start + len(parts[index]))
    counted = {"units": Utf16Offsets(text), "clusters": GraphemeOffsets(text)}.get(way)
    back = {counted.code_point(at) if counted else at: at for at in range(2 * len(text) + 1)}

    # A combining mark or a line end is no whole word: where it begins or ends a span, nothing is proven.
    if parts[index].isalnum():
        found, is_guess = OffsetCounting().code_points(text, [Span(back[span.start], back[span.end])])
        assert is_guess or found == (span,)
