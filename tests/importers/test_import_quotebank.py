"""Quotebank: a quotation is in the article that printed it first, and its speaker is what a model thinks."""

from __future__ import annotations

import bz2
import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import CorpusError, FileError, Finding, Place
from kg.importers import quotebank
from kg.importers.core.documents import AnnotatedText, ArticleMetadata, Item, LabelledSpan, Name, Skipped
from kg.text.spans import Span
from support import ROOT
from support.damage import damaged

FOLDER = ROOT / "tests" / "data" / "imports" / "quotebank"
QUOTES, ARTICLES = FOLDER / "quotes.json", FOLDER / "articles.json"
ALICE = Name("Alice Alder", "Person", ("http://www.wikidata.org/entity/Q1",))


def read(source: Path) -> list[Item]:
    return list(quotebank.read(source, quotebank.preset(source), None))


def refusal(source: Path) -> Finding:
    with pytest.raises(CorpusError) as raised:
        read(source)
    (finding,) = raised.value.findings
    return finding


def quoted(tmp_path: Path, **fields: object) -> AnnotatedText:
    """Return what is made of one quotation with some fields."""
    file = tmp_path / "q.json"
    file.write_text(json.dumps({"quoteID": "q", "quotation": "We want peace", **fields}), "utf-8")
    (document,) = read(file)
    assert isinstance(document, AnnotatedText)
    return document


def test_a_quotation_alone_is_an_article_of_which_no_more_is_known() -> None:
    """Its date is when it was first printed; its other articles are where else it was made."""

    def at(line: int) -> Place:
        return Place(str(QUOTES), line, 1)

    assert read(QUOTES) == [
        AnnotatedText(
            id="2020-01-28-000082",
            text="“Despite the efforts of the partners, the river rose.”",
            at=at(1),
            marks=(
                LabelledSpan(
                    "2020-01-28-000082",
                    "Quotation",
                    (Span(1, 53),),
                    at(1),
                    note="Quotebank's model found no speaker, probability 0.7272",
                ),
            ),
            article=ArticleMetadata(published="2020-01-28 08:04:05", url="http://gazette.example/1", language="en"),
        ),
        AnnotatedText(
            id="2020-01-16-000088",
            text='“We want "peace" now.”',
            at=at(2),
            marks=(
                LabelledSpan(
                    "2020-01-16-000088",
                    "Quotation",
                    (Span(1, 21),),
                    at(2),
                    attributes={"appearances": ("https://blog.example/3",), "inferred": ("speaker",)},
                    names={"speaker": (ALICE,)},
                    note="speaker by Quotebank's model, probability 0.8769",
                ),
            ),
            article=ArticleMetadata(
                published="2020-01-16 12:00:13", url="https://gazette.example/2", language="en"
            ),
        ),
        AnnotatedText(
            id="2020-02-10-142272",
            text="“The plan is dead.”",
            at=at(4),
            marks=(
                LabelledSpan(
                    "2020-02-10-142272",
                    "Quotation",
                    (Span(1, 18),),
                    at(4),
                    attributes={"inferred": ("speaker",)},
                    names={"speaker": (Name("Bob Birch"),)},
                    note=(
                        "speaker by Quotebank's model, probability 0.9; this name may mean several people: Q2, Q3"
                    ),
                ),
            ),
            article=ArticleMetadata(
                published="2020-02-10 23:45:54", url="https://gazette.example/4", language="en"
            ),
        ),
        Skipped("article", "2020-02-10-142273", "it has no quotation", at(5)),
        Skipped(
            "article",
            "line 6",
            "it is no record of Quotebank: it is not JSON (JSON is malformed: invalid character (byte 1))",
            at(6),
        ),
    ]


def test_an_article_is_its_quotations_with_what_is_around_them() -> None:
    at = Place(str(ARTICLES), 1, 1)

    assert read(ARTICLES) == [
        Skipped("span", "2020-01-26-000009", "it has no words", at, label="Quotation"),
        AnnotatedText(
            id="2020012600000042",
            text=(
                "Alice Alder , chief of the union , said : “We want peace” , after the talks in the town .\n\n"
                "Bob Birch answered : “Nobody pays .” It was late ."
            ),
            at=at,
            marks=(
                LabelledSpan(
                    "2020-01-26-000007#1",
                    "Quotation",
                    (Span(43, 56),),
                    at,
                    attributes={"inferred": ("speaker",)},
                    names={"speaker": (ALICE,)},
                    note="speaker by Quotebank's model, probability 0.91; none in this article alone",
                ),
                LabelledSpan(
                    "2020-01-26-000008#2",
                    "Quotation",
                    (Span(113, 126),),
                    at,
                    attributes={"inferred": ("speaker",)},
                    names={"speaker": (Name("Bob Birch"),)},
                    note=(
                        "speaker by Quotebank's model, probability 0.55; this name may mean several people: Q2, Q3"
                    ),
                ),
            ),
            article=ArticleMetadata(
                headline="The river rises",
                published="2020-01-26 10:00:00",
                url="https://gazette.example/5",
                language="en",
            ),
        ),
    ]


@pytest.mark.parametrize(
    ("fields", "names", "note"),
    [
        ({}, {}, "Quotebank's model found no speaker"),
        ({"speaker": None}, {}, "Quotebank's model found no speaker"),
        ({"speaker": "Alice", "qids": []}, {"speaker": (Name("Alice"),)}, "speaker by Quotebank's model"),
        ({"speaker": "Alice", "qids": ["x"]}, {"speaker": (Name("Alice"),)}, "speaker by Quotebank's model"),
        (
            {"speaker": "Alice Alder", "qids": ["Q1"], "probas": [{"speaker": "Alice Alder", "proba": 0.5}]},
            {"speaker": (ALICE,)},
            "speaker by Quotebank's model, probability 0.5",
        ),
    ],
)  # fmt: skip
def test_a_speaker_is_known_where_one_person_is_named(
    tmp_path: Path, fields: dict[str, object], names: dict[str, object], note: str
) -> None:
    (mark,) = quoted(tmp_path, **fields).marks

    assert (mark.names, mark.note) == (names, note)


def test_half_of_a_surrogate_pair_is_a_sign_that_says_so(tmp_path: Path) -> None:
    assert quoted(tmp_path, quotation="a \ud800 b").text == "“a \ufffd b”"


def test_files_may_be_packed_and_lie_in_a_folder(tmp_path: Path) -> None:
    raw = QUOTES.read_bytes().splitlines()[0]
    (tmp_path / "a.json.bz2").write_bytes(bz2.compress(raw))
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "c.jsonl.gz").write_bytes(gzip.compress(raw))
    (tmp_path / "readme.txt").write_text("no record")

    found = [Path(item.at.file).name for item in read(tmp_path)]

    assert found == ["a.json.bz2", "c.jsonl.gz"]


def test_a_packed_file_that_is_cut_off_or_damaged_is_refused_behind_the_line_that_was_read(tmp_path: Path) -> None:
    line = QUOTES.read_bytes().splitlines()[0] + b"\n"
    packed = bz2.compress(line * 5000)
    whole = bz2.compress(line) + b"\n"
    (tmp_path / "cut.json.bz2").write_bytes(packed[: len(packed) // 2])
    (tmp_path / "none.json.bz2").write_bytes(line)
    (tmp_path / "more.json.bz2").write_bytes(whole)

    assert refusal(tmp_path / "cut.json.bz2").rule == "cut-off"
    assert (refusal(tmp_path / "none.json.bz2").rule, refusal(tmp_path / "none.json.bz2").at) == (
        "damaged",
        Place(str(tmp_path / "none.json.bz2"), 1, 1),
    )
    assert len(read(tmp_path / "more.json.bz2")) == 1


@pytest.mark.parametrize("text", ["", "\n\n", "{}", "[]", "null", '{"quotation": 1}', "id,quotation\n", "\xff"])
def test_what_is_not_quotebank_s_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.json").write_text(text, "latin-1")

    assert refusal(tmp_path / "a.json").rule == "not-quotebank"


def test_what_is_not_there_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="there is no such file"):
        read(tmp_path / "a.json")


INPUTS = {
    "q.json": QUOTES.read_bytes(),
    "a.json": ARTICLES.read_bytes() * 2,
    "q.json.bz2": bz2.compress(QUOTES.read_bytes()),
}


@pytest.mark.parametrize("name", INPUTS)
@settings(max_examples=150)
@given(data=st.data())
def test_what_is_damaged_is_read_or_refused(name: str, data: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("fuzz") / name
    file.write_bytes(data.draw(damaged(INPUTS[name])))
    try:
        items = read(file)
    except (CorpusError, FileError):
        return
    for document in (each for each in items if isinstance(each, AnnotatedText)):
        assert len({mark.id for mark in document.marks}) == len(document.marks)
        assert all(document.text[mark.parts[0].start : mark.parts[0].end].strip() for mark in document.marks)
