"""The page of `kg agree`, in Chromium."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.cli import run
from support.browsers import Visit, launched, violations
from support.readings import newsroom

pytestmark = pytest.mark.slow


def test_differences_are_side_by_side(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(newsroom(tmp_path / "newsroom"))
    assert run(["agree", "-f", "html", "-o", "agreement.html"]) == 0

    with launched() as browser:
        opened = Visit(browser, viewport={"width": 360, "height": 740}, bypass_csp=True)
        page = opened.to(Path("agreement.html").resolve())
        claims = [claim.locator("tr").all() for claim in page.locator(".claim").all()]
        cells = [[row.locator("th, td").all_inner_texts() for row in rows] for rows in claims]
        found, width = violations(page), page.evaluate("document.documentElement.scrollWidth")
        opened.context.close()
    assert (found, width, opened.complaints, opened.strangers) == ([], 360, [], [])
    who = ["", "anna", "ben"]
    assert cells == [
        [who, ["words", "The port stays open", "The port stays open"], ["about", "The port", "The dyke, The port"]],
        [
            who,
            ["words", "We will pay for the dyke", '"We will pay for the dyke"'],
            ["act", "promises", "states"],
            ["about", "The dyke", "–"],
        ],
        [who, ["words", "the state had refused to pay", "that the state had refused to pay"]],
        [who, ["words", "hundreds will lose their jobs", "–"], ["speaker", "Harbour union", "–"]],
    ]
