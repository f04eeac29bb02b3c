"""Corpora made to take much time take it as they grow: steps are counted, since machines are busy."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import kg
from support.calls import lines_run
from support.corpora import lay
from support.hostile_corpora import (
    SHAPES,
    Files,
    article,
    numbered,
    numbered_text,
    one_passage,
    own_fields,
    own_values,
)

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


def test_more_fields_or_values_of_its_own_than_a_corpus_may_declare_are_refused(tmp_path: Path) -> None:
    fields, values = (findings(tmp_path / each.__name__, each(1001)) for each in (own_fields, own_values))

    assert ("too-many-fields", "a corpus may have at most 1,000 fields of its own here: delete some") in fields
    assert (
        "too-many-fields",
        "a field must have fewer than 1,000 `values`: delete the list to allow any text",
    ) in values


@pytest.mark.parametrize(("paragraphs", "rules"), [(200, []), (201, ["cue-in-another-paragraph"])])
def test_a_cue_is_looked_for_two_hundred_paragraphs_back(paragraphs: int, rules: list[str], tmp_path: Path) -> None:
    quotation = "\n\n".join(f"“Nummer {n} is waar." for n in range(paragraphs))
    last = {f"c{paragraphs - 1}": {"words": f"Nummer {paragraphs - 1} is waar", "cue": "zei zij"}}

    found = findings(tmp_path, article(f"Dat zei zij:\n\n{quotation}”", last))

    assert [rule for rule, _ in found if rule == "cue-in-another-paragraph"] == rules


def test_overlapping_claims_are_compared_up_to_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = one_passage(4)

    before = findings(tmp_path / "before", files)
    monkeypatch.setattr("kg.checks.quotations.MOST_COMPARED", 2)
    after = findings(tmp_path / "after", files)

    assert "quotation-of-two" in {rule for rule, _ in before}
    assert "quotation-of-two" not in {rule for rule, _ in after}
    assert "claim-twice" in {rule for rule, _ in after}


def test_unknown_names_are_compared_up_to_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = article("Ja.", {"c0": {"words": "Ja", "speaker": "anm-b", "act": "stats"}})
    unknown = (
        "`speaker` must name an entity, a source of this file, `unnamed` or `article`, and there is no `anm-b`: "
    )

    before = findings(tmp_path / "before", files)
    monkeypatch.setattr("kg.meaning.reporter.MOST_COMPARED", 0)
    monkeypatch.setattr("kg.corpus.decoding.MOST_COMPARED", 0)
    after = findings(tmp_path / "after", files)

    assert ("unknown-reference", f"{unknown}did you mean `ann-b`?") in before
    assert ("unknown-reference", f"{unknown}correct it, or define it") in after
    assert [message.endswith("did you mean `states`?") for rule, message in before if rule == "not-allowed"] == [
        True
    ]
    assert [message.endswith("`stats`: choose one") for rule, message in after if rule == "not-allowed"] == [True]
