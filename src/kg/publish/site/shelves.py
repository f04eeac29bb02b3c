"""The lists of things that have pages, in the order in which readers look for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from kg.publish.site.dates import when
from kg.publish.site.quads import Quads
from kg.publish.site.reader import KINDS, Link, Reader
from kg.publish.site.summary import Summary
from kg.publish.site.words import lexical
from kg.rdf.terms import Iri
from kg.rdf.vocab import KG, RDF, SCHEMA, SKOS

SHOWN = 2000
"""How many things a list shows."""
# Each list by the path of its page: its sections with the classes of things in them.
SHELVES: dict[str, tuple[tuple[str, tuple[Iri, ...]], ...]] = {
    "people": (
        ("people-people", (SCHEMA.Person,)),
        ("people-organisations", (SCHEMA.Organization, SCHEMA.GovernmentOrganization, KG.Group, SCHEMA.Country)),
    ),
    "entity/topics": (("", (SKOS.Concept,)),),
    "events": (("events-events", (SCHEMA.Event,)), ("events-occasions", (SCHEMA.Event,))),
    "outlets": (("", (SCHEMA.NewsMediaOrganization,)),),
}
SECTIONS = {"entity/topics": "topics"}


class Entry(NamedTuple):
    """A thing in a list, with how many claims it made and how many are about it; `day` for events and articles."""

    link: Link
    kind: str
    said: int
    about: int
    day: str = ""


class Section(NamedTuple):
    """A part of a list; `key` names its heading, `total` is how many things there are."""

    key: str
    entries: tuple[Entry, ...]
    total: int


def sections(reader: Reader, path: str, counts: Summary) -> tuple[Section, ...]:
    """Return a list of things."""
    found = []
    for key, classes in SHELVES[path]:
        things = {thing for each in classes for thing in reader.quads.instances(each)}
        chosen = [thing for thing in things if _belongs(reader.quads, key, thing)]
        if key.startswith("events"):
            chosen.sort(key=lambda thing: (_day(reader.quads, thing), thing), reverse=True)
        entries = [_entry(reader, thing, counts) for thing in chosen]
        if not key.startswith("events"):
            entries.sort(key=lambda entry: (-entry.said, -entry.about, entry.link.name.casefold(), entry.link.path))
        found.append(Section(key, tuple(entries[:SHOWN]), len(entries)))
    return tuple(each for each in found if each.entries)


def articles(quads: Quads) -> list[Iri]:
    """Return all articles, the newest first."""
    found = quads.instances(SCHEMA.NewsArticle)
    return sorted(found, key=lambda article: (_day(quads, article), article), reverse=True)


def article_entries(reader: Reader, chosen: Iterable[Iri]) -> Iterator[Entry]:
    """Yield articles with the number of their claims and their day in words."""
    for article in chosen:
        said = reader.quads.properties(article)
        claims = sum(
            SCHEMA.Claim in reader.quads.properties(each).get(RDF.type, ())
            for each in reader.quads.subjects(SCHEMA.appearance, article)
        )
        day = when(said, SCHEMA.datePublished, reader.language).words
        yield Entry(reader.link(article), "article", claims, 0, day)


def pages(quads: Quads) -> Iterator[str]:
    """Yield the path of everything that has a page and an IRI, article by article, then the rest."""
    for article in sorted(quads.instances(SCHEMA.NewsArticle)):
        yield quads.path(article)
        yield from sorted(quads.path(claim) for claim in quads.subjects(SCHEMA.appearance, article))
    kinds = dict.fromkeys([*KINDS, SCHEMA.CreativeWork])
    things = {quads.path(thing) for kind in kinds for thing in quads.instances(kind)}
    yield from sorted(
        path for path in things if path and "#" not in path and not path.startswith(("claim/", "article/"))
    )


def _day(quads: Quads, thing: Iri) -> str:
    """Return the last day that an event or article may be of."""
    return lexical(quads.properties(thing).get(KG.latest, ()))


def _belongs(quads: Quads, key: str, thing: Iri) -> bool:
    """Tell events from the occasions of articles, and organisations from outlets, which have their own list."""
    path = quads.path(thing)
    if key.startswith("events"):
        return path.startswith("occasion/") == (key == "events-occasions")
    types = quads.properties(thing).get(RDF.type, ())
    return path.startswith("entity/") and (
        key != "people-organisations" or SCHEMA.NewsMediaOrganization not in types
    )


def _entry(reader: Reader, thing: Iri, counts: Summary) -> Entry:
    said = reader.quads.properties(thing)
    is_event = SCHEMA.Event in said.get(RDF.type, ())
    day = when(said, SCHEMA.startDate, reader.language) if is_event else None
    return Entry(
        reader.link(thing),
        reader.kind(said),
        counts.said[thing],
        counts.about[thing],
        day.words if day else "",
    )
