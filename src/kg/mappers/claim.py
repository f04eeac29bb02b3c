"""A claim in the graph, with the quotations in it and the annotation that anchors it."""

from __future__ import annotations

from typing import Final

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
# The terms, looked up once: compiled code has a `Final` at hand, and would search for an attribute every time.
_TYPE: Final = RDF.type
_CLAIM: Final = SCHEMA.Claim
_AUTHOR: Final = SCHEMA.author
_TEXT: Final = SCHEMA.text
_ABSTRACT: Final = SCHEMA.abstract
_DATE_CREATED: Final = SCHEMA.dateCreated
_ACT: Final = KG.act
_FORM: Final = KG.form
_CUE: Final = KG.cue
_SPEAKER_WORDS: Final = KG.speakerWords
_SPOKEN_AS: Final = KG.spokenAs
_ADDRESSEE: Final = KG.addressee
_ABOUT: Final = SCHEMA.about
_RECORDED_AT: Final = SCHEMA.recordedAt
_ORIGINAL_LANGUAGE: Final = KG.originalLanguage
_INFERRED: Final = KG.inferred
_EDITORIAL_NOTE: Final = SKOS.editorialNote
_APPEARANCE: Final = SCHEMA.appearance
_FIRST_APPEARANCE: Final = SCHEMA.firstAppearance
_WORK_EXAMPLE: Final = SCHEMA.workExample
_CLAIM_INTERPRETER: Final = SCHEMA.claimInterpreter
_POSITION: Final = SCHEMA.position
_HAS_PART: Final = SCHEMA.hasPart
_QUOTATION: Final = SCHEMA.Quotation
_SPOKEN_BY_CHARACTER: Final = SCHEMA.spokenByCharacter
_IS_PART_OF: Final = SCHEMA.isPartOf
_ANNOTATION: Final = OA.Annotation
_MOTIVATED_BY: Final = OA.motivatedBy
_LINKING: Final = OA.linking
_HAS_BODY: Final = OA.hasBody
_HAS_TARGET: Final = OA.hasTarget
_CREATOR: Final = DCTERMS.creator
_CREATED: Final = DCTERMS.created
_DATE: Final = DCTERMS.date
_CONFORMS_TO: Final = DCTERMS.conformsTo
_REVIEWED_BY: Final = KG.reviewedBy
_REVIEWED_ON: Final = KG.reviewedOn
_SPECIFIC_RESOURCE: Final = OA.SpecificResource
_HAS_SOURCE: Final = OA.hasSource
_HAS_SELECTOR: Final = OA.hasSelector
_TEXT_POSITION_SELECTOR: Final = OA.TextPositionSelector
_START: Final = OA.start
_END: Final = OA.end
_TEXT_QUOTE_SELECTOR: Final = OA.TextQuoteSelector
_EXACT: Final = OA.exact
_PREFIX: Final = OA.prefix
_SUFFIX: Final = OA.suffix


def claim_nodes(claim: Claim, article: Article, dataset: Dataset) -> list[Node]:
    """Return the nodes of one claim in reading order: the claim, its quotations, its reviews, its annotation."""
    words, iri = dataset.text != "none", claim.iri
    quotations = numbered_parts(iri, "quotation", len(claim.quotations))
    targets = numbered_parts(iri, "target", len(claim.parts))
    nodes = [Node(iri, _claim_properties(claim, article, quotations, words=words))]
    for n, quoted in enumerate(claim.quotations):
        nodes.append(_quotation_node(quotations[n], quoted if words else NONE, claim, article))
    if claim.reviews:
        nodes += review_nodes(claim, words=words)
    nodes.append(Node(part(iri, "annotation"), _annotation_properties(article.annotation, iri, targets)))
    nodes += _target_nodes(claim, targets, article.iri, words=words)
    return nodes


def _claim_properties(claim: Claim, article: Article, quotations: list[Iri], *, words: bool) -> Properties:
    properties: Properties = {_TYPE: [_CLAIM]}
    put_all(properties, _AUTHOR, claim.speakers)
    if words:
        properties[_TEXT] = [claim.words]
    put_all(properties, _ABSTRACT, claim.gists)
    # dateCreated, not datePublished: the day it was said, not the day it was printed.
    put_date(properties, _DATE_CREATED, claim.said, words=words)
    properties[_ACT] = [claim.act]
    properties[_FORM] = [claim.form]
    if words:
        put_all(properties, _CUE, claim.cue)
        put_all(properties, _SPEAKER_WORDS, claim.speaker_words)
    put_all(properties, _SPOKEN_AS, claim.spoken_as)
    put_all(properties, _ADDRESSEE, claim.to)
    put_all(properties, _ABOUT, claim.about)
    put(properties, _RECORDED_AT, claim.at)
    for predicate, other in claim.relations:
        properties.setdefault(predicate, []).append(other)
    if claim.translated:
        properties[_ORIGINAL_LANGUAGE] = [plain(claim.translated)]
    put_all(properties, _INFERRED, claim.inferred)
    put_all(properties, _EDITORIAL_NOTE, claim.notes)
    properties[_APPEARANCE] = [article.iri]
    put(properties, _FIRST_APPEARANCE, claim.first_appearance)
    put_all(properties, _WORK_EXAMPLE, claim.appearances)
    put(properties, _CLAIM_INTERPRETER, article.annotation.by)
    properties[_POSITION] = [integer(claim.position)]
    if quotations:
        properties[_HAS_PART] = [*quotations]
    return properties


def _quotation_node(quotation: Iri, quoted: Literal | Iri, claim: Claim, article: Article) -> Node:
    properties: Properties = {_TYPE: [_QUOTATION]}
    put(properties, _TEXT, quoted)
    put_all(properties, _SPOKEN_BY_CHARACTER, claim.speakers)
    properties[_IS_PART_OF] = [article.iri]
    return Node(quotation, properties)


def _annotation_properties(annotation: Annotation, claim: Iri, targets: list[Iri]) -> Properties:
    properties: Properties = {
        _TYPE: [_ANNOTATION],
        _MOTIVATED_BY: [_LINKING],
        _HAS_BODY: [claim],
    }
    if targets:
        properties[_HAS_TARGET] = [*targets]
    put(properties, _CREATOR, annotation.by)
    _put_when(properties, _CREATED, _DATE, annotation.on)
    put(properties, _CONFORMS_TO, annotation.guideline)
    put(properties, _REVIEWED_BY, annotation.reviewed_by)
    _put_when(properties, _REVIEWED_ON, _REVIEWED_ON, annotation.reviewed_on)
    return properties


def _put_when(properties: Properties, instant_term: Iri, day_term: Iri, when: str) -> None:
    """Add a UTC time or a day, each under its own term; of `""` nothing."""
    if "T" in when:
        properties[instant_term] = [instant(when)]
    else:
        put_day(properties, day_term, when)


def _target_nodes(claim: Claim, targets: list[Iri], article: Iri, *, words: bool) -> list[Node]:
    """Return each target with its selectors: one for each part, as selectors of one target are alternatives."""
    positions = numbered_parts(claim.iri, "position", len(targets))
    quotes = numbered_parts(claim.iri, "quote", len(targets))
    nodes: list[Node] = []
    for n, each in enumerate(claim.parts):
        position, quote = positions[n], quotes[n]
        selectors: list[Term] = [position, quote] if words else [position]
        nodes.append(
            Node(
                targets[n],
                {_TYPE: [_SPECIFIC_RESOURCE], _HAS_SOURCE: [article], _HAS_SELECTOR: selectors},
            )
        )
        start, end = integer(each.start), integer(each.end)
        nodes.append(Node(position, {_TYPE: [_TEXT_POSITION_SELECTOR], _START: [start], _END: [end]}))
        if words:
            nodes.append(_quote_node(quote, each))
    return nodes


def _quote_node(quote: Iri, each: Part) -> Node:
    properties: Properties = {_TYPE: [_TEXT_QUOTE_SELECTOR], _EXACT: [plain(each.exact)]}
    if each.prefix:
        properties[_PREFIX] = [plain(each.prefix)]
    if each.suffix:
        properties[_SUFFIX] = [plain(each.suffix)]
    return Node(quote, properties)
