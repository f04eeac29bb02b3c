"""What a screen reader says on the desk, by the accessibility tree of Chromium."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.browsers import Spoken, spoken
from support.desk_pages import Annotator, annotating
from support.desks import TEXT, new_corpus

pytestmark = pytest.mark.slow

CLAIMS = "annotation: {status: draft}\nclaims:\n  c01: {speaker: undecided, words: 'Wij gaan naar huis'}\n"

# What is said stays: on a slow machine it would be gone after four seconds, before it is looked at.
STAYING = "const later = setTimeout; window.setTimeout = (call, wait) => (wait === 4000 ? 0 : later(call, wait));"


@pytest.fixture
def annotator(browser: Any, tmp_path: Path) -> Iterator[Annotator]:
    """Somebody who came to the first claim with the keyboard, in English."""
    corpus = new_corpus(tmp_path / "corpus", a=(TEXT, CLAIMS))
    with annotating(corpus) as (address, _):
        opened = Annotator(browser, locale="en-GB")
        opened.context.add_init_script(STAYING)
        opened.open(address)
        opened.page.wait_for_selector("#text")
        opened.press("j")
        yield opened
        opened.context.close()


def focused(annotator: Annotator) -> Spoken:
    (found,) = (
        each for each in spoken(annotator.page) if each.states.get("focused") and each.role != "RootWebArea"
    )
    return found


def said(annotator: Annotator, role: str = "status") -> list[str]:
    return [" ".join(each.name.split()) for each in spoken(annotator.page) if each.role == role and each.name]


def opened(annotator: Annotator) -> None:
    annotator.press("Enter")
    annotator.page.wait_for_selector("#accept-speaker:focus")


def test_a_claim_is_told_with_what_is_left_and_whether_it_is_open(annotator: Annotator) -> None:
    claim = focused(annotator)
    assert (claim.role, claim.states["expanded"]) == ("button", False)
    assert claim.name == "c01 not decided 1 to decide 1 warning Wij gaan naar huis"

    opened(annotator)
    annotator.press("Escape")
    assert focused(annotator).states["expanded"] is True
    lists = [each.name for each in spoken(annotator.page) if each.role == "list"]
    assert "The claims in the order of the article" in lists


def test_what_was_accepted_or_refused_is_told_and_the_next_guess_has_the_focus(annotator: Annotator) -> None:
    opened(annotator)
    assert focused(annotator).name == "Accept for Speaker: Anna Berg"
    assert "give an entity, a source of this file, unnamed or article" in annotator.page.inner_text("#editor")
    annotator.press("Enter")
    annotator.settled()
    assert said(annotator) == ["Speaker: saved"]
    assert focused(annotator).name == "Accept for Named as: minister Anna Berg"
    annotator.press("Backspace")
    annotator.settled()
    assert said(annotator) == ["Named as: guess refused"]


def test_a_wrong_value_is_told_in_its_field_while_typing_and_once_more_when_it_is_saved(
    annotator: Annotator,
) -> None:
    opened(annotator)
    annotator.press("Escape", "d")
    annotator.type("2020-13")
    annotator.page.wait_for_selector("#field-said[aria-invalid=true]")
    field = focused(annotator)
    assert (field.role, field.name, field.states["invalid"]) == ("combobox", "Said on", "true")
    assert "a month must be 01 to 12" in field.description
    annotator.press("Enter")
    annotator.settled()
    annotator.page.wait_for_selector(".said:has-text('Said on: saved')")
    assert "Said on: saved. a month must be 01 to 12" in " ".join(said(annotator))


def test_what_is_not_written_is_an_alert(annotator: Annotator) -> None:
    error = {"error": {"title": "the disk is full", "detail": "", "fix": "make room"}}
    annotator.page.route("**/edits", lambda route: route.fulfill(status=400, body=json.dumps(error)))
    opened(annotator)
    annotator.press("Enter")
    annotator.page.wait_for_selector(".alarm:has-text('the disk is full')")
    assert said(annotator, "alert") == ["the disk is full make room Close"]


def test_a_dialog_is_told_with_what_it_asks(annotator: Annotator) -> None:
    annotator.press("x")
    annotator.page.wait_for_selector("dialog[open]")
    (dialog,) = (each for each in spoken(annotator.page) if each.role == "dialog")
    assert dialog.name == "Remove c01?"
    assert dialog.description.startswith("Remove a claim that nobody else has seen.")


def test_the_choices_of_a_field_are_told_with_their_kind(annotator: Annotator) -> None:
    guesses: list[Any] = []
    annotator.page.route("**/guess", lambda route: guesses.append(route))
    with annotator.page.expect_request("**/guess"):
        annotator.press("t")
    annotator.type("nat")
    (guess,) = guesses
    guess.continue_()  # it comes when something is typed already
    annotator.page.wait_for_selector("#accept-speaker")
    annotator.page.wait_for_selector(".options:not([hidden]) li")
    options = [(each.name, each.states["selected"]) for each in spoken(annotator.page) if each.role == "option"]
    assert options[0] == ("NATO Organisation · navo", True)
    assert focused(annotator).states["expanded"] is True
