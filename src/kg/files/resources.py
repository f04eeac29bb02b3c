"""Where the files that travel with `kg` lie: its shapes, its ontology and the guideline."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

HERE = Path(__file__).resolve().parent.parent


def published(name: Literal["docs", "ontology", "shapes"]) -> Path:
    """Return the folder: inside the installed package, or at the top of a checkout."""
    installed = HERE / "published" / name
    return installed if installed.is_dir() else HERE.parent.parent / name


def shapes_files() -> list[Path]:
    """Return every shapes file of `kg`, in order."""
    return sorted(published("shapes").rglob("*.ttl"))
