"""The JSON-LD context: a short name for each class and property, and the kind of its values.

A short name belongs to one property and one kind of value, so that no value needs a `@type`:
`dateCreatedMonth` is `schema:dateCreated` with an `xsd:gYearMonth`. https://www.w3.org/TR/json-ld11/#the-context
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from kg.rdf.terms import EDTF

_CLASSES = (
    "schema:NewsArticle schema:MediaObject schema:Claim schema:Quotation schema:Event schema:Person "
    "schema:Organization schema:OrganizationRole schema:NewsMediaOrganization schema:GovernmentOrganization "
    "schema:Country schema:Place schema:DefinedTerm schema:DefinedTermSet schema:Dataset schema:DataDownload "
    "schema:CreativeWork schema:ClaimReview schema:Rating "
    "kg:Document kg:Group kg:Newsroom kg:Passage kg:UnnamedSource kg:WithdrawnClaim "
    "oa:Annotation "
    "skos:Concept skos:ConceptScheme dcat:Distribution spdx:Checksum "
    "schema:AnalysisNewsArticle schema:AskPublicNewsArticle schema:BackgroundNewsArticle "
    "schema:OpinionNewsArticle schema:ReportageNewsArticle schema:ReviewNewsArticle "
    "schema:Grant schema:SoftwareApplication"
)

# Kinds of values. `links` are always a list, `texts` are maps from language to text (or one text without a
# language), `terms` are concepts and terms of a vocabulary, which keep their prefix: `acts:denies`.
_LINK = (
    "schema:publisher schema:license schema:url schema:location schema:recordedAt schema:superEvent "
    "schema:containedInPlace "
    "schema:isPartOf schema:inDefinedTermSet schema:appearance schema:firstAppearance schema:claimInterpreter "
    "schema:itemReviewed schema:reviewRating org:role "
    "schema:copyrightHolder schema:funder dcterms:rights dcterms:temporal dcat:accessURL dcat:contactPoint "
    "dcat:landingPage vcard:hasEmail vcard:hasURL "
    "schema:encoding prov:wasRevisionOf kg:outlet kg:reviewedBy oa:hasBody oa:hasSource dcterms:creator "
    "dcterms:conformsTo dcterms:isPartOf dcterms:isReplacedBy skos:inScheme dcat:downloadURL dcat:mediaType "
    "schema:contentUrl spdx:checksum dcterms:license dcterms:publisher dcterms:language"
)
_LINKS = (
    "schema:author schema:about schema:mentions schema:hasPart schema:memberOf schema:sameAs "
    "schema:spokenByCharacter kg:addressee kg:spokenAs kg:probablySpokenAs kg:onBehalfOf kg:relatesTo "
    "kg:answers kg:reports kg:same kg:repeats kg:supports kg:qualifies kg:contradicts kg:retracts "
    "kg:wordsAt kg:cueAt kg:speakerWordsAt kg:dateWordsAt "
    "schema:archivedAt schema:creator schema:funding schema:spatialCoverage dcterms:spatial "
    "oa:hasTarget skos:broader schema:workExample schema:distribution dcat:distribution "
    "void:dataDump void:classPartition void:vocabulary"
)
_TERM = (
    "kg:verdict kg:act kg:form kg:dateBasis kg:dateQualifier oa:motivatedBy void:class spdx:algorithm "
    "rdfs:subClassOf"
)
_TERMS = "kg:inferred"
_TEXTS = (
    "schema:headline schema:articleBody schema:text schema:name schema:alternateName "
    "schema:description schema:roleName schema:claimReviewed kg:words kg:condition kg:cue kg:speakerWords "
    "kg:dateWords kg:dateWhy kg:withdrawnBecause skos:editorialNote skos:prefLabel dcterms:title "
    "dcterms:description rdfs:label schema:copyrightNotice "
    "schema:keywords dcat:keyword"
)
_PLAIN = (
    "schema:identifier schema:inLanguage schema:sha256 kg:originalLanguage kg:digest oa:exact "
    "schema:encodingFormat void:uriSpace schema:version "
    "schema:articleSection schema:printEdition schema:printPage schema:softwareVersion schema:temporalCoverage "
    "dcat:version dcterms:identifier vcard:fn foaf:name"
)
_NUMBER = "schema:position oa:start oa:end void:triples void:entities"
_DECIMAL = "schema:ratingValue schema:bestRating schema:worstRating"
_DATE = "schema:dateCreated schema:datePublished schema:dateModified schema:startDate schema:endDate kg:probably"
_DAY = (
    "kg:earliest kg:latest kg:dueBy kg:heldFrom kg:heldUntil kg:withdrawnOn kg:reviewedOn dcterms:date "
    "dcterms:modified "
    "dcat:startDate dcat:endDate dcterms:issued"
)
_INSTANT = {"kg:reviewedOn": "reviewedAt", "dcterms:created": "created", "dcterms:modified": "modifiedAt"}
_PRECISIONS = {"": "xsd:date", "Month": "xsd:gYearMonth", "Year": "xsd:gYear"}
# If two vocabularies share a name, schema.org has the short one.
_LONG = (
    "schema:creator dcat:startDate dcat:endDate dcat:version dcterms:identifier foaf:name dcat:distribution "
    "dcterms:description dcterms:isPartOf dcterms:license dcterms:publisher dcterms:language"
)


class Key(NamedTuple):
    """A key of the documents. `kind` is `@id`, `@vocab`, `@language`, `@reverse`, `""` (plain) or a datatype."""

    name: str
    iri: str
    kind: str
    several: bool = False


# Reverse properties: claims are nested in their article, an annotation in its claim, passages in their text.
_REVERSED = (
    Key("annotation", "oa:hasBody", "@reverse"),
    Key("reviews", "schema:itemReviewed", "@reverse", several=True),
    Key("claims", "schema:appearance", "@reverse", several=True),
    Key("passages", "oa:hasSource", "@reverse", several=True),
    Key("withdrawn", "kg:withdrawnFrom", "@reverse", several=True),
)


def classes(prefixes: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the short name and the compact IRI of each class whose prefix is given."""
    for iri in _CLASSES.split():
        if _is_known(iri, prefixes):
            yield _short(iri), iri


def keys(prefixes: Mapping[str, str]) -> Iterator[Key]:
    """Yield the keys whose prefixes are given."""
    for key in (*_keys(), *_REVERSED):
        if _is_known(key.iri, prefixes) and (key.kind[:1] in ("", "@") or _is_known(key.kind, prefixes)):
            yield key


def expanded(compact: str, prefixes: Mapping[str, str]) -> str:
    """Return the term for a compact IRI; `""` and keywords are returned unchanged."""
    if compact[:1] in ("", "@"):
        return compact
    prefix, _, local = compact.partition(":")
    return f"<{prefixes[prefix]}{local}>" if prefix in prefixes else f"<{compact}>"


ALIASES = {"id": "@id", "type": "@type"}
"""The keywords that have another name."""


def context(prefixes: Mapping[str, str]) -> dict[str, object]:
    """Return the context without a base, which is the content of `context.jsonld`.

    A document's own context has the base too; one that is fetched cannot set it (section 4.1.3).
    """
    return {
        "@version": 1.1,
        **prefixes,
        **ALIASES,
        **dict(classes(prefixes)),
        **{key.name: _definition(key) for key in keys(prefixes)},
    }


def _keys() -> Iterator[Key]:
    for kind, listed, several in (
        ("@language", _TEXTS, False),
        ("", _PLAIN, False),
        ("@id", _LINK, False),
        ("@id", _LINKS, True),
        ("@vocab", _TERM, False),
        ("@vocab", _TERMS, True),
        ("xsd:integer", _NUMBER, False),
        ("xsd:nonNegativeInteger", "dcat:byteSize", False),
        ("xsd:decimal", _DECIMAL, False),
        ("xsd:date", _DAY, False),
        ("xsd:hexBinary", "spdx:checksumValue", False),
    ):
        for iri in listed.split():
            yield Key(_short(iri), iri, kind, several)
    for iri in _DATE.split():
        for ending, datatype in _PRECISIONS.items():
            yield Key(_short(iri) + ending, iri, datatype)
    for iri, name in _INSTANT.items():
        yield Key(name, iri, "xsd:dateTime")
    yield Key("edtf", "kg:edtf", EDTF)
    yield Key("due", "kg:due", EDTF)


def _definition(key: Key) -> str | dict[str, str]:
    if not key.kind:
        return key.iri
    if key.kind == "@language":
        return {"@id": key.iri, "@container": "@language"}
    definition = {"@reverse": key.iri} if key.kind == "@reverse" else {"@id": key.iri, "@type": key.kind}
    return {**definition, "@container": "@set"} if key.several else definition


def _short(iri: str) -> str:
    return iri if iri in _LONG.split() else iri.partition(":")[2]


def _is_known(iri: str, prefixes: Mapping[str, str]) -> bool:
    return iri == EDTF or iri.partition(":")[0] in prefixes
