"""A newsroom's plug-in for kg: its importer, a shape, a question and a property of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kg.model import Claim
from kg.plugins import hookimpl
from kg.rdf.terms import Node, integer, iri
from kg_newsroom import cms

HERE = Path(__file__).parent
WORD_COUNT = iri("https://news.example/terms#wordCount")


@hookimpl
def kg_importers() -> dict[str, object]:
    """`kg import newsroom-cms`: what our content management system exports."""
    return {"newsroom-cms": cms}


@hookimpl
def kg_questions() -> list[Path]:
    """`kg query longest-claims`."""
    return [HERE / "questions" / "longest-claims.rq"]


@hookimpl
def kg_shapes() -> list[Path]:
    """What our rights desk asks for."""
    return [HERE / "shapes.ttl"]


@hookimpl
def kg_claim_nodes(claim: Claim) -> Iterator[Node]:
    """Say how many words of the article a claim quotes."""
    words = sum(len(part.exact.split()) for part in claim.parts)
    yield Node(claim.iri, {WORD_COUNT: [integer(words)]})
