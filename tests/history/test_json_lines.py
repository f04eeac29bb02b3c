"""Articles and readings in JSON Lines, which have no layout to keep: what each command does, or says to do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kg.cli import run
from support.readings import newsroom

PROGRAM = "  spotter: {type: SoftwareApplication, name: Spotter, version: '1'}\n"
NOT_ONE_BY_ONE = (
    "articles in JSON Lines are not edited one by one, since a line has no layout to keep: write the article as "
    "`NAME.txt` with its `NAME.claims.yaml`\n"
)


def line(by: str) -> str:
    """Return an article as a line of JSON Lines, annotated by somebody."""
    article = {"id": "quay", "text": "date 2026-05-01\n\nThe union says the quay stays open."}
    claim = {"speaker": "union", "words": "the quay stays open", "act": "states", "gist": "The quay stays open."}
    return json.dumps({"article": article, "claims": {"c01": claim}, "annotation": {"by": by, "on": "2026-05-02"}})


@pytest.fixture
def news(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a corpus with an article in JSON Lines, which two people and a program have read."""
    monkeypatch.chdir(tmp_path)
    folder = newsroom(Path("news"))
    with (folder / "corpus.yaml").open("a", encoding="utf-8") as file:
        file.write(PROGRAM)
    (folder / "more.jsonl").write_text(f"{line('anna')}\n", encoding="utf-8")
    for name in ("anna", "ben", "spotter"):
        (folder / "readings" / name).mkdir(exist_ok=True)
        (folder / "readings" / name / "more.jsonl").write_text(f"{line(name)}\n", encoding="utf-8")
    Path("new.txt").write_text("date 2026-05-01\n\nThe union says the quay stays wide open.", encoding="utf-8")
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    """Return the files of a folder."""
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    "arguments",
    [
        ["adjudicate", "news/more.jsonl", "--by", "anna", "--take", "ben"],
        ["revise", "news/more.jsonl", "new.txt"],
        ["proposals", "news/more.jsonl"],
        ["proposals", "news", "--by", "anna", "--accept", "more.jsonl/spotter/c01"],
    ],
)
def test_an_article_in_json_lines_is_not_edited(
    news: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    before = contents(news)

    assert run(arguments) == 2

    assert capsys.readouterr() == ("", f"kg: news/more.jsonl: {NOT_ONE_BY_ONE}")
    assert contents(news) == before


def test_an_article_in_json_lines_is_found_by_its_id(news: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = contents(news)

    assert run(["proposals", "news", "--by", "anna", "--refuse", "quay/spotter/c01"]) == 2

    assert capsys.readouterr() == ("", f"kg: news/more.jsonl:1: {NOT_ONE_BY_ONE}")
    assert contents(news) == before


@pytest.mark.usefixtures("news")
def test_readings_in_json_lines_are_left_out_where_others_are_decided_on(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["adjudicate", "news"]) == 0
    out, err = capsys.readouterr()
    assert [row.split()[0] for row in out.splitlines()] == ["article", "───────", "dyke", "port"]
    files = ", ".join(f"news/readings/{name}/more.jsonl" for name in ("anna", "ben", "spotter"))
    assert err.splitlines(keepends=True)[0] == f"left out: {files}: {NOT_ONE_BY_ONE}"

    assert run(["proposals", "news"]) == 0
    assert capsys.readouterr() == (
        "",
        f"left out: news/readings/spotter/more.jsonl: {NOT_ONE_BY_ONE}"
        "nothing to decide: `kg import proposals` takes what a program proposes\n",
    )


@pytest.mark.parametrize(
    ("arguments", "old", "new"),
    [
        (["entity", "union", "workers"], '"speaker": "union"', '"speaker": "workers"'),
        (["claim", "quay/c01", "c09"], '"claims": {"c01"', '"claims": {"c09"'),
        (["article", "quay", "dock"], '"article": {"id": "quay"', '"article": {"id": "dock"'),
    ],
)
def test_things_in_json_lines_are_renamed(news: Path, arguments: list[str], old: str, new: str) -> None:
    assert old in (news / "more.jsonl").read_text(encoding="utf-8")

    assert run(["rename", *arguments, "--corpus", "news"]) == 0

    written = (news / "more.jsonl").read_text(encoding="utf-8")
    assert (old in written, new in written) == (False, True)
    assert run(["validate", "news"]) == 0


@pytest.mark.usefixtures("news")
def test_readings_in_json_lines_are_compared(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["agree", "news", "--format", "csv", "--by-article"]) == 0
    assert "quay" in capsys.readouterr().out
