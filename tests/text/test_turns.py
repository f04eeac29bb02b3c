"""Turns of a transcript, by labels at the start of a line, and the people that labels name."""

from __future__ import annotations

import pytest

from kg.text.spans import Span
from kg.text.turns import Turns, names_speaker


def label_of(text: str, words: str) -> list[str]:
    """Return the label of the turn that has the words."""
    start = text.index(words)
    return list(Turns(text).label([Span(start, start + len(words))]))


@pytest.mark.parametrize(
    "line",
    [
        *("MINISTER BERG: ja", "Minister Berg: ja", "Berg : ja", "- BERG: ja", "**Berg**: ja", "Berg:\nja"),
        *("  Anna Berg: ja", "Ursula von der Leyen: ja", "Q: ja", "J.-P. Berg: ja"),
    ],
)
def test_a_name_with_a_colon_at_the_start_of_a_line_is_a_label(line: str) -> None:
    assert label_of(f"Inleiding.\n{line}", "ja") != []


@pytest.mark.parametrize(
    "line",
    [
        "Eerlijk gezegd: ja",
        "Ze zei: ja",
        "Om 10:30 zei Berg ja",
        "Is het waar? Berg: ja",
        "https://a.example ja",
    ],
)
def test_a_sentence_with_a_colon_is_no_label(line: str) -> None:
    assert label_of(f"Inleiding.\n{line}", "ja") == []


def test_a_turn_ends_at_the_next_label_and_words_in_two_turns_are_in_none() -> None:
    text = "Vooraf.\nBERG: een\n\ntwee\nSMIT: drie"
    turns = Turns(text)

    assert [label_of(text, each) for each in ("Vooraf", "een", "twee", "drie")] == [
        [],
        ["berg"],
        ["berg"],
        ["smit"],
    ]
    assert turns.label([Span(text.index("een"), text.index("een") + 3), Span(len(text) - 5, len(text))]) == ()


@pytest.mark.parametrize(
    ("label", "names", "person", "is_named"),
    [
        ("BERG", ["Anna Berg"], True, True),
        ("MINISTER BERG", ["Anna Berg"], True, True),
        ("Anna", ["Anna Berg"], True, True),
        ("SMIT", ["Anna Berg"], True, False),
        ("MINISTER", ["Anna Berg"], True, False),
        ("IEA", ["Internationaal Energieagentschap", "IEA"], False, True),
        ("IEA DIRECTEUR", ["IEA"], False, False),
        ("De Krant", ["Krant"], False, False),
    ],
)
def test_a_label_names_a_person_by_surname_and_others_by_their_whole_name(
    label: str, names: list[str], person: bool, is_named: bool
) -> None:
    words = list(Turns(f"{label}: x").label([Span(len(label) + 2, len(label) + 3)]))

    assert names_speaker(words, names, person=person) is is_named
