"""A reader of a claim sees what fact-checkers found of it, and its data says it too."""

from __future__ import annotations

import pytest

from kg.publish.site import Pages
from support.pages_of import EVERYTHING, Reading, pages_of


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Pages:
    return pages_of(EVERYTHING, tmp_path_factory.mktemp("reviews"))


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        (
            "en",
            "Fact-checks“Mostly false” 2/5 by The Gazette, 2 March 2020: https://gazette.example/checks/1"
            "“Unproven” by Wilma Writer",
        ),
        (
            "nl",
            "Factchecks“Grotendeels onwaar” 2/5 door The Gazette, 2 maart 2020: "
            "https://gazette.example/checks/1“Unproven” door Wilma Writer",
        ),
    ],
)
def test_the_page_of_a_claim_tells_its_reviews(pages: Pages, language: str, shown: str) -> None:
    page = Reading((pages.html("claim/2020/first/c03", language) or b"").decode())

    assert shown in page.text
    assert {f"https://{name}" for name in ("radio.example/1", "blog.example/1", "blog.example/2")} <= set(
        page.links
    )


def test_the_data_of_a_claim_holds_its_reviews(pages: Pages) -> None:
    lines = (pages.data("claim/2020/first/c03", "nt") or b"").decode().splitlines()

    subjects = list(dict.fromkeys(line.split()[0].partition("/c03")[2] for line in lines))
    assert subjects[:5] == [">", "#review-1>", "#rating-1>", "#review-2>", "#rating-2>"]
