"""What a request asks for: the resource, and its form, language and encoding by content negotiation.

https://www.rfc-editor.org/rfc/rfc9110#section-12.5
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import parse_qsl

from starlette.requests import Request

from kg.publish.serve.responses import Refusal
from kg.publish.site import Pages, page_named
from kg.publish.site.feeds import SELECTED

DATA = {
    "ttl": ("text/turtle", "application/x-turtle"),
    "jsonld": ("application/ld+json", "application/json"),
    "nt": ("application/n-triples",),
}
OFFERS: Mapping[str, Sequence[str]] = {"html": ("text/html", "application/xhtml+xml"), **DATA}
# A quick test before the store is searched: refuses paths that no IRI has, and segments that begin with a dot.
_PATH = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")
_RANGE = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+)/([!#$%&'*+.^_`|~0-9A-Za-z-]+)")
_WEIGHT = re.compile(r"(?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)")
FEED = "feed.atom"
MOST_CHOICES = 20
"""How many values may be chosen for a feed: each is a look-up in the store."""
_LONGEST = 4096
_REMEMBERED = 256
"""How many headers are parsed once only: clients send few different ones."""


def chosen(accept: str, offers: Mapping[str, Sequence[str]]) -> str | None:
    """Return the name of the offer that a client prefers, None if it accepts none; of equals, the first.

    Each offer has its media types. Without an Accept header, the first offer is chosen.
    """
    if not accept.strip():
        return next(iter(offers), None)
    weights = _weights(accept[:_LONGEST])
    best, name = 0.0, None
    for each, types in offers.items():
        weight = max((_weight(type, weights) for type in types), default=0.0)
        if weight > best:
            best, name = weight, each
    return name


def language(accept: str, offers: Sequence[str]) -> str:
    """Return the offer that a reader prefers by the Accept-Language header; of equals, the first."""
    weights: dict[str, float] = {}
    for part in accept[:_LONGEST].lower().split(","):
        tag, _, rest = part.strip().partition(";")
        weights.setdefault(tag.strip().partition("-")[0], _quality(rest))
    return max(offers, key=lambda each: weights.get(each, weights.get("*", 0.0)))


@lru_cache(_REMEMBERED)
def accepts_gzip(accept: str) -> bool:
    """Return whether a client accepts gzip, and does not prefer no compression, by its Accept-Encoding header."""
    weights: dict[str, float] = {}
    for part in accept[:_LONGEST].lower().split(","):
        coding, _, rest = part.strip().partition(";")
        weights.setdefault(coding.strip(), _quality(rest))
    gzip = weights.get("gzip", weights.get("*", 0.0))
    return gzip > 0 and gzip >= weights.get("identity", 0.0)


@lru_cache(_REMEMBERED)
def _weights(accept: str) -> Mapping[str, float]:
    """Return the weight of each media range; malformed ones are ignored."""
    weights: dict[str, float] = {}
    for part in accept.lower().split(","):
        range, _, rest = part.strip().partition(";")
        if _RANGE.fullmatch(range.strip()):
            weights.setdefault(range.strip(), _quality(rest))
    return weights


def _weight(type: str, weights: Mapping[str, float]) -> float:
    """Return the weight of a media type by the most specific range that matches."""
    for range in (type, f"{type.partition('/')[0]}/*", "*/*"):
        if range in weights:
            return weights[range]
    return 0.0


def _quality(parameters: str) -> float:
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            return float(value) if _WEIGHT.fullmatch(value.strip()) else 0.0
    return 1.0


class ContentRequest(NamedTuple):
    """A resource or page in the form that is asked for; `form` is `""` if it is to be negotiated.

    `cached` is the If-None-Match header.
    """

    path: str
    form: str
    language: str
    accept: str
    cached: str


def is_path(path: str) -> bool:
    """Tell whether a resource can have a path."""
    return _PATH.fullmatch(path) is not None


def content_request(path: str, request: Request, pages: Pages) -> ContentRequest | None:
    """Return what a request for a path asks for; None if no resource can have this path."""
    if path and not is_path(path):
        return None
    resource, form, named_language = _named(path, pages)
    return ContentRequest(
        "" if resource == "index" else resource,
        form,
        named_language or language(request.headers.get("accept-language", ""), pages.languages),
        ",".join(request.headers.getlist("accept")),
        request.headers.get("if-none-match", ""),
    )


def feed_choices(query: str) -> dict[str, list[str]]:
    """Return what the query of a feed's address chooses, such as `speaker=entity/macron`. Raises `Refusal`."""
    choices: dict[str, list[str]] = {}
    for facet, value in parse_qsl(query, keep_blank_values=True):
        if facet not in SELECTED or not _PATH.fullmatch(value):
            known = ", ".join(f"`{each}`" for each in SELECTED)
            raise Refusal(
                400,
                f"A feed is chosen by {known}, each with a value such as `entity/macron`, not by `{facet[:50]}`.",
            )
        if value not in choices.setdefault(facet, []):
            choices[facet].append(value)
    if not 0 < sum(map(len, choices.values())) <= MOST_CHOICES:
        raise Refusal(400, f"A feed needs something to choose by, and at most {MOST_CHOICES} values.")
    return choices


def _named(path: str, pages: Pages) -> tuple[str, str, str]:
    """Return the resource, form and language that a path names; the last two are `""` if it does not name them.

    The version of a guideline may have dots and end like a file name: a resource that the store describes comes
    first.
    """
    stem, _, suffix = path.rpartition(".")
    if suffix not in OFFERS or _is_described(path, pages):
        return path, "", ""
    if suffix != "html":
        return stem, suffix, ""
    page = None if _is_described(stem, pages) else page_named(path, pages.languages)
    resource, named_language = page or (stem, pages.languages[0])
    return resource, suffix, named_language


def _is_described(path: str, pages: Pages) -> bool:
    return pages.quads.has(pages.quads.iri(path))
