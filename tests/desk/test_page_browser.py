"""`kg annotate` in a real browser: the files say what people decided, nobody is kept out, nothing typed is lost."""

from __future__ import annotations

import json
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kg.corpus.yaml_reader import read_yaml
from support import SEEDS
from support.browsers import violations
from support.desk_pages import Annotator, annotating
from support.desks import new_corpus
from support.hostile_pages import HOSTILE

pytestmark = pytest.mark.slow

ARTICLE = "000_411f4785dd135aae"
TABLET = {"width": 768, "height": 1024}


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SEEDS, tmp_path / "corpus"))


@pytest.fixture
def annotator(browser: Any, corpus: Path) -> Iterator[Annotator]:
    """Somebody in front of the article of the seed, in English."""
    with Annotator.at(corpus, browser) as opened:
        yield opened


def claims_file(corpus: Path) -> Path:
    return corpus / f"{ARTICLE}.claims.yaml"


def claim(corpus: Path, id: str) -> Any:
    """Return a claim as its file has it now; None if there is none."""
    values: Any = read_yaml(claims_file(corpus).read_text(), "claims").value
    return values["claims"].get(id)


def replace_in(file: Path, old: str, new: str) -> None:
    """Change a file as an editor does."""
    text = file.read_text()
    assert text.count(old) == 1
    file.write_text(text.replace(old, new))


def conflicts_left_out(complaints: list[str]) -> list[str]:
    """Chromium writes a line for each answer that is an error, as a conflict is."""
    return [each for each in complaints if "409" not in each]


def test_guesses_about_selected_words_are_accepted_one_by_one(annotator: Annotator, corpus: Path) -> None:
    before = claims_file(corpus).read_bytes()
    annotator.select("om zich bij de Nucleaire Planningsgroep")
    annotator.page.wait_for_selector("#accept-cue")
    guessed = annotator.page.eval_on_selector_all("[data-accepts]", "all => all.map(each => each.dataset.accepts)")
    unread = claims_file(corpus).read_bytes()
    annotator.page.focus("#accept-cue")
    annotator.press("Enter")
    annotator.settled()
    first = claim(corpus, "c29")
    annotator.press("Enter")
    annotator.settled()

    assert (unread, guessed) == (before, ["speaker_words", "cue", "act"])
    assert first == {
        "speaker": "undecided",
        "words": "om zich bij de Nucleaire Planningsgroep",
        "cue": ["nodigde", "uit"],
    }
    assert claim(corpus, "c29") == {**first, "act": "invites"}
    assert (annotator.complaints, annotator.strangers) == ([], [])


def test_a_refused_guess_is_not_written_and_not_offered_again(annotator: Annotator, corpus: Path) -> None:
    annotator.select("om zich bij de Nucleaire Planningsgroep")
    annotator.page.wait_for_selector("#accept-cue")
    annotator.page.focus("#accept-cue")
    annotator.press("Backspace", "Enter")
    annotator.settled()
    annotator.press("Escape", "Escape", "Enter")
    annotator.page.wait_for_selector(".editor")
    assert "cue" not in claim(corpus, "c29")
    assert claim(corpus, "c29")["act"] == "invites"
    assert annotator.page.locator("#accept-cue").count() == 0


def test_shift_adds_a_passage_in_the_order_of_the_text(annotator: Annotator, corpus: Path) -> None:
    annotator.select("klinkt het")
    annotator.page.wait_for_selector(".editor")
    annotator.select("aan die nieuwe omstandigheden", more=True)
    annotator.page.wait_for_selector(".row[data-field=words] .chip:nth-child(2)")
    annotator.press("s")
    annotator.type("stolt")
    annotator.press("Enter")
    annotator.settled()
    annotator.select("maar geen nieuwe", more=True)
    annotator.page.wait_for_selector(".row[data-field=words] .chip:nth-child(3)")
    annotator.settled()
    assert claim(corpus, "c29")["words"] == ["aan die nieuwe omstandigheden", "klinkt het", "maar geen nieuwe"]
    assert claim(corpus, "c29")["speaker"] == "stoltenberg"


def test_one_key_for_each_field(annotator: Annotator, corpus: Path) -> None:
    """With the keyboard alone, on the claim that the arrows led to."""
    annotator.press("j", "j", "j", "k")
    annotator.press("a")
    annotator.type("den")
    annotator.press("Enter", "b")
    annotator.type("brexit")
    annotator.press("Enter", "Escape", "t")
    annotator.type("trump")
    annotator.press("Enter", "Escape", "i")
    annotator.type("about")
    annotator.press("Enter", "Escape", "n")
    annotator.type("snxj?")
    annotator.press("Enter", "c")
    annotator.type("Franse")
    annotator.press("Enter", "Escape", "r")
    annotator.type("contr")
    annotator.press("Enter")
    annotator.type("c05")
    annotator.press("Enter", "o")
    annotator.type("interv")
    annotator.press("Enter")
    annotator.settled()

    changed = claim(corpus, "c02")
    assert {key: changed[key] for key in ("act", "about", "to", "inferred", "cue", "relations", "at")} == {
        "act": "denies",
        "about": ["nuclear-deterrence", "european-defence", "brexit"],
        "to": ["european-partners", "trump"],
        "inferred": ["to", "about"],
        "cue": ["oproep", "Franse"],
        "relations": {"contradicts": "c05"},
        "at": "spiegel",
    }
    assert changed["note"]["en"] == (
        "The article does not say that the call is the dialogue that Macron proposed (c18), "
        'hence no relation "same".snxj?'
    )
    assert (annotator.complaints, annotator.strangers) == ([], [])


def test_the_article_is_selected_with_the_keyboard(annotator: Annotator, corpus: Path) -> None:
    annotator.press("e", "Control+Home", *["Control+ArrowRight"] * 3)
    annotator.press(*["Control+Shift+ArrowRight"] * 2, "Enter")
    annotator.page.wait_for_selector(".editor")
    text = annotator.text
    annotator.press("s")
    annotator.type("nato")
    annotator.press("ArrowDown", "Enter")
    annotator.settled()
    annotator.press("e", "Control+End", "Control+Shift+ArrowLeft", "Control+Shift+ArrowLeft", "Shift+Enter")
    annotator.page.wait_for_selector(".row[data-field=words] .chip:nth-child(2)")
    annotator.settled()
    first, second = claim(corpus, "c29")["words"]
    assert annotator.text == text
    assert (first in text[:60], second in text[-20:]) == (True, True)


def test_a_finger_that_rests_has_selected(browser: Any, corpus: Path) -> None:
    with annotating(corpus) as (address, _):
        tablet = Annotator(browser, viewport=TABLET, has_touch=True, locale="en-GB")
        page = tablet.open(address)
        page.tap("#text")
        tablet.select_by_touch("De Verenigde Staten en Rusland moderniseren momenteel hun kernwapens")
        page.wait_for_selector('.claims .id:text-is("new")')
        assert page.inner_text(".claims li.open .quoted") == (
            "De Verenigde Staten en Rusland moderniseren momenteel hun kernwapens"
        )
        tablet.context.close()


def test_words_that_say_when_are_picked_in_the_article(annotator: Annotator, corpus: Path) -> None:
    annotator.page.click("#text .mark[data-claims='c07']")
    annotator.page.wait_for_selector(".editor")
    annotator.press("d")
    annotator.select("vrijdag")
    annotator.page.wait_for_selector("dialog input")
    annotator.press("ArrowDown", "Enter")
    annotator.settled()
    assert claim(corpus, "c07")["said"] == {"edtf": "2020-02-21", "words": "vrijdag"}


def test_a_new_entity_needs_a_name_and_a_type(annotator: Annotator, corpus: Path) -> None:
    annotator.page.click("#text .mark[data-claims='c22']")
    annotator.page.wait_for_selector(".editor")
    annotator.press("t")
    annotator.type("Angela Merkel")
    annotator.press("Enter", "Enter")
    annotator.settled()
    assert claim(corpus, "c22")["to"] == "angela-merkel"
    assert "\nangela-merkel: {type: Person, name: Angela Merkel}\n" in (corpus / "entities.yaml").read_text()


def test_a_speaker_that_is_taken_out_is_replaced_by_the_next(annotator: Annotator, corpus: Path) -> None:
    page = annotator.page
    page.click("#text .mark[data-claims='c22']")
    page.wait_for_selector(".editor")
    page.click(".row[data-field=speaker] .chip .remove")
    annotator.settled()
    between = claim(corpus, "c22")["speaker"]
    annotator.type("trump")
    annotator.press("Enter")
    annotator.settled()
    assert (between, claim(corpus, "c22")["speaker"]) == ("undecided", "trump")
    assert page.inner_text(".alarm") == ""


def test_an_error_goes_with_its_cause_with_escape_or_with_another_claim(annotator: Annotator, corpus: Path) -> None:
    page = annotator.page

    def refused() -> None:
        error = {"error": {"title": "a claim must have `act`", "fix": "add it"}}
        page.route("**/edits", lambda route: route.fulfill(status=400, json=error))
        annotator.type("asks")
        annotator.press("Enter")
        page.wait_for_selector(".alarm:has-text('a claim must have Act')")
        page.unroute("**/edits")
        # The field that the error names has the focus.
        page.wait_for_selector("#field-act:focus")

    page.click("#text .mark[data-claims='c22']")
    page.wait_for_selector(".editor")
    annotator.press("a")
    refused()
    annotator.press("Escape")
    assert (page.locator(".alarm strong").count(), page.locator(".editor").count()) == (0, 1)
    refused()
    page.click("#text .mark[data-claims='c24']")
    page.wait_for_selector(".alarm:empty", state="attached")
    page.click("#text .mark[data-claims='c22']")
    annotator.press("a")
    refused()
    annotator.type("asks")
    annotator.press("Enter")
    page.wait_for_selector(".alarm:empty", state="attached")
    annotator.settled()
    assert claim(corpus, "c22")["act"] == "asks"


def test_messages_call_fields_as_the_page_does_and_lead_to_them(browser: Any, corpus: Path) -> None:
    replace_in(claims_file(corpus), "status: done", "status: draft")
    replace_in(claims_file(corpus), "    speaker: trump\n", "    speaker: undecided\n")
    with annotating(corpus) as (address, _):
        annotator = Annotator(browser, locale="en-GB")
        page = annotator.open(address)
        message = "this must have a `gist`, not an `x`: give `gist` too"
        error = {"findings": [{"rule": "x", "severity": "warning", "message": message, "field": "words"}]}
        page.route("**/check", lambda route: route.fulfill(json=error))
        annotator.press("l", "n")
        unsure = page.inner_text(".row[data-field=speaker] .messages")
        annotator.type("x")
        said = "this must have In full (gist), not an x: give In full (gist) too"
        page.wait_for_selector(f".row[data-field=words] .finding:has-text('{said}')")
        page.click(".finding .field-name >> nth=1")
        page.wait_for_selector(".row[data-field=gist] textarea:focus")
        annotator.context.close()
    assert "undecided" in unsure
    assert "Right as it is" not in unsure


def test_the_form_of_the_article_is_one_column_on_a_phone_without_a_line_above_it(
    annotator: Annotator,
) -> None:
    page = annotator.page
    page.set_viewport_size({"width": 360, "height": 740})
    page.get_by_role("button", name="Details").click()
    label, field = page.locator("dialog label").first, page.locator("dialog input").first
    assert label.bounding_box()["x"] == field.bounding_box()["x"]
    assert field.bounding_box()["width"] > 250
    assert label.evaluate("each => getComputedStyle(each.parentElement).borderTopWidth") == "0px"


def test_a_new_speaker_is_offered_with_the_whole_name_for_the_last_one(browser: Any, tmp_path: Path) -> None:
    text = "date 2020-02-21 “Wij sluiten vandaag,” zei voorzitter Ineke de Vos.\n"
    offered = ".options:not([hidden]) li .name"
    found = []
    with Annotator.at(new_corpus(tmp_path / "corpus", a=(text, None)), browser) as annotator:
        page = annotator.page
        annotator.press("l")
        page.wait_for_selector("#accept-cue")
        annotator.settled()
        annotator.press("s")
        for typed in ("Vos", "Ineke"):
            page.fill("#field-speaker", "")
            annotator.type(typed)
            page.wait_for_selector(f"{offered}:text-is('New: {typed}')")
            found.append(page.eval_on_selector_all(offered, "all => all.map(each => each.textContent)"))
    assert found == [["New: Ineke de Vos", "New: Vos"], ["New: Ineke de Vos", "New: Ineke"]]


def test_a_claim_that_is_undone_leaves_the_article_where_it_was(annotator: Annotator, corpus: Path) -> None:
    before = claims_file(corpus).read_bytes()
    annotator.select("afhankelijkheid van de Verenigde Staten")
    annotator.page.wait_for_selector(".editor")
    annotator.settled()
    annotator.press("s")
    annotator.type("stolt")
    annotator.press("Enter")
    annotator.settled()
    place = "document.getElementById('text').closest('section').scrollTop"
    scrolled = annotator.page.evaluate(place)
    annotator.press("u")
    annotator.page.wait_for_selector("#text:focus")
    assert claims_file(corpus).read_bytes() == before
    assert annotator.page.evaluate(place) == scrolled > 0


def test_somebody_who_is_there_is_offered_instead_of_a_new_entity(annotator: Annotator, corpus: Path) -> None:
    """With ↓ too far, and with a longer name; then keys go to the claim again."""
    page, before = annotator.page, (corpus / "entities.yaml").read_text()
    page.click("#text .mark[data-claims='c22']")
    page.wait_for_selector(".editor")
    annotator.press("s")
    annotator.type("Stoltenb")
    page.wait_for_selector(".options li:last-child:has-text('New: Stoltenb')")
    annotator.press("ArrowUp", "Enter")
    page.wait_for_selector("text=Did you mean Jens Stoltenberg?")
    annotator.press("Enter", "a")
    annotator.type("asks")
    annotator.press("Enter")
    annotator.settled()
    first = claim(corpus, "c22")
    annotator.press("s")
    annotator.type("Jens Stoltenberg senior")
    page.wait_for_selector(".options:not([hidden])")
    annotator.press("Enter")
    page.wait_for_selector("text=Did you mean Jens Stoltenberg?")
    untouched = (corpus / "entities.yaml").read_text()
    annotator.press("Tab", "Enter")
    annotator.settled()
    page.wait_for_selector(".head:focus")
    annotator.press("a")
    annotator.type("denies")
    annotator.press("Enter")
    annotator.settled()
    assert (first["speaker"], first["act"], untouched) == (["macron", "stoltenberg"], "asks", before)
    assert claim(corpus, "c22")["act"] == "denies"
    assert claim(corpus, "c22")["speaker"][-1] == "jens-stoltenberg-senior"


def test_picking_ends_when_the_words_are_typed(annotator: Annotator) -> None:
    page = annotator.page
    page.click("#text .mark[data-claims='c22']")
    page.wait_for_selector(".editor")
    annotator.press("m")
    page.wait_for_selector(".banner:has-text('select the words in the article')")
    annotator.type("Macron")
    annotator.press("Enter")
    page.wait_for_selector(".banner:empty", state="attached")
    annotator.settled()
    assert page.locator(".picking").count() == 0


@pytest.mark.parametrize("locale", ["en-GB", "nl-NL"])
def test_the_date_says_in_full_what_to_type(browser: Any, corpus: Path, locale: str) -> None:
    with annotating(corpus) as (address, _):
        annotator = Annotator(browser, viewport=TABLET, locale=locale)
        page = annotator.open(address)
        annotator.press("j", "d")
        page.wait_for_selector("#field-said:focus")
        asked, is_cut = page.evaluate(
            """() => {
              const input = document.activeElement;
              const style = getComputedStyle(input);
              const pen = document.createElement("canvas").getContext("2d");
              pen.font = style.font;
              const room = input.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
              return [input.placeholder, pen.measureText(input.placeholder).width > room];
            }"""
        )
        annotator.context.close()
    assert (asked, is_cut) == ("Type a date" if locale == "en-GB" else "Typ een datum", False)


def test_help_opens_at_its_title_and_review_can_be_read_under_the_pointer(browser: Any, corpus: Path) -> None:
    with annotating(corpus) as (address, _):
        annotator = Annotator(browser, viewport={"width": 768, "height": 500}, locale="en-GB", bypass_csp=True)
        page = annotator.open(address)
        annotator.press("?")
        title = page.evaluate("document.querySelector('#dialog-title').getBoundingClientRect().top")
        annotator.press("Escape")
        page.click(".tools button[aria-pressed]")
        found = violations(page)
        annotator.context.close()
    assert title > 0
    assert found == []


def test_the_address_of_one_article_has_no_token(browser: Any, corpus: Path) -> None:
    with annotating(corpus / f"{ARTICLE}.txt") as (address, _):
        annotator = Annotator(browser)
        page = annotator.open(address)
        assert page.url == f"{address.partition('?')[0]}article/{ARTICLE}"
        page.go_back()
        assert "token" not in page.url
        annotator.context.close()


def test_a_relation_leads_to_the_claim_that_is_clicked(annotator: Annotator, corpus: Path) -> None:
    annotator.page.click("#text .mark[data-claims='c22']")
    annotator.page.wait_for_selector(".editor")
    annotator.press("r")
    annotator.type("answ")
    annotator.press("Enter")
    annotator.page.click("#text .mark[data-claims='c24']")
    annotator.settled()
    assert claim(corpus, "c22")["relations"] == {"answers": "c24"}


def test_what_kg_says_is_at_the_field_while_one_types(annotator: Annotator, corpus: Path) -> None:
    """Words that the article has not, a date that is none, a text that is no longer missing."""
    before = claims_file(corpus).read_bytes()
    page = annotator.page
    page.click("#text .mark[data-claims='c07']")
    page.wait_for_selector(".editor")
    annotator.press("c")
    annotator.type("zegde")
    page.wait_for_selector(
        ".row[data-field=cue] .finding.violation:has-text('words must be in the article exactly as written')"
    )
    annotator.press("Escape", "Escape", "Escape", "d")
    annotator.type("2020-13")
    page.wait_for_selector(".row[data-field=said] .finding.violation")
    assert claims_file(corpus).read_bytes() == before


def test_undo_goes_back_to_the_first_byte(annotator: Annotator, corpus: Path) -> None:
    before = claims_file(corpus).read_bytes()
    annotator.press("j", "a")
    annotator.type("asks")
    annotator.press("Enter", "b")
    annotator.type("brexit")
    annotator.press("Enter", "Escape", "x")
    annotator.page.click("dialog button[value=remove]")
    annotator.settled()
    removed = claim(corpus, "c01")
    annotator.press("u", "u", "Control+z")
    annotator.settled()
    assert (removed, claims_file(corpus).read_bytes()) == (None, before)


def test_a_withdrawn_claim_keeps_its_former_ids(annotator: Annotator, corpus: Path) -> None:
    replace_in(claims_file(corpus), "\n  c01:\n", "\n  c01:\n    formerly: c99\n")
    annotator.page.reload()
    annotator.page.wait_for_selector("#text .mark")
    annotator.press("j", "x")
    annotator.page.click("dialog button[value=withdraw]")
    annotator.settled()
    values: Any = read_yaml(claims_file(corpus).read_text(), "claims").value
    withdrawn = values["withdrawn"]["c01"]
    assert (withdrawn["formerly"], set(withdrawn)) == ("c99", {"formerly", "on", "why"})


def test_a_change_of_the_file_is_shown_while_somebody_types(annotator: Annotator, corpus: Path) -> None:
    annotator.page.click("#text .mark[data-claims='c22']")
    annotator.page.wait_for_selector(".editor")
    annotator.press("n")
    annotator.type("Half a th")
    replace_in(
        claims_file(corpus),
        "    act: urges\n    gist: {nl: Europa moet autonomer",
        "    act: demands\n    gist: {nl: Europa moet autonomer",
    )
    annotator.page.wait_for_selector(".row[data-field=act] .chip:has-text('demands')")
    annotator.type("ought")
    annotator.press("Enter")
    annotator.settled()
    assert (claim(corpus, "c22")["note"], claim(corpus, "c22")["act"]) == ({"nl": "Half a thought"}, "demands")
    assert annotator.complaints == []


def test_who_types_stays_where_they_were_when_claims_change_their_order(annotator: Annotator, corpus: Path) -> None:
    """Claims before and behind the open one get words on its other side."""
    page = annotator.page
    page.click("#text .mark[data-claims='c22']")
    page.wait_for_selector(".editor")
    annotator.press("n")
    annotator.type("Half a th")
    first, last = "c01", annotator.heads()[-1]
    page.evaluate("document.activeElement.addEventListener('blur', () => console.error('the focus was lost'))")
    text = claims_file(corpus).read_text()
    claims_file(corpus).write_text(_with_words_of_each_other(text, first, last))
    page.wait_for_selector(f'.claims > :first-child .id:text-is("{last}")')
    annotator.type("ought")
    assert (annotator.heads()[0], annotator.heads()[-1], annotator.complaints) == (last, first, [])
    annotator.press("Enter")
    annotator.settled()
    assert claim(corpus, "c22")["note"] == {"nl": "Half a thought"}


def _with_words_of_each_other(text: str, one: str, other: str) -> str:
    """Return the text of a file of claims in which two claims have changed their ids."""
    return (
        text.replace(f"\n  {one}:\n", "\n  @:\n")
        .replace(f"\n  {other}:\n", f"\n  {one}:\n")
        .replace("\n  @:\n", f"\n  {other}:\n")
    )


@pytest.mark.parametrize(
    ("choice", "gist"),
    [("mine", "Mine."), ("theirs", "Theirs."), ("third", "Europa moet autonomer worden bij defensie.")],
)
def test_a_conflict_is_a_choice_of_three(annotator: Annotator, corpus: Path, choice: str, gist: str) -> None:
    annotator.page.click("#text .mark[data-claims='c22']")
    annotator.page.wait_for_selector(".editor")
    annotator.press("g", "Control+a")
    annotator.type("Mine.")
    replace_in(claims_file(corpus), "Europa moet autonomer worden bij defensie.", "Theirs.")
    annotator.press("Enter")
    annotator.page.wait_for_selector("dialog[open]")
    annotator.press("Escape")
    annotator.page.click(f"dialog[open] button[value={choice}]")
    annotator.settled()
    assert claim(corpus, "c22")["gist"] == {"nl": gist, "en": "Europe must become more autonomous in defence."}
    assert conflicts_left_out(annotator.complaints) == []


def test_two_tabs_and_an_editor_lose_nothing(annotator: Annotator, corpus: Path) -> None:
    other = Annotator.beside(annotator)
    for number in range(1, 9):
        for who, key in ((annotator, "a"), (other, "b")):
            who.page.click(f".claims li:nth-child({number}) .head")
            who.page.wait_for_selector(".editor")
            who.press(key)
            who.type("asks" if key == "a" else "brexit")
            who.press("Enter", "Escape", "Escape", "Escape")
        # The editor has no lock: what is saved between its reading and its writing, it would overwrite.
        annotator.settled()
        other.settled()
        text = claims_file(corpus).read_text()
        claims_file(corpus).write_text(text + f"# editor {number}\n")
    annotator.settled()
    other.settled()
    ids = annotator.heads()[:8]
    assert [claim(corpus, id)["act"] for id in ids] == ["asks"] * 8
    assert ["brexit" in [claim(corpus, id).get("about", [])][0] for id in ids] == [True] * 8
    assert claims_file(corpus).read_text().count("# editor") == 8


def test_a_crash_loses_at_most_the_field_that_is_being_typed(browser: Any, corpus: Path) -> None:
    with annotating(corpus) as (address, process):
        annotator = Annotator(browser, locale="en-GB")
        annotator.open(address)
        annotator.press("j", "a")
        annotator.type("asks")
        annotator.press("Enter")
        annotator.settled()
        annotator.press("n")
        annotator.type("lost")
        process.send_signal(signal.SIGKILL)
        process.wait()
        annotator.page.wait_for_selector(".alarm:has-text('does not answer')")
        annotator.context.close()
    assert (claim(corpus, "c01")["act"], "lost" in claims_file(corpus).read_text()) == ("asks", False)


def test_done_is_offered_when_nothing_is_left(browser: Any, corpus: Path) -> None:
    replace_in(claims_file(corpus), "status: done", "status: draft")
    replace_in(claims_file(corpus), "    speaker: trump\n", "    speaker: undecided\n")
    with annotating(corpus) as (address, _):
        annotator = Annotator(browser, locale="en-GB")
        page = annotator.open(address)
        left = page.inner_text(".progress")
        annotator.press("l", "s")
        annotator.type("trump")
        annotator.press("Enter")
        page.click("text=Mark as done")
        annotator.settled()
        page.wait_for_selector(".progress:has-text('Back to draft')")
        annotator.context.close()
    assert "1 left to decide" in left
    assert "status: done" in claims_file(corpus).read_text()
    assert claim(corpus, "c13")["speaker"] == "trump"


def test_done_says_who_annotated_and_when(browser: Any, corpus: Path) -> None:
    """With the keyboard, for an article without a claims file: one edit, which one undo takes back."""
    (corpus / "quiet.txt").write_text("date 2020-02\n“Wij blijven hier”, zei Macron.\n")
    file = corpus / "quiet.claims.yaml"
    with annotating(corpus / "quiet.txt") as (address, _):
        annotator = Annotator(browser, locale="en-GB", bypass_csp=True)
        page = annotator.open(address)
        proposed = page.locator(".claims .proposed").count()
        page.focus("#set-status")
        annotator.press("Enter")
        page.wait_for_selector("dialog:has-text('Who annotated this article?')")
        found = violations(page)
        chosen = page.inner_text("dialog .option:has(:checked)")
        annotator.press("Escape")
        page.wait_for_selector("dialog", state="detached")
        unasked = file.exists()
        annotator.press("Enter")
        page.wait_for_selector("dialog")
        annotator.press("Enter")
        page.wait_for_selector("#set-status:focus:has-text('Back to draft')")
        annotator.settled()
        today = page.evaluate("new Date().toLocaleDateString('sv')")
        written: Any = read_yaml(file.read_text(), "claims").value
        quiet = page.locator(".claims .proposed, .general .finding").all_inner_texts()
        annotator.press("Enter")
        page.wait_for_selector("#set-status:focus:has-text('Mark as done')")
        again = page.locator(".claims .proposed").count()
        annotator.press("u", "u")
        annotator.settled()
        annotator.context.close()
    assert (proposed, chosen, unasked) == (1, "The kg-claims editors", False)
    assert written["annotation"] == {"by": "editors", "on": today, "status": "done"}
    assert (quiet, again, file.exists(), found, annotator.complaints) == ([], 1, False, [], [])


def test_somebody_among_several_annotators_must_be_chosen(browser: Any, corpus: Path) -> None:
    """If corpus.yaml has none, the page says what to write there, and then finds it."""
    replace_in(
        claims_file(corpus), '{by: editors, on: 2026-11-30, guideline: "2", status: done}', "{status: draft}"
    )
    settings, editors = corpus / "corpus.yaml", "  editors: {name: The kg-claims editors, type: Organization}\n"
    replace_in(settings, "creator: editors\n", "")
    replace_in(settings, f"annotators:\n{editors}", "")
    with annotating(corpus) as (address, _):
        annotator = Annotator(browser, locale="nl-NL", bypass_csp=True)
        page = annotator.open(address)
        page.click("#set-status")
        page.wait_for_selector("dialog:has-text('corpus.yaml noemt nog geen annotatoren')")
        found = violations(page)
        annotator.press("Escape")
        settings.write_text(f"{settings.read_text()}annotators:\n{editors}  anna: {{name: Anna Berg}}\n")
        page.click("#set-status")
        page.wait_for_selector("dialog:has-text('Anna Berg')")
        page.click("dialog button[value=choose]")
        unchosen = page.locator("dialog[open]").count()
        page.click("text=Anna Berg")
        page.click("dialog button[value=choose]")
        page.wait_for_selector("#set-status:has-text('Terug naar concept')")
        annotator.context.close()
    assert (unchosen, found, annotator.complaints) == (1, [], [])
    assert "\nannotation: {by: anna, on: " in claims_file(corpus).read_text()


def test_a_second_reader_comments_and_signs(annotator: Annotator, corpus: Path) -> None:
    page = annotator.page
    annotator.press("v", "n")
    annotator.type("Not in the interview?")
    annotator.press("Enter")
    annotator.settled()
    page.wait_for_selector("#claim-list .badge.wrong, .claims .badge.wrong")
    annotator.press(*["y"] * 27)
    unsigned = page.locator("#reviewer").count()
    page.click(".claims li:first-child .head")
    annotator.press("Escape", "y")
    page.click("text=Sign as reviewed")
    annotator.settled()
    assert unsigned == 0
    assert claim(corpus, "c01")["note"]["en"].endswith(" Not in the interview?")
    reviewed = read_yaml(claims_file(corpus).read_text(), "claims").value
    assert isinstance(reviewed, dict)
    assert reviewed["annotation"]["reviewed"]["by"] == "editors"


def test_the_page_speaks_the_language_of_the_browser_or_the_one_chosen(browser: Any, corpus: Path) -> None:
    with annotating(corpus) as (address, _):
        dutch = Annotator(browser, locale="nl-NL")
        page = dutch.open(address)
        before = page.inner_text(".progress")
        page.click("button[lang=en]")
        page.wait_for_selector("text=28 claims")
        page.reload()
        page.wait_for_selector("text=28 claims")
        assert "28 uitspraken" in before
        assert page.evaluate("document.documentElement.lang") == "en"
        dutch.context.close()


@pytest.mark.parametrize(
    ("viewport", "scheme", "locale"),
    [(TABLET, "dark", "nl-NL"), ({"width": 1280, "height": 860}, "light", "en-GB")],
    ids=["tablet", "desktop"],
)
def test_axe_finds_nothing_and_nothing_is_cut_off(
    browser: Any, corpus: Path, viewport: dict[str, int], scheme: str, locale: str
) -> None:
    found = []
    with annotating(corpus) as (address, _):
        annotator = Annotator(browser, viewport=viewport, color_scheme=scheme, locale=locale, bypass_csp=True)
        page = annotator.open(address)
        steps: list[tuple[str, Callable[[], object]]] = [
            ("article", lambda: None),
            ("claim", lambda: (page.click(".claims li:nth-child(4) .head"), page.wait_for_selector(".editor"))),
            (
                "options",
                lambda: (
                    annotator.press("t"),
                    annotator.type("xyz"),
                    page.wait_for_selector(".options:not([hidden])"),
                ),
            ),
            ("entity", lambda: annotator.press("Enter")),
            ("picking", lambda: annotator.press("Escape", "Escape", "c")),
            (
                "new",
                lambda: (
                    annotator.press("Escape"),
                    annotator.select("Sinds de brexit"),
                    page.wait_for_selector("[data-accepts], .claims .proposed"),
                ),
            ),
            ("help", lambda: annotator.press("Escape", "Escape", "?")),
            ("review", lambda: annotator.press("Escape", "v")),
            ("comment", lambda: annotator.press("n")),
            ("removal", lambda: annotator.press("Escape", "v", "x")),
            (
                "articles",
                lambda: (annotator.press("Escape"), page.click(".back"), page.wait_for_selector(".overview")),
            ),
        ]
        for name, step in steps:
            step()
            found += [(name, *each) for each in violations(page)]
            if page.evaluate("document.documentElement.scrollWidth") > viewport["width"]:
                found.append((name, "wider than the window", ""))
        annotator.context.close()
    assert (found, annotator.complaints, annotator.strangers) == ([], [], [])


STRANGE = {
    "emoji": ("🤔🤔 Macron 👩‍👩‍👧 zei: “Wij 🇧🇪 blijven.” Dat was alles.", "Wij 🇧🇪 blijven"),
    "combining": (
        "E\u0301e\u0301n u\u0308ber alles, zei Macron: “Cafe\u0301 is open.” Klaar.",
        "Cafe\u0301 is open",
    ),
    "crlf": ("Macron sprak.\r\n\r\n“Wij blijven hier”, zei Macron.\r\n", "Wij blijven hier"),
    "rtl": ("قال ماكرون إن أوروبا يجب أن تصبح أقوى. ثم غادر القاعة.", "أوروبا يجب أن تصبح"),
}


@pytest.mark.parametrize("kind", STRANGE)
def test_any_text_is_selected_as_it_is(browser: Any, corpus: Path, kind: str) -> None:
    text, words = STRANGE[kind]
    (corpus / "strange.txt").write_bytes(f"date 2020-02\n{text}".encode())
    with annotating(corpus / "strange.txt") as (address, _):
        annotator = Annotator(browser)
        page = annotator.open(address)
        direction = page.evaluate("getComputedStyle(document.getElementById('text')).direction")
        annotator.select(words)
        page.wait_for_selector(".editor")
        annotator.press("s")
        annotator.type("macron")
        annotator.press("Enter")
        annotator.settled()
        annotator.context.close()
    values: Any = read_yaml((corpus / "strange.claims.yaml").read_text(), "claims").value
    assert (values["claims"]["c01"]["words"], values["claims"]["c01"]["speaker"]) == (words, "macron")
    assert direction == ("rtl" if kind == "rtl" else "ltr")
    assert annotator.complaints == []


def test_hostile_strings_run_no_script(browser: Any, corpus: Path) -> None:
    """As the text, in entities, notes and every field that is a text."""
    claims = {
        f"c{number:02}": {"speaker": "hostile", "words": f"Zin {number}", "note": each, "gist": {"nl": each}}
        for number, each in enumerate(HOSTILE)
    }
    body = "\n".join(f"Zin {number}. {each}" for number, each in enumerate(HOSTILE))
    (corpus / "hostile.txt").write_text(f"date 2020-02\n{body}")
    (corpus / "hostile.claims.yaml").write_text(json.dumps({"annotation": {"status": "draft"}, "claims": claims}))
    with (corpus / "entities.yaml").open("a") as entities:
        entities.write(f"hostile: {json.dumps({'type': 'Person', 'name': ''.join(HOSTILE[:5])})}\n")
    with annotating(corpus / "hostile.txt") as (address, _):
        annotator = Annotator(browser, locale="en-GB")
        page = annotator.open(address)
        for number in range(1, len(HOSTILE) + 1):
            page.click(f".claims li:nth-child({number}) .head")
            page.wait_for_selector(".editor")
        annotator.press("t")
        annotator.type("<script>hit()")
        annotator.press("Enter", "Enter")
        annotator.settled()
        page.click(".back")
        page.wait_for_selector(".overview a")
        assert page.evaluate("window.hits") == 0
        assert (annotator.complaints, annotator.strangers) == ([], [])
        annotator.context.close()
