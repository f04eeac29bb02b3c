"""How far annotators agree: against published examples and an independent implementation, and as people see it."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import kg
from kg.cli import run
from kg.history.agreement import FIELDS, krippendorff_alpha
from support import ROOT
from support.editing import edited
from support.readings import ANNA, ARTICLE, BEN, newsroom

Values = frozenset[str]
TABLES = """\
annotators  claims  both  precision  recall  F1    same words
──────────  ──────  ────  ─────────  ──────  ────  ──────────
anna – ben  4 / 3   3     1.00       0.75    0.86  1

field      alpha  compared  equal  not by all
─────────  ─────  ────────  ─────  ──────────
speaker    1.00   3         3      0
act        0.55   3         2      0
form       1.00   3         3      0
date       –      1         1      0
to         –      0         0      0
about      0.57   2         1      1
relations  –      1         1      0
"""


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(newsroom(tmp_path / "newsroom"))
    return Path()


def units(*observers: str) -> list[list[Values]]:
    """Return the values of each unit; each observer is a row of letters, `.` where one gives nothing."""
    return [[frozenset(value) for value in column if value != "."] for column in zip(*observers, strict=True)]


@pytest.mark.parametrize(
    ("observers", "alpha"),
    [
        (("0100000010", "1110010000"), 0.095),
        (("aabbdcccedda", "babbbccceddd"), 0.692),
        (("123321412...", "1233224125.3", ".3332342251.", "12332441251."), 0.743),
    ],
    ids=["binary", "nominal", "any number of observers, missing data"],
)
def test_alpha_is_that_of_the_published_examples(observers: Sequence[str], alpha: float) -> None:
    """K. Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), sections A, B and C."""
    assert krippendorff_alpha(units(*observers)) == pytest.approx(alpha, abs=0.0005)


SETS = st.frozensets(st.sampled_from("abcd"), max_size=3)


@given(st.lists(st.lists(SETS, min_size=3, max_size=3), min_size=2, max_size=12))
def test_alpha_of_sets_is_that_of_an_independent_implementation(table: list[list[Values]]) -> None:
    oracle = pytest.importorskip("krippendorff")
    numpy = pytest.importorskip("numpy")
    given_values = [[values for values in unit if values] for unit in table]
    domain = sorted({value for unit in given_values if len(unit) > 1 for value in unit}, key=sorted)
    mine = krippendorff_alpha(given_values)
    if len(domain) < 2:
        assert mine is None
        return

    def squared_distance(one: Any, other: Any, **_: Any) -> Any:
        """The distance that alpha weighs pairs with; `one` and `other` are arrays of numbers of sets."""
        return numpy.vectorize(lambda a, b: _jaccard(domain[int(a)], domain[int(b)]))(one, other)

    rows = [
        [domain.index(unit[n]) if unit[n] in domain else numpy.nan for unit in table] for n in range(len(table[0]))
    ]
    theirs = oracle.alpha(
        reliability_data=rows, level_of_measurement=squared_distance, value_domain=list(range(len(domain)))
    )
    assert mine == pytest.approx(theirs)


def _jaccard(one: Values, other: Values) -> float:
    return len(one ^ other) / len(one | other)


@pytest.mark.usefixtures("corpus")
def test_the_tables_are_as_in_the_docs(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["agree"]) == 0

    shown = capsys.readouterr()
    assert shown.out == TABLES
    assert shown.err == "1 article read by at least two of anna, ben\n"
    assert TABLES in (ROOT / "docs" / "agreement.md").read_text(encoding="utf-8")
    assert all(
        f"{reading}" in (ROOT / "docs" / "agreement.md").read_text(encoding="utf-8") for reading in (ANNA, BEN)
    )


@pytest.mark.usefixtures("corpus")
def test_csv_has_every_figure_of_the_whole_and_of_each_article() -> None:
    assert run(["agree", "--published", "-f", "csv", "-o", "agreement.csv"]) == 0

    rows = list(csv.DictReader(StringIO(Path("agreement.csv").read_text(encoding="utf-8"))))
    pairs = ["anna – ben", "anna – published", "ben – published"]
    passages = ("precision", "recall", "f1", "same words")
    expected = []
    for article, names in (("all", pairs), ("dyke", pairs[2:]), ("port", pairs)):
        expected += [(article, name, each) for name in names for each in passages]
        expected += [(article, name, f"alpha of {field}") for name in ("all", *names) for field in FIELDS]
    assert [(row["article"], row["annotators"], row["figure"]) for row in rows] == expected
    figures = {(row["article"], row["annotators"], row["figure"]): (row["value"], row["claims"]) for row in rows}
    assert figures["all", "ben – published", "f1"] == ("0.888889", "5")
    assert figures["dyke", "ben – published", "f1"] == ("1.000000", "1")
    assert figures["port", "anna – ben", "alpha of act"] == ("0.545455", "3")
    assert figures["port", "anna – ben", "alpha of date"] == ("", "1")


def test_claims_are_the_same_if_they_share_the_characters_asked_for(corpus: Path) -> None:
    """`We will pay for the dyke` with and without quotation marks: 24 of 26. `that the state …`: 28 of 33."""
    found = [kg.open(corpus).agreement(overlap=share).passages(("anna", "ben")).both for share in (0.84, 0.9, 0.93)]
    assert found == [3, 2, 1]


def test_of_claims_with_the_same_words_those_with_the_same_speaker_are_paired(corpus: Path) -> None:
    claim = "  {}: {{speaker: {}, words: The port stays open, act: states}}\n"
    for name, speakers in {"anna": ("das", "bos"), "ben": ("bos", "das")}.items():
        lines = "".join(claim.format(f"c0{n}", speaker) for n, speaker in enumerate(speakers, 1))
        file = corpus / "readings" / name / ARTICLE
        file.write_text(f"annotation: {{by: {name}, on: 2026-05-20}}\nclaims:\n{lines}", encoding="utf-8")

    found = kg.open(corpus).agreement().field("speaker")

    assert (found.compared, found.equal) == (2, 2)


def test_a_relation_is_to_what_both_took_for_one_claim_whatever_its_id(corpus: Path) -> None:
    file = corpus / "readings" / "ben" / ARTICLE
    file.write_text(BEN.replace("c01", "first"), encoding="utf-8")
    assert kg.open(corpus).agreement().field("relations").equal == 1

    edited(file, "supports: first", "supports: c03")
    assert kg.open(corpus).agreement().field("relations").equal == 0


def test_a_draft_is_left_out(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edited(corpus / "readings" / "ben" / ARTICLE, "on: 2026-05-20", "on: 2026-05-20, status: draft")

    assert run(["agree"]) == 2
    assert capsys.readouterr().err == (
        "kg: No article was read by two of anna, ben. Readings are compared where two have a claims file of the "
        "same article that is no draft, such as readings/anna/ARTICLE.claims.yaml.\n"
    )
    assert run(["agree", "--published"]) == 0
    assert capsys.readouterr().err == "2 articles read by at least two of anna, ben, published; 1 draft left out\n"


@pytest.mark.usefixtures("corpus")
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["--annotator", "bem"],
            "bem has no readings: there is no folder readings/bem/. Did you mean ben?",
        ),
        (
            ["--annotator", "anna"],
            "There must be two annotators to compare. Put the claims file of each into a folder of its own: "
            "readings/NAME/ARTICLE.claims.yaml. --published compares one with what is published.",
        ),
        (
            ["--annotator", "anna", "--annotator", "anna"],
            "There must be two annotators to compare. Put the claims file of each into a folder of its own: "
            "readings/NAME/ARTICLE.claims.yaml. --published compares one with what is published.",
        ),
    ],
)
def test_what_cannot_be_compared_is_said(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["agree", *arguments]) == 2
    assert capsys.readouterr().err == f"kg: {message}\n"


def test_a_mistake_in_a_reading_is_reported_and_nothing_of_it_is_published(corpus: Path) -> None:
    before = kg.open(corpus).graphs()
    edited(corpus / "readings" / "ben" / ARTICLE, "words: The port stays", "words: The port stayed")

    report = kg.open(corpus).validate()
    assert [(finding.rule, str(finding.at)) for finding in report] == [
        ("words-not-found", f"readings/ben/{ARTICLE}:5:12")
    ]
    assert run(["validate"]) == 1
    assert kg.open(corpus).graphs() == before
    with pytest.raises(kg.CorpusError, match="words must be in the article"):
        kg.open(corpus).agreement()


@pytest.mark.parametrize(
    ("change", "rule", "message"),
    [
        (
            {"readings/ben/port.txt": "date 2026\n\nAnother."},
            "text-of-reading",
            "the text of a reading is the article of the corpus, `port.txt`: delete this one",
        ),
        (
            {"readings/ben/prt.claims.yaml": BEN},
            "no-article",
            "a reading must be of an article of the corpus, there is no `prt.txt`: correct the name",
        ),
    ],
    ids=["a text of its own", "no such article"],
)
def test_a_file_that_is_no_reading_is_a_violation(
    corpus: Path, change: dict[str, str], rule: str, message: str
) -> None:
    for name, content in change.items():
        (corpus / name).write_text(content, encoding="utf-8")
    assert [(finding.rule, finding.message) for finding in kg.open(corpus).validate()] == [(rule, message)]


@pytest.mark.parametrize(
    ("folder", "place", "message"),
    [
        ("bem", "1:1", "`readings/bem/` is no annotator of corpus.yaml: did you mean `readings/ben/`?"),
        ("anna", "1:18", "`readings/anna/` has a reading by `ben`: move the file to `readings/ben/`, or correct"),
    ],
)
def test_a_reading_is_in_the_folder_of_the_annotator_who_signed_it(
    corpus: Path, folder: str, place: str, message: str
) -> None:
    (corpus / f"readings/{folder}").mkdir(exist_ok=True)
    (corpus / f"readings/{folder}/{ARTICLE}").write_text(BEN, encoding="utf-8")

    (found,) = kg.open(corpus).validate()
    assert (found.rule, str(found.at)) == ("annotator-of-reading", f"readings/{folder}/{ARTICLE}:{place}")
    assert message in found.message
    assert run(["agree"]) == 1
    assert run(["adjudicate", "port.txt", "--by", "anna"]) == 1


def test_readings_in_json_lines_are_of_the_text_that_others_read(corpus: Path) -> None:
    line = (
        '{"article": {"id": "port", "text": "%s"}, "annotation": {"by": "anna"}, "claims": '
        '{"c01": {"speaker": "bos", "words": "The port stays open", "act": "states"}}}\n'
    )
    text = (corpus / "port.txt").read_text(encoding="utf-8").replace('"', '\\"').replace("\n", "\\n")
    shutil.rmtree(corpus / "readings" / "anna")
    (corpus / "readings" / "anna").mkdir()
    file = corpus / "readings" / "anna" / "all.jsonl"
    file.write_text(line % text, encoding="utf-8")
    assert kg.open(corpus).agreement().passages(("anna", "ben")).claims == (1, 3)

    file.write_text(line % text.replace("dyke", "wall"), encoding="utf-8")
    with pytest.raises(kg.CorpusError, match="readings must be of one text, this text of port is not that"):
        kg.open(corpus).agreement()
