"""Where web annotations are in their texts: quotes, positions, and what narrows them down."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.importers.core.documents import AnnotatedText, Skipped
from kg.importers.web_annotation.selectors import QuoteFinder, remove_whitespace
from kg.text.anchors import AnchorError
from kg.text.spans import Span
from support.web_annotations import SOURCE, TEXT, annotation, items, laid, position, quote, reasons, tag, words


def chain(*selectors: dict[str, Any]) -> dict[str, Any]:
    """Return selectors; each refines the one before."""
    whole: dict[str, Any] = {}
    for selector in reversed(selectors):
        whole = {**selector, **({"refinedBy": whole} if whole else {})}
    return whole


PARAGRAPH = {"type": "FragmentSelector", "value": "p1"}
XPATH = {"type": "XPathSelector", "value": "/p[1]"}


@pytest.mark.parametrize(
    ("selectors", "found"),
    [
        ([quote("NAVO hersendood")], "NAVO hersendood"),
        ([quote("NAVO", "over de ")], "NAVO"),
        ([position(20, 24)], "NAVO"),
        ([position(20, 24), quote("NAVO")], "NAVO"),
        # The quote says what it is, the position only where.
        ([position(19, 23), quote("Merkel")], "Merkel"),
        ([XPATH, quote("Merkel")], "Merkel"),
        ([chain(PARAGRAPH, quote("Merkel"))], "Merkel"),
        ([chain(XPATH, {"type": "CssSelector"}, quote("Merkel"))], "Merkel"),
        ([chain(quote("Merkel over de NAVO"), quote("NAVO"))], "NAVO"),
        ([chain(quote("Merkel over de NAVO"), position(7, 11))], "over"),
        ([{"type": "TextQuoteSelector", "exact": {"@value": "Merkel"}}], "Merkel"),
    ],
)
def test_words_are_found_by_a_quote_or_a_position(selectors: list[object], found: str, tmp_path: Path) -> None:
    read = items(laid(tmp_path, annotation("#1", *selectors)))

    assert (words(read), reasons(read)) == ([[found]], [])


@pytest.mark.parametrize(
    ("selectors", "why"),
    [
        (
            [XPATH],
            "its place is given by a XPathSelector only: a TextQuoteSelector is needed, or a TextPositionSelector",
        ),
        (
            [chain(XPATH, position(20, 24)), {"type": "CssSelector", "value": "p"}],
            "its place is given by a XPathSelector, CssSelector only: a TextQuoteSelector is needed, or a "
            "TextPositionSelector",
        ),
        (
            ["https://x.example/selector"],
            "its place is given by an IRI only: a TextQuoteSelector is needed, or a TextPositionSelector",
        ),
        (
            [{"type": "TextPositionSelector", "start": "20", "end": 24}, quote(" ")],
            "its place is given by a TextPositionSelector, TextQuoteSelector only: "
            "a TextQuoteSelector is needed, or a TextPositionSelector",
        ),
        ([position(24, 20)], "its position is outside of the text: is it another version?"),
        ([position(60, 9999)], "its position is outside of the text: is it another version?"),
        ([position(-4, 2)], "its position is outside of the text: is it another version?"),
        ([chain(quote("Merkel"), position(2, 7))], "its position is outside of the words that it refines"),
        ([quote("Trump")], "the words 'Trump' are not in the text: is it another version?"),
    ],
)
def test_what_has_no_place_is_left_out_with_the_reason(selectors: list[object], why: str, tmp_path: Path) -> None:
    assert reasons(items(laid(tmp_path, annotation("#1", *selectors)))) == [f"span #1: {why}"]


def test_positions_are_units_of_utf_16_where_the_quotes_say_so(tmp_path: Path) -> None:
    """Those without a quote are then counted so, too."""
    file = laid(tmp_path, annotation("#1", position(21, 25), quote("NAVO")), annotation("#2", position(67, 71)))

    assert words(items(file)) == [["NAVO"], ["NAVO"]]


@pytest.mark.parametrize("start", [0, 14])
def test_positions_count_from_the_date_line_or_from_behind_it_as_the_quotes_say(start: int, tmp_path: Path) -> None:
    file = laid(
        tmp_path,
        annotation("#1", position(20 + start, 24 + start), quote("NAVO")),
        annotation("#2", position(start, 6 + start)),
        texts={"nato.txt": f"date 2020-02 \r{TEXT}"},
    )

    assert words(items(file)) == [["NAVO"], ["Macron"]]


def test_positions_without_quotes_count_from_behind_the_date_line(tmp_path: Path) -> None:
    file = laid(tmp_path, annotation("#1", position(0, 6)), texts={"nato.txt": f"date 2020-02\n{TEXT}"})

    assert words(items(file)) == [["Macron"]]


def test_positions_are_not_believed_where_most_of_them_do_not_fit(tmp_path: Path) -> None:
    """As in a whole web page; the text is only a part of it."""
    strays = [annotation(f"#{n}", position(0, 4), quote("NAVO", "zei dat de ")) for n in range(3)]
    file = laid(
        tmp_path, *strays, annotation("#4", position(0, 6)), annotation("#5", position(20, 24), quote("NAVO"))
    )

    assert reasons(items(file)) == [
        "span #4: it has a position only, and those of this text do not fit it",
        "span #5: the words 'NAVO' are in the text more than once, and neither the words around them nor a "
        "position says which is meant",
    ]


def test_several_targets_are_the_parts_of_one_mark_in_the_order_of_the_text(tmp_path: Path) -> None:
    two = [{"source": SOURCE, "selector": quote(words)} for words in ("Merkel", "hersendood")]
    choice = {"type": "Choice", "items": [two[1], {"source": SOURCE, "selector": quote("nergens")}]}
    file = laid(
        tmp_path,
        annotation("#1", target=two),
        annotation("#2", target={"type": "Composite", "items": [two[0], choice, SOURCE]}),
    )

    (document,) = items(file)

    assert words([document]) == [["hersendood", "Merkel"]] * 2
    assert isinstance(document, AnnotatedText)
    assert [mark.text for mark in document.marks] == ["hersendood Merkel"] * 2
    assert document.marks[1].attributes == {"target": (SOURCE,)}


@pytest.mark.parametrize(
    ("target", "why"),
    [
        (SOURCE, f"it is about the whole of {SOURCE}, and marks no words in it"),
        ({"id": SOURCE}, f"it is about the whole of {SOURCE}, and marks no words in it"),
        ([], "it has no target: mark its words"),
        (None, "it has no target: mark its words"),
        (7, "its target is neither an IRI nor an object"),
        (
            {"type": "Independents", "items": [SOURCE, "x"]},
            "it is about several things, each by itself: annotate each by itself",
        ),
        (
            [{"source": "a", "selector": quote("x")}, {"source": "b", "selector": quote("x")}],
            "its targets are in several texts, and a claim in one: annotate each by itself",
        ),
        (
            {"source": "https://x.example/other.html", "selector": quote("x")},
            "there is no text of https://x.example/other.html: give --texts a folder that has it, as other.txt",
        ),
        (
            {"source": "http://[", "selector": quote("x")},
            "there is no text of http://[: give --texts a folder that has it, as NAME.txt",
        ),
    ],
)
def test_a_target_that_is_no_words_of_one_text_is_left_out(target: object, why: str, tmp_path: Path) -> None:
    file = laid(tmp_path, annotation("#1", target=target))

    assert reasons(items(file)) == [f"span #1: {why}"]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_each_annotation_is_one_mark_or_one_reason(data: st.DataObject, tmp_path: Path) -> None:
    """What goes in comes out, whatever the selectors say."""
    numbers = st.integers(-3, len(TEXT) + 3)
    exact = st.sampled_from(["NAVO", "Merkel", " hersendood\n", "e", "", "Trump"])
    one = st.one_of(
        st.builds(position, numbers, numbers),
        st.builds(quote, exact, st.sampled_from(["", "de ", "zei "]), st.sampled_from(["", "."])),
        st.sampled_from([XPATH, "iri", 3, None, [], {}]),
    )
    selectors = st.lists(one | st.builds(chain, st.just(XPATH) | st.builds(quote, exact), one.filter(is_object)))
    made = [
        annotation(f"#{n}", *data.draw(selectors), body=[tag("x")]) for n in range(data.draw(st.integers(1, 4)))
    ]

    found = items(laid(tmp_path, *made))

    marks = [mark.id for each in found if isinstance(each, AnnotatedText) for mark in each.marks]
    assert sorted(marks + [each.what for each in found if isinstance(each, Skipped)]) == [
        each["id"] for each in made
    ]
    assert all(
        0 <= start < end <= len(TEXT)
        for each in found
        if isinstance(each, AnnotatedText)
        for mark in each.marks
        for start, end in mark.parts
    )


def is_object(selector: object) -> bool:
    return isinstance(selector, dict)


LOOSE_TEXT = "De NAVO zei ja.\nMacron zei\xa0 nee.De NAVO\nzei niets.\n"
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
    start, end = QuoteFinder(LOOSE_TEXT).find(exact, **around)

    assert LOOSE_TEXT[start:end] == words


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
        # The words around it say more than a position.
        ("", " zei niets", 0, 35),
    ],
)
def test_what_is_around_picks_one_of_several_places_then_the_position(
    prefix: str, suffix: str, near: int, start: int
) -> None:
    exact = "De NAVO" if start == 32 else "NAVO"

    assert QuoteFinder(LOOSE_TEXT).find(exact, prefix=prefix, suffix=suffix, near=near) == Span(
        start, start + len(exact)
    )


@pytest.mark.parametrize(
    ("exact", "rule", "message"),
    [
        (" \n", "words-empty", "a quote must have more than white space, and this one does not"),
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
        QuoteFinder(LOOSE_TEXT).find(exact)

    assert (refused.value.rule, refused.value.message) == (rule, message)


@given(texts, st.data())
def test_what_is_quoted_with_its_position_or_all_that_is_around_is_found(text: str, data: st.DataObject) -> None:
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
