"""A first line that was meant to be the date of an article, told from a text that begins with the word."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from kg.annotations.classes import ArticleEntry, ClaimsFile
from support.mapped_articles import CLAIM, SIGNED, findings
from support.meanings import FILE, TEXT, meaning

UNDATED = replace(FILE, article=ArticleEntry())
MEANT = [
    ("date 5 maart 2024\n", "date 5 maart 2024", "2024-03-05", "one.txt:1:1"),
    ("Date: 2024-03-05\n\n", "Date: 2024-03-05", "2024-03-05", "one.txt:1:1"),
    ("\n DATE 2024-03-05 ", "DATE 2024-03-05", "2024-03-05", "one.txt:2:2"),
    ("date:2024-03-05 ", "date:2024-03-05", "2024-03-05", "one.txt:1:1"),
    ("date : dinsdag 5 maart 2024. ", "date : dinsdag 5 maart 2024", "2024-03-05", "one.txt:1:1"),
    ("Date Tuesday, March 5, 2024 ", "Date Tuesday, March 5, 2024", "2024-03-05", "one.txt:1:1"),
    ("date 2024-03-05T10:00 The ", "date 2024-03-05T10:00", "2024-03-05", "one.txt:1:1"),
    ("date: maart 2024, ", "date: maart 2024", "2024-03", "one.txt:1:1"),
    ("Date: 2024\n", "Date: 2024", "2024", "one.txt:1:1"),
]
TEXTS = [
    "Date palms cost 20 euro in 2024. ",
    "Date 2024 conference\n",
    "Date 5 people, or 2024 of them, by noon\n",
    "Date night 2024\n",
    "Date du scrutin : 5 mars 2024\n",
    "Date:\n2024-03-05\n",
    "Dated 5 March 2024\n",
    "date of 2020 ",
    "Updates 2024-03-05 ",
]


def said(text: str, file: ClaimsFile) -> list[tuple[str, str, str]]:
    """Return the place, the severity and the message of what is found in an article with this before its text."""
    return [(str(found.at), found.severity, found.message) for found in meaning(file, text=text + TEXT).findings]


@pytest.mark.parametrize(("text", "found", "meant", "place"), MEANT)
def test_where_an_article_has_no_other_date_a_line_meant_as_one_is_a_violation(
    text: str, found: str, meant: str, place: str
) -> None:
    message = f"an article's date must be written as `date 2020-02` before its text, not {found!r}: did you mean "
    assert said(text, UNDATED) == [(place, "violation", f"{message}`date {meant}`?")]


@pytest.mark.parametrize(("text", "found", "meant", "place"), MEANT)
def test_where_an_article_has_another_date_a_line_that_reads_like_one_is_a_warning(
    text: str, found: str, meant: str, place: str
) -> None:
    message = (
        f"a date before an article's text must be written as `date {meant}`, so {found!r} is read as part of the "
        "text: correct it, or, if the article has these words, write a line with the date above them"
    )
    assert said(text, FILE) == [(place, "warning", message)]


def test_a_day_and_a_year_that_nobody_can_read_are_a_date_where_they_are_the_whole_line() -> None:
    message = (
        "an article's date must be written as `date 2020-02` before its text, not 'date 5 kwietnia 2024': "
        "correct it"
    )
    assert said("date 5 kwietnia 2024\n", UNDATED) == [("one.txt:1:1", "violation", message)]
    assert said("date 5 kwietnia 2024 ", FILE) == []


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_may_begin_with_the_word_date(text: str) -> None:
    assert said(text, FILE) == []


def test_a_line_with_the_words_of_a_date_may_follow_the_date() -> None:
    assert meaning(UNDATED, header="2024-03-05", text="Date: 5 March 2024\n" + TEXT).findings == ()


def test_a_date_that_is_not_understood_is_said_once_at_its_line(tmp_path: Path) -> None:
    files = {"a.txt": "\nDate: 3-2-2020\n“Ja”, zei Ann B.\n", "a.claims.yaml": SIGNED + CLAIM}

    assert findings(tmp_path, files) == [
        "a.txt:2:1: violation: an article's date must be written as `date 2020-02` before its text, not "
        "'Date: 3-2-2020': did you mean `date 2020-02-03`? [article-without-date]"
    ]


def test_a_date_that_is_not_understood_in_a_line_of_json_is_said_at_its_text(tmp_path: Path) -> None:
    signed = '"annotation": {"by": "ann", "on": "2020-03-01"}'
    claims = f'"claims": {{"c01": {{"speaker": "ann-b", "words": "Ja", "act": "states"}}}}, {signed}'
    files = {"a.jsonl": f'{{"article": {{"id": "a", "text": "Date: 2020-02-03 Ja"}}, {claims}}}'}

    assert findings(tmp_path, files) == [
        "a.jsonl:1:33: violation: an article's date must be written as `date 2020-02` before its text, not "
        "'Date: 2020-02-03': did you mean `date 2020-02-03`? [article-without-date]"
    ]
