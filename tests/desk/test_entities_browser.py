"""Entities and occasions that exist already, changed in the page, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kg.corpus.yaml_reader import read_yaml
from support.browsers import violations
from support.desk_pages import Annotator
from support.desks import ENTITIES, TEXT, new_corpus

pytestmark = pytest.mark.slow

CLAIMS = """\
# Mine.
annotation: {status: draft}
occasions:
  talk: {type: interview, name: Gesprek, date: 2020-02-20}   # on Thursday
claims:
  c01: {speaker: berg, words: 'Wij gaan naar huis', act: announces, at: talk}
"""


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return new_corpus(tmp_path / "corpus", a=(TEXT, CLAIMS))


@pytest.fixture
def annotator(browser: Any, corpus: Path) -> Iterator[Annotator]:
    """Somebody who has opened the first claim, in English."""
    with Annotator.at(corpus, browser, bypass_csp=True) as opened:
        opened.page.wait_for_selector("#text")
        opened.page.click(".claims li:first-child .head")
        opened.page.wait_for_selector("#editor")
        yield opened


def entities(corpus: Path) -> Any:
    return read_yaml((corpus / "entities.yaml").read_text(), "entities").value


def saved(annotator: Annotator) -> None:
    annotator.page.click("dialog button[value=save]")
    annotator.page.wait_for_selector("dialog", state="detached")
    annotator.settled()


def test_names_type_addresses_and_roles_are_changed_in_the_page(annotator: Annotator, corpus: Path) -> None:
    page = annotator.page
    page.click("#field-speaker-change-berg")
    page.wait_for_selector("dialog[open]")
    assert page.inner_text("dialog h2") == "Change Anna Berg…"
    page.get_by_label("Name (Dutch)").fill("Anna van den Berg")
    page.get_by_label("The same elsewhere").fill("https://www.wikidata.org/entity/Q1\nhttps://viaf.org/viaf/1")
    page.get_by_role("button", name="Add a role").click()
    annotator.type("minister")
    page.get_by_label("Of what").select_option("navo")
    page.get_by_label("From (EDTF)").fill("2019-05")
    assert violations(page) == []
    saved(annotator)

    assert entities(corpus)["berg"] == {
        "type": "Person",
        "name": "Anna van den Berg",
        "same_as": ["https://www.wikidata.org/entity/Q1", "https://viaf.org/viaf/1"],
        "roles": {"minister": {"title": "minister", "organization": "navo", "from": "2019-05"}},
    }
    assert (corpus / "entities.yaml").read_text().endswith(ENTITIES.splitlines()[1] + "\n")
    assert "Anna van den Berg" in annotator.field("speaker")
    assert page.evaluate("document.activeElement.id") == "field-speaker-change-berg"
    annotator.press("Escape", "u")
    annotator.settled()
    assert (corpus / "entities.yaml").read_text() == ENTITIES
    assert annotator.complaints == []


def test_what_is_wrong_is_said_at_its_field_while_typing(annotator: Annotator, corpus: Path) -> None:
    page = annotator.page
    page.click("#field-speaker-change-berg")
    page.get_by_role("button", name="Add a role").click()
    annotator.type("minister")
    page.get_by_label("From (EDTF)").fill("2019-13")
    page.wait_for_selector("dialog .held .finding")
    assert page.get_by_label("From (EDTF)").get_attribute("aria-invalid") == "true"
    page.get_by_label("From (EDTF)").fill("2019-12")
    page.wait_for_selector("dialog .finding", state="detached")
    page.get_by_label("Name (Dutch)").fill("")
    page.wait_for_selector("dialog .finding")
    page.click("dialog button[value=save]")
    page.wait_for_selector("dialog .finding")
    assert (corpus / "entities.yaml").read_text() == ENTITIES, "an entity without a name is not written"
    annotator.press("Escape")
    page.wait_for_selector("dialog", state="detached")


def test_a_name_that_an_editor_changed_meanwhile_is_asked_about(annotator: Annotator, corpus: Path) -> None:
    page = annotator.page
    page.click("#field-speaker-change-berg")
    page.get_by_label("Name (Dutch)").fill("A. Berg")
    (corpus / "entities.yaml").write_text(ENTITIES.replace("Anna Berg", "Anna B."))
    page.click("dialog button[value=save]")
    page.wait_for_selector("dialog .versions")
    assert "Anna B." in page.inner_text("dialog .versions")
    page.click("dialog button[value=mine]")
    page.wait_for_selector("dialog", state="detached")
    annotator.settled()

    assert entities(corpus)["berg"]["name"] == "A. Berg"


def test_what_nobody_touched_stays_as_the_file_has_it(annotator: Annotator, corpus: Path) -> None:
    """Line ends, which a field does not show, and an organisation that is none."""
    page, written = (
        annotator.page,
        (
            "berg:\n  type: Person\n  name: Anna Berg\n  description: |\n    Minister.\n    Before, mayor.\n"
            "  roles:\n    mayor: {title: mayor, organization: gent, from: 2012}\n"
            "gent: {type: Place, name: {nl: Gent, en: Ghent}}\n"
        ),
    )
    (corpus / "entities.yaml").write_text(written)
    page.click("#field-speaker-change-berg")
    page.get_by_label("Name (Dutch)").fill("Anna B.")
    saved(annotator)

    assert (corpus / "entities.yaml").read_text() == written.replace("Anna Berg", "Anna B.")
    assert annotator.complaints == []


def test_a_new_occasion_is_called_what_was_typed(annotator: Annotator, corpus: Path) -> None:
    page = annotator.page
    page.click("#field-at-change-talk ~ .remove")
    annotator.settled()
    annotator.press("Escape", "o")
    annotator.type("Persconferentie in Brussel")
    page.get_by_role("option", name="New: Persconferentie in Brussel").click()
    typed = page.get_by_label("Name", exact=True).input_value()
    page.get_by_label("What it is").fill("press conference")
    page.get_by_role("button", name="Create").click()
    annotator.settled()

    written = read_yaml((corpus / "a.claims.yaml").read_text(), "claims").value
    assert typed == "Persconferentie in Brussel"
    assert written["occasions"]["persconferentie-in-brussel"] == {
        "type": "press conference",
        "name": "Persconferentie in Brussel",
    }
    assert written["claims"]["c01"]["at"] == "persconferentie-in-brussel"
    assert "Persconferentie in Brussel" in annotator.field("at")


def test_an_occasion_is_given_another_name_in_the_page(annotator: Annotator, corpus: Path) -> None:
    page = annotator.page
    page.click("#field-at-change-talk")
    page.get_by_label("Name (Dutch)").fill("Gesprek met De Krant")
    page.get_by_label("Words of the date").fill("vrijdag")
    saved(annotator)

    written = (corpus / "a.claims.yaml").read_text()
    assert read_yaml(written, "claims").value["occasions"]["talk"] == {
        "type": "interview",
        "name": "Gesprek met De Krant",
        "date": {"edtf": "2020-02-20", "words": "vrijdag"},
    }
    assert "# on Thursday" in written
    assert "Gesprek met De Krant" in annotator.field("at")
