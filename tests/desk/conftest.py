"""One desk for all tests that need a running one; each has its own articles."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.desks import CLAIMS, TEXT, Desk, desk, new_corpus


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus on a desk, with an article `a` that no test changes."""
    return new_corpus(tmp_path_factory.mktemp("desk") / "corpus", a=(TEXT, CLAIMS), b=(TEXT, None))


@pytest.fixture(scope="session")
def running(corpus: Path) -> Iterator[Desk]:
    """A desk with that corpus, opened in one browser."""
    with desk(corpus) as found:
        yield found
