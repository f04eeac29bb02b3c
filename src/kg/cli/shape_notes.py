"""Notes about shapes of the user's own: which of them pySHACL checks, and which need the merged graph."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

from kg.cli.console import note
from kg.errors import numbered
from kg.pipeline.publication import Engine, about_shapes
from kg.shacl.compiler import RECURSIVE

SHOWN = 5
"""How many shapes are named."""


def note_shapes(more_shapes: Sequence[Path], engine: Engine, corpus: str = "") -> None:
    """Say which shapes only pySHACL can check and, for a corpus, which may look beyond one article."""
    if not more_shapes:
        return
    about = about_shapes(more_shapes)
    if engine == "kg":
        for shape, reason in about.for_pyshacl[:SHOWN]:
            note(f"{shape} {reason}: pySHACL checks it.")
        if (more := len(about.for_pyshacl) - SHOWN) > 0:
            note(f"pySHACL checks {numbered(more, 'more shape')}.")
        if any(reason.endswith(RECURSIVE) for _, reason in about.for_pyshacl):
            note("It follows a recursive shape through a few nodes only: to check all, use sh:zeroOrMorePath.")
    if corpus and about.beyond_article:
        _note_beyond_article(about.beyond_article, corpus, more_shapes)


def _note_beyond_article(shapes: list[str], corpus: str, more_shapes: Sequence[Path]) -> None:
    named = ", ".join(shapes[:SHOWN]) + (f" and {len(shapes) - SHOWN} more" if len(shapes) > SHOWN else "")
    options = shlex.join(each for path in more_shapes for each in ("--shapes", str(path)))
    note(
        f"Each article is checked by itself, and these shapes may look beyond one: {named}. To check the whole:\n"
        f"    kg export {shlex.quote(corpus)} -f nt | kg validate - --input-format nt {options}"
    )
