"""Questions in English and Dutch: each phrase and each head of a column has both, and nothing else has."""

from __future__ import annotations

import re
import tomllib

import pytest

from kg.query.question_words import ANSWERS, column_heads, phrase, question_words
from kg.query.questions import GROUPS, QUERIES, Question, questions, read_question

_EXPRESSION = re.compile(r"\((?:[^()]|\((?:[^()]|\([^()]*\))*\))* AS (\?\w+)\)")


def columns(question: Question) -> set[str]:
    """Return the variables that a question selects."""
    selected = re.search(r"^SELECT(.*?)^WHERE", question.query, re.MULTILINE | re.DOTALL)
    assert selected, question.name
    return set(re.findall(r"\?(\w+)", _EXPRESSION.sub(r"\1", selected[1])))


def test_each_phrase_of_each_question_has_dutch_and_no_other_phrase_does() -> None:
    known = questions().values()
    phrases = {*GROUPS, *ANSWERS}
    for each in known:
        phrases |= {each.question, *(parameter.meaning for parameter in each.parameters)}
        phrases |= {each.remarks.replace("\n", " ")} - {""}
    words = tomllib.loads((QUERIES / "nl.toml").read_text(encoding="utf-8"))["phrases"]

    assert (phrases - set(words), set(words) - phrases) == (set(), set())
    assert {text for text in phrases if words[text] in ("", text)} == set()


@pytest.mark.parametrize("language", ["en", "nl"])
def test_each_column_has_a_head_and_no_other_variable_does(language: str) -> None:
    selected = set().union(*(columns(each) for each in questions().values()))
    heads = set(column_heads(language))

    assert (selected - heads, heads - selected) == (set(), set())


def test_the_texts_in_answers_are_those_that_the_questions_write() -> None:
    written = {
        text
        for each in questions().values()
        for line in re.findall(r"BIND\((.*?)AS \?(?:certainty|change|annotated)\)", each.query)
        for text in re.findall(r'"([^"]+)"', line)
    }

    assert written == set(ANSWERS)


def test_remarks_name_columns_by_their_heads() -> None:
    words = question_words(questions()["second-hand"], "nl")

    assert words.question == "Wat kreeg de krant uit de tweede hand, en via wie?"
    assert "“stappen” telt" in words.remarks


def test_a_question_of_a_plug_in_stays_in_english() -> None:
    head = "# Who spoke?\n# ?speaker entity: who spoke\n"
    mine = read_question("mine", f"{head}SELECT * {{ VALUES (?speaker) {{ (<a>) }} }}")
    words = question_words(mine, "nl")

    assert (words.question, words.language, words.parameters) == ("Who spoke?", "en", {"speaker": "wie er sprak"})
    assert phrase("Who speaks", "en") == "Who speaks"
