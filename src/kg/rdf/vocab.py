"""Every prefix and every term that `kg` writes: a term that is not listed here cannot be written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from kg.rdf.terms import Graph, Iri, Literal, Node, Term, iri


class Namespace:
    """The terms of one vocabulary as attributes: `SCHEMA.Claim` is `<http://schema.org/Claim>`.

    Raises `AttributeError` for a term that is not listed.
    """

    def __init__(self, base: str, names: str) -> None:
        self.base = base
        self.names = tuple(names.split())
        for name in self.names:
            setattr(self, name, iri(base + name))

    if TYPE_CHECKING:  # at run time it would make the look-up of every term five times as slow

        def __getattr__(self, name: str) -> Iri: ...

    def __getitem__(self, name: str) -> Iri:
        return Iri(self.__dict__[name])


# http, not https: it is in schema.org's own JSON-LD context, and ClaimsKG and Wikidata use it.
SCHEMA = Namespace(
    "http://schema.org/",
    "Claim ClaimReview Country CreativeWork DataDownload Dataset DefinedTerm DefinedTermSet Event "
    "GovernmentOrganization MediaObject NewsArticle NewsMediaOrganization Organization OrganizationRole Person "
    "Place Quotation Rating "
    "about alternateName appearance articleBody author bestRating claimInterpreter claimReviewed "
    "containedInPlace contentUrl dateCreated dateModified datePublished description distribution encoding "
    "encodingFormat endDate "
    "firstAppearance hasPart headline identifier inDefinedTermSet inLanguage isPartOf itemReviewed license "
    "location memberOf mentions name position publisher ratingValue recordedAt reviewRating roleName sameAs "
    "sha256 spokenByCharacter startDate superEvent text url version workExample worstRating "
    "copyrightHolder copyrightNotice "
    "AnalysisNewsArticle AskPublicNewsArticle BackgroundNewsArticle OpinionNewsArticle ReportageNewsArticle "
    "ReviewNewsArticle Grant SoftwareApplication "
    "archivedAt articleSection creator funder funding keywords printEdition printPage softwareVersion "
    "spatialCoverage temporalCoverage",
)
# In the order in which a claim lists them.
RELATIONS = ("answers", "reports", "same", "repeats", "supports", "qualifies", "contradicts", "retracts")
KG = Namespace(
    "https://w3id.org/kg-claims#",
    "Document Group Newsroom OverruledReading Passage UnnamedSource WithdrawnClaim "
    "words act form cue speakerWords addressee spokenAs probablySpokenAs heldFrom heldUntil originalLanguage "
    "wordsAt cueAt speakerWordsAt dateWordsAt inferred outlet onBehalfOf condition due dueBy "
    "earliest latest probably edtf dateWords dateWhy dateBasis dateQualifier "
    f"relatesTo {' '.join(RELATIONS)} "
    "verdict "
    "reviewedBy reviewedOn withdrawnFrom withdrawnOn withdrawnBecause overruledBy digest",
)
ACTS = Namespace(
    "https://w3id.org/kg-claims/acts#",
    "states believes asks proposes urges demands invites promises announces warns agrees rejects excludes denies "
    "confirms admits accuses criticises praises retracts withholds",
)
FORMS = Namespace("https://w3id.org/kg-claims/forms#", "direct partial indirect own mentioned")
BASES = Namespace(
    "https://w3id.org/kg-claims/bases#", "printed relative occasion outside publication correction document"
)
VERDICTS = Namespace("https://w3id.org/kg-claims/verdicts#", "true mixture false other")
QUALIFIERS = Namespace("https://w3id.org/kg-claims/qualifiers#", "uncertain approximate both")
OA = Namespace(
    "http://www.w3.org/ns/oa#",
    "Annotation TextualBody describing end exact hasBody hasSource hasTarget linking motivatedBy start",
)
DCTERMS = Namespace(
    "http://purl.org/dc/terms/",
    "conformsTo contributor created creator date description isPartOf isReplacedBy language license modified "
    "publisher title LicenseDocument LinguisticSystem Location MediaType PeriodOfTime RightsStatement Standard "
    "identifier issued replaces rights spatial temporal",
)
# W3C's Organization ontology, https://www.w3.org/TR/vocab-org/
ORG = Namespace("http://www.w3.org/ns/org#", "role")
PROV = Namespace("http://www.w3.org/ns/prov#", "Entity wasRevisionOf")
SKOS = Namespace(
    "http://www.w3.org/2004/02/skos/core#", "Concept ConceptScheme broader editorialNote inScheme prefLabel"
)
DCAT = Namespace(
    "http://www.w3.org/ns/dcat#",
    "Dataset Distribution accessURL byteSize contactPoint distribution downloadURL endDate keyword landingPage "
    "mediaType startDate version hasCurrentVersion hasVersion previousVersion",
)
FOAF = Namespace("http://xmlns.com/foaf/0.1/", "Agent Document name")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#", "Kind fn hasEmail hasURL")
VOID = Namespace(
    "http://rdfs.org/ns/void#",
    "Dataset class classPartition dataDump entities triples uriSpace vocabulary",
)
SPDX = Namespace(
    "http://spdx.org/rdf/terms#",
    "Checksum ChecksumAlgorithm algorithm checksum checksumAlgorithm_sha256 checksumValue",
)
RDF = Namespace("http://www.w3.org/1999/02/22-rdf-syntax-ns#", "Property type value")
RDFS = Namespace("http://www.w3.org/2000/01/rdf-schema#", "Resource label subClassOf")
XSD = Namespace(
    "http://www.w3.org/2001/XMLSchema#",
    "date dateTime decimal gYear gYearMonth hexBinary integer nonNegativeInteger string",
)

LOC = Namespace("http://id.loc.gov/datatypes/edtf/", "EDTF")

NAMESPACES: dict[str, Namespace] = {
    "acts": ACTS,
    "bases": BASES,
    "dcat": DCAT,
    "dcterms": DCTERMS,
    "foaf": FOAF,
    "forms": FORMS,
    "kg": KG,
    "loc": LOC,
    "oa": OA,
    "org": ORG,
    "prov": PROV,
    "qualifiers": QUALIFIERS,
    "rdf": RDF,
    "rdfs": RDFS,
    "schema": SCHEMA,
    "skos": SKOS,
    "spdx": SPDX,
    "vcard": VCARD,
    "verdicts": VERDICTS,
    "void": VOID,
    "xsd": XSD,
}
WRITTEN_TERMS = frozenset(space[name] for space in NAMESPACES.values() for name in space.names)
"""The terms that kg writes itself, which the fields and triples of a corpus's own must not have."""
PREFIXES: dict[str, str] = {prefix: namespace.base for prefix, namespace in NAMESPACES.items()}
# Some tools recognise schema.org's terms only with https.
_HTTPS = "https://schema.org/"
_DATATYPE = f'"^^<{SCHEMA.base}'


def with_https(graph: Graph) -> Graph:
    """Return the graph with `https://schema.org/` in every IRI and datatype of schema.org; texts are unchanged."""
    return Graph(
        _iri(graph.iri),
        [
            Node(
                _iri(node.subject),
                {
                    _iri(predicate): [_term(term) for term in objects]
                    for predicate, objects in node.properties.items()
                },
            )
            for node in graph.nodes
        ],
        graph.text,
    )


def prefixes_with_https(prefixes: Mapping[str, str]) -> dict[str, str]:
    """Return the prefixes that fit what `with_https` returns."""
    return {prefix: _https(namespace) for prefix, namespace in prefixes.items()}


def _https(text: str) -> str:
    return _HTTPS + text[len(SCHEMA.base) :] if text.startswith(SCHEMA.base) else text


def _iri(iri: Iri) -> Iri:
    return Iri(f"<{_https(iri[1:])}")


def _term(term: Term) -> Term:
    if term[0] == "<":
        return Iri(f"<{_https(term[1:])}")
    close = term.rindex('"')
    if term.startswith(_DATATYPE, close):
        return Literal(f"{term[: close + 4]}{_https(term[close + 4 :])}")
    return Literal(term)
