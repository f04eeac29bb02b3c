"""`corpus.yaml` and the entities as they are meant: the index that every article is read with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from msgspec import Struct

from kg.annotations.classes import AnnotatorEntry, CorpusFile
from kg.corpus import Corpus
from kg.errors import CorpusError, Finding
from kg.meaning.dates import dated
from kg.meaning.remarks import Remarks
from kg.model import NO_DATE, NONE, Annotator, Dataset, Dated, Entity, Role
from kg.rdf.iris import Iris, part
from kg.rdf.terms import Iri, literal_value, plain
from kg.rdf.vocab import KG, SCHEMA, SKOS
from kg.text.nearest_name import KnownNames

# Each type with its base classes: a state speaks and acts, a newspaper is an organisation.
TYPES: dict[str, tuple[Iri, ...]] = {
    "Person": (SCHEMA.Person,),
    "Organization": (SCHEMA.Organization,),
    "NewsMediaOrganization": (SCHEMA.NewsMediaOrganization, SCHEMA.Organization),
    "GovernmentOrganization": (SCHEMA.GovernmentOrganization, SCHEMA.Organization),
    "Group": (KG.Group, SCHEMA.Organization),
    "Country": (SCHEMA.Country, SCHEMA.Organization),
    "Place": (SCHEMA.Place,),
    "Event": (SCHEMA.Event,),
    "Topic": (SKOS.Concept, SCHEMA.DefinedTerm),
}
SPEAK = frozenset((SCHEMA.Person, SCHEMA.Organization))
"""Classes of entities that can speak: places, events and topics cannot."""
TOPICS = "topics"
"""The id of the list of all topics."""

# Which fields belong to one type alone.
ONLY_OF = {"roles": "Person", "date": "Event", "place": "Event", "part_of": "Event"}


class Index(Struct, frozen=True):
    """What all articles share. `types` holds the classes of every entity, by its IRI.

    `names` are those of the entities, `speakers` of those that can speak.
    """

    iris: Iris
    dataset: Dataset
    entities: Mapping[str, Entity]
    annotators: dict[str, Annotator]
    guidelines: dict[str, Iri]
    types: Mapping[Iri, tuple[Iri, ...]]
    names: KnownNames
    speakers: KnownNames
    findings: tuple[Finding, ...] = ()


def read_index(corpus: Corpus) -> Index:
    """Return the index of a corpus; `findings` are what is wrong in corpus.yaml and the entities.

    Raises `CorpusError` where that is the base, without which no article can be read.
    """
    remarks = Remarks(corpus.config_file)
    iris = Iris(_base(corpus.config.base, remarks))
    if remarks.findings:
        raise CorpusError(remarks.findings)
    entity_remarks = {file: Remarks(file) for file in dict.fromkeys(corpus.entity_files.values())}
    ids = KnownNames(corpus.entities)
    entities = {
        id: _entity(id, _Reading(corpus, iris, ids, entity_remarks[corpus.entity_files[id]]))
        for id in corpus.entities
    }
    speakers = {id: each for id, each in entities.items() if not SPEAK.isdisjoint(each.types)}
    for finding_source in (_shared_identifiers, _shared_names):
        finding_source(corpus, entity_remarks)
    return Index(
        iris=iris,
        dataset=_dataset(corpus.config, iris, entities, remarks),
        entities=entities,
        annotators={id: _annotator(id, each, iris, remarks) for id, each in corpus.config.annotators.items()},
        guidelines=_guidelines(corpus.config, remarks),
        types={entity.iri: entity.types for entity in entities.values()},
        names=KnownNames(entities, entity_names),
        speakers=KnownNames(speakers, entity_names),
        findings=(
            *corpus.findings,
            *remarks.findings,
            *(finding for each in entity_remarks.values() for finding in each.findings),
        ),
    )


def entity_names(entity: Entity) -> Iterator[str]:
    """Yield the names of an entity in all languages, and its other names."""
    for name in (*entity.names, *entity.also):
        yield literal_value(name).lexical


def _base(base: str, remarks: Remarks) -> str:
    iri = remarks.iri(base, ("base",))
    if iri and (not base.startswith(("http://", "https://")) or "#" in base or "?" in base):
        remarks.violation(
            ("base",), "bad-base", f"`base` must be an http or https IRI without ? and #, not {base!r}"
        )
    elif iri and not base.endswith("/"):
        remarks.violation(("base",), "bad-base", f"`base` must end in /: write {base + '/'!r}")
    return base


def _dataset(config: CorpusFile, iris: Iris, entities: Mapping[str, Entity], remarks: Remarks) -> Dataset:
    language = remarks.language(config.language, ("language",))
    publisher = NONE
    if config.publisher:
        found = remarks.reference(config.publisher, entities, ("publisher",), "an entity")
        publisher = found.iri if found else NONE
    return Dataset(
        base=iris.base,
        titles=remarks.texts(config.title, ("title",), language),
        descriptions=remarks.texts(config.description, ("description",), language),
        licence=remarks.iri(config.licence, ("licence",)),
        language=language,
        publisher=publisher,
        text=config.text,
    )


def _annotator(id: str, each: AnnotatorEntry, iris: Iris, remarks: Remarks) -> Annotator:
    path = ("annotators", id)
    return Annotator(
        iri=iris.annotator(id),
        type=SCHEMA[each.type],
        name=plain(each.name),
        same_as=remarks.iris(each.same_as, (*path, "same_as")),
    )


def _guidelines(config: CorpusFile, remarks: Remarks) -> dict[str, Iri]:
    for version in config.guidelines:
        remarks.version(version, ("guidelines", version), at_key=True)
    return {version: remarks.iri(link, ("guidelines", version)) for version, link in config.guidelines.items()}


class _Reading(NamedTuple):
    """What an entity is read with: `ids` are those of all entities."""

    corpus: Corpus
    iris: Iris
    ids: KnownNames
    remarks: Remarks


def _entity(id: str, reading: _Reading) -> Entity:
    corpus, iris, _, remarks = reading
    entity = corpus.entities[id]
    if id == TOPICS:
        message = f"an id must not be `{TOPICS}`, which is the list of all topics: give another"
        remarks.violation((id,), "taken-id", message, at_key=True)
    for field, type in ONLY_OF.items():
        if getattr(entity, field) and entity.type != type:
            message = (
                f"`{field}` must stand at an entity of type {type} only, and `{id}` is of type {entity.type}: "
                "delete it"
            )
            remarks.violation((id, field), "field-of-another-type", message, at_key=True)
    remarks.no_repeats(entity.also, (id, "also"))
    return Entity(
        iri=iris.entity(id),
        types=TYPES[entity.type],
        names=remarks.names(entity.name, (id, "name")),
        also=tuple(dict.fromkeys(map(plain, entity.also))),
        same_as=remarks.iris(entity.same_as, (id, "same_as")),
        descriptions=remarks.texts(entity.description, (id, "description"), corpus.config.language),
        roles=tuple(_role(id, role_id, reading) for role_id in entity.roles),
        date=dated(entity.date, (id, "date"), remarks, corpus.config.language.lower()) if entity.date else Dated(),
        place=_named(entity.place, (id, "place"), reading),
        part_of=_named(entity.part_of, (id, "part_of"), reading),
    )


def _role(id: str, role_id: str, reading: _Reading) -> Role:
    corpus, iris, _, remarks = reading
    role = corpus.entities[id].roles[role_id]
    path = (id, "roles", role_id)
    since = remarks.edtf(role.since, (*path, "from")) if role.since else NO_DATE
    until = remarks.edtf(role.until, (*path, "to")) if role.until else NO_DATE
    if since.earliest and until.latest and since.earliest > until.latest:
        message = f"a role must begin before it ends, not from {role.since} to {role.until}: correct one of them"
        remarks.violation((*path, "to"), "role-ends-before-it-begins", message)
    return Role(
        iri=part(iris.entity(id), f"role-{role_id}"),
        titles=remarks.names(role.title, (*path, "title")),
        organization=_named(role.organization, (*path, "organization"), reading),
        since=since,
        until=until,
    )


def _named(id: str, path: tuple[str, ...], reading: _Reading) -> Iri:
    if not id:
        return NONE
    found = reading.remarks.reference(id, reading.corpus.entities, path, "an entity", reading.ids)
    return reading.iris.entity(id) if found else NONE


def _shared_identifiers(corpus: Corpus, remarks: Mapping[str, Remarks]) -> None:
    first: dict[str, str] = {}
    for id, entity in corpus.entities.items():
        for n, link in enumerate(entity.same_as):
            owner = first.setdefault(link, id)
            if owner != id:
                message = (
                    f"an identifier must stand at one entity, and {link} stands at `{owner}` too: merge the two"
                )
                remarks[corpus.entity_files[id]].violation((id, "same_as", n), "shared-identifier", message)


def _shared_names(corpus: Corpus, remarks: Mapping[str, Remarks]) -> None:
    first: dict[tuple[str, str], str] = {}
    for id, entity in corpus.entities.items():
        names = entity.name if isinstance(entity.name, dict) else {"": entity.name}
        for tag, name in names.items():
            owner = first.setdefault((tag, name), id)
            if owner != id:
                path = (id, "name", tag) if tag else (id, "name")
                message = f"the name {name!r} stands at `{owner}` too: are they one? If not, tell them apart"
                remarks[corpus.entity_files[id]].warning(path, "shared-name", message)
