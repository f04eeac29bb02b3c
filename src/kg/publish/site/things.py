"""People, organisations, topics, events, places and sources as readers see them."""

from __future__ import annotations

from collections.abc import Iterable
from heapq import nlargest
from typing import NamedTuple

from kg.publish.site.claims import ClaimLine, claim_lines
from kg.publish.site.dates import When, in_words, when
from kg.publish.site.quads import Properties
from kg.publish.site.reader import Link, Reader
from kg.publish.site.words import Text, best, lexical, texts
from kg.rdf.terms import Iri, iri_text, is_iri
from kg.rdf.vocab import KG, RDF, SCHEMA

SHOWN = 200
"""How many claims a page shows of each kind; the newest, where there are more."""


class Role(NamedTuple):
    """An office that somebody held; its days in words, `""` where open."""

    title: str
    organisation: Link | None
    since: str
    until: str


class Claims(NamedTuple):
    """Claims of one kind, as `said` or `about`: the newest, and how many there are of all."""

    kind: str
    lines: tuple[ClaimLine, ...]
    total: int


class ThingView(NamedTuple):
    """A thing with the claims that have to do with it; `kind` is one of `kg.publish.site.reader.KINDS` or `""`."""

    path: str
    kind: str
    name: Text
    also: tuple[Text, ...]
    description: Text | None
    same_as: tuple[str, ...]
    roles: tuple[Role, ...]
    held_here: tuple[tuple[Link, Role], ...]
    when: When | None
    place: Link | None
    part_of: Link | None
    outlet: Link | None
    speaks_for: tuple[Link, ...]
    claims: tuple[Claims, ...]
    articles: tuple[Link, ...]
    events: tuple[Link, ...]


_CLAIMS = {
    "said": SCHEMA.author,
    "addressed": KG.addressee,
    "about": SCHEMA.about,
    "said-at": SCHEMA.recordedAt,
}


def thing_view(reader: Reader, iri: Iri) -> ThingView | None:
    """Return a thing that has a name or is a source; None where the store has none."""
    said = reader.quads.properties(iri)
    if not said:
        return None
    name = reader.name(iri, said)
    dated = bool({KG.earliest, KG.latest, SCHEMA.startDate} & said.keys())
    return ThingView(
        path=reader.quads.path(iri),
        kind=reader.kind(said),
        name=name,
        also=tuple(text for text in _also(said) if text.value != name.value),
        description=best(said.get(SCHEMA.description, ()), reader.language),
        same_as=tuple(iri_text(term) for term in said.get(SCHEMA.sameAs, ()) if is_iri(term)),
        roles=tuple(_role(reader, Iri(term)) for term in said.get(SCHEMA.memberOf, ()) if is_iri(term)),
        held_here=tuple(_held_here(reader, iri)),
        when=when(said, SCHEMA.startDate, reader.language) if dated else None,
        place=reader.one(said.get(SCHEMA.location, ())),
        part_of=reader.one(said.get(SCHEMA.superEvent, ())),
        outlet=reader.one(said.get(KG.outlet, ())),
        speaks_for=reader.links(said.get(KG.speaksFor, ())),
        claims=tuple(
            Claims(kind, tuple(lines), total)
            for kind, predicate in _CLAIMS.items()
            for lines, total in [newest(reader, reader.quads.subjects(predicate, iri))]
            if total
        ),
        articles=_linked(reader, (SCHEMA.publisher,), iri, SCHEMA.NewsArticle),
        events=_linked(reader, (KG.outlet, SCHEMA.superEvent, SCHEMA.location), iri, SCHEMA.Event),
    )


def newest(reader: Reader, claims: Iterable[Iri]) -> tuple[list[ClaimLine], int]:
    """Return the newest of claims in the order of their days, and how many there were."""
    total = 0

    def keyed() -> Iterable[tuple[str, Iri]]:
        nonlocal total
        for claim in claims:
            total += 1
            said = reader.quads.properties(claim)
            yield lexical(said.get(KG.probably, said.get(KG.latest, ()))), claim

    chosen = [claim for _, claim in nlargest(SHOWN, keyed())]
    lines = claim_lines(reader, chosen)
    return sorted(lines, key=lambda line: line.when.dot or line.when.last or line.when.first), total


def _also(said: Properties) -> list[Text]:
    return list(dict.fromkeys(texts([*said.get(SCHEMA.name, ()), *said.get(SCHEMA.alternateName, ())])))


def _role(reader: Reader, iri: Iri) -> Role:
    said = reader.quads.properties(iri)
    title = best(said.get(SCHEMA.roleName, ()), reader.language)
    return Role(
        title.value if title else "",
        reader.one(said.get(SCHEMA.memberOf, ())),
        in_words(lexical(said.get(SCHEMA.startDate, ())), reader.language),
        in_words(lexical(said.get(SCHEMA.endDate, ())), reader.language),
    )


def _held_here(reader: Reader, iri: Iri) -> list[tuple[Link, Role]]:
    """Return who holds a role in this organisation."""
    found = []
    for role in reader.quads.subjects(SCHEMA.memberOf, iri):
        if "#role-" in role:
            found.append((reader.link(Iri(f"{role.partition('#')[0]}>")), _role(reader, role)))
    return sorted(found)


def _linked(reader: Reader, predicates: Iterable[Iri], iri: Iri, kind: Iri) -> tuple[Link, ...]:
    """Return things of a class that name this one."""
    found = {each for predicate in predicates for each in reader.quads.subjects(predicate, iri)}
    return reader.links(each for each in found if kind in reader.quads.properties(each).get(RDF.type, ()))[:SHOWN]
