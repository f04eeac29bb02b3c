"""What readers come for, from the front page: in few clicks, on a phone in the dark, by keyboard, without scripts.

`pytest -m slow -s tests/publish/test_readers_tasks.py` also prints clicks, seconds and the weight of what is read.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote, urljoin, urlsplit

import pyoxigraph
import pytest

from support import SEEDS
from support.browsers import Visit, violations
from support.pages_of import site_of

pytestmark = pytest.mark.slow

ARTICLE = "000_411f4785dd135aae"
NARROW = {"width": 360, "height": 740}
MOST_TABS = 250
SCHEMA, KG = "http://schema.org/", "https://w3id.org/kg-claims#"


class Site(NamedTuple):
    """A site in a folder, and its data."""

    folder: Path
    store: pyoxigraph.Store

    def claims(self, pattern: str) -> set[str]:
        """Return the ids of the claims that match a pattern of SPARQL."""
        prefixes = f"PREFIX s: <{SCHEMA}> PREFIX kg: <{KG}> PREFIX e: <https://kg.example/entity/>"
        rows = self.store.query(f"{prefixes} SELECT ?c WHERE {{ GRAPH ?g {{ {pattern} }} }}")
        assert isinstance(rows, pyoxigraph.QuerySolutions)
        return {row["c"].value.rpartition("/")[2] for row in rows}


class Task(NamedTuple):
    """What a reader wants: the links, buttons and boxes that lead there from the front page, and if it is right.

    `is_reading` is what must be possible without scripts.
    """

    name: str
    steps: tuple[str, ...]
    is_done: Callable[[Any, Site], bool]
    is_reading: bool = False


def listed(page: Any, selector: str = "#found .what a") -> set[str]:
    """Return the ids of the claims to which a list leads."""
    page.wait_for_selector(selector)
    found = page.eval_on_selector_all(selector, "all => all.map(each => each.href)")
    return {each.rpartition("/")[2].partition(".")[0] for each in found}


def macron_on_nato(page: Any, site: Site) -> bool:
    page.wait_for_selector("#chosen li:nth-child(2)")
    page.wait_for_selector("#found:not([aria-busy])", state="attached")
    return listed(page) == site.claims("?c s:author e:macron ; s:about e:nato") != set()


def in_its_article(page: Any, site: Site) -> bool:
    name = urlsplit(page.url).fragment.removeprefix("at-")
    (start,) = site.store.query(
        f"SELECT ?start WHERE {{ GRAPH ?g {{ <https://kg.example/claim/{ARTICLE}/{name}> <{KG}wordsAt> ?at . "
        "?at <http://www.w3.org/ns/oa#start> ?start } } ORDER BY ?start LIMIT 1"
    )
    passage = page.locator(f".passage[data-at='{start[0].value}']")
    return bool(passage.count() and page.locator(f"#at-{name}").bounding_box()["y"] < NARROW["height"])


def denials(page: Any, site: Site) -> bool:
    page.wait_for_selector("#chosen li")
    page.wait_for_selector("#found:not([aria-busy])", state="attached")
    return listed(page) == site.claims("?c kg:act <https://w3id.org/kg-claims/acts#denies>") != set()


def cited(page: Any, site: Site) -> bool:  # noqa: ARG001  # as the others
    shown = page.inner_text("#cite-apa")
    return bool(re.search(rf"https://kg\.example/claim/{ARTICLE}/c\d\d$", shown)) and page.is_visible("#cite-apa")


def turtle(page: Any, site: Site) -> bool:
    address = page.get_attribute(".formats a[type='text/turtle']", "href")
    text = (site.folder / "article" / address).read_bytes()
    said = {quad.triple for quad in pyoxigraph.parse(text, format=pyoxigraph.RdfFormat.TURTLE)}
    graphs = (f"https://kg.example/graph/{each}/{ARTICLE}" for each in ("article", "text"))
    held = (site.store.quads_for_pattern(None, None, None, pyoxigraph.NamedNode(name)) for name in graphs)
    return said == {quad.triple for quads in held for quad in quads}


def dispute(page: Any, site: Site) -> bool:
    days = page.eval_on_selector_all(".dossier > li .meta time", "all => all.map(each => each.dateTime)")
    sides = page.eval_on_selector_all(".dossier > li", "all => all.map(each => each.classList[0])")
    shown = listed(page, ".dossier > li > article .what a, .dossier > li .claim .what a")
    answers = site.claims("?c s:author e:stoltenberg ; ?r ?o . ?o s:author e:france FILTER(?r = kg:answers)")
    return days == sorted(days) and {"one", "other"} <= set(sides) and answers <= shown


def last_changes(page: Any, site: Site) -> bool:
    is_newest = page.inner_text("h2") == "30 november 2026"
    return is_newest and listed(page, ".claims .what a") == site.claims(f"?c a <{SCHEMA}Claim>")


def answered(page: Any, site: Site) -> bool:  # noqa: ARG001
    page.wait_for_selector("#answer td")
    cells = page.eval_on_selector_all("#answer td", "all => all.map(each => each.textContent)")
    return len(cells) > 5 and not any("http" in each or "entity/" in each for each in cells)


def choice(facet: str, name: str) -> str:
    return f"[data-facet={facet}] li:has(span:text-is('{name}')) input"


NAV = "nav a:text-is('{}')"
OPEN_FILTERS = "#filters > summary"
FIRST_CLAIM = ".claims > li:first-child .what a"
TASKS = (
    Task(
        "everything Macron said about NATO",
        (NAV.format("Verkennen"), OPEN_FILTERS, choice("speaker", "Emmanuel Macron"), choice("about", "NAVO")),
        macron_on_nato,
    ),
    Task("a claim in its article", (FIRST_CLAIM, "a[href*='#at-']"), in_its_article, True),
    Task("denials", (NAV.format("Verkennen"), OPEN_FILTERS, choice("act", "ontkent")), denials),
    Task("cite a claim", (FIRST_CLAIM,), cited, True),
    Task("the Turtle of an article", (NAV.format("Artikelen"), ".listing a"), turtle, True),
    Task(
        "the dispute of two over time",
        (NAV.format("Debat"), ".exchanges a[href*='france/stoltenberg']"),
        dispute,
        True,
    ),
    Task("what changed last", ("footer a[href$='changes.html']",), last_changes, True),
    Task("a question without SPARQL", (NAV.format("Bevragen"), "#ask button:enabled"), answered),
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    folder = tmp_path_factory.mktemp("tasks") / "site"
    site_of(SEEDS, folder)
    store = pyoxigraph.Store()
    store.bulk_load(path=str(folder / "kg.nq"), format=pyoxigraph.RdfFormat.N_QUADS)
    return Site(folder, store)


@pytest.fixture(scope="module")
def figures() -> Iterator[list[str]]:
    """Collect a line for each task, and print them at the end."""
    lines: list[str] = []
    yield lines
    sys.stdout.write("\n".join(["", "task | clicks | seconds | kB on the way | kB of the last page", *lines, ""]))


def click(page: Any, selector: str) -> None:
    page.locator(selector).first.click()


def press(page: Any, selector: str) -> None:
    """Go to an element with the Tab key only, and press it."""
    wanted = page.locator(selector).first
    wanted.wait_for(state="visible")
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if wanted.evaluate("each => each === document.activeElement"):
            page.keyboard.press("Space" if wanted.evaluate("each => each.matches('input')") else "Enter")
            return
    raise AssertionError(f"the Tab key does not reach {selector}")


def go(page: Any, task: Task, site: Site, act: Callable[[Any, str], None]) -> int:
    """Follow the steps of a task from the front page, and return how many clicks, but for opening the choices."""
    page.goto((site.folder / "index.html").as_uri())
    for step in task.steps:
        page.wait_for_selector(step)
        address = page.locator(step).first.get_attribute("href")
        before = page.url
        act(page, step)
        if address:
            page.wait_for_url(urljoin(before, address))
    return sum(step != OPEN_FILTERS for step in task.steps)


def kilobytes(addresses: list[str]) -> float:
    files = {Path(unquote(urlsplit(each).path)) for each in addresses if each.startswith("file:")}
    return sum(file.stat().st_size for file in files if file.is_file()) / 1000


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
def test_on_a_phone_in_the_dark(browser: Any, site: Site, task: Task, figures: list[str]) -> None:
    opened = Visit(browser, viewport=NARROW, color_scheme="dark", has_touch=True, bypass_csp=True)
    page, start = opened.page, time.monotonic()
    clicks = go(page, task, site, click)
    assert task.is_done(page, site)
    seconds = time.monotonic() - start
    way, last = kilobytes(opened.requests), kilobytes([page.url])
    figures.append(f"{task.name} | {clicks} | {seconds:.1f} | {way:.0f} | {last:.0f}")
    wide = page.evaluate("document.documentElement.scrollWidth") > NARROW["width"]
    assert (violations(page), wide, opened.complaints, opened.strangers) == ([], False, [], [])
    assert clicks <= 3
    opened.context.close()


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
def test_with_the_keyboard_alone(browser: Any, site: Site, task: Task) -> None:
    opened = Visit(browser, viewport=NARROW)
    go(opened.page, task, site, press)
    assert task.is_done(opened.page, site)
    opened.context.close()


@pytest.mark.parametrize("task", [task for task in TASKS if task.is_reading], ids=lambda task: task.name)
def test_without_scripts(browser: Any, site: Site, task: Task) -> None:
    opened = Visit(browser, viewport=NARROW, java_script_enabled=False)
    go(opened.page, task, site, click)
    assert task.is_done(opened.page, site)
    opened.context.close()
