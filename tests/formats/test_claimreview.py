"""Reviews as a list of ClaimReview: what is written, and that it is read back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from kg.annotations.classes import ClaimEntry, ClaimReview, ClaimsFile, Rating
from kg.cli import run
from kg.formats.claimreview import ClaimReviewWriter
from kg.importers import claimreview
from kg.importers.core.claims import ImportResult, import_article
from kg.importers.core.documents import AnnotatedText
from kg.importers.core.mapping import PRESETS
from kg.importers.core.names import NameRegister
from kg.mappers.graphs import article_graph
from kg.rdf.terms import Graph
from support.mapped_corpora import EVERYTHING
from support.meanings import ENTITIES, FILE, article, file_with, index

WORDS = "Wij doen niet mee"
PAGE = "https://checks.example/1"
EXPORTED = {
    "@context": "https://schema.org",
    "@type": "ClaimReview",
    "@id": "https://kg.example/claim/one/c01#review-1",
    "url": PAGE,
    "claimReviewed": WORDS,
    "datePublished": "2020-03",
    "author": {
        "@type": ["NewsMediaOrganization", "Organization"],
        "@id": "https://kg.example/entity/paper",
        "name": "De Krant",
    },
    "itemReviewed": {
        "@type": "Claim",
        "@id": "https://kg.example/claim/one/c01",
        "text": WORDS,
        "author": {"@type": "Person", "@id": "https://kg.example/entity/berg", "name": "Anna Berg"},
        "datePublished": "2020-02-21",
        "firstAppearance": {"@type": "CreativeWork", "url": "https://radio.example/1"},
        "appearance": [
            {
                "@type": "NewsArticle",
                "@id": "https://kg.example/article/one",
                "url": "https://krant.example/1",
                "headline": "Geen steun",
                "datePublished": "2020-02",
            },
            {"@type": "CreativeWork", "url": "https://blog.example/1"},
        ],
    },
    "reviewRating": {
        "@type": "Rating",
        "ratingValue": "1",
        "bestRating": "5",
        "worstRating": "1",
        "alternateName": "Onwaar",
    },
}


def exported(file: ClaimsFile) -> str:
    """Return an article's reviews as `kg export` writes them."""
    writer = ClaimReviewWriter(index())
    meant = article(file)
    return writer.head() + writer.graph(Graph(meant.graph, article_graph(meant, index().dataset))) + writer.tail


def imported(text: str, file: Path) -> list[ImportResult]:
    """Return the articles that are made of a list of reviews."""
    file.write_text(text, "utf-8")
    names = NameRegister({}, {})
    items = claimreview.read(file, PRESETS["attribution"], None)
    return [
        import_article(item, PRESETS["attribution"], names) for item in items if isinstance(item, AnnotatedText)
    ]


def test_a_review_is_written_as_search_engines_read_it() -> None:
    review = ClaimReview(
        url=PAGE,
        by="paper",
        published="2020-03",
        rating=Rating(value="1.0", best="5", worst="1", name={"en": "False", "nl": "Onwaar"}),
    )
    file = file_with(
        said="2020-02-21",
        gist={"en": "They take no part."},
        first_appearance="https://radio.example/1",
        appearances=["https://blog.example/1"],
        reviews=[review],
    )
    file = replace(file, article=replace(FILE.article, url="https://krant.example/1", headline="Geen steun"))

    assert json.loads(exported(file)) == [EXPORTED]


def test_who_is_not_known_is_named_by_the_words_of_the_article_or_not_at_all() -> None:
    review = ClaimReview(url=PAGE)
    named = file_with(speaker="unnamed", speaker_words="Een woordvoerder", reviews=[review])
    unnamed = file_with(speaker="unnamed", reviews=[review])

    found = [json.loads(exported(file))[0]["itemReviewed"].get("author") for file in (named, unnamed)]

    assert found == [{"name": "Een woordvoerder"}, None]


def test_claims_without_a_review_are_left_out(capsys: pytest.CaptureFixture[str], seeds: Path) -> None:
    assert run(["export", str(seeds), "-f", "claimreview"]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out) == []
    assert said.err == "No claim has a review: the list is empty. Reviews are written as `reviews` of a claim.\n"


@pytest.mark.slow
def test_a_corpus_is_written_by_the_suffix(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "a.claimreview.json"
    assert run(["export", str(EVERYTHING), "-o", str(file)]) == 0

    assert [each["@id"][-9:] for each in json.loads(file.read_bytes())] == [f"#review-{n}" for n in (1, 2, 3, 4)]
    assert "No claim" not in capsys.readouterr().err


# What the format holds is read back. It does not hold: a date that is not certain, an occasion, an act, …

ADDRESSES = st.sampled_from([f"https://{host}.example/{n}" for host in ("checks", "blog") for n in (1, 2)])
NUMBERS = st.sampled_from(["", "1", "2.0", "-1", "4.50", "100"])
VERDICTS = st.sampled_from(["", "Onwaar", "Half “waar”", "False"])
DATES = st.sampled_from(["", "2020", "2020-02", "2020-02-01"])
RATINGS = st.builds(Rating, value=NUMBERS, best=NUMBERS, worst=NUMBERS, name=VERDICTS).filter(
    lambda rating: rating.value or rating.name
)
REVIEWS = st.builds(
    ClaimReview,
    url=ADDRESSES,
    by=st.sampled_from(["", "paper", "writer", "state"]),
    published=DATES,
    rating=st.just("") | RATINGS,
)
CLAIMS = st.fixed_dictionaries(
    {
        "speaker": st.sampled_from(["berg", "state", "paper", "unnamed", ["berg", "state"]]),
        "said": DATES,
        "gist": st.sampled_from(
            ["", {"en": "They take no part."}, {"nl": "Zij doen niet mee.", "en": "No."}, WORDS]
        ),
        "first_appearance": st.just("") | ADDRESSES,
        "appearances": st.lists(ADDRESSES, unique=True),
        "reviews": st.lists(REVIEWS, min_size=1, max_size=3),
    }
)


def _name(id: str) -> str:
    name = ENTITIES[id].name
    return name if isinstance(name, str) else name["nl"]


def _kept(review: ClaimReview, slugs: dict[str, str]) -> ClaimReview:
    """Return a review as it is read back: numbers without trailing zeros, its author under a new id."""
    if isinstance(review.rating, Rating):
        numbers = {name: f"{float(getattr(review.rating, name) or 0):g}" for name in ("value", "best", "worst")}
        numbers = {name: each if getattr(review.rating, name) else "" for name, each in numbers.items()}
        review = replace(review, rating=replace(review.rating, **numbers))
    return replace(review, by=slugs[_name(review.by)] if review.by else "")


@given(fields=CLAIMS, url=st.just("") | ADDRESSES)
def test_what_is_written_is_read_back(fields: dict[str, Any], url: str, tmp_path_factory: Any) -> None:
    file = replace(file_with(**fields), article=replace(FILE.article, url=url))
    file_name = tmp_path_factory.mktemp("round") / "a.json"

    (draft,) = imported(exported(file), file_name)

    (claim,) = draft.article.file.claims.values()
    slugs = {"Anna Berg": "anna-berg", "het land": "het-land", "De Krant": "de-krant", "Jan Smit": "jan-smit"}
    speakers = [fields["speaker"]] if isinstance(fields["speaker"], str) else fields["speaker"]
    speaker = [slugs[_name(id)] if id in ENTITIES else id for id in speakers]
    gist = fields["gist"] if isinstance(fields["gist"], str) else fields["gist"].get("nl")
    page = [] if url == fields["reviews"][0].url else [url or "https://kg.example/article/one"]
    assert claim == ClaimEntry(
        speaker=speaker[0] if len(speaker) == 1 else speaker,
        words=gist or WORDS,
        form="indirect",
        gist=gist or WORDS,
        said=fields["said"],
        first_appearance=fields["first_appearance"],
        appearances=list(dict.fromkeys([*page, *fields["appearances"]])),
        reviews=[_kept(review, slugs) for review in fields["reviews"]],
    )


def test_an_export_says_which_reviews_lack_what_readers_demand(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    claim = "https://everything.example/claim/2020/first/c03"

    assert run(["export", str(EVERYTHING), "-o", str(tmp_path / "reviews.claimreview.json.gz"), "--jobs", "2"]) == 0

    lines = capsys.readouterr().err.splitlines()
    assert [line for line in lines if "review" in line] == [
        f"1 of 4 reviews lack `url`, which search engines demand: {claim}#review-2",
        "3 of 4 reviews lack `datePublished`, which feeds of fact-checks demand: "
        f"{claim}#review-2, {claim}#review-3, {claim}#review-4",
    ]


def test_a_verdict_without_words_is_exported_as_its_class() -> None:
    review = ClaimReview(url="https://check.example/1", by="paper", rating=Rating(verdict="mixture"))
    (found,) = json.loads(exported(file_with(reviews=[review])))

    assert found["reviewRating"] == {"@type": "Rating", "alternateName": "mixture"}
