"""Entities, occasions and sources as the site shows them, with their claims."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from heapq import nlargest
from itertools import count
from typing import NamedTuple

from kg.publish.site.claims import ClaimLine, claim_lines
from kg.publish.site.localisation import DateView, LocalText, best, ends_in_words, in_words, lexical, texts, when
from kg.publish.site.store_reader import LocalisedReader, OwnFact, PageLink, Properties, ResourceReader
from kg.rdf.terms import Iri, iri_text, is_iri
from kg.rdf.vocab import KG, ORG, RDF, SCHEMA, SKOS

SHOWN = 200
"""How many claims of each kind a page shows at most: the newest."""


class RoleView(NamedTuple):
    """A role of a person; its days in words, `""` if unknown. `office` is the IRI of the office elsewhere."""

    title: str
    organisation: PageLink | None
    since: str
    until: str
    office: str


class ClaimList(NamedTuple):
    """Claims of one kind, such as `said` or `about`: the newest, and how many there are in all."""

    kind: str
    lines: tuple[ClaimLine, ...]
    total: int


class EntityView(NamedTuple):
    """An entity, occasion or source with its claims; `kind` is a value of `store_reader.KINDS` or `""`."""

    path: str
    kind: str
    name: LocalText
    also: tuple[LocalText, ...]
    description: LocalText | None
    same_as: tuple[str, ...]
    roles: tuple[RoleView, ...]
    held_here: tuple[tuple[PageLink, RoleView], ...]
    when: DateView | None
    place: PageLink | None
    part_of: PageLink | None
    broader: tuple[PageLink, ...]
    narrower: tuple[PageLink, ...]
    outlet: PageLink | None
    on_behalf_of: tuple[PageLink, ...]
    claims: tuple[ClaimList, ...]
    articles: tuple[PageLink, ...]
    places: tuple[PageLink, ...]
    events: tuple[PageLink, ...]
    own: tuple[OwnFact, ...]


_CLAIMS = {
    "said": SCHEMA.author,
    "said-for": KG.onBehalfOf,
    "addressed": KG.addressee,
    "about": SCHEMA.about,
    "said-at": SCHEMA.recordedAt,
    "said-in": SCHEMA.firstAppearance,
}


def entity_view(reader: LocalisedReader, iri: Iri) -> EntityView | None:
    """Return an entity, occasion or source; None if the store does not describe it."""
    properties = reader.quads.properties(iri)
    if not properties:
        return None
    name = reader.name(iri, properties)
    dated = bool({KG.earliest, KG.latest, KG.probably, SCHEMA.startDate} & properties.keys())
    certain = SCHEMA.dateCreated if KG.Document in properties.get(RDF.type, ()) else SCHEMA.startDate
    return EntityView(
        path=reader.quads.path(iri),
        kind=reader.kind(properties),
        name=name,
        also=tuple(text for text in _also(properties) if text.value != name.value),
        description=best(properties.get(SCHEMA.description, ()), reader.language),
        same_as=tuple(iri_text(term) for term in properties.get(SCHEMA.sameAs, ()) if is_iri(term)),
        roles=tuple(_role(reader, Iri(term)) for term in properties.get(SCHEMA.memberOf, ()) if is_iri(term)),
        held_here=tuple(_held_here(reader, iri)),
        when=when(properties, certain, reader.language) if dated else None,
        place=reader.one(properties.get(SCHEMA.location, ())),
        part_of=reader.one((*properties.get(SCHEMA.superEvent, ()), *properties.get(SCHEMA.containedInPlace, ()))),
        broader=reader.links(properties.get(SKOS.broader, ())),
        narrower=_linked(reader, (SKOS.broader,), iri, SKOS.Concept),
        outlet=reader.one(properties.get(KG.outlet, ())),
        on_behalf_of=reader.links(properties.get(KG.onBehalfOf, ())),
        claims=tuple(_claim_lists(reader, iri)),
        articles=_linked(reader, (SCHEMA.publisher,), iri, SCHEMA.NewsArticle),
        places=_linked(reader, (SCHEMA.containedInPlace,), iri, SCHEMA.Place),
        events=_linked(reader, (KG.outlet, SCHEMA.superEvent, SCHEMA.location), iri, SCHEMA.Event),
        own=tuple(reader.own_facts(properties)),
    )


def _claim_lists(reader: LocalisedReader, iri: Iri) -> Iterator[ClaimList]:
    """Yield the newest claims with an entity in each of the ways in which a claim can have one, sorted by date."""
    for kind, (claims, total) in reader.quads.view(_newest, iri).items():
        lines = claim_lines(reader, claims)
        lines.sort(key=lambda line: line.when.probable or line.when.last or line.when.first)
        yield ClaimList(kind, tuple(lines), total)


def first_claims(quads: ResourceReader, iri: Iri) -> list[Iri]:
    """Return the claims in the first list of claims with an entity."""
    found, _ = next(iter(quads.view(_newest, iri).values()), ([], 0))
    return [claim for claim in found if SCHEMA.Claim in quads.properties(claim).get(RDF.type, ())]


def _newest(quads: ResourceReader, iri: Iri) -> dict[str, tuple[list[Iri], int]]:
    """Return the newest claims with an entity in each of the ways that there are, and how many there are in all."""
    found = {}
    for kind, predicate in _CLAIMS.items():
        numbers = count(1)
        # They are counted while they pass: there may be very many.
        dated = ((day, claim, next(numbers)) for day, claim in _claims(quads, predicate, iri))
        if newest := nlargest(SHOWN, dated):
            found[kind] = ([claim for _, claim, _ in newest], next(numbers) - 1)
    return found


def _claims(quads: ResourceReader, predicate: Iri, iri: Iri) -> Iterator[tuple[str, Iri]]:
    """Yield the claims with this value, and those of the unnamed sources with it, each after its day.

    Articles and reviews have authors, too.
    """
    for day, subject in quads.said(predicate, iri):
        path = quads.path(subject)
        if path.startswith("claim/") and "#" not in path:
            yield day, subject
            continue
        types = quads.values(subject, RDF.type)
        if SCHEMA.Claim in types:
            yield day, subject
        elif KG.UnnamedSource in types:
            yield from quads.said(SCHEMA.author, subject)


def _also(properties: Properties) -> list[LocalText]:
    return list(dict.fromkeys(texts([*properties.get(SCHEMA.name, ()), *properties.get(SCHEMA.alternateName, ())])))


def _role(reader: LocalisedReader, iri: Iri) -> RoleView:
    properties = reader.quads.properties(iri)
    title = best(properties.get(SCHEMA.roleName, ()), reader.language)
    since, until = ends_in_words(lexical(properties.get(KG.edtf, ())), reader.language)
    return RoleView(
        title.value if title else "",
        reader.one(properties.get(SCHEMA.memberOf, ())),
        since or in_words(lexical(properties.get(SCHEMA.startDate, ())), reader.language),
        until or in_words(lexical(properties.get(SCHEMA.endDate, ())), reader.language),
        next((iri_text(term) for term in properties.get(ORG.role, ())), ""),
    )


def _held_here(reader: LocalisedReader, iri: Iri) -> list[tuple[PageLink, RoleView]]:
    """Return the people with roles in this organisation."""
    found = []
    for role in reader.quads.subjects(SCHEMA.memberOf, iri):
        if "#role-" in role:
            found.append((reader.link(Iri(f"{role.partition('#')[0]}>")), _role(reader, role)))
    return sorted(found)


def _linked(reader: LocalisedReader, predicates: Iterable[Iri], iri: Iri, kind: Iri) -> tuple[PageLink, ...]:
    """Return resources of a class that refer to this one."""
    found = {each for predicate in predicates for each in reader.quads.subjects(predicate, iri)}
    return reader.links(each for each in found if kind in reader.quads.properties(each).get(RDF.type, ()))[:SHOWN]
