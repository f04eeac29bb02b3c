"""The words of a claim as the claims file has them: so that they are found where they were taken from."""

from __future__ import annotations

from collections.abc import Iterator

from kg.annotations.classes import Words
from kg.text.anchors import AnchorError, find
from kg.text.spans import CollapsedText, Span

_OFTEN = 50
"""Of words that stand in a text more often, no passage is looked for."""
_WIDEST = 12
"""How many words around it a passage may take in to be told from others."""


def passage(text: CollapsedText, at: Span) -> Words | str:
    """Return the words of a stretch that begins and ends with no white space.

    Where they stand in the article more than once, with a longer passage that does not, or else with their offset.
    """
    words = " ".join(text.text[at.start : at.end].split())
    if text.collapsed.count(words) > _OFTEN:
        return Words(words, start=at.start)
    if _is_at(text, at, words):
        return words
    for within in _around(text, at):
        if within.count(words) == 1 and text.collapsed.count(within) == 1 and _is_at(text, at, words, within):
            return Words(words, within=within)
    return Words(words, start=at.start)


def _is_at(text: CollapsedText, at: Span, words: str, within: str = "") -> bool:
    try:
        return find(text, words, within=within) == at
    except AnchorError:
        return False


def _around(text: CollapsedText, at: Span) -> Iterator[str]:
    """Yield ever longer passages around a stretch, in whole words, first what follows it."""
    start, end = text.offset(at.start), text.offset(at.end - 1) + 1
    for _ in range(_WIDEST):
        following = text.collapsed.find(" ", end + 1)
        end = following if following >= 0 else len(text.collapsed)
        yield text.collapsed[start:end]
        start = max(text.collapsed.rfind(" ", 0, max(start - 1, 0)) + 1, 0)
        yield text.collapsed[start:end]
