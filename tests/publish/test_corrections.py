"""The pages of an article that its paper corrected, and of claims in other words or kept to the earlier text."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from kg.publish.site.changes import changed_days
from kg.publish.site.feeds import changes_feed
from kg.publish.site.rendering import SiteLayout
from support import ROOT
from support.editing import edited
from support.pages_of import Pages, pages_of

CORRECTED = ROOT / "tests" / "data" / "corpora" / "corrected"


def pages(folder: Path, extent: str) -> Pages:
    shutil.copytree(CORRECTED, folder / "corpus")
    edited(folder / "corpus" / "corpus.yaml", "text: quotes", f"text: {extent}")
    return pages_of(folder / "corpus", folder)


def shown(page: bytes | None, start: str, end: str) -> str:
    """Return a part of a page without its layout."""
    assert page is not None
    text = page.decode()
    begin = text.index(start)
    return re.sub(r"\s+", " ", text[begin : text.index(end, begin)])


def test_the_full_text_is_compared_word_by_word(tmp_path: Path) -> None:
    page = shown(pages(tmp_path, "full").html("article/jobs", "en"), 'class="corrections"', "</ul>")

    assert page == (
        'class="corrections"> <li>… The <ins>paper</ins> mill in Ashby will close <ins>next year</ins>. “We will '
        "cut <del>500</del> <ins>50</ins> jobs”, director Anna Berg said on Monday. “Nobody told us”, said John "
        "Smith of the union. <del>According to a person close to the owners, the machines have been sold.</del> "
        "Berg <del>denied</del> <ins>added</ins> that <ins>she had informed</ins> the <del>owners knew of it</del> "
        "<ins>union</ins>. “This has been a very hard decision 🏭”, she added. …</li> "
    )


@pytest.mark.parametrize(("extent", "words"), [("quotes", True), ("none", False)])
def test_only_words_of_claims_are_shown_of_a_text_that_is_not_published(
    tmp_path: Path, extent: str, words: bool
) -> None:
    page = shown(pages(tmp_path, extent).html("article/jobs", "en"), 'id="corrections"', "</section>")

    assert ("<ins>" in page, "We will cut 500 jobs" in page, "denied" in page) == (False, words, False)
    assert '<li value="1">2 November 2026</li> <li value="2">4 November 2026 (the text above)</li>' in page
    assert "claim/jobs/c03" in page


def test_a_claim_says_which_text_it_is_in_and_what_its_words_were(tmp_path: Path) -> None:
    found = pages(tmp_path, "quotes")
    kept, reworded = found.html("claim/jobs/c03", "en"), found.html("claim/jobs/c01", "nl")

    assert "they are in version 1 of its text</a> (2 November 2026)" in shown(kept, 'class="retracted"', "</p>")
    assert shown(reworded, 'lang="nl">In versie', "</p>") == (
        'lang="nl">In versie 1 van de tekst:</span> <del>We will cut 500 jobs</del>'
    )


def test_a_claim_that_is_kept_to_an_earlier_text_is_not_marked_in_the_current_one(tmp_path: Path) -> None:
    page = pages(tmp_path, "full").html("article/jobs", "en")

    assert 'data-claim="c03"' not in shown(page, '<div class="text"', "</div>")
    assert "the machines have been" in shown(
        pages(tmp_path / "2", "full").html("claim/jobs/c03", "en"), "<mark", "</p>"
    )


def test_what_changed_and_the_feed_say_that_the_paper_corrected_its_text(tmp_path: Path) -> None:
    found = pages(tmp_path, "quotes")
    reader, layout = found.readers["en"], SiteLayout(("en",))
    feed = changes_feed(reader, found.dataset, layout).content.decode()

    (day,) = [day for day in changed_days(reader, found.dataset) if day.articles]
    assert [(each.link.name, *each[1:]) for each in day.articles] == [("Mill in Ashby closes", True, 1, 1)]
    entry = feed[feed.index("<id>https://corrected.example/article/jobs</id>") :].partition("</entry>")[0]
    assert "<title>The paper corrected its article: Mill in Ashby closes</title>" in entry
    assert "<updated>2026-11-04T00:00:00Z</updated>" in entry
    assert "<summary>claims in other words: 1, only in an earlier version: 1</summary>" in entry


def test_an_article_with_one_version_has_no_such_section(tmp_path: Path) -> None:
    page = pages_of(ROOT / "seeds", tmp_path).html("article/000_411f4785dd135aae", "en")

    assert page is not None
    assert b"corrections" not in page
