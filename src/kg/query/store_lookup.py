"""What a loaded store holds under the ids that a question names: no corpus is read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple, Protocol

from kg.annotations.classes import SLUG
from kg.model import Entity
from kg.query.questions import Parameter, Question
from kg.query.store import LIMITS, Answer, Limits
from kg.rdf.iris import Iris
from kg.rdf.terms import Iri, Literal, Term, iri, iri_text, plain, text
from kg.rdf.vocab import KG, SCHEMA, SKOS

# Each class that an entity may have; occasions are events too, of articles.
_CLASSES = (
    *(SCHEMA.Person, SCHEMA.Organization, SCHEMA.NewsMediaOrganization, SCHEMA.GovernmentOrganization, KG.Group),
    *(SCHEMA.Country, SCHEMA.Place, SCHEMA.Event, SKOS.Concept),
)
_SLUG = re.compile(SLUG)

_ENTITIES = f"""
SELECT ?thing ?class ?name WHERE {{
  VALUES ?thing {{ %s }}
  VALUES ?class {{ {" ".join(_CLASSES)} }}
  ?thing a ?class .
  OPTIONAL {{ ?thing schema:name|schema:alternateName ?name }}
}}
ORDER BY ?thing ?class STR(?name)
"""
_ALL_ENTITIES = _ENTITIES.replace("  VALUES ?thing { %s }\n", "").replace(
    "  ?thing a ?class .\n", '  ?thing a ?class .\n  FILTER(STRSTARTS(STR(?thing), "%s"))\n'
)
_HELD = "SELECT ?thing WHERE { VALUES ?thing { %s } FILTER EXISTS { ?thing ?property ?value } }"
_CLAIMS = "SELECT ?thing WHERE { ?thing schema:appearance %s } ORDER BY ?thing"
_OF_CLASS = "SELECT ?thing WHERE { ?thing a %s } ORDER BY ?thing"


class Askable(Protocol):
    """A store, wherever it is: what answers queries about the things under a base."""

    @property
    def base(self) -> str:
        """Against which relative IRIs are resolved."""

    def ask(self, query: str, form: str = "json", *, name: str = "", limits: Limits = LIMITS) -> Answer:
        """Answer a query; see `kg.query.store.Store.ask`."""


class Holdings(NamedTuple):
    """Entities of a store: those that were named, or all where one was not found, to tell which is meant."""

    iris: Iris
    entities: dict[str, Entity]
    types: dict[Iri, tuple[Iri, ...]]


def held_entities(store: Askable, question: Question, written: Mapping[str, str]) -> Holdings:
    """Return what a store knows of the entities that a question's values name."""
    iris = Iris(store.base)
    typed = [
        written[each.name]
        for each in question.parameters
        if each.type in ("entity", "event") and each.name in written
    ]
    ids = [each for each in typed if ":" not in each and "/" not in each]
    if not ids:
        return Holdings(iris, {}, {})
    named = " ".join(iris.entity(id) for id in ids if _SLUG.fullmatch(id))
    found = _holdings(_rows(store, _ENTITIES % named), iris)
    if set(ids) <= set(found.entities):
        return found
    return _holdings(_rows(store, _ALL_ENTITIES % f"{store.base}entity/"), iris)


def held_things(store: Askable, question: Question, values: Mapping[str, Term]) -> list[Iri]:
    """Return the claims, articles and events that a question names, and what is like one that is missing."""
    asked = [
        each for each in question.parameters if each.type in ("claim", "article", "event") and each.name in values
    ]
    if not asked:
        return []
    held = _things(store, _HELD % " ".join(values[each.name] for each in asked))
    for each in asked:
        if values[each.name] not in held:
            held += _things(store, _alike(each, values[each.name], Iris(store.base)))
    return held


def _alike(parameter: Parameter, value: Term, iris: Iris) -> str:
    """Return a query for what may have been meant: the claims of the same article, all articles, all events."""
    if parameter.type == "claim":
        article = iri_text(value).removeprefix(f"{iris.base}claim/").rpartition("/")[0]
        return _CLAIMS % iris.article(article)
    return _OF_CLASS % (SCHEMA.NewsArticle if parameter.type == "article" else SCHEMA.Event)


def _holdings(rows: Iterable[dict[str, Term]], iris: Iris) -> Holdings:
    classes: dict[Iri, dict[Iri, None]] = {}
    names: dict[Iri, dict[Literal, None]] = {}
    for row in rows:
        thing = Iri(row["thing"])
        classes.setdefault(thing, {})[Iri(row["class"])] = None
        if "name" in row:
            names.setdefault(thing, {})[Literal(row["name"])] = None
    entities = {
        iri_text(thing).removeprefix(f"{iris.base}entity/"): Entity(
            thing, tuple(types), tuple(names.get(thing, ()))
        )
        for thing, types in classes.items()
    }
    return Holdings(iris, entities, {entity.iri: entity.types for entity in entities.values()})


def _things(store: Askable, query: str) -> list[Iri]:
    return [Iri(row["thing"]) for row in _rows(store, query)]


def _rows(store: Askable, query: str) -> Iterator[dict[str, Term]]:
    """Yield the solutions of a query of ours."""
    results = json.loads(store.ask(query).path.read_bytes())
    for row in results["results"]["bindings"]:
        yield {name: _term(value) for name, value in row.items()}


def _term(value: Mapping[str, str]) -> Term:
    if value["type"] == "uri":
        return iri(value["value"])
    return text(value["value"], value["xml:lang"]) if "xml:lang" in value else plain(value["value"])
