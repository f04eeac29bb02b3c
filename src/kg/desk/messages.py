"""Messages of kg in the language of the page.

kg says what is wrong in English sentences that contain values. `strings/messages.nl.toml` has each sentence, with a
name in braces for each value, and its translation; the messages of shapes are translated as on the site. A message
that is in neither stays English. `tests/desk/test_messages.py` finds sentences that are missing.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from kg.publish.site.localisation import LocalText, label, rules
from kg.rdf.vocab import ACTS

_STRINGS = Path(__file__).parent / "strings"
_NAME = re.compile(r"\{(\w+)\}")
_LONGEST = 10_000
"""The most characters of a message that is translated: a file may have values of any length."""
_DEEPEST = 3
"""How deep kg's own words are within values: a message, the advice in it, and a name of a kind in that."""


class _MessageTemplate(NamedTuple):
    """A sentence with values: what is before, between and after them, their names, and its translation."""

    literals: tuple[str, ...]
    names: tuple[str, ...]
    translation: str

    def values(self, message: str) -> list[str] | None:
        """Return the values in a message, which are not empty; None if it is another sentence."""
        first, last = self.literals[0], self.literals[-1]
        if not self.names:
            return [] if message == first else None
        end = len(message) - len(last)
        if not message.startswith(first) or not message.endswith(last):
            return None
        at, found = len(first), []
        for literal in self.literals[1:-1]:
            next_at = message.find(literal, at + 1, end)
            if next_at < 0:
                return None
            found.append(message[at:next_at])
            at = next_at + len(literal)
        return [*found, message[at:end]] if at < end else None

    def with_values(self, values: Iterable[str]) -> str:
        """Return the translation with values in their places."""
        known = dict(zip(self.names, values, strict=True))
        return _NAME.sub(lambda name: known.get(name[1], name[0]), self.translation)


def in_language(message: str, language: str) -> LocalText:
    """Return a message of one or more lines in a language, in English where a line has no translation.

    Its language is that of the first line.
    """
    if not message or not _sentences(language):
        return LocalText(message, "en")
    first, *others = [(line, _translated(line, language)) for line in message.split("\n")]
    text = "\n".join(translation or line for line, translation in (first, *others))
    return LocalText(text, language if first[1] else "en")


@cache
def _sentences(language: str) -> list[_MessageTemplate]:
    """Return the sentences that are translated, those with the most words of their own first; none for English."""
    file = _STRINGS / f"messages.{language}.toml"
    if not file.is_file():
        return []
    known = {**rules(language), **tomllib.loads(file.read_text(encoding="utf-8"))}
    found = []
    for sentence, translation in known.items():
        first, *parts = _NAME.split(sentence)
        found.append(_MessageTemplate((first, *parts[1::2]), tuple(parts[::2]), translation))
    return sorted(found, key=lambda each: -sum(map(len, each.literals)))


@lru_cache(maxsize=4096)  # an article with a mistake in each claim has the same message for each
def _translated(message: str, language: str, deepest: int = _DEEPEST) -> str:
    """Return the translation of a line, or of a value in one, `""` if there is none."""
    if len(message) > _LONGEST or not deepest:
        return ""
    for sentence in _sentences(language):
        values = sentence.values(message)
        if values is not None:
            places = zip(sentence.literals, sentence.names, values, strict=False)
            return sentence.with_values(_value_in(place, language, deepest - 1) for place in places)
    said, colon, advice = message.rpartition(": ")
    both = [_translated(each, language, deepest - 1) for each in (said, advice)] if colon else [""]
    return ": ".join(both) if all(both) else ""


def _value_in(place: tuple[str, str, str], language: str, deepest: int) -> str:
    """Return a value, given what is before it and its name, in which kg's own words are translated.

    That is an act, all of the value, or the advice at its end; what is between backquotes is the file's own.
    """
    before, name, value = place
    if name == "act" and value in ACTS.names:
        return label(ACTS[value], language)
    if before.endswith("`"):
        return value
    if translation := _translated(value, language, deepest):
        return translation
    said, colon, advice = value.rpartition(": ")
    return f"{said}: {_translated(advice, language, deepest) or advice}" if colon else value
