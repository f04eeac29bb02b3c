"""What a fact-checker found of a claim, in the graph: the review, and its rating."""

from __future__ import annotations

from collections.abc import Iterator

from kg.mappers.dates import date_fields, put_date
from kg.mappers.properties import Properties, put, put_all
from kg.model import Claim, Review
from kg.rdf.terms import Iri, Node
from kg.rdf.vocab import RDF, SCHEMA

# Below an item of the claim's `reviews`.
REVIEW_FIELDS: dict[Iri, tuple[str, ...]] = {
    RDF.type: (),
    SCHEMA.itemReviewed: (),
    SCHEMA.claimReviewed: (),
    SCHEMA.author: ("by",),
    SCHEMA.url: ("url",),
    SCHEMA.datePublished: ("published",),
    **date_fields(("published",)),
    SCHEMA.reviewRating: ("rating",),
}
RATING_FIELDS: dict[Iri, tuple[str, ...]] = {
    RDF.type: ("rating",),
    SCHEMA.ratingValue: ("rating", "value"),
    SCHEMA.bestRating: ("rating", "best"),
    SCHEMA.worstRating: ("rating", "worst"),
    SCHEMA.alternateName: ("rating", "name"),
}


def review_nodes(claim: Claim, *, words: bool) -> Iterator[Node]:
    """Yield each review of a claim with its rating; the claim's words only where `words` are published."""
    for review in claim.reviews:
        properties: Properties = {RDF.type: [SCHEMA.ClaimReview], SCHEMA.itemReviewed: [claim.iri]}
        if claim.gists:
            put_all(properties, SCHEMA.claimReviewed, claim.gists)
        elif words:
            properties[SCHEMA.claimReviewed] = [claim.words]
        put(properties, SCHEMA.author, review.by)
        put(properties, SCHEMA.url, review.url)
        put_date(properties, SCHEMA.datePublished, review.published, words=words)
        put(properties, SCHEMA.reviewRating, review.rating)
        yield Node(review.iri, properties)
        if review.rating:
            yield _rating_node(review)


def _rating_node(review: Review) -> Node:
    properties: Properties = {RDF.type: [SCHEMA.Rating]}
    put(properties, SCHEMA.ratingValue, review.value)
    put(properties, SCHEMA.bestRating, review.best)
    put(properties, SCHEMA.worstRating, review.worst)
    put_all(properties, SCHEMA.alternateName, review.names)
    return Node(review.rating, properties)
