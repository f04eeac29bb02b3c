"""What is claimed, quoted and done by saying it: from a corpus to the graph, the answers and the pages."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

import kg
from kg.cli import run
from support.corpora import lay
from support.outcomes import Outcome

ENTITIES = """\
stoltenberg: {type: Person, name: Jens Stoltenberg}
trump: {type: Person, name: Donald Trump}
checker: {type: Organization, name: De Factchecker}
"""
TEXT = (
    "date 2020-02-21 Jens Stoltenberg weerlegde het verwijt de spreekbuis van Trump te zijn. "
    "Volgens Trump noemde Stoltenberg hem “een vriend”. Stoltenberg vroeg of Trump komt. "
    "“Wij betalen”, zei Stoltenberg. Als Trump betaalt, betaalt ook Stoltenberg in 2024, beloofde hij. "
    "Stoltenberg gaf geen commentaar op de kosten.\n"
)
DENIAL = """\
claims:
  c14:
    speaker: stoltenberg
    words: het verwijt de spreekbuis van Trump te zijn
    cue: weerlegde
    act: denies
    gist: {en: Stoltenberg is not Trump's mouthpiece.}
    reviews: [{url: https://checks.example/1, by: checker, rating: {name: True}}]
"""


def outcome(folder: Path, claims: str) -> Outcome:
    """Return what is made of claims about one article."""
    return Outcome(folder, {"a.txt": TEXT, "entities.yaml": ENTITIES, "a.claims.yaml": claims})


def exported(made: Outcome, form: str, folder: Path) -> str:
    """Return the corpus in a format."""
    made.corpus.write(folder / "written", format=form)
    return (folder / "written").read_text("utf-8-sig")


def warned(folder: Path, claims: str) -> list[tuple[str, str]]:
    """Return the severity and the rule of each finding about claims that are not in full."""
    corpus = lay(folder, {"a.txt": TEXT, "entities.yaml": ENTITIES, "a.claims.yaml": claims})
    rules = ("claim-not-in-full", "reviewed-claim-not-in-full", "gist-missing")
    return [(each.severity, each.rule) for each in kg.open(corpus).validate() if each.rule in rules]


def test_what_is_denied_is_never_what_was_claimed(tmp_path: Path) -> None:
    made = outcome(tmp_path, DENIAL)
    claim = made.of("claim/a/c14")

    assert claim["text"] == ["Stoltenberg is not Trump's mouthpiece."]
    assert claim["words"] == ["het verwijt de spreekbuis van Trump te zijn"]
    assert made.of("claim/a/c14#review-1")["claimReviewed"] == claim["text"]
    for question, values in (
        ("said-by", {"speaker": "stoltenberg"}),
        ("said-with", {"word": "spreekbuis"}),
        ("acts-of", {"speaker": "stoltenberg", "language": "nl"}),
    ):
        assert [row["text"] for row in made.rows(question, **values)] == claim["text"]
    assert [row["in_full"] for row in csv.DictReader(io.StringIO(exported(made, "csv", tmp_path)))] == claim["text"]
    page = made.text("claim/a/c14")
    assert "Jens Stoltenberg · denies, and says Stoltenberg is not Trump's mouthpiece." in page
    assert "The article’s words: het verwijt de spreekbuis van Trump te zijn" in page
    assert "Jens Stoltenberg (denies, and says): Stoltenberg is not Trump's mouthpiece." in page


def test_a_review_is_of_what_was_claimed(tmp_path: Path) -> None:
    (review,) = json.loads(exported(outcome(tmp_path, DENIAL), "claimreview", tmp_path))

    assert review["claimReviewed"] == review["itemReviewed"]["text"] == "Stoltenberg is not Trump's mouthpiece."


MENTIONED = """\
claims:
  c1:
    speaker: stoltenberg
    words: het verwijt de spreekbuis van Trump te zijn
    act: accuses
    form: mentioned
    reviews: [{url: https://checks.example/1, by: checker}]
  c2: {speaker: stoltenberg, words: Wij betalen, reviews: [{url: https://checks.example/2, by: checker}]}
"""


def test_reviews_of_what_nothing_says_in_full_are_left_out_and_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = outcome(tmp_path, MENTIONED)
    capsys.readouterr()

    assert run(["export", str(made.folder), "-f", "claimreview"]) == 0
    written = capsys.readouterr()
    assert [each["url"] for each in json.loads(written.out)] == ["https://checks.example/2"]
    assert "left out: the reviews of 1 claims, since nothing says in full what these claim." in written.err
    assert made.rows("said-by", speaker="stoltenberg")[0].get("text") is None
    assert "The article’s words: het verwijt" in made.text("claim/a/c1")


@pytest.mark.parametrize(
    ("fields", "text", "found"),
    [
        ("words: Wij betalen", ["Wij betalen"], []),
        ("words: Wij betalen, gist: {en: We pay.}", ["We pay.", "Wij betalen"], []),
        ("words: Wij betalen, gist: Ze betalen.", ["Ze betalen."], []),
        ("words: de spreekbuis, act: states", ["de spreekbuis"], []),
        ("words: de spreekbuis", [], [("warning", "claim-not-in-full")]),
        ("words: of Trump komt, act: asks", [], [("warning", "claim-not-in-full")]),
        ("words: de kosten, act: withholds", [], []),
        ("words: het verwijt, act: accuses, form: mentioned", [], [("warning", "claim-not-in-full")]),
        (
            "words: betaalt ook Stoltenberg in 2024, act: promises, condition: Als Trump betaalt",
            [],
            [("warning", "claim-not-in-full")],
        ),
        (
            "words: 'Als Trump betaalt, betaalt ook', act: promises, condition: Als Trump betaalt",
            ["Als Trump betaalt, betaalt ook"],
            [],
        ),
        # "de" is in "beloofde", but not as a word.
        ("words: beloofde hij, act: promises, condition: de", [], [("warning", "claim-not-in-full")]),
    ],
)
def test_the_words_are_the_claim_only_where_they_say_it(
    fields: str, text: list[str], found: list[tuple[str, str]], tmp_path: Path
) -> None:
    claims = f"claims: {{c1: {{speaker: stoltenberg, {fields}}}}}\n"
    made = outcome(tmp_path, claims)

    assert sorted(made.of("claim/a/c1").get("text", [])) == text
    assert len(made.of("claim/a/c1")["words"]) == 1
    assert warned(tmp_path / "again", claims) == found


@pytest.mark.parametrize("act", ["denies", "rejects", "excludes", "retracts"])
def test_an_act_that_reverses_its_words_needs_a_gist(act: str, tmp_path: Path) -> None:
    claims = f"claims: {{c1: {{speaker: stoltenberg, words: Wij betalen, act: {act}}}}}\n"

    assert warned(tmp_path, claims) == [("violation", "gist-missing")]


@pytest.mark.parametrize(("form", "quoted"), [("", ["een vriend"]), ("indirect", []), ("mentioned", [])])
def test_only_the_speakers_own_words_are_quoted(form: str, quoted: list[str], tmp_path: Path) -> None:
    """Marks in a claim that the annotator calls indirect or mentioned quote somebody else."""
    given = f"form: {form}, " if form else ""
    made = outcome(
        tmp_path,
        "claims: {c1: {speaker: trump, words: noemde Stoltenberg hem “een vriend”, act: states, "
        f"{given}gist: {{en: He called him so.}}}}}}\n",
    )

    assert [line for line in made.triples if "/Quotation>" in line and "rdf-syntax" in line] == [
        f"<https://kg.example/claim/a/c1#quotation-{n}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> "
        "<http://schema.org/Quotation> ."
        for n, _ in enumerate(quoted, 1)
    ]
    assert [row["quoted"] for row in made.rows("quoted-words") if "quoted" in row] == quoted
    html = made.pages.html("claim/a/c1", "en") or b""
    assert html.decode().count("<q") == len(quoted)


def test_an_act_that_nobody_gave_is_nowhere(tmp_path: Path) -> None:
    made = outcome(tmp_path, "claims: {c1: {speaker: stoltenberg, words: Wij betalen, cue: zei}}\n")

    assert "act" not in made.of("claim/a/c1")
    assert [line for line in made.triples if "/acts#" in line] == []
    for question, values in (("said-by", {"speaker": "stoltenberg"}), ("said-in", {"article": "a"})):
        assert [("words" in row, "act" in row) for row in made.rows(question, **values)] == [(True, False)]
    assert made.rows("acts-by-speaker") == []
    (row,) = csv.DictReader(io.StringIO(exported(made, "csv", tmp_path)))
    assert row["act"] == ""
    assert "Jens Stoltenberg Wij betalen" in made.text("claim/a/c1")
    assert b"<dt>Act</dt>" not in (made.pages.html("claim/a/c1", "en") or b"")


RELATED = """\
claims:
  c1:
    speaker: stoltenberg
    words: Wij betalen
    act: states
    said: {edtf: 2020-02-20, why: The day before.}
    relations: {answers: c2, supports: c3}
    inferred: INFERRED
  c2: {speaker: trump, words: noemde Stoltenberg hem, act: states}
  c3: {speaker: stoltenberg, words: Trump betaalt, act: states}
"""


@pytest.mark.parametrize(
    ("inferred", "names", "rows"),
    [
        ("relations.answers", ["answers"], [("answers", "claim/a/c2")]),
        ("relations", ["answers", "supports"], [("answers", "claim/a/c2"), ("supports", "claim/a/c3")]),
        ("[words, said]", ["edtf", "words"], [("edtf", "2020-02-20"), ("words", "Wij betalen")]),
    ],
)
def test_what_was_inferred_is_a_property_that_the_claim_has(
    inferred: str, names: list[str], rows: list[tuple[str, str]], tmp_path: Path
) -> None:
    made = outcome(tmp_path, RELATED.replace("INFERRED", inferred))
    claim = made.of("claim/a/c1")

    assert sorted(each.rpartition("/")[2].rpartition("#")[2] for each in claim["inferred"]) == names
    assert set(names) <= set(claim)
    answers = made.rows("inferences")
    assert sorted((row["property"].rpartition("#")[2], row["value"]) for row in answers) == rows
    assert "(the annotator’s reading)" in made.text("claim/a/c1")


def test_a_relation_that_the_claim_does_not_have_cannot_be_inferred(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    claims = RELATED.replace("INFERRED", "relations.retracts")
    corpus = lay(tmp_path, {"a.txt": TEXT, "entities.yaml": ENTITIES, "a.claims.yaml": claims})

    assert run(["validate", str(corpus)]) == 1
    assert "it has no `relations.retracts`" in capsys.readouterr().out


def test_a_promise_is_due_and_depends_on_its_condition(tmp_path: Path) -> None:
    made = outcome(
        tmp_path,
        "claims: {c1: {speaker: stoltenberg, words: betaalt ook Stoltenberg in 2024, act: promises, "
        'due: {edtf: "2024", words: in 2024}, condition: Als Trump betaalt, '
        "gist: {en: If Trump pays he pays in 2024.}, inferred: due}}\n",
    )
    claim = made.of("claim/a/c1")

    assert (claim["due"], claim["dueBy"], claim["condition"]) == (["2024"], ["2024-12-31"], ["Als Trump betaalt"])
    assert claim["inferred"] == ["https://w3id.org/kg-claims#due"]
    page = made.text("claim/a/c1")
    assert "Due31 December 2024 at the latest (the annotator’s reading)" in page
    assert "On condition“Als Trump betaalt”" in page
    (row,) = csv.DictReader(io.StringIO(exported(made, "csv", tmp_path)))
    assert (row["due"], row["due_by"], row["condition"]) == ("2024", "2024-12-31", "Als Trump betaalt")
