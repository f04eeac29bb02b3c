"""What is said of claims that cannot be meant: at which field, and once."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from kg.annotations.classes import (
    AnnotationEntry,
    ArticleEntry,
    Date,
    OccasionEntry,
    Relations,
    SourceEntry,
    WithdrawnEntry,
)
from kg.files.text_files import show_invisible
from kg.meaning import read_index
from support.meanings import (
    CLAIM,
    ENTITIES,
    FILE,
    TEXT,
    complaints,
    corpus,
    file_with,
    index,
    meaning,
    relations,
    wrong,
)

UNKNOWN = "must name an entity, and there is no `burg`: did you mean `berg`? [unknown-reference]"
SPEAKER = "must name an entity, a source of this file, `unnamed` or `article`"
NOBODY = f"{SPEAKER}, and there is no `burg`: did you mean `berg`? [unknown-reference]"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"speaker": "burg"}, [f"speaker: violation: `speaker` {NOBODY}"]),
        ({"speaker": ["state", "burg"]}, [f"speaker/1: violation: `speaker` {NOBODY}"]),
        ({"to": "burg"}, [f"to: violation: `to` {UNKNOWN}"]),
        ({"about": ["burg"]}, [f"about/0: violation: `about` {UNKNOWN}"]),
        (
            {"speaker": "Anna Berg"},
            [f"speaker: violation: `speaker` {SPEAKER}, and there is no `Anna Berg`: did you mean `berg`? "
             "[unknown-reference]"],
        ),
        (
            {"speaker": ["berg", "berg"]},
            ["speaker/1: violation: `speaker` must name each once, and `berg` is listed before: delete it here "
             "[named-twice]"],
        ),
        (
            {"speaker": ["berg", "article"]},
            ["speaker/1: violation: `article` must be the only speaker, as it is the paper's own voice: write a "
             "separate claim for it [own-voice-with-others]"],
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
            {"said": Date("vrijdag", words="gisteren")},
            ["said/edtf: violation: a date must be written as 2020, 2020-02, 2020-02-21 or otherwise in EDTF, not "
             "'vrijdag' [bad-date]"],
        ),
        (
            {"at": "fare"},
            ["at: violation: `at` must name an occasion of this file or an Event, and there is no `fare`: "
             "did you mean `fair`? [unknown-reference]"],
        ),
        (
            {"inferred": "to"},
            ["inferred: violation: `inferred` must name fields of this claim, and it has no `to`: give it or "
             "leave it out here [inferred-without-field]"],
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
            {"relations": Relations(answers="c01")},
            ["relations/answers: violation: a claim must relate to another claim, not to itself: correct it "
             "[relation-to-itself]"],
        ),
        (
            {"relations": Relations(same=["a b/c01"])},
            ["relations/same/0: violation: a relation must lead to a claim, as c02 or article-id/c02, not 'a "
             "b/c01': correct it [bad-relation]"],
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_said_at_its_field(fields: dict[str, object], said: list[str]) -> None:
    assert wrong(**fields) == said


def test_a_wrong_language_of_an_entity_s_name_is_said_at_it() -> None:
    named = replace(ENTITIES["state"], name={"nl": "het land", "dutch": "het land"})
    (finding,) = read_index(corpus(state=named)).findings
    assert finding.at.path == ("state", "name", "dutch")  # type: ignore[union-attr]


def test_everything_wrong_in_a_claim_is_said_at_once() -> None:
    rules = [each.rpartition("[")[2] for each in wrong(words="Wij", cue="riep", to="burg", said="soon")]
    assert rules == ["bad-date]", "words-not-found]", "unknown-reference]"]


def test_the_id_of_a_withdrawn_claim_is_said_to_be_used_again_once() -> None:
    withdrawn = {"c02": WithdrawnEntry(on="2026-12-01", why="Told twice.")}
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
    withdrawn = {"c09": WithdrawnEntry(on="2026-12-01", why="Told twice.", replaced_by="c02")}
    file = replace(
        FILE, claims=FILE.claims | {"c02": replace(CLAIM, words="minder voor tunnels")}, withdrawn=withdrawn
    )
    assert complaints(meaning(relations("c09", file=file))) == [
        "claims/c01/relations/answers/0: violation: a relation must lead to a claim, and `c09` was withdrawn: "
        "write `c02`, which replaced it [relation-to-withdrawn]"
    ]


def test_an_occasion_and_an_event_do_not_share_an_id() -> None:
    file = replace(file_with(at="fair"), occasions={"fair": OccasionEntry(type="fair")})
    assert complaints(meaning(file)) == [
        "occasions/fair: violation: an occasion must have an id of its own, and `fair` is an Event of the "
        "entities: choose another [occasion-is-an-entity]"
    ]


def test_the_words_of_the_article_s_date_stand_in_the_article() -> None:
    file = replace(FILE, article=ArticleEntry(published=Date("2020-02", words="februari")))
    assert [line.partition(":")[0] for line in complaints(meaning(file))] == ["article/published/words"]


def test_what_nobody_uses_is_a_warning() -> None:
    file = replace(
        FILE,
        occasions={"talk": OccasionEntry(type="interview")},
        sources={"spokesman": SourceEntry("Een woordvoerder")},
    )
    assert complaints(meaning(file)) == [
        "occasions/talk: warning: no claim uses this occasion: use it or delete it [unused-occasion]",
        "sources/spokesman: warning: no claim uses this source: use it or delete it [unused-source]",
    ]


def test_a_guideline_s_version_can_be_part_of_an_iri() -> None:
    signed = replace(FILE, annotation=AnnotationEntry(guideline="version 1"))
    assert complaints(meaning(signed, of=index(guidelines={}))) == [
        "annotation/guideline: violation: a version must be letters, digits, `.`, `-` and `_`, not 'version 1': "
        "rename it [bad-version]"
    ]


def test_an_article_whose_text_no_reader_takes_means_nothing() -> None:
    assert meaning(FILE, text=TEXT + "\x07").article is None


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("Unnamed", "did you mean `unnamed`?"),
        ("bronnen\u00a0", "did you mean `bronnen`?"),
        ("unamed", "did you mean `unnamed`?"),
        ("artikel", "did you mean `article`?"),
        ("brnnen", "did you mean `bronnen`?"),
        ("Jan Smith", "did you mean `writer`?"),
        ("wegen", "correct it (`article`, `berg`, `bronnen`, `paper`, `state`, `unnamed`, `writer`), or define it"),
    ],
)
def test_a_speaker_that_names_nothing_is_said_with_the_nearest_of_those_that_can_speak(
    name: str, hint: str
) -> None:
    sources = {"bronnen": SourceEntry(words="Een woordvoerder")}
    file = replace(FILE, sources=sources, claims={"c01": CLAIM, "c02": replace(CLAIM, speaker=[name, "bronnen"])})

    assert complaints(meaning(file)) == [
        f"claims/c02/speaker/0: violation: `speaker` {SPEAKER}, and there is no `{show_invisible(name)}`: {hint} "
        "[unknown-reference]"
    ]


@pytest.mark.parametrize(
    ("speaker", "path", "hint"),
    [
        ("berg, kuiken", "speaker", "`[berg, kuiken]`"),
        (["paper", "kuiken, berg"], "speaker/1", "each as an item of its own"),
    ],
)
def test_several_speakers_in_one_text_are_said_to_be_a_list(speaker: list[str] | str, path: str, hint: str) -> None:
    name = speaker if isinstance(speaker, str) else speaker[1]
    assert wrong(speaker=speaker) == [
        f"{path}: violation: `speaker` must name one speaker, or several as a list, not {name!r}: write {hint} "
        "[unknown-reference]"
    ]


@pytest.mark.parametrize(
    ("words", "rules"),
    [
        (["Wij doen niet mee", "”, zei minister Berg"], ["words-split-by-comma"]),
        (["”, zei minister Berg", "Wij doen niet mee"], []),
        (["Wij doen", "doen niet mee"], ["words-overlap"]),
        (["doen niet mee", "Wij doen"], ["words-overlap"]),
        (["Wij doen niet mee", "doen"], ["words-overlap"]),
    ],
)
def test_parts_that_touch_do_not_overlap(words: list[str], rules: list[str]) -> None:
    assert [each.rpartition("[")[2].rstrip("]") for each in wrong(words=words)] == rules
