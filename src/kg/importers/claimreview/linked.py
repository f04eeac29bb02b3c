"""JSON-LD as people write it for search engines: properties by their short names, each with all its values.

`schema:author`, `http://schema.org/author` and `author` are one; a value, a list and `{"@value": …}` are alike.
https://www.w3.org/TR/json-ld11/
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import NamedTuple

from kg.errors import Place
from kg.importers.core.article_fields import is_empty, texts_of
from kg.importers.json_values import Unreadable, Value

Things = list[object]
Properties = dict[str, Things]

_PREFIX = re.compile(r"(?:https?://(?:www\.)?schema\.org/|schema:)")
MENTIONED = re.compile(rb"[Cc]laimReview(?:ed)?\b")
"""What stands in all JSON with reviews: the class, or a property of one or of the answer of a search."""
_REFERENCE = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_DEEPEST = 24
_REVIEW = "ClaimReview"


class Found(NamedTuple):
    """A review as it stands in a file; `root` is what it stands in, where things that it refers to may be."""

    properties: Properties
    at: Place
    root: Root


class Root:
    """A value that is whole by itself: tells what an `@id` in it stands for."""

    def __init__(self, value: Value) -> None:
        self.value = value
        self._by_id: dict[str, Properties] | None = None

    def thing(self, value: object) -> Properties:
        """Return the properties of a thing, those of what it refers to too; none for what is no thing."""
        if not isinstance(value, dict):
            return {}
        found = properties(value)
        id = address(found)
        if id and not (found.keys() - {"@id", "@type"}):
            if self._by_id is None:
                self._by_id = {}
                self._index(self.value.read())
            return self._by_id.get(id, found)
        return found

    def _index(self, value: object) -> None:
        assert self._by_id is not None
        waiting = [value]
        while waiting:
            each = waiting.pop()
            if isinstance(each, dict):
                waiting += each.values()
                found = properties(each)
                if (id := address(found)) and found.keys() - {"@id", "@type"}:
                    self._by_id.setdefault(id, found)
            elif isinstance(each, list):
                waiting += each


def reviews(value: Value, root: Root, depth: int = 0) -> Iterator[Found]:
    """Yield each ClaimReview in a value, in the order of the file; of the answer of a search, made into one.

    Raises `Unreadable` where one may stand too deep to be looked for.
    """
    if not MENTIONED.search(value.raw):
        return
    if depth > _DEEPEST:
        raise Unreadable("what it says of reviews is nested too deeply")
    for entry in value.entries():
        yield from reviews(entry, root, depth + 1)
    members = value.members()
    classes = [kinds_of(members[key].read()) for key in ("@type", "type") if key in members]
    if any(_REVIEW in each for each in classes) or ("claimReviewed" in members and not classes):
        yield Found(properties(value.read()), value.place, root)
    elif "claimReview" in members and "text" in members:
        claim = properties(value.read())
        for each, review in zip(members["claimReview"].entries(), claim["claimReview"], strict=False):
            yield Found(_of_search(claim, properties(review)), each.place, root)
    else:
        for member in members.values():
            yield from reviews(member, root, depth + 1)


def properties(thing: object) -> Properties:
    """Return the properties of a thing by their short names; none of what is no thing."""
    if not isinstance(thing, dict):
        return {}
    found: Properties = {}
    for key, value in thing.items():
        name = {"type": "@type", "id": "@id"}.get(key, _PREFIX.sub("", key, count=1))
        found.setdefault(name, []).extend(_flat(value))
    return found


def kinds_of(value: object) -> list[str]:
    """Return the short names of classes."""
    return [_PREFIX.sub("", text, count=1) for text in texts_of(value)]


def kinds(thing: Properties) -> list[str]:
    """Return the short names of a thing's classes."""
    return kinds_of(thing.get("@type", []))


def text(thing: Properties, *names: str) -> str:
    """Return the first text or number among some properties, `""` where there is none."""
    for name in names:
        for value in thing.get(name, ()):
            if found := plain(value):
                return found[0]
    return ""


def texts(thing: Properties, name: str) -> list[str]:
    """Return all texts of a property."""
    return [found for value in thing.get(name, ()) for found in plain(value)]


def plain(value: object) -> tuple[str, ...]:
    """Return a value's texts, `&eacute;` as what it stands for: the writers of pages put that into scripts, too."""
    found = texts_of(value)
    return tuple(_REFERENCE.sub(lambda each: unescape(each[0]), text) if "&" in text else text for text in found)


def address(thing: Properties) -> str:
    """Return a thing's `@id`, `""` where it has none that means anything elsewhere."""
    id = text(thing, "@id")
    return "" if id.startswith("_:") else id


def page(value: object) -> str:
    """Return the address of a page: of a text itself, else a work's `url` or `@id`."""
    if isinstance(value, dict):
        found = properties(value)
        return text(found, "url") or address(found)
    return "".join(plain(value)[:1])


def _flat(value: object) -> Things:
    """Return values one by one, without what JSON-LD wraps them in."""
    found: Things = []
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
            found.append(each)
    return found


def _of_search(claim: Properties, review: Properties) -> Properties:
    """Return a result of Google's Fact Check Tools as the ClaimReview that it was made from."""
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
