"""The recipe for contributions from strangers: its files are run as GitHub, GitLab and pre-commit run them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml

from support import ROOT, SEEDS
from support.readme import blocks

PAGE = "docs/contributions.md"
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
# A quotation that would be commands of a workflow, and of a terminal, if it could begin a line.
INJECTION = "Ja\n::stop-commands::x\n##[add-mask]a%0A::error::b"


NAMES = ("github", "gitlab", "remote", "local")
RECIPES: dict[str, Any] = dict(zip(NAMES, map(yaml.safe_load, blocks("yaml", PAGE)), strict=True))


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Return a checkout of a newsroom's repository with a good corpus, and kg installed outside of it."""
    folder = tmp_path / "repository"
    shutil.copytree(SEEDS, folder / "corpus")
    installed = tmp_path / "kg" / "bin"
    installed.mkdir(parents=True)
    (installed / "kg").symlink_to(Path(sys.executable).parent / "kg")
    return folder


def shell(script: str, folder: Path, **variables: str) -> tuple[int, str, str]:
    """Run a step as a runner does, which stops at the first command that fails."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder.parent), "LC_ALL": "C.UTF-8", **variables}
    done = subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", script], cwd=folder, env=environment, capture_output=True, text=True
    )
    return done.returncode, done.stdout, done.stderr


def hostile(folder: Path) -> None:
    """Change a repository as a stranger might: code, links, names and words that are commands, and a bad claim."""
    corpus = folder / "corpus"
    for name in ("yaml", "msgspec", "click", "kg", "sitecustomize", "venv"):
        for place in (folder, corpus):
            (place / f"{name}.py").write_text("raise SystemExit('EXECUTED')\n")
    (corpus / "passwd.txt").symlink_to("/etc/passwd")
    (corpus / "a\n::error::b\x1b[31m.txt").write_text("date 2020-02-03\nJa.\n")
    (corpus / "c.txt").write_text("date 2020-02-03\nJa, zei hij.\n")
    words = INJECTION.replace("\n", "\\n")
    (corpus / "c.claims.yaml").write_text(f'claims:\n  c01: {{speaker: unnamed, act: states, words: "{words}"}}\n')


BAD_ID = (
    "an article's id must be small letters, digits, `-` and `_`, with `/` between folders and no name that Windows "
    "keeps for itself, not `a ::error::b U+001B [31m`: write `a-error-b-31m` as `article: {id: …}`, or rename the "
    "files"
)
NOT_FOUND = (
    "words must be in the article exactly as written, and 'Ja ::stop-commands::x ##[add-mask]a%0A::error::b' is "
    "not: copy them from the article"
)
LINK = "a file must be in the corpus, this link leads out of it: copy the file here"


def validated(repository: Path) -> tuple[int, str, str]:
    """Run the step of the GitHub workflow that validates."""
    (step,) = [step for step in RECIPES["github"]["jobs"]["validate"]["steps"] if step.get("name") == "Validate"]
    return shell(step["run"], repository, RUNNER_TEMP=str(repository.parent))


def test_a_good_pull_request_passes(repository: Path) -> None:
    assert validated(repository) == (0, "", "")


def test_a_hostile_pull_request_has_an_annotation_at_each_mistake_and_nothing_else(repository: Path) -> None:
    hostile(repository)

    status, out, err = validated(repository)

    name = "corpus/a%0A%3A%3Aerror%3A%3Ab\ufffd[31m.txt"
    assert (status, err) == (1, "")
    assert out.splitlines() == [
        f"::error file={name},line=1,col=1,title=bad-id::{BAD_ID}",
        f"::warning file={name},line=1,col=1,title=no-claims-file::an article should have its claims beside it, "
        "`a%0A::error::b\ufffd[31m.claims.yaml` is missing: write it",
        f"::error file=corpus/c.claims.yaml,line=2,col=47,title=words-not-found::{NOT_FOUND.replace('%', '%25')}",
        f"::error file=corpus/passwd.txt,line=1,col=1,title=link::{LINK}",
    ]


def test_what_goes_wrong_before_a_report_is_no_command_either(repository: Path) -> None:
    (repository / "corpus" / "corpus.yaml").unlink()
    (repository / "corpus\n::stop-commands::x\x1b[2J").mkdir()

    said = shell(f"{repository.parent}/kg/bin/kg validate $'corpus\\n::stop-commands::x\\e[2J'", repository)

    assert said == (
        2,
        "",
        "kg: corpus\n: :stop-commands::x\u241b[2J: there is no corpus.yaml in it. Name the folder that has your "
        "corpus.yaml.\n",
    )


def test_the_workflow_may_only_read_and_knows_no_secret() -> None:
    recipe, text = RECIPES["github"], blocks("yaml", PAGE)[0]

    assert recipe[True] == "pull_request"  # how YAML 1.1 reads the key `on`
    assert recipe["permissions"] == {"contents": "read"}
    install, checkout, _ = recipe["jobs"]["validate"]["steps"]
    assert install["run"].endswith(f" kg-claims=={VERSION}")
    assert checkout == {"uses": "actions/checkout@v4", "with": {"persist-credentials": False}}
    assert "secrets" not in text
    assert "${{" not in text  # an expression would put a stranger's text into a shell


@pytest.mark.parametrize(("change", "status", "tests"), [(None, 0, (1, 0)), (hostile, 1, (4, 3))])
def test_a_merge_request_has_a_test_report(
    repository: Path, change: Callable[[Path], None] | None, status: int, tests: tuple[int, int]
) -> None:
    if change:
        change(repository)
    outside = repository.parent / "outside"
    outside.write_text("as it was")
    (repository / "findings.xml").symlink_to(outside)
    recipe = RECIPES["gitlab"]["validate"]
    script = "\n".join(recipe["script"]).replace("/tmp/kg", str(repository.parent / "kg"))

    assert shell(script, repository, PYTHONSAFEPATH=recipe["variables"]["PYTHONSAFEPATH"]) == (status, "", "")

    suite = ElementTree.parse(repository / "findings.xml").getroot()[0]
    assert (int(suite.get("tests", "")), int(suite.get("failures", ""))) == tests
    assert outside.read_text() == "as it was"
    assert recipe["before_script"][0].count(f"kg-claims=={VERSION}") == 1


def test_the_hook_checks_the_corpus_if_one_of_its_files_changed(repository: Path) -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    (used,) = RECIPES["remote"]["repos"][0]["hooks"]
    (local,) = RECIPES["local"]["repos"][0]["hooks"]
    entry = f"{hook['entry']} {' '.join(used['args'])}"
    path = f"{repository.parent}/kg/bin:{os.environ['PATH']}"

    assert (used["id"], hook["pass_filenames"], local["pass_filenames"]) == (hook["id"], False, False)
    assert local["entry"] == entry
    good = shell(entry, repository, PATH=path)
    hostile(repository)
    bad = shell(entry, repository, PATH=path)

    assert (good[0], bad[0]) == (0, 1)
    assert "EXECUTED" not in bad[1] + bad[2]
    assert "\x1b" not in bad[1] + bad[2]
    files = ("a.txt", "b/a.claims.yaml", "corpus.yaml", "x.jsonl.gz", "x.py", "README.md")
    assert [bool(re.search(hook["files"], each)) for each in files] == [True] * 4 + [False] * 2
    assert [bool(re.search(local["files"], each)) for each in ("corpus/a.txt", "a.txt")] == [True, False]
