"""A person decides about each proposal: then it is published with both names; before, not one byte of it is."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
import rdflib
import yaml

import kg
from kg.cli import run
from kg.errors import CorpusError, UsageError
from support.corpora import lay
from support.corrections import CONFIG, ENTITIES
from support.readings import newsroom_with_program
from support.terminals import Terminal

DAY = "2026-06-01"
LINES = (
    {"article": "port", "quotation": "The port stays open", "speaker": "Ann Bos", "cue": "said", "act": "states"},
    {
        "article": "port",
        "quotation": "the state had refused",
        "speaker": "Ravi Das",
        "cue": "denied",
        "act": "denies",
    },
    {"article": "port", "quotation": "will lose their jobs", "speaker": "a union man", "note": "Sure.\nVery."},
)
PUBLISHED = """\
annotation: {by: ben, on: 2026-05-20}
claims:
  c01: {speaker: bos, words: We will pay for the dyke, act: promises}
"""
PUBLISHES: dict[str, Callable[[Path, Path], list[str]]] = {
    "build": lambda corpus, to: ["build", str(corpus), "-o", str(to)],
    "release": lambda corpus, to: ["release", "1.0", str(corpus), "--issued", DAY, "-o", str(to / "1.0")],
    "site": lambda corpus, to: ["site", str(corpus), "-o", str(to), "--without-query"],
    **{
        name: lambda corpus, to, name=name: ["export", str(corpus), "-f", name, "-o", str(to)]  # type: ignore[misc]
        for name in kg.format_names()
    },
}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a corpus, which has one published claim of `port` and three proposals."""
    folder = tmp_path_factory.mktemp("prepared")
    news = newsroom_with_program(folder / "news")
    (news / "port.claims.yaml").write_text(PUBLISHED, encoding="utf-8")
    (folder / "out.jsonl").write_text("\n".join(map(json.dumps, LINES)), encoding="utf-8")
    kg.open(news).propose(folder / "out.jsonl", by="spotter")
    return folder


@pytest.fixture
def news(prepared: Path, tmp_path: Path) -> Path:
    """Return a copy of the corpus with proposals."""
    shutil.copytree(prepared, tmp_path, dirs_exist_ok=True)
    return tmp_path / "news"


def written(folder: Path) -> dict[str, bytes]:
    if folder.is_file():
        return {"": folder.read_bytes()}
    return {
        str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()
    }


def reading(news: Path, claim: str) -> dict[str, object]:
    text = (news / "readings" / "spotter" / "port.claims.yaml").read_text(encoding="utf-8")
    fields: dict[str, object] = yaml.load(text, yaml.BaseLoader)["claims"][claim]
    return fields


def published(news: Path) -> dict[str, dict[str, object]]:
    text = (news / "port.claims.yaml").read_text(encoding="utf-8")
    claims: dict[str, dict[str, object]] = yaml.load(text, yaml.BaseLoader)["claims"]
    return claims


@pytest.mark.parametrize(
    "what", [pytest.param(each, marks=pytest.mark.slow) if each == "site" else each for each in PUBLISHES]
)
def test_no_command_publishes_a_byte_of_a_proposal(what: str, news: Path, tmp_path: Path) -> None:
    """Not of one that waits, nor of one that was refused, however the reading was made."""
    kg.open(news).refuse("port/spotter/c02", by="anna", on=DAY, why="She did not say so.")
    assert run(PUBLISHES[what](news, tmp_path / "with")) == 0
    for file in (news / "readings" / "spotter").iterdir():
        file.unlink()
    assert run(PUBLISHES[what](news, tmp_path / "without")) == 0
    assert written(tmp_path / "with") == written(tmp_path / "without")


def test_no_quad_of_a_proposal_is_in_a_store(
    news: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kg.load(kg.open(news), tmp_path / "store")
    (tmp_path / "all.rq").write_text("SELECT * { GRAPH ?g { ?s ?p ?o } }", encoding="utf-8")
    assert run(["query", str(tmp_path / "all.rq"), "--store", str(tmp_path / "store"), "-f", "csv"]) == 0
    shown = capsys.readouterr().out
    assert "We will pay for the dyke" in shown
    assert not any(str(line["quotation"]) in shown for line in LINES)


def test_the_proposals_are_those_that_nobody_decided_on(news: Path) -> None:
    found = kg.open(news).proposals()
    assert [(each.id, each.open_fields) for each in found] == [
        ("port/spotter/c01", ()),
        ("port/spotter/c02", ("act",)),
        ("port/spotter/c03", ("speaker",)),
    ]
    kg.open(news).accept("port/spotter/c01", by="anna", on=DAY)
    kg.open(news).refuse("port/spotter/c02", by="anna", on=DAY)
    assert [each.claim for each in kg.open(news).proposals(["port"])] == ["c03"]


def test_what_is_accepted_is_published_with_the_person_and_the_program(news: Path) -> None:
    assert kg.open(news).accept("port/spotter/c01", by="anna", on=DAY).claims == ("c02",)

    assert published(news)["c02"]["contributors"] == ["spotter", "anna"]
    graph = kg.open(news).to_rdflib()
    names = graph.query(
        "SELECT ?who ?version { ?claim a schema:Claim ; schema:text ?text . ?annotation oa:hasBody ?claim ; "
        "dcterms:creator|dcterms:contributor ?annotator . ?annotator schema:name ?who "
        'OPTIONAL { ?annotator schema:softwareVersion ?version } FILTER (STR(?text) = "The port stays open") }',
        initNs={"schema": "http://schema.org/", "oa": "http://www.w3.org/ns/oa#", "dcterms": rdflib.DCTERMS},
    )
    assert {(str(row[0]), str(row[1] or "")) for row in names} == {  # type: ignore[index]
        ("Ben", ""),
        ("Anna", ""),
        ("Quote Spotter", "2.1"),
    }


def test_a_field_may_be_changed_and_what_was_to_be_decided_is_forgotten(news: Path) -> None:
    kg.open(news).accept("port/spotter/c03", by="anna", on=DAY, speaker="union", act="believes")
    claim = published(news)["c03"]
    assert (claim["speaker"], claim["act"], claim["note"]) == ("union", "believes", "Sure.\nVery.")
    assert reading(news, "c03")["speaker"] == "undecided"


@pytest.mark.parametrize(
    ("proposal", "by", "fields", "message"),
    [
        ("port/spotter/c01", "spotter", {}, "spotter is a program, and a program decides nothing"),
        ("port/spotter/c01", "", {}, "there is no '': there are anna, ben: add"),
        ("port/spotter/c01", "carl", {}, "there is no 'carl'"),
        ("port/spotter/c02", "anna", {}, "cannot be accepted before `act` is decided"),
        ("port/spotter/c03", "anna", {"act": "states"}, "cannot be accepted before `speaker` is decided"),
        ("port/spotter/c02", "anna", {"act": "denies"}, "must have a `gist`"),
        ("port/spotter/c01", "anna", {"actt": "denies"}, "did you mean `act`?"),
        ("port/spotter/c01", "anna", {"decision": "x"}, "`decision` is no field of a claim"),
        ("port/spotter/c9", "anna", {}, "spotter proposes no such claim"),
        ("c01", "anna", {}, "named by its article, program and claim"),
        ("port/anna/c01", "ben", {}, "anna proposes no such claim"),
    ],
)  # fmt: skip
def test_what_cannot_be_accepted_changes_no_file(
    news: Path, proposal: str, by: str, fields: dict[str, str], message: str
) -> None:
    before = written(news)
    with pytest.raises((UsageError, CorpusError), match=re.escape(message)):
        kg.open(news).accept(proposal, by=by, on=DAY, **fields)
    assert written(news) == before


def test_a_mistake_in_what_would_be_published_is_shown_as_it_would_be_written(
    news: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    accept = ["--accept", "port/spotter/c01", "--set", "act=foo"]
    assert run(["proposals", str(news), "--by", "anna", "--on", DAY, *accept]) == 1
    shown = capsys.readouterr().err
    assert shown.startswith(f"{news / 'port.claims.yaml'}: violation: `act` must be one of")
    assert "    as it would be written, at claims.c02.act: act: foo\n" in shown
    assert "^" not in shown


def test_a_claim_that_is_published_already_is_not_published_twice(news: Path, tmp_path: Path) -> None:
    """Accepting says that the program found it too; also if its speaker is only now chosen."""
    for speaker in ("Ann Bos", "the mayor"):
        line = {"article": "port", "quotation": "We will pay for the dyke", "speaker": speaker}
        (tmp_path / "more.jsonl").write_text(json.dumps(line), encoding="utf-8")
        kg.open(news).propose(tmp_path / "more.jsonl", by="spotter")
    known, unknown = (each for each in kg.open(news).proposals() if "dyke" in each.record.words)

    assert known.known_as() == "c01"
    kg.open(news).accept(known.id, by="anna", on=DAY)
    kg.open(news).accept(unknown.id, by="anna", on=DAY, speaker="bos")
    assert list(published(news)) == ["c01"]
    assert published(news)["c01"]["contributors"] == ["anna", "spotter"]


def test_a_decision_is_not_asked_again_after_a_later_import(news: Path, tmp_path: Path) -> None:
    corpus = kg.open(news)
    corpus.accept("port/spotter/c01", by="anna", on=DAY)
    corpus.refuse("port/spotter/c02", by="anna", on=DAY)
    corpus.accept("port/spotter/c03", by="anna", on=DAY, speaker="union")
    entities = news / "entities.yaml"
    entities.write_text(entities.read_text("utf-8").replace("Harbour union", "a union man"), encoding="utf-8")
    before = written(news)

    report = kg.open(news).propose(tmp_path / "out.jsonl", by="spotter")
    assert (report.added, report.known) == (0, 3)
    assert written(news) == before
    assert kg.open(news).proposals() == []


def test_decisions_are_given_by_options(news: Path, capsys: pytest.CaptureFixture[str]) -> None:
    by = ["proposals", str(news), "--by", "anna", "--on", DAY]
    assert run([*by, "--accept", "port/spotter/c03", "--set", "speaker=[union, bos]", "--set", "note="]) == 0
    assert run([*by, "--refuse", "port/spotter/c02", "--why", "Not said."]) == 0
    assert published(news)["c03"] == {
        "speaker": ["union", "bos"],
        "words": "will lose their jobs",
        "contributors": ["spotter", "anna"],
    }
    assert reading(news, "c02")["decision"] == {"outcome": "refused", "by": "anna", "on": DAY, "why": "Not said."}
    assert "port/spotter/c03: accepted as c03\n" in capsys.readouterr().err


def test_decisions_are_given_in_a_file_and_one_mistake_does_not_stop_the_others(
    news: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "decisions.jsonl"
    decisions = (
        {"accept": "port/spotter/c02"},
        {"accept": "port/spotter/c01", "set": {"act": "announces"}, "why": "Clear."},
        {"refuse": "port/spotter/c03", "why": "Nobody."},
    )
    file.write_text("\n".join(map(json.dumps, decisions)), encoding="utf-8")
    assert run(["proposals", str(news), "--by", "anna", "--on", DAY, "--decisions", str(file)]) == 1
    assert "kg: port/spotter/c02 cannot be accepted" in capsys.readouterr().err
    assert published(news)["c02"]["act"] == "announces"
    assert [each.claim for each in kg.open(news).proposals()] == ["c02"]


@pytest.mark.parametrize(
    "line", ["[]", "{}", '{"accept": 1}', '{"accept": "a", "refuse": "a"}', '{"accept": "a", "x": 1}']
)
def test_a_file_of_decisions_has_one_on_each_line(
    news: Path, tmp_path: Path, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "decisions.jsonl").write_text(line, encoding="utf-8")
    assert run(["proposals", str(news), "--by", "anna", "--decisions", str(tmp_path / "decisions.jsonl")]) == 2
    assert "decisions.jsonl:1: a decision must be as" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--accept", "port/spotter/c01", "--refuse", "port/spotter/c01"], "port/spotter/c01 is decided twice"),
        (
            ["--accept", "port/spotter/c01", "--set", "act=a", "--set", "act=b"],
            "--set act: this field is given twice",
        ),
        (
            ["--accept", "port/spotter/c01", "--set", "contributors=[ben]"],
            "`contributors` follows from who read and",
        ),
        (["--why", "Not said."], "--why is the reason of a decision: name a proposal"),
    ],
)
def test_options_that_make_no_clear_decision_are_refused(
    news: Path, options: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = written(news)
    assert run(["proposals", str(news), "--by", "anna", *options]) == 2
    assert f"kg: {message}" in capsys.readouterr().err
    assert written(news) == before


def test_a_dry_run_writes_nothing(news: Path) -> None:
    before = written(news)
    assert run(["proposals", str(news), "--by", "anna", "--accept", "port/spotter/c01", "--dry-run"]) == 0
    assert written(news) == before


def test_without_a_terminal_the_proposals_are_listed(news: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["proposals", str(news)]) == 0
    assert run(["proposals", "--by", "anna", str(news / "port.txt")]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert shown[:3] == shown[3:]
    assert shown[:2] == [
        "port/spotter/c01  bos: The port stays open  (states)",
        "port/spotter/c02  das: the state had refused  (to decide: act)",
    ]


def test_in_a_terminal_each_is_decided_by_a_key_and_written_at_once(news: Path) -> None:
    with Terminal("proposals", str(news), "--by", "anna", "--on", DAY) as terminal:
        assert "The port stays open" in terminal.after("1 of 3")
        assert "accepted as c02" in terminal.typed("a", until="2 of 3")
        assert published(news)["c02"]["words"] == "The port stays open"
        terminal.typed("u", until="1 of 3")
        assert "c02" not in published(news)
        terminal.typed("s", until="2 of 3")
        terminal.typed("c", until="field=value")
        assert "did you mean `act`" in terminal.typed("actt=x\r", until="field=value")
        assert "`act` must be one of" in terminal.typed("act=foo\r", until="field=value")
        assert "must have a `gist`" in terminal.typed("act=denies\r", until="field=value")
        assert "must have a `gist`" in terminal.typed("\r", until="quit ?")
        terminal.typed("u", until="nothing to take back")
        terminal.typed("c", until="field=value")
        assert "  denies" in terminal.typed("\r", until="quit ?")
        terminal.typed("r", until="why")
        terminal.typed("Not she.\r", until="3 of 3")
        assert reading(news, "c02")["decision"] == {
            "outcome": "refused",
            "by": "anna",
            "on": DAY,
            "why": "Not she.",
        }
        assert "before `speaker` is decided" in terminal.typed("a", until="quit ?")
        terminal.typed("q", until="1 decision, signed anna, 2026-06-01; 2 left to decide")


def test_two_programs_that_propose_the_same_make_one_claim(news: Path, tmp_path: Path) -> None:
    config = news / "corpus.yaml"
    other = '  other: {name: Other, type: SoftwareApplication, version: "1"}\n'
    config.write_text(config.read_text(encoding="utf-8") + other, encoding="utf-8")
    (tmp_path / "out.jsonl").write_text(json.dumps(LINES[0]), encoding="utf-8")
    kg.open(news).propose(tmp_path / "out.jsonl", by="other")
    with Terminal("proposals", str(news), "--by", "anna", "--on", DAY) as terminal:
        assert "port/other/c01" in terminal.after("1 of 4")
        assert "c02 says this already" in terminal.typed("a", until="2 of 4")
        terminal.typed("a", until="3 of 4")
    assert [each["words"] for each in published(news).values()] == [
        "The port stays open",
        "We will pay for the dyke",
    ]
    assert published(news)["c02"]["contributors"] == ["other", "anna", "spotter"]


def test_one_that_is_kept_to_an_earlier_text_is_shown_there_and_is_no_claim_of_the_new_one(tmp_path: Path) -> None:
    old, new = ("Berg said: 60 jobs go.", "Berg said: 50 jobs go.")
    article = f"article: {{version: 2, earlier: {{1: {{sha256: {sha256(old.encode()).hexdigest()}}}}}}}\n"
    config = CONFIG.replace("  ben:", "  spotter: {type: SoftwareApplication, name: Spotter, version: '1'}\n  ben:")
    files = {
        "corpus.yaml": config,
        "entities.yaml": ENTITIES,
        "jobs.1.txt": f"date 2026-11-02 {old}",
        "jobs.txt": f"date 2026-11-02 {new}",
        "jobs.claims.yaml": f"{article}annotation: {{by: anna}}\n"
        "claims: {c01: {speaker: berg, words: 50 jobs go}}\n",
        "readings/spotter/jobs.claims.yaml": f"{article}annotation: {{by: spotter}}\n"
        "claims: {p1: {speaker: berg, words: 60 jobs go, text_version: 1}}\n",
    }

    (proposal,) = kg.open(lay(tmp_path, files)).proposals()

    assert (proposal.known_as(), proposal.overlapping, proposal.text) == ("", (), old)


def test_nothing_to_decide_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["proposals", str(newsroom_with_program(tmp_path / "news"))]) == 0
    assert capsys.readouterr().err.startswith("nothing to decide")


def test_the_terminal_shows_a_strangers_text_without_its_control_characters(news: Path, tmp_path: Path) -> None:
    evil = {
        "article": "port",
        "quotation": "We will pay",
        "speaker": "bos",
        "note": "\u202e\u009b31mred\nport/spotter/c02: accepted",
    }
    (tmp_path / "more.jsonl").write_text(json.dumps(evil), encoding="utf-8")
    kg.open(news).propose(tmp_path / "more.jsonl", by="spotter")
    with Terminal("proposals", str(news), "--by", "anna") as terminal:
        terminal.after("1 of 4")
        shown = terminal.typed("s", until="2 of 4")
        assert "31mred ⏎ port/spotter/c02: accepted" in shown
        assert not set(shown) & {"\u202e", "\u009b"}
