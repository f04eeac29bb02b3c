"""ClaimReview: who made the claim and who reviewed it are read from the page, and never one for the other."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kg.errors import Place
from kg.importers import claimreview
from kg.importers.core.documents import AnnotatedText, ArticleMetadata, Item, LabelledSpan, Name, Skipped
from kg.importers.core.mapping import PRESETS
from kg.text.spans import Span
from support import ROOT

PAGE = ROOT / "tests" / "data" / "imports" / "claimreview" / "page.html"
REVIEW = {
    "@context": "https://schema.org",
    "@type": "ClaimReview",
    "url": "https://checkers.example/1",
    "claimReviewed": "It rained",
    "author": {"@type": "Organization", "name": "The Checkers"},
    "itemReviewed": {"@type": "Claim", "author": {"@type": "Person", "name": "Alice"}},
    "reviewRating": {"@type": "Rating", "alternateName": "True"},
}


def read(source: Path) -> list[Item]:
    return list(claimreview.read(source, PRESETS["attribution"], None))


@pytest.fixture(autouse=True)
def _in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def review(*, without: str = "", **changed: object) -> dict[str, object]:
    """Return a review with other properties."""
    return {key: value for key, value in {**REVIEW, **changed}.items() if key != without}


def items_of(value: object, name: str = "a.json") -> list[Item]:
    """Return what is read from a file of JSON."""
    Path(name).write_text(value if isinstance(value, str) else json.dumps(value), "utf-8")
    return read(Path(name))


def mark_of(value: object) -> LabelledSpan:
    """Return the one mark of the one document of a file, of which nothing is left out."""
    (document,) = items_of(value)
    assert isinstance(document, AnnotatedText)
    (mark,) = document.marks
    return mark


def test_a_page_is_an_article_of_which_only_the_claims_are_known() -> None:
    """Several scripts, things that refer to one another, mark-up of old, comments, CDATA, what is no JSON."""
    desk = Name("The Checkers", "Organization", ("https://checkers.example/",))
    first, second = Place(str(PAGE), 15, 5), Place(str(PAGE), 39, 2)

    assert read(PAGE) == [
        AnnotatedText(
            id="checkers.example/river",
            text="The river rose by “ten metres” last year\n\nThe mayor paid for the bridge",
            at=first,
            marks=(
                LabelledSpan(
                    id="https://checkers.example/river#1",
                    label="Claim",
                    parts=(Span(0, 40),),
                    at=first,
                    text="The river rose by “ten metres” last year",
                    attributes={
                        "form": ("indirect",),
                        "said": ("2020-02-21",),
                        "first_appearance": ("https://radio.example/1",),
                        "appearances": ("https://blog.example/1", "https://blog.example/2"),
                        "review.1.url": ("https://checkers.example/river",),
                        "review.1.published": ("2020-03-05T10:00:00+01:00",),
                        "review.1.rating.value": ("1",),
                        "review.1.rating.best": ("5",),
                        "review.1.rating.worst": ("1",),
                        "review.1.rating.name": ("False",),
                    },
                    names={
                        "speaker": (Name("Alice Alder", "Person", ("http://www.wikidata.org/entity/Q1",)),),
                        "review.1.by": (desk,),
                    },
                ),
                LabelledSpan(
                    id="https://checkers.example/river#2",
                    label="Claim",
                    parts=(Span(42, 71),),
                    at=second,
                    text="The mayor paid for the bridge",
                    attributes={
                        "form": ("indirect",),
                        "said": ("Spring 2020",),
                        "appearances": ("https://letters.example/1",),
                        "review.1.url": ("https://checkers.example/river",),
                        "review.1.published": ("2020-03-05",),
                        "review.1.rating.name": ("Half true",),
                    },
                    names={
                        "speaker": (Name("A chain letter"),),
                        "review.1.by": (Name("Wilma Writer", "Person"),),
                    },
                ),
            ),
            article=ArticleMetadata(published="2020-03-05T10:00:00+01:00", url="https://checkers.example/river"),
            publisher=desk,
            authors=(Name("Wilma Writer", "Person"),),
        ),
        Skipped("attribute", "image", "a claim and its reviews have no field for it", first),
        Skipped(
            "article",
            f"{PAGE}:49",
            "it cannot be read as JSON: it is not JSON (JSON is malformed: invalid character (byte 42))",
            Place(str(PAGE), 49, 36),
        ),
    ]


@pytest.mark.parametrize(
    "value",
    [
        review(),
        [review()],
        {"@type": "DataFeed", "dataFeedElement": [{"@type": "DataFeedItem", "item": [review()]}]},
        {"@context": "https://schema.org", "@graph": [{"@type": "WebPage"}, review()]},
        {"@type": "NewsArticle", "hasPart": {"mainEntity": review()}},
        {"http://schema.org/" + key if key[0] != "@" else key: each for key, each in review().items()},
        {"schema:" + key if key[0] != "@" else key: [{"@value": each}] if isinstance(each, str) and key[0] != "@"
         else each for key, each in review(**{"@type": "schema:ClaimReview"}).items()},
        review(**{"@type": ["Review", "https://schema.org/ClaimReview"]}),
        review(without="@type", claimReviewed="It&#32;rained"),
        "\n\n".join(map(json.dumps, [{"@type": "Thing"}, review(), {}])),
    ],
)  # fmt: skip
def test_a_review_is_found_wherever_and_however_it_stands(value: object) -> None:
    mark = mark_of(value)

    assert (mark.text, mark.names) == (
        "It rained",
        {
            "speaker": (Name("Alice", "Person"),),
            "review.1.by": (Name("The Checkers", "Organization"),),
        },
    )


def test_the_author_of_a_review_is_never_the_speaker() -> None:
    assert mark_of(review(itemReviewed={"@type": "Claim", "datePublished": "2020"})).names == {
        "speaker": (),
        "review.1.by": (Name("The Checkers", "Organization"),),
    }
    assert mark_of(review(without="author")).names == {"speaker": (Name("Alice", "Person"),)}


def test_a_desk_without_a_name_is_known_by_its_site() -> None:
    mark = mark_of(review(author={"@type": "Organization", "url": "https://www.checkers.example"}))

    desk = Name("checkers.example", "Organization", ("https://www.checkers.example/",))
    assert mark.names["review.1.by"] == (desk,)


def test_what_google_s_search_answers_is_read_as_the_reviews_that_it_was_made_of() -> None:
    publisher = {"name": "The Checkers", "site": "checkers.example"}
    found = {
        "publisher": publisher,
        "url": "https://checkers.example/1",
        "title": "Did it rain?",
        "reviewDate": "2020-03-05T00:00:00Z",
        "textualRating": "False",
        "languageCode": "en",
    }
    claim = {"text": "It rained", "claimant": "Alice", "claimDate": "2020-02-21T00:00:00Z", "claimReview": [found]}

    (document,) = items_of({"claims": [claim], "nextPageToken": "x"})

    at = Place("a.json", 1, document.at.column)
    assert document == AnnotatedText(
        id="checkers.example/1",
        text="It rained",
        at=at,
        marks=(
            LabelledSpan(
                "https://checkers.example/1#1",
                "Claim",
                (Span(0, 9),),
                at,
                "It rained",
                {
                    "form": ("indirect",),
                    "said": ("2020-02-21T00:00:00Z",),
                    "review.1.url": ("https://checkers.example/1",),
                    "review.1.published": ("2020-03-05T00:00:00Z",),
                    "review.1.rating.name": ("False",),
                },
                {
                    "speaker": (Name("Alice"),),
                    "review.1.by": (Name("The Checkers", "Organization", ("https://checkers.example/",)),),
                },
            ),
        ),
        article=ArticleMetadata(
            headline="Did it rain?",
            published="2020-03-05T00:00:00Z",
            url="https://checkers.example/1",
            language="en",
        ),
        publisher=Name("The Checkers", "Organization", ("https://checkers.example/",)),
    )


def test_reviews_of_one_page_or_of_one_claim_are_one_document() -> None:
    claim = {**REVIEW["itemReviewed"], "@id": "https://kg.example/claim/1"}  # type: ignore[dict-item]
    first = review(itemReviewed=claim)
    second = review(itemReviewed=claim, url="https://others.example/1", author="The Others")
    third, fourth = review(claimReviewed="It snowed", url="https://others.example/2"), review()

    documents = [item for item in items_of([first, second, third, fourth]) if isinstance(item, AnnotatedText)]

    assert [(each.id, each.text, len(each.marks)) for each in documents] == [
        ("checkers.example/1", "It rained", 1),
        ("others.example/2", "It snowed", 1),
        ("checkers.example/1", "It rained", 1),
    ]
    assert documents[0].marks[0].names["review.2.by"] == (Name("The Others"),)
    assert documents[0].marks[0].attributes["review.2.url"] == ("https://others.example/1",)
