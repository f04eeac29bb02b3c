"""The units of a corpus: each article by itself, then what only the whole can tell."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.pipeline.article import validated_corpus
from kg.pipeline.publication import open_publication, published
from kg.rdf.terms import date, integer
from kg.rdf.vocab import DCTERMS, RDF, SCHEMA, VOID
from support.corpora import lay
from support.mapped_articles import CLAIM, SETTINGS, SIGNED, findings, units

DRAFT = "annotation: {by: ann, on: 2020-03-01, guideline: '1', status: draft}\n"
TEXT = "date 2020-02-03 “Ja”, zei Ann B.\n"


UNREADABLE = {
    "“Ja”, zei André.".encode(
        "cp1252"
    ): "the file must be UTF-8, these bytes are not: save it as UTF-8 [not-utf-8]",
    "date 2020 “Ja”".encode(
        "utf-16"
    ): "the file must be UTF-8, it is UTF-16 (`Unicode` in Windows): save it as UTF-8 [not-utf-8]",
    b"": "an article must have a text, this one has none: add it [empty-text]",
}


def relating(target: str) -> str:
    """Return claims; one repeats another."""
    return f"claims: {{c01: {{speaker: ann-b, words: Ja, relations: {{repeats: {target}}}}}}}\n"


def article(id: str, claims: str = SIGNED + CLAIM) -> dict[str, str]:
    """Return the files of an article."""
    return {f"{id}.txt": TEXT, f"{id}.claims.yaml": claims}


def test_articles_come_in_order_then_the_entities_then_the_data_set(tmp_path: Path) -> None:
    found = units(tmp_path, article("b") | article("a/z") | article("a-b"))
    assert [(unit.id, unit.findings) for unit in found] == [
        ("a-b", ()),
        ("a/z", ()),
        ("b", ()),
        ("entities", ()),
        ("dataset", ()),
    ]


def test_where_no_article_is_given_none_is_read(tmp_path: Path) -> None:
    publication = open_publication(lay(tmp_path, {"corpus.yaml": SETTINGS, **article("a")}))
    found = validated_corpus(publication.corpus, publication.index, publication.check, [])
    assert [unit.id for unit in found] == ["entities", "dataset"]


def test_drafts_are_units_and_not_published(tmp_path: Path) -> None:
    folder = lay(tmp_path, {"corpus.yaml": SETTINGS, **article("a"), **article("b", DRAFT + CLAIM)})
    found = list(open_publication(folder).mapped_articles())
    assert [(unit.id, unit.draft) for unit in found if unit.draft] == [("b", True)]
    graphs = list(published(found, []))
    assert [graph.iri.removeprefix("<https://kg.example/graph/") for graph in graphs] == [
        "article/a>",
        "entities>",
        "dataset>",
    ]
    counted = [node for node in graphs[-1].nodes if node.properties.get(VOID["class"]) == [SCHEMA.Claim]]
    assert [node.properties[VOID.entities] for node in counted] == [[integer(1)]]


def test_what_others_relate_to_is_there(tmp_path: Path) -> None:
    files = article("a", SIGNED + relating("b/c01")) | article("b", SIGNED + relating("a/c01"))
    assert findings(tmp_path, files) == []


@pytest.mark.parametrize(("text", "fault"), UNREADABLE.items())
def test_of_a_text_that_cannot_be_read_neither_its_date_nor_the_words_in_it_are_missed(
    text: bytes, fault: str, tmp_path: Path
) -> None:
    claims = (
        "sources: {aide: {words: een medewerker}}\n"
        "claims: {c01: {speaker: aide, words: Ja, cue: zei, said: {edtf: '2020', words: nu}, about: nobody}}\n"
    )
    files = {"a.txt": text, "a.claims.yaml": DRAFT + claims} | article("b", SIGNED + relating("a/c01"))

    assert findings(tmp_path, files) == [
        f"a.txt:1:1: violation: {fault}",
        "a.claims.yaml:3:92: violation: `about` must name an entity, and there is no `nobody`: correct it "
        "(`ann-b`), or define it [unknown-reference]",
    ]


def test_a_claim_whose_words_are_not_found_may_still_replace_one_that_was_withdrawn(tmp_path: Path) -> None:
    withdrawn = "withdrawn: {c00: {on: 2020-03-02, why: Twice., replaced_by: c01}}\n"

    assert findings(tmp_path, article("a", SIGNED + withdrawn + CLAIM.replace("Ja", "Jawel"))) == [
        "a.claims.yaml:3:39: violation: words must be in the article exactly as written, and 'Jawel' is not: "
        "copy them from the article [words-not-found]"
    ]


@pytest.mark.parametrize(
    ("reviews", "found"),
    [
        (
            "[{}]",
            "2:53: violation: a review must have an address or a rating: give `url` or `rating` [empty-review]",
        ),
        (
            "[{rating: {best: 5, worst: 1}}]",
            "2:62: violation: a rating must have a number or a verdict: give `value`, `name` or `verdict` "
            "[empty-rating]",
        ),
    ],
)
def test_an_empty_review_is_reported_once_where_it_is(reviews: str, found: str, tmp_path: Path) -> None:
    claims = CLAIM.replace("words: Ja", f"words: Ja, reviews: {reviews}")

    assert findings(tmp_path, article("a", SIGNED + claims)) == [f"a.claims.yaml:{found}"]


def test_a_name_that_cannot_be_an_id_is_said_once(tmp_path: Path) -> None:
    assert findings(tmp_path, article("NL/a")) == [
        "NL/a.txt:1:1: violation: an article's id must be small letters, digits, `-` and `_`, with `/` between "
        "folders and no name that Windows keeps for itself, not `NL/a`: write `nl/a` as `article: {id: …}`, or "
        "rename the files [bad-id]"
    ]


@pytest.mark.parametrize("target", ["b/c02", "nowhere/c01", "b/c01/c01"])
def test_a_relation_to_what_is_not_there_is_said_at_it(target: str, tmp_path: Path) -> None:
    files = article("a", SIGNED + relating(target)) | article("b")
    assert findings(tmp_path, files) == [
        "a.claims.yaml:2:64: violation: a relation must lead to a claim of this corpus, and there is no "
        f"`{target}`: correct it [unknown-reference]"
    ]


def test_a_published_claim_must_not_relate_to_a_draft(tmp_path: Path) -> None:
    files = article("a", SIGNED + relating("b/c01")) | article("b", DRAFT + CLAIM)
    assert findings(tmp_path, files) == [
        "a.claims.yaml:2:64: violation: a relation must lead to a published claim, and `b/c01` is a draft: finish "
        "it first [relation-to-draft]"
    ]


def test_a_draft_may_relate_to_a_draft(tmp_path: Path) -> None:
    files = article("a", DRAFT + relating("b/c01")) | article("b", DRAFT + CLAIM)
    assert findings(tmp_path, files) == []


def test_a_relation_is_not_wrong_because_the_other_s_words_are_not_found(tmp_path: Path) -> None:
    files = article("a", SIGNED + relating("b/c01")) | article("b", SIGNED + CLAIM.replace("Ja", "Nee"))
    assert [line.rpartition("[")[2] for line in findings(tmp_path, files)] == ["words-not-found]"]


def test_a_relation_is_not_wrong_because_the_other_file_cannot_be_read(tmp_path: Path) -> None:
    files = article("a", SIGNED + relating("b/c01")) | article("b", "claims: [")
    assert [line.rpartition("[")[2] for line in findings(tmp_path, files)] == ["yaml-syntax]"]


def test_two_articles_must_not_have_one_id(tmp_path: Path) -> None:
    files = article("a") | article("b", "article: {id: a}\n" + SIGNED + CLAIM)
    assert findings(tmp_path, files) == [
        "b.claims.yaml:1:15: violation: an article's id must be its own, and `a` is also that of a.claims.yaml: "
        "give one an `article.id` [double-article]"
    ]


@pytest.mark.parametrize("id", ["entities", "dataset", "topics", "article", "index"])
def test_an_article_may_be_called_as_a_graph_is(id: str, tmp_path: Path) -> None:
    assert findings(tmp_path, article(id)) == []


def test_what_follows_from_a_mistake_is_not_told_again(tmp_path: Path) -> None:
    """Without a date, a speaker or an annotator the shapes are broken too."""
    claims = "annotation: {by: nobody, on: 2020-03-01}\nclaims: {c01: {speaker: nobody, words: Ja, said: soon}}\n"
    files = article("a", claims)
    assert [line.rpartition("[")[2] for line in findings(tmp_path, files)] == [
        "bad-date]",
        "unknown-reference]",
        "unknown-reference]",
    ]


def test_what_is_wrong_with_the_entities_does_not_hide_what_is_wrong_with_an_article(tmp_path: Path) -> None:
    files = article("a", SIGNED + CLAIM.replace("Ja", "Nee"))
    files["entities.yaml"] = "ann-b: {type: Person, name: Ann B, same_as: [Q142]}\n"
    assert [line.rpartition("[")[2] for line in findings(tmp_path, files)] == ["words-not-found]", "bad-iri]"]


def test_both_engines_find_the_same(tmp_path: Path) -> None:
    files = article("a", CLAIM.replace("ann-b", "town")) | article("b")
    files["entities.yaml"] = "ann-b: {type: Person, name: Ann B}\ntown: {type: Place, name: Town}\n"
    ours = findings(tmp_path, files)
    assert [line.partition(":")[0] for line in ours if ": violation: " in line] == ["a.claims.yaml"]
    assert sorted(findings(tmp_path, files, engine="pyshacl")) == sorted(ours)


def test_no_engine_leaves_what_reading_finds(tmp_path: Path) -> None:
    files = article("a", CLAIM.replace("ann-b", "town")) | article("b", CLAIM.replace("Ja", "Nee"))
    files["entities.yaml"] = "ann-b: {type: Person, name: Ann B}\ntown: {type: Place, name: Town}\n"
    found = findings(tmp_path, files, engine="none")
    assert [line.rpartition("[")[2] for line in found] == ["words-not-found]"]


@pytest.mark.parametrize(
    "change",
    [
        "annotation: {by: ann, on: 2020-06-07T10:00:00Z}\n",
        "annotation: {by: ann, on: 2020-06-01, reviewed: {by: ann, on: 2020-06-07}}\n",
        SIGNED + "withdrawn: {c02: {on: 2020-06-07, why: Twice.}}\n",
    ],
)
def test_a_data_set_is_changed_by_annotations_reviews_and_withdrawals(change: str, tmp_path: Path) -> None:
    *_, about = units(tmp_path, article("a", change + CLAIM) | article("b"))
    assert about.graph is not None
    assert about.graph.nodes[0].properties[DCTERMS.modified] == [date("2020-06-07")]


def test_the_newest_day_of_annotation_is_that_of_what_is_published(tmp_path: Path) -> None:
    later = SIGNED.replace("2020-03-01", "2020-05-01T23:00:00Z")
    files = article("a") | article("b", later + CLAIM) | article("c", DRAFT.replace("2020", "2021") + CLAIM)
    *_, about = units(tmp_path, files)
    assert about.graph is not None
    dataset = about.graph.nodes[0]
    assert SCHEMA.Dataset in dataset.properties[RDF.type]
    assert dataset.properties[DCTERMS.modified] == [date("2020-05-01")]
