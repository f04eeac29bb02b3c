"""Corpora made to take much time take it as they grow: steps are counted, since machines are busy."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import kg
from support.calls import lines_run
from support.corpora import lay
from support.hostile_corpora import SHAPES, Files, article, numbered, numbered_text

FEW, MANY = 60, 240
# Names that are not known are compared with all that are, up to a limit for each file that is reached later.
COMPARED = ("own_values", "unknown_annotators")
MOST = 1.5 * MANY / FEW
"""How many times as many steps four times as much may take: the square would be sixteen times as many."""


def steps(shape: Callable[[int], Files], count: int, folder: Path) -> int:
    corpus = lay(folder / str(count), shape(count))
    return lines_run(lambda: kg.open(corpus).validate())


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(SHAPES.keys() - COMPARED))
def test_four_times_as_much_takes_about_four_times_as_long(name: str, tmp_path: Path) -> None:
    steps(SHAPES[name], 2, tmp_path)  # imports, and what is read once

    assert steps(SHAPES[name], MANY, tmp_path) < MOST * steps(SHAPES[name], FEW, tmp_path)


def findings(folder: Path, files: Files) -> list[tuple[str, str]]:
    return [(each.rule, each.message) for each in kg.open(lay(folder, files)).validate()]


def test_an_article_with_too_many_passages_for_its_length_is_refused(tmp_path: Path) -> None:
    text = numbered_text(3) + " " + "x" * 4_999_959

    assert findings(tmp_path, article(text, numbered(2000))) == [
        (
            "too-many-passages",
            "an article of 5,000,013 characters may have at most 1,999 passages to find (words, cues, names), and "
            "this one has 2,000: split the article",
        )
    ]


def test_an_entity_with_more_names_than_anybody_has_is_refused(tmp_path: Path) -> None:
    files = article("Ja.", {"c0": {"words": "Ja"}})
    names = ", ".join(f"naam {n}" for n in range(1001))
    files["entities.yaml"] = f"ann-b: {{type: Person, name: Ann B, also: [{names}]}}\n"

    assert (
        "too-many-names",
        "`also` must have at most 1,000 entries, and `ann-b` has more: delete some",
    ) in findings(tmp_path, files)
