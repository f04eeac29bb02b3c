"""Packages with plug-ins, as installed ones look to Python."""

from __future__ import annotations

from pathlib import Path


def add_package(folder: Path, name: str, code: str, entry_points: str) -> None:
    """Write a package of one module, with the metadata of an installed one that has these entry points."""
    about = folder / f"{name}-1.0.dist-info"
    about.mkdir(parents=True)
    (folder / f"{name}.py").write_text(code, encoding="utf-8")
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name.replace('_', '-')}\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(entry_points, encoding="utf-8")
