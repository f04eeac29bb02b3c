"""The words of a cell → where they stand in the article."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

from kg.text.anchors import AnchorError, find
from kg.text.spans import MARKS, CollapsedText, Span

_GAP = re.compile(r"\s*(?:[\[(]\s*(?:…|\.{3,})\s*[\])]|…|\.{3,})\s*")
_OFFSETS = re.compile(r"[0-9]{1,9}(?:\s*;\s*[0-9]{1,9})*")


class Anchored(NamedTuple):
    """Where words stand, and what the cell says stands there; `""` where they were looked up."""

    parts: tuple[Span, ...]
    told: str


def anchored(text: CollapsedText, words: str, context: str) -> tuple[Span, ...]:
    """Return where the words of a cell stand, once in the article or once in the context.

    Words in quotation marks that the article does not have there are taken without them, and words with `…` in
    between as several parts, one after another. Raises `AnchorError` for the whole where neither stands there.
    """
    if parts := _parts(text, words):
        try:
            found = [find(text, part, within=context) for part in parts]
        except AnchorError as error:
            # Of words that stand there twice without their marks, that is what the annotator should know.
            if len(parts) == 1 and error.rule == "words-found-twice":
                raise
        else:
            if all(one.end <= other.start for one, other in pairwise(found)):
                return tuple(found)
    return (find(text, words, within=context),)


def _parts(text: CollapsedText, words: str) -> list[str]:
    """Return what to look for instead of words that do not stand in the text; none where that does not, either.

    It is asked for before `find`, which takes its time to say what is nearest to words that it does not find.
    """
    if _stands(text, words):
        return []
    bare = words.strip()
    if len(bare) > 2 and bare[0] in MARKS and bare[-1] in MARKS and bare[1:-1].strip():
        bare = bare[1:-1]
    parts = [part for part in _GAP.split(bare) if part.strip()]
    return parts if all(_stands(text, part) for part in parts) else []


def _stands(text: CollapsedText, words: str) -> bool:
    return " ".join(words.split()) in text.collapsed


def at_offsets(text: str, words: str, starts: str, ends: str) -> Anchored | None:
    """Return the parts that offsets tell, `0; 35` and `20; 60`; None where they are none of this text."""
    if not (_OFFSETS.fullmatch(starts) and _OFFSETS.fullmatch(ends)):
        return None
    pairs = list(zip(map(int, starts.split(";")), map(int, ends.split(";")), strict=False))
    parts = tuple(Span(start, end) for start, end in pairs)
    if starts.count(";") != ends.count(";") or any(not start < end <= len(text) for start, end in parts):
        return None
    there = [text[start:end] for start, end in parts]
    same = " ".join(" … ".join(there).split()) == " ".join(words.split())
    return Anchored(parts, " ".join(there) if same else words)


def why(error: AnchorError) -> str:
    """Return what is wrong with words, for someone who sits before a spreadsheet."""
    message = error.message
    if error.rule == "words-found-twice":
        message = message.partition(": take")[0]
        message += ": take more of the words around them, or give a longer passage in a column `context`"
    elif error.rule == "words-inside-a-word":
        message = message.partition(": take")[0] + ": take the whole word, or give offsets in `start` and `end`"
    message = message.replace("`in`", "`context`")
    return f"{message} ({'; '.join(error.detail.splitlines())})" if error.detail else message
