"""The site in a real browser: nobody is kept out, nothing runs that is not ours, nothing leaves the machine."""

from __future__ import annotations

import json
import shutil
import threading
from base64 import b64encode
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from kg.publish.site.rendering import ASSETS
from kg.publish.site.site_folder import site_folder
from kg.publish.site.writer import SiteOptions, write_site
from support import SEEDS
from support.browsers import DESKTOP, EDITOR, PHONE, Visit, ask_query, handled, violations, write_query
from support.corpora import CONFIG, lay
from support.hostile_pages import BASE, HOSTILE, spoiled, spoiled_graphs
from support.pages_of import EVERYTHING, site_of

pytestmark = pytest.mark.slow

ARTICLE = "000_411f4785dd135aae"
# A page of each type.
PAGES = (
    *(
        "index.html",
        "articles.html",
        f"article/{ARTICLE}.html",
        f"claim/{ARTICLE}/c04.html",
        "entity/stoltenberg.html",
    ),
    *("entity/nuclear-deterrence.html", "entity/france.html", f"occasion/{ARTICLE}/spiegel.html", "people.html"),
    *(
        "entity/topics.html",
        "events.html",
        "outlets.html",
        "debate.html",
        "search.html",
        "query.html",
        "dataset.html",
    ),
    *("ontology.html", "shapes.html", "annotating.html", "explore.html", "changes.html"),
    "debate/france/stoltenberg.html",
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("browser") / "some where" / "site"
    site_of(SEEDS, folder)
    return folder


@pytest.fixture(scope="module")
def full_of_common_words(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("common") / "site"
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("kg.publish.site.search_index.COMMON", 3)
        site_of(SEEDS, folder)
    return folder


@pytest.mark.parametrize(
    ("viewport", "scheme", "names"),
    [(PHONE, "light", PAGES), (DESKTOP, "dark", (*PAGES[:7], "query.html"))],
    ids=["phone", "desktop"],
)
def test_axe_finds_nothing_and_nothing_is_cut_off(
    browser: Any, site: Path, viewport: Any, scheme: str, names: tuple[str, ...]
) -> None:
    opened = Visit(browser, viewport=viewport, color_scheme=scheme, bypass_csp=True)
    found = []
    for name in names:
        page = opened.to(site / name)
        found += [(name, *each) for each in violations(page)]
        if page.evaluate("document.documentElement.scrollWidth") > viewport["width"]:
            found.append((name, "wider than the window", ""))
    opened.context.close()
    assert (found, opened.complaints, opened.strangers) == ([], [], [])


_EDGE = """async (png) => {
  const image = new Image();
  image.src = `data:image/png;base64,${png}`;
  await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
  canvas.drawImage(image, 0, 0);
  const column = (x) => canvas.getImageData(x, 8, 1, image.height - 16).data.join();
  return [image.width - 1, image.width - 2].filter((x) => column(x) !== column(image.width - 9)).length;
}"""
"""How many columns of pixels at the right edge of a picture differ from one further inside."""


def test_what_need_not_scroll_has_no_shadow_at_its_edge(visit: Visit, site: Path) -> None:
    """The window is so wide that the widths in the page are not whole numbers of pixels."""
    page = visit.to(site / "dataset.html")
    png = b64encode(page.locator(".scroll").screenshot()).decode()
    width = page.evaluate("document.querySelector('.scroll').getBoundingClientRect().width")
    page.goto("about:blank")
    assert (width % 1, page.evaluate(_EDGE, png)) == (0.5, 0)


def test_labels_hints_and_rules_have_room(visit: Visit, browser: Any, site: Path) -> None:
    page = visit.to(site / f"claim/{ARTICLE}/c04.html")
    gaps = """all => all.map(each => each.querySelector("dd").getBoundingClientRect().left
      - each.querySelector("dt").getBoundingClientRect().right)"""
    assert min(page.eval_on_selector_all(".details > div", gaps)) > 8
    page = visit.to(site / "search.html")
    assert page.locator("#help").bounding_box()["y"] > _bottom(page, "#q") + 5, (
        "below the frame of what has the focus"
    )
    opened = Visit(browser, viewport=PHONE)
    rule = opened.to(site / "shapes.html").locator("td").first.bounding_box()
    opened.context.close()
    assert rule["width"] > PHONE["width"] / 2


def _bottom(page: Any, selector: str) -> float:
    box = page.locator(selector).bounding_box()
    return float(box["y"] + box["height"])


@pytest.mark.parametrize("width", [320, 360])
def test_long_names_wrap_in_narrow_windows(browser: Any, tmp_path: Path, width: int) -> None:
    shutil.copytree(SEEDS, tmp_path / "corpus")
    entities = tmp_path / "corpus" / "entities.yaml"
    names = entities.read_text().replace("name: Emmanuel Macron", f"name: {'Hottentotten' * 6}")
    entities.write_text(names.replace("name: Jens Stoltenberg", f"name: {'Donaudampfschiff' * 5} von Österreich"))
    site_of(tmp_path / "corpus", tmp_path / "site", languages=("nl",))
    opened = Visit(browser, viewport={"width": width, "height": 740})
    wide = []
    for name in ("claim/000_411f4785dd135aae/c26.html", *PAGES):
        page = opened.to(tmp_path / "site" / name)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wide.append(name)
    opened.context.close()
    assert wide == []


def test_axe_finds_nothing_in_what_was_found_and_answered(browser: Any, site: Path) -> None:
    opened = Visit(browser, viewport=PHONE, bypass_csp=True)
    page = opened.to(site / "search.html")
    page.fill("#q", "NAVO")
    page.wait_for_selector("#found li")
    found = violations(page)
    page = opened.to(site / "query.html")
    page.click("#ask button")
    page.wait_for_selector("#answer td")
    found += violations(page)
    page.select_option("#question", "most-quoted")
    page.click("#ask button")
    page.click("[data-view=chart]")
    found += violations(page)
    if page.evaluate("document.documentElement.scrollWidth") > PHONE["width"]:
        found.append(("query.html", "wider than the window"))
    opened.context.close()
    assert found == []


def test_axe_finds_what_is_wrong(visit: Visit, tmp_path: Path) -> None:
    """Else that it finds nothing would say nothing."""
    (tmp_path / "wrong.html").write_text(
        "<title>x</title><p style='color:#bbb'>Too faint for most people to read.</p><img src='x'>"
    )
    page = visit.to(tmp_path / "wrong.html")
    assert {"color-contrast", "html-has-lang", "image-alt"} <= {rule for rule, _ in violations(page)}


def test_all_can_be_reached_with_the_keyboard_and_is_seen_to_be(visit: Visit, site: Path) -> None:
    page = visit.to(site / f"claim/{ARTICLE}/c04.html")
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    page.keyboard.press("Tab")
    first = page.evaluate("document.activeElement.className")
    # The link to where a claim is from is shown in frames only.
    focusable = "a[href]:not(.source a), summary, button, input, [tabindex='0']"
    count = page.evaluate(f'document.querySelectorAll("{focusable}").length')
    hidden = []
    reached = 1
    for _ in range(count - 1):
        page.keyboard.press("Tab")
        reached += page.evaluate("document.activeElement !== document.body")
        if page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "none":
            hidden.append(page.evaluate("document.activeElement.outerHTML"))
    assert (first, reached, hidden) == ("skip", count, [])


def test_the_skip_link_leads_to_the_content(visit: Visit, site: Path) -> None:
    page = visit.to(site / "people.html")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_a_reader_meets_the_front_page_in_their_language_and_keeps_their_choice(browser: Any, site: Path) -> None:
    english = Visit(browser, locale="en-GB")
    page = english.to(site / "index.html")
    page.wait_for_url("**/index.en.html")
    page.click(".language a")
    page.wait_for_url("**/index.html")
    english.to(site / "index.html")
    page.wait_for_timeout(100)
    assert page.evaluate("document.documentElement.lang") == "nl"
    english.context.close()
    dutch = Visit(browser, locale="nl-NL")
    assert dutch.to(site / "index.html").evaluate("document.documentElement.lang") == "nl"
    dutch.context.close()


def test_print_leaves_out_what_paper_cannot_do(visit: Visit, site: Path) -> None:
    page = visit.to(site / f"claim/{ARTICLE}/c04.html")
    page.emulate_media(media="print", color_scheme="dark")
    colour = page.eval_on_selector("mark", "mark => getComputedStyle(mark).backgroundColor")
    page.emulate_media(media="screen", color_scheme="light")
    assert page.eval_on_selector("mark", "mark => getComputedStyle(mark).backgroundColor") == colour
    page.emulate_media(media="print")
    assert [page.is_visible(each) for each in (".top nav", ".formats", ".statement .claimed")] == [
        False,
        False,
        True,
    ]


LIT = "all => all.map(each => each.dataset.at || each.textContent)"


def test_reading_beside_lights_the_whole_claim_and_shows_its_card(visit: Visit, site: Path) -> None:
    """By address, pointer and keyboard; the claim has two parts and shares one with another claim."""
    page = visit.to(site / f"article/{ARTICLE}.en.html")
    page.goto(f"{page.url}#at-c11")
    page.wait_for_selector(".card:visible")
    places = page.get_attribute("#c11", "data-places").split()
    assert page.eval_on_selector_all(".passage.lit", LIT) == [each.partition("-")[0] for each in places]
    assert page.eval_on_selector_all(".marker.lit", LIT) == ["11", "11"]
    assert page.text_content(".card .claimed") == "NATO will not deploy new nuclear weapons in Europe."
    page.hover('.passage[data-claim="c12"]')
    assert page.text_content(".card .claimed") == page.text_content("#c12 .claimed")
    page.focus('.marker[data-claim="c13"]')
    assert page.text_content(".card .claimed") == page.text_content("#c13 .claimed")
    assert page.get_attribute(".card .more a", "href") == "#at-c13"
    page.keyboard.press("Escape")
    assert (page.is_visible(".card"), page.query_selector(".lit")) == (False, None)
    ids = page.eval_on_selector_all("[id]", "all => all.map(each => each.id)")
    assert len(ids) == len(set(ids))
    assert (visit.complaints, visit.strangers) == ([], [])


def test_a_page_that_moves_under_a_pointer_at_rest_shows_no_card(visit: Visit, site: Path) -> None:
    page = visit.to(site / f"article/{ARTICLE}.html")
    box = page.locator('.passage[data-claim="c12"]').first.bounding_box()
    x, y, above = box["x"] + 10, box["y"] + 10, 400
    page.evaluate("distance => window.scrollBy({ top: distance, behavior: 'instant' })", y - above - 200)
    page.mouse.move(x, above)
    handled(page)
    page.keyboard.press("Escape")
    page.evaluate(
        """() => {
          window.entered = 0;
          document.querySelector(".text").addEventListener("pointerover", () => { window.entered += 1; });
          window.scrollBy({ top: 200, behavior: "instant" });
        }"""
    )
    page.wait_for_function("() => window.entered > 0")
    handled(page)
    assert not page.is_visible(".card")
    page.mouse.move(x + 2, above)
    page.wait_for_selector(".card:visible")
    assert page.text_content(".card .claimed") == page.text_content("#c12 .claimed")


def test_the_first_touch_shows_a_card_and_the_second_opens_the_claim(browser: Any, site: Path) -> None:
    phone = Visit(browser, viewport=PHONE, has_touch=True, is_mobile=True, bypass_csp=True)
    page = phone.to(site / f"article/{ARTICLE}.html")
    page.tap('.passage[data-claim="c12"]')
    page.wait_for_selector(".card:visible")
    assert (page.url.rpartition("/")[2], violations(page)) == (f"{ARTICLE}.html", [])
    page.tap('.passage[data-claim="c12"]')
    page.wait_for_url("**/c12.html")
    phone.context.close()
    assert phone.complaints == []


def test_on_a_phone_the_card_hides_neither_its_passage_nor_its_button(browser: Any, site: Path) -> None:
    phone = Visit(browser, viewport={"width": 360, "height": 640}, has_touch=True, is_mobile=True)
    page = phone.to(site / f"article/{ARTICLE}.html")
    for number in (0, 2):
        page.locator(".text .marker").nth(number).tap()
        page.wait_for_selector(".card:visible")
        page.wait_for_function(
            "() => document.querySelector('.text .lit').getBoundingClientRect().bottom"
            " <= document.querySelector('.card').getBoundingClientRect().top"
        )
        assert page.evaluate(
            "[...document.querySelectorAll('.card button')].at(-1).getBoundingClientRect().bottom <= innerHeight"
        )
    phone.context.close()


def test_what_is_wider_than_the_window_says_so(browser: Any, site: Path) -> None:
    for width, is_wide in ((360, True), (1280, False)):
        visit = Visit(browser, viewport={"width": width, "height": 700})
        page = visit.to(site / "debate.html")
        page.wait_for_function(
            f"() => !!document.querySelector('.scroll[data-wide] .exchanges') === {str(is_wide).lower()}"
        )
        visit.context.close()


@pytest.mark.parametrize(
    ("name", "drawn"),
    [
        ("debate", "svg.arcs .name, svg.arcs .way"),
        ("entity/nuclear-deterrence", ".mark line, svg.arcs .name"),
        ("debate/france/stoltenberg", ".dossier .what"),
    ],
)
def test_on_a_phone_a_drawing_and_a_dossier_show_their_claims_before_anybody_scrolls_sideways(
    browser: Any, site: Path, name: str, drawn: str
) -> None:
    visit = Visit(browser, viewport={"width": 360, "height": 740})
    page = visit.to(site / f"{name}.html")
    boxes = page.locator(drawn).evaluate_all(
        "all => all.map(each => each.getBoundingClientRect()).map(({left, right}) => [left, right])"
    )
    visit.context.close()
    shown = [max(0, min(right, 360) - max(left, 0)) for left, right in boxes]
    assert len(shown) > 1
    assert min(shown) > 1, shown


def test_on_a_phone_the_arcs_between_short_names_begin_at_the_left(browser: Any, tmp_path: Path) -> None:
    files = {
        "corpus.yaml": CONFIG,
        "entities.yaml": "ann: {type: Person, name: Ann}\nbob: {type: Person, name: Bob}\n",
        "a.txt": "date 2020-02-03 “Een”, zei Ann. “Twee”, zei Bob.\n",
        "a.claims.yaml": "claims:\n  c01: {speaker: ann, words: Een}\n"
        "  c02: {speaker: bob, words: Twee, relations: {answers: c01}}\n",
    }
    site_of(lay(tmp_path / "corpus", files), tmp_path / "site")
    visit = Visit(browser, viewport={"width": 360, "height": 740})
    page = visit.to(tmp_path / "site" / "debate.html")
    left = "all => Math.min(...all.map(each => each.getBoundingClientRect().left))"
    right = "all => Math.max(...all.map(each => each.getBoundingClientRect().right))"
    names = page.locator("svg.arcs .name").evaluate_all(left)
    arcs = page.locator("svg.arcs .way").evaluate_all(right)
    visit.context.close()
    assert 20 < names < 60
    assert arcs < 340


@pytest.mark.parametrize(
    ("typed", "claims"),
    [
        ("hersendood", ["c26"]),
        ("BRAIN-dead", ["c26"]),
        ("munch veiligheids", ["c23"]),
        ("München twee", ["c23"]),
        ("stolt ontk", ["c14"]),
        ("stoltenberg spreekbuis", ["c14", "c15"]),
        ("2014", ["c16", "c17"]),
        ("2020-02-21 NAVO adapt", []),
        ("", []),
        ("x", []),
    ],
)
def test_the_search_finds_claims(visit: Visit, site: Path, typed: str, claims: list[str]) -> None:
    page = visit.to(site / "search.html")
    page.fill("#q", typed)
    page.keyboard.press("Enter")
    page.wait_for_selector("#found:not([aria-busy])", state="attached")
    found = page.eval_on_selector_all("#found .what a", "all => all.map(each => each.href)")
    assert [each.rpartition("/")[2].removesuffix(".html") for each in found] == claims
    assert (visit.complaints, visit.strangers) == ([], [])


def test_the_search_puts_who_spoke_first_and_marks_the_words(visit: Visit, site: Path) -> None:
    """What Macron said about NATO comes before what others say of both; each result has its form and article."""
    page = visit.to(site / "search.en.html")
    page.fill("#q", "macron nato")
    page.keyboard.press("Enter")
    page.wait_for_selector("#found:not([aria-busy]) li", state="attached")
    who = page.eval_on_selector_all("#found .who", "all => all.map(each => each.textContent.split(' ·')[0])")
    assert who == [*["Emmanuel Macron"] * 4, "the newsroom"]
    assert page.eval_on_selector("#found .who", "each => each.innerHTML").startswith(
        'Emmanuel <mark class="hit">Macron'
    )
    assert page.eval_on_selector_all(
        "#found li:first-child .meta span", "all => all.map(each => each.textContent)"
    ) == [
        "reported speech",
        "February 2020",
        "in Article of February 2020",
        "The annotator’s reading: the occasion",
    ]
    assert (visit.complaints, visit.strangers) == ([], [])


def test_more_results_are_shown_on_demand(visit: Visit, site: Path) -> None:
    """Each may be in another file of the index, so ten are loaded, and the rest when they are asked for."""
    page = visit.to(site / "search.en.html")
    page.fill("#q", "nuclear")
    page.keyboard.press("Enter")
    page.wait_for_selector("#found:not([aria-busy]) li", state="attached")
    before = page.locator("#found li").count(), page.text_content("#status")
    page.click("#more")
    page.wait_for_selector("#found li:nth-child(11)")
    after = page.locator("#found li").count(), page.text_content("#status")
    is_next_focused = page.evaluate(
        "document.activeElement === document.querySelector('#found li:nth-child(11) .what a')"
    )
    assert before == (10, f"The first 10 of {after[0]} results")
    assert (after[1], page.is_visible("#more"), is_next_focused) == (f"{after[0]} results", False, True)
    assert (visit.complaints, visit.strangers) == ([], [])


@pytest.mark.parametrize(
    ("typed", "said", "claims"),
    [
        ("navo", "Dit woord komt te vaak voor: voeg een zeldzamer woord toe.", 0),
        ("navo hersendood", "1 resultaat", 1),
        ("navo nergens", "Niets gevonden.", 0),
    ],
)
def test_the_search_says_so_where_a_word_is_too_common(
    visit: Visit, full_of_common_words: Path, typed: str, said: str, claims: int
) -> None:
    page = visit.to(full_of_common_words / "search.html")
    page.fill("#q", typed)
    page.keyboard.press("Enter")
    page.wait_for_selector("#found:not([aria-busy])", state="attached")
    found = page.eval_on_selector_all("#found .what a", "all => all.length")
    assert (page.text_content("#status"), found, visit.complaints) == (said, claims, [])


def test_the_search_of_the_front_page_leads_to_what_was_found(visit: Visit, site: Path) -> None:
    page = visit.to(site / "index.html")
    page.fill("#q", "hersendood")
    page.keyboard.press("Enter")
    page.click("#found .what a")
    page.wait_for_url("**/c26.html")
    assert (visit.complaints, visit.strangers) == ([], [])


def test_a_question_that_is_wrong_is_told_what_is_wrong(visit: Visit, site: Path) -> None:
    page = visit.to(site / "query.html")
    ask_query(page, "SELECT ?x WHERE { ?x a }")
    page.wait_for_selector("#status:has-text('geen SPARQL op regel 1, kolom 25')")
    assert page.inner_text("#answer") == "SELECT ?x WHERE { ?x a }\n" + " " * 24 + "^"
    ask_query(page, "ASK {\n  ?x a shema:Claim }")
    page.wait_for_selector("#status:has-text('de prefix shema: moet met PREFIX')")
    assert page.inner_text("#answer").split("\n")[1].index("^") == 7
    write_query(page, "ASK { ?x a <http://schema.org/Claim> }")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#status:has-text('Ja')")
    assert (visit.complaints, visit.strangers) == ([], [])


def test_usual_prefixes_need_not_be_declared(visit: Visit, site: Path) -> None:
    page = visit.to(site / "query.html")
    ask_query(page, "ASK { ?claim a schema:Claim ; kg:act acts:denies }")
    page.wait_for_selector("#status:has-text('Ja')")


def test_the_editor_colours_the_question_and_lets_the_keyboard_out(visit: Visit, site: Path) -> None:
    page = visit.to(site / "query.html")
    write_query(page, "ASK { ?x a 'y' } # z")
    coloured = "all => all.map(each => [each.className, each.textContent])"
    words = page.eval_on_selector_all(".cm-line span[class^=sparql]", coloured)
    page.keyboard.press("Tab")
    after = page.evaluate("document.activeElement.textContent")
    page.focus(EDITOR)
    page.keyboard.press("Shift+Tab")
    before = page.evaluate("document.activeElement.textContent")
    page.click("label[for=sparql]")
    named = page.get_by_role("textbox", name="De zoekvraag in SPARQL").evaluate(
        "each => each == document.activeElement"
    )
    assert words == [
        ["sparql-keyword", "ASK"],
        ["sparql-variable", "?x"],
        ["sparql-keyword", "a"],
        ["sparql-string", "'y'"],
        ["sparql-comment", "# z"],
    ]
    assert (before, after, named, visit.complaints) == (
        "Zelf een vraag schrijven, in SPARQL",
        "Stel deze zoekvraag",
        True,
        [],
    )


def test_what_is_typed_is_what_is_asked(visit: Visit, site: Path) -> None:
    page = visit.to(site / "query.html")
    write_query(page, "")
    for keys in ("Control+a", "A", "S", "K", " ", "x", "Backspace", "{", "Enter", "}", "Control+z", "Control+y"):
        page.keyboard.press(keys)
    page.keyboard.press("Control+Home")
    page.keyboard.press("Control+Shift+ArrowRight")
    page.keyboard.type("ASK")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#status:has-text('Ja')")
    assert (page.input_value("#sparql"), visit.complaints) == ("ASK {\n  }", [])


def test_without_the_editor_the_text_area_does(visit: Visit, site: Path) -> None:
    visit.page.route("**/assets/editor.js", lambda route: route.fulfill(body=""))
    page = visit.to(site / "query.html")
    page.click("#own summary")
    page.fill("#sparql", "ASK { ?x a <http://schema.org/Claim> }")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#status:has-text('Ja')")
    assert (page.locator(EDITOR).count(), visit.complaints) == (0, [])


def test_counts_can_be_seen_as_bars(visit: Visit, site: Path) -> None:
    page = visit.to(site / "query.html")
    page.select_option("#question", "most-quoted")
    page.click("#ask button")
    page.wait_for_selector("#answer td")
    rows = page.eval_on_selector_all(
        "#answer tbody tr", "all => all.map(row => [...row.cells].slice(0, 2).map(cell => cell.textContent))"
    )
    page.click("[data-view=chart]")
    bars = page.eval_on_selector_all("#answer g > title", "all => all.map(each => each.textContent)")
    widths = page.eval_on_selector_all("#answer rect", "all => all.map(each => Number(each.getAttribute('width')))")
    most = int(rows[0][1])
    assert bars == [f"{name}: {count}" for name, count in rows]
    assert widths == pytest.approx([widths[0] * int(count) / most for _, count in rows], abs=0.1)
    page.click("[data-view=table]")
    assert (page.locator("#answer svg").count(), page.locator("#answer td").count() > 0) == (0, True)


@pytest.mark.parametrize(
    ("query", "bars"),
    [
        ("SELECT ?a ?b ?n { VALUES (?a ?b ?n) { ('x' 'y' 1) ('x' UNDEF 0) } }", ["x · y: 1", "x: 0"]),
        ("SELECT ?a ?n { VALUES (?a ?n) { ('x' 1.5) ('y' 1e0) } }", ["x: 1.5", "y: 1"]),
        ("SELECT ?a ?n { VALUES (?a ?n) { ('x' 1) ('y' -1) } }", None),
        ("SELECT ?a ?n { VALUES (?a ?n) { ('x' 1) ('y' UNDEF) } }", None),
        ("SELECT ?a ?n { VALUES (?a ?n) { ('x' 1) } }", None),
        ("SELECT ?n ?m { VALUES (?n ?m) { (1 2) (3 4) } }", None),
        ("SELECT ?a ?b ?c ?n { VALUES (?a ?b ?c ?n) { ('x' 'y' 'z' 1) ('p' 'q' 'r' 2) } }", None),
    ],
)
def test_what_has_bars(visit: Visit, site: Path, query: str, bars: list[str] | None) -> None:
    page = visit.to(site / "query.html")
    write_query(page, query)
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#answer td")
    if bars is None:
        assert not page.is_visible("#views")
        return
    page.click("[data-view=chart]")
    assert page.eval_on_selector_all("#answer g > title", "all => all.map(each => each.textContent)") == bars


def test_at_most_fifty_bars_are_drawn_and_the_caption_says_so(visit: Visit, site: Path) -> None:
    page = visit.to(site / "query.html")
    values = " ".join(f"('{number}' {number})" for number in range(51))
    write_query(page, f"SELECT ?a ?n {{ VALUES (?a ?n) {{ {values} }} }}")
    page.keyboard.press("Control+Enter")
    page.click("[data-view=chart]")
    caption = "n per a. De eerste 50 van 51 rijen zijn getekend."
    assert (page.locator("#answer rect").count(), page.inner_text("figcaption")) == (50, caption)


def test_rows_can_be_kept_as_a_file(visit: Visit, site: Path) -> None:
    page = visit.to(site / "query.html")
    ask_query(page, "SELECT (COUNT(?x) AS ?claims) WHERE { ?x a <http://schema.org/Claim> }")
    with page.expect_download() as download:
        page.click("#csv")
    assert download.value.path().read_text().split() == ["claims", "28"]
    with page.expect_download() as download:
        page.click("#json")
    rows = json.loads(download.value.path().read_text())["results"]["bindings"]
    assert [(name, each["value"]) for row in rows for name, each in row.items()] == [("claims", "28")]


def test_nothing_is_asked_before_the_script_that_answers_is_there(visit: Visit, site: Path) -> None:
    """The browser would send the form to nobody, and show the page anew."""
    held: list[Any] = []
    visit.page.route("**/query.js", lambda route: held.append(route))
    visit.page.goto((site / "query.html").as_uri(), wait_until="commit")
    visit.page.wait_for_selector("#ask button")
    assert visit.page.is_disabled("#ask button")
    while not held:
        handled(visit.page)
    (script,) = held
    script.continue_()
    visit.page.click("#ask button")
    visit.page.wait_for_selector("#answer td")


def test_it_works_below_a_path_of_any_host(visit: Visit, site: Path) -> None:
    quiet = type("Quiet", (SimpleHTTPRequestHandler,), {"log_message": lambda *_: None})
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(quiet, directory=str(site.parent.parent)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        page = visit.page
        page.goto(f"http://127.0.0.1:{server.server_port}/some%20where/site/")
        page.fill("#q", "hersendood")
        page.keyboard.press("Enter")
        page.click("#found .what a")
        page.wait_for_url("**/c26.html")
        page.click("nav a[href$='query.html']")
        page.click("#ask button")
        page.wait_for_selector("#answer td")
        assert (visit.complaints, visit.strangers) == ([], [])
    finally:
        server.shutdown()
        server.server_close()


HOVERED = "all => all.forEach(each => each.dispatchEvent(new MouseEvent('mouseover', {bubbles: true})))"


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_runs_no_script(visit: Visit, tmp_path: Path, text: str) -> None:
    pages = spoiled(text, tmp_path)
    shutil.copytree(ASSETS, tmp_path / "assets", ignore=shutil.ignore_patterns("oxigraph.js"))
    hits = []
    for path in ("claim/2020/first/c07", "article/2020/first", "entity/alice"):
        html = pages.html(path, "en")
        assert html is not None
        file = tmp_path / pages.layout.file(path, "en")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(html)
        page = visit.to(file)
        page.eval_on_selector_all("*", HOVERED)
        hits.append(page.evaluate("window.hits"))
    assert (hits, visit.complaints, visit.strangers) == ([0, 0, 0], [], [])


def test_hostile_text_runs_no_script_in_what_was_found_and_answered(visit: Visit, tmp_path: Path) -> None:
    with site_folder(tmp_path / "site") as folder:
        write_site(folder, spoiled_graphs("".join(HOSTILE)), SiteOptions(BASE, "test"))
    page = visit.to(tmp_path / "site" / "search.html")
    page.fill("#q", "onerror")
    page.keyboard.press("Enter")
    page.wait_for_selector("#found li")
    found = page.evaluate("window.hits")
    page = visit.to(tmp_path / "site" / "query.html")
    ask_query(page, "SELECT * WHERE { ?x <http://schema.org/name>|<http://schema.org/sameAs> ?name }")
    page.wait_for_selector("#answer td")
    links = page.eval_on_selector_all("#answer a", "all => all.map(each => new URL(each.href).protocol)")
    write_query(page, "SELECT ?name (COUNT(?x) AS ?n) { ?x <http://schema.org/name> ?name } GROUP BY ?name")
    page.keyboard.press("Control+Enter")
    page.click("[data-view=chart]")
    page.eval_on_selector_all("#answer *", HOVERED)
    assert (found, page.evaluate("window.hits"), set(links), visit.complaints) == (0, 0, {"file:"}, [])


def test_a_corpus_with_every_field_complains_of_nothing(visit: Visit, tmp_path: Path) -> None:
    site_of(EVERYTHING, tmp_path / "site", ("en",))
    for name in ("index", "article/2020/first", "claim/2020/first/c01", "entity/alice", "claim/2020/first/c30"):
        visit.to(tmp_path / "site" / f"{name}.html")
    assert (visit.complaints, visit.strangers) == ([], [])
