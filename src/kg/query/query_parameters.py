"""The values of a question's parameters: converts typed values to terms, and terms back for examples.

Ids are looked up in the index of a corpus, or in a store, without reading a corpus.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple, Protocol, get_args

from kg.annotations.classes import ARTICLE_ID, SLUG, Act, Form
from kg.dates import edtf as dates
from kg.errors import UsageError
from kg.model import Entity
from kg.query.questions import Parameter, Question, option_name
from kg.query.store import LIMITS, Answer, QueryLimits
from kg.rdf.terms import Iri, Iris, Literal, Term, date, iri, iri_text, is_iri, literal_value, plain, text
from kg.rdf.vocab import ACTS, FORMS, KG, SCHEMA, SKOS

CHOICES: dict[str, tuple[str, ...]] = {"act": get_args(Act), "form": get_args(Form)}
_ARTICLE = re.compile(ARTICLE_ID)
_IN_ARTICLE = re.compile(f"{ARTICLE_ID[:-1]}/{SLUG[1:]}")
_KINDS = "/(entity|article|claim|occasion)/(.*)"
# The classes of entities. Without them, occasions of articles would be found too: they are events.
_CLASSES = (
    *(SCHEMA.Person, SCHEMA.Organization, SCHEMA.NewsMediaOrganization, SCHEMA.GovernmentOrganization, KG.Group),
    *(SCHEMA.Country, SCHEMA.Place, SCHEMA.Event, KG.Document, SKOS.Concept),
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
_STORED = "SELECT ?thing WHERE { VALUES ?thing { %s } FILTER EXISTS { ?thing ?property ?value } }"
_REPLACED = """
SELECT ?old ?new WHERE { VALUES ?old { %s } ?old dcterms:isReplacedBy ?new FILTER NOT EXISTS { ?old a ?class } }
"""
_CLAIMS = "SELECT ?thing WHERE { ?thing schema:appearance|kg:withdrawnFrom %s } ORDER BY ?thing"
_OF_CLASS = "SELECT ?thing WHERE { ?thing a %s } ORDER BY ?thing"


class IdLookup(Protocol):
    """Where ids are looked up: the index of a corpus, or `StoreIds`."""

    @property
    def iris(self) -> Iris:
        """The IRIs under the base."""

    @property
    def entities(self) -> Mapping[str, Entity]:
        """The entities by their ids."""

    @property
    def types(self) -> Mapping[Iri, tuple[Iri, ...]]:
        """The classes of each entity."""


def parameter_terms(question: Question, written: Mapping[str, str], index: IdLookup) -> dict[str, Term]:
    """Convert typed values to terms.

    Raises `UsageError` with the nearest known id, and for a period that ends before it begins.
    """
    given = [each for each in question.parameters if each.name in written]
    terms = {each.name: _term(each, written[each.name], index) for each in given}
    first, last = ([each for each in given if each.type == type] for type in ("first-day", "last-day"))
    if len(first) == len(last) == 1 and terms[first[0].name] > terms[last[0].name]:
        raise UsageError(
            f"--{option_name(first[0])}: {written[first[0].name]} must not be after --{option_name(last[0])}, "
            f"{written[last[0].name]}."
        )
    return terms


class FormerValue(NamedTuple):
    """A value that was given by a former id, and the id that it has now."""

    old: str
    new: str


def present_values(
    store: QueryableStore, question: Question, values: Mapping[str, Term]
) -> tuple[dict[str, Term], list[FormerValue]]:
    """Return the values with what replaced those that are known by another id now, and these."""
    named = [
        values[each.name]
        for each in question.parameters
        if each.type in ("entity", "event", "claim", "article") and each.name in values
    ]
    rows = list(_rows(store, _REPLACED % " ".join(named))) if named else []
    found = {row["old"]: row["new"] for row in rows}
    said = [FormerValue(_id(old), _id(new)) for old, new in found.items()]
    return {name: found.get(value, value) for name, value in values.items()}, said


def unknown_value(question: Question, values: Mapping[str, Term], known: Iterable[Iri]) -> str:
    """Return a sentence about the first value that the corpus does not have; `""` if it has all of them.

    `known` are the subjects of the corpus's graphs.
    """
    subjects = set(known)
    for each in question.parameters:
        value = values.get(each.name)
        if value and each.type in ("claim", "article", "event") and value not in subjects:
            ids = [_id(subject) for subject in subjects if _kind(subject) == _kind(value)]
            near = _near(_id(value), {id: id for id in ids})
            advice = f": did you mean `{near}`?" if near else "."
            return f"--{option_name(each)}: there is no {each.type} `{_id(value)}` in this corpus{advice}"
    return ""


def example_value(parameter: Parameter) -> str:
    """Return the example of a parameter as one would type it; `""` if it has none."""
    example = parameter.example
    if example == "UNDEF":
        return ""
    if is_iri(example):
        return _id(example)
    if example[0] in "\"'":
        return literal_value(example.partition("^^")[0]).lexical
    return example.partition(":")[2]


def _term(parameter: Parameter, written: str, index: IdLookup) -> Term:
    match parameter.type:
        case "entity":
            return _entity(parameter, written, index)
        case "event":
            return _event(parameter, written, index)
        case "article":
            return _article(parameter, written, index)
        case "claim":
            return _claim(parameter, written, index)
        case "act":
            return ACTS[written]
        case "form":
            return FORMS[written]
        case "first-day" | "last-day":
            return _day(parameter, written)
    return _text(parameter, written)


def _entity(parameter: Parameter, written: str, index: IdLookup) -> Iri:
    if written in index.entities:
        return index.entities[written].iri
    former = index.iris.entity(written)
    if any(former in entity.formerly for entity in index.entities.values()):
        return former  # `present_values` replaces it
    if ":" in written:
        return _iri(parameter, written)
    named = {
        literal_value(name).lexical: id
        for id, entity in index.entities.items()
        for name in (*entity.names, *entity.also)
    }
    near = named.get(written) or _near(written, {**{id: id for id in index.entities}, **named})
    advice = f": did you mean `{near}`?" if near else ". entities.yaml lists the entities."
    raise UsageError(f"--{option_name(parameter)}: there is no entity `{written}`{advice}")


def _event(parameter: Parameter, written: str, index: IdLookup) -> Iri:
    if "/" in written and ":" not in written:
        return index.iris.occasion(*_parts(parameter, written, "occasion"))
    entity = _entity(parameter, written, index)
    if SCHEMA.Event not in index.types.get(_present(entity, index), (SCHEMA.Event,)):
        raise UsageError(f"--{option_name(parameter)}: `{written}` is an entity, but not an Event.")
    return entity


def _present(entity: Iri, index: IdLookup) -> Iri:
    """Return the IRI that an entity has now."""
    return next((each.iri for each in index.entities.values() if entity in each.formerly), entity)


def _article(parameter: Parameter, written: str, index: IdLookup) -> Iri:
    if ":" in written:
        return _iri(parameter, written)
    if not _ARTICLE.fullmatch(written):
        raise UsageError(
            f"--{option_name(parameter)}: an article has an id like {example_value(parameter)}, not {written!r}."
        )
    return index.iris.article(written)


def _claim(parameter: Parameter, written: str, index: IdLookup) -> Iri:
    return _iri(parameter, written) if ":" in written else index.iris.claim(*_parts(parameter, written, "claim"))


def _parts(parameter: Parameter, written: str, kind: str) -> tuple[str, str]:
    """Return the article's id and the id in it."""
    if not _IN_ARTICLE.fullmatch(written):
        raise UsageError(
            f"--{option_name(parameter)}: write the article's id, a slash and the {kind}'s id, not {written!r}."
        )
    article, _, id = written.rpartition("/")
    return article, id


def _iri(parameter: Parameter, written: str) -> Iri:
    try:
        return iri(written)
    except ValueError as error:
        raise UsageError(f"--{option_name(parameter)}: {error}") from error


def _day(parameter: Parameter, written: str) -> Literal:
    """Return the first or the last day of a date."""
    try:
        read = dates.read(written)
    except ValueError as error:
        raise UsageError(f"--{option_name(parameter)}: {error}") from error
    day = read.earliest if parameter.type == "first-day" else read.latest
    if not day:
        raise UsageError(
            f"--{option_name(parameter)}: write a certain day, month or year, as 2020-02-21, not {written!r}."
        )
    return date(day)


def _text(parameter: Parameter, written: str) -> Literal:
    try:
        return plain(written)
    except ValueError as error:
        raise UsageError(f"--{option_name(parameter)}: {error}") from error


def _id(term: str) -> str:
    """Return the id at the end of one of our IRIs: `a/c01` for `<…/claim/a/c01>`."""
    match = re.search(_KINDS, iri_text(term))
    return match[2] if match else iri_text(term)


def _kind(term: str) -> str:
    """Return the kind of resource that one of our IRIs names; `""` for parts of resources and for others' IRIs."""
    match = re.search(_KINDS, term)
    return match[1] if match and "#" not in term else ""


def _near(written: str, ids: Mapping[str, str]) -> str:
    """Return the id whose name is most similar to a text, the alphabetically first of equals; `""` for none."""
    from difflib import SequenceMatcher, get_close_matches  # slow to import, and needed for mistakes only

    folded = {name.lower(): id for name, id in ids.items()}
    near = get_close_matches(written.lower(), folded, n=5)
    likeness = {name: SequenceMatcher(None, name, written.lower()).ratio() for name in near}
    return folded[min(near, key=lambda name: (-likeness[name], name))] if near else ""


class QueryableStore(Protocol):
    """A store, embedded or remote, that answers queries about the things under a base."""

    @property
    def base(self) -> str:
        """The base for relative IRIs."""

    def ask(self, query: str, form: str = "json", *, name: str = "", limits: QueryLimits = LIMITS) -> Answer:
        """Answer a query, as `kg.query.store.Store.ask` does."""


class StoreIds(NamedTuple):
    """Entities of a store: those that were named, or all if one was not found, to suggest the right one."""

    iris: Iris
    entities: dict[str, Entity]
    types: dict[Iri, tuple[Iri, ...]]


def lookup_entities(store: QueryableStore, question: Question, written: Mapping[str, str]) -> StoreIds:
    """Return the entities of a store that a question's values name."""
    iris = Iris(store.base)
    typed = [
        written[each.name]
        for each in question.parameters
        if each.type in ("entity", "event") and each.name in written
    ]
    ids = [each for each in typed if ":" not in each and "/" not in each]
    if not ids:
        return StoreIds(iris, {}, {})
    named = " ".join(iris.entity(id) for id in ids if _SLUG.fullmatch(id))
    former: dict[Term, list[Iri]] = {}
    for row in _rows(store, _REPLACED % named):
        former.setdefault(row["new"], []).append(Iri(row["old"]))
    found = _holdings(_rows(store, _ENTITIES % " ".join([named, *former])), iris, former)
    if set(ids) <= {*found.entities, *(_id(each) for several in former.values() for each in several)}:
        return found
    return _holdings(_rows(store, _ALL_ENTITIES % f"{store.base}entity/"), iris, former)


def lookup_things(store: QueryableStore, question: Question, values: Mapping[str, Term]) -> list[Iri]:
    """Return the claims, articles and events that a question names, and candidates for those that are missing."""
    asked = [
        each for each in question.parameters if each.type in ("claim", "article", "event") and each.name in values
    ]
    if not asked:
        return []
    found = _things(store, _STORED % " ".join(values[each.name] for each in asked))
    for each in asked:
        if values[each.name] not in found:
            found += _things(store, _candidates(each, values[each.name], Iris(store.base)))
    return found


def _candidates(parameter: Parameter, value: Term, iris: Iris) -> str:
    """Return a query for the candidates: the claims of the same article, all articles, or all events."""
    if parameter.type == "claim":
        article = iri_text(value).removeprefix(f"{iris.base}claim/").rpartition("/")[0]
        return _CLAIMS % iris.article(article)
    return _OF_CLASS % (SCHEMA.NewsArticle if parameter.type == "article" else SCHEMA.Event)


def _holdings(rows: Iterable[dict[str, Term]], iris: Iris, former: Mapping[Term, list[Iri]]) -> StoreIds:
    classes: dict[Iri, dict[Iri, None]] = {}
    names: dict[Iri, dict[Literal, None]] = {}
    for row in rows:
        thing = Iri(row["thing"])
        classes.setdefault(thing, {})[Iri(row["class"])] = None
        if "name" in row:
            names.setdefault(thing, {})[Literal(row["name"])] = None
    entities = {
        iri_text(thing).removeprefix(f"{iris.base}entity/"): Entity(
            thing, tuple(types), tuple(names.get(thing, ())), formerly=tuple(former.get(thing, ()))
        )
        for thing, types in classes.items()
    }
    return StoreIds(iris, entities, {entity.iri: entity.types for entity in entities.values()})


def _things(store: QueryableStore, query: str) -> list[Iri]:
    return [Iri(row["thing"]) for row in _rows(store, query)]


def _rows(store: QueryableStore, query: str) -> Iterator[dict[str, Term]]:
    """Yield the solutions of a query."""
    results = json.loads(store.ask(query).path.read_bytes())
    for row in results["results"]["bindings"]:
        yield {name: _term_of(value) for name, value in row.items()}


def _term_of(value: Mapping[str, str]) -> Term:
    if value["type"] == "uri":
        return iri(value["value"])
    return text(value["value"], value["xml:lang"]) if "xml:lang" in value else plain(value["value"])
