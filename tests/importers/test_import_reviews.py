"""Attributes that tell of reviews become the reviews of a claim; what cannot stand there is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.annotations.classes import ClaimEntry, ClaimReview, EntityEntry, Rating
from kg.errors import Place
from kg.importers.core.claim_fields import is_review_attribute, with_reviews
from kg.importers.core.documents import LabelledSpan, Name, Skipped
from kg.importers.core.names import NameRegister
from support.readme import commands
from support.shells import run

AT = Place("a.json", 1, 1)


def claim_of(attributes: dict[str, str], **by: Name) -> tuple[ClaimEntry, list[Skipped], NameRegister]:
    """Return the claim of a mark with these attributes, what was left out, and the names that were met."""
    names, skipped = NameRegister({}, {}), []
    mark = LabelledSpan(
        "m",
        "Claim",
        (),
        AT,
        attributes={
            key: tuple(value.split()) if key == "appearances" else (value,) for key, value in attributes.items()
        },
        names={f"review.{number[1:]}.by": (name,) for number, name in by.items()},
    )
    return with_reviews(ClaimEntry("unnamed", "Ja"), mark, names, skipped), skipped, names


def test_reviews_come_in_the_order_of_their_numbers() -> None:
    claim, skipped, names = claim_of(
        {
            "review.10.url": "https://a.example/10",
            "review.2.rating.value": "4.5",
            "review.2.rating.best": "5",
            "review.2.rating.name": "Mostly true",
            "review.2.published": "2020-02-21T10:00:00Z",
            "first_appearance": "https://a.example/1",
            "appearances": "https://a.example/2 https://a.example/2",
        },
        n2=Name("The Checkers", "Organization"),
    )

    assert claim == ClaimEntry(
        "unnamed",
        "Ja",
        first_appearance="https://a.example/1",
        appearances=["https://a.example/2"],
        reviews=[
            ClaimReview(
                by="the-checkers",
                published="2020-02-21",
                rating=Rating(value="4.5", best="5", name="Mostly true"),
            ),
            ClaimReview(url="https://a.example/10"),
        ],
    )
    assert skipped == []
    assert names.entities == {"the-checkers": EntityEntry("Organization", "The Checkers")}


def test_what_cannot_stand_in_a_review_is_told_and_the_rest_is_kept() -> None:
    claim, skipped, _ = claim_of(
        {
            "review.1.url": "a.example",
            "review.1.published": "in spring",
            "review.1.rating.value": "four",
            "review.1.rating.name": "Mostly true",
            "review.2.published": "2020",
            "first_appearance": "radio",
        },
        n1=Name("Somebody"),
    )

    assert claim.reviews == [ClaimReview(rating=Rating(name="Mostly true"))]
    assert [each.what for each in skipped] == [
        "first_appearance: radio",
        "review.1.url: a.example",
        "review.1.published: in spring",
        "review.1.rating.value: four",
        "review.1.by: Somebody",
        "review.2",
    ]


def test_an_attribute_is_review_attribute_by_its_whole_name() -> None:
    names = (
        "review.1.url",
        "review.12.rating.best",
        "appearances",
        "review",
        "review.0.url",
        "review.1.rating",
        "url",
    )

    assert [name for name in names if is_review_attribute(name)] == [
        "review.1.url",
        "review.12.rating.best",
        "appearances",
    ]


@pytest.mark.parametrize("name", ["claimreview", "quotebank"])
def test_the_pages_of_claimreview_and_quotebank_show_what_comes_out(name: str, tmp_path: Path) -> None:
    shown = list(commands(f"docs/importing/{name}.md"))

    assert [run(each.text, tmp_path) for each in shown] == [each.output for each in shown]
