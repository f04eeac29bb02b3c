"""A claim in a frame of another page: only the claim, and whether it was withdrawn or taken back."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest

from kg.publish.site import Pages
from kg.publish.site.writer import static_files
from support.pages_of import EVERYTHING, Reading, pages_of, site_of

CLAIM, WITHDRAWN = "claim/2020/first/c07", "claim/2020/first/c30"


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Pages:
    return pages_of(EVERYTHING, tmp_path_factory.mktemp("everything"))


def page_of(pages: Pages, path: str) -> str:
    return (pages.html(path, "en") or b"").decode()


def test_a_claim_says_how_to_embed_it(pages: Pages) -> None:
    (code,) = re.findall(r'<pre id="embed-code" tabindex="0">(.*?)</pre>', page_of(pages, CLAIM))
    ((element, attributes),) = Reading(html.unescape(code)).elements
    assert (element, attributes["src"], attributes["title"]) == (
        "iframe",
        f"https://everything.example/{CLAIM}.html#embed",
        re.findall(r"<title>(.*?) · ", page_of(pages, CLAIM))[0],
    )


def test_links_to_a_page_show_a_picture_that_is_there(pages: Pages) -> None:
    metas = [each for name, each in Reading(page_of(pages, CLAIM)).elements if name == "meta"]
    shown = {each["property"]: each["content"] for each in metas if "property" in each}
    picture = static_files()[shown["og:image"].removeprefix("https://everything.example/")].read_bytes()
    size = [int(shown[f"og:image:{name}"]).to_bytes(4, "big") for name in ("width", "height")]
    assert picture[:24] == b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"".join(size)
    assert {"og:title", "og:description", "og:type", "og:url"} <= shown.keys()


def test_a_claim_leads_to_the_archived_copy_of_its_article(pages: Pages) -> None:
    links = Reading(page_of(pages, CLAIM)).links
    assert "https://web.archive.example/first" in links


def test_the_headers_of_the_site_allow_frames(pages: Pages) -> None:
    assert b"frame" not in (pages.file("_headers") or b"frame").lower()


@pytest.mark.slow
def test_a_frame_has_the_claim_alone_and_says_if_it_is_withdrawn(tmp_path: Path) -> None:
    from support.browsers import Visit, launched

    site_of(EVERYTHING, tmp_path / "site", ("en",))
    frames = "".join(f'<iframe src="site/{path}.html#embed" title="x"></iframe>' for path in (CLAIM, WITHDRAWN))
    (tmp_path / "host.html").write_text(f"<!doctype html><title>x</title>{frames}")
    with launched() as chromium:
        opened = Visit(chromium)
        page = opened.to(tmp_path / "host.html")
        claim, withdrawn = page.frames[1:]
        claim.wait_for_selector("#embed:visible")
        withdrawn.wait_for_selector("#embed:visible")
        shown = [
            [frame.is_visible(each) for each in ("#embed", ".top", ".bottom", ".source a", "dl.details")]
            for frame in (claim, withdrawn)
        ]
        assert [each[:4] for each in shown] == [[True, False, False, True]] * 2
        assert not shown[0][4]
        assert "This claim was withdrawn" in withdrawn.inner_text("body")
        assert claim.eval_on_selector_all("#embed a", "all => new Set(all.map(each => each.target)).size") == 1
        opened.to(tmp_path / "site" / f"{CLAIM}.html")
        assert opened.page.is_visible(".top")
        assert not opened.page.is_visible(".source")
        assert opened.complaints == []


@pytest.mark.slow
def test_a_section_of_a_large_site_can_be_framed_alone_too(tmp_path: Path) -> None:
    from support.browsers import Visit, launched

    site_of(EVERYTHING, tmp_path / "site", ("en",), most_files=0)
    article = Reading((tmp_path / "site" / "article" / "2020" / "first.html").read_text())
    (address,) = re.findall(r'<iframe src="https://everything.example/(\S+#embed.c07)" title="[^"]+"', article.text)
    places = (address, address.replace("c07", "c30"))
    frames = "".join(f'<iframe src="site/{each}" title="x" width="360" height="500"></iframe>' for each in places)
    (tmp_path / "host.html").write_text(f"<!doctype html><title>x</title>{frames}")
    with launched() as chromium:
        opened = Visit(chromium)
        claim, withdrawn = opened.to(tmp_path / "host.html").frames[1:]
        for frame in (claim, withdrawn):
            frame.wait_for_selector(".embed:target")
            shown = frame.eval_on_selector_all(".embed", "all => all.filter(each => each.offsetParent).length")
            assert (shown, frame.is_visible(".top"), frame.is_visible("h1")) == (1, False, False)
            assert frame.is_visible(":target .source a")
        assert claim.inner_text("body").count("\n") < 10
        assert "This claim was withdrawn on" in withdrawn.inner_text("body")
        assert opened.complaints == []
