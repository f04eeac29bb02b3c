"""Dossiers: what two speakers said in response to each other, and to or about each other, side by side by date."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from kg.publish.site.claims import ClaimLine, claim_line
from kg.publish.site.dataset import ENTITY, RESPONSES, DatasetView
from kg.publish.site.rendering import PageContent
from kg.publish.site.store_reader import LocalisedReader, PageLink, ResourceReader
from kg.rdf.terms import Iri
from kg.rdf.vocab import KG, SCHEMA

SHOWN = 200
"""How many claims a dossier shows at most: the newest."""


class ClaimReply(NamedTuple):
    """A relation of a claim to a claim of the other speaker; `is_here` says whether that is on the same page."""

    relation: str
    to: ClaimLine
    is_here: bool


class DossierEntry(NamedTuple):
    """A claim of a dossier: its side (`one`, `other` or `both`), and what it has to do with the other speaker."""

    side: str
    line: ClaimLine
    replies: tuple[ClaimReply, ...]
    is_to: bool
    is_about: bool


class Dossier(NamedTuple):
    """Two speakers and their claims by date: the newest, and how many there are in all."""

    one: PageLink
    other: PageLink
    entries: tuple[DossierEntry, ...]
    total: int


def dossier_page(path: str, reader: LocalisedReader, dataset: DatasetView) -> PageContent | None:
    """Return the page of a dossier; None if there is no such dossier."""
    pages = [f"{ENTITY}{id}" for id in path.split("/")[1:]]
    if len(pages) != 2 or dataset.dossier_of(*pages) != path:
        return None
    one, other = map(reader.quads.iri, pages)
    found = dossier(reader, one, other)
    names = {"one": found.one.name, "other": found.other.name}
    title = reader.say("dossier-title", **names)
    about = reader.say("dossier-lead", **names)
    return PageContent("dossier.html", str(title), str(about), {"dossier": found}, "debate")


def dossier(reader: LocalisedReader, one: Iri, other: Iri) -> Dossier:
    """Return the dossier of two speakers."""
    quads = reader.quads
    ours, theirs = (set(quads.subjects(SCHEMA.author, each)) for each in (one, other))
    replies = {**_replies(quads, ours, theirs), **_replies(quads, theirs, ours)}
    answered = {claim for found in replies.values() for _, claim in found}
    directed = (ours & _directed(quads, other)) | (theirs & _directed(quads, one))
    lines = {claim: line for claim in {*replies, *answered, *directed} if (line := claim_line(reader, claim))}
    newest = _by_date(lines, replies)[-SHOWN:]
    here = set(newest)
    entries = []
    for claim in newest:
        to = [(name, each) for name, each in replies.get(claim, ()) if each in lines]
        addressed = one if claim in theirs and claim not in ours else other
        entries.append(
            DossierEntry(
                side="both" if claim in ours and claim in theirs else "one" if claim in ours else "other",
                line=lines[claim],
                replies=tuple(ClaimReply(name, lines[each], each in here) for name, each in to),
                is_to=addressed in quads.values(claim, KG.addressee),
                is_about=addressed in quads.values(claim, SCHEMA.about),
            )
        )
    return Dossier(reader.link(one), reader.link(other), tuple(entries), len(lines))


def _replies(quads: ResourceReader, ours: set[Iri], theirs: Iterable[Iri]) -> dict[Iri, list[tuple[str, Iri]]]:
    """Return the relations of our claims to theirs, by our claim."""
    found: dict[Iri, list[tuple[str, Iri]]] = {}
    for claim in sorted(theirs):
        for name in RESPONSES:
            for each in quads.subjects(KG[name], claim):
                if each in ours:
                    found.setdefault(each, []).append((name, claim))
    return found


def _directed(quads: ResourceReader, speaker: Iri) -> set[Iri]:
    return {*quads.subjects(KG.addressee, speaker), *quads.subjects(SCHEMA.about, speaker)}


def _by_date(lines: Mapping[Iri, ClaimLine], replies: Mapping[Iri, Iterable[tuple[str, Iri]]]) -> list[Iri]:
    """Return claims by date, those of one article in the order of its text.

    A claim whose day is not known comes before its answer if its possible days allow that.
    """
    keys = {claim: (_day(line), line.path.rpartition("/")[0], line.number) for claim, line in lines.items()}
    answers = [(claim, other) for claim, found in replies.items() for name, other in found if name == "answers"]
    for claim, other in answers:
        line = lines.get(other)
        if line and not line.when.probable and line.when.first <= keys[claim][0] < keys[other][0]:
            keys[other] = (keys[claim][0], "", line.number)
    return sorted(lines, key=keys.__getitem__)


def _day(line: ClaimLine) -> str:
    return line.when.probable or line.when.last or line.when.first
