"""The articles of a corpus of a few files, mapped and validated, and what is found in them."""

from __future__ import annotations

from pathlib import Path

from kg.pipeline.article import MappedArticle
from kg.pipeline.publication import Engine, open_publication
from support.corpora import CONFIG, lay, said

SIGNED = "annotation: {by: ann, on: 2020-03-01, guideline: '1'}\n"
SETTINGS = CONFIG + "annotators: {ann: {name: Ann}}\nguidelines: {'1': 'https://kg.example/rules'}\n"
CLAIM = "claims: {c01: {speaker: ann-b, words: Ja, act: states}}\n"


def units(folder: Path, files: dict[str, str], *, engine: Engine = "kg") -> list[MappedArticle]:
    """Return the units of a corpus of these files."""
    return list(open_publication(lay(folder, {"corpus.yaml": SETTINGS, **files}), engine=engine).mapped_articles())


def findings(folder: Path, files: dict[str, str], *, engine: Engine = "kg") -> list[str]:
    """Return what is found in a corpus of these files, without the folder."""
    found = [finding for unit in units(folder, files, engine=engine) for finding in unit.findings]
    return [line.replace(f"{folder}/", "") for line in said(found)]
