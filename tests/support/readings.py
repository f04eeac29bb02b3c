"""A corpus of two articles that several annotators read."""

from __future__ import annotations

from pathlib import Path

from support.corpora import lay
from support.editing import edited

TEXT = """\
date 2026-05-02

The port stays open, said mayor Ann Bos on Friday. "We will pay for the dyke", she promised.

Minister Ravi Das denied that the state had refused to pay. The union fears that hundreds will lose their jobs.
"""
SECOND = """\
date 2026-05-09

Ann Bos said that the dyke is safe.
"""
ENTITIES = """\
bos: {type: Person, name: Ann Bos}
das: {type: Person, name: Ravi Das}
union: {type: Organization, name: Harbour union}
port: {type: Topic, name: The port}
dyke: {type: Topic, name: The dyke}
"""
CONFIG = """\
base: https://kg.example/
title: {en: A newsroom}
licence: https://creativecommons.org/licenses/by/4.0/
language: en
annotators:
  anna: {type: Person, name: Anna}
  ben: {type: Person, name: Ben}
"""
ANNA = """\
annotation: {by: anna, on: 2026-05-20}
claims:
  c01:
    speaker: bos
    words: The port stays open
    cue: said
    act: states
    said: {edtf: 2026-05-01, words: Friday}
    about: port
  c02:
    speaker: bos
    words: We will pay for the dyke
    cue: promised
    act: promises
    about: dyke
    relations: {supports: c01}
  c03:
    speaker: das
    words: the state had refused to pay
    cue: denied
    act: denies
    gist: {en: The state did not refuse to pay.}
    about: dyke
  c04: {speaker: union, words: hundreds will lose their jobs, cue: fears, act: believes, about: port}
"""
BEN = """\
annotation: {by: ben, on: 2026-05-20}
claims:
  c01:
    speaker: bos
    words: The port stays open
    cue: said
    act: states
    said: {edtf: 2026-05-01, words: Friday}
    about: [port, dyke]
  c02: {speaker: bos, words: '"We will pay for the dyke"', cue: promised, act: states, relations: {supports: c01}}
  c03:
    speaker: das
    words: that the state had refused to pay
    cue: denied
    act: denies
    gist: {en: The state paid.}
    about: dyke
"""
OTHER = """\
annotation: {by: ben, on: 2026-05-20}
claims: {c01: {speaker: bos, words: the dyke is safe, cue: said, act: states}}
"""
ARTICLE = "port.claims.yaml"


def newsroom(folder: Path) -> Path:
    """Lay out a corpus with readings of one article by Anna and Ben, and of another by Ben alone."""
    return lay(
        folder,
        {
            "corpus.yaml": CONFIG,
            "entities.yaml": ENTITIES,
            "port.txt": TEXT,
            "port.claims.yaml": ANNA,
            "dyke.txt": SECOND,
            "dyke.claims.yaml": OTHER,
            f"readings/anna/{ARTICLE}": ANNA,
            f"readings/ben/{ARTICLE}": BEN,
            "readings/ben/dyke.claims.yaml": OTHER,
        },
    )


PROGRAM = 'spotter: {name: Quote Spotter, type: SoftwareApplication, version: "2.1"}'


def newsroom_with_program(folder: Path) -> Path:
    """Lay out the same corpus, with a program among its annotators."""
    newsroom(folder)
    (folder / "corpus.yaml").write_text(f"{CONFIG}  {PROGRAM}\n", encoding="utf-8")
    return folder


def annotate_otherwise(folder: Path) -> None:
    """Change the words, the date, the act and a relation of published claims, and add the page of their article."""
    file = folder / ARTICLE
    edited(file, "words: The port stays open", "words: The port stays")
    edited(file, "edtf: 2026-05-01", "edtf: 2026-05")
    edited(file, "act: denies", "act: rejects")
    edited(file, "supports: c01", "repeats: c01")
    edited(file, "annotation: {by: anna", "article: {page: A3}\nannotation: {by: anna")
