"""An article before and after its paper corrected it, with claims whose words stay, changed, or are gone."""

from __future__ import annotations

from pathlib import Path

from support.corpora import lay
from support.readings import CONFIG

OLD = """\
date 2026-11-02

The mill in Ashby will close. "We will cut 500 jobs", director Anna Berg said on Monday.

"Nobody told us", said John Smith of the union. According to a person close to the owners, the machines have been
sold. Berg denied that the owners knew of it.

"This has been a very hard decision", she added.
"""
NEW = """\
The paper mill in Ashby will close next year. "We will cut 50 jobs", director Anna Berg said on Monday.

"Nobody told us", said John Smith of the union.

"This has been a very hard decision", she added.
"""
ENTITIES = """\
berg: {type: Person, name: Anna Berg}
smith: {type: Person, name: John Smith}
"""
CLAIMS = """\
# How Anna read it.
annotation: {by: anna, on: 2026-11-03, reviewed: {by: ben, on: 2026-11-03}}
sources:
  owner: {words: a person close to the owners}
claims:
  c01:
    speaker: berg
    words: We will cut 500 jobs
    speaker_words: Anna Berg
    # On Monday, or before.
    cue: said
    act: announces
  c02: {speaker: smith, words: Nobody told us, speaker_words: John Smith, cue: said, act: states}
  c03:
    speaker: owner
    words: the machines have been sold
    cue: According to
    act: states
  c04: {speaker: berg, words: the owners knew of it, cue: denied, act: denies, gist: The owners did not know.}
  c05: {speaker: berg, words: This has been a very hard decision, speaker_words: she, cue: added, act: states}
"""
READING = """\
annotation: {by: ben, on: 2026-11-03}
claims:
  b1: {speaker: berg, words: We will cut 500 jobs, cue: said, act: promises}
  b2: {speaker: smith, words: Nobody told us, cue: said, act: states}
"""


def corrections(folder: Path) -> Path:
    """Lay out a corpus with the article `jobs`, a reading of it by Ben, and the new text beside the corpus."""
    (folder.parent / "jobs-corrected.txt").write_text(NEW)
    return lay(
        folder,
        {
            "corpus.yaml": CONFIG,
            "entities.yaml": ENTITIES,
            "jobs.txt": OLD,
            "jobs.claims.yaml": CLAIMS,
            "readings/ben/jobs.claims.yaml": READING,
        },
    )
