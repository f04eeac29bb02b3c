"""What fact-checkers found of a claim, for readers."""

from __future__ import annotations

from typing import NamedTuple

from kg.publish.site.dates import in_words
from kg.publish.site.reader import Link, Reader
from kg.publish.site.words import Text, best, lexical
from kg.rdf.terms import Iri, iri_text
from kg.rdf.vocab import SCHEMA


class Reviewed(NamedTuple):
    """A review: where it stands, who wrote it and when; its verdict in words, its number and the best there is."""

    address: str
    by: Link | None
    on: str
    verdict: Text | None
    number: str
    best: str


def reviews_of(reader: Reader, claim: Iri) -> tuple[Reviewed, ...]:
    """Return the reviews of a claim, in the order in which they were written."""
    found = reader.quads.subjects(SCHEMA.itemReviewed, claim)
    return tuple(_reviewed(reader, review) for review in sorted(found, key=lambda each: (len(each), each)))


def _reviewed(reader: Reader, review: Iri) -> Reviewed:
    said = reader.quads.properties(review)
    rating = next(iter(said.get(SCHEMA.reviewRating, ())), "")
    rated = reader.quads.properties(Iri(rating)) if rating else {}
    return Reviewed(
        address="".join(iri_text(each) for each in said.get(SCHEMA.url, ())[:1]),
        by=reader.one(said.get(SCHEMA.author, ())),
        on=in_words(lexical(said.get(SCHEMA.datePublished, ())), reader.language),
        verdict=best(rated.get(SCHEMA.alternateName, ()), reader.language),
        number=lexical(rated.get(SCHEMA.ratingValue, ())),
        best=lexical(rated.get(SCHEMA.bestRating, ())),
    )
