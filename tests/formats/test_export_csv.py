"""`kg export -f csv`: a row for each claim that is published, which no spreadsheet runs."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from kg.cli import run
from kg.formats.csv import COLUMNS, CsvWriter
from support import SEEDS
from support.corpora import lay
from support.mapped_corpora import CORPORA, EVERYTHING, corpus, mapped


def rows(folder: Path, text: str = "") -> dict[str, dict[str, str]]:
    """Return the cells that are not empty of each row, by the end of the claim's IRI."""
    found = mapped(folder, text)
    writer = CsvWriter(found.index)
    written = writer.head() + "".join(map(writer.graph, found.graphs))
    read = csv.DictReader(io.StringIO(written.removeprefix("\ufeff"), newline=""))
    return {
        row["iri"].partition("/claim/")[2]: {name: cell for name, cell in row.items() if cell and name != "iri"}
        for row in read
    }


ARTICLE = {
    "article": "2020/first",
    "headline": "The river rises",
    "published": "2020-02-28",
    "publisher": "The Gazette",
    "publisher_id": "gazette",
    "author": "Wilma Writer",
    "author_id": "wilma",
    "url": "https://gazette.example/first",
    "language": "en-gb",
    "annotator": "Ann Annotator",
    "annotated": "2026-11-24T09:30:00Z",
}


def test_a_row_says_who_said_what_when_and_where() -> None:
    assert rows(EVERYTHING)["2020/first/c01"] == ARTICLE | {
        "id": "c01",
        "speaker": "Alice Alder",
        "speaker_id": "alice",
        "speaker_words": "Alice",
        "words": "We want peace",
        "start": "1",
        "end": "14",
        "said": "2020-02-?21",
        "earliest": "2020-02-01",
        "latest": "2020-02-29",
        "act": "states",
        "form": "direct",
        "cue": "said",
        "to": "the Union; Bob Birch",
        "to_id": "union; bob",
        "about": "peace; the River Summit",
        "about_id": "peace; summit",
        "occasion": "interview",
        "relations": "supports c03",
        "inferred": "speaker; words; gist; act; to; about; relations",
        "note": "She speaks for the Union.",
        "other_languages": "gist (en): The Union wants peace.\ngist (nl): De Unie wil vrede.\n"
        "note (nl): Zij spreekt voor de Unie.",
    }


@pytest.mark.parametrize(
    ("claim", "cells"),
    [
        ("2020/first/c12", {"words": "agreed to … second meeting", "start": "402; 416", "end": "411; 430"}),
        ("2020/first/c22", {"speaker": "Diplomats"}),
        ("2020/first/c23", {"speaker": "unnamed", "relations": "same talk/c01"}),
        ("2020/first/c24", {"speaker": "article", "form": "own"}),
        ("2020/first/c18", {"speaker": "Alice Alder; Bob Birch", "speaker_id": "alice; bob"}),
    ],
)
def test_several_parts_speakers_without_name_and_other_articles_have_their_forms(
    claim: str, cells: dict[str, str]
) -> None:
    found = rows(EVERYTHING)[claim]
    assert {name: found[name] for name in cells} == cells


def test_without_the_articles_words_a_row_still_says_where_they_stand() -> None:
    before, after = rows(EVERYTHING), rows(EVERYTHING, "none")
    for cells in before.values():
        for name in ("words", "speaker_words", "cue", "headline"):
            cells.pop(name, None)
        # The words for a source without a name are the article's, too.
        if "speaker_id" not in cells and cells["speaker"] != "article":
            cells["speaker"] = "unnamed"
    assert after == before


def test_the_columns_are_always_the_same() -> None:
    heads = {CsvWriter(corpus(name).index).head() for name in CORPORA}
    assert heads == {"\ufeff" + ",".join(COLUMNS) + "\r\n"}


FILES = {
    "a.txt": "date 2020-02 =1+1 en -2 staan op het bord; @x.",
    "a.claims.yaml": "annotation: {on: 2020-03-01}\n"
    'claims:\n  c01: {speaker: ann-b, words: =1+1 en -2, gist: "@SUM(A1)\\n-x", note: "-5"}\n'
    "  c02: {speaker: ann-b, words: staan op het bord; @x}\n",
    "b.txt": "date 2020-02 Ja.",
    "b.claims.yaml": "annotation: {status: draft}\nclaims: {c01: {speaker: ann-b, words: Ja}}\n",
    "c.txt": "date 2020-02 Nee.",
    "c.claims.yaml": "withdrawn: {c01: {on: 2020-03-01, why: Twijfel.}}\n",
}


def test_drafts_and_withdrawn_claims_have_no_row_and_no_cell_is_run(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert run(["export", str(lay(tmp_path, FILES)), "-f", "csv"]) == 0
    written = capfdbinary.readouterr().out.decode()
    assert [line.split(",iri")[0] for line in written.split("\r\n")] == [
        "\ufeff" + ",".join(COLUMNS)[:-4],
        "a,,2020-02,,,,,,nl,c01,Ann B,ann-b,,'=1+1 en -2,0,10,\"'@SUM(A1)\n'-x\",,,2020-02-29,states,indirect,"
        ",,,,,,,,,,,-5,,,2020-03-01,https://kg.example/claim/a/c01",
        'a,,2020-02,,,,,,nl,c02,Ann B,ann-b,,"staan op het bord;\' @x",11,32,,,,2020-02-29,states,indirect,'
        ",,,,,,,,,,,,,,2020-03-01,https://kg.example/claim/a/c02",
        "",
    ]


def test_several_processes_write_the_same_bytes(tmp_path: Path) -> None:
    folder = lay(tmp_path / "corpus", {})
    text = (SEEDS / "000_411f4785dd135aae.txt").read_text(encoding="utf-8")
    for number in range(40):
        (folder / f"a{number}.txt").write_text(f"date 2020-02 {number} Ja en nee. {text[13:]}", encoding="utf-8")
        (folder / f"a{number}.claims.yaml").write_text("claims: {c01: {speaker: ann-b, words: Ja en nee}}\n")
    for jobs in ("1", "2"):
        assert run(["export", str(folder), "--jobs", jobs, "-o", str(tmp_path / f"{jobs}.csv")]) == 0
    one, two = ((tmp_path / f"{jobs}.csv").read_bytes() for jobs in ("1", "2"))
    assert one.count(b"\r\n") == 41
    assert one == two
