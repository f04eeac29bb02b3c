"""What a claim means: who speaks, in what form, how it relates, who read it so."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from kg.annotations.classes import (
    AnnotationEntry,
    ArticleEntry,
    ClaimReview,
    Date,
    OccasionEntry,
    Rating,
    ReviewEntry,
    SourceEntry,
    WithdrawnEntry,
)
from kg.model import Annotation, Claim, Dated, Part, Source, Withdrawn
from kg.rdf.terms import plain, text
from kg.rdf.vocab import ACTS, BASES, FORMS, KG, SCHEMA
from kg.text.spans import Span
from support.meanings import (
    ARTICLE_IRI,
    CLAIM,
    CLAIM_IRI,
    FILE,
    TEXT,
    article,
    claim,
    complaints,
    entity,
    file_with,
    index,
    meaning,
    relations,
    wrong,
)

AT = TEXT.index("Wij doen")


def _span(words: str) -> Span:
    return Span(TEXT.index(words), TEXT.index(words) + len(words))


def test_a_claim_with_only_a_speaker_and_words_means_all_of_this() -> None:
    assert claim(act="") == Claim(
        iri=CLAIM_IRI,
        id="c01",
        position=1,
        speakers=(entity("berg"),),
        form=FORMS.direct,
        said=Dated(latest="2020-02-29", basis=BASES.publication),
        parts=(Part(AT, AT + 17, "Wij doen niet mee"),),
        words=text("Wij doen niet mee", "nl"),
        text=(text("Wij doen niet mee", "nl"),),
        quotations=(text("Wij doen niet mee", "nl"),),
        quotations_at=(Span(AT, AT + 17),),
    )


def test_every_field_of_a_claim_is_read() -> None:
    fields = {
        "speaker_words": "minister Berg",
        "words": ["“meer geld” voor wegen", "minder voor tunnels"],
        "cue": ["wil"],
        "act": "demands",
        "gist": {"nl": "Meer geld voor wegen.", "EN": "More money for roads."},
        "said": Date("2020-02-?21", words="gisteren"),
        "at": "fair",
        "to": ["state", "paper"],
        "about": "roads",
        "translated": "DE",
        "inferred": ["act", "at"],
        "note": "A colleague read it otherwise.",
        "contributors": ["bob", "ann"],
    }
    read = claim(**fields)
    assert replace(read, parts=(), said=Dated()) == Claim(
        iri=CLAIM_IRI,
        id="c01",
        position=1,
        speakers=(entity("berg"),),
        act=ACTS.demands,
        form=FORMS.partial,
        said=Dated(),
        parts=(),
        words=text("“meer geld” voor wegen … minder voor tunnels", "nl"),
        quotations=(text("meer geld", "nl"),),
        quotations_at=(_span("meer geld"),),
        speaker_words=(text("minister Berg", "nl"),),
        speaker_words_at=(_span("minister Berg"),),
        cue=(text("wil", "nl"),),
        cue_at=(_span("wil"),),
        gists=(text("Meer geld voor wegen.", "nl"), text("More money for roads.", "en")),
        text=(text("Meer geld voor wegen.", "nl"), text("More money for roads.", "en")),
        spoken_as=("<https://kg.example/entity/berg#role-minister>",),
        at=entity("fair"),
        to=(entity("state"), entity("paper")),
        about=(entity("roads"),),
        translated="de",
        inferred=(KG.act, SCHEMA.recordedAt),
        notes=(text("A colleague read it otherwise.", "nl"),),
        contributors=("<https://kg.example/annotator/bob>", "<https://kg.example/annotator/ann>"),
    )


@pytest.mark.parametrize(
    ("words", "form"),
    [
        ("Wij doen niet mee", FORMS.direct),
        ("Ze wil “meer geld” voor wegen", FORMS.partial),
        ("minder voor tunnels", FORMS.indirect),
    ],
)
def test_the_quotation_marks_show_the_form(words: str, form: str) -> None:
    assert claim(words=words).form == form


def test_the_paper_s_own_quotation_marks_quote_nobody_it_knows() -> None:
    own = claim(speaker="article", words="Ze wil “meer geld” voor wegen")
    assert (own.quotations, own.form) == ((), FORMS.own)


@pytest.mark.parametrize(
    ("transcript", "fields", "evidence"),
    [
        (False, {"speaker": "article", "form": "indirect"}, "`speaker: article` says that these words are own"),
        (
            True,
            {"form": "indirect", "words": "wij doen mee"},
            "the label of the turn says that these words are direct",
        ),
    ],
)
def test_a_form_may_clash_with_more_than_the_marks(transcript: bool, fields: dict[str, str], evidence: str) -> None:
    file = replace(file_with(**fields), article=ArticleEntry(published="2020-02", transcript=transcript))
    text = "BERG: Dus wij doen mee.\n" if transcript else TEXT
    assert complaints(meaning(file, text=text)) == [
        f"claims/c01/form: warning: {evidence}, not indirect: is that meant? [form-against-marks]"
    ]


def test_only_what_is_between_quotation_marks_is_a_quotation() -> None:
    assert claim(words="Ze wil “meer geld” voor wegen").quotations == (text("meer geld", "nl"),)
    assert claim(words="minder voor tunnels").quotations == ()


TRANSCRIPT = (
    "Een gesprek met de minister over wegen.\n"
    "DE KRANT: Waarom geen tunnels?\n"
    "MINISTER BERG: Wij bouwen wegen. Het land vraagt om tunnels, “en nog meer tunnels”.\n\nDat kost geld.\n"
    "De Krant: Dank u.\n"
)


@pytest.mark.parametrize(
    ("fields", "form", "quoted"),
    [
        ({"words": "Wij bouwen wegen"}, "direct", ["Wij bouwen wegen"]),
        ({"words": "Dat kost geld"}, "direct", ["Dat kost geld"]),
        ({"speaker": "paper", "words": "Waarom geen tunnels?"}, "direct", ["Waarom geen tunnels?"]),
        ({"speaker": "paper", "words": "Dank u"}, "direct", ["Dank u"]),
        (
            {"speaker": "unnamed", "speaker_words": "MINISTER BERG", "words": "Dat kost geld"},
            "direct",
            ["Dat kost geld"],
        ),
        ({"speaker": "state", "words": "om tunnels, “en nog meer tunnels”"}, "partial", ["en nog meer tunnels"]),
        ({"speaker": "state", "words": "om tunnels"}, "indirect", []),
        ({"speaker": ["berg", "state"], "words": "om tunnels"}, "indirect", []),
        ({"words": "over wegen"}, "indirect", []),
        ({"words": "over wegen", "form": "direct"}, "direct", ["over wegen"]),
        ({"words": ["Waarom", "Wij bouwen wegen"]}, "indirect", []),
    ],
)
def test_in_a_transcript_only_the_words_of_whoevers_turn_it_is_need_no_marks(
    fields: dict[str, Any], form: str, quoted: list[str]
) -> None:
    file = replace(file_with(**fields), article=ArticleEntry(published="2020-02", transcript=True))
    (read,) = article(file, text=TRANSCRIPT).claims
    assert (read.form, read.quotations) == (FORMS[form], tuple(text(each, "nl") for each in quoted))


def test_a_given_form_wins_over_the_marks_with_a_warning() -> None:
    meant = meaning(file_with(form="indirect"))
    assert meant.article is not None
    assert meant.article.claims[0].form == FORMS.indirect
    assert wrong(form="indirect") == [
        "form: warning: the quotation marks say that these words are direct, not indirect: is that meant? "
        "[form-against-marks]"
    ]


def test_mentioned_is_given_without_a_warning() -> None:
    assert claim(form="mentioned", gist="Ze doen niet mee.").form == FORMS.mentioned


@pytest.mark.parametrize(
    ("known", "speaker"),
    [
        ({"author": ["writer"], "publisher": "paper"}, entity("writer")),
        ({"publisher": "paper"}, entity("paper")),
        ({}, f"{ARTICLE_IRI[:-1]}#newsroom>"),
    ],
)
def test_the_paper_s_own_voice_is_its_author_else_its_publisher_else_its_newsroom(
    known: dict[str, object], speaker: str
) -> None:
    file = replace(
        file_with(speaker="article", words="De regering heeft geen haast"),
        article=ArticleEntry(published="2020-02", **known),  # type: ignore[arg-type]
    )
    meant = article(file)
    assert (meant.claims[0].speakers, meant.claims[0].form) == ((speaker,), FORMS.own)
    assert meant.claims[0].said == meant.published
    assert meant.newsroom == (speaker if speaker.endswith("#newsroom>") else "")
    assert meant.sources == ()


def test_an_article_alone_in_a_list_is_the_own_voice_too() -> None:
    words = "De regering heeft geen haast"
    assert claim(speaker=["article"], words=words) == claim(speaker="article", words=words)


def test_whom_the_text_does_not_name_is_a_source_of_the_claim() -> None:
    meant = article(file_with(speaker="unnamed", speaker_words="Een woordvoerder"))
    source = f"{CLAIM_IRI[:-1]}#speaker>"
    assert meant.claims[0].speakers == (source,)
    assert meant.sources == (Source(source, (text("Een woordvoerder", "nl"),), words_at=(Span(0, 16),)),)


def test_an_unnamed_source_of_several_claims_is_one_source_of_the_article() -> None:
    file = replace(file_with(speaker="spokesman"), sources={"spokesman": SourceEntry("Een woordvoerder", "state")})
    meant = article(file)
    source = "<https://kg.example/source/one/spokesman>"
    assert meant.claims[0].speakers == (source,)
    assert meant.sources == (Source(source, (text("Een woordvoerder", "nl"),), (entity("state"),), (Span(0, 16),)),)


def test_several_speakers_say_it_together() -> None:
    assert claim(speaker=["state", "berg"]).speakers == (entity("state"), entity("berg"))


def test_claims_are_in_the_order_of_their_first_words() -> None:
    claims = {
        "c01": replace(CLAIM, words="minder voor tunnels"),
        "c02": replace(CLAIM, words=["Ze wil", "voor wegen"]),
        "c03": CLAIM,
    }
    meant = article(replace(FILE, claims=claims))
    assert [(each.id, each.position) for each in meant.claims] == [("c03", 1), ("c02", 2), ("c01", 3)]


def test_a_relation_leads_to_a_claim_of_this_or_of_another_article() -> None:
    two = replace(FILE, claims=FILE.claims | {"c02": replace(CLAIM, words="minder voor tunnels")})
    meant = meaning(relations("c02", "one/c02", "other/a/c09", file=two))
    assert complaints(meant) == []
    assert meant.article is not None
    other = "<https://kg.example/claim/other/a/c09>"
    assert meant.article.claims[0].relations == (
        (KG.answers, "<https://kg.example/claim/one/c02>"),
        (KG.answers, other),
    )
    assert {iri: spot.path for iri, spot in meant.needs.items()} == {
        other: ("claims", "c01", "relations", "answers", 2)
    }


def test_a_withdrawn_claim_keeps_its_iri() -> None:
    withdrawn = {"c09": WithdrawnEntry(on="2026-12-01", why={"en": "Told twice."}, replaced_by="c01")}
    assert article(replace(FILE, withdrawn=withdrawn)).withdrawn == (
        Withdrawn("<https://kg.example/claim/one/c09>", "2026-12-01", (text("Told twice.", "en"),), CLAIM_IRI),
    )


def test_who_annotated_and_reviewed_is_known() -> None:
    review = ReviewEntry(by="bob", on="2026-11-30T10:00:00Z")
    signed = AnnotationEntry(by="ann", on="2026-11-24", guideline="1", reviewed=review)
    assert article(replace(FILE, annotation=signed)).annotation == Annotation(
        by="<https://kg.example/annotator/ann>",
        on="2026-11-24",
        guideline="<https://kg.example/guideline/1>",
        reviewed_by="<https://kg.example/annotator/bob>",
        reviewed_on="2026-11-30T10:00:00Z",
    )


def test_a_contributor_must_be_an_annotator_named_once() -> None:
    assert wrong(contributors="berg") == [
        "contributors: violation: `contributors` must name an annotator of corpus.yaml, and there is no `berg`: "
        "correct it (`ann`, `bob`), or define it [unknown-reference]"
    ]
    assert wrong(contributors=["bob", "bob"]) == [
        "contributors/1: violation: `contributors` must name each once, and `bob` is listed before: delete it here "
        "[named-twice]"
    ]


def test_the_language_of_the_article_is_that_of_its_words() -> None:
    file = replace(FILE, article=ArticleEntry(published="2020-02", language="nl-BE", headline="Geen plan"))
    meant = article(file)
    assert (meant.language, meant.headline) == ("nl-be", (text("Geen plan", "nl-be"),))
    assert meant.claims[0].words == text("Wij doen niet mee", "nl-be")


def test_a_plain_text_is_in_the_language_of_the_article_or_the_corpus_or_has_none() -> None:
    """As docs/fields.md says; the corpus is in Dutch."""
    said = Date(edtf="2020-02-01", why="Why.")
    rating = Rating(name="Rating.", value="1")
    file = replace(
        FILE,
        article=ArticleEntry(published="2020-02", language="en", headline="Headline."),
        claims={"c01": replace(CLAIM, gist="Gist.", note="Note.", said=said, reviews=[ClaimReview(rating=rating)])},
        occasions={
            "talk": OccasionEntry(name="Name."),
            "chat": OccasionEntry(type="chat"),
        },
        withdrawn={"c02": WithdrawnEntry(on="2026-12-01", why="Withdrawn.")},
    )
    meant = meaning(file, of=index(language="nl")).article
    assert meant
    (claimed,) = meant.claims
    assert (meant.headline, claimed.gists) == ((text("Headline.", "en"),), (text("Gist.", "en"),))
    assert [each.names for each in meant.occasions] == [(text("Name.", "en"),), (text("chat", "en"),)]
    assert (claimed.notes, meant.withdrawn[0].why) == ((text("Note.", "nl"),), (text("Withdrawn.", "nl"),))
    assert (claimed.said.why, claimed.reviews[0].names) == ((plain("Why."),), (plain("Rating."),))
