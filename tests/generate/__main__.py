"""Writes the files that are made from code and data: all, or some as in `python tests/generate fields shapes`."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from generate import checks_page, fields_page, library_page, queries_page, shapes_page, shared_cases
from support import ROOT
from support.shared_data import LIST

DOCS = ROOT / "docs"
FILES = {
    "checks": (DOCS / "checks.md", checks_page.page),
    "fields": (DOCS / "fields.md", fields_page.page),
    "library": (DOCS / "library.md", library_page.page),
    "queries": (DOCS / "queries.md", queries_page.page),
    "shapes": (DOCS / "shapes.md", shapes_page.page),
    "shared_cases": (LIST, shared_cases.page),
}

if __name__ == "__main__":
    for name in sys.argv[1:] or FILES:
        file, lines = FILES[name]
        text = "\n".join(lines()) + "\n"
        file.write_text(text, encoding="utf-8")
