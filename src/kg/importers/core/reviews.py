"""Attributes of a claim's words that tell what fact-checkers found, and where else it stands → fields of the claim.

`first_appearance` and `appearances` are addresses. Of the n-th review there are `review.n.url`,
`review.n.published`, `review.n.rating.value`, `.best`, `.worst` and `.name`, and the name `review.n.by`.
"""

from __future__ import annotations

import re

from msgspec.structs import replace

from kg.annotations.classes import ClaimEntry, ClaimReview, Rating
from kg.dates import edtf as dates
from kg.errors import Place
from kg.importers.core.about import day
from kg.importers.core.documents import Mark, Skipped
from kg.importers.core.names import Names
from kg.rdf.terms import decimal, iri

_PART = re.compile(r"review\.([1-9][0-9]{0,3})\.(url|by|published|rating\.(?:value|best|worst|name))")
_PLACES = ("first_appearance", "appearances")
_NOT_DECIDED = "no entity stands for this name yet: decide it in names.csv, and write it in the review's `by`"


def tells_of_a_review(attribute: str) -> bool:
    """Tell whether an attribute is one of those that are read here, and not by the mapping."""
    return attribute in _PLACES or _PART.fullmatch(attribute) is not None


def with_reviews(claim: ClaimEntry, mark: Mark, names: Names, skipped: list[Skipped]) -> ClaimEntry:
    """Return a claim with its reviews and places; what cannot stand there is noted."""
    first, others = (
        [each for each in mark.attributes.get(name, ()) if _is_address(name, each, mark.at, skipped)]
        for name in _PLACES
    )
    others = list(dict.fromkeys([*others, *first[1:]]))
    return replace(
        claim, first_appearance="".join(first[:1]), appearances=others, reviews=_reviews(mark, names, skipped)
    )


def _reviews(mark: Mark, names: Names, skipped: list[Skipped]) -> list[ClaimReview]:
    parts = [found for each in (*mark.attributes, *mark.names) if (found := _PART.fullmatch(each))]
    reviews = []
    for number in sorted({int(each[1]) for each in parts}):
        texts = {
            each[2]: text
            for each in parts
            if int(each[1]) == number and (text := "".join(mark.attributes.get(each[0], ())[:1]).strip())
        }
        review = _review(texts, number, mark, skipped)
        if not review.url and not review.rating:
            why = "a review must say where it stands or what it found"
            skipped.append(Skipped("attribute", f"review.{number}", why, mark.at))
            continue
        reviews.append(replace(review, by=_by(number, mark, names, skipped)))
    return reviews


def _review(texts: dict[str, str], number: int, mark: Mark, skipped: list[Skipped]) -> ClaimReview:
    """Return a review without what cannot stand in it."""
    url, published = texts.get("url", ""), day(texts.get("published", ""))
    if url and not _is_address(f"review.{number}.url", url, mark.at, skipped):
        url = ""
    if published and (why := _fault_of_date(published)):
        skipped.append(Skipped("attribute", f"review.{number}.published: {published}", why, mark.at))
        published = ""
    figures = {}
    for part in ("value", "best", "worst"):
        figure = texts.get(f"rating.{part}", "")
        if figure and not _is_number(figure):
            why = "a rating's number must be in figures, as 4 or 4.5"
            skipped.append(Skipped("attribute", f"review.{number}.rating.{part}: {figure}", why, mark.at))
            figure = ""
        figures[part] = figure
    rating = Rating(**figures, name=texts.get("rating.name", ""))
    return ClaimReview(url=url, published=published, rating=rating if rating.value or rating.name else "")


def _by(number: int, mark: Mark, names: Names, skipped: list[Skipped]) -> str:
    for name in mark.names.get(f"review.{number}.by", ()):
        if id := names.entity(name, mark.at):
            return id
        skipped.append(Skipped("attribute", f"review.{number}.by: {name.name}", _NOT_DECIDED, mark.at))
    return ""


def _is_address(name: str, text: str, at: Place, skipped: list[Skipped]) -> bool:
    try:
        iri(text)
    except ValueError:
        why = "it must be a whole web address, as https://example.org/x"
        skipped.append(Skipped("attribute", f"{name}: {text}", why, at))
        return False
    return True


def _is_number(text: str) -> bool:
    try:
        decimal(text)
    except ValueError:
        return False
    return True


def _fault_of_date(text: str) -> str:
    try:
        dates.read(text)
    except ValueError as error:
        return f"a review's date must be in EDTF, as 2020-02-21: {error}"
    return ""
