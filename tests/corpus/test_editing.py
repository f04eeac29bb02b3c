"""Edits of the text of a claims or entities file: one value changes, and every other character stays."""

from __future__ import annotations

from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st

from kg.annotations.classes import ClaimsFile, CorpusFile, EntitiesFile
from kg.corpus.editing import Edit, edited, read_values
from support import ROOT
from support.annotated import texts

FILES = sorted(file for folder in ("seeds", "tests/data") for file in (ROOT / folder).rglob("*.yaml"))
CLAIMS = """\
# how we annotate: see the guideline
article: {published: 2020-02}
annotation: {by: editors, status: draft}   # to be finished

claims:
  # Stoltenberg
  c01:
    speaker: 'stoltenberg'  # the secretary
    words: |-
      We hebben al een nucleaire afschrikking
    # cue: zei
    act: "states"
    about: [nato,
            france]   # both
  c02:
    speaker: france
    words:
      - weigerde
      # the second part
      - te zetten
    gist: {nl: Nee}
"""


def changed(old: str, new: str) -> list[tuple[str, str]]:
    """Return the lines that differ: those before, and those after."""
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    return [
        ("".join(before[a:b]), "".join(after[c:d]))
        for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
        if kind != "equal"
    ]


def after(*edits: Edit, text: str = CLAIMS, of: Any = ClaimsFile) -> list[tuple[str, str]]:
    return changed(text, edited(text, edits, of=of))


def class_of(file: Path) -> Any:
    return (
        ClaimsFile
        if file.name.endswith(".claims.yaml")
        else EntitiesFile
        if "entities" in str(file)
        else CorpusFile
    )


def paths(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(each for step, item in steps for each in paths(item, (*path, step)))]


def value_at(value: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        value = value[step]
    return value


plain = st.recursive(
    texts,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["nl", "no", "words", "zz"]), inner, max_size=3)
    ),
    max_leaves=5,
)


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_a_file_without_edits_keeps_each_byte(file: Path) -> None:
    text = file.read_bytes().decode()
    assert edited(text, [], of=class_of(file)) == text
    values = read_values(text, "x")
    same = [Edit(path, value_at(values, path)) for path in paths(values) if path]
    assert edited(text, same, of=class_of(file)) == text


def test_a_text_keeps_its_quotation_marks_its_comment_and_its_block() -> None:
    assert after(Edit(("claims", "c01", "speaker"), "it's")) == [
        ("    speaker: 'stoltenberg'  # the secretary\n", "    speaker: 'it''s'  # the secretary\n")
    ]
    assert after(Edit(("claims", "c01", "act"), 'say "no"')) == [
        ('    act: "states"\n', '    act: "say \\"no\\""\n')
    ]
    assert after(Edit(("claims", "c01", "words"), "Nee: # dus\n\nniet")) == [
        ("      We hebben al een nucleaire afschrikking\n", "      Nee: # dus\n\n      niet\n")
    ]
