"""When a claim was said: its own date, else its occasion's or event's, else no later than its article."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from kg.annotations.classes import ArticleEntry, ClaimsFile, Date, OccasionEntry, RoleEntry
from kg.dates.edtf import read
from kg.meaning import read_index
from kg.model import Dated
from kg.rdf.terms import plain, text
from kg.rdf.vocab import BASES, KG
from kg.text.spans import Span
from support.meanings import (
    CLAIM,
    ENTITIES,
    FILE,
    TEXT,
    article,
    claim,
    complaints,
    corpus,
    file_with,
    meaning,
    wrong,
)

GISTEREN = (text("gisteren", "nl"),)
PUBLISHED = Dated(latest="2020-02-29", basis=BASES.publication)
MINISTER, MAYOR = (f"<https://kg.example/entity/berg#role-{role}>" for role in ("minister", "mayor"))


def at(date: Date | str, *, article: ArticleEntry | None = None, **fields: object) -> ClaimsFile:
    """Return the file whose claim was made on an occasion with a date."""
    occasions = {"talk": OccasionEntry(type="interview", date=date)}
    file = replace(file_with(at="talk", **fields), occasions=occasions)
    return replace(file, article=article or file.article)


def test_a_claim_without_any_date_was_not_said_later_than_the_article() -> None:
    assert claim().said == PUBLISHED


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("2020-02-01", Dated(read("2020-02-01"), "2020-02-01", "2020-02-01", basis=BASES.outside)),
        (
            Date("2020-02-?21", words="gisteren", why="It was a Friday."),
            Dated(
                read("2020-02-?21"),
                "2020-02-01",
                "2020-02-29",
                GISTEREN,
                (plain("It was a Friday."),),
                BASES.relative,
                (Span(TEXT.index("gisteren"), TEXT.index("gisteren") + 8),),
            ),
        ),
        (
            Date("2020-02", why="A letter says so."),
            Dated(read("2020-02"), "2020-02-01", "2020-02-29", (), (plain("A letter says so."),), BASES.outside),
        ),
    ],
)  # fmt: skip
def test_a_claim_s_own_date_wins_over_its_occasion_s(said: Date | str, expected: Dated) -> None:
    assert claim(at("2019", said=said)).said == expected


def test_words_with_the_year_in_them_print_the_date() -> None:
    text_of_1999 = "In 1999 zei minister Berg: “Wij doen niet mee”."
    meant = article(file_with(said=Date("1999", words="In 1999")), text=text_of_1999)
    assert meant.claims[0].said.basis == BASES.printed


def test_the_date_of_an_occasion_is_inherited_and_its_words_stay_with_the_occasion() -> None:
    file = at(Date("2020-02-?03", words="gisteren"))
    (occasion,) = article(file).occasions
    assert claim(file).said == Dated(read("2020-02-?03"), "2020-02-01", "2020-02-29", basis=BASES.occasion)
    assert (occasion.date.words, len(occasion.date.words_at)) == (GISTEREN, 1)


def test_an_occasion_without_a_date_leaves_what_the_article_tells() -> None:
    file = replace(file_with(at="talk"), occasions={"talk": OccasionEntry(type="interview")})
    assert claim(file).said == PUBLISHED


def test_the_date_of_an_event_is_inherited() -> None:
    assert claim(at="fair").said == Dated(
        read("[2020-02-14..2020-02-16]"), "2020-02-14", "2020-02-16", basis=BASES.occasion
    )


def test_a_claim_in_the_paper_s_own_voice_is_of_the_paper_s_date() -> None:
    read_claim = claim(speaker="article", words="De regering heeft geen haast")
    assert read_claim.said == Dated(read("2020-02"), "2020-02-01", "2020-02-29", basis=BASES.printed)


def test_a_date_without_a_certain_part_is_at_most_the_article_s_latest() -> None:
    expected = Dated(read("2020-01?"), "", "2020-02-29", basis=BASES.outside)
    assert claim(said="2020-01?").said == expected
    assert claim(at("2020-01?")).said == replace(expected, basis=BASES.occasion)


CORRECTED = ArticleEntry(published="2020-02", corrected="2020-03-05")


def corrected(**fields: object) -> Dated:
    """Return the date of the claim, in an article that was corrected."""
    return claim(replace(file_with(**fields), article=CORRECTED)).said


def test_what_an_article_said_was_printed_when_it_was_published_even_if_it_was_corrected_later() -> None:
    assert article(replace(FILE, article=CORRECTED)).corrected == "2020-03-05"
    assert corrected() == PUBLISHED
    assert corrected(speaker="article", words="De regering heeft geen haast").edtf.text == "2020-02"
    assert corrected(said="2020-01?").latest == "2020-02-29"
    assert corrected(said="2020-03-04?").latest == "2020-03-05"


def test_a_claim_that_came_with_a_correction_dates_from_it() -> None:
    assert corrected(said="corrected") == Dated(latest="2020-03-05", basis=BASES.correction)
    own = corrected(said="corrected", speaker="article", words="De regering heeft geen haast")
    assert own == Dated(read("2020-03-05"), "2020-03-05", "2020-03-05", basis=BASES.correction)
    assert wrong(said="corrected") == [
        "said: violation: `said: corrected` means that the claim is only in the corrected article, which has no "
        "`corrected`: give it in `article`, or leave `said` out [said-without-correction]"
    ]


def test_a_date_that_a_claim_does_not_have_cannot_be_inferred() -> None:
    """The paper's own words that came with the correction have its date."""
    came = replace(file_with(said="corrected", inferred="said"), article=CORRECTED)
    own = file_with(said="corrected", inferred="said", speaker="article", words="De regering heeft geen haast")

    assert complaints(meaning(came)) == [
        "claims/c01/inferred: violation: a claim that came with the correction has no date of its own that could "
        "be inferred: leave `said` out of `inferred` [inferred-without-field]"
    ]
    assert claim(replace(own, article=CORRECTED)).inferred == (KG.edtf,)


@pytest.mark.parametrize(
    ("date", "said"),
    [
        ("2020-02-14/2020-02-16", "[2020-02-14..2020-02-16]"),
        ("2020-02-?14/2020-02-16", "[2020-02-?14..2020-02-16]"),
        ("2020-01/..", "[2020-01..]"),
        ("/2020-01", "[..2020-01]"),
        ("{2020-01,2020-02}", "[2020-01,2020-02]"),
        ("2020-01", "2020-01"),
        ("../..", ""),
    ],
)
def test_a_claim_on_an_occasion_of_several_days_was_made_on_one_of_them(date: str, said: str) -> None:
    assert claim(at(date)).said.edtf.text == said


def test_an_open_end_has_no_bound() -> None:
    assert claim(said="../2020-01").said == Dated(read("../2020-01"), "", "2020-01-31", basis=BASES.outside)


def test_the_date_of_the_text_counts_where_the_annotations_give_none() -> None:
    meant = article(replace(FILE, article=ArticleEntry()), header="2020-02-21")
    assert meant.published == Dated(read("2020-02-21"), "2020-02-21", "2020-02-21", basis=BASES.printed)


@pytest.mark.parametrize("where", ["annotations", "text"])
@pytest.mark.parametrize(
    ("date", "basis"),
    [
        ("2020-02", BASES.printed),
        ("[2020-02-20,2020-02-21]", BASES.printed),
        ("2020-02~", BASES.outside),
        ("2020-02-?21", BASES.outside),
        ("XXXX", BASES.outside),
    ],
)
def test_no_article_carries_a_date_of_publication_that_is_doubted_or_unknown(
    date: str, basis: str, where: str
) -> None:
    """And nobody knows until when something was said that an article of an unknown date reports."""
    in_annotations = where == "annotations"
    entry = replace(FILE.article, published=date if in_annotations else "")
    meant = article(replace(FILE, article=entry), header="" if in_annotations else date)
    assert meant.published.basis == basis
    assert bool(meant.claims[0].said.latest) == (date[0] in "[2" and "~" not in date)


def test_the_date_of_the_annotations_wins_over_the_text_s() -> None:
    assert article(header="2021").published.edtf.text == "2020-02"


@pytest.mark.parametrize(
    ("said", "roles"),
    [
        ("2020-02", (MINISTER,)),
        ("2019-12", ()),  # the role began some day in 2019: perhaps later
        ("2019-12-31", (MINISTER,)),
        ("2018-12-31", (MAYOR,)),
        ("2018", (MAYOR,)),
        ("[2018-12-31..2020-01-01]", ()),
        ("../2018", ()),  # an open end: it may have been said before anybody held anything
        ("2020-02?", ()),
        ("2018-12?", ()),
    ],
)
def test_a_role_counts_that_was_held_beyond_doubt_on_every_day(said: str, roles: tuple[str, ...]) -> None:
    assert claim(said=Date(said, why="A letter says so.")).spoken_as == roles


def test_a_role_was_probably_held_on_a_doubted_day_even_if_the_date_of_the_article_is_doubted_too() -> None:
    said = claim(replace(file_with(said="2020-02-21?"), article=ArticleEntry(published="2020?")))

    assert (said.said.latest, said.spoken_as, said.probably_spoken_as) == ("", (), (MINISTER,))


UNSAID = "a date must say how it is known: give `words` (what the article says) or `why` [date-without-reason]"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"said": Date("2020")}, [f"said/edtf: violation: {UNSAID}"]),
        (
            {"said": "2020-02-30"},
            ["said: violation: a day must exist, and there is no 2020-02-30 [bad-date]"],
        ),
        (
            {"said": "2020-01/2020-02"},
            ["said: warning: an interval says that it lasted all that time; for some day within it, write a set: "
             "[2020-01..2020-02] [interval-on-a-claim]"],
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_a_date_is_said_at_its_field(fields: dict[str, object], said: list[str]) -> None:
    assert wrong(**fields) == said


@pytest.mark.parametrize(
    ("given_article", "said"),
    [
        (
            ArticleEntry(),
            "article/published: violation: an article must have a date: write `date 2020-02` before its text, or "
            "`article: {published: …}` [article-without-date]",
        ),
        (
            ArticleEntry(published="2020-02", corrected="2020-01"),
            "article/corrected: violation: `corrected` must not be before `published`: correct one of them "
            "[corrected-before-published]",
        ),
        (
            ArticleEntry(published="2020-02", corrected="2020-03?"),
            "article/corrected: violation: `corrected` must be a year, month or day that is certain, not "
            "'2020-03?': correct it [doubtful-correction]",
        ),
    ],
)
def test_what_cannot_be_the_date_of_an_article_is_said(given_article: ArticleEntry, said: str) -> None:
    assert complaints(meaning(replace(FILE, article=given_article))) == [said]


def test_the_words_of_a_date_stand_in_the_article() -> None:
    rules = [each.rpartition("[")[2] for each in wrong(said=Date("2020", words="eergisteren"))]
    assert rules == ["words-not-found]"]


def test_a_role_may_be_held_for_one_day() -> None:
    day = RoleEntry(title="acting minister", since="2020-02-14", until="2020-02-14")
    read = read_index(corpus(berg=replace(ENTITIES["berg"], roles={"minister": day})))
    assert read.findings == ()
    spoken = {
        said: meaning(at(said), of=read).article.claims[0].spoken_as  # type: ignore[union-attr]
        for said in ("2020-02-13", "2020-02-14", "2020-02-15", "2020-02")
    }
    assert spoken == {"2020-02-13": (), "2020-02-14": (MINISTER,), "2020-02-15": (), "2020-02": ()}


@pytest.mark.parametrize(
    ("since", "until", "said", "certainly", "probably"),
    [
        ("2014~", "2024-?10", "2020-02", False, True),
        ("2014~", "2024-?10", "2025", False, False),
        ("2014-10", "2024-?10", "2020-02", True, False),
        ("2014-10", "2024-?10", "2024-05-01", False, True),
        ("2014-10", "2024", "2020-02-?21", True, False),
        ("2020-02-15", "", "2020-02-?21", False, True),
        ("2020-02-15", "", "2020-02-21?", False, True),
        ("2020-02-15", "", "[2020-02-?14..2020-02-?16]", False, False),
        ("", "2024", "2020", False, False),  # nobody knows when it began
        ("unknown", "2024", "2020", False, False),
        ("2014", "unknown", "2020", False, False),
        ("..", "2024", "2020", True, False),
        ("2014", "..", "2020", True, False),
        ("[2014-01..2014-03]", "", "2020", True, False),
    ],
)  # fmt: skip
def test_a_role_is_probable_if_only_a_mark_of_doubt_stands_against_it(
    since: str, until: str, said: str, certainly: bool, probably: bool
) -> None:
    role = RoleEntry(title="minister", since=since, until=until)
    of = read_index(corpus(berg=replace(ENTITIES["berg"], roles={"minister": role})))
    meant = meaning(file_with(said=Date(said, why="A letter says so.")), of=of).article
    assert meant is not None
    assert meant.claims[0].spoken_as == (MINISTER,) * certainly
    assert meant.claims[0].probably_spoken_as == (MINISTER,) * probably


@pytest.mark.parametrize(("since", "warned"), [("", True), ("unknown", False), ("..", False), ("2014~", False)])
def test_a_role_without_a_start_says_what_that_means(since: str, warned: bool) -> None:
    role = RoleEntry(title="minister", since=since)
    index = read_index(corpus(berg=replace(ENTITIES["berg"], roles={"minister": role})))
    assert [(each.severity, each.rule) for each in index.findings] == [("warning", "role-without-from")] * warned


def test_a_role_ends_after_it_begins() -> None:
    role = RoleEntry(title="minister", since="2020", until="2019")
    index = read_index(corpus(berg=replace(ENTITIES["berg"], roles={"minister": role})))
    assert [(finding.rule, finding.at.path) for finding in index.findings] == [  # type: ignore[union-attr]
        ("role-ends-before-it-begins", ("berg", "roles", "minister", "to"))
    ]


@given(
    st.sampled_from(
        ["2020", "2020-02", "2020-02-03", "2020-02-?03", "2020?", "[2019..2020-01]", "../2020-02", "1X"]
    )
)
def test_what_a_claim_inherits_is_never_narrower_than_what_was_written(date: str) -> None:
    date = date.replace("1X", "201X")
    said = claim(at(date)).said
    assert said.earliest == read(date).earliest
    assert said.latest in (read(date).latest, "2020-02-29")
    assert said == claim(replace(at(date), claims={"c01": replace(CLAIM, at="talk")})).said
