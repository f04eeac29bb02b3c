"""What the model becomes in the graph: an article's nodes in order, with as much of its words as is published."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from kg.annotations.classes import (
    AnnotationEntry,
    ArticleEntry,
    ClaimReview,
    ClaimsFile,
    Copyright,
    Date,
    OccasionEntry,
    Relations,
    ReviewEntry,
)
from kg.mappers.article import withdrawn_nodes
from kg.mappers.claim import claim_nodes
from kg.mappers.dataset import Tally, tally
from kg.mappers.graphs import article_graph, dataset_graph, entities_graph, in_dataset, text_graph, with_digest
from kg.mappers.nodes import Passages
from kg.meaning import read_index
from kg.model import Withdrawn
from kg.rdf.terms import Graph, Iri, Node, Term, date, edtf, integer, iri, plain, text
from kg.rdf.vocab import ACTS, BASES, DCTERMS, FORMS, KG, OA, QUALIFIERS, RDF, SCHEMA, SKOS, VOID
from support.meanings import (
    ARTICLE_IRI,
    CLAIM,
    CLAIM_IRI,
    FILE,
    TEXT,
    article,
    complaints,
    corpus,
    entity,
    file_with,
    index,
    meaning,
)

FULL = replace(
    file_with(
        words="Ze wil “meer geld” voor wegen",
        speaker_words="minister Berg",
        cue="wil",
        act="demands",
        gist={"en": "More money for roads."},
        said=Date("2020-02-?21", words="gisteren", why="It was a Friday."),
        at="talk",
        to="state",
        about=["roads"],
        translated="de",
        relations=Relations(answers="other/c07", supports="other/c08"),
        inferred=["act"],
        note={"en": "Or urges."},
    ),
    article=ArticleEntry(published=Date("2020-02", words="gisteren"), headline="Geen plan"),
    annotation=AnnotationEntry(by="ann", on="2026-11-24", guideline="1"),
    occasions={"talk": OccasionEntry(name="Een gesprek", date=Date("2020-02", words="gisteren"))},
)
UNNAMED = replace(FULL, claims={"c01": replace(FULL.claims["c01"], speaker="unnamed")})
AT = TEXT.index("Ze wil")


TEXT_IRI = "<https://kg.example/text/one/1>"


def passage(start: int, end: int) -> Iri:
    """Return the IRI of a passage."""
    return Iri(f"<https://kg.example/text/one/1#char={start},{end}>")


def passage_of(words: str) -> Iri:
    """Return the IRI of the passage with the first occurrence of words."""
    return passage(TEXT.index(words), TEXT.index(words) + len(words))


def part(whole: str, fragment: str) -> Iri:
    """Return the IRI of a part."""
    return Iri(f"{whole[:-1]}#{fragment}>")


def nodes(mode: str, file: ClaimsFile = FULL) -> dict[Iri, dict[Iri, list[Term]]]:
    """Return the nodes of an article, without empty lists, by their subjects."""
    of = index(text=mode)
    graph = article_graph(article(file, of=of), of.dataset)
    return {node.subject: {term: values for term, values in node.properties.items() if values} for node in graph}


def test_a_claim_is_its_node_its_quotations_and_its_annotation() -> None:
    of = index()
    meant = article(FULL, of=of)
    found = [
        Node(node.subject, {term: values for term, values in node.properties.items() if values})
        for node in claim_nodes(meant.claims[0], meant, of.dataset, Passages(meant, words=True))
    ]
    assert found == [
        Node(
            Iri(CLAIM_IRI),
            {
                RDF.type: [SCHEMA.Claim],
                SCHEMA.author: [entity("berg")],
                SCHEMA.text: [text("Ze wil “meer geld” voor wegen", "nl"), text("More money for roads.", "en")],
                KG.words: [text("Ze wil “meer geld” voor wegen", "nl")],
                KG.wordsAt: [passage(AT, AT + 29)],
                SCHEMA.dateCreated: [date("2020-02")],
                KG.earliest: [date("2020-02-01")],
                KG.latest: [date("2020-02-29")],
                KG.probably: [date("2020-02-21")],
                KG.edtf: [edtf("2020-02-?21")],
                KG.dateWords: [text("gisteren", "nl")],
                KG.dateWordsAt: [passage_of("gisteren")],
                KG.dateWhy: [plain("It was a Friday.")],
                KG.dateBasis: [BASES.relative],
                KG.dateQualifier: [QUALIFIERS.uncertain],
                KG.act: [ACTS.demands],
                KG.form: [FORMS.partial],
                KG.cue: [text("wil", "nl")],
                KG.cueAt: [passage_of("wil")],
                KG.speakerWords: [text("minister Berg", "nl")],
                KG.speakerWordsAt: [passage_of("minister Berg")],
                KG.spokenAs: [part(entity("berg"), "role-minister")],
                KG.addressee: [entity("state")],
                SCHEMA.about: [entity("roads")],
                SCHEMA.recordedAt: [iri("https://kg.example/occasion/one/talk")],
                KG.answers: [iri("https://kg.example/claim/other/c07")],
                KG.supports: [iri("https://kg.example/claim/other/c08")],
                KG.originalLanguage: [plain("de")],
                KG.inferred: [KG.act],
                SKOS.editorialNote: [text("Or urges.", "en")],
                SCHEMA.appearance: [ARTICLE_IRI],
                SCHEMA.claimInterpreter: [iri("https://kg.example/annotator/ann")],
                SCHEMA.position: [integer(1)],
                SCHEMA.hasPart: [part(CLAIM_IRI, "quotation-1")],
            },
        ),
        Node(
            part(CLAIM_IRI, "quotation-1"),
            {
                RDF.type: [SCHEMA.Quotation],
                SCHEMA.text: [text("meer geld", "nl")],
                KG.wordsAt: [passage_of("meer geld")],
                SCHEMA.spokenByCharacter: [entity("berg")],
                SCHEMA.isPartOf: [ARTICLE_IRI],
            },
        ),
        Node(
            part(CLAIM_IRI, "annotation"),
            {
                RDF.type: [OA.Annotation],
                OA.motivatedBy: [OA.linking],
                OA.hasBody: [CLAIM_IRI],
                OA.hasTarget: [passage(AT, AT + 29)],
                DCTERMS.creator: [iri("https://kg.example/annotator/ann")],
                DCTERMS.date: [date("2026-11-24")],
                DCTERMS.conformsTo: [iri("https://kg.example/guideline/1")],
                DCTERMS.isPartOf: [iri("https://kg.example/dataset")],
            },
        ),
    ]


def test_the_annotation_has_one_target_the_shortest_passage_with_all_parts() -> None:
    found = nodes("quotes", file_with(words=["voor wegen", "Ze wil"]))
    start, middle = AT, TEXT.index("voor wegen")

    assert found[Iri(CLAIM_IRI)][KG.wordsAt] == [passage(start, start + 6), passage(middle, middle + 10)]
    assert found[part(CLAIM_IRI, "annotation")][OA.hasTarget] == [passage(start, middle + 10)]
    assert OA.exact not in found[passage(start, middle + 10)]


def test_what_has_the_same_characters_shares_a_passage_and_passages_are_in_text_order() -> None:
    found = nodes("quotes")
    passages = [(subject, each) for subject, each in found.items() if each.get(RDF.type) == [KG.Passage]]
    words = ("gisteren", "minister Berg", "Ze wil “meer geld” voor wegen", "wil", "meer geld")

    assert passages == [
        (
            passage_of(each),
            {
                RDF.type: [KG.Passage],
                OA.hasSource: [TEXT_IRI],
                OA.start: [integer(TEXT.index(each))],
                OA.end: [integer(TEXT.index(each) + len(each))],
                OA.exact: [plain(each)],
            },
        )
        for each in words
    ]


@pytest.mark.parametrize("file", [FULL, UNNAMED], ids=["named", "unnamed"])
def test_without_words_no_word_of_the_article_is_published(file: ClaimsFile) -> None:
    """What is left are the annotators' own words, and where in the article theirs can be found."""
    found = nodes("none", file)
    published = {
        (term, value)
        for properties in found.values()
        for term, values in properties.items()
        for value in values
        if value.startswith('"') and "^^" not in value
    }
    assert published == {
        (SCHEMA.identifier, plain("one")),
        (SCHEMA.encodingFormat, plain("text/plain")),
        (SCHEMA.inLanguage, plain("nl")),
        (SCHEMA.sha256, plain(sha256(TEXT.encode()).hexdigest())),
        (SCHEMA.text, text("More money for roads.", "en")),
        (SCHEMA.name, text("Een gesprek", "nl")),
        (KG.dateWhy, plain("It was a Friday.")),
        (KG.originalLanguage, plain("de")),
        (SKOS.editorialNote, text("Or urges.", "en")),
    }
    assert passage(AT, AT + 29) in found
    assert not any(OA.exact in each for each in found.values())


def test_the_words_of_a_review_s_date_are_published_with_the_others() -> None:
    reviews = [ClaimReview(url="https://x.example/1", published=Date("2020-02", words="gisteren"))]
    file = file_with(reviews=reviews, gist={"en": "They take no part."})
    review = part(CLAIM_IRI, "review-1")
    assert nodes("quotes", file)[review][KG.dateWords] == [text("gisteren", "nl")]
    assert KG.dateWords not in nodes("none", file)[review]


def test_only_the_words_are_left_out_without_them() -> None:
    quotes, none = nodes("quotes", UNNAMED), nodes("none", UNNAMED)
    lost = {
        (subject, term)
        for subject, properties in quotes.items()
        for term, values in properties.items()
        if none.get(subject, {}).get(term) != values
    }
    assert lost == {
        (ARTICLE_IRI, SCHEMA.headline),
        (ARTICLE_IRI, KG.dateWords),
        (CLAIM_IRI, SCHEMA.text),
        (CLAIM_IRI, KG.words),
        (CLAIM_IRI, KG.dateWords),
        (CLAIM_IRI, KG.cue),
        (CLAIM_IRI, KG.speakerWords),
        (part(CLAIM_IRI, "speaker"), SCHEMA.description),
        (part(CLAIM_IRI, "quotation-1"), SCHEMA.text),
        *(
            (passage_of(words), OA.exact)
            for words in ("gisteren", "minister Berg", "Ze wil “meer geld” voor wegen", "wil", "meer geld")
        ),
        ("<https://kg.example/occasion/one/talk>", KG.dateWords),
    }
    assert set(none) == set(quotes)


def test_the_whole_text_is_published_only_where_that_is_said() -> None:
    of = index(text="full", text_licence="https://paper.example/licence")
    graph = text_graph(article(FULL, of=of), of)
    assert graph
    assert graph.iri == iri("https://kg.example/graph/text/one")
    assert graph.nodes[0] == Node(Iri(ARTICLE_IRI), {SCHEMA.articleBody: [text(TEXT, "nl")]})
    assert text_graph(article(FULL), index()) is None


def test_a_graph_has_the_licence_of_what_is_in_it() -> None:
    """The text that of the article, all others that of the data set."""
    of = index(text="full")
    theirs = iri("https://paper.example/licence")
    entry = ArticleEntry(
        published="2020-02", licence="https://paper.example/licence", copyright=Copyright(notice="© De Krant")
    )
    meant = article(replace(FULL, article=entry), of=of)
    graph, claims = text_graph(meant, of), in_dataset(entities_graph(of), of.dataset, of.dataset.licence)
    assert graph
    assert [each.nodes[-1].properties[DCTERMS.license] for each in (graph, claims)] == [
        [theirs],
        [of.dataset.licence],
    ]
    assert {each.nodes[-1].properties[DCTERMS.isPartOf][0] for each in (graph, claims)} == {of.dataset.iri}
    (described, *_) = article_graph(meant, of.dataset)
    assert described.properties[SCHEMA.license] == [theirs]
    assert described.properties[SCHEMA.copyrightNotice] == [text("© De Krant", "nl")]


def test_a_text_without_a_licence_has_a_graph_without_one_and_a_warning() -> None:
    of = index(text="full")
    meant = meaning(FULL, of=of)
    assert meant.article
    graph = text_graph(meant.article, of)
    assert graph
    assert DCTERMS.license not in graph.nodes[-1].properties
    assert complaints(meant) == [
        "article/licence: warning: the full text is published without a licence: give `licence` in `article`, or "
        "`text_licence` in corpus.yaml, or publish less with `text: quotes` [text-without-licence]"
    ]


def test_an_article_mentions_each_of_whom_its_claims_name_once() -> None:
    claims = {
        "c01": replace(CLAIM, to="state", about=["roads", "berg"]),
        "c02": replace(CLAIM, speaker="unnamed", words="minder voor tunnels", about=["state", "town"]),
    }
    mentions = nodes("quotes", replace(FILE, claims=claims))[Iri(ARTICLE_IRI)][SCHEMA.mentions]
    assert mentions == [entity("berg"), entity("state"), entity("roads"), entity("town")]


@pytest.mark.parametrize("paper", [{"publisher": "paper"}, {"publisher": "paper", "author": "writer"}, {}])
def test_an_article_that_speaks_itself_does_not_mention_who_wrote_or_published_it(paper: dict[str, str]) -> None:
    """Unless a claim names them: the paper quotes itself, or writes about itself."""
    own = replace(CLAIM, speaker="article", words="De regering heeft geen haast", about="roads")
    file = replace(FILE, article=replace(FILE.article, **paper), claims={"c01": own})
    assert nodes("quotes", file)[Iri(ARTICLE_IRI)][SCHEMA.mentions] == [entity("roads")]

    named = replace(file, claims={"c01": replace(own, about=["roads", "paper", "writer"])})
    mentions = nodes("quotes", named)[Iri(ARTICLE_IRI)][SCHEMA.mentions]
    assert mentions == [entity("roads"), entity("paper"), entity("writer")]


def test_an_article_does_not_mention_what_is_only_inferred() -> None:
    """What is inferred is not in the article's words, but another claim may have it from these."""
    claims = {
        "c01": replace(CLAIM, to="state", about=["roads"], on_behalf_of="town", inferred=["to", "speaker", "for"]),
        "c02": replace(CLAIM, words="minder voor tunnels", speaker="unnamed", about="state"),
    }
    mentions = nodes("quotes", replace(FILE, claims=claims))[Iri(ARTICLE_IRI)][SCHEMA.mentions]
    assert mentions == [entity("roads"), entity("state")]


def test_a_time_is_an_instant_and_a_day_a_date() -> None:
    review = ReviewEntry(by="bob", on="2026-11-30T10:00:00Z")
    signed = AnnotationEntry(by="ann", on="2026-11-24T09:30:00Z", reviewed=review)
    properties = nodes("quotes", replace(FILE, annotation=signed))[part(CLAIM_IRI, "annotation")]
    instant = "^^<http://www.w3.org/2001/XMLSchema#dateTime>"
    assert (properties.get(DCTERMS.date), properties[DCTERMS.created]) == (
        None,
        [f'"2026-11-24T09:30:00Z"{instant}'],
    )
    assert properties[KG.reviewedOn] == [f'"2026-11-30T10:00:00Z"{instant}']


def test_whoever_else_found_a_claim_contributed_to_its_annotation() -> None:
    claims = {"c01": replace(CLAIM, contributors=["bob", "ann"])}
    properties = nodes("quotes", replace(FILE, claims=claims))[part(CLAIM_IRI, "annotation")]
    assert properties[DCTERMS.contributor] == [
        iri("https://kg.example/annotator/bob"),
        iri("https://kg.example/annotator/ann"),
    ]


def test_a_withdrawn_claim_is_a_tombstone() -> None:
    gone = iri("https://kg.example/claim/one/c09")
    meant = replace(
        article(), withdrawn=(Withdrawn(gone, "2026-12-01", (text("Told twice.", "en"),), Iri(CLAIM_IRI)),)
    )
    assert list(withdrawn_nodes(meant)) == [
        Node(
            gone,
            {
                RDF.type: [KG.WithdrawnClaim],
                KG.withdrawnFrom: [ARTICLE_IRI],
                KG.withdrawnOn: [date("2026-12-01")],
                KG.withdrawnBecause: [text("Told twice.", "en")],
                DCTERMS.isReplacedBy: [CLAIM_IRI],
            },
        )
    ]


def test_each_entity_has_its_class_and_its_base_classes() -> None:
    types = {node.subject: node.properties[RDF.type] for node in entities_graph(read_index(corpus())).nodes}
    assert {subject: types[subject] for subject in types if "#" not in subject} == {
        entity("berg"): [SCHEMA.Person],
        entity("state"): [SCHEMA.Country, SCHEMA.Organization],
        entity("paper"): [SCHEMA.NewsMediaOrganization, SCHEMA.Organization],
        entity("writer"): [SCHEMA.Person],
        entity("town"): [SCHEMA.Place],
        entity("fair"): [SCHEMA.Event],
        entity("roads"): [SKOS.Concept, SCHEMA.DefinedTerm],
        entity("topics"): [SKOS.ConceptScheme, SCHEMA.DefinedTermSet],
        "<https://kg.example/annotator/ann>": [SCHEMA.Person],
        "<https://kg.example/annotator/bob>": [SCHEMA.Person],
    }


def test_a_role_is_between_a_person_and_an_organisation() -> None:
    found = {node.subject: node.properties for node in entities_graph(read_index(corpus())).nodes}
    role = part(entity("berg"), "role-minister")
    assert found[Iri(entity("berg"))][SCHEMA.memberOf] == [role, part(entity("berg"), "role-mayor")]
    assert found[role] == {
        RDF.type: [SCHEMA.OrganizationRole],
        SCHEMA.roleName: [text("minister", "nl")],
        SCHEMA.startDate: [date("2019")],
        SCHEMA.endDate: [date("2021-06")],
        KG.earliest: [date("2019-01-01")],
        KG.heldFrom: [date("2019-12-31")],
        KG.heldUntil: [date("2021-06-01")],
        KG.latest: [date("2021-06-30")],
        KG.edtf: [edtf("2019/2021-06")],
        SCHEMA.memberOf: [entity("state")],
    }


def test_the_digest_is_of_the_sorted_lines_of_the_graph() -> None:
    graph = Graph(
        iri("urn:g"), [Node(iri("urn:b"), {RDF.type: [iri("urn:c")]}), Node(iri("urn:a"), {RDF.type: []})]
    )
    line = f"<urn:b> {RDF.type} <urn:c> <urn:g> .\n"
    digest = sha256(line.encode()).hexdigest()
    assert with_digest(graph) == Graph(graph.iri, [*graph.nodes, Node(graph.iri, {KG.digest: [plain(digest)]})])
    reordered = Graph(graph.iri, [*reversed(graph.nodes), graph.nodes[0]])
    assert with_digest(reordered).nodes[-1] == with_digest(graph).nodes[-1]


NAMES = [iri(f"urn:{name}") for name in ("a", "a-b", "a.b", "a/b", "a#b", "aa")]
VALUES = [
    *NAMES,
    *(text(words, tag) for words in ("a", "a b", "é", "😀") for tag in ("nl", "nl-be")),
    *(plain(words) for words in ("", "a", 'a"', "a\n", "\uffee", "😀")),
    *(date("2020"), date("2020-02"), integer(1), integer(12)),
]
PROPERTIES = st.dictionaries(st.sampled_from(NAMES), st.lists(st.sampled_from(VALUES), max_size=4), max_size=4)


@given(st.lists(st.builds(Node, st.sampled_from(NAMES), PROPERTIES), max_size=6))
def test_lines_sorted_subject_by_subject_are_sorted(nodes: list[Node]) -> None:
    """One name may begin another, as may one literal."""
    graph = Graph(iri("urn:g"), nodes)
    lines = {
        f"{subject} {predicate} {term} {graph.iri} .\n"
        for subject, properties in nodes
        for predicate, terms in properties.items()
        for term in terms
    }
    digest = sha256("".join(sorted(lines)).encode()).hexdigest()

    assert with_digest(graph).nodes[-1] == Node(graph.iri, {KG.digest: [plain(digest)]})


def test_no_node_has_a_property_without_a_value() -> None:
    of = index()
    found = [
        *(node for file in (FILE, FULL) for node in article_graph(article(file, of=of), of.dataset)),
        *entities_graph(of).nodes,
        *dataset_graph(of, Tally()).nodes,
    ]
    assert [node for node in found if not all(node.properties.values())] == []


def test_a_triple_that_comes_twice_is_one_line_of_the_digest() -> None:
    once = Graph(iri("urn:g"), [Node(iri("urn:a"), {RDF.type: [iri("urn:b"), iri("urn:c")]})])
    twice = Graph(
        once.iri,
        [
            Node(iri("urn:a"), {RDF.type: [iri("urn:c"), iri("urn:c")]}),
            Node(iri("urn:a"), {RDF.type: [iri("urn:b"), iri("urn:c")]}),
        ],
    )
    assert with_digest(twice).nodes[-1] == with_digest(once).nodes[-1]


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("nl", [iri("http://id.loc.gov/vocabulary/iso639-1/nl")]),
        ("fr-BE", [iri("http://id.loc.gov/vocabulary/iso639-1/fr")]),
        ("nds-NL", [iri("http://id.loc.gov/vocabulary/iso639-2/nds")]),
        ("x-own", []),
    ],
)
def test_the_language_of_the_data_set_is_one_of_the_library_of_congress(tag: str, expected: list[Term]) -> None:
    of = index()
    about = dataset_graph(replace(of, dataset=replace(of.dataset, language=tag)), Tally())
    properties = about.nodes[0].properties
    assert (properties[SCHEMA.inLanguage], properties.get(DCTERMS.language, [])) == ([plain(tag)], expected)


def test_the_data_set_counts_the_other_graphs() -> None:
    of = index()
    graphs = [Graph(iri("urn:g"), article_graph(article(FULL, of=of), of.dataset)), entities_graph(of)]
    total = sum((tally(graph, "2026-11-24T10:00:00Z") for graph in graphs), Tally())
    about = dataset_graph(of, total)
    counted = sum(len(values) for graph in graphs for node in graph.nodes for values in node.properties.values())
    found = {node.subject: node.properties for node in about.nodes}
    dataset = Iri("<https://kg.example/dataset>")
    assert found[dataset][VOID.triples] == [integer(counted)]
    assert found[dataset][DCTERMS.modified] == [date("2026-11-24")]
    assert {
        found[Iri(str(each))][VOID["class"]][0]: found[Iri(str(each))][VOID.entities][0]
        for each in found[dataset][VOID.classPartition]
    } == {
        SCHEMA.NewsArticle: integer(1),
        SCHEMA.Claim: integer(1),
        SCHEMA.Quotation: integer(1),
        SCHEMA.Person: integer(4),
        SCHEMA.Organization: integer(2),
        SCHEMA.Event: integer(2),
    }
