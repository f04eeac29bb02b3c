"""People, organisations, places, events, documents and topics in the graph, and the annotators."""

from __future__ import annotations

from collections.abc import Iterator

from kg.mappers.nodes import bounds, date_fields, day, node, replaced_node, string
from kg.model import Annotator, Entity, Replaced, Role, present
from kg.rdf.terms import Iri, Iris, Node, Term, edtf, text
from kg.rdf.vocab import KG, ORG, RDF, SCHEMA, SKOS

ENTITY_FIELDS: dict[Iri, tuple[str, ...]] = {
    RDF.type: ("type",),
    SCHEMA.name: ("name",),
    SKOS.prefLabel: ("name",),
    SCHEMA.alternateName: ("also",),
    SCHEMA.description: ("description",),
    SCHEMA.sameAs: ("same_as",),
    SCHEMA.memberOf: ("roles",),
    SCHEMA.dateCreated: ("date",),
    SCHEMA.startDate: ("date",),
    SCHEMA.endDate: ("date",),
    SCHEMA.location: ("place",),
    SCHEMA.superEvent: ("part_of",),
    SCHEMA.containedInPlace: ("part_of",),
    SKOS.broader: ("broader",),
    SKOS.inScheme: ("type",),
    SCHEMA.inDefinedTermSet: ("type",),
    **date_fields(("date",)),
}
ROLE_FIELDS: dict[Iri, tuple[str, ...]] = {
    RDF.type: (),
    SCHEMA.roleName: ("title",),
    SCHEMA.startDate: ("from",),
    SCHEMA.endDate: ("to",),
    KG.earliest: ("from",),
    KG.heldFrom: ("from",),
    KG.heldUntil: ("to",),
    KG.latest: ("to",),
    KG.edtf: ("from",),
    SCHEMA.memberOf: ("organization",),
    ORG.role: ("office",),
}
ANNOTATOR_FIELDS: dict[Iri, tuple[str, ...]] = {
    RDF.type: ("type",),
    SCHEMA.name: ("name",),
    SCHEMA.softwareVersion: ("version",),
    SCHEMA.sameAs: ("same_as",),
}


def entity_nodes(entity: Entity, iris: Iris) -> Iterator[Node]:
    """Yield an entity, its roles by schema.org's Role pattern (https://schema.org/Role), and its earlier IRIs."""
    topic = SKOS.Concept in entity.types
    event = SCHEMA.Event in entity.types
    scheme: list[Term] = [iris.topics] if topic else []
    yield node(
        entity.iri,
        {
            RDF.type: list(entity.types),
            SCHEMA.name: list(entity.names),
            SKOS.prefLabel: list(entity.names) if topic else [],
            SCHEMA.alternateName: list(entity.also),
            SCHEMA.description: list(entity.descriptions),
            SCHEMA.dateCreated: [] if event else day(entity.date.edtf.certain),
            SCHEMA.startDate: day(entity.date.edtf.start) if event else [],
            SCHEMA.endDate: day(entity.date.edtf.end) if event else [],
            **bounds(entity.date, words=True),
            SCHEMA.location: present(entity.place),
            SCHEMA.superEvent if event else SCHEMA.containedInPlace: present(entity.part_of),
            SKOS.broader: list(entity.broader),
            SKOS.inScheme: scheme,
            SCHEMA.inDefinedTermSet: scheme,
            SCHEMA.memberOf: [role.iri for role in entity.roles],
            SCHEMA.sameAs: list(entity.same_as),
            **{property: list(values) for property, values in entity.own},
        },
    )
    for role in entity.roles:
        yield _role_node(role)
    for former in entity.formerly:
        yield replaced_node(Replaced(former, entity.iri))


def _role_node(role: Role) -> Node:
    # Between the last day on which it may have begun and the first on which it may have ended.
    held_from, held_until = role.since.latest, role.until.earliest
    if held_from and held_until and held_from > held_until:
        held_from = held_until = ""
    return node(
        role.iri,
        {
            RDF.type: [SCHEMA.OrganizationRole],
            SCHEMA.roleName: list(role.titles),
            SCHEMA.startDate: day(role.since.certain),
            SCHEMA.endDate: day(role.until.certain),
            KG.earliest: day(role.since.earliest),
            KG.heldFrom: day(held_from),
            KG.heldUntil: day(held_until),
            KG.latest: day(role.until.latest),
            KG.edtf: [edtf(role.interval.text)] if role.interval.text else [],
            SCHEMA.memberOf: present(role.organization),
            ORG.role: present(role.office),
        },
    )


def topics_node(iris: Iris) -> Node:
    """Return the scheme of all topics."""
    return Node(
        iris.topics,
        {
            RDF.type: [SKOS.ConceptScheme, SCHEMA.DefinedTermSet],
            SCHEMA.name: [text("Topics", "en"), text("Onderwerpen", "nl")],
        },
    )


def annotator_node(annotator: Annotator) -> Node:
    """Return someone who annotates."""
    return node(
        annotator.iri,
        {
            RDF.type: [annotator.type],
            SCHEMA.name: [annotator.name],
            SCHEMA.softwareVersion: string(annotator.version),
            SCHEMA.sameAs: list(annotator.same_as),
        },
    )
