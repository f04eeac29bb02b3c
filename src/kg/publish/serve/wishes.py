"""What is asked for: from a path and a request to a thing, the form and the language in which it is wanted."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from starlette.requests import Request

from kg.publish.serve.negotiation import language
from kg.publish.site import Pages, page_named

DATA = {
    "ttl": ("text/turtle", "application/x-turtle"),
    "jsonld": ("application/ld+json", "application/json"),
    "nt": ("application/n-triples",),
}
OFFERS: Mapping[str, Sequence[str]] = {"html": ("text/html", "application/xhtml+xml"), **DATA}
# What is there the store knows; this keeps out what is in no IRI, and parts that begin with a dot.
_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")


class Wish(NamedTuple):
    """A thing or a page as it is asked for; `form` is `""` where that is to be negotiated."""

    path: str
    form: str
    language: str
    accept: str
    held: str


def wish_for(path: str, request: Request, pages: Pages) -> Wish | None:
    """Return what a request for a path asks for; None where the path can be none of ours."""
    if path and not _NAME.fullmatch(path):
        return None
    thing, form, tongue = _named(path, pages)
    return Wish(
        "" if thing == "index" else thing,
        form,
        tongue or language(request.headers.get("accept-language", ""), pages.languages),
        ",".join(request.headers.getlist("accept")),
        request.headers.get("if-none-match", ""),
    )


def _named(path: str, pages: Pages) -> tuple[str, str, str]:
    """Return the thing, the form and the language that a path names, `""` where it does not name the last two.

    The version of a guideline may have dots, and end as the name of a file: what the store describes is meant.
    """
    place, _, suffix = path.rpartition(".")
    if suffix not in OFFERS or _describes(path, pages):
        return path, "", ""
    if suffix != "html":
        return place, suffix, ""
    page = None if _describes(place, pages) else page_named(path, pages.languages)
    thing, tongue = page or (place, pages.languages[0])
    return thing, suffix, tongue


def _describes(path: str, pages: Pages) -> bool:
    return pages.quads.has(pages.quads.iri(path))
