"""Identifiers of well-known files of names → IRIs: `Wikidata` and `Q76`, `VIAF` and `52010985`."""

from __future__ import annotations

import re

_IRI = re.compile(r"https?://[^\s<>\"{}|\\^`\x00-\x20]+")
_BASES = {
    "wikidata": (r"Q[1-9][0-9]*", "http://www.wikidata.org/entity/"),
    "dbpedia": (r"[^\s<>\"{}|\\^`#?]+", "http://dbpedia.org/resource/"),
    "viaf": (r"[1-9][0-9]*", "http://viaf.org/viaf/"),
    "gnd": (r"[0-9]+-?[0-9X]", "https://d-nb.info/gnd/"),
    "orcid": (r"[0-9]{4}-[0-9]{4}-[0-9]{4}-[0-9]{3}[0-9X]", "https://orcid.org/"),
    "geonames": (r"[1-9][0-9]*", "https://sws.geonames.org/"),
}
"""How the identifiers of each look, and what stands before them in an IRI."""


def iri(authority: str, identifier: str) -> str:
    """Return the IRI of an identifier, `""` where it has none that we know."""
    if _IRI.fullmatch(identifier):
        return identifier
    pattern, base = _BASES.get(authority.casefold(), ("", ""))
    return base + identifier if base and re.fullmatch(pattern, identifier) else ""
