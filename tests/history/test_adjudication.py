"""Several readings of an article become one: what is asked, in the terminal and from a file."""

from __future__ import annotations

import errno
import io
import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import kg
from kg.cli import run
from kg.errors import FileError, UsageError
from kg.history.anchor_decisions import AnchorDecision
from kg.history.shared_files import one_writer
from kg.rdf.vocab import DCTERMS, KG, VOID
from support.corrections import corrections
from support.editing import edited
from support.file_sets import killed_after
from support.readings import ANNA, newsroom
from support.readme import blocks, commands
from support.shells import run as shell
from support.terminals import Terminal

BY = {"by": "anna", "on": "2026-06-01"}


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Lay out the newsroom, of whose port nothing is published, beside the current folder."""
    monkeypatch.chdir(tmp_path)
    (newsroom(Path("newsroom")) / "port.claims.yaml").unlink()
    return Path("newsroom")


def published(corpus: Path) -> Any:
    return yaml.load((corpus / "port.claims.yaml").read_text(), yaml.BaseLoader)


def outcomes(corpus: Path, name: str) -> list[str]:
    """Return what became of each claim of a reading, `` if nothing did."""
    claims = yaml.load((corpus / f"readings/{name}/port.claims.yaml").read_text(), yaml.BaseLoader)["claims"]
    return [claim.get("decision", {}).get("outcome", "") for claim in claims.values()]


def in_terminal(command: str, keys: str) -> str:
    """Return what a terminal shows while somebody presses keys, each when a question is asked."""
    with Terminal(*command.split()[1:], columns=120) as terminal:
        shown = [terminal.after(), *(terminal.typed(key) for key in keys[:-1]), terminal.ended(keys[-1])]
    return "".join(shown).replace("\r\n", "\n")


@pytest.mark.slow
def test_every_command_of_the_page_gives_the_output_that_is_shown(corpus: Path) -> None:
    page = "docs/adjudicating.md"
    (session,) = blocks("text", page)
    first, _, output = session.partition("\n")
    shown = list(commands(page))

    assert shell(shown[0].text, Path()) == shown[0].output
    assert in_terminal(first.removeprefix("$ "), "2f12q") == output
    assert [shell(each.text, Path()) for each in shown[1:]] == [each.output for each in shown[1:]]
    assert outcomes(corpus, "anna") == ["overruled", "overruled", "overruled", "refused"]


def test_claims_on_which_all_agree_are_published_without_a_question(corpus: Path) -> None:
    shutil.copy(corpus / "readings/anna/port.claims.yaml", corpus / "readings/ben/port.claims.yaml")
    edited(corpus / "readings/ben/port.claims.yaml", "by: anna", "by: ben")

    assert run(["adjudicate", "newsroom/port.txt", "--by", "ben", "--on", "2026-06-01"]) == 0
    assert [each["contributors"] for each in published(corpus)["claims"].values()] == [["anna", "ben"]] * 4
    assert published(corpus)["annotation"] == {"by": "ben", "on": "2026-06-01"}
    assert outcomes(corpus, "ben") == ["accepted"] * 4


@pytest.mark.parametrize(
    ("old", "new", "differing"),
    [
        ("speaker: das", "speaker: bos", ("speaker",)),
        ("act: denies\n", "act: rejects\n", ("act",)),
        ("the state had refused to pay", '" the state had refused to pay. "', ()),
        ("words: the state had", "words: that the state had", ("words",)),
        ("The state did not refuse", "The state never refused", ("gist",)),
        ("about: dyke\n  c04", "about: [port, dyke]\n  c04", ("about",)),
        ("about: dyke\n  c04", "to: bos\n    about: dyke\n  c04", ("to",)),
        ("about: dyke\n  c04", "for: union\n    about: dyke\n  c04", ("for",)),
        ("about: dyke\n  c04", "due: 2027\n    about: dyke\n  c04", ("due",)),
        ("    cue: denied\n", "", ()),
        ("about: dyke\n  c04", "about: dyke\n    relations: {answers: c01}\n  c04", ("relations",)),
    ],
)
def test_agreed_is_what_no_field_says_otherwise(
    corpus: Path, old: str, new: str, differing: tuple[str, ...]
) -> None:
    reading = corpus / "readings/ben/port.claims.yaml"
    shutil.copy(corpus / "readings/anna/port.claims.yaml", reading)
    edited(reading, "by: anna", "by: ben")
    if old.startswith("the state"):
        edited(reading, "words: the state had refused to pay", "words: the state had refused to pay.")
    else:
        edited(reading, old, new)

    found = {claim.claims["anna"]: claim for claim in kg.open(corpus).adjudication("port").claims}
    assert {id: claim.differing for id, claim in found.items() if claim.differing} == (
        {"c03": differing} if differing else {}
    )
    assert [id for id, claim in found.items() if not claim.is_agreed] == (["c03"] if differing else [])


def test_what_a_person_missed_or_only_programs_found_is_asked(corpus: Path) -> None:
    edited(corpus / "corpus.yaml", "ben: {type: Person, name: Ben}", "ben: {type: SoftwareApplication, name: Ben}")
    shutil.copytree(corpus / "readings/ben", corpus / "readings/other")
    edited(corpus / "readings/other/port.claims.yaml", "by: ben", "by: other")
    edited(corpus / "readings/other/dyke.claims.yaml", "by: ben", "by: other")
    edited(corpus / "corpus.yaml", "annotators:", "annotators:\n  other: {type: SoftwareApplication, name: O}")

    found = kg.open(corpus).adjudication("port").claims
    assert [(sorted(each.claims), each.absent) for each in found][-1] == (["anna"], ())
    assert [each.is_agreed for each in found] == [False] * 4

    shutil.rmtree(corpus / "readings/anna")
    assert not any(each.is_agreed for each in kg.open(corpus).adjudication("port").claims)


def test_a_published_claim_is_a_reading_too(corpus: Path) -> None:
    shutil.copy(corpus / "readings/anna/port.claims.yaml", corpus / "port.claims.yaml")
    article = kg.open(corpus).adjudication("port")
    assert [(each.published, each.differing, each.is_agreed) for each in article.claims] == [
        ("c01", ("about",), False),
        ("c02", ("act", "about"), False),
        ("c03", ("words", "gist"), False),
        ("c04", (), True),
    ]
    assert article.claims[0].values["about"]["published"] == {"port"}

    found = article.decide([article.claims[3].agreed(), article.claims[0].decision("published")], **BY)
    claims = published(corpus)["claims"]
    assert [claims[id].get("contributors") for id in ("c01", "c04")] == [["anna"], ["anna"]]
    assert (outcomes(corpus, "anna"), outcomes(corpus, "ben")) == (
        ["accepted", "", "", "accepted"],
        ["overruled", "", ""],
    )
    assert found.claims == ("c01", "c04")


def test_a_later_reading_may_replace_what_is_published(corpus: Path) -> None:
    assert run(["adjudicate", "newsroom/port.txt", "--by", "anna", "--take", "anna", "--take", "ben"]) == 0
    edited(corpus / "corpus.yaml", "annotators:", "annotators:\n  carl: {name: Carl}")
    third = corpus / "readings/carl/port.claims.yaml"
    third.parent.mkdir()
    third.write_text(
        "annotation: {by: carl}\nclaims: {c09: {speaker: das, words: The port stays open, act: warns}}\n"
    )
    article = kg.open(corpus).adjudication("port")
    (claim,) = article.claims
    assert (claim.claims, claim.published, claim.earlier) == (
        {"anna": "c01", "ben": "c01", "carl": "c09"},
        "c01",
        {"anna", "ben"},
    )

    article.decide([claim.decision("carl")], **BY)
    changed = published(corpus)["claims"]["c01"]
    assert (changed["speaker"], changed["contributors"]) == ("das", ["carl"])
    assert outcomes(corpus, "anna")[0] == "overruled"
    assert article.claims == []


def test_drafts_are_left_out(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edited(corpus / "readings/ben/port.claims.yaml", "on: 2026-05-20}", "on: 2026-05-20, status: draft}")
    assert run(["adjudicate", "newsroom/port.txt", "--by", "anna", "--dry-run"]) == 0
    assert "left out as drafts: the readings of ben" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("decisions", "message"),
    [
        ("port: {anna/c01: carl}", "The decision on anna/c01 must take the claim from anna, ben, not from 'carl'."),
        ("port: {anna/c01: {take: anna, fields: {acts: ben}}}", "must name fields of a claim, and 'acts' is none."),
        ("port: {anna/c01: {fields: {act: ben}}}", "must take the claim from anna, ben, not from 'nobody'."),
        (
            "port: {anna/c01: anna, ben/c01: {refuse: true}}",
            "anna/c01 and ben/c01 are one claim, so there must be one decision: delete the others.",
        ),
    ],
)
def test_wrong_decisions_are_an_error(corpus: Path, decisions: str, message: str) -> None:  # noqa: ARG001
    from kg.history.adjudication import chosen, read_choices

    Path("decisions.yaml").write_text(decisions)
    with pytest.raises(UsageError) as error:
        chosen(kg.open("newsroom").adjudication("port").claims, read_choices("decisions.yaml")["port"])
    assert message in str(error.value)


@pytest.mark.usefixtures("corpus")
@pytest.mark.parametrize(
    ("decisions", "message"),
    [
        ("port: [anna]", "1:7: violation: `port` must be a mapping, not a list"),
        ("port:\n  anna/c01: {refuse: maybe}", "2:22: violation: `refuse` must be true or false, not `maybe`"),
        ("port: {anna/c01: {tak: anna}}", "1:19: violation: unknown key `tak`: did you mean `take`?"),
    ],
)
def test_what_is_wrong_in_a_file_of_decisions_is_shown_at_its_place(
    decisions: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("decisions.yaml").write_text(decisions)
    assert run(["adjudicate", "newsroom", "--by", "anna", "--decisions", "decisions.yaml"]) == 1
    shown = capsys.readouterr()
    assert f"decisions.yaml:{message}" in shown.out + shown.err


def test_a_claim_that_is_kept_to_an_earlier_text_is_shown_in_it(tmp_path: Path) -> None:
    folder = corrections(tmp_path / "corpus")
    decisions = {"c01": AnchorDecision("reanchor"), "c03": AnchorDecision("keep"), "c04": AnchorDecision("keep")}
    kg.open(folder).revise("jobs", tmp_path / "jobs-corrected.txt", decisions)

    claims = {each.claims["ben"]: each for each in kg.open(folder).adjudication("jobs").claims}

    shown = {id: each.text[slice(*each.words)] for id, each in claims.items()}
    assert shown == {"b1": "We will cut 500 jobs", "b2": "Nobody told us"}
    sentence = claims["b1"].text[slice(*claims["b1"].sentence)].strip()
    assert sentence == '"We will cut 500 jobs", director Anna Berg said on Monday.'


def test_json_lines_are_not_adjudicated(corpus: Path) -> None:
    with pytest.raises(UsageError) as error:
        kg.open(corpus).adjudication("more.jsonl")
    assert "write the article as `NAME.txt` with its `NAME.claims.yaml`" in str(error.value)


def test_nobody_is_asked_where_there_is_no_terminal(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["adjudicate", "newsroom/port.txt", "--by", "anna"]) == 0
    assert capsys.readouterr().err == "port: 4 claims left to decide, in a terminal or with --take or --decisions\n"
    assert not (corpus / "port.claims.yaml").exists()


@pytest.mark.usefixtures("corpus")
@pytest.mark.parametrize(
    "arguments", [["newsroom/port.txt"], ["newsroom", "--take", "ben"], ["newsroom", "--dry-run"]]
)
def test_someone_must_decide(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["adjudicate", *arguments]) == 2
    assert "Say who decides with --by NAME" in capsys.readouterr().err


@pytest.mark.usefixtures("corpus")
def test_all_articles_of_a_corpus_are_decided_one_after_the_other(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["adjudicate", "newsroom", "--by", "anna", "--take", "ben", "--take", "anna"]) == 0

    shown = capsys.readouterr()
    assert shown.out.splitlines() == [
        "dyke/c01: as ben read it",
        *(f"port/c0{n}: as ben read it" for n in (1, 2, 3)),
        "port/c04: as anna read it",
    ]
    assert shown.err.splitlines()[-1] == "port: all claims are decided"


@pytest.mark.slow
def test_a_key_that_is_no_answer_asks_again_and_a_wrong_claim_is_not_published(corpus: Path) -> None:
    edited(corpus / "readings/ben/port.claims.yaml", "    gist: {en: The state paid.}\n", "")
    edited(corpus / "readings/ben/port.claims.yaml", "act: denies", "act: warns")
    shown = in_terminal("kg adjudicate newsroom/port.txt --by anna --on 2026-06-01", "z11f211u1x")

    assert shown.count("so it cannot be published: choose otherwise") == 1
    assert shown.count("taken back") == 1
    assert outcomes(corpus, "anna") == ["accepted", "accepted", "accepted", "refused"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            ["--take", "anna", "--take", "carl"],
            "--take carl: carl has no reading here, there are those of anna, ben.",
        ),
        (["--decisions", "prt.yaml"], "Nobody has a reading of the article prt, which the decisions name: did you"),
        (["--decisions", "c99.yaml"], "The decisions name the claim anna/c99 of port, and no finished reading"),
        (["--by", "carl", "--decisions", "prt.yaml"], "there is no 'carl'"),
        (["--by", "tool"], "tool is a program, and a program decides nothing"),
    ],
)
def test_nothing_is_published_if_an_option_names_what_is_not_there(
    corpus: Path, options: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    tool = "annotators:\n  tool: {name: Tool, type: SoftwareApplication}"
    edited(corpus / "corpus.yaml", "annotators:", tool)
    Path("prt.yaml").write_text("prt: {anna/c01: anna}")
    Path("c99.yaml").write_text("port: {anna/c01: anna, anna/c99: anna}")

    assert run(["adjudicate", "newsroom", "--by", "anna", *options]) == 2
    assert message in capsys.readouterr().err
    assert not (corpus / "port.claims.yaml").exists()


@pytest.mark.usefixtures("corpus")
@pytest.mark.parametrize("command", ["adjudicate", "annotate", "proposals"])
@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("readings/anna/port.claims.yaml", "newsroom/port.txt"),
        ("dyke.claims.yaml", "newsroom/dyke.txt"),
        ("corpus.yaml", "ARTICLE.txt"),
    ],
)
def test_an_article_is_named_by_its_text(
    command: str, file: str, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([command, f"newsroom/{file}"]) == 2
    message = f"an article is named by its text: name {text}, or newsroom for all articles"
    assert capsys.readouterr().err == f"kg: newsroom/{file}: {message}\n"


@pytest.mark.usefixtures("corpus")
def test_the_end_of_the_input_quits(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def ended() -> str:
        raise EOFError

    monkeypatch.setattr("click.getchar", ended)
    for stream in (sys.stdin, sys.stdout):
        monkeypatch.setattr(stream, "isatty", lambda: True)

    assert run(["adjudicate", "newsroom/port.txt", "--by", "anna"]) == 0
    assert capsys.readouterr().err.endswith("port: 4 claims left to decide\n")


FILES = ("port.claims.yaml", "readings/anna/port.claims.yaml", "readings/ben/port.claims.yaml")
READINGS = st.lists(st.sampled_from(["c01", "c02", "c03", "c04"]), min_size=1, max_size=4, unique=True)


@pytest.mark.slow
@given(order=READINGS, at_once=st.booleans())
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_taking_everything_from_one_reading_gives_the_graph_of_that_reading(
    order: list[str], at_once: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Apart from `dcterms:contributor`, in whatever order the claims are taken over."""
    folder = tmp_path_factory.mktemp("same")
    corpus, other = newsroom(folder / "taken"), newsroom(folder / "published")
    shutil.rmtree(corpus / "readings/ben")
    reading = corpus / "readings/anna/port.claims.yaml"
    claims = yaml.safe_load(ANNA)["claims"]
    assume(order != ["c02"])  # which refers to c01
    kept = {id: claim for id, claim in claims.items() if id in order and (id != "c02" or "c01" in order)}
    written = {"annotation": {"by": "anna", "on": "2026-05-20"}, "claims": kept}
    for file in (reading, other / "port.claims.yaml"):
        file.write_text(json.dumps(written, default=str))
    (corpus / "port.claims.yaml").unlink()

    article = kg.open(corpus).adjudication("port")
    wanted = [id for id in order if id in kept]
    for ids in [wanted] if at_once else [[id] for id in wanted]:
        decisions = [claim.decision("anna") for claim in article.claims if claim.claims["anna"] in ids]
        article.decide(decisions, by="anna", on="2026-05-20")

    assert _lines(corpus) == _lines(other)


def _lines(corpus: Path) -> list[str]:
    """Return the graph as sorted lines, without who contributed and what depends on that."""
    graph = io.BytesIO()
    kg.open(corpus).write(graph, format="nq")
    own = (DCTERMS.contributor, KG.digest, VOID.triples)
    return sorted(line for line in graph.getvalue().decode().splitlines() if not any(each in line for each in own))


@pytest.mark.slow
@pytest.mark.parametrize("wait", [0.2, 0.35, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.4])
def test_a_command_that_is_killed_loses_and_repeats_nothing(corpus: Path, wait: float) -> None:
    """Run it once more: what is published is as if it had never been killed."""
    calm = Path(shutil.copytree(corpus, "calm"))
    take = ["adjudicate", "--by", "anna", "--on", "2026-06-01", "--take", "ben", "--take", "anna"]
    assert run([*take, "calm/port.txt"]) == 0
    killed = subprocess.Popen([sys.executable, "-m", "kg", *take, str(corpus / "port.txt")])
    time.sleep(wait)
    killed.kill()
    killed.wait()

    assert run([*take, str(corpus / "port.txt")]) == 0
    assert run(["validate", str(corpus)]) == 0
    for file in FILES:
        assert (corpus / file).read_bytes() == (calm / file).read_bytes()


@pytest.mark.parametrize(
    "moves", [0, 1, pytest.param(2, marks=pytest.mark.slow), pytest.param(3, marks=pytest.mark.slow)]
)
def test_a_command_that_is_killed_while_it_writes_leaves_all_old_or_is_completed_by_the_next(
    corpus: Path, moves: int, capsys: pytest.CaptureFixture[str]
) -> None:
    take = ["adjudicate", "--by", "anna", "--on", "2026-06-01", "--take", "ben", "--take", "anna"]
    calm = Path(shutil.copytree(corpus, "calm"))
    assert run([*take, "calm/port.txt"]) == 0
    before = {file: (corpus / file).read_bytes() for file in FILES if (corpus / file).exists()}

    assert killed_after(moves, [*take, "newsroom/port.txt"])

    if moves:  # then the journal is there
        assert run(["validate", "newsroom"]) == 2
        assert "run the same command again, or `kg adjudicate`, and it first completes that change" in (
            capsys.readouterr().err
        )
        assert run(["adjudicate", "newsroom"]) == 0
    after = {file: (corpus / file).read_bytes() for file in FILES if (corpus / file).exists()}
    assert after == ({file: (calm / file).read_bytes() for file in FILES} if moves else before)


def test_a_decision_on_a_file_that_somebody_edited_since_is_not_taken_back_and_others_go_on(
    corpus: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = iter("1u")

    def pressed() -> str:
        key = next(keys, "q")
        if key == "u":
            edited(corpus / "readings/ben/port.claims.yaml", "about: dyke", "about: port")
        return key

    monkeypatch.setattr("click.getchar", pressed)
    for stream in (sys.stdin, sys.stdout):
        monkeypatch.setattr(stream, "isatty", lambda: True)

    assert run(["adjudicate", str(corpus / "port.txt"), "--by", "anna", "--on", "2026-06-01"]) == 0
    out, err = capsys.readouterr()
    assert ("taken back" in out, "not taken back: " in err) == (False, True)
    assert "somebody else changed this file meanwhile: nothing was written" in err
    assert outcomes(corpus, "anna")[0]


def test_a_decision_comes_before_what_all_agree_on(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("decisions.yaml").write_text("port: {ben/c01: {refuse: true, why: Not news.}}\n")
    edited(corpus / "readings/ben/port.claims.yaml", "about: [port, dyke]", "about: port")
    agreed = [each.is_agreed for each in kg.open(corpus).adjudication("port").claims]

    decide = ["adjudicate", str(corpus / "port.txt"), "--by", "anna", "--on", "2026-06-01"]
    assert run([*decide, "--decisions", "decisions.yaml"]) == 0
    assert agreed[0]
    assert "left out: anna/c01, ben/c01\n" in capsys.readouterr().out
    assert (outcomes(corpus, "anna")[0], outcomes(corpus, "ben")[0]) == ("refused", "refused")


def test_a_decision_that_cannot_be_made_is_refused_before_any_is_written(
    corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("decisions.yaml").write_text(
        "dyke: {ben/c01: ben}\nport: {ben/c01: {take: ben, fields: {speker: anna}}}\n"
    )
    before = (corpus / "readings/ben/dyke.claims.yaml").read_bytes()

    decide = ["adjudicate", str(corpus), "--by", "anna", "--on", "2026-06-01"]
    assert run([*decide, "--decisions", "decisions.yaml"]) == 2
    assert capsys.readouterr().err == (
        "kg: The decision on ben/c01 must name fields of a claim, and 'speker' is none.\n"
    )
    assert (corpus / "readings/ben/dyke.claims.yaml").read_bytes() == before


def test_decisions_on_what_was_decided_are_said_to_be_late(
    corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    decide = ["adjudicate", str(corpus), "--by", "anna", "--on", "2026-06-01"]
    assert run([*decide, "--take", "anna", "--take", "ben"]) == 0
    Path("late.yaml").write_text("port: {anna/c01: ben}\n")
    capsys.readouterr()

    assert run([*decide, "--decisions", "late.yaml"]) == 0
    assert capsys.readouterr().err == "nothing is left to decide of anna/c01\nport: all claims are decided\n"


def test_where_one_file_cannot_be_written_none_is(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {file: (corpus / file).read_bytes() for file in FILES if (corpus / file).exists()}
    move = Path.replace

    def refused(path: Path, target: Path) -> Path:
        if target == corpus / "readings/ben/port.claims.yaml":
            raise PermissionError(errno.EACCES, "", str(path), None, str(target))
        return move(path, target)

    monkeypatch.setattr(Path, "replace", refused)
    article = kg.open(corpus).adjudication("port")
    with pytest.raises(FileError, match=r"denied \(newsroom/readings/ben/port.claims.yaml\)\. Nothing was changed"):
        article.decide([article.claims[0].decision("anna")], **BY)

    assert {file: (corpus / file).read_bytes() for file in FILES if (corpus / file).exists()} == before
    assert kg.open(corpus).validate().ok


def test_a_dry_run_waits_for_nobody_who_writes(corpus: Path) -> None:
    with one_writer(corpus):
        assert (
            run(["adjudicate", str(corpus), "--by", "anna", "--on", "2026-06-01", "--take", "ben", "--dry-run"])
            == 0
        )


def test_what_was_published_first_is_deleted_again(corpus: Path) -> None:
    before = {file: (corpus / file).read_bytes() for file in FILES if (corpus / file).exists()}
    article = kg.open(corpus).adjudication("port")
    decided = article.decide([article.claims[0].decision("anna")], **BY)
    assert (corpus / "port.claims.yaml").exists()

    article.undo(decided)

    assert {file: (corpus / file).read_bytes() for file in FILES if (corpus / file).exists()} == before


def test_a_file_that_somebody_changed_since_a_decision_is_not_put_back(corpus: Path) -> None:
    article = kg.open(corpus).adjudication("port")
    decided = article.decide([article.claims[0].decision("anna")], **BY)
    edited(corpus / "readings/ben/port.claims.yaml", "about: dyke", "about: port")
    after = {file: (corpus / file).read_bytes() for file in FILES}

    with pytest.raises(FileError, match="somebody else changed this file meanwhile"):
        article.undo(decided)
    assert {file: (corpus / file).read_bytes() for file in FILES} == after
