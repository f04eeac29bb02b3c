"""Writes the pages that are made from the code: all, or some as in `python tests/generate fields shapes`."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from generate import fields_page, library_page, queries_page, shapes_page
from support import ROOT

PAGES = {"fields": fields_page, "library": library_page, "queries": queries_page, "shapes": shapes_page}

if __name__ == "__main__":
    for name in sys.argv[1:] or PAGES:
        text = "\n".join(PAGES[name].page()) + "\n"
        (ROOT / "docs" / f"{name}.md").write_text(text, encoding="utf-8")
