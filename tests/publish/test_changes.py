"""What changed: claims that were added and withdrawn, by the days of the annotations, as a page and as a feed."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from kg.publish.site import Pages
from kg.publish.site.changes import changed_days
from support.corpora import CONFIG, lay
from support.pages_of import Reading, pages_of

ATOM = "{http://www.w3.org/2005/Atom}"
WITHDRAWN = (
    "withdrawn:\n  c02: {on: 2020-03-09, why: {en: It was somebody else.}, replaced_by: c03}\n"
    "  c04: {on: 2020-03-09, why: {en: A joke.}}\n"
)
FILES = {
    "corpus.yaml": CONFIG + "annotators: {ann: {name: Ann}}\n",
    "a.txt": "date 2020-02-03 “Ja”, zei Ann B. “Nee”, zei ze ook.\n",
    "a.claims.yaml": "article: {published: 2020-02-03, corrected: 2020-03-01}\n"
    "annotation: {by: ann, on: 2020-03-10}\n"
    "claims: {c01: {speaker: ann-b, words: Ja}, c03: {speaker: ann-b, words: Nee}}\n" + WITHDRAWN,
    "b.txt": "date 2020-02-03 “Ooit”, zei Ann B.\n",
    "b.claims.yaml": "annotation: {by: ann, on: 2020-02-11}\nclaims: {c01: {speaker: ann-b, words: Ooit}}\n",
    "c.txt": "date 2020-02-03 “Toen”, zei Ann B.\n",
    "c.claims.yaml": "claims: {c01: {speaker: ann-b, words: Toen}}\n",
}


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Pages:
    room = tmp_path_factory.mktemp("changes")
    return pages_of(lay(room / "corpus", FILES), room)


def test_each_day_has_what_was_added_replaced_withdrawn_and_corrected(pages: Pages) -> None:
    """Four weeks end with 10 March: 11 February is before them."""
    days = changed_days(pages.readers["en"], pages.dataset)
    assert [
        (
            day.day,
            day.releases,
            [line.path for line in day.changed],
            [line.path for line in day.added],
            day.total,
            [each.path for each in day.replaced],
            [each.path for each in day.withdrawn],
            [each.link.path for each in day.articles],
        )
        for day in days
    ] == [
        ("10 March 2020", (), [], ["claim/a/c01", "claim/a/c03"], 2, [], [], []),
        ("9 March 2020", (), [], [], 0, ["claim/a/c02"], ["claim/a/c04"], []),
        ("1 March 2020", (), [], [], 0, [], [], ["article/a"]),
    ]


def test_the_page_says_of_how_many_claims_the_day_is_not_known(pages: Pages) -> None:
    text = " ".join(Reading((pages.html("changes", "en") or b"").decode()).text.split())
    assert "For 1 claim, the day of the annotation is not given." in text
    assert "c02 in Article of 3 February 2020: It was somebody else. It is replaced by claim c03." in text


def test_the_feed_replaces_a_claim_that_was_withdrawn(pages: Pages) -> None:
    """Its entry has the id that the claim had, and none of its words."""
    feed = ElementTree.fromstring(pages.file("feed.atom") or b"")
    entries = [
        (str(each.findtext(f"{ATOM}id")).rpartition("/claim/")[2], str(each.findtext(f"{ATOM}updated"))[:10])
        for each in feed.iter(f"{ATOM}entry")
    ]
    assert entries == [
        ("a/c01", "2020-03-10"),
        ("a/c03", "2020-03-10"),
        ("a/c02", "2020-03-09"),
        ("a/c04", "2020-03-09"),
        ("b/c01", "2020-02-11"),
        ("c/c01", "0001-01-01"),
    ]
    gone = next(each for each in feed.iter(f"{ATOM}entry") if str(each.findtext(f"{ATOM}id")).endswith("c04"))
    assert gone.findtext(f"{ATOM}title") == "Een ingetrokken uitspraak, Artikel van 3 februari 2020"
    assert str(gone.findtext(f"{ATOM}summary")).endswith("A joke.")


def test_nothing_is_said_where_no_day_is_given(tmp_path: Path) -> None:
    files = {name: FILES[name] for name in ("corpus.yaml", "c.txt", "c.claims.yaml")}
    html = (pages_of(lay(tmp_path / "corpus", files), tmp_path).html("changes", "en") or b"").decode()
    assert "No day is given for any change." in html
