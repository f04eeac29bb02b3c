"""The same words: the width of white space and the spelling of a character may differ, nothing else."""

from __future__ import annotations

from unicodedata import normalize

import pytest

from kg.text.anchors import AnchorError
from kg.text.quotations import QuotedText
from kg.text.spans import Span


def places(text: str, words: str) -> list[str]:
    return [text[start:end] for start, end in QuotedText(text).places(words)]


@pytest.mark.parametrize("words", ["We  will\npay", "\u00a0We will pay\t", "We will pay"])
def test_the_width_of_white_space_may_differ(words: str) -> None:
    assert places("“We will  pay”, she said.", words) == ["We will  pay"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("un café fermé", "café fermé"),
        (normalize("NFD", "un café fermé"), "café fermé"),
        ("Việt Nam nói", normalize("NFD", "Việt Nam")),
        ("그는 한국어를 말했다", normalize("NFD", "한국어를")),
        ("a q\u0323\u0307 b", "q\u0307\u0323"),
        ("10 \u212b long", "10 Å"),
    ],
)
def test_the_same_characters_in_another_spelling_are_the_same_words(text: str, words: str) -> None:
    (found,) = places(text, words)
    assert normalize("NFC", found) == normalize("NFC", words)
    assert found in text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("“We will pay”", '"We will pay"'),
        ("l’OTAN paie", "l'OTAN paie"),
        ("We will pay", "we will pay"),
        ("We will pay", "We … pay"),
        ("We will pay…", "We will pay..."),
        ("We will pay", "We will pаy"),
        ("We will pay", "Wewill pay"),
        ("We will pay", "will pa"),
        ("We will pay", "We will\u200b pay"),
        ("un café", "un cafe"),
        ("un cafe\u0301", "un cafe"),
        ("한", "하"),
        (normalize("NFD", "한"), "하"),
        ("2² = 4", "22 = 4"),
    ],
)
def test_whatever_else_differs_makes_other_words(text: str, words: str) -> None:
    with pytest.raises(AnchorError):
        places(text, words)


def test_every_place_is_found() -> None:
    assert QuotedText("ja, nee, ja").places("ja") == [Span(0, 2), Span(9, 11)]


def test_more_places_than_a_quotation_may_have_are_refused() -> None:
    with pytest.raises(AnchorError, match="more than 1000 times"):
        QuotedText("ja " * 1001).places("ja")
