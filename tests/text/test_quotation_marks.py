"""Quotation marks of many languages, well and badly used, and the form of a claim that they show."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.text.anchors import find
from kg.text.quotation_marks import form_by_marks, quoted_parts, quoted_spans
from kg.text.spans import Span, collapse_whitespace
from support import SEEDS

ARTICLE = SEEDS / "000_411f4785dd135aae.txt"
MARKS = "“”„‟«»‹›‘’‚‛\"'「」『』"
TEXTS = st.lists(
    st.sampled_from(
        [*MARKS, *" .,:\n", "\n\n", "\u00a0", "Wij gaan", "zei hij", "zo’n", "s", "e\u0301", "👍🏽", "x" * 130]
    ),
    max_size=40,
).map("".join) | st.text(max_size=60)
LANGUAGES = st.sampled_from(["nl", "en", "de", "fr", "sv", "ja"])


def between(text: str, language: str = "nl") -> list[str]:
    """Return the text between quotation marks."""
    return [text[start:end] for start, end in quoted_spans(text, language)]


def form_of(text: str, *words: str, language: str = "nl") -> str:
    """Return the form of words that are in the text."""
    parts = [find(collapse_whitespace(text), each) for each in words]
    return form_by_marks(text, quoted_spans(text, language), parts)


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("nl", "“Wij gaan”, zei hij.", ["Wij gaan"]),
        ("nl", "„Wij gaan”, zei hij.", ["Wij gaan"]),
        ("de", "„Wir gehen“, sagte er.", ["Wir gehen"]),
        ("de", "»Wir gehen«, sagte er.", ["Wir gehen"]),
        ("fr", "«Nous allons», a-t-il dit.", ["Nous allons"]),
        ("fr", "«\u00a0Nous allons\u00a0», a-t-il dit.", ["Nous allons"]),
        ("fr", "« Nous allons » a-t-il dit.", ["Nous allons"]),
        ("fr", "il parle d’‹Europe›", ["Europe"]),
        ("fr", "il parle d’“Europe”", ["Europe"]),
        ("sv", "”Vi går”, sade han.", ["Vi går"]),
        ("fi", "»Me menemme», hän sanoi.", ["Me menemme"]),
        ("sv", "’Vi går’, sade han.", ["Vi går"]),
        ("de", "‚Wir gehen‘, sagte er.", ["Wir gehen"]),
        ("en", "‘We go,’ he said.", ["We go,"]),
        ("en", '"We go," he said.', ["We go,"]),
        ("en", "'We go,' he said.", ["We go,"]),
        ("en", "He said:“We go.”", ["We go."]),
        ("ja", "彼は「行く」と言った", ["行く"]),
        ("he", 'צה"ל אמר "שלום"', ["שלום"]),
    ],
)
def test_quotation_marks_of_a_language_are_read(language, text, expected):
    assert between(text, language) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Macron’s plan is zo’n plan, ’s avonds",
        "Macron's plan isn't the dogs' plan",
        "'s Avonds zei de jongens' vader 't niet",
        "‘s Avonds en ‘t huis van de jongens’",
        "rock 'n' roll in the '90s, '60s’ ‘em",
        'een plank van 5" breed en 6\'2" lang',
        "l'OTAN et l’OTAN d'Europe",
        "",
        "“”",
        '"" « » ‘’',
    ],
)
def test_apostrophes_inches_and_empty_marks_quote_nothing(text):
    assert between(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“Hij zei ‘ja’ tegen mij”, zei ze.", ["Hij zei ‘ja’ tegen mij"]),
        ("“‘Ja’, zei hij”, zei ze.", ["‘Ja’, zei hij"]),
        ("\"Hij zei 'ja'\", zei ze.", ["Hij zei 'ja'"]),
        ("« Il dit « oui » hier », dit-elle.", ["Il dit « oui » hier"]),
        ("„Er sagt ‚ja‘“, sagte sie.", ["Er sagt ‚ja‘"]),
        ("“A “b” c”, zei ze. “D”.", ["A “b” c", "D"]),
        ("“zo’n foto’s”, zei ‘hij’", ["zo’n foto’s", "hij"]),
        ("“Hij zei ‘ja tegen mij”, zei ze ’s avonds.", ["Hij zei ‘ja tegen mij"]),
        ("‘t Was “mooi” in ‘t dorp", ["mooi"]),
    ],
)
def test_of_nested_quotations_the_outer_counts(text, expected):
    assert between(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“Een.\n\n“Twee.\n\n“Drie”, zei hij. Vier.", ["Een.", "Twee.", "Drie"]),
        ("« Un.\n\n« Deux », dit-il.", ["Un.", "Deux"]),
        ("“Dit is niet gesloten.\n\nDe krant gaat verder.", ["Dit is niet gesloten."]),
        ("“Wij gaan, zei Jan. “Wij niet”, zei Piet.", ["Wij gaan, zei Jan.", "Wij niet"]),
        ("Niet geopend”, zei hij. “Wel”, zei zij.", ["Wel"]),
        ("“Een zin over\ntwee regels”, zei hij.", ["Een zin over\ntwee regels"]),
        ("“" + "x" * 130 + "\nDe krant gaat verder.", ["x" * 130]),
        ("“Kruis «elkaar” niet» graag", ["Kruis «elkaar"]),
    ],
)
def test_a_mark_that_is_not_closed_ends_with_its_paragraph_at_the_latest(text, expected):
    assert between(text) == expected


@settings(max_examples=500)
@given(TEXTS, LANGUAGES)
def test_stretches_are_in_order_apart_and_begin_after_a_mark(text, language):
    found = quoted_spans(text, language)

    assert all(0 < start < end <= len(text) for start, end in found)
    assert all(one.end < other.start for one, other in pairwise(found))
    assert all(text[:start].rstrip()[-1] in MARKS for start, _ in found)
    assert all(text[start:end] == text[start:end].strip() for start, end in found)
    assert all("\n\n" not in text[start:end] for start, end in found)


@settings(max_examples=500)
@given(TEXTS, LANGUAGES, st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=4))
def test_quoted_is_what_parts_and_stretches_share(text, language, drawn):
    parts = [Span(min(pair), max(pair)) for pair in drawn if max(pair) <= len(text)]
    found = quoted_spans(text, language)
    shared = quoted_parts(found, parts)

    assert all(start < end for start, end in shared)
    inside = {at for start, end in found for at in range(start, end)}
    expected = [at for part in parts for at in range(*part) if at in inside and part.start < part.end]
    assert [at for start, end in shared for at in range(start, end)] == expected
    assert form_by_marks(text, found, parts) in ("direct", "partial", "indirect")
    if not shared:
        assert form_by_marks(text, found, parts) == "indirect"


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        ("direct", "“Wij gaan”, zei hij."),
        ("direct", "Hij zei: “wij gaan”."),
        ("direct", "Dat is zo. “Wij gaan!” riep hij."),
        ("direct", "Dat is zo.” “Wij gaan.”"),
        ("direct", "He said, “Wij gaan.”"),
        ("direct", "Hij zei “Wij gaan morgen naar huis.”"),
        ("direct", "« Wij gaan », a-t-il dit."),
        ("direct", "— “Wij gaan” — zei hij."),
        ("direct", "Een kop\n\n“Wij gaan”\n\nDe krant."),
        ("partial", "Hij wil “Wij gaan” horen."),
        ("partial", "“Wij gaan” is zijn leuze."),
        ("partial", "Hij sprak o.a. “wij gaan”."),
        ("partial", "Hij sprak, zei hij, “wij gaan”."),
        ("partial", "Het heet “Wij gaan.”"),
        ("indirect", "Hij zei dat Wij gaan zou."),
    ],
)
def test_form_of_a_quotation_by_where_it_is(expected, text):
    words = "Wij gaan" if "Wij gaan" in text else "wij gaan"

    assert form_of(text, words) == expected


def test_words_partly_in_marks_are_partial():
    text = "De raketten verlagen “de drempel”, zei hij. “Wij gaan”, zei ze."

    assert form_of(text, "De raketten verlagen “de drempel”") == "partial"
    assert form_of(text, "raketten", "de drempel") == "partial"
    assert form_of(text, "Wij gaan", "de drempel") == "partial"
    assert form_of(text, "raketten") == "indirect"
    assert form_of(text, "“Wij gaan”") == "direct"
    assert form_of(text, "gaan") == "direct"


def test_a_quotation_that_the_paper_interrupts_stays_direct():
    text = "“We hebben”, zei hij, “al een afschrikking.” Hij wil, zei ze, “het risico” verlagen."

    assert form_of(text, "We hebben", "al een afschrikking") == "direct"
    assert form_of(text, "al een afschrikking") == "direct"
    assert form_of(text, "het risico") == "partial"


def test_a_quotation_over_several_paragraphs_is_direct_as_one():
    text = "“Een zin.\n\n“Nog een”, zei hij."

    assert form_of(text, "Een zin. “Nog een") == "direct"


def test_an_emoji_between_marks_is_quoted():
    text = "“👍🏽”, zei hij."

    assert form_of(text, "👍🏽") == "direct"


def test_the_quotations_of_the_seed_article_and_their_forms():
    text = ARTICLE.read_text("utf-8").removeprefix(" date 2020-02 ")
    found = quoted_spans(text, "nl")

    assert [(form_by_marks(text, found, [each]), text[each.start : each.end]) for each in found] == [
        ("direct", "We hebben al een nucleaire afschrikking in Europa, die van de NAVO"),
        ("direct", "Als de Fransen hun mening willen veranderen, zijn ze altijd welkom"),
        ("partial", "de drempel voor het gebruik van kernwapens"),
        ("partial", "het risico op misverstanden"),
        ("partial", "strategische dialoog"),
        ("partial", "Europa van defensie"),
        ("partial", "hersendood"),
    ]


@pytest.mark.parametrize(
    "mark",
    [
        '"',
        "„»",
        *(pytest.param(each, marks=pytest.mark.slow) for each in ("“", "'", "„'", "“a”, ", "\n“", "(“")),
    ],
)
def test_a_text_of_nothing_but_marks_is_read_in_linear_time(mark):
    """In quadratic time, it would take some ten minutes."""
    text = mark * (100_000 // len(mark))

    found = quoted_spans(text, "nl")
    form_by_marks(text, found, [Span(0, len(text))])
