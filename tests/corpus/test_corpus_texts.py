"""The text of an article: header, line ends, encoding, and what is refused."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kg.annotations.classes import ClaimsFile
from kg.corpus import ArticleSource, WrittenArticle, read_article
from kg.errors import FileError
from support.corpora import CLAIMS, articles, complaints, lay


@pytest.fixture(autouse=True)
def _in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_an_article_is_its_text_without_the_header_and_its_annotations() -> None:
    lay(Path(), {"a/x.txt": " date 2020-02-?21  Ja,\r\nzei Ann.\rEn “nee”\u2028.", "a/x.claims.yaml": CLAIMS})
    (article,) = articles(Path())

    assert article == WrittenArticle(
        id="a/x",
        file="a/x.claims.yaml",
        line=0,
        text_file="a/x.txt",
        text="Ja,\nzei Ann.\nEn “nee”\u2028.",
        header="2020-02-?21",
        annotations=article.annotations,
        findings=(),
    )
    assert isinstance(article.annotations, ClaimsFile)
    assert article.annotations.claims["c01"].words == "Ja"


@pytest.mark.parametrize(
    ("text", "header", "rest"),
    [
        ("date 2020-02 De", "2020-02", "De"),
        ("\n\t date [2019-10..2019-12]\n\nDe", "[2019-10..2019-12]", "De"),
        ("date Y-17E7 De", "Y-17E7", "De"),
        ("date night De", "", "date night De"),
        ("date of 2020 De", "", "date of 2020 De"),
        ("update 2020-02 De", "", "update 2020-02 De"),
        ("De date 2020-02 De", "", "De date 2020-02 De"),
    ],
)
def test_a_header_is_the_word_date_and_an_edtf_date_at_the_start(text: str, header: str, rest: str) -> None:
    lay(Path(), {"x.txt": text, "x.claims.yaml": CLAIMS})

    assert [(article.header, article.text) for article in articles(Path())] == [(header, rest)]


def test_a_byte_order_mark_is_dropped_and_moves_no_offset() -> None:
    lay(Path(), {"x.txt": "\ufeffdate 2020-02 Ja", "x.claims.yaml": "\ufeff" + CLAIMS})
    (article,) = articles(Path())

    assert (article.header, article.text, article.findings) == ("2020-02", "Ja", ())


def test_a_file_that_vanishes_is_a_file_error() -> None:
    with pytest.raises(FileError, match=r"^gone.txt: it cannot be read: No such file or directory: "):
        read_article(ArticleSource("gone", "gone.txt"))


@pytest.mark.parametrize("content", ["", " \r\n\t", "date 2020-02 \n"])
def test_an_article_without_text_is_a_violation(content: str) -> None:
    lay(Path(), {"x.txt": content, "x.claims.yaml": CLAIMS})

    assert complaints(Path()) == [
        "x.txt:1:1: violation: an article must have a text, this one has none: add it [empty-text]"
    ]


def test_text_that_is_not_utf_8_is_a_violation_at_its_first_bad_byte() -> None:
    lay(
        Path(),
        {
            "a.txt": "één\r\ntwéé ".encode() + b"\xe9\xe9n",
            "a.claims.yaml": CLAIMS.encode() + b"\xff",
            "b.txt": "Ja".encode("utf-16"),
            "b.claims.yaml": CLAIMS,
        },
    )

    bad = "the file must be UTF-8, these bytes are not: save it as UTF-8 [not-utf-8]"
    assert complaints(Path()) == [
        f"a.txt:2:6: violation: {bad}",
        f"a.claims.yaml:2:1: violation: {bad}",
        "b.txt:1:1: violation: the file must be UTF-8, it is UTF-16 (`Unicode` in Windows): save it as UTF-8 "
        "[not-utf-8]",
    ]


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"%PDF-1.7\nplain", "a PDF"),
        (b"PK\x03\x04\x14\x00", "a file of Word, Excel or OpenDocument, or another zip archive"),
        (b"\xd0\xcf\x11\xe0\xa1", "a file of an old Word or Excel"),
        (b"{\\rtf1\\ansi Ja}", "RTF"),
    ],
)
def test_another_format_under_the_name_of_a_text_is_called_what_it_is(content: bytes, name: str) -> None:
    lay(Path(), {"a.txt": content, "a.claims.yaml": CLAIMS})

    assert complaints(Path()) == [
        f"a.txt:1:1: violation: the file must be plain text, and this is {name}: save its text as plain text, in "
        "UTF-8 [not-text]"
    ]


@pytest.mark.parametrize("character", "\x00\x07\x0b\x0c\x1b\x7f\ufffe\uffff")
def test_characters_that_xml_has_not_are_violations_at_their_place(character: str) -> None:
    lay(Path(), {"x.txt": f"Ja\n“nee” {character}{character}", "x.claims.yaml": f"{CLAIMS}# {character}\n"})

    name = f"U+{ord(character):04X}"
    text = "a text must be free of control characters, this is"
    assert complaints(Path()) == [
        f"x.txt:2:7: violation: {text} {name} (the first of 2): delete it [control-character]",
        f"x.claims.yaml:2:3: violation: {text} {name}: delete it [control-character]",
    ]


def test_a_file_of_50_mb_is_refused_without_reading_it() -> None:
    lay(Path(), {"x.txt": "", "x.claims.yaml": ""})
    os.truncate("x.txt", 50_000_000)
    os.truncate("x.claims.yaml", 50_000_000)

    assert complaints(Path()) == [
        f"{name}:1:1: violation: a file must have at most 10 MB, this one has more: split it [too-large]"
        for name in ("x.txt", "x.claims.yaml")
    ]
