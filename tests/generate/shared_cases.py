"""The list of the cases in `../shared/data`, by which tests are named."""

from __future__ import annotations

from collections.abc import Iterator

from support import SHARED
from support.shared_data import LIST, found_cases


def page() -> Iterator[str]:
    """Yield the names of the cases, or the lines of the committed list where the files are not there."""
    yield from found_cases() if SHARED.is_dir() else LIST.read_text("utf-8").splitlines()
