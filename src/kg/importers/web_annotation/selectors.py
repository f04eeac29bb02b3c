"""Resolves selectors of web annotations to spans of a text: by their quotes, else by positions that fit the text.

White space in a quote matches any run of white space and, if nothing is found so, none at all: a browser puts
nothing between two paragraphs. Everything else must match exactly. If a quote occurs several times, the words
around it decide, then the given position.

Positions count code points in the Recommendation, UTF-16 units in tools that run in a browser; the text may begin
with its date line or after it. The quotes beside the positions show which it is.
https://www.w3.org/TR/annotation-model/#selectors
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import NamedTuple

from kg.importers.core.offsets import Utf16Offsets
from kg.importers.web_annotation.annotations import AnnotationTarget, Object, objects, several, text, types
from kg.text.anchors import AnchorError
from kg.text.near_match import shortened
from kg.text.spans import CollapsedText, Span, collapse_whitespace

CONTEXT_SIZES = (32, 16, 8)
"""How many characters of a prefix or suffix are compared if the whole of it is not in the text."""
WIDEST = 20
"""How many times longer than its quote a span may be, because of white space."""
_WHITESPACE = re.compile(r"\s+")


class QuoteSelector(NamedTuple):
    """A quote, with the words around it."""

    exact: str
    prefix: str = ""
    suffix: str = ""


class TargetSelection(NamedTuple):
    """The place of a target: a quote, then quotes inside it; a position in the text, or in the quote."""

    quotes: tuple[QuoteSelector, ...] = ()
    position: Span | None = None
    inside: Span | None = None

    @property
    def exact(self) -> str:
        """The selected words, if the target gives them."""
        return "" if self.inside or not self.quotes else self.quotes[-1].exact


class PositionFrame(NamedTuple):
    """How positions count: from which offset on, and whether in UTF-16 units."""

    start: int
    is_utf16: bool


class QuoteFinder:
    """Finds quotes in a text."""

    def __init__(self, text: str) -> None:
        self.text = text

    def find(self, exact: str, *, prefix: str = "", suffix: str = "", near: int = -1) -> Span:
        """Return the span of a quote; `near` is the expected offset of its first character, -1 if unknown.

        Raises `AnchorError` if the text does not have it, or if nothing decides between several places.
        """
        if not exact.strip():
            raise AnchorError("words-empty", "a quote must have more than white space, and this one does not")
        for searched in (self._collapsed, self._without_whitespace):
            if found := _find(searched, exact, (prefix, suffix), near):
                return found
        message = f"the words {shortened(' '.join(exact.split()))} are not in the text: is it another version?"
        raise AnchorError("words-not-found", message)

    def is_at(self, start: int, end: int, exact: str) -> bool:
        """Tell whether a quote is at these offsets, whatever the white space."""
        if not 0 <= start < end <= len(self.text) or end - start > WIDEST * (len(exact) + 1):
            return False
        return "".join(self.text[start:end].split()) == "".join(exact.split())

    @cached_property
    def _collapsed(self) -> CollapsedText:
        return collapse_whitespace(self.text)

    @cached_property
    def _without_whitespace(self) -> CollapsedText:
        return remove_whitespace(self.text)


class PlaceFinder:
    """Finds the places of an article's annotations; the `selections` of all of them show how positions count.

    `header` is the length of the date line before the text.
    """

    def __init__(self, text: str, header: int, selections: Iterable[TargetSelection]) -> None:
        self._finder = QuoteFinder(text)
        self._units = {start: Utf16Offsets(text[start:]) for start in {header, 0}}
        both = [each for each in selections if each.quotes and each.position]
        # If nothing decides: code points of the article without its date line.
        frames = [PositionFrame(start, is_utf16) for start in (header, 0) for is_utf16 in (False, True)]
        fits = [sum(self._fits(each, frame) for each in both) for frame in frames]
        best = max(fits)
        self._frame = frames[fits.index(best)]
        self._is_trusted = 2 * best >= len(both)

    def find(self, selection: TargetSelection) -> Span:
        """Return where the words are. Raises `AnchorError` if they are not in the text."""
        there = self._span(selection.position, self._frame) if selection.position and self._is_trusted else None
        if selection.quotes:
            return self._refined(self._quote(selection.quotes[0], there), selection)
        if there and self._finder.text[there.start : there.end].strip():
            return there
        if selection.position and not self._is_trusted:
            raise AnchorError(
                "position-of-another-text", "it has a position only, and those of this text do not fit it"
            )
        raise AnchorError("position-outside", "its position is outside of the text: is it another version?")

    def _quote(self, quote: QuoteSelector, there: Span | None) -> Span:
        if there and self._finder.is_at(*there, quote.exact):
            return there
        near = there.start if there else -1
        return self._finder.find(quote.exact, prefix=quote.prefix, suffix=quote.suffix, near=near)

    def _refined(self, found: Span, selection: TargetSelection) -> Span:
        """Return the part of a span that refines it."""
        for quote in selection.quotes[1:]:
            start, end = QuoteFinder(self._finder.text[found.start : found.end]).find(
                quote.exact, prefix=quote.prefix, suffix=quote.suffix
            )
            found = Span(found.start + start, found.start + end)
        if not selection.inside:
            return found
        start, end = selection.inside
        if not 0 <= start < end <= found.end - found.start:
            raise AnchorError("position-outside", "its position is outside of the words that it refines")
        return Span(found.start + start, found.start + end)

    def _fits(self, selection: TargetSelection, frame: PositionFrame) -> bool:
        there = self._span(selection.position, frame) if selection.position else None
        return there is not None and self._finder.is_at(*there, selection.quotes[0].exact)

    def _span(self, position: Span, frame: PositionFrame) -> Span | None:
        """Return where a position is in the text, None if outside."""
        start: int | None
        end: int | None
        start, end = position
        if frame.is_utf16:
            start, end = map(self._units[frame.start].code_point, position)
        if start is None or end is None:
            return None
        found = Span(start + frame.start, end + frame.start)
        return found if frame.start <= found.start < found.end <= len(self._finder.text) else None


def read_selection(target: AnnotationTarget) -> TargetSelection | str:
    """Return the selection of a target's selectors, or why none of them can be read."""
    quotes: tuple[QuoteSelector, ...] = ()
    position = inside = None
    for selector in target.selectors:
        chain = _chain(selector)
        found = tuple(quote for each in chain if (quote := _quote(each)))
        innermost = chain[-1] if "TextPositionSelector" in types(chain[-1]) else None
        if found and not quotes:
            quotes, inside = found, _position(innermost) if innermost else None
        # A position within another selector, such as an XPath, is not a position in the text.
        elif innermost and len(chain) == 1 and not position:
            position = _position(innermost)
    if quotes or position:
        return TargetSelection(quotes, position, inside)
    kinds = [kind for selector in target.selectors for kind in types(selector)]
    given = f"a {', '.join(dict.fromkeys(kinds))}" if kinds else "an IRI"
    return f"its place is given by {given} only: a TextQuoteSelector is needed, or a TextPositionSelector"


def remove_whitespace(text: str) -> CollapsedText:
    """Return a text without any white space, and the way back to its offsets."""
    pieces, breaks, begins = [], [0], [0]
    start = length = 0
    for run in _WHITESPACE.finditer(text):
        pieces.append(text[start : run.start()])
        length += run.start() - start
        start = run.end()
        # White space at the start of the text moves the first break.
        if not length:
            begins[0] = start
        else:
            breaks.append(length)
            begins.append(start)
    pieces.append(text[start:])
    return CollapsedText(text, "".join(pieces), breaks, begins)


def _find(searched: CollapsedText, exact: str, around: tuple[str, str], near: int) -> Span | None:
    """Return the span of a quote, None if it is missing. Raises `AnchorError` if it may be in several places."""
    joiner = " " if " " in searched.collapsed else ""
    wanted = joiner.join(exact.split())
    first = searched.collapsed.find(wanted)
    if first < 0:
        return None
    if searched.collapsed.find(wanted, first + 1) < 0:
        return searched.original(first, first + len(wanted))
    nearest = searched.offset(min(near, len(searched.text))) if near >= 0 else -1
    prefix, suffix = (_WHITESPACE.sub(joiner, each) for each in around)
    # A collapsed text has no blanks at its ends.
    for before, after in _contexts(prefix.lstrip(), suffix.rstrip()):
        at = _pick(searched.collapsed, before + wanted + after, nearest - len(before) if near >= 0 else -1)
        if at >= 0:
            return searched.original(at + len(before), at + len(before) + len(wanted))
    at = _pick(searched.collapsed, wanted, nearest)
    if at >= 0:
        return searched.original(at, at + len(wanted))
    message = (
        f"the words {shortened(' '.join(exact.split()))} are in the text more than once, and neither the words "
        "around them nor a position says which is meant"
    )
    raise AnchorError("words-found-twice", message)


def _contexts(prefix: str, suffix: str) -> Iterator[tuple[str, str]]:
    """Yield the contexts that must be before and after a quote, from the longest to the shortest."""
    yield prefix, suffix
    for size in CONTEXT_SIZES:
        yield prefix[-size:], suffix[:size]
        if prefix and suffix:
            yield prefix[-size:], ""
            yield "", suffix[:size]


def _pick(text: str, wanted: str, near: int) -> int:
    """Return the only place of the words, or the one nearest to an offset; -1 if nothing decides."""
    first = text.find(wanted)
    if first < 0 or text.find(wanted, first + 1) < 0:
        return first
    if near < 0:
        return -1
    before, after = text.rfind(wanted, 0, near + len(wanted)), text.find(wanted, near)
    if before < 0 or after < 0:
        return max(before, after)
    return before if near - before < after - near else after


def _chain(selector: Object) -> list[Object]:
    """Return a selector and those that refine it, from the outside in."""
    chain = [selector]
    while inner := objects(chain[-1].get("refinedBy")):
        # Among alternatives, a quote is the best.
        chain.append(next(filter(_quote, inner), inner[0]))
    return chain


def _quote(selector: Object) -> QuoteSelector | None:
    exact = text(selector.get("exact"))
    prefix, suffix = text(selector.get("prefix")), text(selector.get("suffix"))
    return QuoteSelector(exact, prefix, suffix) if exact.strip() else None


def _position(selector: Object) -> Span | None:
    start, end = (next(iter(several(selector.get(key))), None) for key in ("start", "end"))
    if isinstance(start, bool) or isinstance(end, bool) or not isinstance(start, int) or not isinstance(end, int):
        return None
    return Span(start, end)
