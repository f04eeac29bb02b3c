"""`kg revise`: an article gets the text that its paper corrected, and claims keep, move or lose their words."""

from __future__ import annotations

import io
import os
import pty
import shlex
import shutil
import sys
from pathlib import Path

import pytest

import kg
from kg.cli import run
from kg.corpus import read_corpus
from kg.history.anchor_decisions import AnchorDecision
from support import ROOT
from support.corrections import CLAIMS, NEW, OLD, corrections
from support.file_sets import killed_after

DECISIONS = {
    "c01": AnchorDecision("reanchor"),
    "c03": AnchorDecision("keep"),
    "c04": AnchorDecision("withdraw", "The paper took it out.", "2026-11-05"),
}
OPTIONS = [
    "--reanchor",
    "c01",
    "--keep",
    "c03",
    "--withdraw",
    "c04",
    "The paper took it out.",
    "--on",
    "2026-11-05",
]
FILES = ("jobs.txt", "jobs.1.txt", "jobs.claims.yaml", "readings/ben/jobs.claims.yaml")


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return corrections(tmp_path / "corpus")


def contents(folder: Path) -> list[str]:
    """Return the files that a revision writes, `""` for one that is not there."""
    return [(folder / name).read_text() if (folder / name).exists() else "" for name in FILES]


def in_terminal(monkeypatch: pytest.MonkeyPatch, answers: str) -> None:
    """Let commands take what they print and read for a terminal, in which somebody gives answers."""
    monkeypatch.setattr(sys, "stdin", io.StringIO(answers))
    for stream in (sys.stdin, sys.stdout):
        monkeypatch.setattr(stream, "isatty", lambda: True)


def edited(folder: Path, old: str, new: str) -> None:
    file = folder / "jobs.claims.yaml"
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new))


def test_whoever_could_not_read_the_files_still_cannot(corpus: Path) -> None:
    for name in ("jobs.txt", "jobs.claims.yaml"):
        (corpus / name).chmod(0o600)

    kg.open(corpus).revise("jobs", "jobs-corrected.txt", DECISIONS)

    modes = {
        name: (corpus / name).stat().st_mode & 0o777 for name in ("jobs.txt", "jobs.1.txt", "jobs.claims.yaml")
    }
    assert set(modes.values()) == {0o600}


def test_claims_whose_words_stay_are_not_touched_and_the_others_are_asked_about(corpus: Path) -> None:
    before = contents(corpus)
    revised = kg.open(corpus).revise("jobs", "jobs-corrected.txt")

    assert (revised.version, revised.published.unchanged) == (2, 2)
    assert [(each.id, [one.anchor.field for one in each.anchors]) for each in revised.undecided] == [
        ("c01", ["words"]),
        ("c03", ["words", "cue"]),
        ("c04", ["words", "cue"]),
        ("sources/owner", ["words"]),
    ]
    (words,) = revised.undecided[0].anchors
    assert words.nearest is not None
    assert (words.nearest.words, words.nearest.differences) == (
        "We will cut 50 jobs",
        ("the article has '50', the words have '500'",),
    )
    assert contents(corpus) == before


def test_all_files_of_the_article_change_together(corpus: Path) -> None:
    revised = kg.open(corpus).revise("jobs", "jobs-corrected.txt", DECISIONS, issued="2026-11-04")

    assert revised.published == ("", 2, ("c01",), ("c03",), ("c04",))
    assert revised.readings == (("ben", 1, (), ("b1",), ()),)
    text, earlier, claims, reading = contents(corpus)
    assert (text, earlier) == (f"date 2026-11-02\n\n{NEW}", OLD)
    assert kg.open(corpus).validate().ok
    assert (
        claims
        == CLAIMS.replace(
            "annotation: {by: anna, on: 2026-11-03, reviewed: {by: ben, on: 2026-11-03}}",
            claims[claims.index("article:") : claims.index("annotation:")]
            + "annotation: {by: anna, on: 2026-11-03, reviewed: {by: ben, on: 2026-11-03, text_version: 1}}",
        )
        .replace(
            "    words: We will cut 500 jobs\n",
            '    words: We will cut 50 jobs\n    earlier: {"1": We will cut 500 jobs}\n',
        )
        .replace(
            "    words: the machines have been sold\n",
            "    words: the machines have been sold\n    text_version: 1\n",
        )
        .replace(
            CLAIMS[CLAIMS.index("  c04:") : CLAIMS.index("  c05:")],
            "",
        )
        + "\nwithdrawn:\n  c04:\n    on: 2026-11-05\n    why: The paper took it out.\n"
    )
    assert "b1: {speaker: berg, words: We will cut 500 jobs, text_version: 1, cue: said, act: promises}" in reading


def test_the_library_sees_which_text_each_claim_is_in(corpus: Path) -> None:
    kg.open(corpus).revise("jobs", "jobs-corrected.txt", DECISIONS, issued="2026-11-04")
    found = {claim.id: (claim.text_version, claim.words) for claim in kg.open(corpus).claims()}

    assert found == {
        "jobs/c01": (2, "We will cut 50 jobs"),
        "jobs/c02": (2, "Nobody told us"),
        "jobs/c03": (1, "the machines have been\nsold"),
        "jobs/c05": (2, "This has been a very hard decision"),
    }


def test_the_docs_show_what_happens(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = (ROOT / "docs" / "revising.md").read_text(encoding="utf-8")
    before = (corpus / "jobs.claims.yaml").read_text()
    shown = [line for line in page.splitlines() if line.startswith("kg revise corpus/")]
    outputs = []
    for command, status in zip(shown, (1, 0), strict=True):
        assert run(shlex.split(command)[1:]) == status
        outputs.append(capsys.readouterr().out.strip("\n"))
    written = (corpus / "jobs.claims.yaml").read_text()

    assert [each in page for each in (f"```text\n{output}\n```" for output in outputs)] == [True, True]
    article = written[written.index("article:") : written.index("annotation:")]
    claims = (
        written[written.index("  c01:") : written.index("  c02:")]
        + written[written.index("  c03:") : written.index("  c05:")]
    )
    assert f"```yaml\n{article}```" in page
    assert f"```yaml\nclaims:\n{claims}```" in page
    assert before != written


@pytest.mark.slow
def test_a_second_correction_keeps_both_earlier_texts_and_when_each_was_published(corpus: Path) -> None:
    kg.open(corpus).revise("jobs", "jobs-corrected.txt", DECISIONS, issued="2026-11-04")
    Path("third.txt").write_text(NEW.replace("50 jobs", "49 jobs"))
    revised = kg.open(corpus).revise("jobs", "third.txt", {"c01": AnchorDecision("reanchor")}, issued="2026-11-06")
    rows = kg.open(corpus).query("SELECT ?text ?day { ?text a schema:MediaObject ; dcterms:issued ?day }")

    assert (revised.version, revised.published.kept) == (3, ())
    assert kg.open(corpus).validate().ok
    assert sorted((row["text"][-6:], row["day"]) for row in rows) == [
        ("jobs/1", "2026-11-02"),
        ("jobs/2", "2026-11-04"),
        ("jobs/3", "2026-11-06"),
    ]
    assert 'earlier: {"1": We will cut 500 jobs, "2": We will cut 50 jobs}' in contents(corpus)[2]


def test_a_claim_with_fact_checks_is_re_anchored_only_if_they_hold_for_the_new_words(corpus: Path) -> None:
    edited(corpus, "    act: announces\n", "    act: announces\n    reviews: [{url: https://checks.example/1}]\n")

    with pytest.raises(kg.UsageError, match=r"^c01: it has fact-checks, which are of its old words"):
        kg.open(corpus).revise("jobs", "jobs-corrected.txt", DECISIONS)
    hold = {**DECISIONS, "c01": AnchorDecision("reanchor", reviews_hold=True)}
    assert kg.open(corpus).revise("jobs", "jobs-corrected.txt", hold).published.reanchored == ("c01",)


def test_other_words_are_looked_for_in_the_new_text(corpus: Path) -> None:
    other = {**DECISIONS, "c01": AnchorDecision("reanchor", words={"words": "cut 50 jobs", "cue": None})}
    wrong = {**DECISIONS, "c01": AnchorDecision("reanchor", words={"words": "cut 51 jobs"})}

    with pytest.raises(kg.UsageError, match=r"^c01 words: words must be in the article exactly as written"):
        kg.open(corpus).revise("jobs", "jobs-corrected.txt", wrong)
    kg.open(corpus).revise("jobs", "jobs-corrected.txt", other)
    assert '    words: cut 50 jobs\n    earlier: {"1": We will cut 500 jobs}' in contents(corpus)[2]


def test_words_that_now_occur_twice_get_the_passage_around_them(corpus: Path) -> None:
    Path("twice.txt").write_text(f'{OLD}\n"Nobody told us", Berg said, too.\n')
    kg.open(corpus).revise("jobs", "twice.txt")
    claim = kg.open(corpus).claim("jobs/c02")

    assert [(each.start, each.exact) for each in claim.parts] == [(91, "Nobody told us")]
    assert "words: {words: Nobody told us, in: " in contents(corpus)[2]


def test_a_cue_is_not_taken_for_the_same_word_elsewhere(corpus: Path) -> None:
    """`said` after the claim's words stays the claim's, also if another comes between."""
    Path("said.txt").write_text(OLD.replace('jobs", director', 'jobs" - as nobody said before -, director'))
    kg.open(corpus).revise("jobs", "said.txt")
    cue = "SELECT ?start { ?claim kg:cueAt/oa:start ?start FILTER(STRENDS(STR(?claim), 'c01')) }"

    text = Path("said.txt").read_text().removeprefix("date 2026-11-02\n\n")
    assert kg.open(corpus).query(cue) == [{"start": str(text.index("said on Monday"))}]


def test_quotation_marks_that_went_are_noted(corpus: Path) -> None:
    Path("marks.txt").write_text(OLD.replace('"Nobody told us", said', "Nobody told us, said"))
    revised = kg.open(corpus).revise("jobs", "marks.txt", dry_run=True)

    assert revised.notes == (
        "c02 was direct and is indirect now: its words stay, and the quotation marks around them do not",
    )


def test_offsets_and_line_ends_follow_in_any_script(corpus: Path) -> None:
    edited(corpus, "words: Nobody told us,", "words: {words: Nobody told us, start: 91},")
    new = OLD.replace("The mill", "המפעל 🏭👩‍🚀 é The mill").replace("\n", "\r\n")
    Path("windows.txt").write_bytes(new.encode())
    kg.open(corpus).revise("jobs", "windows.txt")

    assert kg.open(corpus).validate().ok
    (claim,) = [each for each in kg.open(corpus).claims() if each.id == "jobs/c02"]
    assert [(each.start, each.exact) for each in claim.parts] == [(104, "Nobody told us")]
    assert (corpus / "jobs.txt").read_bytes() == new.encode()


def test_the_same_characters_of_two_texts_are_not_the_same_words(corpus: Path) -> None:
    Path("new.txt").write_text(OLD.replace("500", "501"))
    kg.open(corpus).revise("jobs", "new.txt", {"c01": AnchorDecision("reanchor")})
    agreed = kg.open(corpus).agreement(("ben",), published=True).passages(("ben", "published"))

    assert (agreed.claims, agreed.both) == ((2, 5), 1)


@pytest.mark.parametrize("as_graphs", [False, True])
def test_kg_diff_says_it_in_words(corpus: Path, capsys: pytest.CaptureFixture[str], *, as_graphs: bool) -> None:
    shutil.copytree(corpus, "before")
    kg.open(corpus).revise("jobs", "jobs-corrected.txt", DECISIONS, issued="2026-11-04")
    states = ["before", "corpus"]
    if as_graphs:
        for name in states:
            kg.open(name).write(f"{name}.nq")
        states = [f"{name}.nq" for name in states]

    assert run(["diff", *states]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert sum("kept to version" in line for line in lines) == 1
    assert "  c01 re-anchored: We will cut 500 jobs → We will cut 50 jobs" in lines
    assert "  the paper corrected its text: version 1 → version 2" in lines
    assert "  c03 kept to version 1 of the text" in lines
    assert "1 article corrected by its paper" in lines[0]
    assert "1 claim kept to the earlier text" in lines[0]


def test_a_source_that_only_a_withdrawn_claim_had_goes_with_it(corpus: Path) -> None:
    gone = AnchorDecision("withdraw", "The paper took it out.", "2026-11-05")

    revised = kg.open(corpus).revise("jobs", "jobs-corrected.txt", {**DECISIONS, "c03": gone})

    assert revised.notes == ("sources/owner is deleted: only a withdrawn claim had it",)
    assert "owner" not in contents(corpus)[2]
    assert kg.open(corpus).validate().ok


def test_a_draft_is_revised_too(corpus: Path) -> None:
    edited(corpus, "annotation: {by: anna,", "annotation: {status: draft, by: anna,")

    assert kg.open(corpus).revise("jobs", "jobs-corrected.txt", DECISIONS).version == 2


@pytest.mark.parametrize(
    ("new", "issued", "message"),
    [
        (OLD, "", "new.txt: this is the text that the article has: there is nothing to revise"),
        ("date 2026-11-02\n", "", "new.txt: the new text must have words, this has none: name another file"),
        (
            f"date 2026-11-04 {NEW}",
            "",
            "new.txt: it begins with `date 2026-11-04`, and the article with `date 2026-11-02`: delete that date, "
            "or, if the paper corrected its text then, give it as --issued 2026-11-04",
        ),
        (
            NEW,
            "soon",
            "The date of a correction must be a year, month or day that is certain, not 'soon'.",
        ),
    ],
)
def test_a_text_that_cannot_be_a_correction_is_refused(corpus: Path, new: str, issued: str, message: str) -> None:
    Path("new.txt").write_text(new)

    with pytest.raises(kg.UsageError) as refused:
        kg.open(corpus).revise("jobs", "new.txt", issued=issued)
    assert str(refused.value) == message


def test_decisions_on_what_did_not_change_are_refused(corpus: Path) -> None:
    with pytest.raises(kg.UsageError, match=r"^c02: nothing is to be decided on it"):
        kg.open(corpus).revise("jobs", "jobs-corrected.txt", {"c02": AnchorDecision("keep")})


def test_an_article_that_is_wrong_already_is_corrected_first(corpus: Path) -> None:
    edited(corpus, "words: Nobody told us,", "words: Nobody told me,")

    with pytest.raises(kg.CorpusError, match="words must be in the article exactly as written"):
        kg.open(corpus).revise("jobs", "jobs-corrected.txt")


@pytest.mark.usefixtures("corpus")
def test_a_correction_before_the_article_is_shown_as_it_would_be_written(
    capsys: pytest.CaptureFixture[str],
) -> None:
    command = ["revise", "corpus/jobs.txt", "jobs-corrected.txt", "--issued", "2025-01-01"]

    assert run([*command, *OPTIONS]) == 1
    shown = capsys.readouterr().err
    assert "as it would be written, at article.corrected: corrected: 2025-01-01\n" in shown
    assert "^" not in shown


def test_a_file_with_decisions_does_as_the_options(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("decisions.yaml").write_text(
        "c01: {words: We will cut 50 jobs}\nc03: keep\nc04: {withdraw: The paper took it out.}\n"
    )
    command = ["revise", "corpus/jobs.txt", "jobs-corrected.txt", "--issued", "2026-11-04"]

    assert run([*command, "--decisions", "decisions.yaml", "--on", "2026-11-05"]) == 0
    by_file = contents(corpus)
    corrections(corpus)
    (corpus / "jobs.1.txt").unlink()
    assert run([*command, *OPTIONS]) == 0
    assert contents(corpus) == by_file
    assert run([*command, "--decisions", "decisions.yaml", "--keep", "c01"]) == 2
    assert capsys.readouterr().err == "kg: c01 is decided twice: decide it once.\n"


@pytest.mark.usefixtures("corpus")
@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("move", '"move"'),
        ("[keep, c03]", '["keep","c03"]'),
        ("{}", "{}"),
        ("{words: {text: cut}}", '{"words":{"text":"cut"}}'),
        (
            "{words: cut, cue: {words: said, start: first}}",
            '{"words":"cut","cue":{"words":"said","start":"first"}}',
        ),
        ("{withdraw: [gone]}", '{"withdraw":["gone"]}'),
        ("{keep: '', words: cut}", '{"keep":"","words":"cut"}'),
    ],
)
def test_a_decision_that_is_none_is_an_error(written: str, shown: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("decisions.yaml").write_text(f"c01: {written}\n")

    assert run(["revise", "corpus/jobs.txt", "jobs-corrected.txt", "--decisions", "decisions.yaml"]) == 2
    assert capsys.readouterr().err == (
        f"kg: decisions.yaml: `c01` must be reanchor, keep, {{withdraw: why}} or {{words: …}}, it is {shown}.\n"
    )


@pytest.mark.skipif(sys.platform == "win32", reason="it has no pseudo-terminals")
def test_a_terminal_asks_for_each_claim_and_takes_only_words_of_the_new_text(corpus: Path) -> None:
    answers = ["t", "cut 51 jobs", "t", "cut 50 jobs", "?", "k", "w", "The paper took it out."]
    program = "import sys; from kg.cli import run; sys.exit(run(sys.argv[1:]))"
    arguments = ["revise", "corpus/jobs.txt", "jobs-corrected.txt", "--issued", "2026-11-04", "--on", "2026-11-05"]
    child, terminal = pty.fork()
    if child == 0:
        os.execv(sys.executable, [sys.executable, "-c", program, *arguments])
    shown = ""
    for answer in (*answers, ""):
        end = "written: corpus/readings/ben/jobs.claims.yaml" if not answer else (" ",)
        while not shown.rstrip("\r\n").endswith(end) or shown.endswith("\n") != (not answer):
            shown += os.read(terminal, 4096).decode()
        if answer:
            os.write(terminal, f"{answer}\n".encode())
            shown = ""
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    claims = contents(corpus)[2]
    assert '    words: cut 50 jobs\n    earlier: {"1": We will cut 500 jobs}' in claims
    assert "    text_version: 1\n" in claims
    assert "why: The paper took it out." in claims


def test_the_end_of_the_input_stops_and_says_how_to_go_on(
    corpus: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    in_terminal(monkeypatch, "k\nw\n\n")
    before = (corpus / "jobs.claims.yaml").read_bytes()

    assert run(["revise", "corpus/jobs.txt", "jobs-corrected.txt"]) == 1
    shown = capsys.readouterr().err
    assert "c03: a reason is needed to withdraw it.\n" in shown
    assert shown.endswith("To go on from here: kg revise corpus/jobs.txt jobs-corrected.txt --keep c01\n")
    assert (corpus / "jobs.claims.yaml").read_bytes() == before


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("{said: Sunday}", "{edtf: 2026-11-02, words: Sunday}"),
        ("{said: {edtf: 2026-11-01, words: Sunday}}", "{edtf: 2026-11-01, words: Sunday}"),
    ],
)
def test_other_words_of_a_date_leave_the_date_unless_it_is_given(corpus: Path, given: str, written: str) -> None:
    edited(corpus, "    act: announces\n", "    act: announces\n    said: {edtf: 2026-11-02, words: Monday}\n")
    Path("new.txt").write_text(OLD.replace("on Monday", "on Sunday"))
    Path("decisions.yaml").write_text(f"c01: {given}\n")

    assert run(["revise", "corpus/jobs.txt", "new.txt", "--decisions", "decisions.yaml"]) == 0
    assert f"    said: {written}\n" in contents(corpus)[2]


def test_what_was_answered_is_not_lost_if_the_result_has_a_violation(
    corpus: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    edited(corpus, "cue: added, act: states", "cue: added, act: states, relations: {supports: c01}")
    in_terminal(monkeypatch, "w\nGone.\nk\nk\n")

    assert run(["revise", "corpus/jobs.txt", "jobs-corrected.txt", "--on", "2026-11-05"]) == 1
    shown = capsys.readouterr().err
    command = (
        "kg revise corpus/jobs.txt jobs-corrected.txt --withdraw c01 Gone. --keep c03 --keep c04 --on 2026-11-05"
    )
    assert shown.startswith(
        f"Nothing was written. To go on from here: {command}\ncorpus/jobs.claims.yaml: violation:"
    )


def test_who_stops_after_some_decisions_can_go_on_from_there(
    corpus: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    in_terminal(monkeypatch, "t\ncut 50 jobs\nw\nGone.\ns\n")
    assert run(["revise", "corpus/jobs.txt", "jobs-corrected.txt", "--on", "2026-11-05"]) == 1

    message, _, words = capsys.readouterr().err.partition("To go on from here: ")[2].partition("\n")
    assert words == "FILE must have the words that you gave:\n  c01: {words: cut 50 jobs}\n"
    Path("FILE").write_text(words.partition("\n")[2])
    monkeypatch.undo()
    monkeypatch.chdir(corpus.parent)
    assert run([*shlex.split(message)[1:], "--keep", "c04"]) == 0
    claims = contents(corpus)[2]
    assert "words: cut 50 jobs" in claims
    assert "  c03:\n    on: 2026-11-05\n    why: Gone.\n" in claims


@pytest.mark.slow
def test_a_killed_run_leaves_the_old_state_or_one_that_the_next_run_completes(corpus: Path, tmp_path: Path) -> None:
    old = contents(corpus)
    whole = corrections(tmp_path / "whole")
    kg.open(whole).revise("jobs", "jobs-corrected.txt", DECISIONS, issued="2026-11-04")
    new, seen = contents(whole), set()
    for step in range(12):
        folder = corrections(tmp_path / f"killed-{step}")
        command = ["revise", str(folder / "jobs.txt"), "jobs-corrected.txt", "--issued", "2026-11-04", *OPTIONS]
        if not (is_killed := killed_after(step, command)):
            break
        interrupted = (folder / ".kg-changes/journal").exists()
        if interrupted:
            with pytest.raises(kg.UsageError, match="a command was stopped while it changed several files here"):
                read_corpus(folder)
            run(["revise", str(folder / "jobs.txt"), "jobs-corrected.txt"])
        assert contents(folder) == (new if interrupted else old)
        assert kg.open(folder).validate().ok
        seen.add(interrupted)
    assert (is_killed, seen) == (False, {True, False})


def test_a_file_that_somebody_writes_meanwhile_is_not_overwritten(corpus: Path) -> None:
    from kg.history.revising import ArticleRevision

    opened = kg.open(corpus)
    revision = ArticleRevision(opened._publication, "jobs", Path("jobs-corrected.txt"))
    edited(corpus, "# How Anna read it.", "# How Anna and Ben read it.")
    before = contents(corpus)

    with pytest.raises(kg.FileError, match="somebody else changed this file meanwhile"):
        revision.revise(DECISIONS)
    assert contents(corpus) == before
