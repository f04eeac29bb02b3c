"""Two versions of a text: words that an edit leaves alone keep their place, and no others are taken for them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.text import alignment
from kg.text.alignment import Alignment
from kg.text.spans import Span

# Scripts with other directions, marks, surrogates in UTF-16, joiners, and no blanks between words.
LETTERS = "aé̀ßøжשלוםعرबहक中文字ไทย🏭👩‍🚀"
FRESH = "新しい"
"""Characters of words that only edits bring in."""

words = st.text(st.sampled_from(LETTERS), min_size=1, max_size=4).filter(lambda word: word.strip() == word)
blanks = st.sampled_from([" ", "\n", "\r\n", "\u00a0", "\n\n", "  "])
Edits = list[tuple[str, str]]
"""For each word of a text: `keep`, `delete` or `replace` it, or `insert` before it; and the fresh word."""


def edits_of(
    size: int, kinds: Sequence[str] = ("keep", "keep", "keep", "replace", "insert")
) -> st.SearchStrategy[Edits]:
    return st.lists(st.sampled_from(kinds), min_size=size, max_size=size).map(
        lambda found: [(kind, f"{FRESH}{number}") for number, kind in enumerate(found)]
    )


def versions(tokens: list[str], blank: str, edits: Edits) -> tuple[str, str, list[tuple[Span, Span | None]]]:
    """Return the old and new text, and for each old word where it was and, if it stays, where it is."""
    old = blank.join(tokens)
    starts = list(accumulate((len(each) + len(blank) for each in tokens), initial=0))
    new, places = "", []
    for start, token, (kind, fresh) in zip(starts, tokens, edits, strict=False):
        if kind in ("replace", "insert"):
            new += fresh + blank
        kept = Span(len(new), len(new) + len(token)) if kind in ("keep", "insert") else None
        new += token + blank if kept else ""
        places.append((Span(start, start + len(token)), kept))
    return old, new, places


texts = st.integers(1, 25).flatmap(
    lambda size: st.tuples(st.lists(words, min_size=size, max_size=size), blanks, edits_of(size))
)


@settings(max_examples=300)
@given(texts)
def test_words_that_edits_leave_alone_are_found_at_their_place_or_nowhere(
    drawn: tuple[list[str], str, Edits],
) -> None:
    old, new, places = versions(*drawn)
    found = Alignment(old, new)

    # Without deletions: of two equal words side by side nobody can tell which was deleted.
    wrong = [(before, after) for before, after in places if found.moved(before) not in (after, None)]
    assert wrong == []


@settings(max_examples=300)
@given(
    st.integers(1, 25).flatmap(lambda size: edits_of(size, (*["keep"] * 4, "delete", "replace", "insert"))), blanks
)
def test_words_that_occur_once_are_always_found_at_their_place(edits: Edits, blank: str) -> None:
    tokens = [
        f"{letter}{number}" for number, letter in zip(range(len(edits)), LETTERS.replace("̀", "à") * 3, strict=False)
    ]
    old, new, places = versions(tokens, blank, edits)
    found = Alignment(old, new)

    assert [found.moved(before) for before, _ in places] == [after for _, after in places]


@settings(max_examples=200)
@given(st.text(max_size=80), st.text(max_size=80))
def test_what_changed_and_what_did_not_make_up_both_texts(old: str, new: str) -> None:
    found = Alignment(old, new)
    made, at = "", 0
    for change in found.changes():
        made += old[at : change.old.start] + new[slice(*change.new)]
        at = change.old.end
    made += old[at:]

    assert made.split() == new.split() or "".join(made.split()) == "".join(new.split())


def test_the_same_occurrence_moves_and_not_just_any() -> None:
    old = "“Ja”, zei Berg. “Nee”, zei Smit."
    new = "“Ja, heus”, zei Berg. Het regende. “Nee”, zei Smit."
    second = old.rindex("zei")

    assert Alignment(old, new).moved(Span(second, second + 3)) == Span(new.rindex("zei"), new.rindex("zei") + 3)


def test_words_are_not_taken_for_the_same_words_elsewhere() -> None:
    old = "Berg zei: wij stoppen. De fabriek in Ashby is oud. Smit zei: nooit."
    new = "Berg zei: nooit. De fabriek in Ashby is oud. Smit zei: wij stoppen."
    at = old.index("wij stoppen")

    assert Alignment(old, new).moved(Span(at, at + len("wij stoppen"))) is None


@pytest.mark.parametrize(("old", "new"), [("ja ja ja", "ja ja"), ("ja ja", "ja ja ja")])
def test_of_equal_words_of_which_some_are_gone_none_moves(old: str, new: str) -> None:
    assert [Alignment(old, new).moved(Span(at, at + 2)) for at in (0, 3)] == [None, None]


def test_other_white_space_is_no_change() -> None:
    assert Alignment("Wij  doen\nmee. Ja", "Ja, wij? Wij doen mee. Ja").moved(Span(0, 14)) == Span(9, 22)


def test_what_stands_in_the_place_of_words_is_between_unchanged_ones() -> None:
    old, new = "De fabriek sluit 500 banen in mei.", "De fabriek sluit zo’n 50 banen in mei."
    at = old.index("500")

    assert new[slice(*Alignment(old, new).counterpart(Span(at, at + 3)))].strip() == "zo’n 50"


def test_words_without_a_unique_one_between_them_are_compared_up_to_a_limit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    old, new = "a b a b a b x", "b a b a b a x"
    assert len(list(Alignment(old, new).changes())) == 2

    monkeypatch.setattr(alignment, "MOST_COMPARED", 3)
    assert len(list(Alignment(old, new).changes())) == 1


@pytest.mark.slow
def test_texts_without_anything_unique_do_not_take_quadratic_time() -> None:
    """Seven hundred kilobytes of two words, in texts that share nothing longer: compared up to the limit."""
    old, new = "a b " * 180_000, "b a a " * 120_000

    assert len(list(Alignment(old, new).changes())) >= 1
