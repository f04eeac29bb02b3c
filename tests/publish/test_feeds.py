"""Feeds of what somebody follows: a speaker, a topic or an outlet as a file, a selection from a server."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from kg.publish.site import Pages
from kg.rdf.vocab import SCHEMA
from support import SEEDS
from support.loaded import stores_of
from support.pages_of import Reading, pages_of, site_of
from support.served import served

ATOM = "{http://www.w3.org/2005/Atom}"
MACRON, NATO = "entity/macron", "entity/nato"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("feeds") / "site"
    site_of(SEEDS, folder)
    return folder


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Pages:
    return pages_of(SEEDS, tmp_path_factory.mktemp("store"))


def claims_in(feed: bytes) -> set[str]:
    entries = ElementTree.fromstring(feed).iter(f"{ATOM}entry")
    return {str(each.findtext(f"{ATOM}id")).rpartition("/")[2] for each in entries}


def claims_with(pages: Pages, **values: str) -> set[str]:
    """Return the ids of the claims that have these values, by a scan of all claims."""
    found = set()
    for claim in pages.quads.instances(SCHEMA.Claim):
        properties = pages.quads.properties(claim)
        if all(pages.quads.iri(value) in properties.get(SCHEMA[name], ()) for name, value in values.items()):
            found.add(claim.rpartition("/")[2].strip(">"))
    return found


def test_a_speaker_and_a_topic_have_a_feed_of_their_claims(pages: Pages, site: Path) -> None:
    speaker, about = (site / "feed" / name for name in ("speaker/macron.atom", "about/nato.atom"))
    assert claims_in(speaker.read_bytes()) == claims_with(pages, author=MACRON)
    assert claims_in(about.read_bytes()) == claims_with(pages, about=NATO)
    assert not (site / "feed" / "speaker" / "nato.atom").exists()


def test_a_page_leads_to_its_feeds_in_words_and_for_readers_of_feeds(site: Path) -> None:
    page = Reading((site / "entity" / "macron.en.html").read_text())
    address = "../feed/speaker/macron.atom"
    rels = [each["rel"] for name, each in page.elements if name == "link" and each["href"] == address]
    feed = ElementTree.parse(site / "feed" / "speaker" / "macron.atom").getroot()
    links = {str(each.get("rel")): str(each.get("href")) for each in feed.findall(f"{ATOM}link")}
    assert rels == ["alternate"]
    assert address in page.links
    assert feed.findtext(f"{ATOM}title") == "Wat Emmanuel Macron zegt · Wie zei wat, wanneer"
    assert links["self"] == "https://kg.example/feed/speaker/macron.atom"
    assert links["None"] == "https://kg.example/entity/macron.html"


@pytest.mark.slow
def test_a_server_has_the_same_feeds_and_those_of_selections(pages: Pages, site: Path, tmp_path: Path) -> None:
    (store,) = stores_of({"seeds": SEEDS}, tmp_path).values()
    with served(store) as server:
        single = server.ask("/feed/speaker/macron.atom")
        both = server.ask(f"/feed.atom?speaker={MACRON}&about={NATO}")
        either = server.ask(f"/feed.atom?speaker={MACRON}&speaker=entity/trump")
        again = server.ask(f"/feed.atom?speaker={MACRON}", headers={"If-None-Match": ""})
        wrong = [
            server.ask(f"/feed.atom?{each}").status
            for each in ("who=x", "speaker=..%2Fx", "speaker=", "&", "&".join(["act=states"] + 30 * ["a=b"]))
        ]
        assert server.ask("/feed/speaker/nobody.atom").status == 404
        assert server.ask("/feed.atom").body == (site / "feed.atom").read_bytes()
    assert single.body == (site / "feed" / "speaker" / "macron.atom").read_bytes()
    assert single.headers["content-type"] == "application/atom+xml"
    assert claims_in(both.body) == claims_with(pages, author=MACRON, about=NATO) != set()
    assert claims_in(either.body) == claims_with(pages, author=MACRON) | claims_with(pages, author="entity/trump")
    assert claims_in(again.body) == claims_with(pages, author=MACRON)
    assert wrong == [400] * 5


@pytest.mark.slow
def test_explore_leads_to_the_feed_of_what_is_chosen_if_there_is_one(site: Path, tmp_path: Path) -> None:
    from support.browsers import PHONE, Visit, launched

    def follow(page: Any, address: str) -> str | None:
        page.goto(address)
        page.reload()
        page.wait_for_selector("#explore:not([hidden]) #status:not(:empty)")
        line = page.locator("#follow")
        return str(line.locator("a").get_attribute("href")) if line.is_visible() else None

    (store,) = stores_of({"seeds": SEEDS}, tmp_path).values()
    here = (site / "explore.en.html").as_uri()
    with launched() as chromium, served(store) as server:
        page = Visit(chromium, viewport=PHONE).page
        there = f"http://127.0.0.1:{server.port}/explore.en.html"
        assert follow(page, here) is None
        assert follow(page, f"{here}#speaker={MACRON}") == "feed/speaker/macron.atom"
        assert follow(page, f"{here}#speaker={MACRON}&about={NATO}") is None
        assert follow(page, f"{here}#act=denies") is None
        chosen = f"speaker={MACRON}&about={NATO}&act=proposes"
        assert follow(page, f"{there}#{chosen}") == f"feed.atom?{chosen}"
        assert follow(page, f"{there}#date=2020") is None
