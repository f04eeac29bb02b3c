"""Nothing of a document is lost silently: what is left out, or taken out because kg refuses it, is reported."""

from __future__ import annotations

from functools import partial

import pytest
from msgspec.structs import replace

from kg.annotations.classes import ClaimEntry, ClaimsFile, Relations, Words
from kg.corpus import ArticleSource
from kg.errors import Finding, Place, Spot
from kg.importers.core.claims import ImportedArticle, ImportResult, import_article
from kg.importers.core.documents import AnnotatedText, ArticleMetadata, Name, Skipped
from kg.importers.core.mapping import PRESETS, Mapping
from kg.importers.core.names import NameRegister
from kg.importers.core.repair import repair_article
from kg.pipeline.article import MappedArticle
from kg.text.spans import Span
from support.calls import lines_run, must_end
from support.documents import FILE, document, link, mark

TEXT = "The minister of trade said no to all."
SAID = mark("T1", "Content", TEXT, "no to all")


def draft(document: AnnotatedText, mapping: Mapping = PRESETS["attribution"]) -> ImportResult:
    return import_article(document, mapping, NameRegister({}, {}))


def at(line: int) -> Place:
    return Place(FILE, line, 1)


def test_a_name_for_which_there_is_no_field_is_reported() -> None:
    named = replace(SAID, names={"Reference": (Name("Trade"),), "ABOUT": (Name("Tax"),), "left": (Name("x"),)})
    mapping = replace(PRESETS["attribution"], fields={"left": "ignore"})

    told = draft(document(TEXT, [named]), mapping)

    why = "the mapping's `fields` do not say that it names one of speaker, to, about"
    assert told.skipped == [Skipped("attribute", "Reference: Trade", why, at(1))]
    assert "about: Tax" in [each.what for each in told.flagged]


def test_notes_on_all_marks_of_a_claim_are_kept_each_once() -> None:
    speaker = mark("T2", "Source", TEXT, "The minister", note="who?")
    cue = mark("T3", "Cue", TEXT, "said", note="weak")
    said = replace(SAID, note="weak")

    told = draft(document(TEXT, [said, speaker, cue], [link("", "T3", "T1"), link("", "T3", "T2")]))

    assert told.article.file.claims["c01"].note == "weak; who?"


def test_texts_without_a_language_are_in_that_of_the_article_or_corpus_beside_others() -> None:
    """A gist is in the language of its article, a note in that of the corpus; only one gist may be in each."""
    gists = {"gist@NL": ("Nee", "Nooit"), "gist": ("No",), "gist@en": ("Never",)}
    unknown = {"speaker": (Name("Nobody"),)}
    said = replace(SAID, attributes=gists, names=unknown, note="faible", notes={"nl": "zwak", "FR": "qui ?"})
    written = replace(document(TEXT, [said]), article=ArticleMetadata(language="en"))

    told = import_article(written, PRESETS["attribution"], NameRegister({}, {}), "fr")

    claim = told.article.file.claims["c01"]
    assert claim.gist == {"nl": "Nee", "en": "No"}
    assert claim.note == {"fr": "faible; qui ?; speaker: Nobody", "nl": "zwak"}
    assert [(each.what, each.why) for each in told.skipped] == [
        ("gist@NL: Nooit", "the claim has another gist already, 'Nee'"),
        ("gist@en: Never", "the claim has another gist already, 'No'"),
    ]


def test_cue_and_speaker_keep_their_place_where_the_text_has_their_words_twice() -> None:
    text = "He said that he said no, and he said yes."
    speaker, cue = mark("T2", "Source", text, "he", nth=1), mark("T3", "Cue", text, "said", nth=2)
    said = mark("T1", "Content", text, "yes")

    told = draft(document(text, [said, speaker, cue], [link("", "T3", "T1"), link("", "T3", "T2")]))

    claim = told.article.file.claims["c01"]
    assert (claim.speaker_words, claim.cue, claim.words) == (Words("he", start=29), Words("said", start=32), "yes")


def test_a_speaker_whose_span_cuts_a_word_is_kept_at_its_place_and_reported() -> None:
    speaker = mark("T2", "Source", TEXT, "inister")

    told = draft(document(TEXT, [SAID, speaker], [link("", "T1", "T2")]))

    why = "the span of the speaker cuts a word: check where it begins and ends"
    assert told.article.file.claims["c01"].speaker_words == Words("inister", start=5)
    assert Skipped("note", "T2", why, at(2)) in told.flagged
    assert told.skipped == []


def test_a_link_without_one_of_its_ends_is_reported() -> None:
    unsound = replace(mark("T2", "Source", TEXT, "minister"), text="premier")

    told = draft(document(TEXT, [SAID, unsound], [link("", "T1", "T2", 7), link("", "T9", "T1", 8)]))

    assert [each for each in told.skipped if each.kind == "link"] == [
        Skipped("link", "T1 → T2", "its end T2 is missing, or was left out", at(7)),
        Skipped("link", "T9 → T1", "its end T9 is missing, or was left out", at(8)),
    ]


def test_of_a_speaker_in_two_parts_it_is_reported_that_one_is_kept() -> None:
    speaker = replace(mark("T2", "Source", TEXT, "The minister"), parts=(Span(0, 12), Span(16, 21)), text="")

    told = draft(document(TEXT, [SAID, speaker], [link("", "T1", "T2")]))

    why = "only the first part of the speaker is kept: check that it names who spoke"
    assert told.article.file.claims["c01"].speaker_words == "The minister"
    assert Skipped("note", "T2", why, at(2)) in told.flagged


def test_of_two_spans_of_one_id_the_second_is_reported() -> None:
    told = draft(document(TEXT, [SAID, replace(mark("T1", "Content", TEXT, "said"), at=at(5))]))

    why = "another span of this document has the same id: give this one another id"
    assert (told.found, told.skipped) == (2, [Skipped("span", "T1", why, at(5), label="Content")])


AT = Place("x", 1, 1)


def article(claims: dict[str, ClaimEntry]) -> ImportedArticle:
    return ImportedArticle(
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
    assert sound.skipped == [
        Skipped("attribute", f"c01: inferred {each}", "wrong", AT) for each in ("speaker", "said")
    ]
    assert sound.left == {}


def test_what_else_was_inferred_stays_marked_as_inferred() -> None:
    spoilt = article({"c01": ClaimEntry("unnamed", "It rains", inferred=["speaker", "gist", "act"])})

    repaired = repair_article(
        spoilt, lambda source: violations(*[("claims", "c01", "inferred", 1)] if b'"gist"' in source.raw else [])
    )

    assert repaired.article is not None
    assert repaired.article.file.claims["c01"].inferred == ["speaker", "act"]


def test_a_link_to_a_claim_that_is_left_out_is_reported() -> None:
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


@pytest.mark.slow
def test_many_claims_are_taken_out_in_one_round_and_linear_time() -> None:
    def repair(many: int) -> None:
        ids = [f"c{number:05}" for number in range(many)]
        spoilt = article({id: ClaimEntry("unnamed", "It rains") for id in ids})
        rounds = []

        def read(source: ArticleSource) -> MappedArticle:
            rounds.append(source)
            return violations(*[("claims", id, "words") for id in ids[::2]] if len(rounds) == 1 else [])

        assert (len(repair_article(spoilt, read).left), len(rounds)) == (many // 2, 2)

    few, more = (lines_run(partial(repair, many)) for many in (500, 5_000))

    assert more < 12 * few
    must_end(partial(repair, 20_000))
