"""Articles that the paper corrected: the versions of their text, and claims that are kept to an earlier one."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import pytest
from msgspec.structs import replace

from kg.annotations.classes import (
    AnnotationEntry,
    ArticleEntry,
    ClaimsFile,
    Date,
    EarlierTextEntry,
    OccasionEntry,
    ReviewEntry,
    SourceEntry,
)
from kg.corpus import WrittenArticle
from kg.corpus.reader import WrittenText
from kg.mappers.graphs import article_graph, text_graph
from kg.meaning import ArticleMeaning, read_meaning
from kg.model import Claim
from kg.rdf.vocab import DCTERMS, KG, OA, PROV, SCHEMA
from support.meanings import CLAIM, complaints, index

FIRST = "“Wij doen niet mee”, zei minister Berg. Een ingewijde zei dat er 500 banen verdwijnen."
SECOND = "De minister. “Wij doen mee”, zei minister Berg. Volgens haar ministerie verdwijnen er 50 banen."
KEPT = replace(CLAIM, words="Wij doen niet mee", text_version=1)
MOVED = replace(CLAIM, words="Wij doen mee", earlier={"1": "Wij doen niet mee"})


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


EARLIER = {"1": EarlierTextEntry(digest(FIRST))}


def corrected(**fields: Any) -> ArticleEntry:
    """Return the entry of an article whose text is at version 2."""
    known = {"published": "2020-02-03", "corrected": "2020-02-05", "version": 2, "sha256": digest(SECOND)}
    return ArticleEntry(**{**known, "earlier": EARLIER, **fields})


def read(file: ClaimsFile, *earlier: WrittenText, **settings: Any) -> ArticleMeaning:
    texts = earlier or (WrittenText(1, "one.1.txt", FIRST, ""),)
    written = WrittenArticle("one", "one.claims.yaml", 0, "one.txt", SECOND, "", file, (), earlier=texts)
    return read_meaning(written, index(**settings))


def claims(**found: Any) -> tuple[Claim, ...]:
    """Return the claims of an article in which nothing is wrong."""
    meant = read(ClaimsFile(article=corrected(), claims=found))
    assert complaints(meant) == []
    assert meant.article is not None
    return meant.article.claims


def test_a_claim_kept_to_an_earlier_text_has_the_words_of_that_text_and_comes_last() -> None:
    moved, kept = claims(c01=KEPT, c02=replace(CLAIM, words="Wij doen mee"))

    assert (moved.id, moved.text_version, [each.exact for each in moved.parts]) == ("c02", 0, ["Wij doen mee"])
    assert (kept.id, kept.text_version, [each.exact for each in kept.parts]) == ("c01", 1, ["Wij doen niet mee"])
    assert [(each.start, each.end) for each in kept.parts] == [(1, 18)]
    assert [FIRST[start:end] for start, end in kept.quotations_at] == ["Wij doen niet mee"]
    assert (moved.position, kept.position) == (1, 2)


def test_a_claim_may_name_the_version_of_the_current_text() -> None:
    (claim,) = claims(c01=replace(CLAIM, words="Wij doen mee", text_version=2))

    assert claim.text_version == 0


def test_a_reworded_claim_knows_where_its_words_were() -> None:
    (claim,) = claims(c01=MOVED)

    assert claim.earlier_at == ((1, ((1, 18),)),)


@pytest.mark.parametrize(
    ("on", "dated"), [("2020-02-04", {"c02"}), ("2020-02-04T09:00:00Z", {"c02"}), ("2020-02-05", {"c01", "c02"})]
)
def test_nobody_has_annotated_words_before_the_paper_published_them(on: str, dated: set[str]) -> None:
    file = ClaimsFile(corrected(), AnnotationEntry(by="ann", on=on), claims={"c01": MOVED, "c02": KEPT})
    meant = read(file).article
    assert meant is not None

    found = {
        node.subject.partition("#")[0][-3:]
        for node in article_graph(meant, index().dataset)
        if OA.hasBody in node.properties and not node.properties.keys().isdisjoint((DCTERMS.date, DCTERMS.created))
    }
    assert found == dated


def test_a_review_of_earlier_words_does_not_hold_for_the_new_ones() -> None:
    reviewed = AnnotationEntry(by="ann", on="2020-02-04", reviewed=ReviewEntry("bob", "2020-02-04", text_version=1))
    file = ClaimsFile(corrected(), reviewed, claims={"c01": MOVED, "c02": KEPT})
    meant = read(file).article
    assert meant is not None

    nodes = {each.subject: each.properties for each in article_graph(meant, index().dataset)}
    found = {
        id: KG.reviewedBy in nodes[f"<https://kg.example/claim/one/{id}#annotation>"]  # type: ignore[index]
        for id in ("c01", "c02")
    }
    assert found == {"c01": False, "c02": True}


def test_a_text_that_is_not_there_yet_cannot_have_been_reviewed() -> None:
    reviewed = AnnotationEntry(by="ann", on="2020-02-04", reviewed=ReviewEntry("bob", "2020-02-06", text_version=3))

    assert complaints(read(ClaimsFile(corrected(), reviewed, claims={"c01": MOVED}))) == [
        "annotation/reviewed/text_version: violation: the text that was reviewed must be version 1 to 2, not 3: "
        "correct `text_version` [unknown-text-version]"
    ]


def test_a_source_and_an_occasion_have_the_words_of_the_newest_text_that_a_claim_of_theirs_is_in() -> None:
    file = ClaimsFile(
        corrected(),
        sources={"insider": SourceEntry(words="Een ingewijde")},
        occasions={"talk": OccasionEntry(type="talk")},
        claims={"c01": replace(CLAIM, speaker="insider", words="500 banen", text_version=1, at="talk")},
    )
    meant = read(file)
    assert complaints(meant) == []
    assert meant.article is not None
    (source,), (occasion,) = meant.article.sources, meant.article.occasions

    assert (source.text_version, source.words_at, occasion.text_version) == (1, ((40, 53),), 1)


def test_the_papers_own_words_in_an_earlier_text_do_not_have_the_words_of_its_date_there() -> None:
    file = ClaimsFile(
        article=corrected(published=Date("2020-02", words="Volgens haar")),
        claims={"c01": replace(CLAIM, speaker="article", words="Een ingewijde", text_version=1)},
    )
    meant = read(file).article
    assert meant is not None
    (claim,) = meant.claims

    assert (meant.published.words_at, claim.said) == (((48, 60),), replace(meant.published, words_at=()))


def test_the_graph_has_each_version_and_the_passages_of_each() -> None:
    meant = read(ClaimsFile(corrected(), claims={"c01": MOVED, "c02": replace(KEPT, words="500 banen")})).article
    assert meant is not None
    nodes = {each.subject: each.properties for each in article_graph(meant, index().dataset)}
    first, second = "<https://kg.example/text/one/1>", "<https://kg.example/text/one/2>"

    assert nodes["<https://kg.example/article/one>"][SCHEMA.encoding] == [second]  # type: ignore[index]
    assert nodes[second][PROV.wasRevisionOf] == [first]  # type: ignore[index]
    assert [nodes[each][DCTERMS.issued] for each in (first, second)] == [  # type: ignore[index]
        ['"2020-02-03"^^<http://www.w3.org/2001/XMLSchema#date>'],
        ['"2020-02-05"^^<http://www.w3.org/2001/XMLSchema#date>'],
    ]
    assert nodes[first][SCHEMA.sha256] == [f'"{digest(FIRST)}"']  # type: ignore[index]
    reworded = nodes[f"{second[:-1]}#char=14,26>"]  # type: ignore[index]
    assert reworded[PROV.wasRevisionOf] == [f"{first[:-1]}#char=1,18>"]
    kept = nodes[f"{first[:-1]}#char=65,74>"]  # type: ignore[index]
    assert (kept[OA.hasSource], kept[OA.exact]) == ([first], ['"500 banen"'])


def test_an_earlier_text_is_published_only_where_the_current_one_is() -> None:
    file = ClaimsFile(corrected(licence="https://kg.example/licence"), claims={"c01": KEPT})
    published = {}
    for extent in ("full", "quotes", "none"):
        meant = read(file, text=extent).article
        assert meant is not None
        full = text_graph(meant, index(text=extent))
        nodes = [*article_graph(meant, index(text=extent).dataset), *(full.nodes if full else ())]
        terms = [term for node in nodes for terms in node.properties.values() for term in terms]
        published[extent] = (any("500" in each for each in terms), any("doen niet mee" in each for each in terms))

    assert published == {"full": (True, True), "quotes": (False, True), "none": (False, False)}


def test_words_that_only_the_other_text_has_are_said_to_be_there() -> None:
    file = ClaimsFile(
        corrected(),
        claims={"c01": replace(CLAIM, words="500 banen"), "c02": replace(CLAIM, words="50 banen", text_version=1)},
    )

    assert [(each.rule, each.detail.split("\n")[0]) for each in read(file).findings] == [
        ("words-not-found", "version 1 of the text has them: `text_version: 1` keeps the claim to it"),
        ("words-not-found", "the current text has them, version 1 has not: leave `text_version` out"),
    ]


def test_a_version_that_is_not_kept_is_a_violation() -> None:
    file = ClaimsFile(
        corrected(),
        claims={
            "c01": replace(CLAIM, words="Wij doen mee", text_version=3),
            "c02": replace(CLAIM, words="Volgens haar ministerie", earlier={"2": "Wij doen mee"}),
        },
    )

    assert complaints(read(file))[:2] == [
        "claims/c01/text_version: violation: the text must be one that is kept, version 1 or 2, not 3: correct "
        "`text_version`, or leave it out for the current text [unknown-text-version]",
        "claims/c02/earlier/2: violation: `earlier` has the words of a claim in texts before version 2 that are "
        "kept, and '2' is none: correct the number, or delete the words [unknown-text-version]",
    ]


def test_an_earlier_text_must_have_a_number_below_the_version_and_none_may_be_missing() -> None:
    wrong = corrected(earlier={"2": EarlierTextEntry("x")})
    gap = corrected(version=3)

    assert [each.rpartition("violation: ")[2] for each in complaints(read(ClaimsFile(wrong)))] == [
        "an earlier text must have a number from 1 and below `version` (2), not '2': correct one of them "
        "[unknown-text-version]"
    ]
    assert [each.rpartition("violation: ")[2] for each in complaints(read(ClaimsFile(gap)))] == [
        "the texts from an earlier one to version 3 must all be kept, and 2 is missing: add it, or delete this one "
        "[unknown-text-version]"
    ]


def test_an_earlier_text_that_was_changed_is_a_violation() -> None:
    (found,) = read(ClaimsFile(corrected()), WrittenText(1, "one.1.txt", "Iets anders.", "")).findings

    assert found.at.path == ("article", "earlier", "1", "sha256")  # type: ignore[union-attr]
    assert found.message == (
        "version 1 of the text must be the one that was annotated, whose SHA-256 this is, and it has changed "
        "since: put back the text as it was"
    )
    assert found.detail == f"sha256: {digest('Iets anders.')}"


def test_a_text_that_was_changed_leads_to_revising_it() -> None:
    (found,) = read(ClaimsFile(corrected(sha256=digest(FIRST)))).findings

    assert found.message == (
        "the text must be the one that was annotated, whose SHA-256 this is, and it has changed since. If the "
        "paper corrected it, put the annotated text back and run `kg revise one.txt NEW.txt` with the new one. If "
        "not, write the new hash"
    )
