"""Files that are installed with `kg`: its shapes, its ontology and the guideline."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

PACKAGE = Path(__file__).resolve().parent.parent


def resource_folder(name: Literal["docs", "ontology", "shapes"]) -> Path:
    """Return the folder: inside the installed package, or at the top of a checkout."""
    installed = PACKAGE / "published" / name
    return installed if installed.is_dir() else PACKAGE.parent.parent / name


def shapes_files() -> list[Path]:
    """Return all shapes files of `kg`, in order."""
    return sorted(resource_folder("shapes").rglob("*.ttl"))
