"""Reads ClaimReviews from the JSON-LD of search engines: the claim and its speaker, the review and its author.

`schema:author`, `http://schema.org/author` and `author` are one property, which has a list of values; a value, a
list and `{"@value": …}` are alike. https://www.w3.org/TR/json-ld11/
https://schema.org/ClaimReview, https://developers.google.com/search/docs/appearance/structured-data/factcheck
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import NamedTuple

from kg.errors import Place
from kg.files.json_reader import JsonError, JsonValue
from kg.importers.core.article_fields import is_empty, texts_of
from kg.importers.core.documents import ArticleMetadata, Name, Skipped
from kg.rdf.terms import is_decimal

Things = list[object]
Properties = dict[str, Things]

_PREFIX = re.compile(r"(?:https?://(?:www\.)?schema\.org/|schema:)")
MENTIONED = re.compile(rb"[Cc]laimReview(?:ed)?\b")
"""What all JSON with reviews contains: the class, or a property of it or of the answer of a search."""
_REFERENCE = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_DEEPEST = 24
_REVIEW = "ClaimReview"
_ENTITY_TYPES = {
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


class FactCheck(NamedTuple):
    """A review as it was read: `words` are those of the claim, `article` is the metadata of the review's page.

    `claim` is the claim's own address, `page` the review's, `""` if unknown. `unused` are the properties for
    which kg has no field.
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
    unused: tuple[str, ...]


class FoundReview(NamedTuple):
    """A review as it is written; `root` is the value around it, which may contain resources that it refers to."""

    properties: Properties
    at: Place
    root: JsonLdRoot


class JsonLdRoot:
    """A complete value of JSON-LD, with an index of each `@id` in it."""

    def __init__(self, value: JsonValue) -> None:
        self.value = value
        self._by_id: dict[str, Properties] | None = None

    def thing(self, value: object) -> Properties:
        """Return the properties of an object, or of the object that it refers to; empty for other values."""
        if not isinstance(value, dict):
            return {}
        thing = properties(value)
        id = address(thing)
        if id and not (thing.keys() - {"@id", "@type"}):
            if self._by_id is None:
                self._by_id = {}
                self._index(self.value.read())
            return self._by_id.get(id, thing)
        return thing

    def _index(self, value: object) -> None:
        assert self._by_id is not None
        waiting = [value]
        while waiting:
            each = waiting.pop()
            if isinstance(each, dict):
                waiting += each.values()
                thing = properties(each)
                if (id := address(thing)) and thing.keys() - {"@id", "@type"}:
                    self._by_id.setdefault(id, thing)
            elif isinstance(each, list):
                waiting += each


def find_reviews(value: JsonValue, root: JsonLdRoot, depth: int = 0) -> Iterator[FoundReview]:
    """Yield each ClaimReview in a value, in the order of the file, and each result of a search as one.

    Raises `JsonError` if one may be nested too deeply.
    """
    if not MENTIONED.search(value.raw):
        return
    if depth > _DEEPEST:
        raise JsonError("its reviews are nested too deeply")
    for entry in value.entries():
        yield from find_reviews(entry, root, depth + 1)
    members = value.members()
    classes = [kinds_of(members[key].read()) for key in ("@type", "type") if key in members]
    if any(_REVIEW in each for each in classes) or ("claimReviewed" in members and not classes):
        yield FoundReview(properties(value.read()), value.place, root)
    elif "claimReview" in members and "text" in members:
        claim = properties(value.read())
        for each, review in zip(members["claimReview"].entries(), claim["claimReview"], strict=False):
            yield FoundReview(_of_search(claim, properties(review)), each.place, root)
    else:
        for member in members.values():
            yield from find_reviews(member, root, depth + 1)


def read_review(found: FoundReview, canonical: str = "") -> FactCheck:
    """Read a review; `canonical` is the address of its page."""
    review, root = found.properties, found.root
    item = next((each for each in map(root.thing, review.get("itemReviewed", ())) if each), {})
    reviewers = _names(review, "author", root, is_reviewer=True)
    publishers = _names(review, "publisher", root, is_reviewer=True)
    organisations = [name for name in reviewers if name.type != "Person"]
    by = next(iter([*organisations, *reviewers, *publishers]), None)
    at = text(review, "url") or next(filter(None, map(page, review.get("mainEntityOfPage", ()))), canonical)
    rating = root.thing(next(iter(review.get("reviewRating", ())), None))
    return FactCheck(
        words=text(item, "text") or text(review, "claimReviewed"),
        claim=address(item),
        page=at,
        at=found.at,
        of_claim={name: values for name, values in _of_claim(review, item).items() if values},
        speakers=tuple(_names(item, "author", root)),
        of_review={name: value for name, value in _of_review(review, rating, at).items() if value},
        by=by,
        article=_article(review, at),
        publisher=next(iter([*publishers, *organisations]), None),
        authors=tuple(name for name in reviewers if name.type == "Person"),
        skipped=tuple(_skipped(found, item)),
        unused=tuple(_unused(found, item, rating)),
    )


def _article(review: Properties, at: str) -> ArticleMetadata:
    """Return the metadata of a review's page, which has this address."""
    return ArticleMetadata(
        headline=" ".join(text(review, "headline", "name").split()),
        published=text(review, "datePublished"),
        url=at,
        language=text(review, "inLanguage"),
    )


def _of_claim(review: Properties, item: Properties) -> dict[str, tuple[str, ...]]:
    """Return the gist of the claim in the reviewer's words, when it was made, and where it appeared."""
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
    """Tell whether the reviewed item is a work that makes the claim; before schema.org had `Claim`, it was."""
    return bool(item) and "Claim" not in kinds(item)


def _of_review(review: Properties, rating: Properties, at: str) -> dict[str, str]:
    """Return the metadata of the review. A rating that is not a number is the verdict if there is no other."""
    value, verdict = (
        text(rating, "ratingValue") or text(review, "reviewRating"),
        text(rating, "alternateName", "name"),
    )
    if value and not verdict and not is_decimal(value):
        value, verdict = "", value
    return {
        "url": at,
        "published": text(review, "datePublished"),
        "rating.value": value,
        "rating.best": text(rating, "bestRating"),
        "rating.worst": text(rating, "worstRating"),
        "rating.name": verdict,
    }


def _names(thing: Properties, field: str, root: JsonLdRoot, *, is_reviewer: bool = False) -> list[Name]:
    """Return the people and organisations in a property. A reviewing organisation also has its site as an id."""
    names = []
    for value in thing.get(field, ()):
        known = root.thing(value)
        name = text(known, "name", "alternateName") if known else "".join(plain(value)[:1])
        kind = next((_ENTITY_TYPES[each] for each in kinds(known) if each in _ENTITY_TYPES), "")
        same = texts(known, "sameAs")
        if is_reviewer and kind != "Person":
            same += texts(known, "url")
            # Old mark-up identifies an organisation by its site only.
            name = name or _host(text(known, "url"))
        if name:
            names.append(Name(name, kind, tuple(dict.fromkeys(map(_with_slash, same)))))
    return names


def _host(address: str) -> str:
    """Return the site of an address: of `https://www.example.org/` it is `example.org`."""
    match = re.match(r"https?://(?:www\.)?([^/?#@:\s]+)", address)
    return match[1] if match else ""


def _with_slash(address: str) -> str:
    """Return an address with the `/` of a whole site, which not everyone writes."""
    return f"{address}/" if re.fullmatch(r"https?://[^/?#]+", address) else address


def _unused(found: FoundReview, item: Properties, rating: Properties) -> Iterator[str]:
    """Yield the properties that are not used."""
    works = {"url", "sameAs"} if _is_work(item) else set()
    for thing, read, where in (
        (found.properties, _READ, ""),
        (item, _READ_OF_CLAIM | works, "itemReviewed."),
        (rating, _READ_OF_RATING, "reviewRating."),
    ):
        yield from (f"{where}{name}" for name in thing if name not in read and thing[name])


def _skipped(found: FoundReview, item: Properties) -> Iterator[Skipped]:
    """Yield the values of known properties that cannot be kept."""
    review, at = found.properties, found.at
    if review.get("itemReviewed") and not item:
        yield Skipped("attribute", "itemReviewed", "it is a text, not a claim that says who made it and when", at)
    for thing, field, several in (
        (review, "itemReviewed", "a review is kept with one claim, the first"),
        (review, "claimReviewed", "a claim is kept with one wording, the first"),
        (review, "reviewRating", "a review is kept with one rating, the first"),
    ):
        if len(thing.get(field, ())) > 1:
            yield Skipped("attribute", field, several, at)
    for thing, field in ((review, "author"), (review, "publisher"), (item, "author")):
        names = _names(thing, field, found.root, is_reviewer=thing is review)
        if len(names) < len(thing.get(field, ())):
            yield Skipped("attribute", field, "the person or organisation has no name here", at)
    reviewers = _names(review, "author", found.root, is_reviewer=True)
    for name in [each for each in reviewers if each.type != "Person"][1:]:
        yield Skipped(
            "attribute", f"author: {name.name}", "a review is kept with one reviewing organisation, the first", at
        )


def properties(thing: object) -> Properties:
    """Return the properties of an object by their short names; empty for other values."""
    if not isinstance(thing, dict):
        return {}
    by_name: Properties = {}
    for key, value in thing.items():
        name = {"type": "@type", "id": "@id"}.get(key, _PREFIX.sub("", key, count=1))
        by_name.setdefault(name, []).extend(_flat(value))
    return by_name


def kinds_of(value: object) -> list[str]:
    """Return the short names of classes."""
    return [_PREFIX.sub("", text, count=1) for text in texts_of(value)]


def kinds(thing: Properties) -> list[str]:
    """Return the short names of an object's classes."""
    return kinds_of(thing.get("@type", []))


def text(thing: Properties, *names: str) -> str:
    """Return the first text or number among some properties, `""` if there is none."""
    for name in names:
        for value in thing.get(name, ()):
            if values := plain(value):
                return values[0]
    return ""


def texts(thing: Properties, name: str) -> list[str]:
    """Return all texts of a property."""
    return [each for value in thing.get(name, ()) for each in plain(value)]


def plain(value: object) -> tuple[str, ...]:
    """Return a value's texts, with `&eacute;` and the like decoded: page editors put those into scripts, too."""
    values = texts_of(value)
    return tuple(_REFERENCE.sub(lambda each: unescape(each[0]), text) if "&" in text else text for text in values)


def address(thing: Properties) -> str:
    """Return an object's `@id`; `""` if it has none, or one that is only valid in its file."""
    id = text(thing, "@id")
    return "" if id.startswith("_:") else id


def page(value: object) -> str:
    """Return the address of a page: the text itself, or a work's `url` or `@id`."""
    if isinstance(value, dict):
        work = properties(value)
        return text(work, "url") or address(work)
    return "".join(plain(value)[:1])


def _flat(value: object) -> Things:
    """Return the values without the lists and objects that JSON-LD wraps around them."""
    values: Things = []
    waiting = [value]
    while waiting:
        each = waiting.pop()
        wrapped = (
            next((key for key in ("@value", "@list", "@set") if key in each), "") if isinstance(each, dict) else ""
        )
        if isinstance(each, list):
            waiting += reversed(each)
        elif isinstance(each, dict) and wrapped:
            waiting.append(each[wrapped])
        elif not is_empty(each):
            values.append(each)
    return values


def _of_search(claim: Properties, review: Properties) -> Properties:
    """Return a result of Google's Fact Check Tools as the ClaimReview that it came from."""
    publisher = properties(next(iter(review.get("publisher", ())), {}))
    site = text(publisher, "site")
    author = {
        "@type": "Organization",
        "name": text(publisher, "name") or site,
        "url": f"https://{site}/" if site else "",
    }
    item = {
        "@type": "Claim",
        "author": {"name": text(claim, "claimant")} if text(claim, "claimant") else "",
        "datePublished": text(claim, "claimDate"),
    }
    return properties(
        {
            "claimReviewed": text(claim, "text"),
            "itemReviewed": item,
            "author": author,
            "url": text(review, "url"),
            "headline": text(review, "title"),
            "datePublished": text(review, "reviewDate"),
            "reviewRating": {"alternateName": text(review, "textualRating")},
            "inLanguage": text(review, "languageCode"),
        }
    )
