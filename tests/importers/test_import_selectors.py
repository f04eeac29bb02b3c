"""Quotes of other tools → places in a text: white space is forgiven, what stands around picks one of several."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.importers.web_annotation.selectors import QuoteFinder, remove_whitespace
from kg.text.anchors import AnchorError
from kg.text.spans import Span

TEXT = "De NAVO zei ja.\nMacron zei\xa0 nee.De NAVO\nzei niets.\n"
texts = st.text(st.sampled_from("ab \n\xa0😀"), max_size=30)


@pytest.mark.parametrize(
    ("exact", "around", "words"),
    [
        ("Macron", {}, "Macron"),
        ("zei nee", {}, "zei\xa0 nee"),
        ("  zei\n nee ", {}, "zei\xa0 nee"),
        # A browser puts nothing between two paragraphs.
        ("ja.Macron", {}, "ja.\nMacron"),
        ("nee. De NAVO", {}, "nee.De NAVO"),
        # A tool may mark part of a word.
        ("acro", {}, "acro"),
    ],
)
def test_white_space_in_a_quote_is_as_wide_as_it_happens_to_be(
    exact: str, around: dict[str, str], words: str
) -> None:
    start, end = QuoteFinder(TEXT).find(exact, **around)

    assert TEXT[start:end] == words


@pytest.mark.parametrize(
    ("prefix", "suffix", "near", "start"),
    [
        ("", " zei niets", -1, 32),
        ("nee.", "", -1, 32),
        ("De ", " zei ja", -1, 3),
        # Of a prefix that goes on with what is no part of the text, the end counts.
        ("Lees ook: iets anders, zei nee.De ", "", -1, 35),
        ("", " zei niets. Lees ook: iets anders", -1, 35),
        ("", "", 0, 3),
        ("", "", 33, 35),
        ("", "", 10_000, 35),
        # What stands around says more than a position.
        ("", " zei niets", 0, 35),
    ],
)
def test_what_stands_around_picks_one_of_several_places_then_the_position(
    prefix: str, suffix: str, near: int, start: int
) -> None:
    exact = "De NAVO" if start == 32 else "NAVO"

    assert QuoteFinder(TEXT).find(exact, prefix=prefix, suffix=suffix, near=near) == Span(start, start + len(exact))


@pytest.mark.parametrize(
    ("exact", "rule", "message"),
    [
        (" \n", "words-empty", "a quote must hold more than white space, and this one does not"),
        ("Trump", "words-not-found", "the words 'Trump' are not in the text: is it another version?"),
        (
            "NAVO",
            "words-found-twice",
            "the words 'NAVO' are in the text more than once, and neither the words around them nor a position "
            "says which is meant",
        ),
    ],
)
def test_a_quote_that_has_no_place_is_refused_with_the_reason(exact: str, rule: str, message: str) -> None:
    with pytest.raises(AnchorError) as refused:
        QuoteFinder(TEXT).find(exact)

    assert (refused.value.rule, refused.value.message) == (rule, message)


@given(texts, st.data())
def test_what_is_quoted_with_its_position_or_all_that_stands_around_is_found(
    text: str, data: st.DataObject
) -> None:
    bare = remove_whitespace(text)
    assert bare.collapsed == "".join(text.split())
    if not bare.collapsed:
        return
    start = data.draw(st.integers(0, len(bare.collapsed) - 1))
    end = data.draw(st.integers(start + 1, len(bare.collapsed)))
    there = bare.original(start, end)
    quoted, exact = QuoteFinder(text), text[there.start : there.end]

    assert quoted.find(exact, near=there.start) == there
    prefix, suffix = text[: there.start], text[there.end :]
    if prefix.strip() and suffix.strip():
        assert quoted.find(exact, prefix=prefix, suffix=suffix) == there
