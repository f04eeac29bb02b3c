"""Questions in the reader's language: what they ask, their parameters, groups, answers and the heads of columns.

A question is written in English in its own file; `queries/nl.toml` has Dutch for each phrase of kg's own questions.
Phrases of plug-ins' questions, which have none, stay as they are.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from kg.query.questions import QUERIES, Question

ENGLISH = "en"
ANSWERS = (
    *("certainly", "probably", "possibly", "annotated", "reviewed", "withdrawn", "corrected by the paper"),
    *("added in a release", "changed in a release"),
)
"""The texts that kg's own questions themselves put into answers."""
_COLUMN = re.compile(r"`(\w+)`")


class QuestionWords(NamedTuple):
    """A question in a language: what it asks, remarks, and the meaning of each parameter, by name.

    `language` is that of what it asks: English, if there is nothing in the wanted language.
    """

    question: str
    remarks: str
    parameters: Mapping[str, str]
    language: str


def question_words(question: Question, language: str) -> QuestionWords:
    """Return a question in a language; remarks name columns by their heads there."""
    heads, phrases = column_heads(language), _phrases(language)
    remarks = phrase(question.remarks.replace("\n", " "), language)
    return QuestionWords(
        phrase(question.question, language),
        _COLUMN.sub(lambda match: f"“{heads.get(match[1], match[1])}”", remarks),
        {each.name: phrase(each.meaning, language) for each in question.parameters},
        language if question.question in phrases else ENGLISH,
    )


def phrase(text: str, language: str) -> str:
    """Return a phrase of a question in a language; as it is, if there is nothing in that language."""
    return _phrases(language).get(text, text)


def column_heads(language: str) -> Mapping[str, str]:
    """Return the heads of the columns of kg's own questions, by variable."""
    return _words(language)["columns"]


def _phrases(language: str) -> Mapping[str, str]:
    return _words(language).get("phrases", {})


@cache
def _words(language: str) -> Mapping[str, Mapping[str, str]]:
    file = QUERIES / f"{language}.toml"
    return tomllib.loads((file if file.is_file() else QUERIES / f"{ENGLISH}.toml").read_text(encoding="utf-8"))
