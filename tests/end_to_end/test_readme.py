"""What the README shows is what happens."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from support import ROOT, SEEDS
from support.readme import blocks, commands
from support.shells import run


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the seeds, in which one command follows the other."""
    folder = tmp_path_factory.mktemp("clone")
    shutil.copytree(SEEDS, folder / "seeds")
    return folder


def test_every_command_gives_the_output_that_is_shown(clone):
    """The commands run in the order of the page, since one may edit what the next one reads."""
    answers = [(each.text, run(each.text, clone)) for each in commands()]

    assert answers == [(each.text, each.output) for each in commands()]
    assert answers


def test_the_claim_that_is_shown_is_in_the_export():
    (beginning,) = blocks("turtle")

    assert beginning in (ROOT / "dist" / "kg.ttl").read_text(encoding="utf-8")


def test_the_python_that_is_shown_runs(clone):
    """Each block prints what its last comment lines say."""
    for block in blocks("python"):
        code, _, comment = block.partition("\n# prints\n")
        expected = "".join(line.removeprefix("# ") + "\n" for line in comment.splitlines())

        script = clone / "shown.py"
        script.write_text(code, encoding="utf-8")
        assert run(f"{sys.executable} shown.py", clone) == expected


def test_the_yaml_that_is_shown_is_a_corpus(tmp_path):
    """The three files of the format's example make a corpus that has nothing wrong."""
    article = "000_411f4785dd135aae"
    names = {"corpus.yaml", "entities.yaml", f"{article}.claims.yaml"}
    for block in blocks("yaml"):
        name, _, body = block.removeprefix("# ").partition("\n")
        names.remove(name)
        (tmp_path / name).write_text(body, encoding="utf-8")
    shutil.copy(SEEDS / f"{article}.txt", tmp_path)

    assert names == set()
    assert run("kg validate --fail-on info", tmp_path) == "nothing to report: 1 article, 1 claim checked\n"
