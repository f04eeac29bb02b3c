"""The words of a claim as the claims file has them: so that they are found where they were taken from."""

from __future__ import annotations

from collections.abc import Iterator

from kg.annotations.classes import Words
from kg.text.anchors import NotFound, Squeezed, find
from kg.text.spans import Stretch

_OFTEN = 50
"""Of words that stand in a text more often, no passage is looked for."""
_WIDEST = 12
"""How many words around it a passage may take in to be told from others."""


def passage(text: Squeezed, at: Stretch) -> Words | str:
    """Return the words of a stretch that begins and ends with no white space.

    Where they stand in the article more than once, with a longer passage that does not, or else with their offset.
    """
    words = " ".join(text.text[at.start : at.end].split())
    if text.squeezed.count(words) > _OFTEN:
        return Words(words, start=at.start)
    if _is_at(text, at, words):
        return words
    for within in _around(text, at):
        if within.count(words) == 1 and text.squeezed.count(within) == 1 and _is_at(text, at, words, within):
            return Words(words, within=within)
    return Words(words, start=at.start)


def _is_at(text: Squeezed, at: Stretch, words: str, within: str = "") -> bool:
    try:
        return find(text, words, within=within) == at
    except NotFound:
        return False


def _around(text: Squeezed, at: Stretch) -> Iterator[str]:
    """Yield ever longer passages around a stretch, in whole words, first what follows it."""
    start, end = text.offset(at.start), text.offset(at.end - 1) + 1
    for _ in range(_WIDEST):
        following = text.squeezed.find(" ", end + 1)
        end = following if following >= 0 else len(text.squeezed)
        yield text.squeezed[start:end]
        start = max(text.squeezed.rfind(" ", 0, max(start - 1, 0)) + 1, 0)
        yield text.squeezed[start:end]
