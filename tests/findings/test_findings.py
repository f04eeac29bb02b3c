"""A validation result is shown at what somebody wrote, and findings come in order, once, counted and weighed."""

from __future__ import annotations

import json
import re
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import RDF as RDFLIB_RDF
from rdflib import SH, Graph

from kg.corpus import CorpusDefinition, WrittenArticle, read_article, read_corpus, sources
from kg.corpus.reader import located
from kg.errors import SEVERITIES, Finding, Place, Spot
from kg.findings.results import (
    ABOUT,
    SHAPES,
    counted,
    fails,
    from_rdf_results,
    from_results,
    in_order,
    rule_iri,
    rule_of,
    rule_title,
)
from kg.findings.source_map import SourceMap
from kg.mappers.dataset import Tally
from kg.mappers.graphs import article_graph, dataset_graph, entities_graph
from kg.meaning import CorpusIndex, read_index, read_meaning
from kg.rdf.property_paths import predicates, read_property_path
from kg.rdf.terms import Iri, Node, Term, date, iri, part, plain, text
from kg.rdf.vocab import ACTS, DCTERMS, KG, OA, RDF, SCHEMA, SKOS
from kg.shacl import Result
from support import ROOT

CONFIG = """\
base: https://kg.example/
title: {nl: Een, en: One}
licence: https://creativecommons.org/licenses/by/4.0/
language: nl
annotators:
  ann: {name: Ann}
  ben: {name: Ben}
guidelines: {"1": https://example.org/guideline}
"""
ENTITIES = """\
anna:
  type: Person
  name: {nl: Anna, en: Anne}
  also: [Annie, Ans]
  roles:
    chair: {title: voorzitter, organization: council, from: 2019-01-01, to: 2021-01-01}
    clerk: {title: griffier}
council: {type: Organization, name: De Raad, same_as: [http://example.org/a, http://example.org/b]}
summit:
  type: Event
  name: De Top
  date: 2020-02-03
courant: {type: NewsMediaOrganization, name: De Courant}
"""
TEXT = """ date 2020-02-20 Anna zei vrijdag: “Het is klaar”, en “het was goed”. De Raad ontkende dat dinsdag.
Het regent. Een woordvoerder zweeg. De Courant bestaat. Iemand riep: ja.
"""
CLAIMS = """\
article:
  publisher: courant
  corrected: 2020-02-25
annotation: {by: ann, on: 2026-01-02, guideline: "1"}
occasions:
  talk:
    outlet: courant
    date: {edtf: 2020-02-14, words: vrijdag}
sources:
  spokesman: {words: Een woordvoerder}
claims:
  c01:
    speaker: anna
    words: [Het is klaar, het was goed]
    at: talk
    about: [council, summit]
    relations: {supports: c03}
    contributors: [ann, ben]
  c02:
    speaker: [council, anna]
    words: dat
    act: denies
    gist: {nl: Het is niet klaar., en: It is not done.}
    said: {edtf: 2020-02-18, words: dinsdag, why: reckoned}
  c03:
    speaker: article
    words: Het regent
  c04:
    speaker: spokesman
    words: zweeg
  c05:
    speaker: unnamed
    words: ja
    at: summit
  c06:
    speaker: anna
    words: bestaat
    said: 2020-02-19
withdrawn:
  c09: {on: 2026-01-03, why: Dubbel}
"""
FILES = {"corpus.yaml": CONFIG, "entities.yaml": ENTITIES, "a.txt": TEXT, "a.claims.yaml": CLAIMS}
ARTICLE = iri("https://kg.example/article/a")
MIN_COUNT = iri("http://www.w3.org/ns/shacl#MinCountConstraintComponent")
MESSAGE = "Do as the guideline says."


class Example(NamedTuple):
    """A corpus read and mapped, with what tells where its values come from."""

    folder: Path
    corpus: CorpusDefinition
    index: CorpusIndex
    article: WrittenArticle
    nodes: list[Node]
    source_map: SourceMap

    def has(self, subject: str, predicate: Iri) -> Term:
        """Return the one object."""
        (value,) = dict(self.nodes)[Iri(subject)][predicate]
        return value

    def findings(self, focus: str, path: str = "", value: str = "") -> list[Finding]:
        return located(from_results([result(focus, path, value)], self.nodes, self.source_map))

    def places(self, focus: str, path: str = "", value: str = "") -> list[str]:
        """Return the file of each finding with the rest of its line, so that one reads what is pointed at."""
        return [self.pointed_at(finding) for finding in self.findings(focus, path, value)]

    def pointed_at(self, finding: Finding) -> str:
        assert isinstance(finding.at, Place)
        line = Path(finding.at.file).read_text().split("\n")[finding.at.line - 1]
        return f"{Path(finding.at.file).name}: {line[finding.at.column - 1 :]}"


def result(focus: str, path: str, value: str = "") -> Result:
    return Result(Iri(focus), path, value, MESSAGE, "violation", MIN_COUNT, iri("https://kg.example/shape"))


def read_example(folder: Path, files: dict[str, str]) -> Example:
    for name, content in files.items():
        (folder / name).write_text(content)
    corpus = read_corpus(folder)
    index = read_index(corpus)
    article = read_article(next(sources(corpus)))
    meant, findings, _ = read_meaning(article, index)
    assert meant is not None
    assert not [finding for finding in findings if finding.severity == "violation"]
    assert article.annotations is not None
    source_map = SourceMap(
        base=index.iris.base,
        file=article.file,
        line=article.line,
        text_file=article.text_file,
        corpus=corpus,
        dated_in_text=not article.annotations.article.published,
    )
    nodes = [
        *article_graph(meant, index.dataset),
        *entities_graph(index).nodes,
        *dataset_graph(index, Tally()).nodes,
    ]
    return Example(folder, corpus, index, article, nodes, source_map)


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Example:
    return read_example(tmp_path_factory.mktemp("corpus"), FILES)


def claim(id: str, fragment: str = "") -> Iri:
    whole = iri(f"https://kg.example/claim/a/{id}")
    return part(whole, fragment) if fragment else whole


def entity(id: str, fragment: str = "") -> Iri:
    whole = iri(f"https://kg.example/entity/{id}")
    return part(whole, fragment) if fragment else whole


def test_a_value_points_to_the_field_it_was_written_in(example: Example) -> None:
    assert example.places(claim("c01"), SCHEMA.author, entity("anna")) == ["a.claims.yaml: anna"]


def test_one_of_several_values_points_to_its_item(example: Example) -> None:
    assert example.places(claim("c02"), SCHEMA.author, entity("anna")) == ["a.claims.yaml: anna]"]


def test_one_of_several_languages_points_to_its_text(example: Example) -> None:
    value = text("It is not done.", "en")
    assert example.places(claim("c02"), SCHEMA.text, value) == ["a.claims.yaml: It is not done.}"]


def test_a_missing_value_points_to_the_key_of_its_claim(example: Example) -> None:
    assert example.places(claim("c01"), SCHEMA.text) == ["a.claims.yaml: c01:"]


def test_a_wrong_count_of_values_points_to_the_key_of_their_field(example: Example) -> None:
    assert example.places(claim("c02"), SCHEMA.author) == ["a.claims.yaml: speaker: [council, anna]"]


def test_a_shape_of_the_claim_as_a_whole_points_to_its_key(example: Example) -> None:
    assert example.places(claim("c02"), "", claim("c02")) == ["a.claims.yaml: c02:"]


def test_a_relation_points_to_the_claim_it_names(example: Example) -> None:
    assert example.places(claim("c01"), KG.supports, claim("c03")) == ["a.claims.yaml: c03}"]


def test_a_property_that_nobody_writes_points_to_the_key_of_the_claim(example: Example) -> None:
    assert example.places(claim("c01"), "<https://example.org/stray>", plain("x")) == ["a.claims.yaml: c01:"]


def test_a_date_written_in_parts_points_to_the_part_it_was_read_from(example: Example) -> None:
    """The bounds are of the EDTF; the words and the reason stand for themselves."""
    found = [
        example.places(claim("c02"), predicate, example.has(claim("c02"), predicate))
        for predicate in (KG.earliest, SCHEMA.dateCreated, KG.dateWords, KG.dateWhy)
    ]

    assert found == [
        ["a.claims.yaml: 2020-02-18, words: dinsdag, why: reckoned}"],
        ["a.claims.yaml: 2020-02-18, words: dinsdag, why: reckoned}"],
        ["a.claims.yaml: dinsdag, why: reckoned}"],
        ["a.claims.yaml: reckoned}"],
    ]


def test_a_date_written_plain_points_to_itself(example: Example) -> None:
    assert example.places(claim("c06"), KG.latest, date("2020-02-19")) == ["a.claims.yaml: 2020-02-19"]


def test_a_date_of_an_occasion_points_to_the_occasion(example: Example) -> None:
    assert example.places(claim("c01"), KG.earliest, date("2020-02-14")) == [
        "a.claims.yaml: 2020-02-14, words: vrijdag}"
    ]


def test_a_date_of_an_event_points_to_the_entities(example: Example) -> None:
    assert example.places(claim("c05"), KG.latest, date("2020-02-03")) == ["entities.yaml: 2020-02-03"]


def test_a_date_that_only_publication_bounds_points_to_the_header_of_the_text(example: Example) -> None:
    assert example.places(claim("c04"), KG.latest, date("2020-02-20")) == [f"a.txt: {TEXT.splitlines()[0]}"]


def test_a_date_that_only_the_correction_bounds_points_to_it(tmp_path: Path) -> None:
    late = CLAIMS.replace("words: zweeg\n", "words: zweeg\n    said: corrected\n")
    example = read_example(tmp_path, {**FILES, "a.claims.yaml": late})

    assert example.places(claim("c04"), KG.latest, date("2020-02-25")) == ["a.claims.yaml: 2020-02-25"]


def test_a_date_of_the_article_itself_points_to_the_header_of_its_text(example: Example) -> None:
    """A claim in the paper's own voice has the article's date, here that of the text."""
    assert example.places(claim("c03"), KG.latest, date("2020-02-20")) == [f"a.txt: {TEXT.splitlines()[0]}"]
    assert example.places(ARTICLE, SCHEMA.datePublished, date("2020-02-20")) == [f"a.txt: {TEXT.splitlines()[0]}"]


def test_a_date_of_the_article_points_to_its_field_where_it_has_one(tmp_path: Path) -> None:
    dated = CLAIMS.replace("article:\n", "article:\n  published: 2020-02-21\n").replace(
        "  corrected: 2020-02-25\n", ""
    )
    example = read_example(tmp_path, {**FILES, "a.claims.yaml": dated})

    assert example.places(claim("c03"), KG.latest, date("2020-02-21")) == ["a.claims.yaml: 2020-02-21"]
    assert example.places(claim("c04"), KG.latest, date("2020-02-21")) == ["a.claims.yaml: 2020-02-21"]


def test_a_speaker_in_the_papers_own_voice_points_to_the_paper(example: Example) -> None:
    assert example.places(claim("c03"), SCHEMA.author, entity("courant")) == ["a.claims.yaml: courant"]


def test_an_inherited_language_points_to_the_corpus(example: Example) -> None:
    assert example.places(ARTICLE, SCHEMA.inLanguage, plain("nl")) == ["corpus.yaml: nl"]


def test_every_part_of_a_claim_points_to_the_words_it_came_from(example: Example) -> None:
    found = {
        fragment: example.places(claim("c01", fragment), predicate)
        for fragment, predicate in {
            "annotation": DCTERMS.conformsTo,
            "quotation-1": SCHEMA.text,
        }.items()
    }

    assert found == {
        "annotation": ['a.claims.yaml: guideline: "1"}'],
        "quotation-1": ["a.claims.yaml: words: [Het is klaar, het was goed]"],
    }


def test_a_passage_points_to_the_field_that_has_its_words(example: Example) -> None:
    found = {
        anchor: [
            example.places(passage, OA.start)
            for passage in dict(example.nodes)[Iri(claim("c01"))].get(KG[anchor], ())
        ]
        for anchor in ("wordsAt", "cueAt")
    }

    assert found == {"wordsAt": [["a.claims.yaml: words: [Het is klaar, het was goed]"]] * 2, "cueAt": []}


def test_an_unnamed_speaker_points_to_the_claim_that_has_it(example: Example) -> None:
    assert example.places(claim("c05", "speaker"), RDF.type) == ["a.claims.yaml: speaker: unnamed"]


def test_everything_else_that_has_an_iri_points_to_where_it_is(example: Example) -> None:
    base = "https://kg.example/"
    found = [
        *example.places(ARTICLE, SCHEMA.publisher, entity("courant")),
        *example.places(part(ARTICLE, "text"), SCHEMA.sha256),
        *example.places(iri(f"{base}occasion/a/talk"), KG.outlet, entity("courant")),
        *example.places(iri(f"{base}source/a/spokesman"), SCHEMA.description, text("Een woordvoerder", "nl")),
        *example.places(claim("c09"), KG.withdrawnBecause, text("Dubbel", "nl")),
        *example.places(entity("anna"), SCHEMA.alternateName, plain("Ans")),
        *example.places(entity("anna"), SCHEMA.memberOf, entity("anna", "role-clerk")),
        *example.places(entity("anna", "role-chair"), SCHEMA.startDate, date("2019-01-01")),
        *example.places(entity("summit"), SCHEMA.startDate, date("2020-02-03")),
        *example.places(claim("c01", "annotation"), DCTERMS.contributor, iri(f"{base}annotator/ben")),
        *example.places(iri(f"{base}annotator/ann"), SCHEMA.name, plain("Ann")),
        *example.places(iri(f"{base}guideline/1"), SCHEMA.url),
        *example.places(iri(f"{base}dataset"), DCTERMS.title, text("One", "en")),
    ]

    assert found == [
        "a.claims.yaml: courant",
        "a.claims.yaml: article:",
        "a.claims.yaml: courant",
        "a.claims.yaml: Een woordvoerder}",
        "a.claims.yaml: Dubbel}",
        "entities.yaml: Ans]",
        "entities.yaml: {title: griffier}",
        "entities.yaml: 2019-01-01, to: 2021-01-01}",
        "entities.yaml: 2020-02-03",
        "a.claims.yaml: ben]",
        "corpus.yaml: Ann}",
        'corpus.yaml: "1": https://example.org/guideline}',
        "corpus.yaml: One}",
    ]


def test_a_path_from_the_article_points_to_each_claim_that_has_the_value(example: Example) -> None:
    path = f"^{SCHEMA.appearance}/{KG.latest}"
    assert example.places(ARTICLE, path, date("2020-02-18")) == [
        "a.claims.yaml: 2020-02-18, words: dinsdag, why: reckoned}"
    ]


def test_a_date_that_many_claims_inherit_is_reported_once(tmp_path: Path) -> None:
    """Five claims of one occasion are one mistake."""
    more = "".join(
        f"  d{n}: {{speaker: anna, words: {words}, at: talk}}\n"
        for n, words in enumerate(("De Raad", "De Courant"))
    )
    example = read_example(
        tmp_path, {**FILES, "a.claims.yaml": CLAIMS.replace("withdrawn:\n", f"{more}withdrawn:\n")}
    )

    path = f"^{SCHEMA.appearance}/{KG.latest}"
    assert example.places(ARTICLE, path, date("2020-02-14")) == ["a.claims.yaml: 2020-02-14, words: vrijdag}"]


def test_a_shape_that_compares_dates_of_a_claim_points_to_where_they_were_inherited_from(example: Example) -> None:
    late = result(claim("c01"), "", claim("c01"))._replace(shape=iri(f"{SHAPES}claim-in-time"))

    found = located(from_results([late], example.nodes, example.source_map))

    assert [(example.pointed_at(each), each.detail, each.path, each.value) for each in found] == [
        ("a.claims.yaml: 2020-02-14, words: vrijdag}", "earliest day: 2020-02-14", "", claim("c01"))
    ]


def test_each_shape_of_a_whole_node_that_is_pointed_at_is_one_of_ours() -> None:
    shapes = Graph()
    for file in sorted((ROOT / "shapes").glob("*.ttl")):
        shapes.parse(file)
    whole = {
        str(shape).removeprefix(SHAPES)
        for shape in shapes.subjects(RDFLIB_RDF.type, SH.NodeShape)
        if (shape, SH.message, None) in shapes and (shape, SH.property, None) not in shapes
    }

    assert sorted(set(ABOUT) - whole) == []


def test_a_value_at_the_end_of_an_inverse_path_points_to_the_field_that_names_the_focus(example: Example) -> None:
    assert example.places(entity("council"), f"^{SCHEMA.about}", claim("c01")) == [
        "a.claims.yaml: council, summit]"
    ]


@pytest.mark.parametrize(
    "path",
    [
        f"{SCHEMA.hasPart}|{KG.supports}",
        f"{KG.supports}*",
        f"{KG.supports}+",
        f"({KG.supports}/^{KG.supports})?/{KG.supports}",
    ],
)
def test_a_path_of_any_kind_points_to_the_triple_it_ends_with(example: Example, path: str) -> None:
    assert example.places(claim("c01"), path, claim("c03")) == ["a.claims.yaml: c03}"]


def test_a_missing_value_at_the_end_of_an_inverse_path_points_to_the_key_of_the_focus(example: Example) -> None:
    assert example.places(ARTICLE, f"^{SCHEMA.appearance}/{KG.act}") == ["a.claims.yaml: article:"]


def test_a_path_that_cannot_be_read_still_has_the_place_of_its_focus(example: Example) -> None:
    assert example.places(claim("c02"), "!rdf:type", claim("c01")) == ["a.claims.yaml: c02:"]


def test_a_foreign_focus_points_to_what_names_it(example: Example) -> None:
    """Shapes of someone's own may look at any node of the graph."""
    assert example.places("<http://example.org/b>") == ["entities.yaml: http://example.org/b]}"]
    assert example.places("<http://example.org/nowhere>") == ["a.claims.yaml: article:"]


def test_a_claim_of_another_article_points_to_the_relation_that_names_it(example: Example) -> None:
    other = iri("https://kg.example/claim/b/c01")
    linked = [Node(s, {**p, KG.answers: [other]} if s == claim("c04") else p) for s, p in example.nodes]

    (finding,) = located(from_results([result(other, "")], linked, example.source_map))

    assert example.pointed_at(finding) == "a.claims.yaml: c04:"


def test_what_was_found_is_said_in_the_words_of_its_writer(example: Example) -> None:
    found = [
        finding.detail
        for focus, path, value in [
            (claim("c01"), SCHEMA.author, entity("anna")),
            (claim("c01"), KG.supports, claim("c03")),
            (claim("c02"), KG.act, ACTS.denies),
            (claim("c02"), SCHEMA.text, text("It is not done.", "en")),
            (claim("c02"), KG.earliest, date("2020-02-18")),
            (claim("c02"), SCHEMA.dateCreated, date("2020-02-18")),
            (entity("anna"), RDF.type, SCHEMA.Person),
            (entity("anna"), SCHEMA.memberOf, entity("anna", "role-chair")),
            (entity("council"), SCHEMA.sameAs, "<http://example.org/a>"),
            (entity("council"), SCHEMA.name, plain("De Raad")),
            (claim("c02"), SCHEMA.about, ""),
            (claim("c02"), "", claim("c02")),
        ]
        for finding in example.findings(focus, path, value)
    ]

    assert found == [
        "found: anna",
        "found: c03",
        "found: denies",
        "found: 'It is not done.' (en)",
        "earliest day: 2020-02-18",
        "found: 2020-02-18",
        "found: schema:Person",
        "found: anna#role-chair",
        "found: http://example.org/a",
        "found: 'De Raad'",
        "",
        "",
    ]


def test_a_result_becomes_a_finding_with_all_it_says(example: Example) -> None:
    assert from_results(
        [result(claim("c01"), SCHEMA.author, entity("anna"))], example.nodes, example.source_map
    ) == [
        Finding(
            severity="violation",
            message=MESSAGE,
            rule="shape",
            at=Spot(example.article.file, ("claims", "c01", "speaker")),
            detail="found: anna",
            focus=claim("c01"),
            path=SCHEMA.author,
            value=entity("anna"),
            shape="<https://kg.example/shape>",
            component="<http://www.w3.org/ns/shacl#MinCountConstraintComponent>",
        )
    ]


def test_a_line_of_json_has_its_places_too(tmp_path: Path) -> None:
    line = {"article": {"id": "a", "text": TEXT}, "claims": {"c01": {"speaker": "anna", "words": "Het is klaar"}}}
    files = {"corpus.yaml": CONFIG, "entities.yaml": ENTITIES, "all.jsonl": f"\n{json.dumps(line)}\n"}
    example = read_example(tmp_path, files)
    file = f"{tmp_path}/all.jsonl"

    assert [
        from_results([result(focus, path, value)], example.nodes, example.source_map)[0].at
        for focus, path, value in [
            (claim("c01"), SCHEMA.author, entity("anna")),
            (claim("c01"), KG.latest, date("2020-02-20")),
        ]
    ] == [Spot(file, ("claims", "c01", "speaker"), 2), Spot(file, ("article", "text"), 2)]
    assert example.places(claim("c01"), SCHEMA.author, entity("anna")) == [
        'all.jsonl: "anna", "words": "Het is klaar"}}}'
    ]


def test_every_triple_of_a_graph_leads_to_a_place_that_is_there(example: Example) -> None:
    """No predicate is without its way back: each triple of each node has a field, its own key or an heir's."""
    triples = [
        (subject, predicate, value)
        for subject, properties in example.nodes
        for predicate, objects in properties.items()
        for value in objects
        if "/graph/" not in subject
    ]
    assert len(triples) > 100
    for subject, predicate, value in triples:
        for finding in example.findings(subject, predicate, value):
            assert isinstance(finding.at, Place)
            assert finding.at.file.startswith(str(example.folder))
            assert "" not in (finding.message, finding.rule)


def test_a_result_about_foreign_rdf_names_its_node() -> None:
    """An RDF file has no fields: the place is the file, its line and column are not known."""
    results = [
        result("<http://example.org/x>", f"^{SCHEMA.appearance}/{SKOS.prefLabel}", text("Een", "nl")),
        result("_:b0", ""),
    ]

    assert [(finding.at, finding.detail) for finding in from_rdf_results(results, "x.ttl")] == [
        (
            Place("x.ttl", 0, 0),
            "node  <http://example.org/x>\npath  ^schema:appearance/skos:prefLabel\nvalue 'Een' (nl)",
        ),
        (Place("x.ttl", 0, 0), "node  _:b0"),
    ]


# Order, counts, weight


def finding(severity: str, at: Place | Spot | None = None, message: str = "m", rule: str = "r") -> Finding:
    return Finding(severity, message, rule, at)  # type: ignore[arg-type]  # a severity by its name


places = st.one_of(
    st.none(),
    st.builds(Place, st.sampled_from("ab"), st.integers(1, 3), st.integers(1, 3)),
    st.builds(
        Spot, st.sampled_from("ab"), st.sampled_from([(), ("claims", 0), ("claims", "c")]), st.integers(0, 2)
    ),
)
findings = st.builds(finding, st.sampled_from(SEVERITIES), places, st.sampled_from("mn"), st.sampled_from("rs"))


def test_findings_come_by_file_line_and_column_then_the_worst_first() -> None:
    ordered = [
        finding("warning", Place("a", 1, 9)),
        finding("violation", Place("a", 2, 1), "n"),
        finding("info", Place("a", 2, 1), "a"),
        finding("info", Place("a", 10, 1)),
        finding("violation", Place("b", 1, 1)),
        finding("violation"),
    ]

    assert in_order(reversed(ordered)) == ordered


@given(st.lists(findings), st.randoms())
def test_the_order_of_findings_does_not_depend_on_how_they_came(many: list[Finding], random: Random) -> None:
    shuffled = list(many)
    random.shuffle(shuffled)

    assert in_order(shuffled) == in_order(many)
    assert in_order(in_order(many)) == in_order(many)


def test_findings_of_one_place_message_and_rule_are_one() -> None:
    place = Place("a", 1, 1)
    assert in_order([finding("violation", place), finding("violation", place)._replace(detail="x")]) == [
        finding("violation", place)
    ]


def test_findings_about_two_nodes_of_an_rdf_file_are_two() -> None:
    """Their place is the file and tells nothing."""
    results = [result("_:b0", ""), result("_:b1", ""), result("_:b1", "")]

    assert [finding.focus for finding in in_order(from_rdf_results(results, "x.ttl"))] == ["_:b0", "_:b1"]


@pytest.mark.parametrize(
    ("many", "said"),
    [
        ([], "nothing to report"),
        ([finding("violation", Place("a", 1, 1))], "1 violation in 1 file"),
        (
            [finding("violation", Place(file, 1, 1)) for file in "aab"] + [finding("warning", Spot("b"))],
            "3 violations, 1 warning in 2 files",
        ),
        ([finding("info"), finding("info")], "2 remarks"),
    ],
)
def test_findings_are_counted(many: list[Finding], said: str) -> None:
    assert counted(many) == said


def test_a_threshold_fails_on_what_is_as_bad_or_worse() -> None:
    table = {(found, at): fails([finding(found)], at) for found in SEVERITIES for at in SEVERITIES}

    assert {pair for pair, failed in table.items() if not failed} == {
        ("warning", "violation"),
        ("info", "violation"),
        ("info", "warning"),
    }
    assert not fails([], "info")


# Rules and paths


@pytest.mark.parametrize(
    ("component", "name"),
    [
        ("http://www.w3.org/ns/shacl#MinCountConstraintComponent", "sh:minCount"),
        ("http://www.w3.org/ns/shacl#SPARQLConstraintComponent", "sh:sparql"),
        ("http://www.w3.org/ns/shacl#JSConstraintComponent", "sh:js"),
        ("http://www.w3.org/ns/shacl#InConstraintComponent", "sh:in"),
        ("https://example.org/OwnConstraintComponent", "https://example.org/OwnConstraintComponent"),
    ],
)
def test_the_rule_of_a_shape_without_a_name_is_that_of_its_component(component: str, name: str) -> None:
    assert rule_of(Iri("_:s1"), iri(component)) == name


@pytest.mark.parametrize(
    ("shape", "rule"),
    [
        ("<https://w3id.org/kg-claims/shapes#claim-in-time>", "claim-in-time"),
        ("<http://example.org/shapes/Person>", "Person"),
        ("<urn:example:a.b>", "a.b"),
    ],
)
def test_the_rule_of_a_shape_is_the_last_part_of_its_iri(shape: str, rule: str) -> None:
    assert rule_of(Iri(shape), MIN_COUNT) == rule


def test_a_rule_of_ours_has_an_iri_and_a_title() -> None:
    assert rule_iri("words-not-found") == "<https://w3id.org/kg-claims/rules#words-not-found>"
    assert rule_title("words-not-found") == "Words not found"


paths = st.recursive(
    st.sampled_from(["<a:b>", "<c:d>"]),
    lambda inner: st.one_of(
        st.builds("^({})".format, inner),
        st.builds("({})*".format, inner),
        st.builds("({})/({})".format, inner, inner),
        st.builds("({})|({})".format, inner, inner),
    ),
    max_leaves=6,
)


@given(paths)
def test_every_path_is_read_with_its_predicates_in_order(path: str) -> None:
    assert predicates(read_property_path(path)) == re.findall("<[^>]*>", path)


@pytest.mark.parametrize(
    "path", ["", "a", "<a:b>/", "(<a:b>", "<a:b>)", "|<a:b>", "<a:b> / <c:d>", "^", "<a:b><c:d>"]
)
def test_what_is_no_path_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="path"):
        read_property_path(path)
