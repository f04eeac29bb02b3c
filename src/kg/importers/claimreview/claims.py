"""A ClaimReview → the claim that it is of, with who made it; and the review, with who wrote it.

https://schema.org/ClaimReview, https://developers.google.com/search/docs/appearance/structured-data/factcheck
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from kg.errors import Place
from kg.importers.claimreview.linked import Found, Properties, Root, address, kinds, page, plain, text, texts
from kg.importers.core.documents import ArticleMetadata, Name, Skipped
from kg.rdf.terms import decimal

_KINDS = {
    "Person": "Person",
    "Organization": "Organization",
    "NewsMediaOrganization": "NewsMediaOrganization",
    "GovernmentOrganization": "GovernmentOrganization",
    "Country": "Country",
    **dict.fromkeys(
        (
            "Corporation", "NGO", "PoliticalParty", "EducationalOrganization", "CollegeOrUniversity", "School",
            "ResearchOrganization", "LocalBusiness", "OnlineBusiness", "SportsOrganization", "SportsTeam",
            "MedicalOrganization", "WorkersUnion", "Airline", "Consortium", "LibrarySystem", "PerformingGroup",
        ),
        "Organization",
    ),
}  # fmt: skip
_ABOUT_ITSELF = frozenset(("@context", "@type", "@id", "mainEntityOfPage"))
_READ = _ABOUT_ITSELF | {
    *("claimReviewed", "itemReviewed", "reviewRating", "author", "publisher", "url", "datePublished"),
    *("headline", "name", "inLanguage"),
}
_READ_OF_CLAIM = _ABOUT_ITSELF | {"author", "datePublished", "dateCreated", "appearance", "firstAppearance", "text"}
_READ_OF_RATING = _ABOUT_ITSELF | {"ratingValue", "bestRating", "worstRating", "alternateName", "name"}


class Read(NamedTuple):
    """A review as it was read: the claim's words, its attributes and names without numbers, and of the page.

    `left` are the properties that kg has no field for.
    `claim` is the claim's own address, `page` that of the review, each `""` where it is not told.
    """

    words: str
    claim: str
    page: str
    at: Place
    of_claim: dict[str, tuple[str, ...]]
    speakers: tuple[Name, ...]
    of_review: dict[str, str]
    by: Name | None
    article: ArticleMetadata
    publisher: Name | None
    authors: tuple[Name, ...]
    skipped: tuple[Skipped, ...]
    left: tuple[str, ...]


def read_review(found: Found, canonical: str = "") -> Read:
    """Return what a review says; `canonical` is the address of the page that it stands in."""
    review, root = found.properties, found.root
    item = next((each for each in map(root.thing, review.get("itemReviewed", ())) if each), {})
    reviewers = _names(review, "author", root, is_reviewer=True)
    publishers = _names(review, "publisher", root, is_reviewer=True)
    desks = [name for name in (*reviewers, *publishers) if name.type != "Person"]
    by = next(iter([*[name for name in reviewers if name.type != "Person"], *reviewers, *publishers]), None)
    at = text(review, "url") or next(filter(None, map(page, review.get("mainEntityOfPage", ()))), canonical)
    rating = root.thing(next(iter(review.get("reviewRating", ())), None))
    return Read(
        words=text(item, "text") or text(review, "claimReviewed"),
        claim=address(item),
        page=at,
        at=found.at,
        of_claim={name: values for name, values in _of_claim(review, item).items() if values},
        speakers=tuple(_names(item, "author", root)),
        of_review={name: value for name, value in _of_review(review, rating, at).items() if value},
        by=by,
        article=_article(review, at),
        publisher=next(iter([*publishers, *desks]), None),
        authors=tuple(name for name in reviewers if name.type == "Person"),
        skipped=tuple(_skipped(found, item)),
        left=tuple(_left(found, item, rating)),
    )


def _article(review: Properties, at: str) -> ArticleMetadata:
    """Return what is told of the page of a review, which stands at this address."""
    return ArticleMetadata(
        headline=" ".join(text(review, "headline", "name").split()),
        published=text(review, "datePublished"),
        url=at,
        language=text(review, "inLanguage"),
    )


def _of_claim(review: Properties, item: Properties) -> dict[str, tuple[str, ...]]:
    """Return what is told of the claim: in a reviewer's words, when it was said, and where it stands."""
    works = list(map(page, item.get("appearance", ())))
    if _is_work(item):
        works += [*texts(item, "url"), *texts(item, "sameAs")]
    said = text(item, "datePublished", "dateCreated")
    first = list(map(page, item.get("firstAppearance", ())))
    gist = text(review, "claimReviewed")
    return {
        "gist": (gist,) if text(item, "text") not in ("", gist) and gist else (),
        "said": (said,) if said else (),
        "first_appearance": tuple(dict.fromkeys(filter(None, first))),
        "appearances": tuple(dict.fromkeys(filter(None, works))),
    }


def _is_work(item: Properties) -> bool:
    """Tell a work that makes the claim, as it was written before schema.org had claims."""
    return bool(item) and "Claim" not in kinds(item)


def _of_review(review: Properties, rating: Properties, at: str) -> dict[str, str]:
    """Return what is told of the review. A value that is no number is the verdict, where there is no other."""
    value, verdict = (
        text(rating, "ratingValue") or text(review, "reviewRating"),
        text(rating, "alternateName", "name"),
    )
    if value and not verdict and not _is_number(value):
        value, verdict = "", value
    return {
        "url": at,
        "published": text(review, "datePublished"),
        "rating.value": value,
        "rating.best": text(rating, "bestRating"),
        "rating.worst": text(rating, "worstRating"),
        "rating.name": verdict,
    }


def _is_number(value: str) -> bool:
    try:
        decimal(value)
    except ValueError:
        return False
    return True


def _names(thing: Properties, field: str, root: Root, *, is_reviewer: bool = False) -> list[Name]:
    """Return who a property names. An organisation that reviews is known by its site, too."""
    names = []
    for value in thing.get(field, ()):
        known = root.thing(value)
        name = text(known, "name", "alternateName") if known else "".join(plain(value)[:1])
        kind = next((_KINDS[each] for each in kinds(known) if each in _KINDS), "")
        same = texts(known, "sameAs")
        if is_reviewer and kind != "Person":
            same += texts(known, "url")
            # As mark-up of old has it, which names a desk by its site alone.
            name = name or _host(text(known, "url"))
        if name:
            names.append(Name(name, kind, tuple(dict.fromkeys(map(_whole, same)))))
    return names


def _host(address: str) -> str:
    """Return the site of an address: of `https://www.example.org/` it is `example.org`."""
    found = re.match(r"https?://(?:www\.)?([^/?#@:\s]+)", address)
    return found[1] if found else ""


def _whole(address: str) -> str:
    """Return an address with the `/` that stands for a whole site, which not everyone writes."""
    return f"{address}/" if re.fullmatch(r"https?://[^/?#]+", address) else address


def _left(found: Found, item: Properties, rating: Properties) -> Iterator[str]:
    """Yield the properties that are not read."""
    works = {"url", "sameAs"} if _is_work(item) else set()
    for thing, read, where in (
        (found.properties, _READ, ""),
        (item, _READ_OF_CLAIM | works, "itemReviewed."),
        (rating, _READ_OF_RATING, "reviewRating."),
    ):
        yield from (f"{where}{name}" for name in thing if name not in read and thing[name])


def _skipped(found: Found, item: Properties) -> Iterator[Skipped]:
    """Yield what of the properties that are read cannot be kept."""
    review, at = found.properties, found.at
    if review.get("itemReviewed") and not item:
        yield Skipped("attribute", "itemReviewed", "it is a text, and not the claim with who made it and when", at)
    for thing, field, several in (
        (review, "itemReviewed", "the review is kept of one claim, the first"),
        (review, "claimReviewed", "the claim is kept in its first words"),
        (review, "reviewRating", "a review is kept with one rating, the first"),
    ):
        if len(thing.get(field, ())) > 1:
            yield Skipped("attribute", field, several, at)
    for thing, field in ((review, "author"), (review, "publisher"), (item, "author")):
        names = _names(thing, field, found.root, is_reviewer=thing is review)
        if len(names) < len(thing.get(field, ())):
            yield Skipped("attribute", field, "whom it means has no name here", at)
    reviewers = _names(review, "author", found.root, is_reviewer=True)
    for name in [each for each in reviewers if each.type != "Person"][1:]:
        yield Skipped(
            "attribute", f"author: {name.name}", "a review is kept as the work of one desk, the first", at
        )
