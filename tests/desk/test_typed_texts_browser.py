"""Texts that somebody types, in a real browser: none is lost, and each is in the language in which it is read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kg.corpus.yaml_reader import read_yaml
from support.desk_pages import Annotator
from support.desks import CLAIMS, TEXT, new_corpus

pytestmark = pytest.mark.slow

IN_ENGLISH = """\
article: {language: en}
annotation: {status: draft}
occasions:
  talk: {name: Press conference}
claims:
  c01: {speaker: berg, words: 'Wij gaan naar huis', at: talk, note: Zo staat het er.}
"""


def values(corpus: Path) -> Any:
    return read_yaml((corpus / "a.claims.yaml").read_text(), "claims").value


def open_claim(annotator: Annotator) -> Any:
    annotator.page.wait_for_selector("#text")
    annotator.page.click(".claims li:first-child .head")
    annotator.page.wait_for_selector("#editor")
    return annotator.page


def test_a_text_that_could_not_be_saved_stays_and_is_saved_the_next_time(browser: Any, tmp_path: Path) -> None:
    corpus = new_corpus(tmp_path / "corpus", a=(TEXT, CLAIMS))
    with Annotator.at(corpus, browser) as annotator:
        page = open_claim(annotator)
        page.route("**/edits", lambda route: route.abort())
        annotator.press("n")
        annotator.type("Said at the door.")
        annotator.press("Enter")
        page.wait_for_selector(".alarm:has-text('does not answer')")
        kept = page.input_value("#field-note")
        unsaved = values(corpus)["claims"]["c01"]
        page.unroute("**/edits")
        page.focus("#field-note")
        annotator.press("Enter")
        annotator.settled()

    assert (kept, "note" in unsaved) == ("Said at the door.", False)
    assert values(corpus)["claims"]["c01"]["note"] == {"nl": "Said at the door."}


def test_a_text_that_is_typed_and_not_saved_is_asked_about_when_the_page_is_closed(
    browser: Any, tmp_path: Path
) -> None:
    corpus = new_corpus(tmp_path / "corpus", a=(TEXT, CLAIMS))
    with Annotator.at(corpus, browser) as annotator:
        page = open_claim(annotator)
        asks = "dispatchEvent(new Event('beforeunload', {cancelable: true}))"
        before = page.evaluate(asks)
        annotator.press("n")
        annotator.type("Said at the door.")
        typing = page.evaluate(asks)
        annotator.press("Enter")
        annotator.settled()
        assert (before, typing, page.evaluate(asks)) == (True, False, True)


def test_what_an_error_asks_for_is_one_button_away_and_can_wait(browser: Any, tmp_path: Path) -> None:
    denial = "claims:\n  c01: {speaker: berg, words: Wij gaan naar huis, act: denies}\n"
    corpus = new_corpus(tmp_path / "corpus", a=(TEXT, "annotation: {status: draft}\n" + denial))
    with Annotator.at(corpus, browser) as annotator:
        page = annotator.page
        page.wait_for_selector("#text")
        annotator.press("l")
        page.wait_for_selector(".claims li.open .id:text-is('c01')")
        annotator.press("l")
        page.wait_for_selector(".claims li.open .id:text-is('proposal')")
        annotator.press("l")
        page.wait_for_selector(".claims li.open .id:text-is('c01')")
        page.click("[data-leads=gist]")
        annotator.type("Anna Berg blijft.")
        annotator.press("Enter")
        annotator.settled()
        page.get_by_role("button", name="Next").click()
        page.wait_for_selector(".claims li.open .id:text-is('proposal')")
    assert values(corpus)["claims"]["c01"]["gist"] == {"nl": "Anna Berg blijft."}


def test_the_language_of_an_article_is_set_with_one_button(browser: Any, tmp_path: Path) -> None:
    english = "date 2020-02-21 " + "The mayor said that it was not for the town to pay for this. " * 12
    corpus = new_corpus(tmp_path / "corpus", a=(english, None))
    with Annotator.at(corpus, browser) as annotator:
        annotator.page.get_by_role("button", name="It is in English").click()
        annotator.settled()
        annotator.page.wait_for_selector(".seems", state="detached")
        proposals = annotator.page.locator(".claims li.proposed").count()
    assert values(corpus)["article"]["language"] == "en"
    assert proposals > 0


def test_a_note_without_a_language_is_in_that_of_the_corpus(browser: Any, tmp_path: Path) -> None:
    corpus = new_corpus(tmp_path / "corpus", a=(TEXT, IN_ENGLISH))
    with Annotator.at(corpus, browser) as annotator:
        open_claim(annotator)
        annotator.page.get_by_label("Note (English)").fill("So it says.")
        annotator.press("Enter")
        annotator.settled()
    assert values(corpus)["claims"]["c01"]["note"] == {"nl": "Zo staat het er.", "en": "So it says."}


def test_a_comment_of_a_reviewer_leaves_the_language_of_the_note(browser: Any, tmp_path: Path) -> None:
    corpus = new_corpus(tmp_path / "corpus", a=(TEXT, IN_ENGLISH))
    with Annotator.at(corpus, browser) as annotator:
        annotator.page.wait_for_selector("#text")
        annotator.press("v", "n")
        annotator.type("Says who?")
        annotator.press("Enter")
        annotator.settled()
    assert values(corpus)["claims"]["c01"]["note"] == {"nl": "Zo staat het er.", "en": "Says who?"}


def test_the_name_of_an_occasion_is_in_the_language_of_the_article(browser: Any, tmp_path: Path) -> None:
    corpus = new_corpus(tmp_path / "corpus", a=(TEXT, IN_ENGLISH))
    with Annotator.at(corpus, browser) as annotator:
        page = open_claim(annotator)
        page.click("#field-at-change-talk")
        page.get_by_label("Name (Dutch)").fill("Persconferentie")
        page.click("dialog button[value=save]")
        annotator.settled()
    assert values(corpus)["occasions"]["talk"]["name"] == {"en": "Press conference", "nl": "Persconferentie"}


def test_the_reason_of_a_withdrawal_is_in_the_language_of_the_page(browser: Any, tmp_path: Path) -> None:
    corpus = new_corpus(tmp_path / "corpus", a=(TEXT, CLAIMS))
    with Annotator.at(corpus, browser) as annotator:
        annotator.page.wait_for_selector("#text")
        annotator.press("j", "x")
        annotator.page.click("dialog button[value=withdraw]")
        annotator.settled()
    assert values(corpus)["withdrawn"]["c01"]["why"] == {"en": "A mistake of the annotation."}
