"""Which of several occurrences of a cue or a name belongs to a claim."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.rdf.terms import plain
from kg.text.anchors import FoundWords, Occurrences, first_occurrences
from kg.text.spans import Span, collapse_whitespace, common_length, overlap_share, total_length


def chosen(text: str, words: str, claim: str, others: tuple[str, ...] = (), known: tuple[str, ...] = ()) -> int:
    """Return which occurrence of the words is chosen, from 1; 0 for none."""
    collapsed = collapse_whitespace(text)
    occurrences = Occurrences(collapsed)
    parts = [_span(text, claim)]
    occurrences.claim([*parts, *(_span(text, other) for other in others)])
    found = FoundWords(words, plain(words), first_occurrences(collapsed, words))
    span = occurrences.choose(found, parts, [_span(text, each) for each in known])
    return 0 if span is None else text.count(words, 0, span.start) + 1


def _span(text: str, words: str) -> Span:
    return Span(text.rindex(words), text.rindex(words) + len(words))


@pytest.mark.parametrize(
    ("text", "claim", "number"),
    [
        ("Ja. Wie zei dat? Berg was het.", "Berg", 1),
        ("Berg zei A. Smit zei B.", "A", 1),
        ("Berg zei A. Smit zei B.", "B", 2),
        ("“A!” zei Berg. Smit zei B.", "A!", 1),
        ("Hij zei nee. “A. C.” Dat was het.\n\nZe zei niets.", "A. C.", 1),
        ("Hij zei nee.\n\n“A.” Dat was het.\n\nZe zei niets.", "A.", 0),
        ("Berg zei of zei dat A.", "A", 0),
        ("Berg zei dat A, en zei “B”.", "B", 2),
        ("Hij zei dat hij zei A.", "A", 2),
        ("zei Berg A.\n\n   zei Smit B.\n\n  zei C.", "B", 2),
        ("  zei A.  \n\n  B.  \n\n  zei C.", "B", 0),
    ],
)
def test_the_one_in_the_sentence_or_the_paragraph_is_chosen_if_that_is_certain(
    text: str, claim: str, number: int
) -> None:
    assert chosen(text, "zei", claim) == number


def test_one_that_is_beyond_another_claim_s_words_is_not_chosen() -> None:
    text = "Berg zei dat A en Smit zei dat B."

    assert (chosen(text, "zei", "B"), chosen(text, "zei", "B", ("A",))) == (0, 2)


def test_other_words_around_the_claim_may_be_between() -> None:
    text = "Toen zei hij ja: dat zei Berg: A."

    assert (chosen(text, "zei", "A"), chosen(text, "zei", "A", known=("Berg",))) == (0, 2)


@given(st.text(alphabet="ab \n\t", max_size=20))
def test_an_offset_is_that_of_the_same_character_or_of_white_space_before_the_next_word(text: str) -> None:
    collapsed = collapse_whitespace(text)

    for at, character in enumerate(text):
        offset = collapsed.offset(at)
        assert collapsed.collapsed[offset:].lstrip() == " ".join(text[at:].split())
        assert character.isspace() or collapsed.collapsed[offset] == character


@given(st.lists(st.integers(0, 30), min_size=2, max_size=6), st.lists(st.integers(0, 30), min_size=2, max_size=6))
def test_the_overlap_of_spans_is_that_of_their_characters(some: list[int], others: list[int]) -> None:
    spans, characters = zip(*(_spans_between(each) for each in (some, others)), strict=True)
    assert common_length(*spans) == len(characters[0] & characters[1])
    assert total_length(spans[0]) == len(characters[0])
    either = len(characters[0] | characters[1])
    assert overlap_share(*spans) == (len(characters[0] & characters[1]) / either if either else 0)


def _spans_between(offsets: list[int]) -> tuple[list[Span], set[int]]:
    """Return spans from each even to the next odd offset in order, and the offsets of their characters."""
    ordered = sorted(offsets)
    spans = [Span(start, end) for start, end in zip(ordered[::2], ordered[1::2], strict=False)]
    return spans, {at for start, end in spans for at in range(start, end)}
