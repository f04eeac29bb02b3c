"""A claim in the graph, with its quotations, its fact-checks and the annotation that anchors it."""

from __future__ import annotations

from collections.abc import Iterator

from kg.mappers.nodes import Passages, Properties, date_fields, put, put_all, put_date, put_day
from kg.model import Article, Claim, Dataset, Review
from kg.rdf.terms import Iri, Node, Term, edtf, instant, integer, numbered_parts, part, plain
from kg.rdf.vocab import DCTERMS, KG, OA, RDF, RELATIONS, SCHEMA, SKOS

CLAIM_FIELDS: dict[Iri, tuple[str, ...]] = {
    RDF.type: (),
    SCHEMA.author: ("speaker",),
    SCHEMA.text: ("gist",),
    KG.words: ("words",),
    KG.wordsAt: ("words",),
    SCHEMA.dateCreated: ("said",),
    **date_fields(("said",)),
    KG.due: ("due",),
    KG.dueBy: ("due",),
    KG.condition: ("condition",),
    KG.act: ("act",),
    KG.form: ("form",),
    KG.cue: ("cue",),
    KG.cueAt: ("cue",),
    KG.speakerWords: ("speaker_words",),
    KG.speakerWordsAt: ("speaker_words",),
    KG.onBehalfOf: ("for",),
    KG.spokenAs: ("speaker",),
    KG.probablySpokenAs: ("speaker",),
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
    KG.wordsAt: ("words",),
    SCHEMA.spokenByCharacter: ("speaker",),
    SCHEMA.isPartOf: (),
}
# Fields below the file's `annotation`, not below the claim.
ANNOTATION_FIELDS: dict[Iri, tuple[str, ...]] = {
    RDF.type: (),
    OA.motivatedBy: (),
    OA.hasBody: (),
    OA.hasTarget: (),
    DCTERMS.creator: ("by",),
    DCTERMS.contributor: (),  # a field of the claim
    DCTERMS.date: ("on",),
    DCTERMS.created: ("on",),
    DCTERMS.conformsTo: ("guideline",),
    DCTERMS.isPartOf: (),
    KG.reviewedBy: ("reviewed", "by"),
    KG.reviewedOn: ("reviewed", "on"),
}


def claim_nodes(claim: Claim, article: Article, dataset: Dataset, passages: Passages) -> list[Node]:
    """Return the nodes of one claim in reading order: the claim, its quotations, its reviews, its annotation."""
    iri = claim.iri
    passages = passages.in_version(claim.text_version)
    quotations = numbered_parts(iri, "quotation", len(claim.quotations))
    nodes = [Node(iri, _claim_properties(claim, article, quotations, passages))]
    for n, quotation in enumerate(quotations):
        nodes.append(_quotation_node(quotation, n, claim, article, passages))
    if claim.reviews:
        nodes += review_nodes(claim, passages)
    spans = [(each.start, each.end) for each in claim.parts]
    for number, earlier in claim.earlier_at:
        passages.revise(spans, number, earlier)
    target = passages.around(spans)
    nodes.append(Node(part(iri, "annotation"), _annotation_properties(claim, article, target, dataset)))
    return nodes


def _claim_properties(claim: Claim, article: Article, quotations: list[Iri], passages: Passages) -> Properties:
    """Return the properties of a claim in reading order; the article's words only if words are published."""
    properties: Properties = {RDF.type: [SCHEMA.Claim]}
    _put_statement(properties, claim, passages)
    _put_others(properties, claim)
    put_all(properties, KG.inferred, [each for each in claim.inferred if passages.words or each != KG.words])
    put_all(properties, SKOS.editorialNote, claim.notes)
    properties[SCHEMA.appearance] = [article.iri]
    put(properties, SCHEMA.firstAppearance, claim.document or claim.first_appearance)
    put_all(properties, SCHEMA.workExample, claim.appearances)
    put(properties, SCHEMA.claimInterpreter, article.annotation.by)
    properties[SCHEMA.position] = [integer(claim.position)]
    if quotations:
        properties[SCHEMA.hasPart] = [*quotations]
    for predicate, values in claim.own:
        properties[predicate] = [*values]
    return properties


def _put_statement(properties: Properties, claim: Claim, passages: Passages) -> None:
    """Add who said what, when and how, and the passages that say so."""
    words = passages.words
    put_all(properties, SCHEMA.author, claim.speakers)
    put_all(properties, SCHEMA.text, claim.text if words else claim.gists)
    if words:
        properties[KG.words] = [claim.words]
    properties[KG.wordsAt] = passages.at([(each.start, each.end) for each in claim.parts])
    # dateCreated, not datePublished: the day it was said, not the day it was printed.
    put_date(properties, SCHEMA.dateCreated, claim.said, passages)
    if claim.due.text:
        properties[KG.due] = [edtf(claim.due.text)]
        put_day(properties, KG.dueBy, claim.due.latest)
    put(properties, KG.act, claim.act)
    properties[KG.form] = [claim.form]
    if words:
        put_all(properties, KG.condition, claim.condition)
        put_all(properties, KG.cue, claim.cue)
    put_all(properties, KG.cueAt, passages.at(claim.cue_at))
    if words:
        put_all(properties, KG.speakerWords, claim.speaker_words)
    put_all(properties, KG.speakerWordsAt, passages.at(claim.speaker_words_at))


def _put_others(properties: Properties, claim: Claim) -> None:
    """Add the roles, entities, occasion and claims that a claim refers to, and the language it was said in."""
    put_all(properties, KG.onBehalfOf, claim.on_behalf_of)
    put_all(properties, KG.spokenAs, claim.spoken_as)
    put_all(properties, KG.probablySpokenAs, claim.probably_spoken_as)
    put_all(properties, KG.addressee, claim.to)
    put_all(properties, SCHEMA.about, claim.about)
    put(properties, SCHEMA.recordedAt, claim.at)
    for predicate, other in claim.relations:
        properties.setdefault(predicate, []).append(other)
    if claim.translated:
        properties[KG.originalLanguage] = [plain(claim.translated)]


def _quotation_node(quotation: Iri, n: int, claim: Claim, article: Article, passages: Passages) -> Node:
    properties: Properties = {RDF.type: [SCHEMA.Quotation]}
    if passages.words:
        properties[SCHEMA.text] = [claim.quotations[n]]
    properties[KG.wordsAt] = passages.at(claim.quotations_at[n : n + 1])
    put_all(properties, SCHEMA.spokenByCharacter, claim.speakers)
    properties[SCHEMA.isPartOf] = [article.iri]
    return Node(quotation, properties)


def _annotation_properties(claim: Claim, article: Article, target: list[Term], dataset: Dataset) -> Properties:
    annotation = article.annotation
    properties: Properties = {
        RDF.type: [OA.Annotation],
        OA.motivatedBy: [OA.linking],
        OA.hasBody: [claim.iri],
        OA.hasTarget: target,
    }
    put(properties, DCTERMS.creator, annotation.by)
    put_all(properties, DCTERMS.contributor, claim.contributors)
    if not (claim.earlier_at and _is_signed_before_rewording(claim, article)):
        _put_when(properties, DCTERMS.created, DCTERMS.date, annotation.on)
    put(properties, DCTERMS.conformsTo, annotation.guideline)
    if not claim.is_reworded_since_review:
        put(properties, KG.reviewedBy, annotation.reviewed_by)
        _put_when(properties, KG.reviewedOn, KG.reviewedOn, annotation.reviewed_on)
    # Most formats have no named graphs to say which data set this is from.
    properties[DCTERMS.isPartOf] = [dataset.iri]
    return properties


def _is_signed_before_rewording(claim: Claim, article: Article) -> bool:
    """Tell whether an article was annotated before its paper published the words that a reworded claim has now."""
    version, _ = article.in_version(max(number for number, _ in claim.earlier_at) + 1)
    on = article.annotation.on
    return bool(on) and on[: len(version.issued)] < version.issued


def _put_when(properties: Properties, instant_term: Iri, day_term: Iri, when: str) -> None:
    """Add a UTC time or a day, each under its own property; nothing for `""`."""
    if "T" in when:
        properties[instant_term] = [instant(when)]
    else:
        put_day(properties, day_term, when)


# Fields below an item of the claim's `reviews`.
REVIEW_FIELDS: dict[Iri, tuple[str, ...]] = {
    RDF.type: (),
    SCHEMA.itemReviewed: (),
    SCHEMA.claimReviewed: (),
    SCHEMA.author: ("by",),
    SCHEMA.url: ("url",),
    SCHEMA.datePublished: ("published",),
    **date_fields(("published",)),
    SCHEMA.reviewRating: ("rating",),
}
RATING_FIELDS: dict[Iri, tuple[str, ...]] = {
    RDF.type: ("rating",),
    SCHEMA.ratingValue: ("rating", "value"),
    SCHEMA.bestRating: ("rating", "best"),
    SCHEMA.worstRating: ("rating", "worst"),
    SCHEMA.alternateName: ("rating", "name"),
    KG.verdict: ("rating", "verdict"),
}


def review_nodes(claim: Claim, passages: Passages) -> Iterator[Node]:
    """Yield each review of a claim with its rating; the claim's words only if words are published."""
    for review in claim.reviews:
        properties: Properties = {RDF.type: [SCHEMA.ClaimReview], SCHEMA.itemReviewed: [claim.iri]}
        put_all(properties, SCHEMA.claimReviewed, claim.text if passages.words else claim.gists)
        put(properties, SCHEMA.author, review.by)
        put(properties, SCHEMA.url, review.url)
        put_date(properties, SCHEMA.datePublished, review.published, passages)
        put(properties, SCHEMA.reviewRating, review.rating)
        yield Node(review.iri, properties)
        if review.rating:
            yield _rating_node(review)


def _rating_node(review: Review) -> Node:
    properties: Properties = {RDF.type: [SCHEMA.Rating]}
    put(properties, SCHEMA.ratingValue, review.value)
    put(properties, SCHEMA.bestRating, review.best)
    put(properties, SCHEMA.worstRating, review.worst)
    put_all(properties, SCHEMA.alternateName, review.names)
    put(properties, KG.verdict, review.verdict)
    return Node(review.rating, properties)
