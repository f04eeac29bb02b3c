"""Articles and claims as they are meant: references are IRIs, words are anchored, dates are read.

`kg.meaning` makes these from what people wrote; the mappers see nothing else. `""` stands for an IRI or a term
that there is none of; everything in several languages is a tuple of literals.
"""

from __future__ import annotations

from typing import Literal as OneOf

from msgspec import Struct

from kg.dates.edtf import Edtf
from kg.rdf.terms import Iri, Literal, Term

NONE = Iri("")
NO_DATE = Edtf("")


class Dated(Struct, frozen=True):
    """A date with its words. Bounds are `YYYY-MM-DD`, inclusive, `""` where open."""

    edtf: Edtf = NO_DATE
    earliest: str = ""
    latest: str = ""
    words: tuple[Literal, ...] = ()
    why: tuple[Literal, ...] = ()
    basis: Iri = NONE


class Dataset(Struct, frozen=True):
    """What the corpus is."""

    base: str
    titles: tuple[Literal, ...]
    descriptions: tuple[Literal, ...]
    licence: Iri
    language: str
    publisher: Iri
    text: OneOf["full", "quotes", "none"]


class Annotator(Struct, frozen=True):
    """Someone who annotates."""

    iri: Iri
    type: Iri
    name: Literal
    same_as: tuple[Iri, ...] = ()


class Role(Struct, frozen=True):
    """A role held; `since` and `until` are `NO_DATE` where they are not given."""

    iri: Iri
    titles: tuple[Literal, ...]
    organization: Iri
    since: Edtf
    until: Edtf


class Entity(Struct, frozen=True):
    """A person, organisation, place, event or topic. `types` holds its class and its base classes."""

    iri: Iri
    types: tuple[Iri, ...]
    names: tuple[Literal, ...]
    also: tuple[Literal, ...] = ()
    same_as: tuple[Iri, ...] = ()
    descriptions: tuple[Literal, ...] = ()
    roles: tuple[Role, ...] = ()
    date: Dated = Dated()
    place: Iri = NONE
    part_of: Iri = NONE


class Source(Struct, frozen=True):
    """An unnamed source: the words that name it, and whom it speaks for."""

    iri: Iri
    descriptions: tuple[Literal, ...] = ()
    speaks_for: tuple[Iri, ...] = ()


class Occasion(Struct, frozen=True):
    """Where and when something was said."""

    iri: Iri
    names: tuple[Literal, ...]
    date: Dated
    outlet: Iri = NONE
    place: Iri = NONE
    part_of: Iri = NONE


class Part(Struct, frozen=True):
    """A stretch of the article's text: offsets in code points, end exclusive, with what stands around it."""

    start: int
    end: int
    exact: str
    prefix: str
    suffix: str


class Annotation(Struct, frozen=True):
    """Who annotated and who reviewed; `on` and `reviewed_on` are a day or a UTC time."""

    by: Iri = NONE
    on: str = ""
    guideline: Iri = NONE
    reviewed_by: Iri = NONE
    reviewed_on: str = ""


class Review(Struct, frozen=True):
    """What a fact-checker found of a claim: numbers are literals, verdicts may stand in several languages."""

    iri: Iri
    url: Iri = NONE
    by: Iri = NONE
    published: Dated = Dated()
    rating: Iri = NONE
    value: Literal | Iri = NONE
    best: Literal | Iri = NONE
    worst: Literal | Iri = NONE
    names: tuple[Literal, ...] = ()


class Claim(Struct, frozen=True):
    """One claim. `quotations` are the stretches between quotation marks inside its parts."""

    iri: Iri
    id: str
    position: int
    speakers: tuple[Iri, ...]
    act: Iri
    form: Iri
    said: Dated
    parts: tuple[Part, ...]
    words: Literal
    quotations: tuple[Literal, ...] = ()
    speaker_words: tuple[Literal, ...] = ()
    cue: tuple[Literal, ...] = ()
    gists: tuple[Literal, ...] = ()
    spoken_as: tuple[Iri, ...] = ()
    at: Iri = NONE
    to: tuple[Iri, ...] = ()
    about: tuple[Iri, ...] = ()
    translated: str = ""
    relations: tuple[tuple[Iri, Iri], ...] = ()
    first_appearance: Iri = NONE
    appearances: tuple[Iri, ...] = ()
    reviews: tuple[Review, ...] = ()
    inferred: tuple[Iri, ...] = ()
    notes: tuple[Literal, ...] = ()


class Withdrawn(Struct, frozen=True):
    """A claim that was taken back: its IRI stays, its words are gone."""

    iri: Iri
    on: str
    why: tuple[Literal, ...]
    replaced_by: Iri = NONE


class Article(Struct, frozen=True):
    """An article with its claims, in the order of their first words."""

    iri: Iri
    id: str
    graph: Iri
    text: str
    language: str
    published: Dated
    annotation: Annotation
    headline: tuple[Literal, ...] = ()
    corrected: str = ""
    publisher: Iri = NONE
    authors: tuple[Iri, ...] = ()
    url: Iri = NONE
    sources: tuple[Source, ...] = ()
    occasions: tuple[Occasion, ...] = ()
    claims: tuple[Claim, ...] = ()
    withdrawn: tuple[Withdrawn, ...] = ()


def present(term: Term) -> list[Term]:
    """Return a term if there is one."""
    return [term] if term else []
