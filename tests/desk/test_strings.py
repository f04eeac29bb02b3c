"""The texts of the page for annotating: each language has all that its scripts say."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import kg.desk.pages
from kg.desk.pages import ASSET_FILES, desk_page

STRINGS = Path(kg.desk.pages.__file__).parent / "strings"


def strings(language: str) -> dict[str, str]:
    return tomllib.loads((STRINGS / f"{language}.toml").read_text())


def test_both_languages_have_the_same_keys_and_values_to_fill_in() -> None:
    english, dutch = strings("en"), strings("nl")
    values = {key: set(re.findall(r"\{\w+\}", text)) for key, text in english.items()}
    assert {key: set(re.findall(r"\{\w+\}", text)) for key, text in dutch.items()} == values


def test_every_text_that_the_scripts_name_is_there() -> None:
    scripts = [file.read_text() for name, file in ASSET_FILES.items() if name.endswith(".js")]
    named = {key for script in scripts for key in re.findall(r'\b(?:say|count)\("([\w-]+)"', script)}
    assert named - strings("en").keys() == set()


def test_the_strings_in_the_page_end_no_element() -> None:
    written = desk_page().decode().partition('id="strings">')[2].partition("</script>")[0]
    loaded: Any = json.loads(written)
    assert loaded == {"en": strings("en"), "nl": strings("nl")}
    assert "<" not in written
