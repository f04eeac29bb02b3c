"""For words that are not in the article, the most similar passage is shown, and what differs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.text.near_match import MOST_COMPARED, nearest_passage, only_decomposed, shortened
from kg.text.spans import collapse_whitespace
from support.calls import lines_run

SENTENCE = "Hij zei dat Europa de eigen defensie moet uitbouwen en dat de NAVO blijft."


@pytest.mark.parametrize(
    ("text", "words", "differs"),
    [
        (
            "zei «Wij",
            'zei "Wij',
            [
                "the article has « (left-pointing double angle quotation mark, U+00AB), "
                'the words have " (quotation mark, U+0022)'
            ],
        ),
        (
            "in München zei",
            "in Mu\u0308nchen zei",
            [
                "in 'München' the words have each accent as a character of its own (NFD), "
                "the article as one with its letter (NFC)"
            ],
        ),
        (
            "in Mu\u0308nchen zei",
            "in München zei",
            [
                "in 'Mu\u0308nchen' the article has each accent as a character of its own (NFD), "
                "the words as one with its letter (NFC)"
            ],
        ),
        (
            "de kern\u00adwapens van",
            "de kernwapens van",
            ["the article has (soft hyphen, U+00AD) in 'kern\u00adwapens', the words have nothing"],
        ),
        (
            "De NAVO zal",
            "de NAVO zal",
            ["the article has 'De', the words have 'de': capital and small letters differ"],
        ),
        (
            "zei Poetin dat",
            "zei P\u043eetin dat",
            [
                "the article has o (latin small letter o, U+006F) in 'Poetin', "
                "the words have \u043e (cyrillic small letter o, U+043E)"
            ],
        ),
        (
            "2014–2020 was",
            "2014-2020 was",
            ["the article has – (en dash, U+2013), the words have - (hyphen-minus, U+002D)"],
        ),
        ("zei Jan graag", "heel zei Jan graag", ["the article does not have 'heel'"]),
        ("zei Jan graag", "zei Jan heel graag", ["the article does not have 'heel' after 'Jan'"]),
        ("Jens Stoltenberg zei", "Stoltenburg", ["the article has 'Stoltenberg', the words have 'Stoltenburg'"]),
        ("de NAVO-baas zei", "NAVO - baas zei", ["only blanks between words and marks differ"]),
        (
            "één ding",
            "een ding",
            [
                "the article has é (latin small letter e with acute, U+00E9) in 'één', "
                "the words have e (latin small letter e, U+0065)"
            ],
        ),
        (
            "om acht uur precies",
            "om negen of tien uur precies",
            ["the article has 'acht', the words have 'negen of tien'"],
        ),
    ],
)
def test_what_differs_is_reported_by_name(text, words, differs):
    assert nearest_passage(collapse_whitespace(text), words).split("\n")[1:] == differs


@given(st.integers(0, 12))
def test_a_word_left_out_anywhere_is_named(at):
    words = SENTENCE.split()
    left_out = words.pop(at)

    first, *differs = nearest_passage(collapse_whitespace(SENTENCE), " ".join(words)).split("\n")

    assert first.startswith("nearest, at characters ")
    assert at in (0, 12) or any(left_out in line for line in differs)


@given(st.text(max_size=80), st.text(max_size=40))
def test_any_words_have_a_nearest_passage_or_none(text, words):
    told = nearest_passage(collapse_whitespace(text), " ".join(words.split()))

    assert told == "" or told.startswith("nearest, at characters ")


@pytest.mark.parametrize(("words", "only"), [("het café in Gent", True), ("het café te Gent", False)])
def test_decomposed_letters_are_told_from_other_differences(words, only):
    assert only_decomposed(nearest_passage(collapse_whitespace("in het cafe\u0301 in Gent, zei"), words)) is only


def test_of_long_words_both_ends_are_shown():
    assert shortened("begin " + "x" * 200 + " einde") == "'begin " + "x" * 54 + " … " + "x" * 29 + " einde'"


@pytest.mark.parametrize(
    "words",
    ["kern wapens raketten xyz", "x" * 50_000, pytest.param("de " * 5000 + "einde", marks=pytest.mark.slow)],
)
def test_the_search_is_bounded_in_a_large_text(words):
    def steps(sentences):
        text = collapse_whitespace("Het is een lange zin over kernwapens van de NAVO. " * sentences)
        return lines_run(lambda: nearest_passage(text, words))

    assert steps(100_000) < 1.1 * steps(10_000)


def test_in_a_long_text_the_longest_words_show_where_to_look():
    """The short ones are nearly everywhere, and only a few of their places are looked at."""
    text = (
        "Hij en zij en de en het in. " * 10_000
        + "Er zijn de kernwapens en het bondgenootschap in Europa. "
        + "En. " * 1000
    )

    first, *_ = nearest_passage(collapse_whitespace(text), "de kernwapens en dat bondgenootschap in Europa").split(
        "\n"
    )

    assert first.endswith(": 'de kernwapens en het bondgenootschap in Europa'")


def test_searches_for_nearest_passages_compare_a_limited_number_of_characters():
    text = collapse_whitespace(SENTENCE)
    wanted = "dat Europa zijn eigen defensie moet uitbouwen"
    searches = 0
    while text.compared < MOST_COMPARED:
        assert nearest_passage(text, wanted).startswith("nearest, at characters ")
        searches += 1

    assert searches == 1000
    assert nearest_passage(text, wanted) == (
        "the nearest passage was not looked for: too many of the words copied from this article are not in it"
    )
