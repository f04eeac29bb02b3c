"""Fixtures that several test files share."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from support import SEEDS


@pytest.fixture
def seeds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Go to a folder with a copy of the seed corpus in it, and return the copy."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(SEEDS, "seeds")
    return Path("seeds")
