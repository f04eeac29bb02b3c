"""Of 10,000 changed quotations in ten scripts, those that are still the words of the article are proposed alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from support.mutated_quotations import MUTATIONS, TEXTS, tried

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_wrong_ones_accepted_none_right_ones_refused_none(
    tmp_path: Path, rounds: Callable[[int, int], int], show_figure: Callable[[str], None], form: str
) -> None:
    many = rounds(60, 510)
    counts = tried(tmp_path, form, many, seed=2026)

    total = counts.right + counts.wrong + counts.several
    show_figure(
        f"{total:,} changed quotations ({len(TEXTS)} scripts, {len(MUTATIONS)} ways, texts in {form}): "
        f"{counts.wrong:,} wrong, accepted {len(counts.wrong_accepted)}; {counts.right:,} right, refused "
        f"{len(counts.right_refused)}; {counts.several:,} at several places"
    )
    assert (counts.wrong_accepted, counts.right_refused) == ([], [])
    assert total >= 9 * many
