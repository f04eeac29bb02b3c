"""Reads a loaded store: properties of resources in a fixed order, and their names in one language."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache, partial
from itertools import chain, islice
from typing import Any, NamedTuple, TypeVar
from weakref import ref

import pyoxigraph

from kg.mappers.article import (
    ARTICLE_FIELDS,
    OCCASION_FIELDS,
    PASSAGE_FIELDS,
    SOURCE_FIELDS,
    TEXT_FIELDS,
    WITHDRAWN_FIELDS,
)
from kg.mappers.claim import (
    ANNOTATION_FIELDS,
    CLAIM_FIELDS,
    QUOTATION_FIELDS,
    RATING_FIELDS,
    REVIEW_FIELDS,
)
from kg.mappers.dataset import DATASET_FIELDS
from kg.mappers.entity import ANNOTATOR_FIELDS, ENTITY_FIELDS, ROLE_FIELDS
from kg.publish.site.localisation import LocalText, best, label, lexical, say, strings, when
from kg.query.load import read_only_store
from kg.query.store import StoreGeneration
from kg.rdf.term_conversion import to_oxigraph
from kg.rdf.terms import Graph, Iri, Literal, Node, Term, iri_text, is_iri, local_name
from kg.rdf.vocab import DCTERMS, KG, PROV, RDF, RDFS, SCHEMA, SKOS

# Properties come in the order in which the mappers write them, then alphabetically.
_ORDER = {
    predicate: number
    for number, predicate in enumerate(
        dict.fromkeys(
            chain(
                *(ARTICLE_FIELDS, CLAIM_FIELDS, QUOTATION_FIELDS, ANNOTATION_FIELDS),
                *(WITHDRAWN_FIELDS, OCCASION_FIELDS, SOURCE_FIELDS, ENTITY_FIELDS, ROLE_FIELDS),
                *(ANNOTATOR_FIELDS, TEXT_FIELDS, PASSAGE_FIELDS, DATASET_FIELDS, REVIEW_FIELDS, RATING_FIELDS),
            )
        )
    )
}
Properties = dict[Iri, list[Term]]
T = TypeVar("T")
R = TypeVar("R", "ResourceReader", "LocalisedReader")
CACHE_SIZE = 8192
"""How many resources a reader keeps."""
_LOCALISED = 16_384
"""How many views of each kind a reader of one language keeps: claims are in many lists, far from each other."""
_UNLOCALISED = 2048
"""How many views for all languages of each kind are kept: until a page was made in the last language."""


EVERYTHING = "*"
"""The unit of what is made of the whole data set."""


class ResourceReader(ABC):
    """Reads resources and what refers to them; `base` is the start of the publication's own IRIs."""

    base: str
    triples: int

    @abstractmethod
    def properties(self, iri: Iri) -> Properties:
        """Return the properties of a resource, with sorted values. They are cached: do not change them."""

    def note(self, units: frozenset[str]) -> None:  # noqa: B027  # most readers note nothing
        """Note that something was made of units, if the reader notes what it reads."""

    def noting(self, make: Callable[[], T]) -> tuple[T, frozenset[str]]:
        """Return what a function makes, and the units it is made of, if the reader notes what it reads."""
        return make(), frozenset()

    def view(self, make: Callable[[ResourceReader, Iri], T], iri: Iri) -> T:
        """Return what a function makes of a resource for all languages; recent results are cached."""
        made: T
        made, units = self._views[make](iri)
        self.note(units)
        return made

    @cached_property
    def _views(self) -> _Views:
        return _Views(self, _UNLOCALISED)

    def unnoted(self, make: Callable[[], T]) -> T:
        """Return what a function makes, without noting what it reads."""
        return make()

    def digests(self) -> dict[str, bytes]:
        """Return the digests of all units, if the reader notes what it reads."""
        return {}

    @abstractmethod
    def subjects(self, predicate: Iri, value: Iri) -> Iterable[Iri]:
        """Return the subjects with this value, in no order, each once."""

    def said(self, predicate: Iri, value: Iri) -> Iterator[tuple[str, Iri]]:
        """Yield the claims with this value, each after the day on which it was said; `""` if that is not known."""
        for claim in self.subjects(predicate, value):
            # All properties of the claims that are shown are read afterwards.
            yield lexical(self.values(claim, KG.probably) or self.values(claim, KG.latest)), claim

    def annotated(self, predicate: Iri, value: Iri) -> Iterator[tuple[str, Iri]]:
        """Yield the claims with this value, each after the day or time of its annotation."""
        for claim in self.subjects(predicate, value):
            if "#" not in claim:  # parts of claims have some of the properties of claims
                yield annotated_on(self.properties(annotation_of(claim))), claim

    @abstractmethod
    def is_named_often(self, value: Iri, times: int) -> bool:
        """Return whether more than `times` triples have this value."""

    @abstractmethod
    def graph(self, name: Iri) -> list[Iri]:
        """Return the subjects of a named graph, sorted."""

    @abstractmethod
    def replaced(self) -> Iterable[tuple[Iri, Iri]]:
        """Return each former IRI with the one that replaced it, sorted."""

    def replacement(self, iri: Iri) -> Iri | None:
        """Return the IRI that replaced a former one; None for others, and for withdrawn claims."""
        properties = self.properties(iri)
        new = properties.get(DCTERMS.isReplacedBy, ())
        return Iri(new[0]) if new and RDF.type not in properties else None

    def instances(self, kind: Iri) -> Iterable[Iri]:
        """Return the instances of a class, in no order."""
        return self.subjects(RDF.type, kind)

    def has(self, subject: Iri) -> bool:
        """Return whether a resource is described."""
        return bool(self.properties(subject))

    def values(self, subject: Iri, predicate: Iri) -> Sequence[Term]:
        """Return the values of one property, sorted."""
        return self.properties(subject).get(predicate, ())

    def description(self, subject: Iri) -> list[Node]:
        """Return a resource, its reviews, its parts, each after the node that refers to it, and their passages."""
        found: dict[Iri, Node] = {}
        passages: dict[Iri, None] = {}
        reviews = sorted(self.subjects(SCHEMA.itemReviewed, subject), key=lambda each: (len(each), each))
        waiting = [subject, *reviews, annotation_of(subject)]
        while waiting:
            each = waiting.pop(0)
            properties = {} if each in found else self.properties(each)
            if properties:
                found[each] = Node(each, properties)
                terms = [Iri(term) for terms in properties.values() for term in terms if term[0] == "<"]
                passages |= dict.fromkeys(term for term in terms if "#char=" in term)
                waiting = [*(term for term in terms if term.startswith(f"{subject[:-1]}#")), *waiting]
        for each in [*passages]:
            passages |= dict.fromkeys(map(Iri, self.values(each, PROV.wasRevisionOf)))
        return [*found.values(), *(Node(each, self.properties(each)) for each in passages)]

    def iri(self, path: str) -> Iri:
        """Return the IRI of a path under the base."""
        return Iri(f"<{self.base}{path}>")

    def path(self, iri: str) -> str:
        """Return the path of an IRI below the base; `""` for others."""
        text = iri_text(iri)
        return text.removeprefix(self.base) if text.startswith(self.base) else ""


def annotation_of(claim: Iri) -> Iri:
    """Return the IRI of the annotation of a claim."""
    return Iri(f"{claim[:-1]}#annotation>")


def said_on(claim: Mapping[Iri, Sequence[Term]]) -> str:
    """Return the most probable day, month or year of a claim, or else its last possible day; `""` without one."""
    return lexical(claim.get(KG.probably) or claim.get(KG.latest, ()))


def annotated_on(annotation: Mapping[Iri, Sequence[Term]]) -> str:
    """Return the day or time at which an annotation was made."""
    return lexical(annotation.get(DCTERMS.created, annotation.get(DCTERMS.date, ())))


class QuadReader(ResourceReader):
    """Reads the quads of a store that `kg load` made."""

    def __init__(self, generation: StoreGeneration) -> None:
        self.base = generation.base
        self.triples = generation.manifest.triples
        self._hold = generation.hold
        self._store = read_only_store(generation.folder)
        # Pages in each language and data files need the same resources. The cache is not on a method, since a
        # reference cycle would keep the store open until the next garbage collection.
        self._properties = lru_cache(CACHE_SIZE)(partial(_properties, self._store))

    def properties(self, iri: Iri) -> Properties:
        """Return the properties of a resource, with sorted values. They are cached: do not change them."""
        return self._properties(iri)

    def subjects(self, predicate: Iri, value: Iri) -> Iterator[Iri]:
        """Yield the subjects with this value, in no order; each once, since one graph has such a triple."""
        for quad in self._store.quads_for_pattern(None, to_oxigraph(predicate), to_oxigraph(value), None):
            yield Iri(str(quad.subject))

    def has(self, subject: Iri) -> bool:
        """Return whether the store describes a resource."""
        return next(self._store.quads_for_pattern(to_oxigraph(subject), None, None, None), None) is not None

    def replaced(self) -> list[tuple[Iri, Iri]]:
        """Return each former IRI with the one that replaced it, sorted."""
        quads = self._store.quads_for_pattern(None, to_oxigraph(DCTERMS.isReplacedBy), None, None)
        found = ((Iri(str(quad.subject)), Iri(str(quad.object))) for quad in quads)
        return sorted((old, new) for old, new in found if self.replacement(old))

    def values(self, subject: Iri, predicate: Iri) -> list[Term]:
        """Return the values of one property, sorted: quicker than all `properties`, which are cached."""
        quads = self._store.quads_for_pattern(to_oxigraph(subject), to_oxigraph(predicate), None, None)
        return sorted({Literal(str(quad.object)) for quad in quads})

    def is_named_often(self, value: Iri, times: int) -> bool:
        """Return whether more than `times` triples have this value."""
        quads = self._store.quads_for_pattern(None, None, to_oxigraph(value), None)
        return next(islice(quads, times, None), None) is not None

    def has_unnamed(self) -> bool:
        """Return whether there are triples in no named graph: the export that was loaded had none."""
        return next(self._store.quads_for_pattern(None, None, None, pyoxigraph.DefaultGraph()), None) is not None

    def all_subjects(self) -> list[Iri]:
        """Return all subjects, sorted."""
        quads = self._store.quads_for_pattern(None, None, None, None)
        return [Iri(each) for each in sorted({str(quad.subject) for quad in quads})]

    def graph(self, name: Iri) -> list[Iri]:
        """Return the subjects of a named graph, sorted."""
        quads = self._store.quads_for_pattern(None, None, None, to_oxigraph(name))
        return [Iri(each) for each in sorted({str(quad.subject) for quad in quads})]

    def named_graph(self, name: Iri) -> Graph:
        """Return a named graph; without nodes if the store does not have it."""
        return Graph(name, [Node(each, _properties(self._store, each, name)) for each in self.graph(name)])


def _properties(store: pyoxigraph.Store, subject: Iri, graph: Iri | None = None) -> Properties:
    """Return the properties of a resource, in all graphs or one."""
    found: dict[Iri, set[Term]] = {}
    for quad in store.quads_for_pattern(to_oxigraph(subject), None, None, to_oxigraph(graph) if graph else None):
        found.setdefault(Iri(str(quad.predicate)), set()).add(Literal(str(quad.object)))
    return in_reading_order(found)


def in_reading_order(properties: Mapping[Iri, Collection[Term]]) -> Properties:
    """Return properties in the order in which the mappers write them, with sorted values, each once."""
    found = {}
    for each in _in_order(tuple(properties)):
        terms = properties[each]
        found[each] = sorted(set(terms)) if len(terms) > 1 else [*terms]
    return found


@lru_cache(maxsize=4096)  # resources of a kind have the same few sets of properties
def _in_order(predicates: tuple[Iri, ...]) -> list[Iri]:
    return sorted(predicates, key=lambda each: (_ORDER.get(each, len(_ORDER)), each))


# Kinds of resources by class, the narrowest first.
KINDS = {
    SCHEMA.Person: "person",
    SCHEMA.NewsMediaOrganization: "outlet",
    SCHEMA.GovernmentOrganization: "government",
    SCHEMA.Country: "country",
    KG.Group: "group",
    KG.UnnamedSource: "source",
    KG.Newsroom: "newsroom",
    KG.Document: "document",
    SKOS.Concept: "topic",
    SCHEMA.Event: "event",
    SCHEMA.Place: "place",
    SCHEMA.Organization: "organisation",
    SCHEMA.SoftwareApplication: "program",
}


class PageLink(NamedTuple):
    """A named resource: the path of its page, or an external IRI; its name and the language of the name."""

    path: str
    name: str
    language: str = ""


class OwnFact(NamedTuple):
    """A property of the corpus's own, with its values: links to resources, and texts."""

    label: LocalText
    links: tuple[PageLink, ...]
    texts: tuple[str, ...]


class LocalisedReader:
    """Reads a store in one language: names, labels, links and views of resources."""

    def __init__(self, quads: ResourceReader, language: str) -> None:
        self.quads = quads
        self.language = language
        self._views = _Views(self, _LOCALISED)

    def view(self, make: Callable[[LocalisedReader, Iri], T], iri: Iri) -> T:
        """Return what a function makes of a resource in this language; recent results are cached."""
        made: T
        made, units = self._views[make](iri)
        self.quads.note(units)
        return made

    def link(self, iri: Iri) -> PageLink:
        """Return a link to a resource; recent ones are cached."""
        return self.view(_link, iri)

    def links(self, terms: Iterable[Term]) -> tuple[PageLink, ...]:
        """Return links to resources, sorted by name."""
        found = [self.link(Iri(term)) for term in terms if is_iri(term)]
        if len(found) > 1:
            found.sort(key=lambda link: (link.name.casefold(), link.path))
        return tuple(found)

    def one(self, terms: Iterable[Term]) -> PageLink | None:
        """Return the first of `links`, None if there is none."""
        return next(iter(self.links(terms)), None)

    def label(self, term: str) -> str:
        """Return the label of an ontology term."""
        return label(term, self.language)

    def say(self, key: str, /, **values: object) -> str:
        """Return an interface string."""
        return str(say(self.language, key, **values)) if values else strings(self.language)[key]

    def own_facts(self, properties: Properties) -> Iterator[OwnFact]:
        """Yield the values of properties that the corpus declares for fields of its own."""
        for predicate, terms in properties.items():
            if predicate in _ORDER:
                continue
            declared = self.quads.properties(predicate)
            named = best(declared.get(RDFS.label, ()), self.language)
            if named and RDF.Property in declared.get(RDF.type, ()):
                yield OwnFact(
                    named, self.links(terms), tuple(lexical((each,)) for each in terms if not is_iri(each))
                )

    def kind(self, properties: Properties) -> str:
        """Return the kind of a resource, one of the values of `KINDS`; `""` for others."""
        types = properties.get(RDF.type, [])
        return next((kind for each, kind in KINDS.items() if each in types), "")

    def name(self, iri: Iri, properties: Properties) -> LocalText:
        """Return the name of a resource, or a description if it has none."""
        if named := best(properties.get(SCHEMA.name, ()), self.language):
            outlet = self.one(properties.get(KG.outlet, ()))
            return named._replace(value=f"{named.value}, {outlet.name}") if outlet else named
        if KG.UnnamedSource in properties.get(RDF.type, ()):
            described = best(properties.get(SCHEMA.description, ()), self.language)
            return described or LocalText(self.say("unnamed"), self.language)
        if KG.Newsroom in properties.get(RDF.type, ()):
            return LocalText(self.say("newsroom"), self.language)
        if SCHEMA.NewsArticle in properties.get(RDF.type, ()):
            return self._title(properties)
        if SCHEMA.Event in properties.get(RDF.type, ()):
            return self._occasion(iri, properties)
        if SCHEMA.CreativeWork in properties.get(RDF.type, ()):
            return LocalText(
                self.say("guideline", version=lexical(properties.get(SCHEMA.version, ()))), self.language
            )
        return LocalText(local_name(iri).replace("-", " "))

    def _title(self, properties: Properties) -> LocalText:
        if headline := best(properties.get(SCHEMA.headline, ()), self.language):
            return headline
        day = when(properties, SCHEMA.datePublished, self.language).words
        publisher = self.one(properties.get(SCHEMA.publisher, ()))
        key = "article-of" if publisher else "article-untitled"
        return LocalText(self.say(key, publisher=publisher.name if publisher else "", day=day), self.language)

    def _occasion(self, iri: Iri, properties: Properties) -> LocalText:
        outlet = self.one(properties.get(KG.outlet, ()))
        day = when(properties, SCHEMA.startDate, self.language).words
        if outlet:
            return LocalText(self.say("occasion-in", outlet=outlet.name, day=day), self.language)
        return LocalText(self.say("occasion-of", name=local_name(iri).replace("-", " "), day=day), self.language)


class _Views(dict[Callable[..., Any], Callable[[Iri], Any]]):
    """The recent results of each function, apart: links are not displaced by claims, nor claims by links."""

    def __init__(self, reader: object, size: int) -> None:
        super().__init__()
        # By a weak reference: a reference cycle through the cache would keep the store open.
        self._reader: ref[Any] = ref(reader)
        self._size = size

    def __missing__(self, make: Callable[..., Any]) -> Callable[[Iri], Any]:
        found = self[make] = lru_cache(self._size)(partial(_made, self._reader, make))
        return found


def _made(reader: ref[R], make: Callable[[R, Iri], T], iri: Iri) -> tuple[T, frozenset[str]]:
    """Call `make` for a reader that is alive, and also return the units that the result is made of."""
    asking = reader()
    assert asking is not None
    quads = asking.quads if isinstance(asking, LocalisedReader) else asking
    return quads.noting(partial(make, asking, iri))


def _link(reader: LocalisedReader, iri: Iri) -> PageLink:
    properties = reader.quads.properties(iri)
    if not properties:
        return PageLink("" if reader.quads.path(iri) else iri_text(iri), iri_text(iri))
    name = reader.name(iri, properties)
    path = reader.quads.path(iri)
    if path.endswith(("#speaker", "#newsroom")):
        path = path.partition("#")[0]
    return PageLink(path or iri_text(iri), name.value, name.language)
