"""What `kg diff` compares: corpora, exports in any format, revisions in git; as a page and as RDF Patch."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
import rdflib

import kg
from kg.cli import run
from kg.errors import CorpusError
from support.edited_corpus import EditedCorpus
from support.editing import edited
from support.readings import ARTICLE, annotate_otherwise, newsroom

Printed = Callable[..., str]


@pytest.fixture
def printed(capsys: pytest.CaptureFixture[str]) -> Printed:
    """Return what runs `kg diff` and returns what it prints."""

    def diff(*arguments: str, status: int = 0) -> str:
        assert run(["diff", *arguments]) == status
        out, err = capsys.readouterr()
        return out if status == 0 else err

    return diff


@pytest.fixture
def states(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """Return two states of a corpus in which much has changed."""
    monkeypatch.chdir(tmp_path)
    before, after = newsroom(Path("before")), newsroom(Path("after"))
    mayor = "{{type: Person, name: Ann Bos, roles: {{mayor: {{title: Mayor, from: 2020{}}}}}}}"
    for state, until in ((before, ""), (after, ", to: 2026-05-04")):
        edited(state / "entities.yaml", "{type: Person, name: Ann Bos}", mayor.format(until))
    file = after / ARTICLE
    annotate_otherwise(after)
    edited(file, "    act: rejects", "    act: rejects\n    contributors: [ben]")
    content = file.read_text(encoding="utf-8")
    withdrawn = "withdrawn: {c04: {on: 2026-05-30, why: The union did not say so.}}\n"
    file.write_text(content[: content.index("  c04: ")] + withdrawn, encoding="utf-8")
    (after / "dyke.claims.yaml").unlink()
    (after / "dyke.txt").unlink()
    return before, after


@pytest.mark.usefixtures("states")
def test_the_summary_says_what_a_newsroom_asks(printed: Printed) -> None:
    assert printed("before", "after").partition("\n")[0] == (
        "1 claim deleted, 1 claim withdrawn, 1 claim reworded, 2 claims changed, 1 date less certain, "
        "1 article deleted, 1 article changed, Ann Bos’s role ends 2026-05-04"
    )


@pytest.mark.parametrize("pair", [("nq", "nq"), ("ttl", "nq"), ("jsonld", "ttl"), ("nt.gz", "rdf"), ("", "trig")])
def test_exports_are_compared_in_the_words_of_corpora(
    states: tuple[Path, Path], pair: tuple[str, str], printed: Printed
) -> None:
    files = []
    for state, suffix in zip(states, pair, strict=True):
        files.append(f"{state}.{suffix}" if suffix else str(state))
        if suffix:
            kg.open(state).write(files[-1])

    from_corpora, from_graphs = printed("before", "after"), printed(*files)
    assert sorted(from_graphs.splitlines()) == sorted(from_corpora.splitlines())


def test_a_graph_and_its_corpus_do_not_differ(states: tuple[Path, Path], printed: Printed) -> None:
    kg.open(states[1]).write("after.ttl")
    assert printed("after.ttl", "after") == "no changes\n"


@pytest.mark.usefixtures("states")
def test_a_publication_is_compared(printed: Printed) -> None:
    assert run(["build", "before", "-o", "published"]) == 0
    assert printed("published", "before") == "no changes\n"
    assert "c01 reworded: The port stays open → The port stays" in printed("published", "after")


def test_what_is_no_graph_of_kg_has_no_claims_to_compare(tmp_path: Path, printed: Printed) -> None:
    file = tmp_path / "other.ttl"
    file.write_text("<https://e.example/a> <https://e.example/b> 1 .\n", encoding="utf-8")
    assert "there is no data set of kg's in it" in printed(str(file), str(file), status=2)
    assert printed(str(file), str(file), "-f", "rdf-patch") == "TX .\nTC .\n"


def sorted_lines(corpus: Path) -> list[str]:
    """Return the N-Quads of a corpus, sorted."""
    kg.open(corpus).write("graph.nq")
    return sorted(Path("graph.nq").read_text(encoding="utf-8").splitlines())


def patched(lines: list[str], patch: str) -> list[str]:
    """Return lines of N-Quads after an RDF Patch, read by its definition and nothing of kg's."""
    quads = set(lines)
    for line in patch.splitlines()[1:-1]:
        operation, quad = line[0], line[2:]
        if operation == "D":
            quads.remove(quad)
        else:
            assert quad not in quads
            quads.add(quad)
    return sorted(quads)


def test_a_patch_makes_the_new_graph_byte_for_byte(states: tuple[Path, Path], printed: Printed) -> None:
    patch = printed("before", "after", "-f", "rdf-patch")
    assert patch.startswith("TX .\n")
    assert patch.endswith("TC .\n")
    assert patched(sorted_lines(states[0]), patch) == sorted_lines(states[1])


def test_rdflib_applies_a_patch(states: tuple[Path, Path], printed: Printed) -> None:
    patch = printed("before", "after", "-f", "rdf-patch")
    graphs = rdflib.Dataset(), rdflib.Dataset()
    for graph, state in zip(graphs, states, strict=True):
        graph.parse(data="\n".join(sorted_lines(state)) + "\n", format="nquads")
    try:
        graphs[0].parse(data=patch, format="patch")
    except rdflib.plugin.PluginException:
        pytest.skip("this version of rdflib does not read RDF Patch")
    assert set(graphs[0].quads()) == set(graphs[1].quads())


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 8))])
def test_patches_of_corpora_that_were_edited_at_random(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, printed: Printed
) -> None:
    monkeypatch.chdir(tmp_path)
    corpus = EditedCorpus(tmp_path / "corpus", Random(seed))
    corpus.write()
    earlier: list[str] = []
    compared = 0
    for _ in range(40):
        try:
            lines = sorted_lines(tmp_path / "corpus")
        except CorpusError:
            lines = []
        if lines:
            Path("new.nq").write_text("\n".join(lines) + "\n", encoding="utf-8")
            if earlier:
                Path("old.nq").write_text("\n".join(earlier) + "\n", encoding="utf-8")
                assert patched(earlier, printed("old.nq", "new.nq", "-f", "rdf-patch")) == lines
                printed("old.nq", "new.nq")
                compared += 1
            earlier = lines
        corpus.edit()
        corpus.write()
    assert compared > 1


def test_a_patch_cannot_name_blank_nodes(tmp_path: Path, printed: Printed) -> None:
    for name, value in (("old", 1), ("new", 2)):
        text = f"<https://e.example/a> <https://e.example/b> [ <https://e.example/c> {value} ] .\n"
        (tmp_path / f"{name}.ttl").write_text(text, encoding="utf-8")
    message = printed(str(tmp_path / "old.ttl"), str(tmp_path / "new.ttl"), "-f", "rdf-patch", status=2)
    assert "has a blank node: give it an IRI" in message


def test_the_page_has_no_script_and_takes_no_markup(states: tuple[Path, Path], printed: Printed) -> None:
    edited(states[1] / "entities.yaml", "name: Harbour union", 'name: "<script>alert(1)</script>"')
    printed("before", "after", "--format", "html", "-o", "page.html")
    page = Path("page.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "The port stays <del>open</del>" in page
    assert not re.search(r'(?:src|href)="', page)


@pytest.mark.usefixtures("states")
def test_the_page_names_the_current_folder(printed: Printed) -> None:
    os.chdir("after")
    for new in ([], ["."]):
        assert "from ../before to after<" in printed("../before", *new, "--format", "html")


def git(*arguments: str, folder: str = ".") -> None:
    """Run git as a stranger's machine would have it: without anybody's settings."""
    env = {**os.environ, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}
    who = ["-c", "user.name=Anna", "-c", "user.email=anna@example.org"]
    subprocess.run(["git", *who, "-C", folder, *arguments], check=True, capture_output=True, env=env)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a repository with a corpus in `news/`, tagged v1 and then changed."""
    monkeypatch.chdir(tmp_path)
    corpus = newsroom(Path("news"))
    git("init", "-q")
    git("add", ".")
    git("commit", "-q", "-m", "One")
    git("tag", "v1")
    edited(corpus / ARTICLE, "act: denies", "act: rejects")
    return corpus


@pytest.mark.usefixtures("repository")
def test_a_revision_in_git_is_compared(printed: Printed) -> None:
    expected = "1 claim changed\n\nport\n  c03 act: denies → rejects\n"
    assert printed("v1", "news") == expected
    git("commit", "-q", "-a", "-m", "Two")
    os.chdir("news")
    assert printed("HEAD~1") == expected
    assert printed("v1", "HEAD") == expected


def test_what_cannot_be_read_at_a_revision_is_named_there(repository: Path, printed: Printed) -> None:
    with (repository / ARTICLE).open("a") as stream:
        stream.write("withdrawn: [\n")
    git("commit", "-q", "-a", "-m", "Two")
    git("checkout", "-q", "v1", ".")

    assert printed("HEAD", "news", status=1).startswith(f"HEAD:news/{ARTICLE}:25:12: violation: a `[` must be")


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize("revision", ["v9", "--output=/tmp/x", "v1:news", "HEAD~7"])
def test_what_is_no_revision_is_said(revision: str, printed: Printed) -> None:
    assert "there is no such file or folder, nor such a revision" in printed("--", revision, "news", status=2)


@pytest.mark.usefixtures("repository")
def test_outside_a_corpus_a_revision_is_of_the_one_that_is_named(printed: Printed) -> None:
    assert printed("news", "v1") == "1 claim changed\n\nport\n  c03 act: rejects → denies\n"
    assert "news2: there is no such file or folder, nor such a revision" in printed("news", "news2", status=2)
    assert "news2: this is neither a file nor a folder" in printed("news1", "news2", status=2)
    assert "give NEW, the state to compare it with" in printed("news", status=2)


@pytest.mark.usefixtures("repository")
def test_a_repository_whose_files_are_elsewhere_is_refused(tmp_path: Path, printed: Printed) -> None:
    (tmp_path / "elsewhere").mkdir()
    git("config", "core.worktree", str(tmp_path / "elsewhere"))

    assert "news is in no git repository: the one there has its files in" in printed("v1", "news", status=2)


@pytest.mark.usefixtures("repository")
def test_a_repository_of_another_user_is_said_to_be_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, printed: Printed
) -> None:
    program = tmp_path / "programs" / "git"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nGIT_TEST_ASSUME_DIFFERENT_OWNER=1 exec {shutil.which("git")} "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent), prepend=os.pathsep)
    monkeypatch.setenv("HOME", str(tmp_path / "programs"))

    message = printed("v1", "news", status=2)

    assert f"git does not read the repository {tmp_path}, since another user owns its folder" in message
    assert f"git config --global --add safe.directory {tmp_path}" in message


def test_git_that_ends_early_is_an_error_and_no_closed_pipe(
    repository: Path, printed: Printed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "programs" / "git"
    program.parent.mkdir()
    program.write_text(
        f'#!/bin/sh\ncase "$*" in *cat-file*) exit 1;; esac\nexec {shutil.which("git")} "$@"\n', encoding="utf-8"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent), prepend=os.pathsep)

    assert "run `git fsck` there." in printed("v1", str(repository), status=3)


def test_nothing_of_a_repository_is_run(
    repository: Path, monkeypatch: pytest.MonkeyPatch, printed: Printed
) -> None:
    trap = f"touch {Path('trapped').absolute()}; cat"
    (repository / ".gitattributes").write_text("* filter=trap diff=trap export-subst\n", encoding="utf-8")
    os.symlink("/etc/passwd", repository / "secret.txt")
    git("add", ".")
    git("commit", "-q", "-m", "Two")
    for name in ("filter.trap.smudge", "filter.trap.clean", "diff.trap.textconv", "core.fsmonitor", "core.pager"):
        git("config", name, trap)
    hook = Path(".git/hooks/post-checkout")
    hook.write_text(f"#!/bin/sh\n{trap}\n", encoding="utf-8")
    hook.chmod(0o755)
    monkeypatch.chdir(repository)

    assert printed("v1", "HEAD") == "1 claim changed\n\nport\n  c03 act: denies → rejects\n"
    assert not Path("../trapped").exists()


def test_the_library_compares_what_the_command_compares(states: tuple[Path, Path]) -> None:
    kg.open(states[0]).write("before.nq")
    found = kg.diff("before.nq", "after")
    assert {(each.id, each.how) for each in found if each.kind == "claim"} >= {
        ("port/c04", "withdrawn"),
        ("port/c01", "reworded"),
        ("port/c01", "less certain"),
    }
    kg.rdf_patch("before", "after", "changes.rdfp")
    assert patched(sorted_lines(states[0]), Path("changes.rdfp").read_text(encoding="utf-8")) == sorted_lines(
        states[1]
    )
