"""A corpus of two articles that several annotators read."""

from __future__ import annotations

from pathlib import Path

from support.corpora import lay

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
