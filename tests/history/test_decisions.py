"""Claims of readings are published or refused, and what was decided stays with the reading."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from kg.cli import run
from kg.errors import CorpusError, UsageError
from kg.history.decisions import Adjudicator, Decision
from kg.history.published_claims import Decided, decide, undo
from kg.history.readings import PUBLISHED
from kg.pipeline.publication import open_publication
from support.editing import edited
from support.readings import newsroom

BY = Adjudicator("anna", "2026-06-01")
BOTH = {"anna": "c01", "ben": "c01"}


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = newsroom(tmp_path / "newsroom")
    (folder / "port.claims.yaml").unlink()
    return folder


def decided(corpus: Path, *decisions: Decision) -> Decided:
    return decide(open_publication(corpus), "port", decisions, BY)


def published(corpus: Path) -> Any:
    return yaml.load((corpus / "port.claims.yaml").read_text(), yaml.BaseLoader)


def decision_of(corpus: Path, name: str, claim: str) -> Any:
    text = (corpus / "readings" / name / "port.claims.yaml").read_text()
    return yaml.load(text, yaml.BaseLoader)["claims"][claim].get("decision")


def test_a_claim_is_published_as_it_was_read_with_who_found_it(corpus: Path) -> None:
    found = decided(corpus, Decision(BOTH, "anna", accepted=("anna",)))

    assert (found.claims, found.notes, found.is_done) == (("c01",), (), False)
    assert published(corpus)["claims"] == {
        "c01": {
            "speaker": "bos",
            "words": "The port stays open",
            "cue": "said",
            "act": "states",
            "said": {"edtf": "2026-05-01", "words": "Friday"},
            "about": "port",
            "contributors": ["anna"],
        }
    }
    assert decision_of(corpus, "anna", "c01") == {
        "outcome": "accepted",
        "by": "anna",
        "on": "2026-06-01",
        "claim": "c01",
    }
    assert decision_of(corpus, "ben", "c01")["outcome"] == "overruled"
    assert run(["validate", str(corpus)]) == 0


def test_a_field_may_be_taken_from_another_who_then_contributed(corpus: Path) -> None:
    decided(corpus, Decision(BOTH, "anna", {"about": "ben"}, accepted=("ben",)))

    claim = published(corpus)["claims"]["c01"]
    assert (claim["about"], claim["contributors"]) == (["port", "dyke"], ["anna", "ben"])
    assert [decision_of(corpus, name, "c01")["outcome"] for name in BOTH] == ["overruled", "accepted"]


def test_whoever_decides_may_change_a_field_or_leave_it_out(corpus: Path) -> None:
    decided(corpus, Decision({"anna": "c01"}, "anna", changes={"act": "announces", "about": None}))

    claim = published(corpus)["claims"]["c01"]
    assert (claim["act"], "about" in claim, claim["contributors"]) == ("announces", False, ["anna"])
    assert decision_of(corpus, "anna", "c01")["outcome"] == "overruled"


def test_a_refused_claim_is_not_published_and_says_why(corpus: Path) -> None:
    found = decided(corpus, Decision({"anna": "c04"}, why="Nobody said it."))

    assert found.claims == ()
    assert not (corpus / "port.claims.yaml").exists()
    assert decision_of(corpus, "anna", "c04") == {
        "outcome": "refused",
        "by": "anna",
        "on": "2026-06-01",
        "why": "Nobody said it.",
    }


def test_a_claim_whose_id_is_taken_gets_the_next_number(corpus: Path) -> None:
    decided(corpus, Decision({"anna": "c03"}, "anna"))
    found = decided(corpus, Decision({"ben": "c03"}, "ben"))

    assert found.claims == ("c04",)


def test_an_id_that_a_claim_had_before_is_never_used_again_and_leads_to_it(corpus: Path) -> None:
    decided(corpus, Decision({"anna": "c01"}, "anna"))
    edited(corpus / "port.claims.yaml", "  c01:", "  c05:\n    formerly: c01")

    found = decided(corpus, Decision({"ben": "c01"}, "ben"), Decision({"anna": "c02"}, "anna"))
    assert found.claims == ("c06", "c02")
    assert published(corpus)["claims"]["c02"]["relations"] == {"supports": "c05"}


def test_claims_are_in_the_order_of_the_text(corpus: Path) -> None:
    for claim in ("c03", "c04", "c01"):
        decided(corpus, Decision({"anna": claim}, "anna"))

    assert list(published(corpus)["claims"]) == ["c01", "c03", "c04"]


def test_a_relation_follows_once_both_of_its_claims_are_published(corpus: Path) -> None:
    decided(corpus, Decision({"anna": "c04"}, "anna"))
    edited(corpus / "port.claims.yaml", "  c04:", "  c01:")
    edited(corpus / "readings/anna/port.claims.yaml", "claim: c04", "claim: c01")
    first = decided(corpus, Decision({"anna": "c02"}, "anna"))
    assert first.notes == ("anna/c02 supports c01, which is not published (yet): that is left out",)
    assert "relations" not in published(corpus)["claims"]["c02"]

    second = decided(corpus, Decision({"anna": "c01"}, "anna"))
    assert (second.claims, second.notes) == (("c03",), ())
    assert published(corpus)["claims"]["c02"]["relations"] == {"supports": "c03"}


def test_a_relation_to_a_renamed_article_leads_to_the_claim_that_was_published(corpus: Path) -> None:
    edited(corpus / "readings/ben/port.claims.yaml", "supports: c01", "supports: dyke/c01")
    edited(corpus / "dyke.claims.yaml", "c01:", "c07:")
    decision = "{outcome: accepted, by: anna, on: 2026-06-01, claim: c07}"
    edited(corpus / "readings/ben/dyke.claims.yaml", "act: states", f"act: states, decision: {decision}")
    assert run(["rename", "article", "dyke", "dam", "--corpus", str(corpus)]) == 0

    decided(corpus, Decision({"ben": "c02"}, "ben"))

    assert published(corpus)["claims"]["c02"]["relations"] == {"supports": "dam/c07"}


def test_the_draft_is_done_once_every_claim_of_every_reading_is_decided(corpus: Path) -> None:
    decided(corpus, *(Decision({"anna": id}, "anna") for id in ("c01", "c02", "c03", "c04")))
    assert published(corpus)["annotation"] == {"by": "anna", "on": "2026-06-01", "status": "draft"}

    found = decided(corpus, *(Decision({"ben": id}) for id in ("c01", "c02", "c03")))
    assert found.is_done
    assert published(corpus)["annotation"] == {"by": "anna", "on": "2026-06-01"}


def test_a_draft_with_other_claims_stays_a_draft(corpus: Path) -> None:
    (corpus / "port.claims.yaml").write_text(
        "annotation: {by: ben, status: draft}\nclaims: {c09: {speaker: bos, words: The port}}\n"
    )
    decided(corpus, *(Decision({"anna": id}, "anna") for id in ("c01", "c02", "c03", "c04")))
    found = decided(corpus, *(Decision({"ben": id}) for id in ("c01", "c02", "c03")))

    assert found.notes == ("port stays a draft: no reading has c09",)
    assert published(corpus)["annotation"]["status"] == "draft"


def test_what_is_published_may_stand_or_be_replaced(corpus: Path) -> None:
    decided(corpus, Decision({"anna": "c01"}, "anna"))
    edited(corpus / "port.claims.yaml", "cue: said", "cue: said\n    note: Check this.")
    before = (corpus / "port.claims.yaml").read_bytes()
    found = decided(corpus, Decision({"ben": "c01"}, PUBLISHED, published="c01"))
    assert (corpus / "port.claims.yaml").read_bytes() == before
    assert decision_of(corpus, "ben", "c01")["outcome"] == "overruled"
    undo(open_publication(corpus), found)

    decided(corpus, Decision(BOTH, "ben", published="c01"))
    claim = published(corpus)["claims"]["c01"]
    assert (claim["about"], claim["note"], claim["contributors"]) == (["port", "dyke"], "Check this.", ["ben"])


def test_occasions_and_sources_come_along_under_free_ids(corpus: Path) -> None:
    reading = """\
annotation: {by: anna, on: 2026-05-20}
occasions: {talk: {type: speech, date: 2026-05-01}}
sources: {clerk: {words: mayor}}
claims:
  c01: {speaker: clerk, words: The port stays open, at: talk}
"""
    (corpus / "readings/anna/port.claims.yaml").write_text(reading)
    (corpus / "port.claims.yaml").write_text(
        "annotation: {by: ben, status: draft}\n"
        "occasions: {talk: {type: meeting}}\nsources: {clerk: {words: mayor}}\n"
        "claims: {c09: {speaker: clerk, words: We will, at: talk}}\n"
    )
    decided(corpus, Decision({"anna": "c01"}, "anna"))

    found = published(corpus)
    assert found["occasions"] == {"talk": {"type": "meeting"}, "talk-2": {"type": "speech", "date": "2026-05-01"}}
    assert found["sources"] == {"clerk": {"words": "mayor"}}
    assert found["claims"]["c01"] == {
        "speaker": "clerk",
        "words": "The port stays open",
        "at": "talk-2",
        "contributors": ["anna"],
    }


def test_undoing_restores_every_byte(corpus: Path) -> None:
    decided(corpus, Decision({"anna": "c04"}, "anna"))
    before = {file: file.read_bytes() for file in corpus.rglob("*.yaml")}
    found = decided(corpus, Decision(BOTH, "anna"))
    assert {file: file.read_bytes() for file in corpus.rglob("*.yaml")} != before

    undo(open_publication(corpus), found)
    assert {file: file.read_bytes() for file in corpus.rglob("*.yaml")} == before


def test_a_dry_run_writes_nothing(corpus: Path) -> None:
    before = {file: file.read_bytes() for file in corpus.rglob("*") if file.is_file()}
    found = decide(open_publication(corpus), "port", [Decision(BOTH, "anna")], BY, dry_run=True)

    assert found.claims == ("c01",)
    assert {file: file.read_bytes() for file in corpus.rglob("*") if file.is_file()} == before


@pytest.mark.parametrize(
    ("decision", "by", "message"),
    [
        (Decision(BOTH, "anna"), Adjudicator("carl", "2026-06-01"), "there is no 'carl': there are anna, ben: add"),
        (Decision(BOTH, "anna"), Adjudicator("anna", "1 June"), "must be written as 2026-11-24, not '1 June'"),
        (Decision({"anna": "c09"}, "anna"), BY, "There is no claim anna/c09 in a finished reading of port."),
        (Decision({"anna": "c01"}, "ben"), BY, "ben has no reading of anna/c01: take it from another."),
        (Decision({"anna": "c01"}, "anna", published="c07"), BY, "There is no claim c07 in"),
    ],
)
def test_what_cannot_be_decided_is_an_error(
    corpus: Path, decision: Decision, by: Adjudicator, message: str
) -> None:
    with pytest.raises(UsageError) as error:
        decide(open_publication(corpus), "port", [decision], by)
    assert message in str(error.value)


def test_what_would_be_wrong_is_not_published(corpus: Path) -> None:
    before = {file: file.read_bytes() for file in corpus.rglob("*.yaml")}
    with pytest.raises(CorpusError) as error:
        decided(corpus, Decision({"anna": "c03"}, "anna", changes={"gist": None}))

    assert "must have a `gist`" in str(error.value)
    assert {file: file.read_bytes() for file in corpus.rglob("*.yaml")} == before


@pytest.mark.parametrize(
    ("decision", "message"),
    [
        ("outcome: accepted, by: al, on: 2026-06-01, claim: c01", "`by` must name an annotator of corpus.yaml"),
        ("outcome: overruled, by: anna, on: 2026-06-01", "must say which claim is published: give `claim`"),
        ("outcome: refused, by: anna, on: 2026-06-01, claim: c01", "is not published: delete `claim`"),
        ("outcome: refused, by: anna, on: June", "YYYY-MM-DD"),
    ],
)
def test_a_wrong_decision_is_a_violation(
    corpus: Path, decision: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    edited(corpus / "readings/anna/port.claims.yaml", "cue: fears", f"decision: {{{decision}}}")

    assert run(["validate", str(corpus)]) == 1
    assert message in capsys.readouterr().out


def test_a_published_file_has_no_decisions(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    decided(corpus, Decision({"anna": "c01"}, "anna"))
    edited(corpus / "port.claims.yaml", "cue: said", "decision: {outcome: refused, by: anna, on: 2026-06-01}")

    assert run(["validate", str(corpus)]) == 1
    assert "unknown key `decision`" in capsys.readouterr().out


def test_a_program_decides_nothing_and_what_it_left_open_is_not_published(corpus: Path) -> None:
    spotter = '  spotter: {name: Spotter, type: SoftwareApplication, version: "1"}\n'
    (corpus / "corpus.yaml").write_text((corpus / "corpus.yaml").read_text() + spotter)
    reading = 'claims: {c01: {speaker: bos, words: The port, note: "to decide: act denies, which needs a gist"}}\n'
    (corpus / "readings" / "spotter").mkdir()
    (corpus / "readings/spotter/port.claims.yaml").write_text(reading)
    publication = open_publication(corpus)

    with pytest.raises(UsageError, match=r"a program decides nothing: name a person \(anna, ben\)"):
        decide(publication, "port", [Decision(BOTH, "anna")], Adjudicator("spotter", "2026-06-01"))
    with pytest.raises(CorpusError, match="a program left something to decide, act denies"):
        decide(publication, "port", [Decision({"spotter": "c01"}, "spotter")], BY)
    decide(publication, "port", [Decision({"spotter": "c01"}, "spotter", changes={"note": None})], BY)
    assert published(corpus)["claims"]["c01"]["contributors"] == ["spotter"]
