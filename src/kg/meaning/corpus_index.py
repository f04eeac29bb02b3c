"""What corpus.yaml and the entities mean: the index that every article is read with.

It also reads what archives and catalogues ask for about a data set, and names what is missing.
DataCite's mandatory properties: https://datacite-metadata-schema.readthedocs.io/en/4.6/properties/overview/;
DCAT-AP's: https://semiceu.github.io/DCAT-AP/releases/3.0.1/#Dataset.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import NamedTuple

from msgspec import Struct

from kg.annotations.classes import AnnotatorEntry, CorpusFile, EntityEntry, RoleEntry
from kg.annotations.own_fields import OwnField
from kg.corpus import CorpusDefinition
from kg.dates.edtf import Edtf, interval
from kg.errors import CorpusError, Finding, Path, Spot
from kg.meaning.former_ids import USED_AGAIN, FormerContext, former_iris, report_used_again
from kg.meaning.own_fields import OwnFields, own_properties, own_values, read_declarations
from kg.meaning.reporter import Reporter, as_list, dated, field_of
from kg.model import (
    NO_DATE,
    NONE,
    OPEN_END,
    Annotator,
    CatalogueEntry,
    Contact,
    Dataset,
    Dated,
    Entity,
    Grant,
    Role,
)
from kg.rdf.terms import Iri, Iris, Literal, Node, iri, literal_value, part, plain
from kg.rdf.vocab import KG, SCHEMA, SKOS
from kg.text.nearest_name import KnownNames

# The classes of each type, with their base classes: a state acts as an organisation does.
TYPES: dict[str, tuple[Iri, ...]] = {
    "Person": (SCHEMA.Person,),
    "Organization": (SCHEMA.Organization,),
    "NewsMediaOrganization": (SCHEMA.NewsMediaOrganization, SCHEMA.Organization),
    "GovernmentOrganization": (SCHEMA.GovernmentOrganization, SCHEMA.Organization),
    "Group": (KG.Group, SCHEMA.Organization),
    "Country": (SCHEMA.Country, SCHEMA.Organization),
    "Place": (SCHEMA.Place,),
    "Event": (SCHEMA.Event,),
    "Document": (KG.Document, SCHEMA.CreativeWork),
    "Topic": (SKOS.Concept, SCHEMA.DefinedTerm),
}
SPEAK = frozenset((SCHEMA.Person, SCHEMA.Organization))
"""Classes whose members can speak; places, events, documents and topics cannot."""
MOST_NAMES = 1000
"""How many other names, and how many roles, an entity may have."""
TOPICS = "topics"
"""The id of the list of all topics."""

# Fields that only some types may have.
ONLY_OF = {
    "roles": ("Person",),
    "date": ("Event", "Document"),
    "place": ("Event",),
    "part_of": ("Event", "Place", "Country"),
    "broader": ("Topic",),
}


class CorpusIndex(Struct, frozen=True):
    """What all articles share. `types` has the classes of every entity by its IRI.

    `names` finds entities by similar names, `speakers` those among them that can speak. `full_names` has the ids of
    the people with each whole name, in small letters after `=`. In a release, `releases` describe it and those
    before. `readings` are those that were overruled, if they are published.
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
    fields: OwnFields = OwnFields()
    full_names: Mapping[str, tuple[str, ...]] = {}
    annotator_names: KnownNames = KnownNames({})
    releases: tuple[Node, ...] = ()
    readings: tuple[Node, ...] = ()


def read_index(corpus: CorpusDefinition) -> CorpusIndex:
    """Return the index of a corpus; its `findings` are what is wrong in corpus.yaml and the entities.

    Raises `CorpusError` if the base is wrong: without it no article can be read.
    """
    report = Reporter(corpus.config_file)
    iris = Iris(_base(corpus.config.base, ("base",), report))
    if report.findings:
        raise CorpusError(report.findings)
    fields = read_declarations(corpus.config, report)
    entities, findings = _entities(corpus, iris, fields.entities)
    speakers = {id: each for id, each in entities.items() if not SPEAK.isdisjoint(each.types)}
    return CorpusIndex(
        iris=iris,
        dataset=_dataset(corpus.config, iris, entities, fields, report),
        entities=entities,
        annotators={id: _annotator(id, each, iris, report) for id, each in corpus.config.annotators.items()},
        guidelines=_guidelines(corpus.config, report),
        types={entity.iri: entity.types for entity in entities.values()},
        names=KnownNames(entities, entity_names),
        speakers=KnownNames(speakers, entity_names),
        findings=(
            *corpus.findings,
            *report.findings,
            *missing_fields(corpus.config, corpus.config_file),
            *findings,
        ),
        fields=fields,
        full_names=_full_names(entities),
        annotator_names=KnownNames(corpus.config.annotators),
    )


def _entities(
    corpus: CorpusDefinition, iris: Iris, fields: tuple[OwnField, ...]
) -> tuple[dict[str, Entity], list[Finding]]:
    """Return the entities by their ids, and what is wrong in their files."""
    reporters = {file: Reporter(file) for file in dict.fromkeys(corpus.entity_files.values())}
    ids = KnownNames(corpus.entities)
    moved_from = tuple(as_list(corpus.config.moved_from))
    entities = {
        id: _entity(id, _EntityContext(corpus, iris, ids, reporters[file], fields, moved_from))
        for id, file in corpus.entity_files.items()
    }
    for report_shared in (_shared_identifiers, _shared_names):
        report_shared(corpus, reporters)
    _former_ids_used_again(corpus, reporters)
    return entities, [finding for each in reporters.values() for finding in each.findings]


def _full_names(entities: Mapping[str, Entity]) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for id, entity in entities.items():
        if SCHEMA.Person in entity.types:
            for name in entity.names:
                found.setdefault(f"={literal_value(name).lexical.casefold()}", {})[id] = None
    return {name: tuple(ids) for name, ids in found.items()}


def entity_names(entity: Entity) -> Iterator[str]:
    """Yield the names of an entity in all languages, its other names, and the ids that it had before."""
    for name in (*entity.names, *entity.also):
        yield literal_value(name).lexical
    for former in entity.formerly:
        yield former[former.rindex("/") + 1 : -1]


def _base(base: str, path: Path, report: Reporter) -> str:
    """Return a base, `""` if it is none, which is reported."""
    if not report.iri(base, path):
        return ""
    if not base.startswith(("http://", "https://")) or "#" in base or "?" in base:
        message = f"{field_of(path)} must be an http or https IRI without ? and #, not {base!r}"
    elif not base.endswith("/"):
        message = f"{field_of(path)} must end in /: write {base + '/'!r}"
    else:
        return base
    report.violation(path, "bad-base", message)
    return ""


def _moved_from(config: CorpusFile, report: Reporter) -> tuple[str, ...]:
    """Return the bases that the corpus had before."""
    written = config.moved_from
    report.no_repeats(as_list(written), ("moved_from",))
    found = []
    for n, each in enumerate(as_list(written)):
        path: Path = ("moved_from", n) if isinstance(written, list) else ("moved_from",)
        found.append(_base(each, path, report))
        if each == config.base:
            message = f"`moved_from` must be a base that the corpus had before, and {each} is its `base`: delete it"
            report.violation(path, "bad-base", message)
    return tuple(dict.fromkeys(each for each in found if each and each != config.base))


def _dataset(
    config: CorpusFile, iris: Iris, entities: Mapping[str, Entity], fields: OwnFields, report: Reporter
) -> Dataset:
    language = report.language(config.language, ("language",))
    publisher = NONE
    if config.publisher:
        found = report.reference(config.publisher, entities, ("publisher",), "an entity")
        publisher = found.iri if found else NONE
    return Dataset(
        iri=iris.dataset,
        base=iris.base,
        titles=report.texts(config.title, ("title",), language),
        descriptions=report.texts(config.description, ("description",), language),
        licence=report.iri(config.licence, ("licence",)),
        language=language,
        publisher=publisher,
        text=config.text,
        text_licence=report.iri(config.text_licence, ("text_licence",)) if config.text_licence else NONE,
        catalogue=read_catalogue_entry(CatalogueContext(config, language, iris, entities, report)),
        own=own_properties(config, fields, report),
        moved_from=_moved_from(config, report),
    )


def _annotator(id: str, each: AnnotatorEntry, iris: Iris, report: Reporter) -> Annotator:
    path = ("annotators", id)
    if each.version and each.type != "SoftwareApplication":
        message = "only a program has a version: write `type: SoftwareApplication`, or delete it"
        report.violation((*path, "version"), "version-of-no-program", message, at_key=True)
    return Annotator(
        iri=iris.annotator(id),
        type=SCHEMA[each.type],
        name=plain(each.name),
        version=each.version,
        same_as=report.iris(each.same_as, (*path, "same_as")),
    )


def _guidelines(config: CorpusFile, report: Reporter) -> dict[str, Iri]:
    for version in config.guidelines:
        report.version(version, ("guidelines", version), at_key=True)
    return {version: report.iri(link, ("guidelines", version)) for version, link in config.guidelines.items()}


class _EntityContext(NamedTuple):
    """What an entity is read with. `ids` finds entities by similar ids."""

    corpus: CorpusDefinition
    iris: Iris
    ids: KnownNames
    report: Reporter
    fields: tuple[OwnField, ...]
    moved_from: tuple[str, ...] = ()


def _entity(id: str, context: _EntityContext) -> Entity:
    corpus, iris, report = context.corpus, context.iris, context.report
    entity = corpus.entities[id]
    if id == TOPICS:
        message = f"an id must not be `{TOPICS}`, which is the list of all topics: give another"
        report.violation((id,), "taken-id", message, at_key=True)
    for field, types in ONLY_OF.items():
        if getattr(entity, field) and entity.type not in types:
            message = (
                f"`{field}` must be on an entity of type {' or '.join(types)} only, and `{id}` is of type "
                f"{entity.type}: delete it"
            )
            report.violation((id, field), "field-of-another-type", message, at_key=True)
    report.no_repeats(entity.also, (id, "also"))
    _limit(id, entity, report)
    return Entity(
        iri=iris.entity(id),
        types=TYPES[entity.type],
        names=report.names(entity.name, (id, "name")),
        also=tuple(dict.fromkeys(map(plain, entity.also[:MOST_NAMES]))),
        same_as=report.iris(entity.same_as, (id, "same_as")),
        descriptions=report.texts(entity.description, (id, "description"), corpus.config.language),
        roles=tuple(_role(id, role_id, context) for role_id in islice(entity.roles, MOST_NAMES)),
        date=dated(entity.date, (id, "date"), report, corpus.config.language.lower()) if entity.date else Dated(),
        place=_named(entity.place, (id, "place"), context),
        part_of=_named(entity.part_of, (id, "part_of"), context),
        broader=_all_named(entity.broader, (id, "broader"), context),
        own=own_values(entity, context.fields, (id,), report, lambda name, at: _named(name, at, context)),
        formerly=_formerly(id, context),
    )


def _formerly(id: str, context: _EntityContext) -> tuple[Iri, ...]:
    """Return the IRIs that an entity had before; one that an entity has now is reported elsewhere, and left out."""
    former = FormerContext(context.iris, context.moved_from, context.report)
    found = former_iris(context.corpus.entities[id].formerly, (id,), former)
    taken = set(map(context.iris.entity, context.corpus.entities)) if found else set()
    return tuple(each for each in found if each not in taken)


def _limit(id: str, entity: EntityEntry, report: Reporter) -> None:
    """Report more names or roles than anybody has: each claim of the entity is compared with all."""
    for field in ("also", "roles"):
        if len(getattr(entity, field)) > MOST_NAMES:
            message = f"`{field}` must have at most {MOST_NAMES:,} entries, and `{id}` has more: delete some"
            report.violation((id, field), "too-many-names", message, at_key=True)


def _role(id: str, role_id: str, context: _EntityContext) -> Role:
    corpus, iris, report = context.corpus, context.iris, context.report
    role = corpus.entities[id].roles[role_id]
    path = (id, "roles", role_id)
    since, until = _role_ends(role, path, report)
    if since.earliest and until.latest and since.earliest > until.latest:
        message = f"a role must begin before it ends, not from {role.since} to {role.until}: correct one of them"
        report.violation((*path, "to"), "role-ends-before-it-begins", message)
    return Role(
        iri=part(iris.entity(id), f"role-{role_id}"),
        titles=report.names(role.title, (*path, "title")),
        organization=_named(role.organization, (*path, "organization"), context),
        since=since,
        until=until,
        interval=interval(since.text, until.text) if role.since or role.until else NO_DATE,
        office=report.iri(role.office, (*path, "office")) if role.office else NONE,
    )


def _role_ends(role: RoleEntry, path: tuple[str, ...], report: Reporter) -> tuple[Edtf, Edtf]:
    """Return from when and until when a role was held; without `from` nobody knows who had it on a day."""
    if not role.since:
        message = (
            "a role without `from` is never given as the one in which its person spoke, since nobody can tell "
            "whether it had begun: give `from` as 2014 or 2014~, as `..` if it was always held, or as `unknown`"
        )
        report.warning(path, "role-without-from", message, at_key=True)
    since, until = (
        {"..": OPEN_END, "unknown": NO_DATE}.get(written) or report.edtf(written, (*path, field))
        for field, written in (("from", role.since or "unknown"), ("to", role.until or ".."))
    )
    return since, until


def _all_named(ids: list[str] | str, path: Path, context: _EntityContext) -> tuple[Iri, ...]:
    several = isinstance(ids, list)
    found = (_named(id, (*path, n) if several else path, context) for n, id in enumerate(as_list(ids)))
    return tuple(dict.fromkeys(iri for iri in found if iri))


def _named(id: str, path: Path, context: _EntityContext) -> Iri:
    if not id:
        return NONE
    found = context.report.reference(id, context.corpus.entities, path, "an entity", context.ids)
    return context.iris.entity(id) if found else NONE


def _shared_identifiers(corpus: CorpusDefinition, report: Mapping[str, Reporter]) -> None:
    first: dict[str, str] = {}
    for id, entity in corpus.entities.items():
        for n, link in enumerate(entity.same_as):
            owner = first.setdefault(link, id)
            if owner != id:
                message = f"an identifier must belong to one entity, and {link} is at `{owner}` too: merge the two"
                report[corpus.entity_files[id]].violation((id, "same_as", n), "shared-identifier", message)


def _former_ids_used_again(corpus: CorpusDefinition, report: Mapping[str, Reporter]) -> None:
    def violation(id: str, path: Path, message: str) -> None:
        report[corpus.entity_files[id]].violation((id, *path), USED_AGAIN, message, at_key=not path)

    report_used_again({id: entity.formerly for id, entity in corpus.entities.items()}, "entity", violation)


def _shared_names(corpus: CorpusDefinition, report: Mapping[str, Reporter]) -> None:
    first: dict[tuple[str, str], str] = {}
    for id, entity in corpus.entities.items():
        names = entity.name if isinstance(entity.name, dict) else {"": entity.name}
        for tag, name in names.items():
            owner = first.setdefault((tag, name), id)
            if owner != id:
                path = (id, "name", tag) if tag else (id, "name")
                message = f"the name {name!r} is at `{owner}` too: are they one? If not, tell them apart"
                report[corpus.entity_files[id]].warning(path, "shared-name", message)


# Fields of corpus.yaml by who demands them; a title, a type and a licence are always there.
DEMANDED = {"DataCite": ("creator", "identifier", "issued", "publisher"), "DCAT-AP": ("description",)}
_FOR_CATALOGUES = (
    *("creator", "version", "issued", "identifier", "keywords", "temporal", "spatial", "contact"),
    *("access_url", "funding"),
)


class CatalogueContext(NamedTuple):
    """What the fields are read with; `annotators` are the IRIs of the annotators."""

    config: CorpusFile
    language: str
    iris: Iris
    entities: Mapping[str, Entity]
    report: Reporter


def read_catalogue_entry(context: CatalogueContext) -> CatalogueEntry:
    """Return what corpus.yaml says for archives and catalogues."""
    config, report = context.config, context.report
    keywords = (report.texts(each, ("keywords", n), context.language) for n, each in enumerate(config.keywords))
    return CatalogueEntry(
        creators=tuple(_creators(context)),
        version=config.version,
        issued=config.issued,
        identifier=_identifier(context),
        keywords=tuple(dict.fromkeys(literal for each in keywords for literal in each)),
        temporal=report.edtf(config.temporal, ("temporal",)) if config.temporal else NO_DATE,
        spatial=tuple(_places(context)),
        contact=_contact(context),
        access_url=_address(config.access_url, ("access_url",), report),
        funding=tuple(_grant(n, context) for n in range(len(config.funding))),
    )


def missing_fields(config: CorpusFile, file: str) -> Iterator[Finding]:
    """Yield a note that names the fields which archives demand and corpus.yaml does not give.

    A corpus that gives none of the fields for catalogues is not about to be deposited.
    """
    if not any(getattr(config, name) for name in _FOR_CATALOGUES):
        return
    missing = {who: [name for name in names if not getattr(config, name)] for who, names in DEMANDED.items()}
    wanted = [f"{', '.join(f'`{each}`' for each in names)} ({who})" for who, names in missing.items() if names]
    if wanted:
        message = f"archives and catalogues also demand {', '.join(wanted)}: give them before you deposit the data"
        yield Finding("info", message, "missing-metadata", Spot(file))


def _creators(context: CatalogueContext) -> Iterator[Iri]:
    known = {id: context.iris.annotator(id) for id in context.config.annotators}
    known |= {id: entity.iri for id, entity in context.entities.items()}
    for n, id in enumerate(as_list(context.config.creator)):
        found = context.report.reference(id, known, ("creator", n), "an entity or an annotator")
        if found:
            yield found


def _identifier(context: CatalogueContext) -> str:
    written = context.config.identifier
    if written.startswith("10."):
        message = f"a DOI must be an address: write https://doi.org/{written}"
        context.report.violation(("identifier",), "bad-iri", message)
    elif written:
        context.report.iri(written, ("identifier",))
    return written


def _places(context: CatalogueContext) -> Iterator[Iri]:
    for n, id in enumerate(as_list(context.config.spatial)):
        path = ("spatial", n)
        entity = context.report.reference(id, context.entities, path, "an entity")
        if entity and not {SCHEMA.Place, SCHEMA.Country} & set(entity.types):
            message = f"`spatial` must name a Place or a Country, and `{id}` is neither: name another entity"
            context.report.violation(path, "no-place", message)
        elif entity:
            yield entity.iri


def _contact(context: CatalogueContext) -> Contact | None:
    written, report = context.config.contact, context.report
    if not written:
        return None
    email = NONE
    if written.email:
        email = _mailto(written.email)
        if not email:
            message = f"`email` must be an address, as data@example.org, not {written.email!r}: correct it"
            report.violation(("contact", "email"), "bad-email", message)
    elif not written.url:
        message = "a contact must be reachable: give `email` or `url`"
        report.violation(("contact",), "contact-without-address", message, at_key=True)
    url = _address(written.url, ("contact", "url"), report)
    return Contact(part(context.iris.dataset, "contact"), plain(written.name), email, url)


def _mailto(address: str) -> Iri:
    """Return the IRI of an e-mail address, `NONE` if it is not one."""
    name, _, host = address.partition("@")
    if not name or "." not in host or "@" in host:
        return NONE
    try:
        return iri(f"mailto:{address}")
    except ValueError:
        return NONE


def _grant(n: int, context: CatalogueContext) -> Grant:
    written, report = context.config.funding[n], context.report
    path = ("funding", n)
    if not (written.funder or written.name or written.number or written.url):
        message = "a grant must say whose or which it is: give `funder`, `name`, `number` or `url`"
        report.violation(path, "empty-grant", message, at_key=True)
    funder = None
    if written.funder:
        funder = report.reference(written.funder, context.entities, (*path, "funder"), "an entity")
    names: tuple[Literal, ...] = ()
    if written.name:
        names = report.texts(written.name, (*path, "name"), context.language)
    return Grant(
        iri=part(context.iris.dataset, f"grant-{n + 1}"),
        funder=funder.iri if funder else NONE,
        names=names,
        number=written.number,
        url=_address(written.url, (*path, "url"), report),
    )


def _address(written: str, path: tuple[str | int, ...], report: Reporter) -> Iri:
    return report.iri(written, path) if written else NONE
