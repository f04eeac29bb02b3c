"""What happened to a corpus, told in the words of its annotations."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import kg
from kg.cli import run
from kg.history.changes import Change
from support import ROOT
from support.corpora import CONFIG, lay
from support.editing import edited
from support.readings import ARTICLE, newsroom


@pytest.fixture
def states(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """Return the folders of two equal states of a corpus."""
    monkeypatch.chdir(tmp_path)
    newsroom(Path("before"))
    shutil.copytree("before", "after")
    return Path("before"), Path("after")


def since(states: tuple[Path, Path]) -> list[Change]:
    """Return what differs between two states."""
    before, after = states
    return kg.open(after).changes_since(kg.open(before))


def test_the_layout_of_the_files_is_no_change(states: tuple[Path, Path]) -> None:
    file = states[1] / ARTICLE
    edited(file, "about: port\n", "about: [port]  # as agreed\n")
    edited(file, "said: {edtf: 2026-05-01, words: Friday}", "said:\n      edtf: 2026-05-01\n      words: Friday")
    edited(file, "    cue: said\n    act: states\n", "    act: states\n    cue: said\n")
    edited(
        states[1] / "entities.yaml", "das: {type: Person, name: Ravi Das}", "das: {name: Ravi Das, type: Person}"
    )

    assert since(states) == []


def test_each_change_is_said_where_it_was_made(states: tuple[Path, Path]) -> None:
    after = states[1]
    file = after / ARTICLE
    edited(file, "words: The port stays open", "words: The port stays")
    edited(file, "edtf: 2026-05-01", "edtf: 2026-05")
    edited(file, "act: denies", "act: rejects")
    edited(file, "supports: c01", "repeats: c01")
    edited(file, "  c04: {speaker: union", "  c14: {speaker: union")
    edited(file, "annotation: {by: anna", "article: {page: A3}\nannotation: {by: anna")
    edited(after / "entities.yaml", "name: Harbour union", "name: Union of the harbour")

    assert since(states) == [
        Change("entity", "union", "changed", "name", "Harbour union", "Union of the harbour"),
        Change("article", "port", "changed", "article/page", "", "A3"),
        Change("claim", "port/c04", "renamed", "", "c04", "c14"),
        Change("claim", "port/c01", "reworded", "words", "The port stays open", "The port stays"),
        Change("claim", "port/c01", "less certain", "said", "2026-05-01", "2026-05"),
        Change("claim", "port/c02", "changed", "relations/supports", "c01", ""),
        Change("claim", "port/c02", "changed", "relations/repeats", "", "c01"),
        Change("claim", "port/c03", "changed", "act", "denies", "rejects"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "how"),
    [
        ("2026-05-01", "2026-05", "less certain"),
        ("2026-05", "2026-05-01", "more certain"),
        ("2026-05-01", "2026-05-02", "changed"),
        ("2026-05-01", "2026-05-01?", "changed"),
        ("2026-05", "../2026-05", "changed"),
    ],
)
def test_a_date_is_more_or_less_certain_if_its_days_are_among_the_others(
    states: tuple[Path, Path], old: str, new: str, how: str
) -> None:
    for state, date in zip(states, (old, new), strict=True):
        edited(state / ARTICLE, "edtf: 2026-05-01", f"edtf: {date}")
    assert since(states) == [Change("claim", "port/c01", how, "said", old, new)]  # type: ignore[arg-type]


def test_a_claim_that_was_withdrawn_is_not_deleted(states: tuple[Path, Path]) -> None:
    content = (states[1] / ARTICLE).read_text(encoding="utf-8")
    start = content.index("  c04: ")
    (states[1] / ARTICLE).write_text(
        content[:start] + "withdrawn: {c04: {on: 2026-05-30, why: The union did not say so.}}\n", encoding="utf-8"
    )

    assert since(states) == [
        Change("claim", "port/c04", "withdrawn", "", "hundreds will lose their jobs", "The union did not say so.")
    ]


def test_an_article_that_is_finished_is_new_and_one_that_is_a_draft_again_is_gone(
    states: tuple[Path, Path],
) -> None:
    edited(states[0] / "dyke.claims.yaml", "on: 2026-05-20", "on: 2026-05-20, status: draft")
    claim = Change("claim", "dyke/c01", "added", new="the dyke is safe")
    assert since(states) == [Change("article", "dyke", "added"), claim]

    gone = Change("claim", "dyke/c01", "deleted", old="the dyke is safe")
    assert since((states[1], states[0])) == [Change("article", "dyke", "deleted"), gone]


def test_a_changed_text_is_said(states: tuple[Path, Path]) -> None:
    edited(states[1] / "port.txt", "The union fears", "The big union fears")
    assert since(states) == [Change("article", "port", "changed", "text")]


def test_the_reports_are_as_in_the_docs(states: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    file = states[1] / ARTICLE
    edited(file, "words: The port stays open", "words: The port stays")
    edited(file, "edtf: 2026-05-01", "edtf: 2026-05")
    edited(file, "act: denies", "act: rejects")
    content = file.read_text(encoding="utf-8")
    withdrawn = "withdrawn: {c04: {on: 2026-05-30, why: The union did not say so.}}\n"
    file.write_text(content[: content.index("  c04: ")] + withdrawn, encoding="utf-8")

    page = (ROOT / "docs" / "diff.md").read_text(encoding="utf-8")
    assert run(["diff", "before", "after"]) == 0
    assert f"```text\n{capsys.readouterr().out}```" in page
    assert run(["diff", "before", "after", "-f", "markdown"]) == 0
    assert f"```markdown\n{capsys.readouterr().out}```" in page
    assert run(["diff", "before", "after", "-f", "json"]) == 0
    assert [Change(**each) for each in json.loads(capsys.readouterr().out)] == since(states)


def test_an_earlier_checkout_has_its_corpus_where_this_one_has_it(
    states: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    Path("checkout").mkdir()
    states[0].rename("checkout/seeds")
    states[1].rename("seeds")
    assert run(["diff", "checkout"]) == 0
    assert capsys.readouterr().out == "no changes\n"


def test_what_annotators_write_is_no_markup_and_no_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for state, name in (("before", "Ann"), ("after", "<b>*A*</b> [x](javascript:y)")):
        claims = "annotation: {status: done}\nclaims: {c01: {speaker: ann-b, words: Ja, act: states}}\n"
        entities = f"ann-b: {{type: Person, name: {json.dumps(name)}}}\n"
        lay(Path(state), {"a.txt": "date 2020 Ja", "a.claims.yaml": claims, "entities.yaml": entities})

    assert run(["diff", "before", "after", "-f", "markdown"]) == 0
    assert capsys.readouterr().out == (
        "**1 entity changed**\n\n### entities\n\n"
        r"- ann-b name: Ann → \<b\>\*A\*\</b\> \[x\](javascript:y)" + "\n"
    )


def test_a_corpus_that_cannot_be_read_is_not_compared(
    states: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    edited(states[1] / ARTICLE, "act: denies", "act: [denies")
    assert run(["diff", "before", "after"]) == 1
    assert "after/port.claims.yaml" in capsys.readouterr().err


def test_two_articles_with_one_id_are_not_compared(states: tuple[Path, Path]) -> None:
    lay(states[1], {"again.txt": "date 2020 Ja", "corpus.yaml": CONFIG})
    (states[1] / "again.claims.yaml").write_text("article: {id: port}\nclaims: {}\n", encoding="utf-8")
    with pytest.raises(
        kg.CorpusError, match="an article must have an id of its own, `port` is also that of another"
    ):
        since(states)
