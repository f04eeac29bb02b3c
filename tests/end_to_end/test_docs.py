"""The documentation is in step with the code."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph
import pytest

import kg
from generate import fields_page, library_page
from support import ROOT, SEEDS
from support.readme import blocks, commands
from support.shells import run

RUN = ("docs/importing.md", "docs/proposals.md")
"""Pages whose commands are run, one after the other, and must show what the page does."""


@pytest.mark.parametrize(("name", "lines"), [("fields", fields_page.page), ("library", library_page.page)])
def test_a_generated_page_is_in_step_with_the_code(name: str, lines: Callable[[], Iterator[str]]):
    """`python tests/generate` writes it again."""
    assert (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8") == "\n".join(lines()) + "\n"


def test_the_page_of_plugins_shows_the_example_as_it_is():
    example = ROOT / "docs" / "plugin-example" / "src" / "kg_newsroom"
    shown = blocks("python", "docs/plugins.md")

    assert shown == [(example / name).read_text(encoding="utf-8") for name in ("__init__.py", "cms.py")]


@pytest.mark.parametrize("name", RUN)
def test_every_command_of_a_page_gives_the_output_that_is_shown(name: str, tmp_path: Path):
    shown = list(commands(name))

    assert [(each.text, run(each.text, tmp_path)) for each in shown] == [(each.text, each.output) for each in shown]
    assert shown


def test_the_query_of_the_page_of_the_graph_runs_in_an_engine_that_knows_no_prefix():
    (query,) = blocks("sparql", "docs/graph.md")
    rows = kg.open(str(SEEDS)).to_oxigraph().query(query, use_default_graph_as_union=True)

    assert isinstance(rows, pyoxigraph.QuerySolutions)
    assert {(row["name"].value, row["text"].language) for row in rows} == {
        ("Jens Stoltenberg", "en"),
        ("Jens Stoltenberg", "nl"),
    }
