"""What fact-checkers found of a claim: as it is written, meant, mapped, placed and written again."""

from __future__ import annotations

import json

import pytest

from kg.annotations.classes import ClaimReview, Rating
from kg.dates.edtf import read as edtf_of
from kg.errors import Spot
from kg.findings.source_map import SourceMap, spot_of
from kg.mappers.claim import review_nodes
from kg.mappers.graphs import article_graph
from kg.mappers.nodes import Passages
from kg.model import Dated, Review
from kg.rdf.terms import Graph, Iri, Node, date, decimal, edtf, iri, part, plain, text
from kg.rdf.vocab import BASES, KG, RDF, SCHEMA
from support.meanings import CLAIM_IRI, article, claim, corpus, entity, file_with, index, wrong
from support.reading import document

REVIEW = ClaimReview(
    url="https://checks.example/1",
    by="paper",
    published="2020-03-02",
    rating=Rating(value="2.0", best="5", worst="1", name={"nl": "Grotendeels onwaar", "en": "Mostly false"}),
)
VERDICT = ClaimReview(rating=Rating(name="Half waar"))
ELSEWHERE = ["https://blog.example/1", "https://blog.example/2"]
IRI = Iri(CLAIM_IRI)


def test_reviews_are_meant_in_their_order() -> None:
    first = Review(
        iri=part(IRI, "review-1"),
        url=iri("https://checks.example/1"),
        by=Iri(entity("paper")),
        published=Dated(edtf_of("2020-03-02"), "2020-03-02", "2020-03-02", basis=BASES.outside),
        rating=part(IRI, "rating-1"),
        value=decimal("2"),
        best=decimal("5"),
        worst=decimal("1"),
        names=(text("Grotendeels onwaar", "nl"), text("Mostly false", "en")),
    )
    second = Review(part(IRI, "review-2"), rating=part(IRI, "rating-2"), names=(plain("Half waar"),))

    assert claim(reviews=[REVIEW, VERDICT]).reviews == (first, second)


def test_a_review_is_a_node_with_a_rating() -> None:
    found = list(review_nodes(claim(reviews=[REVIEW]), Passages(article(), words=True)))

    assert found == [
        Node(
            part(IRI, "review-1"),
            {
                RDF.type: [SCHEMA.ClaimReview],
                SCHEMA.itemReviewed: [IRI],
                SCHEMA.claimReviewed: [text("Wij doen niet mee", "nl")],
                SCHEMA.author: [Iri(entity("paper"))],
                SCHEMA.url: [iri("https://checks.example/1")],
                SCHEMA.datePublished: [date("2020-03-02")],
                KG.earliest: [date("2020-03-02")],
                KG.latest: [date("2020-03-02")],
                KG.edtf: [edtf("2020-03-02")],
                KG.dateBasis: [BASES.outside],
                SCHEMA.reviewRating: [part(IRI, "rating-1")],
            },
        ),
        Node(
            part(IRI, "rating-1"),
            {
                RDF.type: [SCHEMA.Rating],
                SCHEMA.ratingValue: [decimal("2")],
                SCHEMA.bestRating: [decimal("5")],
                SCHEMA.worstRating: [decimal("1")],
                SCHEMA.alternateName: [text("Grotendeels onwaar", "nl"), text("Mostly false", "en")],
            },
        ),
    ]


def test_what_was_reviewed_is_what_is_claimed_and_never_unpublished_words() -> None:
    with_gist = claim(reviews=[VERDICT], gist={"en": "They take no part."})

    def summaries(*, words: bool) -> list[object]:
        return [
            next(review_nodes(each, Passages(article(), words=words))).properties.get(SCHEMA.claimReviewed, [])
            for each in (with_gist, claim(reviews=[VERDICT]))
        ]

    own, gist = text("Wij doen niet mee", "nl"), text("They take no part.", "en")
    assert summaries(words=True) == [[own, gist], [own]]
    assert summaries(words=False) == [[gist], []]


def test_a_claim_keeps_where_else_it_is() -> None:
    given = claim(first_appearance="https://radio.example/1", appearances=ELSEWHERE)

    assert given.first_appearance == iri("https://radio.example/1")
    assert given.appearances == tuple(map(iri, ELSEWHERE))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (
            {"reviews": [ClaimReview(by="paper")]},
            ["reviews/0: violation: a review must have an address or a rating: give `url` or `rating` "
             "[empty-review]"],
        ),
        (
            {"reviews": [VERDICT, ClaimReview(rating=Rating(best="5"))]},
            ["reviews/1/rating: violation: a rating must have a number or a verdict: give `value`, `name` or "
             "`verdict` [empty-rating]"],
        ),
        (
            {"reviews": [ClaimReview(rating=Rating(value="four", best="1e3"))]},
            ["reviews/0/rating/value: violation: a rating's number must be in figures, as 4 or 4.5, not 'four': "
             "give words as its `name` [bad-number]",
             "reviews/0/rating/best: violation: a rating's number must be in figures, as 4 or 4.5, not '1e3': "
             "give words as its `name` [bad-number]"],
        ),
        (
            {"reviews": [ClaimReview(url="checks.example/1", by="papr")]},
            ["reviews/0/url: violation: `url` must be a whole web address, as https://example.org/x, not "
             "'checks.example/1': did you mean 'https://checks.example/1'? [bad-iri]",
             "reviews/0/by: violation: `by` must name an entity, and there is no `papr`: did you mean `paper`? "
             "[unknown-reference]"],
        ),
        (
            {"first_appearance": "the radio", "appearances": ["https://a.example/", "https://a.example/"]},
            ["first_appearance: violation: `first_appearance` must be a whole web address, as "
             "https://example.org/x, not 'the radio': write it in full, without blanks [bad-iri]",
             "appearances/1: violation: `appearances` must name each once, and `https://a.example/` is listed "
             "before: delete it here [named-twice]"],
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_review_is_said_at_its_field(fields: dict[str, object], said: list[str]) -> None:
    assert wrong(**fields) == said


@pytest.mark.parametrize(
    ("subject", "predicate", "value", "path"),
    [
        ("#review-2", SCHEMA.author, entity("paper"), ("reviews", 1, "by")),
        ("#review-2", SCHEMA.url, "", ("reviews", 1, "url")),
        ("#review-2", KG.earliest, "", ("reviews", 1, "published")),
        ("#review-2", SCHEMA.itemReviewed, "", ("reviews", 1)),
        ("#rating-2", SCHEMA.bestRating, decimal("5"), ("reviews", 1, "rating", "best")),
        ("#rating-2", SCHEMA.alternateName, text("Mostly false", "en"), ("reviews", 1, "rating", "name", "en")),
        ("#rating-1", SCHEMA.alternateName, plain("Half waar"), ("reviews", 0, "rating", "name")),
        ("", SCHEMA.workExample, iri(ELSEWHERE[1]), ("appearances", 1)),
        ("", SCHEMA.firstAppearance, iri("https://radio.example/1"), ("first_appearance",)),
    ],
)
def test_what_is_wrong_in_the_graph_of_a_review_leads_back_to_its_field(
    subject: str, predicate: Iri, value: str, path: tuple[str | int, ...]
) -> None:
    file = file_with(reviews=[VERDICT, REVIEW], first_appearance="https://radio.example/1", appearances=ELSEWHERE)
    nodes = {node.subject: node.properties for node in article_graph(article(file), index().dataset)}
    source_map = SourceMap("https://kg.example/", "one.claims.yaml", 0, "one.txt", corpus())

    found = spot_of(f"{CLAIM_IRI[:-1]}{subject}>", predicate, value, nodes, source_map)

    assert found == Spot("one.claims.yaml", ("claims", "c01", *path))


def test_json_ld_has_a_review_inside_its_claim_and_the_rating_inside_the_review() -> None:
    given = article(file_with(reviews=[REVIEW]))
    written_graph = Graph(given.graph, article_graph(given, index().dataset))

    tree, _text = json.loads(document("jsonld", [written_graph]))["@graph"]

    assert tree["claims"][0]["reviews"] == [
        {
            "id": "claim/one/c01#review-1",
            "type": "ClaimReview",
            "claimReviewed": {"nl": "Wij doen niet mee"},
            "author": ["entity/paper"],
            "url": "https://checks.example/1",
            "datePublished": "2020-03-02",
            "earliest": "2020-03-02",
            "latest": "2020-03-02",
            "edtf": "2020-03-02",
            "dateBasis": "bases:outside",
            "reviewRating": {
                "id": "claim/one/c01#rating-1",
                "type": "Rating",
                "ratingValue": "2",
                "bestRating": "5",
                "worstRating": "1",
                "alternateName": {"nl": "Grotendeels onwaar", "en": "Mostly false"},
            },
        }
    ]
