"""What `--shapes` cannot check article by article, and the command that checks it."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

from kg.cli.console import note
from kg.pipeline.publication import looking_beyond

SHOWN = 5
"""How many shapes are named."""


def note_shapes_beyond(corpus: str, more_shapes: Sequence[Path]) -> None:
    """Say which further shapes may look beyond one article, if any, and how the whole is checked."""
    shapes = looking_beyond(more_shapes)
    if not shapes:
        return
    named = ", ".join(shapes[:SHOWN]) + (f" and {len(shapes) - SHOWN} more" if len(shapes) > SHOWN else "")
    options = shlex.join(each for path in more_shapes for each in ("--shapes", str(path)))
    note(
        f"Each article is checked by itself, and these shapes may look beyond one: {named}. To check the whole:\n"
        f"    kg export {shlex.quote(corpus)} -f nt | kg validate - --input-format nt {options}"
    )
