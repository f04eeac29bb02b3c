"""What the pages say in the reader's language: strings of one file each, dates, names."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from markupsafe import Markup

from kg.rdf.terms import Term, is_iri, literal_value

LANGUAGES = ("nl", "en")
_STRINGS = Path(__file__).parent / "strings"


class Text(NamedTuple):
    """Text and its language, `""` where it is not said."""

    value: str
    language: str = ""


@cache
def strings(language: str) -> Mapping[str, str]:
    """Return the strings of a language by their keys."""
    with (_STRINGS / f"{language}.toml").open("rb") as file:
        return tomllib.load(file)


def say(language: str, key: str, /, **values: object) -> Markup:
    """Return a string with its values in it, escaped."""
    return Markup(strings(language)[key]).format(**values)


def texts(terms: Iterable[Term]) -> list[Text]:
    """Return the texts of literals."""
    values = [literal_value(term) for term in terms if not is_iri(term)]
    return [Text(value.lexical, value.language) for value in values]


def best(terms: Iterable[Term], language: str) -> Text | None:
    """Return the text in a language, else the one without a language, else the first by the alphabet."""
    found = texts(terms)
    return min(found, key=lambda text: (_distance(text, language), text), default=None)


def lexical(terms: Iterable[Term]) -> str:
    """Return the first literal's characters; `""` where there is none."""
    return next((text.value for text in texts(terms)), "")


def _distance(text: Text, language: str) -> int:
    return 0 if text.language.partition("-")[0] == language else 1 if not text.language else 2
