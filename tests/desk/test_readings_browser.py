"""Claims of readings decided in a real browser: with single keys, changed before they are accepted, and refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

import kg
from support.browsers import violations
from support.desk_pages import Annotator, annotating
from support.hostile_pages import HOSTILE
from support.readings import ANNA, ARTICLE, newsroom_with_program

pytestmark = pytest.mark.slow

TABLET = {"width": 820, "height": 1100}


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Two people and a program read the article, of which nothing is published."""
    folder = newsroom_with_program(tmp_path / "newsroom")
    (folder / ARTICLE).unlink()
    (folder / "readings/spotter").mkdir()
    program = ANNA.replace("by: anna", "by: spotter").replace("act: states", "act: announces")
    (folder / f"readings/spotter/{ARTICLE}").write_text(program)
    return folder


@pytest.fixture
def annotator(browser: Any, corpus: Path) -> Iterator[Annotator]:
    with Annotator.at(corpus / "port.txt", browser, bypass_csp=True) as opened:
        yield opened


def claims(corpus: Path) -> Any:
    return yaml.load((corpus / ARTICLE).read_text(), yaml.BaseLoader)["claims"]


def outcome(corpus: Path, name: str, claim: str) -> Any:
    text = (corpus / "readings" / name / ARTICLE).read_text()
    return yaml.load(text, yaml.BaseLoader)["claims"][claim].get("decision", {}).get("outcome")


def choose_ben(annotator: Annotator) -> None:
    """Say that Ben decides, who is asked for with the first decision."""
    annotator.page.wait_for_selector("dialog:has-text('Who decides?')")
    assert "Spotter" not in annotator.page.inner_text("dialog")
    annotator.page.click("dialog label:text-is('Ben')")
    annotator.press("Enter")
    annotator.settled()


def test_one_key_for_each_field_that_differs(annotator: Annotator, corpus: Path) -> None:
    """Nothing is published before all is chosen; then the next claim opens."""
    page = annotator.page
    annotator.press("l")
    page.wait_for_selector("tr.open input:focus")
    annotator.press("y")
    rows = page.eval_on_selector_all("[data-choice]", "all => all.map(each => each.dataset.choice)")
    unread = (corpus / ARTICLE).exists()
    annotator.press("3", "2")
    chosen = page.inner_text('.row[data-field="about"]'), page.inner_text('.row[data-field="act"]')
    page.wait_for_selector("[data-decides]:focus")
    annotator.press("y")
    choose_ben(annotator)
    page.wait_for_selector(".claims li.open .quoted:has-text('We will pay')")
    assert (rows, unread) == (["act", "about"], False)
    assert ("announces" in chosen[1], "The dyke" in chosen[0]) == (True, True)
    claim = claims(corpus)["c01"]
    assert (claim["act"], claim["about"], claim["contributors"]) == (
        "announces",
        ["port", "dyke"],
        ["ben", "spotter"],
    )
    assert [outcome(corpus, name, "c01") for name in ("anna", "ben", "spotter")] == ["overruled"] * 3
    assert (annotator.complaints, annotator.strangers) == ([], [])


def test_all_of_one_reading_is_taken_changed_and_accepted(annotator: Annotator, corpus: Path) -> None:
    page = annotator.page
    page.click(".claims li:nth-child(2) .head")
    page.wait_for_selector("[data-choice]")
    page.click(".readings thead button:has-text('Anna')")
    annotator.press("Escape", "a")
    annotator.type("asks")
    annotator.press("Enter")
    unwritten = (corpus / ARTICLE).exists()
    found = violations(page)
    page.click("[data-decides]")
    choose_ben(annotator)
    claim = claims(corpus)["c02"]
    assert (unwritten, claim["act"], claim["words"], found) == (False, "asks", "We will pay for the dyke", [])
    # Changed by whoever decides: nobody read it so.
    assert outcome(corpus, "anna", "c02") == "overruled"
    assert annotator.complaints == []


def test_a_claim_is_refused_with_one_key_and_undone(annotator: Annotator, corpus: Path) -> None:
    page = annotator.page
    before = (corpus / f"readings/anna/{ARTICLE}").read_bytes()
    annotator.press("ArrowDown", "x")
    choose_ben(annotator)
    refused = outcome(corpus, "anna", "c01"), (corpus / ARTICLE).exists()
    page.wait_for_selector(".claims li.open .quoted:has-text('We will pay')")
    annotator.press("Escape", "Escape", "u")
    page.wait_for_selector(".claims li:has-text('The port stays open')")
    assert refused == ("refused", False)
    assert (corpus / f"readings/anna/{ARTICLE}").read_bytes() == before
    assert annotator.complaints == []


def test_what_a_program_left_open_is_asked_for_before_it_is_published(browser: Any, corpus: Path) -> None:
    for name in ("anna", "ben", "spotter"):
        (corpus / f"readings/{name}/{ARTICLE}").unlink()
    line = {"article": "port", "quotation": "hundreds will lose their jobs", "speaker": "a union man"}
    (corpus / "out.jsonl").write_text(json.dumps(line))
    kg.open(corpus).propose(corpus / "out.jsonl", by="spotter")
    with annotating(corpus / "port.txt") as (address, _):
        annotator = Annotator(browser, locale="en-GB", bypass_csp=True)
        page = annotator.open(address)
        page.click(".claims li:has-text('Quote Spotter') .head")
        page.wait_for_selector("[data-decides][aria-disabled=true]")
        found = violations(page)
        annotator.press("y")
        page.wait_for_selector("#field-speaker:focus")
        annotator.type("harb")
        page.wait_for_selector(".options:not([hidden])")
        annotator.press("Enter", "y")
        choose_ben(annotator)
        complaints = annotator.complaints
        annotator.context.close()
    assert claims(corpus) == {
        "c01": {"speaker": "union", "words": "hundreds will lose their jobs", "contributors": ["spotter"]}
    }
    assert (found, complaints) == ([], [])


@pytest.mark.parametrize(
    ("viewport", "scheme", "locale"),
    [(TABLET, "dark", "nl-NL"), ({"width": 1280, "height": 860}, "light", "en-GB")],
    ids=["tablet", "desktop"],
)
def test_axe_finds_nothing_while_readings_are_decided(
    browser: Any, corpus: Path, viewport: dict[str, int], scheme: str, locale: str
) -> None:
    found = []
    with annotating(corpus / "port.txt") as (address, _):
        annotator = Annotator(browser, viewport=viewport, color_scheme=scheme, locale=locale, bypass_csp=True)
        page = annotator.open(address)
        page.wait_for_selector(".claims .proposed")
        steps = {"list": (), "open": ("l",), "chosen": ("3", "1"), "who": ("y",)}
        for name, keys in steps.items():
            annotator.press(*keys)
            annotator.settled()
            found += [(name, *each) for each in violations(page)]
            if page.evaluate("document.documentElement.scrollWidth") > viewport["width"]:
                found.append((name, "wider than the window", ""))
        annotator.context.close()
    assert (found, annotator.complaints, annotator.strangers) == ([], [], [])


def test_hostile_strings_in_readings_run_no_script(browser: Any, corpus: Path) -> None:
    file = corpus / f"readings/ben/{ARTICLE}"
    values = {
        f"h{number:02}": {"speaker": "bos", "words": "Friday", "act": "states", "gist": {"en": each}, "note": each}
        for number, each in enumerate(HOSTILE)
    }
    file.write_text(yaml.safe_dump({"annotation": {"by": "ben", "on": "2026-05-20"}, "claims": values}))
    (corpus / "corpus.yaml").write_text(
        (corpus / "corpus.yaml").read_text().replace("name: Ben", f"name: {yaml.safe_dump(HOSTILE[0]).strip()}")
    )
    with annotating(corpus / "port.txt") as (address, _):
        annotator = Annotator(browser, locale="en-GB")
        page = annotator.open(address)
        count = page.locator(".claims li").count()
        for number in range(1, count + 1):
            page.click(f".claims li:nth-child({number}) .head")
            page.wait_for_selector(".editor")
        assert count > len(HOSTILE)
        assert page.evaluate("window.hits") == 0
        assert (annotator.complaints, annotator.strangers) == ([], [])
        annotator.context.close()
