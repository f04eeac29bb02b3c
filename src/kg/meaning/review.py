"""What fact-checkers found of a claim, as it is meant."""

from __future__ import annotations

from kg.annotations.classes import ClaimReview, Rating
from kg.errors import Path
from kg.meaning.reading import Reading
from kg.model import NONE, Dated, Review
from kg.rdf import terms
from kg.rdf.iris import part
from kg.rdf.terms import Iri, Literal


def read_reviews(reviews: list[ClaimReview], claim: Iri, path: Path, reading: Reading) -> tuple[Review, ...]:
    """Return the reviews of a claim, in the order in which they were written."""
    return tuple(_review(n, review, claim, (*path, n), reading) for n, review in enumerate(reviews))


def _review(n: int, review: ClaimReview, claim: Iri, path: Path, reading: Reading) -> Review:
    remarks = reading.remarks
    if not review.url and not review.rating:
        message = "a review must say where it stands or what it found: give `url` or `rating`"
        remarks.violation(path, "empty-review", message)
    rating = review.rating or Rating()
    at = (*path, "rating")
    if review.rating and not rating.value and not rating.name:
        message = "a rating must have a number or a verdict: give `value` or `name`"
        remarks.violation(at, "empty-rating", message)
    return Review(
        iri=part(claim, f"review-{n + 1}"),
        url=remarks.iri(review.url, (*path, "url")) if review.url else NONE,
        by=reading.entity(review.by, (*path, "by")),
        published=reading.date(review.published, (*path, "published")) if review.published else Dated(),
        rating=part(claim, f"rating-{n + 1}") if review.rating else NONE,
        value=_number(rating.value, (*at, "value"), reading),
        best=_number(rating.best, (*at, "best"), reading),
        worst=_number(rating.worst, (*at, "worst"), reading),
        names=remarks.names(rating.name, (*at, "name")) if rating.name else (),
    )


def _number(number: str, path: Path, reading: Reading) -> Literal | Iri:
    if not number:
        return NONE
    try:
        return terms.decimal(number)
    except ValueError:
        message = f"a rating's number must be in figures, as 4 or 4.5, not {number!r}: give words as its `name`"
        reading.remarks.violation(path, "bad-number", message)
        return NONE
