"""Whether two outputs say the same: their triples as sets, whatever the format, the order and the escapes."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

import pyoxigraph

Normal = Callable[[str], str]
FORMATS = {".nt": pyoxigraph.RdfFormat.N_TRIPLES, ".ttl": pyoxigraph.RdfFormat.TURTLE}
_DATE_TIME = "^^<http://www.w3.org/2001/XMLSchema#dateTime>"
_ENCODED = {"%2F": "/", "%3F": "?", "%23": "#", "%26": "&"}


class Difference(NamedTuple):
    """How many triples an output lacks, and how many it has besides."""

    missing: int
    more: int


def as_written(term: str) -> str:
    """Return a term as it is."""
    return term


def moments_in_z(term: str) -> str:
    """Return a term, a moment with the offset +00:00 as one with Z: maplib and rdflib do the reverse."""
    return term.replace('+00:00"', 'Z"') if term.endswith(_DATE_TIME) else term


def iris_decoded(term: str) -> str:
    """Return a term, an IRI without the percent signs that SDM-RDFizer puts for its `/ ? # &`."""
    if term.startswith("<") and "%" in term:
        for code, sign in _ENCODED.items():
            term = term.replace(code, sign)
    return term


def digests(path: Path, normal: Normal = as_written) -> set[bytes]:
    """Return eight bytes for each triple of a file. Raises `SyntaxError` where it is not well-formed."""
    return {
        blake2b(
            f"{triple.subject} {triple.predicate} {normal(str(triple.object))}".encode(), digest_size=8
        ).digest()
        for triple in pyoxigraph.parse(path=path, format=FORMATS[path.suffix], lenient=normal is iris_decoded)
    }


def difference(reference: set[bytes], output: set[bytes]) -> Difference:
    """Return how an output differs from the reference."""
    return Difference(len(reference - output), len(output - reference))
