"""The whole data set in one pass over its claims: how many there are of what, which are new, who answers whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Set
from heapq import heappush, heappushpop
from typing import NamedTuple

from kg.publish.site.quads import Properties, Quads
from kg.publish.site.words import Text, lexical, texts
from kg.rdf.terms import Iri, Term, is_iri
from kg.rdf.vocab import DCTERMS, KG, SCHEMA, SKOS, VOID

NEW = 50
"""How many of the newest claims are kept."""
_MONTH = 7
EXCHANGES = ("answers", "repeats", "reports", "supports", "qualifies", "contradicts", "retracts")


class Edge(NamedTuple):
    """One speaker's claims that stand in a relation to another's; `act` is that of the first."""

    speaker: Iri
    other: Iri
    relation: str
    act: Iri


class Summary(NamedTuple):
    """What all claims together come to.

    `months` counts claims by `2020-02`, those not known to the month by `""`; `new` are the claims that were
    annotated last, each with the day or moment; `edges` count exchanges.
    """

    said: Counter[Iri]
    about: Counter[Iri]
    months: Counter[str]
    acts: Counter[Iri]
    edges: Counter[Edge]
    new: tuple[tuple[str, Iri], ...]


class Description(NamedTuple):
    """What the data set says of itself."""

    titles: tuple[Text, ...]
    descriptions: tuple[Text, ...]
    notes: tuple[Text, ...]
    licence: str
    publisher: Iri | None
    modified: str
    language: str
    counts: dict[Iri, int]


def summary(quads: Quads) -> Summary:
    """Return what all claims together come to."""
    said: Counter[Iri] = Counter()
    about: Counter[Iri] = Counter()
    months: Counter[str] = Counter()
    acts: Counter[Iri] = Counter()
    edges: Counter[Edge] = Counter()
    newest: list[tuple[str, Iri]] = []
    for claim in quads.instances(SCHEMA.Claim):
        properties = quads.properties(claim)
        said.update(map(Iri, properties.get(SCHEMA.author, ())))
        about.update(map(Iri, properties.get(SCHEMA.about, ())))
        acts.update(map(Iri, properties.get(KG.act, ())))
        months[month(properties)] += 1
        edges.update(_edges(quads, properties, None))
        keep = heappush if len(newest) < NEW else heappushpop
        keep(newest, (annotated_on(quads, claim), claim))
    new = sorted(newest, key=lambda pair: pair[1])
    new.sort(key=lambda pair: pair[0], reverse=True)
    return Summary(said, about, months, acts, edges, tuple(new))


def month(properties: Properties) -> str:
    """Return the month in which a claim was said, most probably; `""` where it is not known to the month."""
    for predicate in (KG.probably, SCHEMA.dateCreated):
        if len(day := lexical(properties.get(predicate, ()))) >= _MONTH:
            return day[:_MONTH]
    first, last = (lexical(properties.get(each, ()))[:_MONTH] for each in (KG.earliest, KG.latest))
    return first if first == last else ""


def annotated_on(quads: Quads, claim: Iri) -> str:
    """Return the day or the moment at which a claim was annotated."""
    said = quads.properties(Iri(f"{claim[:-1]}#annotation>"))
    return lexical(said.get(DCTERMS.created, said.get(DCTERMS.date, ())))


def description(quads: Quads) -> Description:
    """Return what the data set says of itself."""
    said = quads.properties(quads.iri("dataset"))
    partitions = [quads.properties(Iri(term)) for term in said.get(VOID.classPartition, ())]
    return Description(
        titles=tuple(texts(said.get(DCTERMS.title, ()))),
        descriptions=tuple(texts(said.get(DCTERMS.description, ()))),
        notes=tuple(texts(said.get(SKOS.editorialNote, ()))),
        licence=_iri(said.get(DCTERMS.license, [])),
        publisher=next((Iri(term) for term in said.get(DCTERMS.publisher, ()) if is_iri(term)), None),
        modified=lexical(said.get(DCTERMS.modified, ())),
        language=lexical(said.get(SCHEMA.inLanguage, ())),
        counts={
            Iri(kind): int(lexical(each.get(VOID.entities, ())) or 0)
            for each in partitions
            for kind in each.get(VOID["class"], ())
        },
    )


def edges_of(quads: Quads, claims: Iterable[Iri], *, only: Set[Iri] | None = None) -> Counter[Edge]:
    """Count the exchanges that claims begin; with `only`, those with these other claims."""
    found: Counter[Edge] = Counter()
    for claim in claims:
        found.update(_edges(quads, quads.properties(claim), only))
    return found


def _edges(quads: Quads, properties: Properties, only: Set[Iri] | None) -> Iterator[Edge]:
    for name in EXCHANGES:
        for other in map(Iri, properties.get(KG[name], ())):
            heard = quads.properties(other).get(SCHEMA.author, ()) if only is None or other in only else ()
            for speaker in properties.get(SCHEMA.author, ()):
                for each in heard:
                    act = Iri(next(iter(properties.get(KG.act, ())), ""))
                    yield Edge(Iri(speaker), Iri(each), name, act)


def _iri(terms: list[Term]) -> str:
    return next((term[1:-1] for term in terms if is_iri(term)), "")
