"""`kg new`: a draft with the words in quotation marks, in which everything else is still to be decided."""

from __future__ import annotations

import errno
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kg.cli import run
from kg.corpus import read_corpus
from kg.drafts import drafts, write_drafts
from kg.drafts.claims_draft import Draft, draft, draft_settings
from kg.drafts.other_files import IMPORTED
from kg.errors import FileError
from kg.importers import importer_names
from support import ROOT, SEEDS
from support.documents import tree
from support.readme import blocks

resource = pytest.importorskip("resource")

DRAFTS = ROOT / "tests" / "data" / "drafts"
AGAIN = "it could not be written: File too large; nothing was written: try again"
ARTICLE = "000_411f4785dd135aae"
UNDECIDED = (
    "warning: a claim must say who made it, and here it is undecided: give an entity, a source of this file, "
    "`unnamed` or `article`, or delete the claim [undecided]"
)


@pytest.fixture
def four(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Go to a corpus of four articles in four languages, without their claims."""
    shutil.copytree(DRAFTS, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.claims.yaml"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def said(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Return what was said on stderr, a line each."""
    return capsys.readouterr().err.splitlines()


@pytest.mark.parametrize("language", ["nl", "en", "fr", "de"])
def test_a_draft_has_what_is_quoted_and_guesses_in_comments(language: str, four: Path) -> None:
    """The files were looked over by a person; `kg new --stdout` writes them anew."""
    options = [] if language == "nl" else ["--language", language]

    assert run(["new", f"{language}.txt", *options]) == 0
    assert (four / f"{language}.claims.yaml").read_text() == (DRAFTS / f"{language}.claims.yaml").read_text()


def test_validate_tells_what_is_left_to_decide(seeds: Path, capsys: pytest.CaptureFixture[str]) -> None:
    claims = seeds / f"{ARTICLE}.claims.yaml"
    claims.unlink()
    run(["new", str(seeds / f"{ARTICLE}.txt")])
    lines = claims.read_text().split("\n")
    capsys.readouterr()

    assert lines[0] == "# yaml-language-server: $schema=schemas/claims.schema.json"
    assert run(["validate", "seeds"]) == 0
    shown = [line for line in capsys.readouterr().out.splitlines() if line.startswith("seeds/")]
    undecided = [number for number, line in enumerate(lines, 1) if line == "    speaker: undecided"]
    by = lines.index("annotation:") + 1
    assert shown == [
        f"{claims}:{by}:1: warning: An annotation should say who made it: give `by` in `annotation`. "
        "[annotation-signed]",
        *(f"{claims}:{number}:14: {UNDECIDED}" for number in undecided),
    ]
    assert len(undecided) == 7


def test_a_draft_that_is_done_must_have_no_undecided_speaker(
    seeds: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    claims = seeds / f"{ARTICLE}.claims.yaml"
    claims.unlink()
    run(["new", str(seeds / f"{ARTICLE}.txt")])
    claims.write_text(claims.read_text().replace("status: draft", "status: done"))
    capsys.readouterr()

    assert run(["validate", "seeds", "-f", "json"]) == 1
    assert capsys.readouterr().out.count('"rule": "undecided"') == 7


def test_what_is_decided_and_done_is_published(seeds: Path, capsys: pytest.CaptureFixture[str]) -> None:
    claims = seeds / f"{ARTICLE}.claims.yaml"
    claims.unlink()
    run(["new", str(seeds / f"{ARTICLE}.txt")])
    run(["export", "seeds", "-f", "nt", "-o", "draft.nt"])
    decided = claims.read_text().replace("# by: ", "by: ").replace("speaker: undecided", "speaker: stoltenberg")
    decided = decided.replace("\n    # act: ", "\n    act: ")
    claims.write_text(decided.replace("status: draft", "on: 2026-12-01\n  status: done"))
    capsys.readouterr()

    assert run(["validate", "seeds"]) == 0
    # Of one claim no act was guessed.
    assert said(capsys) == ["1 warning in 1 file: 1 article, 7 claims checked"]
    assert run(["export", "seeds", "-f", "nt", "-o", "done.nt"]) == 0
    assert [
        Path(file).read_text().count("type> <http://schema.org/Claim>") for file in ("draft.nt", "done.nt")
    ] == [0, 7]


@pytest.mark.parametrize(
    "arguments", [["build"], ["build", "--fresh"], ["export", "-o", "out.nt"], ["export", "-f", "csv"]]
)
def test_a_corpus_of_drafts_alone_is_published_with_a_remark(
    arguments: list[str], seeds: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    claims = seeds / f"{ARTICLE}.claims.yaml"
    finished = claims.read_text()
    claims.write_text(finished.replace("status: done", "status: draft"))
    remark = "every article is a draft, so no claim is published: write `status: done` in those that are finished"

    assert run(arguments) == 0
    assert said(capsys)[-1] == remark
    claims.write_text(finished)
    assert run(arguments) == 0
    assert remark not in said(capsys)


@pytest.mark.parametrize("id", ["undecided", "unnamed"])
def test_an_entity_cannot_be_called_what_a_draft_has_for_nobody(
    id: str, seeds: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (seeds / "entities.yaml").open("a") as file:
        file.write(f"{id}: {{type: Person, name: Nobody}}\n")

    assert run(["validate", "seeds"]) == 1
    assert f"an id must not be `{id}`, which means" in capsys.readouterr().out


def test_the_draft_of_the_seed_guesses_right_who_spoke() -> None:
    text = re.sub(r"\A.*?2020-02 ", "", (SEEDS / f"{ARTICLE}.txt").read_text())
    written = draft(text, "2020-02", draft_settings(read_corpus(SEEDS)), schema="schemas/claims.schema.json")

    assert re.findall(r"## Who.*", written.text) == [
        "## Who? Perhaps stoltenberg: “Jens Stoltenberg, weerlegt”",
        "## Who? Perhaps stoltenberg: “zei Stoltenberg”",
        "## Who is “Hij”? Perhaps stoltenberg: “Hij nodigde Frankrijk uit”",
        "## Who? Perhaps stoltenberg: “aldus Stoltenberg”",
        "## Who? Perhaps stoltenberg: “Volgens de NAVO-baas”",
        "## Who? Perhaps stoltenberg: “Volgens de NAVO-baas”",
        "## Who? Perhaps stoltenberg: “klinkt het”",
        "## Who? Perhaps stoltenberg: “Stoltenberg eiste”",
        "## Who? Perhaps stoltenberg: “De NAVO-baas weerlegde”",
        "## Who? Perhaps nato-members: “De NAVO-landen gingen in 2014 immers zelf akkoord”",
        "## Who? Perhaps macron: “stelde de Franse president Emmanuel Macron een “strategische dialoog” voor”",
        "## Who is “Hij”? Perhaps macron: “Hij zei”",
        "## Who is “hij”? Perhaps macron: “sloot hij uit”",
        "## Who? Perhaps macron: “Macron pleit”",
        "## Who is “hij”? Perhaps macron: “zei hij”",
        "## Who is “Hij”? Perhaps macron: “Hij is van mening”",
    ]


def test_the_guideline_shows_a_draft_as_it_is() -> None:
    article = (SEEDS / f"{ARTICLE}.txt").read_text()
    text = article[article.index("“We hebben") : article.index(", een stap die")] + "."

    assert (
        blocks("yaml", "docs/annotating.md")[0] == draft(text, "2020-02", draft_settings(read_corpus(SEEDS))).text
    )


@pytest.mark.usefixtures("four")
def test_new_files_are_listed_with_what_to_do_next(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["new", "nl.txt", "nl.txt"]) == 0
    assert said(capsys) == [
        "nl.claims.yaml: 4 claims to decide, 2 more in comments",
        "`kg validate . --watch` lists what is left to decide, every time you save.",
    ]


def test_a_claims_file_is_never_overwritten(seeds: Path, capsys: pytest.CaptureFixture[str]) -> None:
    claims = seeds / f"{ARTICLE}.claims.yaml"
    before = claims.read_bytes()

    assert run(["new", str(seeds / f"{ARTICLE}.txt")]) == 2
    assert said(capsys) == [
        f"kg: {claims}: this file exists and is not overwritten: continue with it, or use --stdout"
    ]
    assert claims.read_bytes() == before


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("a.TXT", ", and this is `.TXT`: rename it to `a.txt`"),
        ("a.claims.yaml", ", and this is a claims file: name its text, `a.txt`"),
        (
            "corpus.yaml",
            ", and this is a file of the corpus itself: `kg validate .` reads it; name the text of an article",
        ),
        (
            "a.jsonl",
            ", and this is JSON Lines: if it has articles of a corpus, `kg validate .` reads them as they are; if "
            "another tool exported it, `kg import FORMAT a.jsonl -o NEW-FOLDER` makes a corpus of it "
            "(`kg import --help` lists the formats)",
        ),
        ("a.csv", ", and this is a table: `kg import csv a.csv -o NEW-FOLDER` makes a corpus of it"),
        ("a.xlsx", ", and this is an Excel workbook: `kg import xlsx a.xlsx -o NEW-FOLDER` makes a corpus of it"),
        (
            "a.json",
            ", and this is JSON: if another tool exported it, `kg import FORMAT a.json -o NEW-FOLDER` makes a "
            "corpus of it (`kg import --help` lists the formats)",
        ),
        ("a.ttl", ", and this is RDF: `kg validate a.ttl` checks it"),
        ("a.docx", ": save its text as `a.txt`"),
    ],
)
def test_a_file_that_is_no_text_is_called_what_it_is_with_the_command_that_takes_it(
    name: str, what: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name).write_text("x")

    assert run(["new", name]) == 2
    assert said(capsys) == [f"kg: {name}: an article must be plain text, in a file whose name ends in `.txt`{what}"]


def test_every_format_that_is_named_for_a_file_can_be_imported() -> None:
    assert {form for _, form in IMPORTED.values()} <= set(importer_names())


@pytest.mark.usefixtures("four")
def test_all_that_is_wrong_is_reported_at_once_and_nothing_is_written(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name in ("nl.claims.yaml", "notes.md"):
        Path(name).write_text("x")
    Path("empty.txt").write_text("date 2020-02\n\n")
    Path("bell.txt").write_text("Ding\a dong")
    Path("folder.txt").mkdir()

    given = ["en.txt", "nl.txt", "notes.md", "none.txt", "empty.txt", "bell.txt", "folder.txt"]
    assert run(["new", *given]) == 2
    assert said(capsys) == [
        "kg: nothing was written:",
        "    nl.claims.yaml: this file exists and is not overwritten: continue with it, or use --stdout",
        "    notes.md: an article must be plain text, in a file whose name ends in `.txt`: save its text as "
        "`notes.txt`",
        "    none.txt: there is no such file: name the text of an article",
        "    folder.txt: an article must be a text file, this is a folder: name the files in it",
        "    empty.txt:1:1: an article must have a text, this one has none: add it",
        "    bell.txt:1:5: a text must be free of control characters, this is U+0007: delete it",
    ]
    assert not Path("en.claims.yaml").exists()


@pytest.mark.usefixtures("four")
def test_faults_of_the_texts_alone_are_shown_at_their_lines(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.txt").write_bytes(b"\xff")
    Path("b.txt").write_text("\n\n")

    assert run(["new", "a.txt", "b.txt"]) == 1
    assert [line for line in said(capsys) if ".txt" in line] == [
        "a.txt:1:1: violation: the file must be UTF-8, these bytes are not: save it as UTF-8 [not-utf-8]",
        "b.txt:1:1: violation: an article must have a text, this one has none: add it [empty-text]",
    ]


def test_an_article_must_lie_in_a_corpus(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.txt").write_text("Ja.")

    assert run(["new", "a.txt"]) == 2
    assert said(capsys) == [
        "kg: a.txt: an article must be in a corpus, and no folder above it has a `corpus.yaml`: "
        "`kg new --corpus FOLDER` makes one"
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "Name the text of an article, or a folder for a new corpus with --corpus."),
        (["nl.txt", "en.txt", "--stdout"], "--stdout prints one draft: name one article."),
        (["nl.txt", "--corpus", "x"], "--corpus only makes a corpus: draft its articles afterwards."),
        (["--corpus", "."], ".: a corpus must begin in a new or empty folder, this one has files: name another"),
        (["--corpus", "nl.txt"], "nl.txt: a corpus must begin in a folder, this is a file: name another"),
    ],
)
@pytest.mark.usefixtures("four")
def test_what_cannot_work_is_reported(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["new", *arguments]) == 2
    assert said(capsys) == [f"kg: {message}"]


@pytest.mark.usefixtures("four")
def test_a_name_that_is_no_id_is_given_one(capsys: pytest.CaptureFixture[str]) -> None:
    Path("Über uns").mkdir()
    Path("Über uns", "Mein Text.txt").write_text("Er sagt: „Ja.“")

    assert run(["new", "Über uns/Mein Text.txt", "--stdout"]) == 0
    assert "  id: uber-uns/mein-text\n" in capsys.readouterr().out


def test_a_new_corpus_has_nothing_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)

    assert run(["new", "--corpus", "made/here"]) == 0
    assert said(capsys) == [
        *(f"made/here/{name}" for name in ("README.md", "corpus.yaml", "entities.yaml")),
        *(f"made/here/example.{kind}" for kind in ("txt", "claims.yaml")),
        "`kg validate made/here` finds nothing wrong. Now change corpus.yaml and entities.yaml.",
        "Put an article there as NAME.txt, and annotate it in the browser: kg annotate made/here",
    ]
    assert run(["validate", "made/here", "--fail-on", "info"]) == 0
    assert capsys.readouterr() == ("", "nothing to report: 1 article, 2 claims checked\n")


@pytest.fixture
def two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Go to a corpus of two articles, the draft of the first the shorter one."""
    monkeypatch.chdir(tmp_path)
    assert run(["-q", "new", "--corpus", "."]) == 0
    Path("a.txt").write_text("She said: “No.”")
    Path("b.txt").write_text("She said: “No.” He said: “Yes.” " * 20)
    return tmp_path


def test_the_office_of_a_new_corpus_s_person_is_a_role_and_no_other_name(two: Path) -> None:
    """Another name is published without dates. `kg new` finds her by her names alone."""
    jane = read_corpus(two).entities["jane-doe"]
    assert (jane.also, list(jane.roles)) == (["Jane A. Doe"], ["mayor"])

    (file,) = drafts([Path(shutil.copy("example.txt", "again.txt"))])
    assert [line.strip() for line in file.draft.text.splitlines() if "Who" in line] == [
        "#   ## Who? Perhaps jane-doe: “Jane Doe, announced”",
        "## Who is “she”? Perhaps jane-doe: “she said”",
    ]


def limited(size: int, *arguments: str) -> tuple[int, str]:
    """Return the status of `kg` and what it says, where a file cannot have more bytes than `size`."""
    done = subprocess.run(
        [sys.executable, "-B", "-m", "kg", *arguments],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)),
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    return done.returncode, done.stderr


def test_a_draft_for_which_there_is_no_room_is_not_written_nor_is_any_other(two: Path) -> None:
    before = tree(two)

    assert limited(2000, "new", "a.txt", "b.txt") == (3, f"kg: b.claims.yaml: {AGAIN}\n")
    assert tree(two) == before
    assert run(["new", "a.txt", "b.txt"]) == 0
    assert tree(two).keys() - before.keys() == {"a.claims.yaml", "b.claims.yaml"}


@pytest.mark.parametrize("size", [0, 200, 600])
@pytest.mark.parametrize("folder", ["made/here", "empty"])
def test_a_corpus_for_which_there_is_no_room_is_not_begun(folder: str, size: int, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    status, said = limited(size, "new", "--corpus", str(tmp_path / folder))

    assert (status, said[said.index(": it could") :]) == (3, f": {AGAIN}\n")
    assert [*tmp_path.rglob("*")] == [tmp_path / "empty"]


@pytest.mark.usefixtures("two")
def test_a_file_that_came_in_between_stays_and_nothing_else_is_written() -> None:
    started = drafts([Path("a.txt"), Path("b.txt")])
    Path("b.claims.yaml").write_text("mine")
    before = tree(Path())

    with pytest.raises(FileError) as caught:
        write_drafts(started)

    assert str(caught.value) == "b.claims.yaml: the file exists and is not overwritten; nothing was written"
    assert tree(Path()) == before


def test_a_file_system_needs_no_hard_links(two: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_: object) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "link", no_links)
    (started,) = drafts([Path("a.txt")])
    before = tree(two)

    write_drafts([started])

    assert tree(two) == {**before, "a.claims.yaml": started.draft.text}
    with pytest.raises(FileError, match="the file exists"):
        write_drafts([started._replace(draft=Draft("other", 0, 0))])
    assert tree(two) == {**before, "a.claims.yaml": started.draft.text}
