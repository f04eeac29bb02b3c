"""Small corpora on disk, and findings as the lines a person sees."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from kg.corpus import WrittenArticle, read_article, read_corpus, sources
from kg.corpus.reader import located
from kg.errors import CorpusError, Finding

CONFIG = """\
base: https://kg.example/
title: {en: A corpus}
licence: https://creativecommons.org/licenses/by/4.0/
language: nl
"""
ENTITIES = "ann-b: {type: Person, name: Ann B}\n"
CLAIMS = "claims: {c01: {speaker: ann-b, words: Ja}}\n"


def lay(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files into a folder, with a `corpus.yaml` and an `entities.yaml` unless they are given."""
    for name, content in {"corpus.yaml": CONFIG, "entities.yaml": ENTITIES, **files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def said(findings: Iterable[Finding]) -> list[str]:
    """Return findings as `file:line:column: severity: message [rule]`."""
    return [f"{f.at}: {f.severity}: {f.message} [{f.rule}]" for f in located(findings)]


def articles(folder: Path) -> list[WrittenArticle]:
    """Return every article of a corpus, and what is wrong with its folder, as read."""
    return [read_article(source) for source in sources(read_corpus(folder))]


def complaints(folder: Path) -> list[str]:
    """Return all that reading a corpus complains of."""
    try:
        return [line for article in articles(folder) for line in said(article.findings)]
    except CorpusError as error:
        return said(error.findings)
