"""Explore in a real browser: choices, counts, the address, drawings and files, for everybody."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pyoxigraph
import pytest

from kg.files.csv_files import cell
from kg.publish.site.site_folder import site_folder
from kg.publish.site.writer import SiteOptions, write_site
from support import SEEDS
from support.browsers import DESKTOP, Visit, handled, violations
from support.hostile_pages import BASE, HOSTILE, spoiled_graphs
from support.loaded import stores_of
from support.pages_of import site_of
from support.served import served

pytestmark = pytest.mark.slow

ARTICLE = "000_411f4785dd135aae"
NARROW = {"width": 320, "height": 740}
TURTLE = pyoxigraph.RdfFormat.TURTLE
FOUND = "#found:not([aria-busy])"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("explore") / "site"
    site_of(SEEDS, folder)
    return folder


def explored(visit: Visit, site: Path, choices: str = "", name: str = "explore.en.html") -> Any:
    """Open the page with choices in its address."""
    page = visit.page
    page.goto(f"{(site / name).as_uri()}{choices}")
    page.wait_for_selector(FOUND, state="attached")
    page.wait_for_selector("#explore:not([hidden])")
    return page


def choose(page: Any, facet: str, name: str) -> None:
    page.click(f"[data-facet={facet}] label:has(span:text-is('{name}'))")
    handled(page)
    page.wait_for_selector(FOUND, state="attached")


def claims(page: Any) -> list[str]:
    found = page.eval_on_selector_all("#found .what a", "all => all.map(each => each.href)")
    return [each.rpartition("/")[2].partition(".")[0] for each in found]


def test_everything_macron_said_about_nato_takes_two_clicks(visit: Visit, site: Path) -> None:
    """And Back undoes each of them."""
    page = explored(visit, site)
    assert page.text_content("#status") == "28 claims"
    choose(page, "speaker", "Emmanuel Macron")
    assert page.text_content("#status") == "9 claims of 28"
    choose(page, "about", "NATO")
    assert (len(claims(page)), page.text_content("#status")) == (2, "2 claims of 28")
    assert page.url.endswith("#speaker=entity/macron&about=entity/nato")
    page.go_back()
    page.wait_for_selector("#status:text-is('9 claims of 28')")
    page.go_back()
    page.wait_for_selector("#status:text-is('28 claims')")
    assert (visit.complaints, visit.strangers) == ([], [])


def test_an_address_opens_what_was_chosen(visit: Visit, site: Path) -> None:
    page = explored(visit, site, "#speaker=entity/macron&about=entity/nato")
    graph = (site / "kg.nq").read_text()
    has = {
        claim
        for claim in (f"c{number:02}" for number in range(1, 29))
        if f"/{claim}> <http://schema.org/author> <https://kg.example/entity/macron>" in graph
        and f"/{claim}> <http://schema.org/about> <https://kg.example/entity/nato>" in graph
    }
    assert sorted(claims(page)) == sorted(has)
    # The other language has the same choices.
    assert page.get_attribute(".language a", "href").endswith(
        "explore.html#speaker=entity/macron&about=entity/nato"
    )
    checked = page.eval_on_selector_all(
        "input:checked", "all => all.map(each => each.closest('label').textContent)"
    )
    assert checked == ["Emmanuel Macron2", "NATO2"]


def test_an_address_with_somebody_who_is_not_there_finds_nothing_and_the_skip_link_loses_nothing(
    visit: Visit, site: Path
) -> None:
    page = explored(visit, site, "#speaker=entity/nobody")
    assert page.text_content("#status") == "0 claims of 28"
    page.click("#chosen button")
    page.wait_for_selector("#status:text-is('28 claims')")
    choose(page, "act", "states")
    page.focus(".skip")
    page.keyboard.press("Enter")
    assert (page.text_content("#status"), page.evaluate("document.activeElement.id")) == (
        "9 claims of 28",
        "content",
    )
    assert visit.complaints == []


def test_a_count_is_what_its_choice_would_find(visit: Visit, site: Path) -> None:
    page = explored(visit, site, "#speaker=entity/stoltenberg")
    counts = page.eval_on_selector_all(
        "[data-facet=act] label",
        "all => all.map(each => [...each.querySelectorAll('span')].map(span => span.textContent))",
    )
    for name, count in counts[:3]:
        choose(page, "act", name)
        assert page.text_content("#status").split(" ")[0] == count
        choose(page, "act", name)


def test_a_month_is_chosen_instead_of_its_year(visit: Visit, site: Path) -> None:
    page = explored(visit, site)
    choose(page, "date", "2020")
    choose(page, "date", "February 2020")
    assert page.url.endswith("#date=2020-02")
    choose(page, "date", "2020")
    assert page.url.endswith("#date=2020")


def test_the_drawings_lead_to_their_claims(visit: Visit, site: Path) -> None:
    page = explored(visit, site, "#speaker=entity/macron&view=network")
    rows = page.eval_on_selector_all(
        "#drawn tbody tr", "all => all.map(row => [...row.cells].map(cell => cell.textContent))"
    )
    assert rows[0] == ["Emmanuel Macron", "European defence", "believes 2, states 1, urges 1", "4"]
    page.click("#drawn tbody tr:first-child a")
    page.wait_for_selector("#status:text-is('4 claims of 28')")
    page = explored(visit, site, "#speaker=entity/macron&view=timeline")
    page.wait_for_selector("#drawn svg")
    assert "For 3 more, the time is not known well enough." in page.text_content("#drawn .hint")
    assert page.eval_on_selector_all("#drawn a.mark", "all => all.length") == 6
    page.click("#drawn tbody a")
    page.wait_for_selector("#status:text-is('5 claims of 28')")
    assert visit.complaints == []


def test_what_was_found_can_be_kept_as_csv_and_json(visit: Visit, site: Path) -> None:
    page = explored(visit, site, "#speaker=entity/macron&about=entity/nato")
    with page.expect_download() as download:
        page.click("[data-export=json]")
    kept = json.loads(download.value.path().read_text())
    with page.expect_download() as download:
        page.click("[data-export=csv]")
    rows = list(csv.DictReader(io.StringIO(download.value.path().read_text("utf-8-sig"))))
    assert [each["iri"] for each in kept] == [row["iri"] for row in rows]
    assert [row["iri"].rpartition("/")[2] for row in rows] == claims(page)
    assert {(*each["speaker_iri"],) for each in kept} == {("https://kg.example/entity/macron",)}
    assert (rows[0]["speaker"], rows[0]["earliest"], rows[0]["certainty"]) == (
        "Emmanuel Macron",
        kept[0]["earliest"],
        kept[0]["certainty"][0],
    )
    assert page.is_hidden("[data-export=ttl]")


def test_nobody_is_kept_out(browser: Any, site: Path) -> None:
    found = []
    for viewport, scheme in ((NARROW, "dark"), (DESKTOP, "light")):
        opened = Visit(browser, viewport=viewport, color_scheme=scheme, bypass_csp=True)
        for choices in ("", "#speaker=entity/macron&about=entity/nato", "#view=timeline", "#view=network"):
            page = explored(opened, site, choices)
            page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
            found += [(choices, *each) for each in violations(page)]
            if page.evaluate("document.documentElement.scrollWidth") > viewport["width"]:
                found.append((choices, "wider than the window", ""))
        found += [(each, "", "") for each in opened.complaints]
        opened.context.close()
    assert found == []


def test_the_keyboard_stays_where_it_was_after_a_choice(visit: Visit, site: Path) -> None:
    page = explored(visit, site)
    page.focus("[data-facet=speaker] li:nth-child(2) input")
    page.keyboard.press("Space")
    page.wait_for_selector("#chosen li")
    assert page.evaluate("document.activeElement.checked")
    assert page.get_attribute("#status", "role") == "status"


def test_without_scripts_the_page_names_the_lists(browser: Any, site: Path) -> None:
    opened = Visit(browser, java_script_enabled=False)
    page = opened.to(site / "explore.en.html")
    assert page.is_visible("noscript a[href='entity/topics.en.html'], main a[href='entity/topics.en.html']")
    assert page.is_hidden("#explore")
    opened.context.close()


def test_a_server_has_the_same_page_and_the_turtle_of_what_was_chosen(browser: Any, tmp_path: Path) -> None:
    stores = stores_of({"seeds": SEEDS}, tmp_path)
    with served(stores["seeds"]) as running:
        opened = Visit(browser)
        page = opened.page
        page.goto(f"http://127.0.0.1:{running.port}/explore.en.html#speaker=entity/macron&about=entity/nato")
        page.wait_for_selector("#found li")
        with page.expect_download() as download:
            page.click("[data-export=ttl]")
        found = {str(quad.subject) for quad in pyoxigraph.parse(path=download.value.path(), format=TURTLE)}
        chosen = [f"<https://kg.example/claim/{ARTICLE}/{claim}>" for claim in claims(page)]
        assert (len(chosen), [each for each in chosen if each not in found], opened.complaints) == (2, [], [])
        opened.context.close()


def test_hostile_names_run_no_script(visit: Visit, tmp_path: Path) -> None:
    with site_folder(tmp_path / "site") as folder:
        write_site(folder, spoiled_graphs("".join(HOSTILE)), SiteOptions(BASE, "test"))
    hits = []
    for choices in ("", "#view=timeline", "#view=network"):
        page = explored(visit, tmp_path / "site", choices, "explore.html")
        page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
        hits.append(page.evaluate("window.hits"))
    assert (hits, visit.complaints, visit.strangers) == ([0, 0, 0], [], [])


def test_no_cell_is_a_formula(visit: Visit, tmp_path: Path) -> None:
    with site_folder(tmp_path / "site") as folder:
        write_site(folder, spoiled_graphs("=1+1; +2\t@x|-3\n ＝4"), SiteOptions(BASE, "test"))
    page = explored(visit, tmp_path / "site", "", "explore.html")
    kept = {}
    for suffix in ("json", "csv"):
        with page.expect_download() as download:
            page.click(f"[data-export={suffix}]")
        kept[suffix] = download.value.path().read_bytes().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(kept["csv"], newline="")))
    records = [
        {name: cell("; ".join(filter(None, [value] if isinstance(value, str) else value))) for name, value in each}
        for each in map(dict.items, json.loads(kept["json"]))
    ]
    assert rows == records
    assert any(value.startswith("'=1+1;' +2") for row in rows for value in row.values())


def test_in_a_large_site_claims_are_found_in_their_articles(visit: Visit, tmp_path: Path) -> None:
    site_of(SEEDS, tmp_path / "site", most_files=0)
    page = explored(visit, tmp_path / "site", "#act=denies")
    links = page.eval_on_selector_all("#found .what a", "all => all.map(each => each.href)")
    assert {link.rpartition("/")[2].partition("#")[0] for link in links} == {f"{ARTICLE}.en.html"}
    assert page.text_content("[data-export=ttl]") == "Turtle of the whole articles"


def test_the_chosen_view_can_be_read_while_the_pointer_rests_on_it(visit: Visit, site: Path) -> None:
    page = explored(visit, site, "")
    colours = "each => [getComputedStyle(each).backgroundColor, getComputedStyle(each).color]"
    for view in ("timeline", "network", "list"):
        page.click(f"[data-view={view}]")
        below = page.eval_on_selector(f"[data-view={view}]", colours)
        page.mouse.move(0, 0)
        assert page.eval_on_selector(f"[data-view={view}]", colours) == below
