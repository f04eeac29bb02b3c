"""JSON-LD that people like to read who never heard of RDF."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from pyld import jsonld

from kg.formats.jsonld import context, keys
from kg.rdf.terms import Graph, Node, iri, literal_value, plain, text, typed
from kg.rdf.vocab import KG, NAMESPACES, RDF, SCHEMA
from support.reading import document, meant, read_by_oxigraph, read_by_pyld
from support.sample_graph import ARTICLE, BASE, FIRST, sample, sample_prefixes

# What these vocabularies name that is neither a class nor a property.
_VALUES = {"oa:linking", "oa:describing", "spdx:checksumAlgorithm_sha256"}


def nodes_of(*nodes: Node) -> list:
    """Return the nodes at the top of a document of these nodes."""
    return json.loads(document("jsonld", [Graph(iri(f"{BASE}g"), list(nodes))]))["@graph"]


def test_the_sample_has_no_expanded_value():
    """Every value of our vocabulary has a key that says its language and datatype."""
    body = json.dumps(json.loads(document("jsonld", sample()))["@graph"])

    assert [
        noise for noise in ("@value", "@type", "@id", "@language", "@none", "http://schema.org/") if noise in body
    ] == []


def test_every_property_of_the_vocabulary_has_a_key():
    """Add a new property to the lists of `kg.formats.jsonld`: which kind of value it has."""
    named = {
        f"{prefix}:{name}"
        for prefix, namespace in NAMESPACES.items()
        if prefix not in ("acts", "forms", "bases", "qualifiers", "verdicts", "xsd")
        for name in namespace.names
        if name[0].islower()
    }

    assert named - _VALUES - {"rdf:type"} == {key.iri for key in keys(sample_prefixes())}


def test_every_class_of_the_vocabulary_has_a_short_name_or_a_prefix():
    for prefix, namespace in NAMESPACES.items():
        for name in namespace.names:
            if name[0].isupper():
                (node,) = nodes_of(Node(FIRST, {RDF.type: [namespace[name]]}))
                assert node["type"] in (name, f"{prefix}:{name}")


def test_a_key_means_one_thing():
    """No name is a key twice, or a class and a key, or a prefix."""
    names = [key.name for key in keys(sample_prefixes())]

    assert len(names) == len(set(names))
    assert len(context(sample_prefixes())) == len({*names, *sample_prefixes(), "@version", "id", "type"}) + sum(
        name[0].isupper() for name in context(sample_prefixes())
    )


def test_the_context_alone_lets_others_compact_to_our_names():
    """PyLD, given `context.jsonld`, finds short names for the sample's triples."""
    expanded = jsonld.expand(json.loads(document("jsonld", sample())))
    compacted = jsonld.compact(expanded, {"@context": context(sample_prefixes())})

    (stoltenberg,) = [node for node in compacted["@graph"] if node["id"] == f"{BASE}entity/stoltenberg"]
    assert stoltenberg == {
        "id": f"{BASE}entity/stoltenberg",
        "type": "Person",
        "name": {"@none": "Jens Stoltenberg"},
        "alternateName": {"@none": ["Stoltenberg", "de NAVO-baas"]},
        "memberOf": [
            {
                "id": f"{BASE}entity/stoltenberg#role-secretary-general",
                "type": "OrganizationRole",
                "roleName": {"nl": "secretaris-generaal van de NAVO"},
                "startDate": "2014-10-01",
                "endDateYear": "2024",
                "memberOf": [f"{BASE}entity/nato"],
            }
        ],
        "sameAs": ["http://dbpedia.org/resource/Jens_Stoltenberg"],
    }


@pytest.mark.parametrize(
    ("predicate", "terms", "members"),
    [
        (SCHEMA.name, [plain("Jens")], {"name": "Jens"}),
        (SCHEMA.name, [plain("a"), plain("b")], {"name": ["a", "b"]}),
        (SCHEMA.name, [text("a", "nl"), text("b", "en")], {"name": {"nl": "a", "en": "b"}}),
        (SCHEMA.name, [text("a", "nl"), text("b", "nl")], {"name": {"nl": ["a", "b"]}}),
        (SCHEMA.name, [text("a", "nl"), plain("b")], {"name": {"@none": "b", "nl": "a"}}),
        (SCHEMA.name, [iri(BASE)], {"http://schema.org/name": {"id": BASE}}),
        (SCHEMA.author, [iri(f"{BASE}e")], {"author": ["e"]}),
        (SCHEMA.author, [plain("Jan")], {"http://schema.org/author": "Jan"}),
        (SCHEMA.publisher, [iri(f"{BASE}e")], {"publisher": "e"}),
        (SCHEMA.publisher, [iri(f"{BASE}e"), iri(f"{BASE}f")], {"publisher": ["e", "f"]}),
        (SCHEMA.url, [iri("schema:x")], {"url": {"@context": None, "@id": "schema:x"}}),
        (
            SCHEMA.position,
            [typed("12", "urn:x")],
            {"http://schema.org/position": {"@value": "12", "@type": "urn:x"}},
        ),
        (SCHEMA.position, [typed("12", "http://www.w3.org/2001/XMLSchema#integer")], {"position": 12}),
        (
            SCHEMA.position,
            [typed("012", "http://www.w3.org/2001/XMLSchema#integer")],
            {"position": "012"},
        ),
        (
            SCHEMA.dateCreated,
            [typed("2020", "http://www.w3.org/2001/XMLSchema#gYear")],
            {"dateCreatedYear": "2020"},
        ),
        (KG.act, [iri("https://w3id.org/kg-claims/acts#denies")], {"act": "acts:denies"}),
        (KG.act, [iri(f"{BASE}claims")], {"act": f"{BASE}claims"}),
        (KG.inferred, [SCHEMA.author], {"inferred": ["schema:author"]}),
        (
            iri("https://x.example/p"),
            [text("a", "nl")],
            {"https://x.example/p": {"@value": "a", "@language": "nl"}},
        ),
        (iri("https://x.example/p"), [plain("a")], {"https://x.example/p": "a"}),
        (RDF.type, [SCHEMA.Claim], {"type": "Claim"}),
        (RDF.type, [SCHEMA.Claim, iri("urn:x")], {"type": ["Claim", "urn:x"]}),
        (RDF.type, [plain("x")], {f"{RDF.base}type": "x"}),
    ],
)
def test_each_kind_of_value_has_its_own_form(predicate, terms, members):
    (node,) = nodes_of(Node(iri(f"{BASE}x"), {predicate: terms}))

    assert node == {"id": "x", **members}


def test_an_iri_whose_scheme_is_a_name_of_the_context_is_written_without_it():
    """`text` is a key of ours, so readers could take `text:x` for a compact IRI."""
    node = Node(iri("text:x"), {SCHEMA.name: [text("a", "nl")], RDF.type: [SCHEMA.Claim]})

    assert nodes_of(node) == [
        {
            "@context": None,
            "@id": "text:x",
            "http://schema.org/name": [{"@value": "a", "@language": "nl"}],
            str(RDF.type[1:-1]): [{"@id": "http://schema.org/Claim"}],
        }
    ]


def test_an_iri_that_would_be_a_keyword_relative_to_the_base_is_written_in_full():
    """`"id": "id"` would be the keyword `@id`, of which the alias is `id`."""
    graph = Graph(iri(f"{BASE}g"), [Node(iri(f"{BASE}a"), {SCHEMA.about: [iri(f"{BASE}id"), iri(f"{BASE}type")]})])

    assert read_by_oxigraph("jsonld", document("jsonld", [graph])) == meant([graph], named=False)


def test_nodes_in_a_circle_are_each_written_once():
    one, two = iri(f"{BASE}x#one"), iri(f"{BASE}x#two")
    circle = [Node(one, {SCHEMA.hasPart: [two]}), Node(two, {SCHEMA.hasPart: [one]})]

    assert nodes_of(*circle) == [{"id": "x#two", "hasPart": [{"id": "x#one", "hasPart": ["x#two"]}]}]


def test_a_part_is_where_its_whole_first_names_it():
    """A speaker that only this claim has is nested in the claim; later mentions are its IRI."""
    speaker, quotation = iri(f"{FIRST[1:-1]}#speaker"), iri(f"{FIRST[1:-1]}#quotation-1")
    nodes = [
        Node(FIRST, {SCHEMA.author: [speaker], SCHEMA.hasPart: [quotation]}),
        Node(quotation, {SCHEMA.spokenByCharacter: [speaker]}),
        Node(speaker, {SCHEMA.description: [text("een diplomaat", "nl")]}),
    ]

    assert nodes_of(*nodes) == [
        {
            "id": "claim/nuclear/c01",
            "author": [{"id": "claim/nuclear/c01#speaker", "description": {"nl": "een diplomaat"}}],
            "hasPart": [
                {"id": "claim/nuclear/c01#quotation-1", "spokenByCharacter": ["claim/nuclear/c01#speaker"]}
            ],
        }
    ]


def test_a_claim_in_two_articles_is_in_the_first_and_names_the_second():
    other = iri(f"{BASE}article/other")
    nodes = [
        Node(ARTICLE, {RDF.type: [SCHEMA.NewsArticle]}),
        Node(other, {RDF.type: [SCHEMA.NewsArticle]}),
        Node(FIRST, {SCHEMA.appearance: [ARTICLE, other]}),
    ]

    assert nodes_of(*nodes) == [
        {
            "id": "article/nuclear",
            "type": "NewsArticle",
            "claims": [{"id": "claim/nuclear/c01", "appearance": "article/other"}],
        },
        {"id": "article/other", "type": "NewsArticle"},
    ]


def test_a_claim_of_an_article_elsewhere_names_it():
    assert nodes_of(Node(FIRST, {SCHEMA.appearance: [ARTICLE]})) == [
        {"id": "claim/nuclear/c01", "appearance": "article/nuclear"}
    ]


def test_ten_thousand_nodes_inside_each_other_are_written():
    """Depth is bounded, so no reader and no writer runs out of stack."""
    parts = [iri(f"{BASE}x#p{n}") for n in range(10_000)]
    graph = Graph(
        iri(f"{BASE}g"),
        [Node(one, {SCHEMA.hasPart: [two]}) for one, two in pairwise(parts)],
    )

    written = document("jsonld", [graph])
    assert read_by_oxigraph("jsonld", written) == meant([graph], named=False)


def test_a_subject_that_comes_twice_keeps_all_its_triples():
    graph = Graph(
        iri(f"{BASE}g"), [Node(FIRST, {SCHEMA.name: [plain("a")]}), Node(FIRST, {SCHEMA.name: [plain("b")]})]
    )

    assert read_by_pyld(document("jsonld", [graph])) == meant([graph], named=False)


def test_literals_of_n_triples_with_escapes_that_json_lacks_are_written():
    graph = Graph(iri(f"{BASE}g"), [Node(FIRST, {SCHEMA.text: ['"it\\\'s \\U0001F600 \\u0041"']})])

    assert json.loads(document("jsonld", [graph]))["@graph"][0]["text"] == "it's 😀 A"
    assert literal_value('"it\\\'s"').lexical == "it's"
