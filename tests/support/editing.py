"""Small edits to files of a corpus."""

from __future__ import annotations

from pathlib import Path


def edited(file: Path, old: str, new: str) -> None:
    """Replace what stands in a file, the first time it does."""
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
