"""The page of the desk: one HTML document for every address, and the files that it loads.

The document is the same for everybody: the browser chooses the language, asks the server for the article, and
writes all of its text as text, never as HTML.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from types import MappingProxyType

from kg.publish.site.rendering import ASSETS as SITE_ASSETS
from kg.publish.site.rendering import embedded_json

LANGUAGES = ("en", "nl")
_DESK = Path(__file__).parent
ASSET_FILES = MappingProxyType(
    {file.name: file for file in sorted((_DESK / "assets").iterdir())}
    | {name: SITE_ASSETS / name for name in ("site.css", "site.js", "icon.svg")}
)
"""The files that the page loads, by name."""


@cache
def desk_page() -> bytes:
    """Return the HTML of the page, with the strings of all its languages."""
    strings = {
        language: tomllib.loads((_DESK / "strings" / f"{language}.toml").read_text(encoding="utf-8"))
        for language in LANGUAGES
    }
    page = (_DESK / "templates" / "desk.html").read_text(encoding="utf-8")
    return page.replace("{strings}", embedded_json(strings)).encode()
