"""The documentation is in step with the code."""

from __future__ import annotations

from fields_page import page
from support import ROOT


def test_the_page_of_fields_is_made_from_the_annotations():
    """`python tests/fields_page.py > docs/fields.md` makes it."""
    assert (ROOT / "docs" / "fields.md").read_text() == "\n".join(page()) + "\n"
