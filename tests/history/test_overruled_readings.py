"""Readings that were overruled are published only with `--readings`, and nobody takes them for claims."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

import kg
from kg.cli import run
from kg.errors import UsageError
from kg.formats import CLAIM_FORMATS, FORMATS
from kg.history.anchor_decisions import AnchorDecision
from kg.query.questions import option_name, questions
from kg.rdf.vocab import KG, OA, RDF, SCHEMA
from support.corrections import OLD, corrections
from support.editing import edited
from support.readings import newsroom


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Lay out the newsroom, in which Ben was overruled three times, and Anna's last claim was refused."""
    folder = newsroom(tmp_path / "newsroom")
    (folder / "port.claims.yaml").unlink()
    port = kg.open(folder).adjudication("port")
    *claims, last = port.claims
    port.decide([*(each.decision("anna") for each in claims), last.decision()], by="anna", on="2026-06-01")
    return folder


def lines(corpus: kg.Corpus) -> set[str]:
    graph = io.BytesIO()
    corpus.write(graph, format="nq")
    return set(graph.getvalue().decode().splitlines())


def test_they_are_a_graph_of_their_own_beside_an_unchanged_publication(corpus: Path) -> None:
    without, with_them = (lines(each) for each in (kg.open(corpus), kg.open(corpus).with_overruled_readings()))

    assert {line.split("> ")[-2].rpartition("/")[2] for line in with_them - without} == {"readings", "dataset"}
    assert all("/graph/dataset> ." in line for line in without - with_them)
    kinds = [line.split()[0] for line in with_them if f"{KG.OverruledReading}" in line]
    assert sorted(kinds) == [
        f"<https://kg.example/reading/port/{each}>" for each in ("anna/c04", "ben/c01", "ben/c02", "ben/c03")
    ]


def test_one_that_is_kept_to_an_earlier_text_is_of_a_passage_there(tmp_path: Path) -> None:
    folder = corrections(tmp_path / "corpus")
    desk = kg.open(folder).adjudication("jobs")
    desk.decide([each.decision("published") for each in desk.claims], by="anna", on="2026-11-04")
    others = {"c03": AnchorDecision("keep"), "c04": AnchorDecision("keep")}
    kg.open(folder).revise("jobs", tmp_path / "jobs-corrected.txt", {"c01": AnchorDecision("reanchor"), **others})

    start = OLD.partition("\n\n")[2].index("We will cut 500 jobs")
    target = f"<https://kg.example/text/jobs/1#char={start},{start + len('We will cut 500 jobs')}>"
    targets = {
        line.split()[2]
        for line in lines(kg.open(folder).with_overruled_readings())
        if "reading/jobs/ben/b1> " in line and str(OA.hasTarget) in line
    }
    assert targets == {target}


def test_nothing_says_that_anybody_claimed_them(corpus: Path) -> None:
    graph = next(each for each in kg.open(corpus).with_overruled_readings().graphs() if "/readings>" in each.iri)
    predicates = {predicate for node in graph.nodes for predicate in node.properties}
    types = {kind for node in graph.nodes for kind in node.properties.get(RDF.type, ())}

    assert types == {KG.OverruledReading, OA.TextualBody}
    assert not predicates & {SCHEMA.author, SCHEMA.text, SCHEMA.about, SCHEMA.appearance, KG.act, KG.words}


@pytest.mark.slow
def test_no_named_question_returns_one(corpus: Path) -> None:
    """Every question gives the same answer with and without them, but for the size of the data set."""
    plain, more = kg.open(corpus), kg.open(corpus).with_overruled_readings()
    values = {"speaker": "bos", "about": "port", "act": "states", "article": "port", "claim": "port/c01"}
    asked = 0
    for name, question in questions().items():
        required = [option_name(each) for each in question.parameters if not each.optional]
        wanted = {each: values[each] for each in required if each in values}
        if len(wanted) == len(required):
            assert more.query(name, **wanted) == plain.query(name, **wanted)
            asked += 1
    assert asked > 20


@pytest.mark.parametrize("format", list(FORMATS))
def test_every_format_writes_what_kg_finds_right(corpus: Path, format: str) -> None:
    assert run(["export", str(corpus), "--readings", "-f", format, "-o", f"{corpus}.{format}"]) == 0
    assert run(["validate", f"{corpus}.{format}"]) == 0


@pytest.mark.parametrize("format", list(CLAIM_FORMATS))
def test_a_format_that_cannot_have_readings_is_refused(
    corpus: Path, format: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["export", str(corpus), "--readings", "-f", format]) == 2
    assert "`--readings` is for RDF: give --format ttl, nt" in capsys.readouterr().err


def test_without_the_articles_words_the_readings_have_none(corpus: Path) -> None:
    edited(corpus / "corpus.yaml", "language: en", "language: en\ntext: none")
    graph = next(each for each in kg.open(corpus).with_overruled_readings().graphs() if "/readings>" in each.iri)

    written = " ".join(f"{value}" for node in graph.nodes for value in node.properties.get(RDF.value, ()))
    assert "The state paid." in written
    assert "refused to pay" not in written


def test_there_must_be_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No reading was overruled"):
        kg.open(newsroom(tmp_path / "newsroom")).with_overruled_readings()
