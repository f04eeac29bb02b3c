"""What a claim means: who speaks, in what form, how it relates, and what is said of what cannot be meant."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from kg import annotations as written
from kg.model import Annotation, Claim, Dated, Part, Source, Withdrawn
from kg.terms import text
from kg.vocab import ACTS, BASES, FORMS, KG, SCHEMA
from meanings import (
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
    wrong,
)

AT = TEXT.index("Wij doen")


def relations(*targets: str, file: written.ClaimsFile = FILE) -> written.ClaimsFile:
    """Return the file in which the first claim answers the targets."""
    first = replace(file.claims["c01"], relations=written.Relations(answers=list(targets)))
    return replace(file, claims=file.claims | {"c01": first})


def test_a_claim_with_only_a_speaker_and_words_means_all_of_this() -> None:
    assert claim() == Claim(
        iri=CLAIM_IRI,
        id="c01",
        position=1,
        speakers=(entity("berg"),),
        act=ACTS.states,
        form=FORMS.direct,
        said=Dated(latest="2020-02-29", basis=BASES.publication),
        parts=(Part(AT, AT + 17, "Wij doen niet mee", TEXT[AT - 32 : AT], TEXT[AT + 17 : AT + 49]),),
        words=text("Wij doen niet mee", "nl"),
        quotations=(text("Wij doen niet mee", "nl"),),
    )


def test_every_field_of_a_claim_is_read() -> None:
    fields = {
        "speaker_words": "minister Berg",
        "words": ["“meer geld” voor wegen", "minder voor tunnels"],
        "cue": ["wil"],
        "act": "demands",
        "gist": {"nl": "Meer geld voor wegen.", "EN": "More money for roads."},
        "said": written.Date("2020-02-?21", words="gisteren"),
        "at": "fair",
        "to": ["state", "paper"],
        "about": "roads",
        "translated": "DE",
        "inferred": ["act", "at"],
        "note": "A colleague read it otherwise.",
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
        speaker_words=(text("minister Berg", "nl"),),
        cue=(text("wil", "nl"),),
        gists=(text("Meer geld voor wegen.", "nl"), text("More money for roads.", "en")),
        spoken_as=("<https://kg.example/entity/berg#role-minister>",),
        at=entity("fair"),
        to=(entity("state"), entity("paper")),
        about=(entity("roads"),),
        translated="de",
        inferred=(KG.act, SCHEMA.recordedAt),
        notes=(text("A colleague read it otherwise.", "nl"),),
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
        (True, {"form": "indirect"}, "`transcript: true` says that these words are direct"),
    ],
)
def test_a_form_may_clash_with_more_than_the_marks(transcript: bool, fields: dict[str, str], evidence: str) -> None:
    file = replace(file_with(**fields), article=written.Article(published="2020-02", transcript=transcript))
    assert complaints(meaning(file)) == [
        f"claims/c01/form: warning: {evidence}, not indirect: is that meant? [form-against-marks]"
    ]


def test_only_what_is_between_quotation_marks_is_a_quotation() -> None:
    assert claim(words="Ze wil “meer geld” voor wegen").quotations == (text("meer geld", "nl"),)
    assert claim(words="minder voor tunnels").quotations == ()


def test_all_words_of_a_transcript_are_direct_and_quoted() -> None:
    transcript = replace(
        file_with(words="minder voor tunnels"), article=written.Article(published="2020-02", transcript=True)
    )
    read = claim(transcript)
    assert (read.form, read.quotations) == (FORMS.direct, (text("minder voor tunnels", "nl"),))


def test_a_given_form_wins_over_the_marks_with_a_warning() -> None:
    meant = meaning(file_with(form="indirect"))
    assert meant.article is not None
    assert meant.article.claims[0].form == FORMS.indirect
    assert wrong(form="indirect") == [
        "form: warning: the quotation marks say that these words are direct, not indirect: is that meant? "
        "[form-against-marks]"
    ]


def test_mentioned_is_given_without_a_warning() -> None:
    assert claim(form="mentioned").form == FORMS.mentioned


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
        article=written.Article(published="2020-02", **known),  # type: ignore[arg-type]
    )
    meant = article(file)
    assert (meant.claims[0].speakers, meant.claims[0].form) == ((speaker,), FORMS.own)
    assert meant.claims[0].said == meant.published
    assert meant.sources == ((Source(speaker),) if speaker.endswith("#newsroom>") else ())


def test_an_article_alone_in_a_list_is_the_own_voice_too() -> None:
    words = "De regering heeft geen haast"
    assert claim(speaker=["article"], words=words) == claim(speaker="article", words=words)


def test_whom_the_text_does_not_name_is_a_source_of_the_claim() -> None:
    meant = article(file_with(speaker="unnamed", speaker_words="Een woordvoerder"))
    source = f"{CLAIM_IRI[:-1]}#speaker>"
    assert meant.claims[0].speakers == (source,)
    assert meant.sources == (Source(source, (text("Een woordvoerder", "nl"),)),)


def test_an_unnamed_source_of_several_claims_is_one_source_of_the_article() -> None:
    file = replace(
        file_with(speaker="spokesman"), sources={"spokesman": written.Source("Een woordvoerder", "state")}
    )
    meant = article(file)
    source = "<https://kg.example/source/one/spokesman>"
    assert meant.claims[0].speakers == (source,)
    assert meant.sources == (Source(source, (text("Een woordvoerder", "nl"),), (entity("state"),)),)


def test_several_speakers_say_it_together() -> None:
    assert claim(speaker=["state", "berg"]).speakers == (entity("state"), entity("berg"))


def test_claims_stand_in_the_order_of_their_first_words() -> None:
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
    withdrawn = {"c09": written.Withdrawn(on="2026-12-01", why={"en": "Told twice."}, replaced_by="c01")}
    assert article(replace(FILE, withdrawn=withdrawn)).withdrawn == (
        Withdrawn("<https://kg.example/claim/one/c09>", "2026-12-01", (text("Told twice.", "en"),), CLAIM_IRI),
    )


def test_who_annotated_and_reviewed_is_known() -> None:
    review = written.Review(by="bob", on="2026-11-30T10:00:00Z")
    signed = written.Annotation(by="ann", on="2026-11-24", guideline="1", reviewed=review)
    assert article(replace(FILE, annotation=signed)).annotation == Annotation(
        by="<https://kg.example/annotator/ann>",
        on="2026-11-24",
        guideline="<https://kg.example/guideline/1>",
        reviewed_by="<https://kg.example/annotator/bob>",
        reviewed_on="2026-11-30T10:00:00Z",
    )


def test_the_language_of_the_article_is_that_of_its_words() -> None:
    file = replace(FILE, article=written.Article(published="2020-02", language="nl-BE", headline="Geen plan"))
    meant = article(file)
    assert (meant.language, meant.headline) == ("nl-be", (text("Geen plan", "nl-be"),))
    assert meant.claims[0].words == text("Wij doen niet mee", "nl-be")


UNKNOWN = "must name an entity, and there is no `burg`: did you mean `berg`? [unknown-reference]"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"speaker": "burg"}, [f"speaker: violation: `speaker` {UNKNOWN}"]),
        ({"speaker": ["state", "burg"]}, [f"speaker/1: violation: `speaker` {UNKNOWN}"]),
        ({"to": "burg"}, [f"to: violation: `to` {UNKNOWN}"]),
        ({"about": ["burg"]}, [f"about/0: violation: `about` {UNKNOWN}"]),
        (
            {"speaker": "Anna Berg"},
            ["speaker: violation: `speaker` must name an entity, and there is no `Anna Berg`: did you mean `berg`? "
             "[unknown-reference]"],
        ),
        (
            {"speaker": ["berg", "berg"]},
            ["speaker/1: violation: `speaker` must name each once, and `berg` stands before: delete it here "
             "[named-twice]"],
        ),
        (
            {"speaker": ["berg", "article"]},
            ["speaker/1: violation: `article` must stand alone, as it is the paper's own voice: write a claim of "
             "its own for it [own-voice-with-others]"],
        ),
        (
            {"words": ["Wij doen niet", "doen niet mee"]},
            ["words/1: violation: the parts of a claim must not overlap, and this one repeats words of another: "
             "take it out [words-overlap]"],
        ),
        (
            {"words": []},
            ["words: violation: a claim must have words: list at least one part [words-empty]"],
        ),
        (
            {"at": "town"},
            ["at: violation: `at` must name an occasion of this file or an Event, and `town` is of another type: "
             "correct it [not-an-occasion]"],
        ),
        (
            {"act": "denies"},
            ["act: violation: a claim that denies must have a `gist`, because its words alone say the opposite: "
             "write the claim in full [gist-missing]"],
        ),
        (
            {"inferred": ["act", "to"]},
            ["inferred/1: violation: `inferred` must name fields of this claim, and it has no `to`: give it or "
             "leave it out here [inferred-without-field]"],
        ),
        (
            {"gist": {"nl": "Nee.", "dutch": "Nee."}},
            ["gist/dutch: violation: a language must be a tag of BCP 47, as nl, en or fr-BE, not 'dutch': correct "
             "it [bad-language]"],
        ),
        (
            {"relations": written.Relations(answers="c01")},
            ["relations/answers: violation: a claim must relate to another claim, not to itself: correct it "
             "[relation-to-itself]"],
        ),
        (
            {"relations": written.Relations(same=["a b/c01"])},
            ["relations/same/0: violation: a relation must lead to a claim, as c02 or article-id/c02, not 'a "
             "b/c01': correct it [bad-relation]"],
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_said_at_its_field(fields: dict[str, object], said: list[str]) -> None:
    assert wrong(**fields) == said


def test_everything_wrong_in_a_claim_is_said_at_once() -> None:
    rules = [each.rpartition("[")[2] for each in wrong(words="Wij", cue="riep", to="burg", said="soon")]
    assert rules == ["bad-date]", "unknown-reference]", "words-not-found]"]


def test_the_id_of_a_withdrawn_claim_is_said_to_be_used_again_once() -> None:
    withdrawn = {"c02": written.Withdrawn(on="2026-12-01", why="Told twice.")}
    file = replace(
        FILE, claims=FILE.claims | {"c02": replace(CLAIM, words="minder voor tunnels")}, withdrawn=withdrawn
    )
    meant = meaning(relations("c02", file=file))
    assert complaints(meant) == [
        "claims/c02: violation: the id of a withdrawn claim must never be used again, and `c02` was: give this "
        "claim a new id [withdrawn-id-used-again]"
    ]
    assert meant.article is not None
    assert meant.article.withdrawn == ()


def test_a_relation_to_a_withdrawn_claim_is_refused_with_its_successor() -> None:
    withdrawn = {"c09": written.Withdrawn(on="2026-12-01", why="Told twice.", replaced_by="c02")}
    file = replace(
        FILE, claims=FILE.claims | {"c02": replace(CLAIM, words="minder voor tunnels")}, withdrawn=withdrawn
    )
    assert complaints(meaning(relations("c09", file=file))) == [
        "claims/c01/relations/answers/0: violation: a relation must lead to a claim, and `c09` was withdrawn: "
        "write `c02`, which replaced it [relation-to-withdrawn]"
    ]


def test_an_occasion_and_an_event_do_not_share_an_id() -> None:
    file = replace(file_with(at="fair"), occasions={"fair": written.Occasion(type="fair")})
    assert complaints(meaning(file)) == [
        "occasions/fair: violation: an occasion must have an id of its own, and `fair` is an Event of the "
        "entities: choose another [occasion-is-an-entity]"
    ]


def test_the_words_of_the_article_s_date_stand_in_the_article() -> None:
    file = replace(FILE, article=written.Article(published=written.Date("2020-02", words="februari")))
    assert [line.partition(":")[0] for line in complaints(meaning(file))] == ["article/published/words"]


def test_what_nobody_uses_is_a_warning() -> None:
    file = replace(
        FILE,
        occasions={"talk": written.Occasion(type="interview")},
        sources={"spokesman": written.Source("Een woordvoerder")},
    )
    assert complaints(meaning(file)) == [
        "occasions/talk: warning: no claim uses this occasion: use it or delete it [unused-occasion]",
        "sources/spokesman: warning: no claim uses this source: use it or delete it [unused-source]",
    ]


def test_a_guideline_s_version_can_stand_in_an_iri() -> None:
    signed = replace(FILE, annotation=written.Annotation(guideline="version 1"))
    assert complaints(meaning(signed, of=index(guidelines={}))) == [
        "annotation/guideline: violation: a version must be letters, digits, `.`, `-` and `_`, not 'version 1': "
        "rename it [bad-version]"
    ]


def test_an_article_whose_text_no_reader_takes_means_nothing() -> None:
    assert meaning(FILE, text=TEXT + "\x07").article is None
