"""The ontology defines exactly what `kg` writes, in two languages, and says nothing else."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterator
from typing import get_args

import pyoxigraph
import pytest
from rdflib import OWL, PROV, RDF, RDFS, SKOS, Graph, Literal, URIRef
from rdflib import Namespace as Prefix
from rdflib.namespace import DCTERMS

from kg.annotations.classes import Act, Form
from kg.findings.results import OURS, SHAPES
from kg.mappers.article import NORMALISATION
from kg.rdf.terms import EDTF
from kg.rdf.vocab import ACTS, BASES, FORMS, KG, NAMESPACES, PREFIXES, QUALIFIERS, SCHEMA, VERDICTS, XSD, Namespace
from support import ROOT, SHARED
from support.schema_org import SCHEMA_ORG
from support.shared_data import needs_shared

FILE = ROOT / "ontology" / "kg.ttl"
SCHEMA_ORG_TERM = Prefix(SCHEMA.base)
ONTOLOGY = URIRef("https://w3id.org/kg-claims")
SCHEMES = {"acts": ACTS, "forms": FORMS, "bases": BASES, "qualifiers": QUALIFIERS, "verdicts": VERDICTS}
TEXTS = (RDFS.label, RDFS.comment, SKOS.definition, SKOS.scopeNote, DCTERMS.title, DCTERMS.description)

# Defined for those who reason over the graph; `kg` writes each relation in one direction.
INVERSES = {"answeredBy", "reportedBy", "repeatedBy", "retractedBy"}

VERSION = URIRef("https://w3id.org/kg-claims/2")

# The terms that ours are aligned to. Add one only after looking it up: in the vocabulary's own file, or (GRaSP,
# CIDOC CRM) in data that others publish with it.
ALIGNED = {
    "http://purl.org/spar/cito/": {
        "agreesWith", "cites", "confirms", "critiques", "disagreesWith", "disputes", "hasReplyFrom",
        "includesQuotationFrom", "isRetractedBy", "qualifies", "repliesTo", "retracts", "supports",
    },
    "http://www.w3.org/ns/prov#": {
        "actedOnBehalfOf", "alternateOf", "hadRole", "invalidatedAtTime", "wasQuotedFrom",
    },
    "http://groundedannotationframework.org/grasp#": {"hasAttribution"},
    "http://www.cidoc-crm.org/cidoc-crm/": {"P82a_begin_of_the_begin", "P82b_end_of_the_end"},
    "http://purl.org/dc/terms/": {"relation"},
    "http://schema.org/": {"recipient"},
}  # fmt: skip

SCHEMA_ORG_CLASSES = [
    "Claim",
    "ClaimReview",
    "Event",
    "NewsArticle",
    "Organization",
    "OrganizationRole",
    "Person",
    "Quotation",
    "Rating",
    "Thing",
]

# Classes and datatypes of others that our properties stand on or point to.
FOREIGN = {
    *(SCHEMA_ORG_TERM[name] for name in SCHEMA_ORG_CLASSES),
    *(URIRef(XSD.base + name) for name in ["date", "dateTime", "gYear", "gYearMonth", "string"]),
    SKOS.Concept,
    RDF.langString,
    URIRef("http://www.w3.org/ns/oa#Annotation"),
    URIRef("http://www.w3.org/ns/oa#ResourceSelection"),
    URIRef(EDTF),
}


@pytest.fixture(scope="module")
def ontology() -> Graph:
    return Graph().parse(FILE)


KINDS = [OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty, RDFS.Datatype]


def of_kinds(graph: Graph, *, ours: bool) -> set[str]:
    """Return the classes, properties and datatypes that the file defines, or declares as others'."""
    found = {str(subject) for kind in KINDS for subject in graph.subjects(RDF.type, kind)}
    return {each for each in found if each.startswith(str(ONTOLOGY)) == ours}


def alignments(graph: Graph) -> Iterator[str]:
    """Yield what our terms are aligned to."""
    for predicate in (SKOS.closeMatch, SKOS.relatedMatch):
        yield from map(str, graph.objects(None, predicate))


def test_the_classes_and_properties_are_those_that_kg_writes_and_the_inverses(ontology: Graph) -> None:
    assert of_kinds(ontology, ours=True) == {KG.base + name for name in (*KG.names, *INVERSES)}


def test_each_of_them_has_texts(ontology: Graph) -> None:
    terms = {URIRef(each) for each in of_kinds(ontology, ours=True)}

    assert {
        (each, text) for each in terms for text in (RDFS.label, RDFS.comment) if (each, text, None) not in ontology
    } == set()


def test_the_version_has_an_iri_of_its_own(ontology: Graph) -> None:
    assert list(ontology.objects(ONTOLOGY, OWL.versionIRI)) == [VERSION]
    assert list(ontology.objects(ONTOLOGY, OWL.versionInfo)) == [Literal(str(VERSION).rpartition("/")[2])]


def test_a_term_of_others_is_declared_exactly_if_it_is_used(ontology: Graph) -> None:
    """OWL 2 DL asks for it; https://www.w3.org/TR/owl2-syntax/#Typing_Constraints_of_OWL_2_DL."""
    builtin = (OWL, RDF, RDFS, URIRef(XSD.base))
    declared = of_kinds(ontology, ours=False)
    used = {str(predicate) for predicate in ontology.predicates()}
    for predicate in (RDF.type, RDFS.subClassOf, RDFS.domain, RDFS.range):
        used |= {str(term) for term in ontology.objects(None, predicate)}
    used |= {EDTF} & {str(term) for term in ontology.objects(None, SCHEMA_ORG_TERM.rangeIncludes)}

    assert declared == {each for each in used if not each.startswith((str(ONTOLOGY), *map(str, builtin)))}


def test_a_range_is_a_datatype_that_reasoners_know(ontology: Graph) -> None:
    """Others are in `schema:rangeIncludes`; https://www.w3.org/TR/owl2-syntax/#Datatype_Maps."""
    ranges = {
        str(term).removeprefix(XSD.base)
        for each in ontology.subjects(RDF.type, OWL.DatatypeProperty)
        for term in ontology.objects(each, RDFS.range)
    }

    assert ranges <= {"string", "integer", "nonNegativeInteger", "dateTime", "decimal", "boolean", "anyURI"}


@pytest.mark.parametrize("name", SCHEMES)
def test_a_scheme_has_the_concepts_that_kg_writes_in_the_same_order(ontology: Graph, name: str) -> None:
    terms: Namespace = SCHEMES[name]
    scheme = URIRef(f"{ONTOLOGY}/{name}")
    held = {str(concept).removeprefix(terms.base) for concept in ontology.subjects(SKOS.inScheme, scheme)}
    written = re.findall(rf"^{name}:(\w+) a skos:Concept ;$", FILE.read_text(encoding="utf-8"), re.MULTILINE)

    assert terms.base == f"{scheme}#"
    assert held == set(terms.names)
    assert tuple(written) == terms.names


def test_there_are_no_other_concepts(ontology: Graph) -> None:
    defined = {str(concept) for concept in ontology.subjects(RDF.type, SKOS.Concept)}

    assert defined == {f"{terms.base}{name}" for terms in SCHEMES.values() for name in terms.names}


def test_annotators_may_write_every_act_and_form_of_the_ontology_and_no_other() -> None:
    assert (get_args(Act), get_args(Form)) == (ACTS.names, FORMS.names)


def test_every_text_is_there_in_english_and_dutch(ontology: Graph) -> None:
    """Whatever the shapes ask: no text of a term lacks either language."""
    texts = [(subject, predicate) for predicate in TEXTS for subject in set(ontology.subjects(predicate))]
    lacking = {
        (subject, predicate)
        for subject, predicate in texts
        if Counter(text.language for text in ontology.objects(subject, predicate)) != {"en": 1, "nl": 1}
    }

    assert lacking == set()


def test_a_cue_may_be_under_two_acts(ontology: Graph) -> None:
    denying = set(ontology.subjects(SKOS.altLabel, Literal("weerlegt", lang="nl")))

    assert denying == {URIRef(ACTS[name][1:-1]) for name in ("rejects", "denies")}


def test_no_term_is_of_schema_org_by_https() -> None:
    assert "https://schema.org" not in FILE.read_text(encoding="utf-8")


def test_rdflib_and_pyoxigraph_read_the_same_triples(ontology: Graph) -> None:
    triples = list(pyoxigraph.parse(path=FILE, format=pyoxigraph.RdfFormat.TURTLE))
    read = {" ".join(term.n3() for term in triple) for triple in ontology}

    assert {f"{each.subject} {each.predicate} {each.object}" for each in triples} == read


def test_nothing_is_said_twice_and_no_node_is_blank() -> None:
    triples = list(pyoxigraph.parse(path=FILE, format=pyoxigraph.RdfFormat.TURTLE))

    assert [triple for triple, count in Counter(triples).items() if count > 1] == []
    assert [triple for triple in triples if "BlankNode" in f"{triple.subject!r}{triple.object!r}"] == []


def test_every_prefix_that_kg_writes_too_is_the_same() -> None:
    declared = dict(re.findall(r"^@prefix (\w+): <(.*)> \.$", FILE.read_text(encoding="utf-8"), re.MULTILINE))

    assert {prefix: base for prefix, base in declared.items() if prefix in NAMESPACES} == {
        prefix: base for prefix, base in PREFIXES.items() if prefix in declared
    }


def test_what_terms_are_aligned_to_is_listed(ontology: Graph) -> None:
    assert set(alignments(ontology)) == {base + name for base, terms in ALIGNED.items() for name in terms}


@pytest.mark.parametrize("vocabulary", [PROV, DCTERMS], ids=["prov", "dcterms"])
def test_what_is_aligned_to_a_vocabulary_exists_there(vocabulary: Container[str]) -> None:
    assert {name for name in ALIGNED[str(vocabulary)] if name not in vocabulary} == set()


@needs_shared(SCHEMA_ORG)
def test_what_the_ontology_takes_from_schema_org_exists_there(ontology: Graph) -> None:
    defined = set(Graph().parse(SHARED / SCHEMA_ORG).subjects())
    used = {term for triple in ontology for term in triple if str(term).startswith(SCHEMA.base)}

    assert used - defined == set()


def test_a_property_has_values_of_one_kind(ontology: Graph) -> None:
    kinds = [OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty]
    counted = Counter(subject for kind in kinds for subject in set(ontology.subjects(RDF.type, kind)))

    assert {each for each, count in counted.items() if count > 1} == set()


def test_domains_and_ranges_are_defined_here_or_listed(ontology: Graph) -> None:
    ends = (RDFS.domain, RDFS.range, SCHEMA_ORG_TERM.domainIncludes, SCHEMA_ORG_TERM.rangeIncludes, RDFS.subClassOf)
    used = {term for predicate in ends for term in ontology.objects(None, predicate)}

    assert used - set(ontology.subjects(RDF.type, OWL.Class)) - FOREIGN == set()


def test_values_of_object_properties_are_nodes_and_of_datatype_properties_literals(ontology: Graph) -> None:
    """A range is a datatype exactly where the property is a datatype property."""
    datatypes = {term for term in FOREIGN if str(term).startswith((XSD.base, EDTF))} | {RDF.langString}
    ranges = (RDFS.range, SCHEMA_ORG_TERM.rangeIncludes)
    wrong = {
        term
        for kind in (OWL.ObjectProperty, OWL.DatatypeProperty)
        for term in ontology.subjects(RDF.type, kind)
        for predicate in ranges
        for value in ontology.objects(term, predicate)
        if (value in datatypes) != (kind == OWL.DatatypeProperty)
    }

    assert wrong == set()


def test_an_inverse_turns_a_relation_round(ontology: Graph) -> None:
    turned = {str(inverse): str(relation) for inverse, relation in ontology.subject_objects(OWL.inverseOf)}
    relations = set(ontology.subjects(RDFS.subPropertyOf, URIRef(KG["relatesTo"][1:-1])))

    assert set(turned) == {KG.base + name for name in INVERSES}
    assert {relation for relation in turned.values() if URIRef(relation) not in relations} == set()


def test_the_file_is_laid_out_for_reading() -> None:
    """No tab, no trailing blank, one line end at the end."""
    text = FILE.read_text(encoding="utf-8")

    assert re.findall(r"\t|[ \r]+$", text, re.MULTILINE) == []
    assert text.endswith(" .\n")


def test_each_subject_is_written_once(ontology: Graph) -> None:
    text = FILE.read_text(encoding="utf-8")
    headed = Counter(re.findall(r"^(?![@#\s])(\S+)", text, re.MULTILINE))

    assert {subject for subject, count in headed.items() if count > 1} == set()
    assert len(headed) == len(set(ontology.subjects()))


def test_every_namespace_of_ours_is_redirected() -> None:
    """w3id.org asks the rules for the path below /kg-claims/, without the fragment."""
    rules = (ROOT / "ontology" / "w3id" / ".htaccess").read_text(encoding="utf-8")
    patterns = re.findall(r"^RewriteRule (\^.*\$) .*/ontology/kg\.ttl \[", rules, re.MULTILINE)
    paths = [str(VERSION).removeprefix(f"{ONTOLOGY}/")] + [
        terms.base.removeprefix(str(ONTOLOGY)).strip("#/")
        for terms in NAMESPACES.values()
        if terms.base.startswith(str(ONTOLOGY))
    ]

    assert len(paths) == 7
    assert [path for path in paths if not any(re.search(pattern, path) for pattern in patterns)] == []


def test_the_guideline_of_the_seed_leads_to_its_page() -> None:
    rules = (ROOT / "ontology" / "w3id" / ".htaccess").read_text(encoding="utf-8")
    patterns = re.findall(r"^RewriteRule (\^.*\$) .*/annotating\.html \[", rules, re.MULTILINE)
    (address,) = re.findall(
        r"^guidelines: .*<?(https://[^\"]+)", (ROOT / "seeds" / "corpus.yaml").read_text(), re.M
    )

    for path in (address.removeprefix(f"{ONTOLOGY}/"), NORMALISATION[1:-1].removeprefix(f"{ONTOLOGY}/")):
        assert [pattern for pattern in patterns if re.search(pattern, path)], path


def test_shapes_and_rules_lead_to_the_page_that_tells_of_them() -> None:
    rules = (ROOT / "ontology" / "w3id" / ".htaccess").read_text(encoding="utf-8")
    (pattern,) = re.findall(r"^RewriteRule (\^.*\$) .*/shapes\.html \[", rules, re.MULTILINE)
    ours = [each.removeprefix(f"{ONTOLOGY}/").rstrip("#") for each in (SHAPES, OURS)]

    assert ours == ["shapes", "rules"]
    assert [path for path in ours if not re.search(pattern, path)] == []
