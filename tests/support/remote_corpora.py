"""What a store must hold once a corpus is loaded."""

from __future__ import annotations

from pathlib import Path

from kg.formats import FORMATS, write
from kg.pipeline.publication import open_publication, published
from kg.rdf.terms import iri_text


def expected(folder: Path) -> dict[str, tuple[int, str]]:
    """Return the graphs of a corpus with their number of triples and their digest, read off its N-Quads."""
    publication = open_publication(folder)
    found: dict[str, tuple[int, str]] = {}
    for graph in published(publication.mapped_articles(), []):
        lines = "".join(write([graph], FORMATS["nq"].writer({}, ""))).strip().split("\n")
        (digest,) = [line.split('"')[1] for line in lines if "kg-claims#digest>" in line]
        found[iri_text(graph.iri)] = (len(set(lines)), digest)
    return found
