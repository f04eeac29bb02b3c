"""Every term that `kg` writes exists, and is used as its vocabulary says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kg.mappers import article, claim, dataset, entity
from kg.rdf.terms import Iri, Node, is_iri, literal_value
from kg.rdf.vocab import DCAT, DCTERMS, FOAF, KG, NAMESPACES, OA, RDF, RDFS, SCHEMA, SPDX, VCARD, VOID
from support.mapped_corpora import CORPORA, corpus, described, emitted
from support.schema_org import SCHEMA_ORG, kinds, kinds_of_value, ontology, term, uses, vocabulary
from support.shared_data import needs_shared

needs_schema_org = needs_shared(SCHEMA_ORG)

# Where we use a property of schema.org on another class than it lists, each with the reason.
OTHER_DOMAINS = {
    ("OrganizationRole", "memberOf"): "the Role pattern: a role stands between, and repeats the property",
}
# Where a value is of another class than schema.org lists.
OTHER_RANGES = {
    ("memberOf", "OrganizationRole"): "the Role pattern: a role stands in the place of any value",
    ("firstAppearance", "URL"): "a page elsewhere, of which no more is known",
    ("workExample", "URL"): "a page elsewhere, of which no more is known",
    ("license", "LicenseDocument"): "as DCAT calls it",
    ("url", "Resource"): "an address",
    ("contentUrl", "Resource"): "an address",
    ("author", "UnnamedSource"): "who is not named may be one person or several, or an organisation",
    ("spokenByCharacter", "UnnamedSource"): "who is not named may be one person or several, or an organisation",
}
# Listed terms that no graph of claims has.
NOT_IN_GRAPHS = {
    "rdfs:subClassOf": "of the ontology",
    "dcat:hasVersion dcat:hasCurrentVersion dcat:previousVersion prov:Entity": "of releases",
    "rdf:Property": "of fields of one's own, which these corpora have not",
    "kg:OverruledReading kg:overruledBy oa:TextualBody oa:describing rdf:value": "of overruled readings",
    "kg:relatesTo": "what all relations have in common",
    "foaf:Agent foaf:name": "of those whom the description of a publication names, beside the graph",
    "schema:AnalysisNewsArticle schema:AskPublicNewsArticle schema:BackgroundNewsArticle "
    "schema:ReportageNewsArticle schema:ReviewNewsArticle": "other kinds of articles",
}
# Properties of the ontology that are never written.
NEVER_WRITTEN = {
    "overruledBy": "only with `--readings`",
    "relatesTo": "what all relations have in common",
    "answeredBy": "an inverse",
    "reportedBy": "an inverse",
    "repeatedBy": "an inverse",
    "retractedBy": "an inverse",
}
# By one of its classes, where the fields stand that a thing was made from.
FIELDS: Mapping[Iri, Mapping[Iri, object]] = {
    SCHEMA.NewsArticle: article.ARTICLE_FIELDS,
    SCHEMA.MediaObject: article.VERSION_FIELDS,
    SCHEMA.Claim: claim.CLAIM_FIELDS,
    SCHEMA.Quotation: claim.QUOTATION_FIELDS,
    SCHEMA.ClaimReview: claim.REVIEW_FIELDS,
    SCHEMA.Rating: claim.RATING_FIELDS,
    SCHEMA.Event: {**article.OCCASION_FIELDS, **entity.ENTITY_FIELDS},
    SCHEMA.OrganizationRole: entity.ROLE_FIELDS,
    SCHEMA.Person: entity.ENTITY_FIELDS,
    SCHEMA.Organization: entity.ENTITY_FIELDS,
    SCHEMA.Place: entity.ENTITY_FIELDS,
    SCHEMA.DefinedTerm: entity.ENTITY_FIELDS,
    SCHEMA.DefinedTermSet: entity.ENTITY_FIELDS,
    SCHEMA.Dataset: dataset.DATASET_FIELDS,
    SCHEMA.Grant: dataset.PART_FIELDS["grant"][1],
    SCHEMA.SoftwareApplication: entity.ANNOTATOR_FIELDS,
    DCTERMS.PeriodOfTime: dataset.PART_FIELDS["temporal"][1],
    DCTERMS.RightsStatement: dataset.PART_FIELDS["rights"][1],
    VCARD.Kind: dataset.PART_FIELDS["contact"][1],
    KG.Document: entity.ENTITY_FIELDS,
    KG.Newsroom: article.NEWSROOM_FIELDS,
    KG.UnnamedSource: article.SOURCE_FIELDS,
    KG.WithdrawnClaim: article.WITHDRAWN_FIELDS,
    OA.Annotation: claim.ANNOTATION_FIELDS,
    KG.Passage: article.PASSAGE_FIELDS,
}
# What is counted and listed for the description of the data set, from no field.
COUNTED = {VOID["class"], VOID.entities, SCHEMA.version, SCHEMA.url, RDF.type}
# What a named graph says of itself, and the full texts, which have a graph of their own.
OF_GRAPHS = {KG.digest, DCTERMS.isPartOf, DCTERMS.license, SCHEMA.articleBody, SCHEMA.text}
# All that is said of an IRI that a thing had before.
OF_FORMER_IRIS = {DCTERMS.isReplacedBy}


def local(each: str) -> str:
    return each[1:-1].replace("#", "/").rpartition("/")[2]


def terms_of(nodes: tuple[Node, ...]) -> Iterator[str]:
    """Yield every predicate, value and datatype."""
    for node in nodes:
        for predicate, values in node.properties.items():
            yield predicate
            for value in values:
                yield value if is_iri(value) else f"<{literal_value(value).datatype}>"


# schema.org


@needs_schema_org
def test_every_listed_term_of_schema_org_exists_and_is_not_superseded() -> None:
    known = vocabulary().by_predicate[RDF.type]

    assert [name for name in SCHEMA.names if SCHEMA[name] not in known] == []
    assert [name for name in SCHEMA.names if vocabulary().values(SCHEMA[name], term("supersededBy"))] == []


@needs_schema_org
def test_properties_are_on_classes_that_schema_org_gives_them() -> None:
    wrong = {
        (local(described()[node.subject][-1]), local(predicate))
        for node, predicate, _ in uses(emitted())
        if not vocabulary().allows(described()[node.subject], predicate)
    }

    assert wrong == set(OTHER_DOMAINS)


@needs_schema_org
def test_values_are_of_classes_that_schema_org_lists() -> None:
    known = described()
    wrong = {
        (local(predicate), local(kinds_of_value(value, known)[-1]))
        for _, predicate, value in uses(emitted())
        if not vocabulary().takes(predicate, kinds_of_value(value, known))
    }

    assert wrong == set(OTHER_RANGES)


# Our own terms, and everybody's


def test_every_property_of_the_ontology_is_written_by_a_corpus() -> None:
    properties = {
        subject
        for kind in ("ObjectProperty", "DatatypeProperty")
        for subject, values in ontology().by_predicate[RDF.type].items()
        if f"<http://www.w3.org/2002/07/owl#{kind}>" in values and subject.startswith("<" + KG.base)
    }
    written = {predicate for node in emitted() for predicate, values in node.properties.items() if values}

    assert {local(each) for each in properties - written} == set(NEVER_WRITTEN)


def test_every_term_of_ours_that_is_written_is_defined_in_the_ontology() -> None:
    ours = tuple("<" + space.base for prefix, space in NAMESPACES.items() if space.base.startswith(KG.base[:-1]))
    written = {each for each in terms_of(emitted()) if each.startswith(ours)} - {f"<{KG.base}>"}

    assert {each for each in written if each not in ontology().by_predicate[RDF.type]} == set()


def test_every_listed_term_is_written_by_a_corpus() -> None:
    found = set(terms_of(emitted()))
    missing = {
        f"{prefix}:{name}"
        for prefix, space in NAMESPACES.items()
        for name in space.names
        if space[name] not in found
    }

    assert missing == {name for names in NOT_IN_GRAPHS for name in names.split()}


def test_no_term_is_written_that_is_not_listed() -> None:
    listed = {space[name] for space in NAMESPACES.values() for name in space.names}
    predicates = {predicate for node in emitted() for predicate in node.properties}
    classes = {each for node in emitted() for each in kinds(node)}

    assert (predicates | classes) - listed == set()


def test_every_predicate_leads_back_to_a_field() -> None:
    files = {DCAT.Distribution, SPDX.Checksum, DCTERMS.title}
    # What others describe, of which only the description of a publication gives the class.
    others = {FOAF.Document, RDFS.Resource, SPDX.ChecksumAlgorithm}
    others |= {
        DCTERMS.LicenseDocument,
        DCTERMS.LinguisticSystem,
        DCTERMS.Location,
        DCTERMS.MediaType,
        DCTERMS.Standard,
    }
    strays = {
        (local(kinds(node)[0]), local(predicate))
        for node in emitted()
        if kinds(node) and (files | others).isdisjoint(kinds(node)) and SCHEMA.CreativeWork not in kinds(node)
        for predicate, values in node.properties.items()
        if values and not any(predicate in FIELDS[Iri(kind)] for kind in kinds(node) if kind in FIELDS)
    }

    assert strays == {("Dataset", "distribution"), ("Dataset", "dataDump")}


def test_what_has_no_class_is_counted() -> None:
    unclassed = {predicate for node in emitted() if not kinds(node) for predicate in node.properties}

    assert unclassed <= COUNTED | OF_GRAPHS | OF_FORMER_IRIS


def test_there_are_no_blank_nodes() -> None:
    subjects = {node.subject for node in emitted()}

    assert {each for each in {*subjects, *terms_of(emitted())} if not each.startswith("<")} == set()


def test_nothing_is_written_in_the_other_namespace_of_schema_org() -> None:
    assert [each for each in terms_of(emitted()) if each.startswith("<https://schema.org/")] == []


def test_a_node_is_written_once() -> None:
    """Except the article, whose full text is in a graph of its own."""
    for each in map(corpus, CORPORA):
        graphs = [one for one in each.graphs if "/graph/text/" not in one.iri]
        subjects = [node.subject for one in graphs for node in one.nodes]
        assert sorted(subjects) == sorted(set(subjects))
