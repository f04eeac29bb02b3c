"""Offsets in UTF-16 units become offsets in code points."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kg.importers.core.offsets import Utf16Offsets

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
