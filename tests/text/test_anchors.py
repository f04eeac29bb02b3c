"""Words are anchored to the characters of the article, or refused with what would help."""

from __future__ import annotations

import sys
import unicodedata
from contextlib import suppress

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from kg.text.anchors import (
    MOST_LOOKED_AT,
    AnchorError,
    find,
    first_occurrences,
    occurrences,
    occurs,
    split_by_comma,
)
from kg.text.spans import Span, collapse_whitespace, mark_offsets

TEXT = (
    "De secretaris-generaal van de NAVO, Jens Stoltenberg, weerlegt de Franse oproep.\n\n"
    "“We hebben al een nucleaire afschrikking in Europa, die van de NAVO”, zei Stoltenberg vrijdag. "
    "Volgens de NAVO-baas kunnen kernwapens “de drempel” verlagen."
)
ARTICLE = collapse_whitespace(TEXT)
JOINERS = "\u00ad\u200c\u200d\u2060"

# What real articles and hostile ones hold: blanks of all kinds, marks, letters with marks, emoji, other scripts.
PIECES = st.sampled_from(
    [
        *" \t\n.,-’'\"“”„«»‘",
        "\u00a0",
        "\u2009",
        "\n\n",
        "de",
        "NAVO",
        "e\u0301",
        "é",
        "👍🏽",
        "👩\u200d👧",
        "kern\u00adwapens",
        "北约",
        "ไทย",
        "Ж",
        "x",
        "1",
    ]
)
TEXTS = st.lists(PIECES, max_size=40).map("".join) | st.text(max_size=60)


def refusal(text: str, words: str, **place: object) -> tuple[str, str, str]:
    """Return rule, message and detail of the refusal."""
    with pytest.raises(AnchorError) as caught:
        find(collapse_whitespace(text), words, **place)  # type: ignore[arg-type]
    return caught.value.rule, str(caught.value), caught.value.detail


def whole_words(text: str, start: int, end: int) -> bool:
    """Tell by plain means whether neither end lies between letters, before a mark, or beside a joiner."""
    for at in (start, end):
        if 0 < at < len(text):
            left, right = text[at - 1], text[at]
            kinds = unicodedata.category(left)[0], unicodedata.category(right)[0]
            joined = right in JOINERS or (left in JOINERS and not right.isspace())
            if joined or kinds[1] == "M" or (kinds[0] in "LNM" and kinds[1] in "LN"):
                return False
    return True


@st.composite
def slices(draw: st.DrawFn) -> tuple[str, int, int]:
    """Draw a text and a span of it that begins and ends with what is not white space."""
    text = draw(TEXTS)
    start = draw(st.integers(0, len(text)))
    end = draw(st.integers(start, len(text)))
    words = text[start:end]
    assume(words.strip())
    start += len(words) - len(words.lstrip())
    return text, start, start + len(words.strip())


@given(TEXTS)
def test_squeezing_takes_each_run_of_white_space_for_one_blank_and_leads_back(text):
    squeezed = collapse_whitespace(text)

    assert squeezed.collapsed == " ".join(text.split())
    letters = [at for at, letter in enumerate(text) if not letter.isspace()]
    squeezed_letters = [at for at, letter in enumerate(squeezed.collapsed) if letter != " "]
    assert [squeezed.offset(at) for at in letters] == squeezed_letters
    assert [squeezed.original(at, at + 1) for at in squeezed_letters] == [Span(at, at + 1) for at in letters]


def test_marks_are_the_quotation_marks_in_their_order():
    every = "".join(map(chr, range(sys.maxunicode + 1)))

    assert mark_offsets(every) == sorted(map(ord, "“”„‟«»‹›‘’‚‛\"'「」『』"))


def test_white_space_is_what_python_says():
    every = "".join(map(chr, range(sys.maxunicode + 1)))

    assert collapse_whitespace(every).collapsed == " ".join(every.split())


@settings(max_examples=400)
@given(slices())
@example(("a e\u0301 b", 2, 4))
@example(("x\u00a0\n y", 0, 5))
def test_what_is_anchored_is_found_again(drawn):
    text, start, end = drawn
    words = " ".join(text[start:end].split())
    squeezed = " ".join(text.split())
    assume(squeezed.find(words) == squeezed.rfind(words) and whole_words(text, start, end))

    assert find(collapse_whitespace(text), words) == Span(start, end)
    assert first_occurrences(collapse_whitespace(text), words) == (Span(start, end),)


@settings(max_examples=400)
@given(slices())
def test_words_with_their_start_are_always_anchored_there(drawn):
    text, start, end = drawn

    assert find(collapse_whitespace(text), text[start:end], start=start) == Span(start, end)


@given(slices())
def test_words_in_the_whole_text_are_anchored_where_they_are_once(drawn):
    text, start, end = drawn
    words = " ".join(text[start:end].split())
    squeezed = " ".join(text.split())
    assume(squeezed.find(words) == squeezed.rfind(words))

    assert find(collapse_whitespace(text), words, within=text) == Span(start, end)


@settings(max_examples=400)
@given(TEXTS, TEXTS, TEXTS | st.just(""), st.integers(-1, 80))
def test_words_are_found_as_written_or_refused(text, words, within, start):
    with suppress(AnchorError):
        found = find(collapse_whitespace(text), words, within=within, start=start)
        assert text[found.start : found.end].split() == words.split()


@given(TEXTS, TEXTS)
def test_every_occurrence_as_whole_words_is_found(text, words):
    squeezed, wanted = collapse_whitespace(text), " ".join(words.split())
    at = [n for n in range(len(squeezed.collapsed)) if wanted and squeezed.collapsed.startswith(wanted, n)]
    spans = [squeezed.original(n, n + len(wanted)) for n in at]
    whole = {span for span in spans if whole_words(text, *span)}
    try:
        found = first_occurrences(squeezed, words)
    except AnchorError:
        assert not whole
    else:
        every = occurrences(squeezed, words)
        assert whole <= set(every) <= set(spans)
        assert list(found) == every[:2]
        assert occurrences(squeezed, words, found) == every


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("zei Emmanuel\u00a0Macron\nvrijdag", "Emmanuel Macron vrijdag"),
        ("zei  \t Emmanuel Macron", "zei Emmanuel Macron"),
        ("l’OTAN et", "OTAN"),
        ("Macron’s plan", "Macron"),
        ("dit-il hier", "dit"),
        ("de NAVO-baas", "NAVO"),
        ("„Wir“ sagte", "Wir"),
        ("北约秘书长说", "秘书长"),
        ("goed 👍🏽 zo", "👍🏽"),
        ("snake_case", "case"),
    ],
)
def test_words_are_parted_by_whatever_is_no_letter_digit_or_mark(text, words):
    found = find(collapse_whitespace(text), words)

    assert text[found.start : found.end].split() == words.split()


@pytest.mark.parametrize(
    ("text", "words"),
    [("kernwapens", "kern"), ("e\u0301e", "e"), ("kern\u00adwapens", "kern"), ("👩\u200d👧", "👩"), ("2014", "20")],
)
def test_words_that_cut_a_word_or_a_letter_from_its_mark_are_refused(text, words):
    assert refusal(text, words)[0] == "words-inside-a-word"


def test_the_same_letters_inside_another_word_do_not_count():
    assert find(collapse_whitespace("kernwapens, kern en kernen"), "kern") == Span(12, 16)


def test_words_in_a_passage_may_cut_a_word():
    found = find(ARTICLE, "hebben", within="We hebben\nal")

    assert TEXT[found.start : found.end] == "hebben"
    assert find(collapse_whitespace("kernwapens"), "wapens", within="rnwapens") == Span(4, 10)


def test_offsets_count_code_points():
    assert find(collapse_whitespace("👍🏽👍🏽 e\u0301 NAVO"), "NAVO") == Span(8, 12)


def test_missing_words_show_the_nearest_passage_and_what_differs():
    assert refusal(TEXT, "We hebben een nucleaire afschrikking in Europa") == (
        "words-not-found",
        "words must be in the article exactly as written, and 'We hebben een nucleaire afschrikking in Europa' "
        "is not: copy them from the article",
        "nearest, at characters 83-132: 'We hebben al een nucleaire afschrikking in Europa'\n"
        "the article also has 'al' after 'hebben'",
    )


def test_words_that_resemble_nothing_show_no_passage():
    assert refusal(TEXT, "wij eten graag patat") == (
        "words-not-found",
        "words must be in the article exactly as written, and 'wij eten graag patat' is not: "
        "copy them from the article",
        "",
    )


def test_words_found_twice_show_each_place():
    assert refusal(TEXT, "Stoltenberg") == (
        "words-found-twice",
        "words must be in the article once, and 'Stoltenberg' is there 2 times: take more of the words "
        "around them, or pick a place with {words: …, in: a longer passage}",
        "at characters 41-52: 'van de NAVO, Jens Stoltenberg, weerlegt de Franse oproep.'\n"
        "at characters 156-167: 'die van de NAVO”, zei Stoltenberg vrijdag. Volgens de'",
    )


@pytest.mark.parametrize("place", [{}, {"within": "ja ja ja"}])
def test_places_that_overlap_are_two_places(place):
    assert refusal("hij zei ja ja ja en ging", "ja ja", **place)[0] == "words-found-twice"


def test_of_many_places_the_first_are_shown():
    rule, message, detail = refusal("ja nee " * 1200, "ja")

    assert rule == "words-found-twice"
    assert "more than 1000 times" in message
    assert detail.count("\n") == 5
    assert detail.endswith("\nand further on")


def test_words_inside_a_word_show_the_whole_word():
    assert refusal(TEXT, "kern") == (
        "words-inside-a-word",
        "words must not cut a word, and 'kern' is only found inside words, as 'kernwapens': take the whole word, "
        "or {words: …, in: …}, which may cut it",
        "at characters 205-209: 'Volgens de NAVO-baas kunnen kernwapens “de drempel” verlagen.'",
    )


def test_words_must_contain_more_than_white_space():
    message = "words must have more than white space: copy them from the article"

    assert refusal(TEXT, " \n") == ("words-empty", message, "")


def test_a_wrong_start_says_what_is_there_and_where_the_words_do():
    assert refusal(TEXT, "weerlegt", start=3) == (
        "words-start-mismatch",
        "the words 'weerlegt' must start at character 3, where there is 'secretaris-generaa': give the offset of "
        "their first character, in code points from 0 after the header",
        "at characters 54-62: 'de NAVO, Jens Stoltenberg, weerlegt de Franse oproep. “We hebben'",
    )


def test_a_start_beyond_the_text_is_refused():
    assert refusal("Wij gaan", "gaan", start=99) == (
        "words-start-mismatch",
        "the words 'gaan' must start at character 99, where there is nothing: give the offset of their first "
        "character, in code points from 0 after the header",
        "at characters 4-8: 'Wij gaan'",
    )


def test_a_passage_to_look_in_must_be_in_the_article():
    assert refusal(TEXT, "NAVO", within='die van de NAVO", zei') == (
        "words-in-not-found",
        "`in` must be a passage of the article exactly as written, and 'die van de NAVO\", zei' is not: copy it "
        "from the article",
        "nearest, at characters 134-155: 'die van de NAVO”, zei'\n"
        'the article has ” (right double quotation mark, U+201D), the words have " (quotation mark, U+0022)',
    )


def test_a_passage_to_look_in_must_be_there_once():
    assert refusal("de NAVO en de NAVO", "NAVO", within="de NAVO") == (
        "words-in-found-twice",
        "`in` must be in the article once, and 'de NAVO' is there more often: take more around it",
        "at characters 0-7: 'de NAVO en de NAVO'\nat characters 11-18: 'de NAVO en de NAVO'",
    )


def test_a_passage_to_look_in_must_contain_the_words_once():
    assert refusal("de NAVO en Rusland", "Rusland", within="de NAVO") == (
        "words-outside-in",
        "`in` must contain the words 'Rusland', and 'de NAVO' does not: take more around them",
        "",
    )
    assert refusal("de NAVO en de EU", "de", within="de NAVO en de EU") == (
        "words-found-twice",
        "`in` must contain the words 'de' once, and 'de NAVO en de EU' contains them more often: take less",
        "",
    )


def test_a_passage_and_a_start_are_not_given_together():
    message = "give `in` or `start`, not both: each picks a place by itself"

    assert refusal(TEXT, "NAVO", within="de NAVO", start=30) == ("words-in-and-start", message, "")


@pytest.mark.parametrize("words", ["Hij", "zei nee"])
def test_words_that_are_in_the_text_once_or_more_are_found(words):
    text = "Hij zei:  ja. Hij zei\nnee."

    found = first_occurrences(collapse_whitespace(text), words)

    assert [" ".join(text[start:end].split()) for start, end in found] == [words] * (2 if words == "Hij" else 1)


@pytest.mark.parametrize(
    ("words", "rule"), [("zij", "words-not-found"), ("ze", "words-inside-a-word"), (" ", "words-empty")]
)
def test_words_that_occur_nowhere_are_refused(words, rule):
    with pytest.raises(AnchorError) as caught:
        first_occurrences(collapse_whitespace("Hij zei:  ja."), words)

    assert caught.value.rule == rule


def test_parts_that_only_a_comma_keeps_apart_are_noticed():
    text = "We hebben een afschrikking in Europa, die van de NAVO, zei hij"
    first, second, third = (
        find(collapse_whitespace(text), words) for words in ("in Europa", "die van de NAVO", "hij")
    )

    assert split_by_comma(text, [first, second]) == 0
    assert split_by_comma(text, [first, third]) is None
    assert split_by_comma(text, [second, first]) is None
    assert split_by_comma(text, [first]) is None


def test_parts_that_touch_are_one_passage_too():
    assert split_by_comma("in Europa, die van de NAVO", [Span(0, 9), Span(9, 14)]) == 0


@pytest.mark.parametrize("search", [find, first_occurrences, occurrences])
def test_searches_in_one_text_look_at_a_limited_number_of_places(search):
    text = collapse_whitespace("ja xjax ja")
    text.looked_at = MOST_LOOKED_AT - 1
    assert occurs(text, "ja")

    text.looked_at = MOST_LOOKED_AT
    with pytest.raises(AnchorError) as error:
        search(text, "ax")

    assert error.value.rule == "words-too-frequent"
    assert str(error.value) == (
        "the words of this article's claims are inside other words, or repeated, at more than 5 million places, so "
        "these were not looked for: take longer words, or split the article"
    )
    assert not occurs(text, "ax")
