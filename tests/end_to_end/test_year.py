"""A year of a corpus, as docs/year.md tells it, and what is left of it for whoever has the old addresses."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from support import ROOT
from support.readme import commands
from support.shells import run

pytestmark = pytest.mark.slow

PAGE = "docs/year.md"
BASE = "https://post.example/"


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """The folder in which the commands of the page ran, and what they printed."""
    folder = tmp_path_factory.mktemp("year")
    shutil.copytree(ROOT / "tests" / "data" / "year", folder, dirs_exist_ok=True)
    return folder, [run(each.text, folder) for each in commands(PAGE)]


def test_the_page_shows_what_the_commands_print(year: tuple[Path, list[str]]) -> None:
    shown = [each.output for each in commands(PAGE)]

    assert year[1] == shown
    assert len(shown) > 15


def test_every_address_of_the_first_release_is_answered_by_the_site_of_the_second(
    year: tuple[Path, list[str]],
) -> None:
    quads = (year[0] / "releases/1.0/kg.nq").read_text(encoding="utf-8")
    things = set(re.findall(rf"^<{BASE}((?:article|claim|entity|occasion|annotator)/[^>#]*)", quads, re.MULTILINE))
    site = year[0] / "public"

    assert [each for each in sorted(things) if not (site / f"{each}.html").is_file()] == []
    assert {"claim/02-port/c03", "claim/06-money/c01", "entity/dockers"} <= things


def test_no_word_of_a_refused_proposal_or_a_withdrawn_claim_is_published(year: tuple[Path, list[str]]) -> None:
    for release in ("1.0", "1.1"):
        graph = (year[0] / f"releases/{release}/kg.ttl").read_text(encoding="utf-8")
        assert "The strike is over" not in graph
        assert ("no dismissals" in graph) == (release == "1.0")


def test_the_commands_may_be_stopped_anywhere_and_be_given_again(tmp_path: Path) -> None:
    """Each command that writes is cut off by a reader that goes away, then given again: the corpus is the same."""
    shutil.copytree(ROOT / "tests" / "data" / "year", tmp_path / "cut")
    shutil.copytree(ROOT / "tests" / "data" / "year", tmp_path / "whole")
    decide = "kg adjudicate post --by anna --on 2026-11-25 --take anna --take ben"
    for folder, cut in (("cut", f"{decide} | head -1; {decide}"), ("whole", decide)):
        run("kg import proposals spotter.jsonl -o post --by spotter", tmp_path / folder)
        run(cut, tmp_path / folder)

    files = {path.relative_to(tmp_path / "whole") for path in (tmp_path / "whole/post").rglob("*.yaml")}
    assert files == {path.relative_to(tmp_path / "cut") for path in (tmp_path / "cut/post").rglob("*.yaml")}
    assert [
        each for each in files if (tmp_path / "cut" / each).read_bytes() != (tmp_path / "whole" / each).read_bytes()
    ] == []
