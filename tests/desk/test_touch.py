"""The desk by touch alone: on a phone of 360 pixels and on an iPad."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kg.corpus.yaml_reader import read_yaml
from support.browsers import violations
from support.desk_pages import Annotator, annotating
from support.desks import TEXT, new_corpus

pytestmark = pytest.mark.slow

PHONE, IPAD = {"width": 360, "height": 740}, {"width": 820, "height": 1180}
LEAST = 24
"""CSS pixels that a target must have: WCAG 2.2, 2.5.8."""
SMALL = """least => [...document.querySelectorAll("button, a, input, select, textarea")]
  .filter(each => each.checkVisibility() && !each.closest("p"))
  .filter(each => Math.min(each.getBoundingClientRect().width, each.getBoundingClientRect().height) < least)
  .map(each => each.outerHTML)"""


def fits(page: Any, width: int) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.evaluate(SMALL, LEAST) == []
    assert violations(page) == []


@pytest.mark.parametrize(
    ("settings", "adding", "name"),
    [
        ({"viewport": PHONE, "color_scheme": "dark", "locale": "nl-NL"}, "Passage toevoegen", "Naam (Engels)"),
        ({"viewport": IPAD, "color_scheme": "light", "locale": "en-GB"}, "Add a passage", "Name (English)"),
    ],
    ids=["phone", "ipad"],
)
def test_a_claim_is_made_and_its_speaker_changed_by_touch(
    browser: Any, tmp_path: Path, settings: dict[str, Any], adding: str, name: str
) -> None:
    corpus = new_corpus(tmp_path / "corpus", a=(TEXT, None))
    with annotating(corpus) as (address, _):
        hand = Annotator(browser, has_touch=True, is_mobile=True, bypass_csp=True, **settings)
        page = hand.open(address)
        page.wait_for_selector("#text")
        page.tap("#text", position={"x": 4, "y": 4})
        hand.select_by_touch("De NAVO ontkent")
        page.wait_for_selector("li.open .id:text-matches('new|nieuw')")
        fits(page, settings["viewport"]["width"])
        page.tap(f"li.open .row[data-field=words] button:text-is('{adding}')")
        hand.select_by_touch("zij blijft")
        page.wait_for_selector("li.open .row[data-field=words] .chip:nth-child(2)")
        for field in ("speaker", "act"):
            if page.query_selector(f"#accept-{field}"):
                page.tap(f"#accept-{field}")
                hand.settled()
        if not page.query_selector("#field-speaker-change-navo"):
            page.tap("#field-speaker")
            page.keyboard.insert_text("nav")
            page.tap(".options:not([hidden]) li")
            hand.settled()
        page.tap("#field-speaker-change-navo")
        page.wait_for_selector("dialog[open]")
        fits(page, settings["viewport"]["width"])
        page.get_by_label(name).fill("North Atlantic Treaty Organization")
        page.tap("dialog button[value=save]")
        page.wait_for_selector("dialog", state="detached")
        hand.settled()
        claims = read_yaml((corpus / "a.claims.yaml").read_text(), "claims").value["claims"]
        entities = read_yaml((corpus / "entities.yaml").read_text(), "entities").value
        assert (claims["c01"]["words"], claims["c01"]["speaker"]) == (["De NAVO ontkent", "zij blijft"], "navo")
        assert entities["navo"]["name"] == {"nl": "NAVO", "en": "North Atlantic Treaty Organization"}
        assert hand.complaints == []
        hand.context.close()
