"""What people and papers really did: from a corpus to the written graph, the answers to questions and the pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.cli import run
from support.corpora import lay
from support.outcomes import BASE, Outcome
from support.pages_of import site_of

TEXT = "date 2020-02-21 “Ja”, zei Ann B. “Nee”, zei ze later. Het regent. Dat zegt een diplomaat.\n"


def person(since: str, until: str) -> str:
    """Return entities with one person, who had a role."""
    return (
        "ann-b:\n  type: Person\n  name: Ann B\n  roles:\n"
        f"    mayor: {{title: mayor, office: 'http://www.wikidata.org/entity/Q30185', {since}{until}}}\n"
    )


SAID = """\
claims:
  c1: {speaker: ann-b, words: Ja, act: states, said: "2020-02"}
  c2: {speaker: ann-b, words: Nee, act: states, said: "2024-05"}
"""


@pytest.mark.parametrize(
    ("since", "until", "role", "rows", "page"),
    [
        (
            "from: 2014~, ",
            "to: '2024-?10'",
            {
                "endDate": ["2024"],
                "heldUntil": ["2024-01-01"],
                "latest": ["2024-12-31"],
                "edtf": ["2014~/2024-?10"],
            },
            [("c1", "probably"), ("c2", "probably")],
            "about 2014 – probably October 2024",
        ),
        (
            "from: 2014-10-01, ",
            "to: 2024",
            {
                "startDate": ["2014-10-01"],
                "endDate": ["2024"],
                "earliest": ["2014-10-01"],
                "heldFrom": ["2014-10-01"],
                "heldUntil": ["2024-01-01"],
                "latest": ["2024-12-31"],
                "edtf": ["2014-10-01/2024"],
            },
            [("c1", "certainly")],
            "1 October 2014 – 2024",
        ),
        (
            "from: 2014",
            "",
            {
                "startDate": ["2014"],
                "earliest": ["2014-01-01"],
                "heldFrom": ["2014-12-31"],
                "edtf": ["2014/.."],
            },
            [("c1", "certainly"), ("c2", "certainly")],
            "since 2014",
        ),
        (
            "",
            "to: 2024-10-01",
            {
                "endDate": ["2024-10-01"],
                "heldUntil": ["2024-10-01"],
                "latest": ["2024-10-01"],
                "edtf": ["/2024-10-01"],
            },
            [],
            "… – 1 October 2024",
        ),
    ],
)  # fmt: skip
def test_a_role_says_from_when_to_when_with_its_doubts(  # noqa: PLR0913
    since: str, until: str, role: dict[str, list[str]], rows: list[tuple[str, str]], page: str, tmp_path: Path
) -> None:
    text = TEXT.replace("date 2020-02-21", "date 2025-02-21")
    made = Outcome(tmp_path, {"a.txt": text, "entities.yaml": person(since, until), "a.claims.yaml": SAID})
    assert made.of("entity/ann-b#role-mayor") == {
        "type": ["http://schema.org/OrganizationRole"],
        "roleName": ["mayor"],
        "role": ["http://www.wikidata.org/entity/Q30185"],
        **role,
    }
    for claim in ("c1", "c2"):
        found = made.of(f"claim/a/{claim}")
        for certainty, term in (("certainly", "spokenAs"), ("probably", "probablySpokenAs")):
            expected = ["entity/ann-b#role-mayor"] if (claim, certainty) in rows else None
            assert found.get(term) == expected
    assert [(row["claim"][-2:], row["certainty"]) for row in made.rows("roles")] == rows
    assert f"mayor {page}" in made.text("entity/ann-b")
    assert ("probably then mayor" in made.text("claim/a/c1")) == (("c1", "probably") in rows)
    assert (", then mayor" in made.text("claim/a/c1")) == (("c1", "certainly") in rows)


WITHDRAWN = """\
claims:
  c1: {speaker: ann-b, words: Ja, act: states}
withdrawn:
  c2: {on: 2020-03-01, why: {en: Nobody said so.}, replaced_by: c1}
"""


def test_nothing_of_a_withdrawn_claim_is_left(tmp_path: Path) -> None:
    made = Outcome(tmp_path, {"a.txt": TEXT, "a.claims.yaml": WITHDRAWN})
    assert made.of("claim/a/c2") == {
        "type": ["https://w3id.org/kg-claims#WithdrawnClaim"],
        "withdrawnFrom": ["article/a"],
        "withdrawnOn": ["2020-03-01"],
        "withdrawnBecause": ["Nobody said so."],
        "isReplacedBy": ["claim/a/c1"],
    }
    assert [row["claims"] for row in made.rows("articles")] == ["1"]
    assert [line.split()[0] for line in made.triples if "schema.org/appearance>" in line] == [f"<{BASE}claim/a/c1>"]
    assert [(row["claim"], row["article"]) for row in made.rows("withdrawn")] == [("claim/a/c2", "article/a")]
    assert "c2: This claim was withdrawn on 1 March 2020." in made.text("article/a")
    assert "Nobody said so." in made.text("claim/a/c2")


@pytest.mark.parametrize(
    "added",
    [
        "<http://schema.org/author> <https://kg.example/entity/ann-b>",
        "<https://w3id.org/kg-claims#act> <https://w3id.org/kg-claims/acts#denies>",
        '<http://schema.org/text> "Nee"@nl',
        "<http://schema.org/appearance> <https://kg.example/article/a>",
    ],
)
def test_what_somebody_adds_to_a_withdrawn_claim_is_a_violation(
    added: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    Outcome(tmp_path, {"a.txt": TEXT, "a.claims.yaml": WITHDRAWN})
    with (tmp_path / "out.nt").open("a") as file:
        file.write(f"<https://kg.example/claim/a/c2> {added} .\n")
    assert run(["validate", str(tmp_path / "out.nt")]) == 1
    found = " ".join(capfd.readouterr().out.split())
    assert "violation: A withdrawn claim must say nothing more of the claim" in found


def test_only_a_claim_that_says_so_dates_from_the_correction(tmp_path: Path) -> None:
    claims = (
        "article: {corrected: 2020-03-02}\nclaims:\n"
        "  c1: {speaker: ann-b, words: Ja, act: states}\n"
        "  c2: {speaker: ann-b, words: Nee, act: states, said: corrected}\n"
        "  c3: {speaker: article, words: Het regent, act: states}\n"
    )
    made = Outcome(tmp_path, {"a.txt": TEXT, "a.claims.yaml": claims})
    found = {id: made.of(f"claim/a/{id}") for id in ("c1", "c2", "c3")}
    assert [(each["latest"], each["dateBasis"][0].partition("#")[2]) for each in found.values()] == [
        (["2020-02-21"], "publication"),
        (["2020-03-02"], "correction"),
        (["2020-02-21"], "printed"),
    ]
    assert {row["claim"]: row["latest"] for row in made.rows("uncertain-dates")} == {
        "claim/a/c1": "2020-02-21",
        "claim/a/c2": "2020-03-02",
    }
    assert "by 21 February 2020, when the article appeared" in made.text("claim/a/c1")
    assert "by 2 March 2020, when the article was corrected" in made.text("claim/a/c2")


def test_who_spoke_at_an_event_of_three_days_did_not_speak_for_three_days(tmp_path: Path) -> None:
    entities = "ann-b: {type: Person, name: Ann B}\nfair: {type: Event, name: Fair, date: 2020-02-14/2020-02-16}\n"
    claims = "claims: {c1: {speaker: ann-b, words: Ja, act: states, at: fair}}\n"
    made = Outcome(tmp_path, {"a.txt": TEXT, "entities.yaml": entities, "a.claims.yaml": claims})
    claim = made.of("claim/a/c1")
    assert (claim["edtf"], claim["earliest"], claim["latest"]) == (
        ["[2020-02-14..2020-02-16]"],
        ["2020-02-14"],
        ["2020-02-16"],
    )
    assert made.of("entity/fair")["edtf"] == ["2020-02-14/2020-02-16"]
    assert [row["said"] for row in made.rows("said-by", speaker="ann-b")] == ["[2020-02-14..2020-02-16]"]
    assert "some time between 14 February 2020 and 16 February 2020" in made.text("claim/a/c1")
    assert "from 14 February 2020 to 16 February 2020" in made.text("entity/fair")


def test_the_paper_itself_is_a_newsroom_and_no_unnamed_source(tmp_path: Path) -> None:
    claims = (
        "claims:\n"
        "  c1: {speaker: article, words: Het regent, act: states}\n"
        "  c2: {speaker: unnamed, speaker_words: een diplomaat, words: Nee, act: states}\n"
    )
    made = Outcome(tmp_path, {"a.txt": TEXT, "a.claims.yaml": claims})
    types = ["https://w3id.org/kg-claims#Newsroom", "http://schema.org/Organization"]
    assert made.of("article/a#newsroom") == {"type": types}
    assert made.of("claim/a/c1")["author"] == ["article/a#newsroom"]
    assert made.of("claim/a/c2#speaker")["type"] == ["https://w3id.org/kg-claims#UnnamedSource"]
    assert [row["claim"] for row in made.rows("unnamed-sources")] == ["claim/a/c2"]
    assert [row["claim"] for row in made.rows("own-voice")] == ["claim/a/c1"]
    assert "the newsroom: Het regent (states)" in made.text("claim/a/c1")
    assert "organisations and states0" in made.text("")


def test_who_is_spoken_for_did_not_speak(tmp_path: Path) -> None:
    entities = (
        "ann-b: {type: Person, name: Ann B}\ncarl: {type: Person, name: Carl C}\n"
        "ministry: {type: GovernmentOrganization, name: the Ministry}\n"
    )
    claims = (
        "sources: {diplomat: {words: een diplomaat, for: ministry}}\nclaims:\n"
        "  c1: {speaker: ann-b, for: carl, words: Ja, act: states}\n"
        "  c2: {speaker: diplomat, words: Nee, act: states}\n"
    )
    made = Outcome(tmp_path, {"a.txt": TEXT, "entities.yaml": entities, "a.claims.yaml": claims})
    claim = made.of("claim/a/c1")
    assert (claim["author"], claim["onBehalfOf"]) == (["entity/ann-b"], ["entity/carl"])
    assert made.of("source/a/diplomat")["onBehalfOf"] == ["entity/ministry"]
    assert [row["speaker"] for row in made.rows("said-for", **{"for": "carl"})] == ["entity/ann-b"]
    assert [row["speaker"] for row in made.rows("said-for", **{"for": "ministry"})] == ["source/a/diplomat"]
    assert made.rows("said-by", speaker="carl") == []
    assert "Ann B, on behalf of Carl C" in made.text("claim/a/c1")
    for page, name in (("entity/carl", "Carl C"), ("entity/ministry", "the Ministry")):
        assert f"What was said on behalf of {name}" in made.text(page)
        assert f"Claims by {name}" not in made.text(page)


RETRACTED = """\
claims:
  c1: {speaker: ann-b, words: Ja, act: accuses, about: rain}
  c2: {speaker: ann-b, words: Nee, act: retracts, gist: {nl: Het is niet zo.}, relations: {retracts: c1}}
  c3: {speaker: ann-b, words: Het regent, act: accuses, about: rain, relations: {same: c1}}
"""


def test_a_claim_that_was_taken_back_is_marked_wherever_it_appears(tmp_path: Path) -> None:
    entities = "ann-b: {type: Person, name: Ann B}\nrain: {type: Topic, name: rain}\n"
    made = Outcome(tmp_path, {"a.txt": TEXT, "entities.yaml": entities, "a.claims.yaml": RETRACTED})
    questions: dict[str, dict[str, str]] = {
        "said-by": {"speaker": "ann-b"},
        "said-about": {"about": "rain"},
        "said-in": {"article": "a"},
        "said-with": {"word": "ja"},
        "timeline": {},
        "acts-of": {"speaker": "ann-b"},
    }
    for question, values in questions.items():
        marked = {row["claim"][-2:]: row.get("retracted_by") for row in made.rows(question, **values)}
        assert {id for id, by in marked.items() if by == "claim/a/c2"} == marked.keys() & {"c1", "c3"}, question
    for page in ("entity/ann-b", "entity/rain", "article/a", "claim/a/c1", "claim/a/c3", "claim/a/c2", ""):
        text = made.text(page)
        assert "accuses, taken back" in text, page
        assert "· accuses Ja" not in text, page
    assert "Where it was taken back" in made.text("claim/a/c3")
    site_of(made.folder, tmp_path / "site")
    assert b'"Ann B","accuses, taken back"' in (tmp_path / "site" / "search" / "en-0.js").read_bytes()
    assert "teruggenomen" in (tmp_path / "site" / "feed.atom").read_text("utf-8")


def test_an_article_without_claims_has_no_claims_of_other_articles_in_the_answer(tmp_path: Path) -> None:
    files = {"a.txt": TEXT, "b.txt": TEXT, "entities.yaml": "ann-b: {type: Person, name: Ann B}\n"}
    claims = "claims:\n  c1: {speaker: ann-b, words: Ja, act: states}\n"
    made = Outcome(tmp_path, {**files, "a.claims.yaml": claims, "b.claims.yaml": "claims: {}\n"})
    assert [(row["article"], row["claims"], row["quotations"]) for row in made.rows("licences")] == [
        ("article/a", "1", "1"),
        ("article/b", "0", "0"),
    ]


def test_a_document_does_not_speak_but_has_the_claims_that_were_made_in_it(tmp_path: Path) -> None:
    entities = (
        "ann-b: {type: Person, name: Ann B}\nplan: {type: Document, name: the Plan, date: 2019-12}\n"
        "letter: {type: Document, name: the Letter}\n"
    )
    claims = (
        "claims:\n"
        "  c1: {speaker: ann-b, in: plan, words: Ja, act: states}\n"
        "  c2: {speaker: ann-b, in: letter, words: Nee, act: states}\n"
        "  c3: {speaker: ann-b, in: plan, said: 2020, words: Het regent, act: states}\n"
    )
    made = Outcome(tmp_path, {"a.txt": TEXT, "entities.yaml": entities, "a.claims.yaml": claims})
    assert made.of("entity/plan")["type"] == [
        "https://w3id.org/kg-claims#Document",
        "http://schema.org/CreativeWork",
    ]
    assert made.of("entity/plan")["dateCreated"] == ["2019-12"]
    found = [made.of(f"claim/a/{id}") for id in ("c1", "c2", "c3")]
    assert [each["firstAppearance"] for each in found] == [["entity/plan"], ["entity/letter"], ["entity/plan"]]
    assert [(each["dateBasis"][0].partition("#")[2], each["latest"]) for each in found] == [
        ("document", ["2019-12-31"]),
        ("publication", ["2020-02-21"]),
        ("outside", ["2020-12-31"]),
    ]
    assert [row["claim"] for row in made.rows("said-in-document", document="plan")] == ["claim/a/c1", "claim/a/c3"]
    assert "Claims made in the Plan" in made.text("entity/plan")
    assert "Made inthe Plan" in made.text("claim/a/c1")
    assert "Documents" in made.text("people")
    assert "the Plan" in made.text("people")


@pytest.mark.parametrize(
    ("claim", "message"),
    [
        (
            "speaker: plan",
            "a document does not speak, and `plan` is one: give as `speaker` who wrote",
        ),
        ("speaker: ann-b, in: ann-b", "`in` must name an entity of type Document, and `ann-b` is of another type"),
        ("speaker: ann-b, in: plam", "`in` must name a Document, and there is no `plam`: did you mean `plan`?"),
        (
            "speaker: ann-b, in: plan, first_appearance: 'https://a.example/'",
            "a claim must be made first in one place: give `in` or `first_appearance`, and delete the other",
        ),
    ],
)
def test_what_a_document_cannot_be_is_said(
    claim: str, message: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    entities = "ann-b: {type: Person, name: Ann B}\nplan: {type: Document, name: the Plan}\n"
    claims = f"claims: {{c1: {{{claim}, words: Ja, act: states}}}}\n"
    corpus = lay(tmp_path, {"a.txt": TEXT, "entities.yaml": entities, "a.claims.yaml": claims})
    assert run(["validate", str(corpus)]) == 1
    found = " ".join(capfd.readouterr().out.split())
    assert (message in found, found.count("violation:")) == (True, 1)
