"""Of changed quotations, those that are still the words of the article are proposed, and no others."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.text.anchors import AnchorError
from kg.text.quotations import QuotedText
from support.mutated_quotations import MUTATIONS, same_words, tried

LETTERS = st.text('aáa\u0301e\u0301 \n\u00a0“”"…한하\u1112\u1161\u11abกา\u0e48人の\u200d', max_size=30)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_changed_quotation_is_proposed_only_if_it_is_the_same_words(tmp_path: Path, form: str) -> None:
    counts = tried(tmp_path, form, len(MUTATIONS), seed=1)
    assert (counts.wrong_accepted, counts.right_refused) == ([], [])
    assert counts.right > 50
    assert counts.wrong > 50


@given(LETTERS, LETTERS)
def test_the_places_of_words_are_those_that_trying_every_part_finds(text: str, words: str) -> None:
    try:
        found = QuotedText(text).places(words)
    except AnchorError:
        found = []
    assert [tuple(each) for each in found] == (same_words(text, words) if words.strip() else [])


def test_marks_without_a_letter_are_the_same_in_either_order() -> None:
    for text in ("\u0301\u0e48", "\u0e48\u0301"):
        assert [tuple(each) for each in QuotedText(text).places("\u0e48\u0301")] == same_words(text, "\u0e48\u0301")


@given(LETTERS, st.data())
def test_the_places_of_a_part_of_a_text_are_found(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    words = text[start : data.draw(st.integers(start, len(text)))]
    expected = same_words(text, words) if words.strip() else []
    try:
        found = [tuple(each) for each in QuotedText(text).places(words)]
    except AnchorError:
        found = []
    assert found == expected
