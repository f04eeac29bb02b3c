"""Findings across articles are the same in every kind of run: fresh, from the cache, in several processes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kg.errors import Finding
from kg.pipeline.publication import open_publication
from kg.pipeline.run import make_plan, validate_publication
from support import ROOT

CORPUS = ROOT / "tests" / "data" / "checks" / "corpus"
EDITS = {
    "a.claims.yaml": [
        ("act: states, at: debate}", "act: states, relations: {same: b/d02, reports: b/d01}}"),
        ("gist: {nl: Het tekort stijgt.}}", "relations: {contradicts: b/d01}, gist: {nl: Het tekort stijgt.}}"),
        ("on: 2020-03-01", "on: 2062-03-01"),
    ],
    "b.claims.yaml": [
        (
            "mee, act: states}",
            "mee, act: states, relations: {reports: a/c01, same: a/c04}, accept: {claim-twice: So.}}",
        ),
    ],
}
FOUND = {
    "accept-unused",
    "annotated-long-after",
    "circle-of-reports",
    "same-and-contradicts",
    "same-other-speakers",
    "unused-occasion",
}


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = tmp_path / "corpus"
    shutil.copytree(CORPUS, folder)
    for name, edits in EDITS.items():
        text = (folder / name).read_text()
        for old, new in edits:
            assert old in text
            text = text.replace(old, new)
        (folder / name).write_text(text)
    return folder


def found(folder: Path, jobs: int = 1) -> list[Finding]:
    publication = open_publication(folder)
    plan = make_plan(publication.corpus, jobs)
    with publication.open_cache() as cache:
        return validate_publication(publication, plan, lambda _done, _found: None, cache).findings


def test_a_run_from_the_cache_finds_what_a_fresh_one_finds(corpus):
    fresh = found(corpus)

    assert {each.rule for each in fresh} == FOUND
    assert found(corpus) == fresh


def test_several_processes_find_what_one_finds(corpus):
    assert found(corpus, jobs=2) == found(corpus)


def test_another_name_of_a_person_shows_in_articles_that_did_not_change(corpus):
    claims = corpus / "a.claims.yaml"
    claims.write_text(
        claims.read_text().replace("c01: {speaker: berg,", "c01: {speaker: smit, speaker_words: Anna Berg,")
    )
    assert "speaker-words-of-another" in {each.rule for each in found(corpus)}

    entities = corpus / "entities.yaml"
    entities.write_text(entities.read_text().replace("name: Anna Berg", "name: Anne Berg"))
    assert "speaker-words-of-another" not in {each.rule for each in found(corpus)}

    entities.write_text(entities.read_text().replace("name: Anne Berg", "name: Anna Berg"))
    assert "speaker-words-of-another" in {each.rule for each in found(corpus)}
