"""A claim in the graph, with the quotations in it and the annotation that anchors it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kg.iris import numbered_parts, part
from kg.mappers.dates import date_fields, put_date, put_day
from kg.mappers.properties import Properties, put, put_all
from kg.mappers.review import review_nodes
from kg.model import NONE, Annotation, Article, Claim, Dataset, Part
from kg.terms import Iri, Literal, Node, Term, instant, integer, plain
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
    SCHEMA.firstAppearance: ("first_appearance",),
    SCHEMA.workExample: ("appearances",),
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
    """Yield the nodes of one claim in reading order: the claim, its quotations, its reviews, its annotation."""
    words = dataset.text != "none"
    quotations = numbered_parts(claim.iri, "quotation", len(claim.quotations))
    targets = numbered_parts(claim.iri, "target", len(claim.parts))
    yield Node(claim.iri, _claim_properties(claim, article, quotations, words=words))
    for quotation, quoted in zip(quotations, claim.quotations, strict=True):
        yield _quotation_node(quotation, quoted if words else NONE, claim, article)
    if claim.reviews:
        yield from review_nodes(claim, words=words)
    yield Node(part(claim.iri, "annotation"), _annotation_properties(article.annotation, claim.iri, targets))
    # A target of its own for each part: selectors of one target are alternatives, not parts.
    for n, (target, each) in enumerate(zip(targets, claim.parts, strict=True), start=1):
        position, quote = part(claim.iri, f"position-{n}"), part(claim.iri, f"quote-{n}")
        selectors: list[Term] = [position, quote] if words else [position]
        yield Node(
            target,
            {RDF.type: [OA.SpecificResource], OA.hasSource: [article.iri], OA.hasSelector: selectors},
        )
        yield Node(
            position,
            {RDF.type: [OA.TextPositionSelector], OA.start: [integer(each.start)], OA.end: [integer(each.end)]},
        )
        if words:
            yield _quote_node(quote, each)


def _claim_properties(claim: Claim, article: Article, quotations: Sequence[Iri], *, words: bool) -> Properties:
    properties: Properties = {RDF.type: [SCHEMA.Claim]}
    put_all(properties, SCHEMA.author, claim.speakers)
    if words:
        properties[SCHEMA.text] = [claim.words]
    put_all(properties, SCHEMA.abstract, claim.gists)
    # dateCreated, not datePublished: the day it was said, not the day it was printed.
    put_date(properties, SCHEMA.dateCreated, claim.said, words=words)
    properties[KG.act] = [claim.act]
    properties[KG.form] = [claim.form]
    if words:
        put_all(properties, KG.cue, claim.cue)
        put_all(properties, KG.speakerWords, claim.speaker_words)
    put_all(properties, KG.spokenAs, claim.spoken_as)
    put_all(properties, KG.addressee, claim.to)
    put_all(properties, SCHEMA.about, claim.about)
    put(properties, SCHEMA.recordedAt, claim.at)
    for predicate, other in claim.relations:
        properties.setdefault(predicate, []).append(other)
    if claim.translated:
        properties[KG.originalLanguage] = [plain(claim.translated)]
    put_all(properties, KG.inferred, claim.inferred)
    put_all(properties, SKOS.editorialNote, claim.notes)
    properties[SCHEMA.appearance] = [article.iri]
    put(properties, SCHEMA.firstAppearance, claim.first_appearance)
    put_all(properties, SCHEMA.workExample, claim.appearances)
    put(properties, SCHEMA.claimInterpreter, article.annotation.by)
    properties[SCHEMA.position] = [integer(claim.position)]
    put_all(properties, SCHEMA.hasPart, quotations)
    return properties


def _quotation_node(quotation: Iri, quoted: Literal | Iri, claim: Claim, article: Article) -> Node:
    properties: Properties = {RDF.type: [SCHEMA.Quotation]}
    put(properties, SCHEMA.text, quoted)
    put_all(properties, SCHEMA.spokenByCharacter, claim.speakers)
    properties[SCHEMA.isPartOf] = [article.iri]
    return Node(quotation, properties)


def _annotation_properties(annotation: Annotation, claim: Iri, targets: Sequence[Iri]) -> Properties:
    properties: Properties = {
        RDF.type: [OA.Annotation],
        OA.motivatedBy: [OA.linking],
        OA.hasBody: [claim],
    }
    put_all(properties, OA.hasTarget, targets)
    put(properties, DCTERMS.creator, annotation.by)
    if "T" in annotation.on:
        properties[DCTERMS.created] = [instant(annotation.on)]
    else:
        put_day(properties, DCTERMS.date, annotation.on)
    put(properties, DCTERMS.conformsTo, annotation.guideline)
    put(properties, KG.reviewedBy, annotation.reviewed_by)
    if "T" in annotation.reviewed_on:
        properties[KG.reviewedOn] = [instant(annotation.reviewed_on)]
    else:
        put_day(properties, KG.reviewedOn, annotation.reviewed_on)
    return properties


def _quote_node(quote: Iri, each: Part) -> Node:
    properties: Properties = {RDF.type: [OA.TextQuoteSelector], OA.exact: [plain(each.exact)]}
    if each.prefix:
        properties[OA.prefix] = [plain(each.prefix)]
    if each.suffix:
        properties[OA.suffix] = [plain(each.suffix)]
    return Node(quote, properties)
