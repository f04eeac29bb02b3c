"""Who answers, denies, repeats or supports whom, as readers see it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from kg.mappers.claim import RELATIONS
from kg.publish.site.drawings import Arcs, arcs
from kg.publish.site.reader import Link, Reader
from kg.publish.site.summary import Edge, edges_of
from kg.publish.site.vocabulary import local_name
from kg.rdf.terms import Iri
from kg.rdf.vocab import KG

_AGAINST = {"denies", "rejects", "excludes", "criticises", "accuses"}
_FOR = {"agrees", "confirms", "admits", "praises", "promises"}
_BY_RELATION = {
    "repeats": "repeats",
    "supports": "for",
    "contradicts": "against",
    "retracts": "against",
    "reports": "other",
    "qualifies": "other",
}


class Exchange(NamedTuple):
    """What one speaker does to what another said, and how many times.

    The kind of it is `against`, `for`, `answers` otherwise, `repeats` or `other`.
    """

    speaker: Link
    label: str
    other: Link
    times: int
    kind: str


def exchanges(reader: Reader, edges: Counter[Edge]) -> list[Exchange]:
    """Return exchanges between two different speakers, the most frequent first."""
    counted: Counter[tuple[Link, str, Link, str]] = Counter()
    for edge, count in edges.items():
        speaker, other = reader.link(edge.speaker), reader.link(edge.other)
        if edge.speaker != edge.other:
            label = reader.say(f"exchange-{edge.relation}", act=reader.label(edge.act))
            counted[speaker, label, other, _kind(edge)] += count
    found = [
        Exchange(speaker, label, other, count, kind) for (speaker, label, other, kind), count in counted.items()
    ]
    return sorted(found, key=lambda each: (-each.times, each.speaker.name, each.other.name, each))


def around(reader: Reader, claims: Iterable[Iri]) -> list[Exchange]:
    """Return the exchanges that claims take part in, on either side."""
    quads = reader.quads
    ours = list(claims)
    theirs = {other for claim in ours for name in RELATIONS for other in quads.subjects(KG[name], claim)}
    back = edges_of(quads, theirs.difference(ours), only=set(ours))
    return exchanges(reader, edges_of(quads, ours) + back)


def drawn(found: Iterable[Exchange]) -> Arcs:
    """Return exchanges as arcs."""
    return arcs((each.speaker.name, each.other.name, each.kind, each.label, each.times) for each in found)


def _kind(edge: Edge) -> str:
    if edge.relation != "answers":
        return _BY_RELATION[edge.relation]
    act = local_name(edge.act)
    return "against" if act in _AGAINST else "for" if act in _FOR else "answers"
