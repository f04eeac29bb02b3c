"""Readings that were overruled or refused, as annotations of their annotators in the graph, which are no claims.

The body of each is a text, JSON of the claim as it is written in the reading: whoever asks the graph who said what
gets only the claims that the data set publishes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from kg.corpus.editing import value_at
from kg.errors import UsageError
from kg.history.readings import ArticleReading, articles_read, local_id, read_readings
from kg.meaning import CorpusIndex
from kg.meaning.records import ClaimRecord
from kg.pipeline.publication import Publication
from kg.rdf.terms import Iri, Node, Term, date, instant, iri, part, plain
from kg.rdf.vocab import DCTERMS, KG, OA, RDF, SCHEMA

_OF_THE_TEXT = frozenset(("words", "speaker_words", "cue", "condition", "in", "said", "due"))
"""Fields that may have the article's words, which a corpus with `text: none` does not publish."""


def with_overruled_readings(publication: Publication) -> Publication:
    """Return the publication with a graph of the readings that were overruled or refused.

    Raises `CorpusError` if a reading has a violation, `UsageError` if none was overruled.
    """
    nodes = [
        node
        for article in articles_read(publication)
        for name, reading in read_readings(publication, article).readings.items()
        for node in _nodes(publication.index, name, reading)
    ]
    if not nodes:
        raise UsageError("No reading was overruled: `kg adjudicate` decides on readings. Leave --readings out.")
    return replace(publication, index=replace(publication.index, readings=tuple(nodes)))


def _nodes(index: CorpusIndex, name: str, reading: ArticleReading) -> Iterator[Node]:
    for claim in reading.record.claims:
        decision = reading.decision(local_id(claim))
        if decision.get("outcome") in ("overruled", "refused"):
            yield from _reading_nodes(index, name, reading, claim)


def _reading_nodes(index: CorpusIndex, name: str, reading: ArticleReading, claim: ClaimRecord) -> Iterator[Node]:
    id = local_id(claim)
    subject = index.iris.reading(claim.article, name, id)
    published = reading.decision(id).get("claim", "")
    on = value_at(reading.values, ("annotation", "on")) or ""
    start, end = min(each.start for each in claim.parts), max(each.end for each in claim.parts)
    when: dict[Iri, list[Term]] = {}
    if on:
        when = {DCTERMS.created: [instant(on)]} if "T" in on else {DCTERMS.date: [date(on)]}
    body = part(subject, "body")
    yield Node(
        subject,
        {
            RDF.type: [KG.OverruledReading],
            OA.motivatedBy: [OA.describing],
            OA.hasBody: [body],
            OA.hasTarget: [iri(f"{index.iris.base}text/{claim.article}/{claim.text_version}#char={start},{end}")],
            DCTERMS.creator: [index.iris.annotator(name)],
            **when,
            DCTERMS.isPartOf: [index.dataset.iri],
            **({KG.overruledBy: [index.iris.claim(claim.article, published)]} if published else {}),
        },
    )
    text = json.dumps(_as_read(reading.claims[id], index), ensure_ascii=False)
    yield Node(
        body,
        {RDF.type: [OA.TextualBody], RDF.value: [plain(text)], SCHEMA.encodingFormat: [plain("application/json")]},
    )


def _as_read(claim: Mapping[str, Any], index: CorpusIndex) -> dict[str, Any]:
    """Return a claim as it is written in a reading; without the article's words if they are not published."""
    hidden = _OF_THE_TEXT if index.dataset.text == "none" else frozenset()
    return {field: value for field, value in claim.items() if field not in ("decision", "accept", *hidden)}
