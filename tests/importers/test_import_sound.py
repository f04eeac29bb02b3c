"""What kg refuses is taken out of an article, each with the reason, and no more than that."""

from __future__ import annotations

from time import process_time

from kg.annotations.classes import ClaimEntry, ClaimsFile, Relations
from kg.corpus import ArticleSource
from kg.errors import Finding, Place, Spot
from kg.importers.core.documents import Skipped
from kg.importers.core.repair import SpooledArticle, repair_article
from kg.pipeline.article import MappedArticle

AT = Place("x", 1, 1)


def article(claims: dict[str, ClaimEntry]) -> SpooledArticle:
    return SpooledArticle(
        "news", "It rains.", ClaimsFile(claims=claims), AT, {}, {id: (f"T-{id}",) for id in claims}
    )


def violations(*paths: tuple[str | int, ...]) -> MappedArticle:
    findings = [Finding("violation", "wrong", "a-rule", Spot("news.jsonl", path, 1)) for path in paths]
    return MappedArticle("news", "news.jsonl", 1, None, tuple(findings))


def test_a_field_with_two_faults_is_taken_out_and_the_claim_is_kept() -> None:
    spoilt = article({"c01": ClaimEntry("unnamed", "It rains", inferred=["speaker", "said"], note="n")})

    def read(source: ArticleSource) -> MappedArticle:
        faults = [("claims", "c01", "inferred", 0), ("claims", "c01", "inferred", 1)]
        return violations(*faults if b"inferred" in source.raw else [])

    sound = repair_article(spoilt, read)

    assert sound.article is not None
    assert sound.article.file.claims == {"c01": ClaimEntry("unnamed", "It rains", note="n")}
    assert sound.skipped == [Skipped("attribute", "c01: inferred", "wrong", AT)]
    assert sound.left == {}


def test_a_link_to_a_claim_that_is_left_out_is_told() -> None:
    linked = ClaimEntry(
        "unnamed", "It rains", relations=Relations(supports="c02", answers=["c02", "c03", "other/c01"])
    )
    spoilt = article({"c01": linked, "c02": ClaimEntry("unnamed", "rains"), "c03": ClaimEntry("unnamed", "It")})

    sound = repair_article(
        spoilt, lambda source: violations(*[("claims", "c02", "words")] if b'"c02":' in source.raw else [])
    )

    why = "the claim that it leads to was left out"
    assert sound.article is not None
    assert sound.article.file.claims["c01"].relations == Relations(answers=["c03", "other/c01"])
    assert sound.skipped == [
        Skipped("span", "T-c02", "wrong", AT),
        Skipped("link", "c01: answers c02", why, AT),
        Skipped("link", "c01: supports c02", why, AT),
    ]


def test_many_claims_are_taken_out_in_one_round_and_linear_time() -> None:
    ids = [f"c{number:05}" for number in range(20_000)]
    spoilt = article({id: ClaimEntry("unnamed", "It rains") for id in ids})
    rounds = []

    def read(source: ArticleSource) -> MappedArticle:
        rounds.append(source)
        return violations(*[("claims", id, "words") for id in ids[::2]] if len(rounds) == 1 else [])

    begin = process_time()
    sound = repair_article(spoilt, read)

    assert (len(sound.left), len(rounds), process_time() - begin < 5) == (10_000, 2, True)
