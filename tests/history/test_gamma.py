"""γ of the passages, against an independent computation; most of it needs the extra `gamma`."""

from __future__ import annotations

import csv
import logging
import random
import sys
from collections.abc import Sequence
from io import StringIO
from itertools import combinations, permutations
from pathlib import Path
from statistics import fmean
from types import ModuleType

import pytest

import kg
from kg.cli import run
from kg.history import gamma
from kg.history.agreement import GammaFigures
from kg.history.agreement_report import as_csv, as_html, as_table
from support import ROOT
from support.readings import ANNA, ARTICLE, BEN, TEXT, newsroom

Passages = list[tuple[int, int]]
NOTHING = "annotation: {{by: {}, on: 2026-05-20}}\nclaims: {{}}\n"


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(newsroom(tmp_path / "newsroom"))
    return Path()


@pytest.fixture
def without_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pygamma_agreement", None)


def written(corpus: Path, **readings: str) -> Path:
    """Write the readings of `port.txt` by annotator, in the place of those that are there."""
    for name, text in readings.items():
        (corpus / "readings" / name).mkdir(exist_ok=True)
        (corpus / "readings" / name / ARTICLE).write_text(text, encoding="utf-8")
    return corpus


def figures(corpus: Path, **settings: bool) -> GammaFigures:
    found = kg.open(corpus).agreement(gamma=True, **settings).gamma
    assert found
    return found


@pytest.mark.usefixtures("corpus", "without_library")
def test_the_extra_is_named_if_it_is_missing_and_needed_only_if_asked_for(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["agree", "--gamma"]) == 2
    message = "kg: γ needs pygamma-agreement, and it is not installed: pip install 'kg-claims[gamma]'\n"
    assert capsys.readouterr().err == message

    assert run(["agree"]) == 0
    assert "gamma" not in capsys.readouterr().out


@pytest.mark.usefixtures("corpus")
def test_a_library_that_cannot_be_loaded_is_not_said_to_be_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "pygamma_agreement.py").write_text("import a_solver\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "pygamma_agreement", raising=False)

    assert run(["agree", "--gamma"]) == 2
    assert "it cannot be loaded here (No module named 'a_solver'): pip install" in capsys.readouterr().err


def test_gamma_of_several_articles_is_that_of_their_disorders_added_up() -> None:
    found = GammaFigures({"dyke": (0.0, 1.0), "port": (1.0, 4.0)}, {"quay": "nobody has a claim there"})

    assert found.value == 0.8
    assert [found.of_article(each).value for each in ("dyke", "port", "quay")] == [1, 0.75, None]


def test_articles_that_are_left_out_are_listed(
    corpus: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "pygamma_agreement", ModuleType("never_called"))
    monkeypatch.setattr(gamma, "MAX_COMBINATIONS", 19)
    for folder in ("anna", "ben"):
        (corpus / "readings" / folder / "dyke.claims.yaml").write_text(NOTHING.format(folder), encoding="utf-8")

    assert run(["agree", "--gamma"]) == 0

    shown = capsys.readouterr()
    assert shown.out.split("\n\n")[1].splitlines() == [
        "gamma of the passages: –",
        "  without dyke: nobody has a claim there",
        "  without port: its claims can be combined in 20 ways, at most 19 are computed",
    ]
    assert shown.err == "2 articles read by at least two of anna, ben; gamma is without 2 articles\n"


def test_no_more_articles_are_computed_than_the_limit(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pygamma_agreement", ModuleType("never_called"))
    monkeypatch.setattr(gamma, "MAX_ARTICLES", 0)

    assert figures(corpus).left_out == {"port": "only the first 0 articles are computed"}


def test_each_article_has_a_figure_in_every_format(corpus: Path) -> None:
    found = kg.open(corpus).agreement(published=True)
    found = found._replace(gamma=GammaFigures({"dyke": (0, 1)}, {"port": "it has claims of an earlier text"}))

    table = list(as_table(found, by_article=True))
    rows = [row for row in csv.DictReader(StringIO(as_csv(found))) if row["figure"] == "gamma"]
    page = [line for line in as_html(found, {}).splitlines() if line.startswith("<p>γ")]

    assert "gamma of the passages: 1.00" in table
    assert [line.split()[:3] for line in (table[-4], *table[-2:])] == [
        ["article", "F1", "gamma"],
        ["dyke", "1.00", "1.00"],
        ["port", "0.86", "–"],
    ]
    assert [tuple(row.values()) for row in rows] == [
        ("all", "all", "gamma", "1.000000", "2"),
        ("dyke", "all", "gamma", "1.000000", "2"),
        ("port", "all", "gamma", "", "0"),
    ]
    assert page == [
        "<p>γ of the passages, over all annotators: 1.00, without 1 article. It is 1 where all claim the same "
        "passages, and 0 where they do so as often as by chance.</p>",
        "<p>γ of the passages: 1.00</p>",
        "<p>γ of the passages: – (it has claims of an earlier text)</p>",
    ]


@pytest.fixture
def less_precise(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the figure be computed more quickly."""
    pytest.importorskip("pygamma_agreement")
    monkeypatch.setattr(gamma, "PRECISION", 0.1)


@pytest.mark.slow
@pytest.mark.usefixtures("corpus")
def test_the_figure_is_as_in_the_docs_and_nothing_else_is_written(capfd: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("pygamma_agreement")
    assert run(["agree", "--gamma"]) == 0

    shown = capfd.readouterr()
    assert shown.err == "1 article read by at least two of anna, ben\n"
    docs = (ROOT / "docs" / "agreement.md").read_text(encoding="utf-8")
    assert "\n\n".join(shown.out.split("\n\n")[:2]) in docs


@pytest.mark.slow
@pytest.mark.usefixtures("less_precise")
def test_identical_readings_have_1_and_one_without_claims_less_than_chance(
    corpus: Path,
) -> None:
    same = ANNA.replace("by: anna", "by: ben")
    assert figures(written(corpus, ben=same)).value == 1
    twice = same + "  c05: {speaker: das, words: hundreds will lose their jobs, act: believes}\n"
    assert (figures(written(corpus, ben=twice)).value or 0) < 1

    value = figures(written(corpus, ben=NOTHING.format("ben"))).value
    assert value is not None
    assert value < 0


@pytest.mark.slow
@pytest.mark.usefixtures("less_precise")
def test_the_figure_is_the_same_whoever_read_what_and_whatever_was_drawn_before(
    corpus: Path,
) -> None:
    import numpy

    first, handlers = figures(corpus), logging.getLogger().handlers[:]
    numpy.random.seed(7)
    expected = numpy.random.random(2)
    numpy.random.seed(7)
    drawn = [numpy.random.random()]
    swapped = figures(
        written(corpus, anna=BEN.replace("by: ben", "by: anna"), ben=ANNA.replace("by: anna", "by: ben"))
    )
    drawn.append(numpy.random.random())

    assert swapped == first
    assert drawn == list(expected)
    assert logging.getLogger().handlers == handlers


@pytest.mark.slow
def test_gamma_is_that_of_an_independent_computation(corpus: Path) -> None:
    """Ben's second and third passages are 2 and 5 characters longer than Anna's; he has none for her fourth."""
    pytest.importorskip("pygamma_agreement")
    by_hand = 0 + (2 / 50) ** 2 + (5 / 61) ** 2 + 1
    found = figures(corpus)
    text = TEXT.partition("\n\n")[2].removesuffix("\n")
    words = [
        (
            "The port stays open",
            "We will pay for the dyke",
            "the state had refused to pay",
            "hundreds will lose their jobs",
        ),
        ("The port stays open", '"We will pay for the dyke"', "that the state had refused to pay"),
    ]
    readings = [[(text.index(each), text.index(each) + len(each)) for each in own] for own in words]

    observed, expected = found.disorders["port"]
    assert observed == pytest.approx(by_hand)
    assert expected == pytest.approx(expected_disorder(readings, len(text)) * 3.5, rel=2 * gamma.PRECISION)


def expected_disorder(readings: Sequence[Passages], length: int) -> float:
    """Return the mean disorder of 5,000 pairs of readings, each moved round a text by a random number."""
    draw = random.Random(1)
    passages = [passage for own in readings for passage in own]
    apart = fmean(end - start for start, end in passages) / 2
    found = []
    for _ in range(5000):
        first = draw.randrange(length)
        second = draw.choice([each for each in range(length) if abs(each - first) >= apart])
        one, other = ([moved(each, by, length) for each in draw.choice(readings)] for by in (first, second))
        found.append(disorder(one, other) / fmean((len(one), len(other))))
    return fmean(found)


def moved(passage: tuple[int, int], by: int, length: int) -> tuple[int, int]:
    start, end = (place + by - (length if passage[0] + by > length else 0) for place in passage)
    return start, end


def disorder(one: Passages, other: Passages) -> float:
    """Return the least sum over all alignments of two readings: of differences, and 1 for each without partner."""
    few, many = sorted((one, other), key=len)
    best = float(len(few) + len(many))
    for size in range(1, len(few) + 1):
        for chosen in combinations(few, size):
            for partners in permutations(many, size):
                pairs = zip(chosen, partners, strict=True)
                best = min(best, sum(map(difference, *zip(*pairs, strict=True))) + len(few) + len(many) - 2 * size)
    return best


def difference(one: tuple[int, int], other: tuple[int, int]) -> float:
    """Return the positional dissimilarity of two passages (formula 4.3 of the paper)."""
    return ((abs(one[0] - other[0]) + abs(one[1] - other[1])) / (one[1] - one[0] + other[1] - other[0])) ** 2
