"""A claim in the graph, with the quotations in it and the annotation that anchors it."""

from __future__ import annotations

from collections.abc import Iterator

from kg.iris import part
from kg.mappers.dates import date_fields, dated, day
from kg.model import Article, Claim, Dataset, Part, present
from kg.terms import Iri, Node, Term, instant, integer, plain
from kg.vocab import DCTERMS, KG, OA, RDF, SCHEMA, SKOS

RELATIONS = ("answers", "reports", "same", "repeats", "supports", "qualifies", "contradicts", "retracts")

CLAIM_FIELDS: dict[Iri, tuple[str, ...]] = {
    RDF.type: (),
    SCHEMA.author: ("speaker",),
    SCHEMA.text: ("words",),
    SCHEMA.abstract: ("gist",),
    SCHEMA.dateCreated: ("said",),
    **date_fields(("said",)),
    KG.act: ("act",),
    KG.form: ("form",),
    KG.cue: ("cue",),
    KG.speakerWords: ("speaker_words",),
    KG.spokenAs: ("speaker",),
    KG.addressee: ("to",),
    SCHEMA.about: ("about",),
    SCHEMA.recordedAt: ("at",),
    **{KG[name]: ("relations", name) for name in RELATIONS},
    KG.originalLanguage: ("translated",),
    KG.inferred: ("inferred",),
    SKOS.editorialNote: ("note",),
    SCHEMA.position: ("words",),
    SCHEMA.hasPart: ("words",),
    SCHEMA.appearance: (),
    SCHEMA.claimInterpreter: (),
}
QUOTATION_FIELDS: dict[Iri, tuple[str, ...]] = {
    RDF.type: ("words",),
    SCHEMA.text: ("words",),
    SCHEMA.spokenByCharacter: ("speaker",),
    SCHEMA.isPartOf: (),
}
# Below the file's `annotation`, not below the claim.
ANNOTATION_FIELDS: dict[Iri, tuple[str, ...]] = {
    RDF.type: (),
    OA.motivatedBy: (),
    OA.hasBody: (),
    OA.hasTarget: (),
    DCTERMS.creator: ("by",),
    DCTERMS.date: ("on",),
    DCTERMS.created: ("on",),
    DCTERMS.conformsTo: ("guideline",),
    KG.reviewedBy: ("reviewed", "by"),
    KG.reviewedOn: ("reviewed", "on"),
}
TARGET_FIELDS: dict[Iri, tuple[str, ...]] = {
    RDF.type: ("words",),
    OA.hasSource: ("words",),
    OA.hasSelector: ("words",),
    OA.start: ("words",),
    OA.end: ("words",),
    OA.exact: ("words",),
    OA.prefix: ("words",),
    OA.suffix: ("words",),
}


def claim_nodes(claim: Claim, article: Article, dataset: Dataset) -> Iterator[Node]:
    """Yield the nodes of one claim in reading order: the claim, its quotations, its annotation."""
    yield _claim_node(claim, article, words=dataset.text != "none")
    yield from _quotation_nodes(claim, article, words=dataset.text != "none")
    yield from _annotation_nodes(claim, article, words=dataset.text != "none")


def _claim_node(claim: Claim, article: Article, *, words: bool) -> Node:
    relations: dict[Iri, list[Term]] = {}
    for predicate, other in claim.relations:
        relations.setdefault(predicate, []).append(other)
    return Node(
        claim.iri,
        {
            RDF.type: [SCHEMA.Claim],
            SCHEMA.author: list(claim.speakers),
            SCHEMA.text: [claim.words] if words else [],
            SCHEMA.abstract: list(claim.gists),
            # dateCreated, not datePublished: the day it was said, not the day it was printed.
            **dated(SCHEMA.dateCreated, claim.said, words=words),
            KG.act: [claim.act],
            KG.form: [claim.form],
            KG.cue: list(claim.cue) if words else [],
            KG.speakerWords: list(claim.speaker_words) if words else [],
            KG.spokenAs: list(claim.spoken_as),
            KG.addressee: list(claim.to),
            SCHEMA.about: list(claim.about),
            SCHEMA.recordedAt: present(claim.at),
            **relations,
            KG.originalLanguage: [plain(claim.translated)] if claim.translated else [],
            KG.inferred: list(claim.inferred),
            SKOS.editorialNote: list(claim.notes),
            SCHEMA.appearance: [article.iri],
            SCHEMA.claimInterpreter: present(article.annotation.by),
            SCHEMA.position: [integer(claim.position)],
            SCHEMA.hasPart: [part(claim.iri, f"quotation-{n}") for n, _ in enumerate(claim.quotations, start=1)],
        },
    )


def _quotation_nodes(claim: Claim, article: Article, *, words: bool) -> Iterator[Node]:
    for n, quotation in enumerate(claim.quotations, start=1):
        yield Node(
            part(claim.iri, f"quotation-{n}"),
            {
                RDF.type: [SCHEMA.Quotation],
                SCHEMA.text: [quotation] if words else [],
                SCHEMA.spokenByCharacter: list(claim.speakers),
                SCHEMA.isPartOf: [article.iri],
            },
        )


def _annotation_nodes(claim: Claim, article: Article, *, words: bool) -> Iterator[Node]:
    annotation = article.annotation
    at = [instant(annotation.on)] if "T" in annotation.on else []
    reviewed_at = [instant(annotation.reviewed_on)] if "T" in annotation.reviewed_on else []
    yield Node(
        part(claim.iri, "annotation"),
        {
            RDF.type: [OA.Annotation],
            OA.motivatedBy: [OA.linking],
            OA.hasBody: [claim.iri],
            OA.hasTarget: [part(claim.iri, f"target-{n}") for n, _ in enumerate(claim.parts, start=1)],
            DCTERMS.creator: present(annotation.by),
            DCTERMS.date: [] if at else day(annotation.on),
            DCTERMS.created: list(at),
            DCTERMS.conformsTo: present(annotation.guideline),
            KG.reviewedBy: present(annotation.reviewed_by),
            KG.reviewedOn: list(reviewed_at) or day(annotation.reviewed_on),
        },
    )
    for n, each in enumerate(claim.parts, start=1):
        yield from _target_nodes(claim.iri, n, each, article.iri, words=words)


def _target_nodes(claim: Iri, n: int, each: Part, article: Iri, *, words: bool) -> Iterator[Node]:
    """Yield a target of its own for each part: selectors of one target are alternatives, not parts."""
    position, quote = part(claim, f"position-{n}"), part(claim, f"quote-{n}")
    yield Node(
        part(claim, f"target-{n}"),
        {
            RDF.type: [OA.SpecificResource],
            OA.hasSource: [article],
            OA.hasSelector: [position, quote] if words else [position],
        },
    )
    yield Node(
        position,
        {RDF.type: [OA.TextPositionSelector], OA.start: [integer(each.start)], OA.end: [integer(each.end)]},
    )
    if words:
        yield Node(
            quote,
            {
                RDF.type: [OA.TextQuoteSelector],
                OA.exact: [plain(each.exact)],
                OA.prefix: [plain(each.prefix)] if each.prefix else [],
                OA.suffix: [plain(each.suffix)] if each.suffix else [],
            },
        )
