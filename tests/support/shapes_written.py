"""Shapes written in a test."""

from __future__ import annotations

from pathlib import Path

from kg.shacl import Shapes, compile_shapes


def compiled(folder: Path, written: str) -> Shapes:
    """Return the shapes of a file `s.ttl` in a folder, which is written."""
    path = folder / "s.ttl"
    path.write_text(written, encoding="utf-8")
    return compile_shapes([path])
