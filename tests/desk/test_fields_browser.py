"""Fields that are made in forms, and a corpus's own, in a real browser; and what was refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kg.corpus.yaml_reader import read_yaml
from support.browsers import violations
from support.desk_pages import Annotator
from support.desks import CORPUS, TEXT, new_corpus

pytestmark = pytest.mark.slow

OWN = """\
annotators:
  anna: {name: Anna Berg}
fields:
  claims:
    stance: {property: https://own.example/stance, values: [for, against], label: {en: Stance, nl: Standpunt}}
    confidence: {property: https://own.example/confidence, type: number}
    beats: {property: https://own.example/beat, several: true}
    seen: {property: https://own.example/seen, type: entity}
"""


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = new_corpus(tmp_path / "corpus", a=(TEXT, None), b=("Stilte.\n", None))
    (folder / "corpus.yaml").write_text(CORPUS + OWN)
    return folder


@pytest.fixture
def annotator(browser: Any, corpus: Path) -> Iterator[Annotator]:
    """Somebody in front of an article that nobody has begun, in English."""
    with Annotator.at(corpus, browser, bypass_csp=True) as opened:
        opened.page.click(".overview a")
        opened.page.wait_for_selector("#text")
        yield opened


def file_of(corpus: Path) -> Any:
    return read_yaml((corpus / "a.claims.yaml").read_text(), "claims").value


def open_first(annotator: Annotator) -> Any:
    """Open the first proposal, and accept a field of it, so that it is a claim."""
    page = annotator.page
    page.click(".claims li:first-child .head")
    page.wait_for_selector("#accept-cue")
    page.click("#accept-cue")
    page.wait_for_selector(".claims li.open .id:text-is('c01')")
    return page


def choose(annotator: Annotator, field: str, text: str) -> None:
    """Type a value into a field, and take what is offered first."""
    page = annotator.page
    if page.locator(f"[data-adds={field}]").count():
        page.click(f"[data-adds={field}]")
    page.focus(f"#field-{field}")
    annotator.type(text)
    page.wait_for_selector(f"[data-field={field}] .options:not([hidden])")
    annotator.press("Enter")
    annotator.settled()


def test_fields_of_the_corpus_are_edited_under_their_labels(annotator: Annotator, corpus: Path) -> None:
    page = open_first(annotator)
    choose(annotator, "stance", "ag")
    choose(annotator, "seen", "nav")
    page.click("[data-adds=confidence]")
    annotator.type("0.8")
    annotator.press("Enter")
    annotator.settled()
    page.click("[data-adds=beats]")
    for each in ("defence", "politics"):
        page.focus("#field-beats")
        annotator.type(each)
        annotator.press("Enter")
        annotator.settled()
    label = page.inner_text("[data-field=stance] .name")
    found = violations(page)
    page.click("[data-field=confidence] textarea")
    page.press("#field-confidence", "Control+a")
    annotator.type("much")
    page.wait_for_selector("[data-field=confidence] .finding.violation")
    claim = file_of(corpus)["claims"]["c01"]
    own = {key: claim[key] for key in ("stance", "seen", "confidence", "beats")}
    assert own == {"stance": "against", "seen": "navo", "confidence": "0.8", "beats": ["defence", "politics"]}
    assert (label.strip(), found, annotator.complaints) == ("Stance", [], [])


def test_a_fact_check_is_made_and_changed_in_a_form(annotator: Annotator, corpus: Path) -> None:
    """With the keyboard; what the form does not have stays."""
    page = open_first(annotator)
    page.focus("[data-adds=reviews]")
    annotator.press("Enter", "Enter")
    annotator.type("https://check.example/1")
    annotator.press("Tab")
    annotator.type("NA")
    annotator.press("Tab")
    annotator.type("2026-11-22")
    annotator.press("Tab")
    annotator.type("Half waar")
    found = violations(page)
    annotator.press("Enter")
    annotator.settled()
    file = corpus / "a.claims.yaml"
    made = file_of(corpus)["claims"]["c01"]["reviews"]
    file.write_text(file.read_text().replace("{name: Half waar}", "{value: 3, worst: 1, best: 5, name: Half waar}"))
    page.wait_for_selector("[data-field=reviews] .chip:has-text('NATO · Half waar · https://check.example/1')")
    annotator.settled()
    page.click("[data-field=reviews] button:text-is('Change')")
    page.select_option("[data-field=reviews] select >> nth=1", "false")
    page.click("[data-field=reviews] button:text-is('Save')")
    annotator.settled()
    review = {"url": "https://check.example/1", "by": "navo", "published": "2026-11-22"}
    assert made == [{**review, "rating": {"name": "Half waar"}}]
    rating = {"value": "3", "worst": "1", "best": "5", "name": "Half waar", "verdict": "false"}
    assert file_of(corpus)["claims"]["c01"]["reviews"] == [{**review, "rating": rating}]
    page.click("[data-field=reviews] .chip .remove")
    annotator.settled()
    assert "reviews" not in file_of(corpus)["claims"]["c01"]
    assert (found, annotator.complaints) == ([], [])


def test_an_unnamed_source_is_made_where_a_speaker_is_typed(annotator: Annotator, corpus: Path) -> None:
    page = open_first(annotator)
    choose(annotator, "speaker", "minister")
    page.select_option(".entity select", "source")
    found = violations(page)
    page.click(".entity button:text-is('Create')")
    annotator.settled()
    choose(annotator, "speaker", "minis")
    written = file_of(corpus)
    assert (written["sources"], written["claims"]["c01"]["speaker"]) == (
        {"minister": {"words": "minister"}},
        "minister",
    )
    assert page.inner_text(".claims li.open .who") == "minister"
    assert (found, annotator.complaints) == ([], [])


def test_names_and_texts_are_given_in_several_languages(annotator: Annotator, corpus: Path) -> None:
    """A new entity in those in which the corpus names things; the claim in full in any other."""
    page = open_first(annotator)
    choose(annotator, "to", "Oekraïne")
    page.fill(".entity input[lang=en]", "Ukraine")
    page.select_option(".entity select", "Country")
    page.click(".entity button:text-is('Create')")
    annotator.settled()
    annotator.press("g")
    page.fill("[data-field=gist] .tag-input", "fr")
    page.press("[data-field=gist] .tag-input", "Enter")
    annotator.type("On rentre.")
    annotator.press("Enter")
    annotator.settled()
    assert (
        "\noekraine: {type: Country, name: {nl: Oekraïne, en: Ukraine}}\n" in (corpus / "entities.yaml").read_text()
    )
    claim = file_of(corpus)["claims"]["c01"]
    assert (claim["to"], claim["gist"]) == ("oekraine", {"fr": "On rentre."})
    assert annotator.complaints == []


def test_what_was_refused_stays_refused_when_the_page_is_loaded_again(annotator: Annotator, corpus: Path) -> None:
    page = annotator.page
    page.click(".back")
    page.wait_for_selector("td:text-is('2')")
    page.click(".overview a")
    page.wait_for_selector(".claims .proposed")
    annotator.press("j", "x")
    page.wait_for_selector(".claims li", state="attached")
    page.wait_for_selector("text=1 proposal or guess refused.")
    left = annotator.heads()
    page.click(".claims li:first-child .head")
    page.focus("#accept-cue")
    annotator.press("Backspace")
    page.wait_for_selector("text=2 proposals and guesses refused.")
    page.reload()
    page.wait_for_selector("text=2 proposals and guesses refused.")
    page.click(".claims li:first-child .head")
    page.wait_for_selector(".editor")
    guessed = page.eval_on_selector_all("[data-accepts]", "all => all.map(each => each.dataset.accepts)")
    annotator.press("Escape", "Escape")
    page.click("text=Make them again")
    page.wait_for_selector(".claims li:nth-child(2)")
    assert (left, "cue" in guessed, (corpus / "a.claims.yaml").exists()) == (["proposal"], False, False)
    page.click(".back")
    page.wait_for_selector("td:text-is('2')")
    assert annotator.complaints == []


def test_what_the_article_is_is_said_in_a_form(annotator: Annotator, corpus: Path) -> None:
    """What the form does not have stays, and an act is found by its verb in the language of the article."""
    page = annotator.page
    page.click("text=Details")
    page.wait_for_selector("dialog input:focus")
    found = violations(page)
    annotator.type("Naar huis")
    annotator.press("Tab")
    annotator.type("nl-BE")
    annotator.press("Enter")
    annotator.settled()
    page.wait_for_selector("h1:text-is('Naar huis')")
    open_first(annotator)
    choose(annotator, "act", "waarsch")
    written = file_of(corpus)
    page.click("text=Details")
    page.wait_for_selector("dialog input:focus")
    unchanged = (corpus / "a.claims.yaml").read_bytes()
    annotator.press("Enter")
    annotator.settled()
    assert {key: written["article"][key] for key in ("headline", "language")} == {
        "headline": "Naar huis",
        "language": "nl-BE",
    }
    assert (written["claims"]["c01"]["act"], "sha256" in written["article"]) == ("warns", True)
    assert (corpus / "a.claims.yaml").read_bytes() == unchanged
    assert (found, annotator.complaints) == ([], [])
