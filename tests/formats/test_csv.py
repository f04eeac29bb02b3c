"""Claims as CSV: a row for each claim, and `kg import csv` reads back what was written."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.cli import run
from kg.formats import format_for
from kg.formats.csv import COLUMNS, CsvWriter
from kg.pipeline.documents import Document
from kg.pipeline.publication import open_publication
from kg.pipeline.run import write_articles
from support import SEEDS
from support.corpora import lay
from support.mapped_corpora import CORPORA, EVERYTHING, corpus, mapped
from support.round_trips import back


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
        "in_full": "The Union wants peace.",
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
        "inferred": "speaker; words; gist; act; to; about; relations.supports",
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


def test_without_the_articles_words_a_row_still_says_where_they_are() -> None:
    before, after = rows(EVERYTHING), rows(EVERYTHING, "none")
    for cells in before.values():
        if cells["words"] == cells.get("in_full"):
            del cells["in_full"]
        for name in ("words", "speaker_words", "cue", "headline", "condition"):
            cells.pop(name, None)
        if "inferred" in cells:
            cells["inferred"] = cells["inferred"].replace("words; ", "")
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
    'claims:\n  c01: {speaker: ann-b, words: =1+1 en -2, act: states, gist: "@SUM(A1)\\n-x", note: "-5"}\n'
    "  c02: {speaker: ann-b, words: staan op het bord; @x, act: states}\n",
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
        "a,,2020-02,,,,,,nl,c01,Ann B,ann-b,,'=1+1 en -2,0,10,\"'@SUM(A1)\n'-x\",\"'@SUM(A1)\n'-x\","
        ",,2020-02-29,,,,states,indirect,,,,,,,,,,,,-5,,,2020-03-01,https://kg.example/claim/a/c01",
        'a,,2020-02,,,,,,nl,c02,Ann B,ann-b,,"staan op het bord;\' @x",11,32,"staan op het bord;\' @x"'
        ",,,,2020-02-29,,,,states,indirect,,,,,,,,,,,,,,,2020-03-01,https://kg.example/claim/a/c02",
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


# Where it was said, and what is in another language than the article or the corpus.
LOST = {"occasion", "other_languages"}


def exported(corpus: Path) -> list[dict[str, str]]:
    """Return the rows that are written of a corpus."""
    publication = open_publication(corpus, engine="none")
    stream = io.BytesIO()
    document = Document(format_for("csv", publication.index), stream, publication.index.iris.base)
    write_articles(publication.mapped_articles(), [document])
    return list(csv.DictReader(io.StringIO(stream.getvalue().decode("utf-8-sig"), newline="")))


def kept(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return rows without what is lost."""
    return [{name: text for name, text in row.items() if name not in LOST} for row in rows]


def test_the_seed_corpus_comes_back(tmp_path: Path) -> None:
    report = back(SEEDS, tmp_path / "claims.csv", "csv")

    assert kept(exported(tmp_path / "back")) == kept(exported(SEEDS))
    assert report.written["claim"] == 28
    assert report.skipped == {"attribute": 37}  # the occasions, and what is in English


TOKENS = (
    "ja",
    "NAVO",
    "zei",
    "“Nee”,",
    "😀",
    "l’OTAN",
    "is.",
    "=1+1",
    "-2",
    "a;b",
    "“vrede”",
    "ja.\n",
    "e\u0301",
    "Ann",
)
TEXTS = (
    "=cmd|' /C calc'!A0",
    "-1+1",
    "a; =b\n@c",
    "twee\nregels",
    "'=x",
    'zegt "nee"',
    "a,b;c|d",
    "null",
    "1.0",
    "’t is",
    "＝x",
)
ENTITIES = {
    "ann": {"type": "Person", "name": "Ann, de =eerste"},
    "nato": {"type": "Organization", "name": {"nl": "de NAVO", "en": "NATO"}},
    "peace": {"type": "Topic", "name": "@vrede"},
    "two": {"type": "Person", "name": "de NAVO"},
    "semi": {"type": "Topic", "name": "oorlog; vrede"},
}
CONFIG = {
    "base": "https://kg.example/",
    "title": "Test",
    "licence": "https://creativecommons.org/licenses/by/4.0/",
    "language": "nl",
    "annotators": {"bob": {"name": "Bob"}},
}


@st.composite
def corpora(draw: st.DrawFn) -> dict[str, str]:
    """Draw the files of a corpus of one article."""
    tokens = draw(st.lists(st.sampled_from(TOKENS), min_size=4, max_size=25))
    ids = [f"c{n:02}" for n in range(1, draw(st.integers(1, 4)) + 1)]
    speaker = next(filter(str.isalpha, tokens), "")
    article = {
        "published": draw(st.sampled_from(["2020-02", "2020-02-21", "2020-02-?21"])),
        "headline": draw(st.sampled_from(["", "=Kop", "Kop; en staart"])),
        "url": draw(st.sampled_from(["", "https://e.org/?a=b;c"])),
        "publisher": draw(st.sampled_from(["", "nato"])),
        "author": draw(st.sampled_from([[], ["ann"]])),
    }
    file = {
        "article": {field: value for field, value in article.items() if value},
        "annotation": {"by": "bob", "on": draw(st.sampled_from(["2020-03-01", "2020-03-01T10:00:00Z"]))},
        "sources": {"s-0": {"words": speaker}} if speaker else {},
        "claims": {id: _claim(draw, tokens, [other for other in ids if other != id]) for id in ids},
    }
    return {
        "corpus.yaml": json.dumps(CONFIG),
        "entities.yaml": json.dumps(ENTITIES),
        "sub/a.txt": " ".join(tokens),
        "sub/a.claims.yaml": json.dumps(file, ensure_ascii=False),
    }


def _relations(others: list[str]) -> st.SearchStrategy[dict[str, list[str]]]:
    targets = st.lists(st.sampled_from(others or ["-"]), min_size=1, unique=True)
    return st.dictionaries(st.sampled_from(["answers", "supports"]), targets, max_size=len(others) and 2)


def _claim(draw: st.DrawFn, tokens: list[str], others: list[str]) -> dict[str, Any]:
    starts = [sum(len(token) + 1 for token in tokens[:n]) for n in range(len(tokens))]
    bounds = sorted(draw(st.lists(st.integers(0, len(tokens)), min_size=2, max_size=4, unique=True)))
    words = [
        {"words": " ".join(tokens[first:end]).strip(), "start": str(starts[first])}
        for first, end in zip(bounds[::2], bounds[1::2], strict=False)
    ]
    entities = st.lists(st.sampled_from(("ann", "nato", "two")), max_size=2, unique=True)
    claim = {
        "speaker": draw(entities | st.sampled_from(("unnamed", "article")))
        or ("s-0" if any(map(str.isalpha, tokens)) else "ann"),
        "words": words if len(words) > 1 else words[0],
        "act": draw(st.sampled_from(["states", "denies", "urges"])),
        "form": draw(st.sampled_from(["", "mentioned"])),
        "gist": draw(st.sampled_from(TEXTS)),
        "said": draw(
            st.sampled_from(["", "2020-01", "-0044-03-15", "2020-02-01/2020-02-02", "[2019-10..2019-12]"])
        ),
        "cue": draw(
            st.sampled_from(
                [
                    [],
                    ["zei"] if "zei" in tokens else [],
                    sorted({token.strip() for token in tokens[:2] if token != "a;b"}),
                ]
            )
        ),
        "to": draw(entities),
        "about": draw(st.sampled_from([[], ["peace"], ["peace", "semi"]])),
        "translated": draw(st.sampled_from(["", "de"])),
        "inferred": draw(st.sampled_from([[], ["act", "gist"]])),
        "first_appearance": draw(st.sampled_from(["", "https://e.org/1"])),
        "appearances": draw(st.sampled_from([[], ["https://e.org/a;b", "https://e.org/c"]])),
        "relations": draw(_relations(others)),
        "note": draw(st.sampled_from(("", *TEXTS))),
    }
    return {field: value for field, value in claim.items() if value}


@settings(max_examples=25)
@given(files=corpora())
def test_whatever_is_in_a_row_comes_back(files: dict[str, str]) -> None:
    with TemporaryDirectory() as folder:
        corpus = lay(Path(folder, "corpus"), files)
        report = back(corpus, Path(folder, "claims.csv"), "csv")

        assert exported(Path(folder, "back")) == exported(corpus)
        assert report.skipped == {}
