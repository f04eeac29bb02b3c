"""How much of annotated articles a draft finds, and how much of what it guesses is right: it must not get worse."""

from __future__ import annotations

import pytest
from bench.drafts import Score, measure

from support import ROOT

LEAST = {
    "quoted": (0.95, 0.98),
    "reported": (0.93, 0.95),
    "speakers": (0.88, 0.95),
    "speaker words": (0.9, 0.95),
    "cues": (0.92, 0.95),
    "acts": (0.7, 0.93),
}


@pytest.mark.parametrize("kind", list(LEAST))
def test_drafts_of_annotated_articles_are_as_good_as_they_were(kind: str) -> None:
    score = Score()
    measure(ROOT / "tests" / "data" / "annotated", score, with_entities=True)
    recall, precision = LEAST[kind]

    assert score.found[kind] / score.annotated[kind] >= recall
    assert score.right[kind] / score.guessed[kind] >= precision


def test_people_who_are_no_entities_yet_are_found() -> None:
    score = Score()
    measure(ROOT / "tests" / "data" / "annotated", score, with_entities=False)

    assert score.found["speakers"] / score.annotated["speakers"] >= 0.8
    assert score.right["speakers"] / score.guessed["speakers"] >= 0.85


def test_no_draft_guesses_an_act_that_the_annotators_did_not_see() -> None:
    """In these articles `act` is absent only where a negation leaves it open."""
    score = Score()
    measure(ROOT / "tests" / "data" / "annotated", score, with_entities=True)

    assert [each for each in score.mistakes if each.startswith("acts:") and ", not -:" in each] == []
