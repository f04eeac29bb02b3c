"""The turns of a transcript: whose words follow a label at the start of a line, as `MINISTER BERG: …`.

A label is a few words that look like a name, each with a capital or between two that have one. A turn goes on, over
paragraphs, until the next label: what is before the first label is nobody's turn.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from kg.text.spans import Span

_LABEL = re.compile(r"(?m)^[^\S\n]*(?:[-–—*_]+[^\S\n]*)?([^\W\d_][^\n:?!]{0,59})[*_]*[^\S\n]*:(?=[*_]*\s)")
_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
# Small words inside names: Ursula von der Leyen, de minister van Financiën, the Secretary of State.
_SMALL = frozenset("de der den van von und zu la le les du des di da of the en et het 't op bin".split())  # noqa: SIM905


class Turn(NamedTuple):
    """What one person says in a transcript: the label before it, and the words."""

    label: Span
    words: Span


def find_turns(text: str) -> list[Turn]:
    """Return the turns of a text, in order."""
    found = [match for match in _LABEL.finditer(text) if _is_name(match[1])]
    ends = [*(match.start(1) for match in found), len(text)][1:]
    return [Turn(Span(*match.span(1)), Span(match.end(), end)) for match, end in zip(found, ends, strict=True)]


class Turns:
    """The turns of a text, each with the words of its label in small letters."""

    def __init__(self, text: str) -> None:
        found = find_turns(text)
        self._starts = [turn.words.start for turn in found]
        self._labels = [_words(text[turn.label.start : turn.label.end]) for turn in found]

    def label(self, spans: Sequence[Span]) -> Sequence[str]:
        """Return the words of the label of the one turn that has all spans, nothing if there is none."""
        turns = {bisect_right(self._starts, at) - 1 for span in spans for at in (span.start, span.end - 1)}
        turn = turns.pop()
        return () if turns or turn < 0 else self._labels[turn]


def names_speaker(label: Sequence[str], names: Iterable[str], *, person: bool) -> bool:
    """Tell whether a label names somebody: by a whole name; a person also by a part of the name, or the surname.

    `MINISTER BERG` names Anna Berg, as do `BERG` and `Anna`; `IEA DIRECTOR` does not name the IEA.
    """
    for name in names:
        words = _words(name)
        if label == words:
            return True
        if person and label and words and (words[-1] in label or set(label) <= set(words)):
            return True
    return False


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]


def _is_name(label: str) -> bool:
    words = _WORD.findall(label)
    return 0 < len(words) <= 6 and all(word[0].isupper() or word.casefold() in _SMALL for word in words)
