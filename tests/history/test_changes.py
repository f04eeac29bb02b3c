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
from support.readings import ARTICLE, annotate_otherwise, newsroom


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
    annotate_otherwise(after)
    edited(after / ARTICLE, "  c04: {speaker: union", "  c14: {speaker: union")
    edited(after / "entities.yaml", "name: Harbour union", "name: Union of the harbour")

    assert since(states) == [
        Change(
            "entity", "union", "changed", "name", "Harbour union", "Union of the harbour", "Union of the harbour"
        ),
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


@pytest.mark.parametrize("why", ["The union did not say so.", "{en: The union did not say so.}"])
def test_a_claim_that_was_withdrawn_is_not_deleted(states: tuple[Path, Path], why: str) -> None:
    content = (states[1] / ARTICLE).read_text(encoding="utf-8")
    start = content.index("  c04: ")
    (states[1] / ARTICLE).write_text(
        content[:start] + f"withdrawn: {{c04: {{on: 2026-05-30, why: {why}}}}}\n", encoding="utf-8"
    )

    assert since(states) == [
        Change("claim", "port/c04", "withdrawn", "", "hundreds will lose their jobs", "The union did not say so.")
    ]


@pytest.mark.parametrize("as_graph", [False, True])
def test_a_claim_that_was_renamed_and_then_withdrawn_is_neither_deleted_nor_added(
    states: tuple[Path, Path], *, as_graph: bool
) -> None:
    kg.rename_claim(states[1], "port/c04", "c40")
    file = states[1] / ARTICLE
    content = file.read_text(encoding="utf-8")
    start = content.index("  c40: ")
    withdrawn = "withdrawn: {c40: {on: 2026-05-30, why: Never said., formerly: c04}}\n"
    file.write_text(content[:start] + withdrawn, encoding="utf-8")
    names = [*map(str, states)]
    for name in names if as_graph else ():
        kg.open(name).write(f"{name}.nq")

    found = kg.diff(*(f"{name}.nq" if as_graph else name for name in names))

    assert found == [
        Change("claim", "port/c40", "withdrawn", "", "hundreds will lose their jobs", "Never said."),
        Change("claim", "port/c04", "renamed", "", "c04", "c40"),
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
    mayor = "{{type: Person, name: Ann Bos, roles: {{mayor: {{title: Mayor, from: 2020{}}}}}}}"
    for state, until in zip(states, ("", ", to: 2026-05-04"), strict=True):
        edited(state / "entities.yaml", "{type: Person, name: Ann Bos}", mayor.format(until))
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
    assert run(["diff", "before", "after", "-f", "rdf-patch"]) == 0
    patch = page.partition("\nTX .\n")[2].partition("TC .\n")[0].splitlines()
    assert set(patch) <= set(capsys.readouterr().out.splitlines())


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


@pytest.mark.parametrize("as_graph", [False, True])
def test_what_has_another_id_is_not_gone_and_new(states: tuple[Path, Path], *, as_graph: bool) -> None:
    before, after = states
    with (before / "entities.yaml").open("a") as file:
        file.write("a-bos: {type: Person, name: A. Bos}\n")
    (after / "entities.yaml").write_text((before / "entities.yaml").read_text())

    kg.rename_entity(after, "das", "minister-das")
    kg.rename_entity(after, "a-bos", "bos")
    kg.rename_claim(after, "port/c04", "c40")
    if as_graph:
        for state in states:
            kg.open(state).write(f"{state.name}.nq")

    found = kg.diff(*(f"{state.name}.nq" if as_graph else state for state in states))
    assert sorted(found) == [
        Change("claim", "port/c04", "renamed", "", "c04", "c40"),
        Change("entity", "a-bos", "merged", "", "a-bos", "bos", "Ann Bos"),
        Change("entity", "bos", "changed", "also", "", "A. Bos", "Ann Bos"),
        Change("entity", "das", "renamed", "", "das", "minister-das", "Ravi Das"),
    ]


@pytest.mark.parametrize("form", ["", "nq", "ttl"])
def test_an_article_with_another_id_is_not_gone_and_new(
    states: tuple[Path, Path], form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    kg.rename_article(states[1], "port", "harbour")
    kg.rename_entity(states[1], "das", "minister-das")
    names = ["before", "after"]
    for name in names if form else ():
        kg.open(name).write(f"{name}.{form}")

    assert run(["diff", *(f"{name}.{form}".removesuffix(".") for name in names)]) == 0
    assert (
        capsys.readouterr().out
        == """\
1 article renamed, 1 entity renamed

entities
  das is now minister-das

port
  now harbour
"""
    )


@pytest.mark.parametrize(
    ("old", "new", "summary"),
    [
        ("kg-claims#wordsAt> <https://", "kg-claims#wordsAt> <http://other.example/p> .\n# ", "no changes"),
        ("<http://schema.org/Claim>", "<https://w3id.org/kg-claims#WithdrawnClaim>", "1 claim withdrawn"),
    ],
)
def test_a_graph_that_says_less_than_kg_writes_is_compared_too(
    states: tuple[Path, Path], old: str, new: str, summary: str, capsys: pytest.CaptureFixture[str]
) -> None:
    kg.open(states[0]).write("before.nq")
    lines = Path("before.nq").read_text(encoding="utf-8").splitlines()
    changed = [line.replace(old, new) if "/claim/port/c04> " in line else line for line in lines]
    Path("after.nq").write_text("\n".join([*changed, ""]), encoding="utf-8")

    assert changed != lines
    assert run(["diff", "before.nq", "after.nq"]) == 0
    assert capsys.readouterr().out.splitlines()[0] == summary


@pytest.mark.parametrize("form", ["", "nq", "ttl"])
def test_what_differs_the_other_way_round_is_said_as_well(
    states: tuple[Path, Path], form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    kg.rename_article(states[1], "dyke", "sea")
    text = states[1] / "port.txt"
    text.write_text(text.read_text(encoding="utf-8") + "\nThat is all.\n", encoding="utf-8")
    names = ["after", "before"]
    for name in names if form else ():
        kg.open(name).write(f"{name}.{form}")

    assert run(["diff", *(f"{name}.{form}".removesuffix(".") for name in names)]) == 0
    summary, *lines = capsys.readouterr().out.splitlines()
    assert summary == "1 claim added, 1 claim deleted, 1 article added, 1 article deleted, 1 article changed"
    assert sorted(filter(None, lines)) == sorted(
        [
            *("dyke", "  added", "  c01 added: the dyke is safe"),
            *("port", "  text changed"),
            *("sea", "  deleted", "  c01 deleted: the dyke is safe"),
        ]
    )
