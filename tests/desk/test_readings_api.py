"""Claims of readings on the desk: what is undecided, what is published, and what is taken back."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

import kg
from kg.cli import run
from support import ROOT
from support.desks import Desk, desk
from support.editing import edited
from support.readings import ANNA, ARTICLE, newsroom_with_program

BY = {"by": "anna", "on": "2026-06-01"}
BOTH = {"anna": "c01", "ben": "c01"}


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = newsroom_with_program(tmp_path / "newsroom")
    (folder / ARTICLE).unlink()
    return folder


@pytest.fixture
def running(corpus: Path) -> Iterator[Desk]:
    with desk(corpus) as found:
        yield found


def values(file: Path) -> Any:
    return yaml.load(file.read_text(), yaml.BaseLoader)


def reading(state: Any, id: str) -> Any:
    return next(each for each in state["readings"] if each["id"] == id)


def test_claims_that_several_read_are_one_entry_with_what_differs(running: Desk) -> None:
    state = running.get("port")
    shown = [(each["id"], each["published"], each["different"], each["quoted"]) for each in state["readings"]]
    assert shown == [
        ("anna/c01 ben/c01", "", ["about"], "The port stays open"),
        ("anna/c02 ben/c02", "", ["act", "about"], "We will pay for the dyke"),
        ("anna/c03 ben/c03", "", ["words", "gist"], "the state had refused to pay"),
        ("anna/c04", "", [], "hundreds will lose their jobs"),
    ]
    assert [each["name"] for each in state["readings"][0]["versions"]] == ["Anna", "Ben"]
    assert state["readings"][0]["anchors"]["cue"] == [[21, 25]]
    # What somebody read is not proposed once more.
    assert state["proposals"] == []


def test_fields_of_both_are_published_with_both_as_contributors(running: Desk, corpus: Path) -> None:
    ask = {"claims": {"anna": "c02", "ben": "c02"}, "take": "anna", "fields": {"act": "ben"}, **BY}
    answer = running.post("port", "decide", ask)

    claim = values(corpus / ARTICLE)["claims"][answer["added"]]
    assert (claim["act"], claim["about"], claim["contributors"]) == ("states", "dyke", ["anna", "ben"])
    left = [each["id"] for each in answer["state"]["readings"]]
    assert left == ["anna/c01 ben/c01", "anna/c03 ben/c03", "anna/c04"]
    assert answer["notes"] == ["anna/c02 supports c01, which is not published (yet): that is left out"]
    decisions = [values(corpus / f"readings/{name}/{ARTICLE}")["claims"]["c02"]["decision"] for name in BOTH]
    assert [each["outcome"] for each in decisions] == ["overruled", "overruled"]
    assert run(["validate", str(corpus)]) == 0


def test_whoever_read_it_as_it_is_published_is_accepted(running: Desk, corpus: Path) -> None:
    """The program says the same as Anna: one decision accepts both."""
    copied = ANNA.replace("by: anna", "by: spotter")
    (corpus / "readings/spotter").mkdir()
    (corpus / f"readings/spotter/{ARTICLE}").write_text(copied)
    entry = running.get("port")["readings"][0]
    running.post("port", "decide", {"claims": entry["claims"], "take": "anna", **BY})
    outcomes = {
        name: values(corpus / f"readings/{name}/{ARTICLE}")["claims"]["c01"]["decision"]["outcome"]
        for name in entry["claims"]
    }
    assert outcomes == {"anna": "accepted", "ben": "overruled", "spotter": "accepted"}
    assert values(corpus / ARTICLE)["claims"]["c01"]["contributors"] == ["anna", "spotter"]


def test_what_is_changed_before_it_is_accepted_is_checked_and_published(running: Desk, corpus: Path) -> None:
    ask = {"claims": {"anna": "c04"}, "take": "anna", **BY}
    wrong = running.post("port", "decide", {**ask, "changes": {"speaker": "nobody"}}, status=400)
    assert "nobody" in str(wrong["error"])
    assert not (corpus / ARTICLE).exists()
    running.post("port", "decide", {**ask, "changes": {"act": "states", "about": None}})
    claim = values(corpus / ARTICLE)["claims"]["c04"]
    assert (claim["act"], "about" in claim) == ("states", False)


def test_a_refused_claim_is_not_shown_or_proposed_again_and_undo_takes_it_back(running: Desk, corpus: Path) -> None:
    """Undo goes through edits and decisions in their order, to the same bytes."""
    files = sorted(corpus.rglob("*.yaml"))
    before = [each.read_bytes() for each in files]
    first = running.post("port", "decide", {"claims": {"anna": "c04"}, **BY})["state"]
    running.post("port", "decide", {"claims": BOTH, "take": "ben", **BY})
    running.edit("port", "claims", "c01", "act", value="announces", was="states")
    state = running.post("port", "decide", {"claims": {"anna": "c02", "ben": "c02"}, "take": "anna", **BY})["state"]
    assert ("anna/c04" in [each["id"] for each in first["readings"]], first["proposals"]) == (False, [])
    assert (state["undo"], len(state["readings"])) == (4, 1)
    depths = [running.post("port", "undo", {})["state"]["undo"] for _ in range(4)]
    assert depths == [3, 2, 1, 0]
    assert [each.read_bytes() for each in files] == before
    assert sorted(corpus.rglob("*.yaml")) == files


def test_a_published_claim_is_beside_what_others_read(running: Desk, corpus: Path) -> None:
    running.post("port", "decide", {"claims": {"anna": "c01"}, "take": "anna", **BY}, status=400)
    running.post("port", "decide", {"claims": BOTH, "take": "anna", **BY})
    edited(
        corpus / f"readings/ben/{ARTICLE}",
        "    decision: {outcome: overruled, by: anna, on: 2026-06-01, claim: c01}\n",
        "",
    )
    entry = reading(running.get("port"), "anna/c01 ben/c01")
    assert (entry["published"], entry["different"]) == ("c01", ["about"])
    assert [each["by"] for each in entry["versions"]] == ["anna", "ben", "published"]
    before = (corpus / ARTICLE).read_bytes()
    refused = running.post("port", "decide", {"claims": BOTH, "published": "c01", **BY}, status=400)
    assert "c01 is published" in refused["error"]["title"]
    ask = {"claims": BOTH, "take": "published", "published": "c01", **BY}
    running.post("port", "decide", ask)
    assert (corpus / ARTICLE).read_bytes() == before


def test_a_reading_that_changes_is_seen_and_a_wrong_one_is_named(running: Desk, corpus: Path) -> None:
    version = running.get("port")["version"]
    edited(corpus / f"readings/ben/{ARTICLE}", "about: [port, dyke]", "about: [port, dike]")
    state = running.get("port", f"/changes?version={version}")["state"]
    assert [each["id"] for each in state["readings"]] == ["anna/c01", "anna/c02", "anna/c03", "anna/c04"]
    (finding,) = [each for each in state["findings"] if each["message"].startswith("readings/ben: ")]
    assert "dike" in finding["message"]
    edited(corpus / f"readings/ben/{ARTICLE}", "[port, dike]", "port")
    edited(corpus / f"readings/anna/{ARTICLE}", "annotation: {", "annotation: {status: draft, ")
    state = running.get("port")
    assert [each["id"] for each in state["readings"]] == ["ben/c01", "ben/c02", "ben/c03"]
    assert [each["rule"] for each in state["findings"] if each["rule"] == "draft-reading"] == ["draft-reading"]


def test_what_a_program_proposes_is_decided_by_a_person(running: Desk, corpus: Path) -> None:
    """What the program could not tell must be chosen; then its note about that goes."""
    line = {"article": "port", "quotation": "hundreds will lose", "speaker": "a union man", "note": "Sure."}
    (corpus / "out.jsonl").write_text(json.dumps(line))
    kg.open(corpus).propose(corpus / "out.jsonl", by="spotter")
    entry = reading(running.get("port"), "anna/c04 spotter/c01")
    assert [each["undecided"] for each in entry["versions"]] == [[], ["speaker"]]
    ask = {"claims": entry["claims"], "take": "spotter", "fields": {}}
    by_program = running.post("port", "decide", {**ask, **BY, "by": "spotter"}, status=400)
    assert "a program decides nothing" in by_program["error"]["title"]
    error = running.post("port", "decide", {**ask, **BY}, status=400)["error"]
    assert "`speaker` is not decided yet" in error["title"]
    changes = {"speaker": "union", "act": "believes"}
    added = running.post("port", "decide", {**ask, "changes": changes, **BY})["added"]
    claim = values(corpus / ARTICLE)["claims"][added]
    assert claim == {
        "speaker": "union",
        "words": "hundreds will lose",
        "act": "believes",
        "note": "Sure.",
        "contributors": ["spotter"],
    }


def test_a_decision_on_what_somebody_else_decided_is_an_error(running: Desk, corpus: Path) -> None:
    decided = "    decision: {outcome: refused, by: ben, on: 2026-05-30}\n    about: [port, dyke]"
    edited(corpus / f"readings/ben/{ARTICLE}", "    about: [port, dyke]", decided)
    error = running.post("port", "decide", {"claims": BOTH, "take": "anna", **BY}, status=400)["error"]
    assert "somebody has decided on this claim" in error["title"]
    stranger = {"claims": {"anna": "c01"}, "take": "carl", **BY}
    assert "carl has not read this claim" in str(running.post("port", "decide", stranger, status=400)["error"])


def test_ones_own_reading_is_edited_instead_of_what_is_published(corpus: Path) -> None:
    """A new one says whose it is; the readings of others are not shown."""
    published = newsroom_with_program(corpus.parent / "published") / ARTICLE
    (corpus / ARTICLE).write_bytes(published.read_bytes())
    before = {file: file.read_bytes() for file in corpus.rglob("*.yaml")}
    new = corpus / "readings/anna/dyke.claims.yaml"
    with desk("--as", "anna", corpus) as running:
        listed = {each["id"]: each["status"] for each in json.loads(running.ask("/api/articles").body)["articles"]}
        state = running.get("port")
        running.edit("port", "claims", "c01", "act", value="announces", was="states")
        running.post("dyke", "edits", {"add": {"words": "the dyke is safe", "speaker": "bos"}})
        made = new.read_text()
        for article in ("dyke", "port"):
            running.post(article, "undo", {})
    assert listed == {"dyke": "none", "port": "done"}
    assert (state["reading"], state["readings"], len(state["claims"])) == ("Anna", [], 4)
    assert "annotation: {by: anna, status: draft}" in made
    assert {file: file.read_bytes() for file in corpus.rglob("*.yaml")} == before


def test_a_decided_claim_of_ones_own_reading_can_still_be_edited(corpus: Path) -> None:
    edited(
        corpus / f"readings/anna/{ARTICLE}",
        "about: port}",
        "about: port, decision: {outcome: refused, by: ben, on: 2026-06-01}}",
    )
    with desk("--as", "anna", corpus) as running:
        state = running.edit("port", "claims", "c04", "about", value="dyke", was="port")["state"]
    claim = next(each for each in state["claims"] if each["id"] == "c04")
    assert (claim["fields"]["about"], claim["findings"], claim["quoted"]) == (
        "dyke",
        [],
        "hundreds will lose their jobs",
    )


def test_readings_are_those_of_an_annotator(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["annotate", "--no-browser", "--as", "ana", str(corpus)]) == 2
    assert "ana must be an annotator of corpus.yaml: did you mean anna?" in capsys.readouterr().err


def test_a_claim_of_an_earlier_text_is_nowhere_in_this_one(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    shutil.copytree(ROOT / "tests/data/corpora/corrected", corpus)
    with desk(corpus) as running:
        claims = running.get("jobs")["claims"]
    assert [(each["id"], each["text_version"], bool(each["anchors"])) for each in claims] == [
        ("c01", 0, True),
        ("c02", 0, True),
        ("c03", 1, False),
        ("c05", 0, True),
    ]
