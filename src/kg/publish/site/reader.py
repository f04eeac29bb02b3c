"""What a store says in one language: names of things, and links to their pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache, partial
from typing import Any, NamedTuple, TypeVar
from weakref import ref

from kg.publish.site.dates import when
from kg.publish.site.quads import Properties, Quads
from kg.publish.site.vocabulary import label, local_name
from kg.publish.site.words import Text, best, lexical, say, strings
from kg.rdf.terms import Iri, Term, iri_text, is_iri
from kg.rdf.vocab import KG, RDF, SCHEMA, SKOS

T = TypeVar("T")
_REMEMBERED = 8192
# What a thing is, the narrowest class first.
KINDS = {
    SCHEMA.Person: "person",
    SCHEMA.NewsMediaOrganization: "outlet",
    SCHEMA.GovernmentOrganization: "government",
    SCHEMA.Country: "country",
    KG.Group: "group",
    KG.UnnamedSource: "source",
    SKOS.Concept: "topic",
    SCHEMA.Event: "event",
    SCHEMA.Place: "place",
    SCHEMA.Organization: "organisation",
}


class Link(NamedTuple):
    """A thing with a name: the path of its page, or the IRI of somebody else's thing; the language of the name."""

    path: str
    name: str
    language: str = ""


class Reader:
    """Reads a store for readers of one language."""

    def __init__(self, quads: Quads, language: str) -> None:
        self.quads = quads
        self.language = language
        # By a weak reference: what is remembered would hold the reader that holds it, and with it an open store.
        self._views: Callable[..., Any] = lru_cache(_REMEMBERED)(partial(_made, ref(self)))
        self.link: Callable[[Iri], Link] = lru_cache(_REMEMBERED)(partial(_made, ref(self), _link))

    def view(self, make: Callable[[Reader, Iri], T], iri: Iri) -> T:
        """Return what a function makes of a thing, which it does not do again for what was asked for lately."""
        made: T = self._views(make, iri)
        return made

    def links(self, terms: Iterable[Term]) -> tuple[Link, ...]:
        """Return links to things, by name."""
        found = [self.link(Iri(term)) for term in terms if is_iri(term)]
        return tuple(sorted(found, key=lambda link: (link.name.casefold(), link.path)))

    def one(self, terms: Iterable[Term]) -> Link | None:
        """Return a link to the first of things."""
        return next(iter(self.links(terms)), None)

    def label(self, term: str) -> str:
        """Return what a term of the ontology is called."""
        return label(term, self.language)

    def say(self, key: str, /, **values: object) -> str:
        """Return a string of the reader's language."""
        return str(say(self.language, key, **values)) if values else strings(self.language)[key]

    def kind(self, properties: Properties) -> str:
        """Return what kind of thing this is, one of `KINDS`; `""` for others."""
        types = properties.get(RDF.type, [])
        return next((kind for each, kind in KINDS.items() if each in types), "")

    def name(self, iri: Iri, properties: Properties) -> Text:
        """Return the name of a thing, or words that stand for it."""
        if named := best(properties.get(SCHEMA.name, ()), self.language):
            outlet = self.one(properties.get(KG.outlet, ()))
            return named._replace(value=f"{named.value}, {outlet.name}") if outlet else named
        if KG.UnnamedSource in properties.get(RDF.type, ()):
            described = best(properties.get(SCHEMA.description, ()), self.language)
            key = "newsroom" if iri.endswith("#newsroom>") else "unnamed"
            return described or Text(self.say(key), self.language)
        if SCHEMA.NewsArticle in properties.get(RDF.type, ()):
            return self._title(properties)
        if SCHEMA.Event in properties.get(RDF.type, ()):
            return self._occasion(iri, properties)
        if SCHEMA.CreativeWork in properties.get(RDF.type, ()):
            return Text(self.say("guideline", version=lexical(properties.get(SCHEMA.version, ()))), self.language)
        return Text(local_name(iri).replace("-", " "))

    def _title(self, properties: Properties) -> Text:
        if headline := best(properties.get(SCHEMA.headline, ()), self.language):
            return headline
        day = when(properties, SCHEMA.datePublished, self.language).words
        publisher = self.one(properties.get(SCHEMA.publisher, ()))
        key = "article-of" if publisher else "article-untitled"
        return Text(self.say(key, publisher=publisher.name if publisher else "", day=day), self.language)

    def _occasion(self, iri: Iri, properties: Properties) -> Text:
        outlet = self.one(properties.get(KG.outlet, ()))
        day = when(properties, SCHEMA.startDate, self.language).words
        if outlet:
            return Text(self.say("occasion-in", outlet=outlet.name, day=day), self.language)
        return Text(self.say("occasion-of", name=local_name(iri).replace("-", " "), day=day), self.language)


def _made(reader: ref[Reader], make: Callable[[Reader, Iri], T], iri: Iri) -> T:
    """Return what a function makes of a thing for a reader, whose caches alone call this."""
    asking = reader()
    assert asking is not None
    return make(asking, iri)


def _link(reader: Reader, iri: Iri) -> Link:
    properties = reader.quads.properties(iri)
    if not properties:
        return Link("" if reader.quads.path(iri) else iri_text(iri), iri_text(iri))
    name = reader.name(iri, properties)
    path = reader.quads.path(iri)
    if path.endswith(("#speaker", "#newsroom")):
        path = path.partition("#")[0]
    return Link(path or iri_text(iri), name.value, name.language)
