"""Quotes and positions, as other tools note them, to stretches of a text.

White space in a quote matches any run of white space, and where that finds nothing, none at all: a browser puts
nothing between two paragraphs. Nothing else is forgiven. Of several places the words around pick one, then the
place that lies nearest to where the tool says that they stand.
https://www.w3.org/TR/annotation-model/#text-quote-selector
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from kg.text.anchors import AnchorError
from kg.text.near_match import shortened
from kg.text.spans import CollapsedText, Span, collapse_whitespace

AROUND = (32, 16, 8)
"""How many characters of a prefix or suffix are looked at where the whole of it does not stand there."""
WIDEST = 20
"""How many times longer a stretch may be than the quote in it, because of white space."""
_BLANKS = re.compile(r"\s+")


class Quoted:
    """A text in which quotes are looked for."""

    def __init__(self, text: str) -> None:
        self.text = text

    def find(self, exact: str, *, prefix: str = "", suffix: str = "", near: int = -1) -> Span:
        """Return where a quote stands; `near` is where its first character should be, -1 where nobody knows.

        Raises `AnchorError` where it stands nowhere, or where nothing picks one of several places.
        """
        if not exact.strip():
            raise AnchorError("words-empty", "a quote must hold more than white space, and this one does not")
        for text in (self._squeezed, self._blankless):
            if found := _find(text, exact, (prefix, suffix), near):
                return found
        message = f"the words {shortened(' '.join(exact.split()))} do not stand in the text: is it another version?"
        raise AnchorError("words-not-found", message)

    def holds(self, start: int, end: int, exact: str) -> bool:
        """Tell whether a quote stands at these offsets, whatever the white space."""
        if not 0 <= start < end <= len(self.text) or end - start > WIDEST * (len(exact) + 1):
            return False
        return bare(self.text[start:end]) == bare(exact)

    @cached_property
    def _squeezed(self) -> CollapsedText:
        return collapse_whitespace(self.text)

    @cached_property
    def _blankless(self) -> CollapsedText:
        return blankless(self.text)


def bare(text: str) -> str:
    """Return a text without its white space."""
    return "".join(text.split())


def blankless(text: str) -> CollapsedText:
    """Return a text squeezed so that it has no white space at all."""
    pieces, breaks, begins = [], [0], [0]
    start = length = 0
    for run in _BLANKS.finditer(text):
        pieces.append(text[start : run.start()])
        length += run.start() - start
        start = run.end()
        # At the start of a text, the first break is moved.
        if not length:
            begins[0] = start
        else:
            breaks.append(length)
            begins.append(start)
    pieces.append(text[start:])
    return CollapsedText(text, "".join(pieces), breaks, begins)


def _find(text: CollapsedText, exact: str, around: tuple[str, str], near: int) -> Span | None:
    """Return where a quote stands, None if nowhere; raises `AnchorError` where it stands more than once."""
    joined = " " if " " in text.collapsed else ""
    wanted = joined.join(exact.split())
    first = text.collapsed.find(wanted)
    if first < 0:
        return None
    if text.collapsed.find(wanted, first + 1) < 0:
        return text.original(first, first + len(wanted))
    nearest = text.offset(min(near, len(text.text))) if near >= 0 else -1
    prefix, suffix = (_BLANKS.sub(joined, each) for each in around)
    # A squeezed text has no blanks at its ends.
    for before, after in _contexts(prefix.lstrip(), suffix.rstrip()):
        at = _pick(text.collapsed, before + wanted + after, nearest - len(before) if near >= 0 else -1)
        if at >= 0:
            return text.original(at + len(before), at + len(before) + len(wanted))
    at = _pick(text.collapsed, wanted, nearest)
    if at >= 0:
        return text.original(at, at + len(wanted))
    message = (
        f"the words {shortened(' '.join(exact.split()))} stand in the text more than once, "
        "and neither the words around them nor a position tells which is meant"
    )
    raise AnchorError("words-found-twice", message)


def _contexts(prefix: str, suffix: str) -> Iterator[tuple[str, str]]:
    """Yield what must stand before and after, ever less of it."""
    yield prefix, suffix
    for size in AROUND:
        yield prefix[-size:], suffix[:size]
        if prefix and suffix:
            yield prefix[-size:], ""
            yield "", suffix[:size]


def _pick(text: str, wanted: str, near: int) -> int:
    """Return the only place of the words, or of several the one nearest to an offset; -1 where none is picked."""
    first = text.find(wanted)
    if first < 0 or text.find(wanted, first + 1) < 0:
        return first
    if near < 0:
        return -1
    before, after = text.rfind(wanted, 0, near + len(wanted)), text.find(wanted, near)
    if before < 0 or after < 0:
        return max(before, after)
    return before if near - before < after - near else after
