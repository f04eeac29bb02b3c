"""The documentation is in step with the code."""

from __future__ import annotations

from pathlib import Path

import pytest

from generate.fields_page import page
from support import ROOT
from support.readme import commands
from support.shells import run

RUN = ("docs/importing.md",)
"""Pages whose commands are run, one after the other, and must show what the page does."""


def test_the_page_of_fields_is_made_from_the_annotations():
    """`python tests/generate/fields_page.py > docs/fields.md` makes it."""
    assert (ROOT / "docs" / "fields.md").read_text() == "\n".join(page()) + "\n"


@pytest.mark.parametrize("name", RUN)
def test_every_command_of_a_page_gives_the_output_that_is_shown(name: str, tmp_path: Path):
    shown = list(commands(name))

    assert [(each.text, run(each.text, tmp_path)) for each in shown] == [(each.text, each.output) for each in shown]
    assert shown
